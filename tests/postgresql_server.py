"""A PostgreSQL server of the tests' own: on loopback, in a folder of its own, stopped at the end."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

USER = "hustings"


def _programs() -> Path:
    """The folder of PostgreSQL's programs: Debian keeps them off the path, one folder a version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not folders:
        raise FileNotFoundError("no PostgreSQL here: apt-get install postgresql")
    return folders[-1]


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _run(command: Sequence[str | Path]) -> None:
    """Run a program of PostgreSQL, which refuses to be root: then as its own user."""
    user = "postgres" if os.geteuid() == 0 else None
    # Output goes to a file: pg_ctl's server keeps a pipe open for as long as it runs.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, user=user, group=user, cwd="/", stdout=said, stderr=said, check=False)
        said.seek(0)
        assert done.returncode == 0, said.read().decode()


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a server with one empty database; yields its SQLAlchemy URL."""
    programs, port, password = _programs(), free_port(), secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="hustings-postgresql-") as name:
        folder, data = Path(name), Path(name) / "data"
        folder.chmod(0o755)
        secret = folder / "password"
        secret.write_text(password)
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            for path in (folder, data, secret):
                shutil.chown(path, "postgres", "postgres")
        _run([programs / "initdb", "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}", "-D", data])
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c fsync=off -k {folder}"
        _run([programs / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start"])
        try:
            yield f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run([programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop"])


def new_database(server: str, purpose: str) -> str:
    """The address of a new, empty database of a server, for one test alone."""
    name = f"archive_{abs(hash(purpose)):x}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rsplit("/", 1)[0] + f"/{name}"
