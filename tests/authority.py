"""An authority for time stamps on 127.0.0.1: openssl's own, with keys that are made for one test."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from loopback import Answer, Asked

SETTINGS = """[tsa]
default_tsa = authority
[authority]
serial = serial
signer_cert = stamps.pem
certs = middle.pem
signer_key = stamps.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
"""
TST_INFO = "1.2.840.113549.1.9.16.1.4"
"""What a token says that it holds (RFC 3161, 2.4.2)."""

USES = {
    "stamps": "extendedKeyUsage=critical,timeStamping",
    "mail": "extendedKeyUsage=emailProtection",
}
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Authority:
    """A root; below it a signer of time stamps, and one of mail."""

    folder: Path

    @property
    def root(self) -> Path:
        """Its certificate, as users get it."""
        return self.folder / "root.pem"

    def reply(self, query: bytes, *words: str) -> bytes:
        """What openssl answers."""
        (self.folder / "query.tsq").write_bytes(query)
        self.openssl(
            *("ts", "-reply", "-config", "tsa.cnf", "-section", "authority"),
            *("-queryfile", "query.tsq", "-out", "reply.tsr", *words),
        )
        return (self.folder / "reply.tsr").read_bytes()

    def stamp(self, data: bytes, *words: str) -> bytes:
        """A time stamp of these bytes, asked for by openssl."""
        (self.folder / "data").write_bytes(data)
        self.openssl("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "own.tsq", *words)
        return self.reply((self.folder / "own.tsq").read_bytes())

    def signed_again(self, stamp: bytes, use: str, change: Callable[[bytes], bytes]) -> bytes:
        """A stamp whose content was changed and signed by one of its keys, as no honest authority would."""
        (self.folder / "stamp.tsr").write_bytes(stamp)
        self.openssl("ts", "-reply", "-in", "stamp.tsr", "-token_out", "-out", "token.der")
        self.openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", "token.der", "-out", "told.der")
        told = self.folder / "told.der"
        told.write_bytes(change(told.read_bytes()))
        self.openssl(
            *("cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-econtent_type", TST_INFO),
            *("-signer", f"{use}.pem", "-inkey", f"{use}.key", "-certfile", "middle.pem", "-in", "told.der"),
            *("-outform", "DER", "-out", "token.der"),
        )
        content = b"\x30\x03\x02\x01\x00" + (self.folder / "token.der").read_bytes()
        return b"\x30\x82" + len(content).to_bytes(2, "big") + content

    def openssl(self, *words: str) -> str:
        done = subprocess.run(
            ["openssl", *words], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout


def authority(folder: Path) -> Authority:
    """One with keys of its own: a root, a certificate below it, and below that those who sign."""
    folder.mkdir()
    made = Authority(folder)
    (folder / "tsa.cnf").write_text(SETTINGS)
    (folder / "serial").write_text("01\n")
    root = ("-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.pem")
    made.openssl("req", "-x509", "-days", "2", *EC, *root)
    _certify(made, "middle", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign", "root")
    for use, extension in USES.items():
        _certify(made, use, f"{extension}\nkeyUsage=critical,digitalSignature", "middle")
    return made


def _certify(made: Authority, name: str, extensions: str, above: str) -> None:
    (made.folder / "extensions").write_text(f"{extensions}\n")
    made.openssl("req", "-new", *EC, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", "request.csr")
    made.openssl(
        *("x509", "-req", "-in", "request.csr", "-CA", f"{above}.pem", "-CAkey", f"{above}.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", f"{name}.pem"),
    )


@dataclass
class Serving:
    """A server that answers queries; `asked` holds them with their headers."""

    url: str
    queries: list[bytes] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[bytes], Answer]) -> Iterator[Serving]:
    """Answers each POST, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.queries.append(query)
            told.asked.append(Asked(self.path, {}, headers))
            self.close_connection = True
            given = answer(query)
            if not given.hangs_up:
                self._send(given)

        def _send(self, given: Answer) -> None:
            self.send_response_only(given.status)
            for name, value in {"Content-Type": "application/timestamp-reply", **given.headers}.items():
                self.send_header(name, value)
            if not given.endless:
                self.send_header(
                    "Content-Length", str(len(given.body) if given.claims is None else given.claims)
                )
            self.end_headers()
            try:
                self.wfile.write(given.body)
                while given.endless:
                    self.wfile.write(given.body)
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests read `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = Serving(f"http://127.0.0.1:{server.server_address[1]}/stamp")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield told
        server.shutdown()
        thread.join()
