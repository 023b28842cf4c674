"""A Hugging Face hub on loopback that holds one model, and remembers what it was asked and how."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PICKLE = "pytorch_model.bin"
CODE = "modeling.py"


@dataclass
class FakeHub:
    """`name` and its files; beside them it lists a pickle and code."""

    name: str
    folder: Path
    address: str = ""
    asked: list[str] = field(default_factory=list)
    """Paths, in order."""
    authorized: list[str] = field(default_factory=list)
    """Access tokens that were sent."""

    def answer(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """Body and headers; None where there is no such thing."""
        files = {file.name: file.read_bytes() for file in sorted(self.folder.iterdir())}
        files |= {PICKLE: b"pickle", CODE: b"raise SystemExit"}
        if path.startswith(f"/api/models/{self.name}/tree/"):
            entries = [
                {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                for name, content in files.items()
            ]
            return json.dumps(entries).encode(), {}
        if path.startswith(f"/api/models/{self.name}"):
            siblings = [{"rfilename": name} for name in files]
            return json.dumps({"id": self.name, "sha": COMMIT, "siblings": siblings}).encode(), {}
        name = path.removeprefix(f"/{self.name}/resolve/{COMMIT}/")
        if name not in files:
            return None
        tag = hashlib.sha1(files[name]).hexdigest()
        return files[name], {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT}


@contextmanager
def serving_hub(name: str, folder: Path) -> Iterator[FakeHub]:
    """Serve the model in `folder` under `name`."""
    hub = FakeHub(name, folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            hub.asked.append(path)
            hub.authorized += self.headers.get_all("Authorization", [])
            body, headers = hub.answer(path) or (b"", {})
            self.send_response(200 if body else 404)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name is the library's

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
