"""Serving an archive's file by Datasette: loopback, read only, within limits."""

import asyncio
import importlib.util
import socket
import threading
import webbrowser
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.browsing.metadata import metadata_of
from db.engine import database_url, open_database
from db.errors import Refusal

if TYPE_CHECKING:
    from datasette.app import Datasette

LOOPBACK = ("127.0.0.1", "::1", "localhost")

SETTINGS: dict[str, Any] = {
    "sql_time_limit_ms": 5_000,
    "facet_time_limit_ms": 500,
    "max_returned_rows": 1_000,
    "default_page_size": 50,
    "default_facet_size": 20,
    "truncate_cells_html": 600,
    "max_csv_mb": 100,
    "suggest_facets": False,  # the views' own are chosen; suggesting more would count every column
    "allow_download": False,
    "allow_signed_tokens": False,
}
"""Datasette's settings: what a page may cost, and that the file itself is not handed out."""


class BrowsingRefused(Refusal):
    """An archive cannot be browsed; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: int = 8001

    @property
    def is_loopback(self) -> bool:
        """Whether this machine alone reaches it."""
        return self.host in LOOPBACK

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def check_place(address: str) -> Path:
    """The archive's file, brought up to date: its views and its index are what is browsed.

    Raises BrowsingRefused for a server's database and where Datasette is not installed, and as
    `open_database`.
    """
    url = database_url(address)
    if not url.drivername.startswith("sqlite") or not url.database:
        raise BrowsingRefused(
            "Datasette reads SQLite files: an archive in PostgreSQL has the same views for psql, DBeaver and"
            " others, and `hustings search`"
        )
    if importlib.util.find_spec("datasette") is None:
        raise BrowsingRefused("browsing needs Datasette: pip install 'hustings[browse]'")
    open_database(address).dispose()
    return Path(url.database)


def browse(file: Path, place: Place, *, immutable: bool = False, show: bool = False) -> None:
    """Serve the file until it is interrupted; `show`: open the first page in a browser.

    `immutable`: faster, for a file that nobody writes to meanwhile.
    Raises BrowsingRefused where the place is taken, or an immutable file is being written.
    """
    import uvicorn

    with closing(_listening(place)) as listening:
        app = datasette_of(file, immutable=immutable)
        asyncio.run(app.invoke_startup())
        config = uvicorn.Config(app.app(), lifespan="on", log_level="warning")
        if show:
            threading.Timer(1.0, webbrowser.open, [place.url]).start()
        with suppress(KeyboardInterrupt):  # raised again once the server is down
            uvicorn.Server(config).run(sockets=[listening])


def datasette_of(file: Path, *, immutable: bool = False) -> "Datasette":
    """Datasette over the file, with what it is told of an archive."""
    from datasette.app import Datasette

    if immutable:
        _empty_log(file)
    files = {"immutables": [str(file)]} if immutable else {"files": [str(file)]}
    return Datasette(**files, metadata=metadata_of(file.stem), settings=SETTINGS)


def _listening(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((place.host, place.port))
    except OSError as error:
        listening.close()
        raise BrowsingRefused(
            f"cannot serve at {place.url} ({error.strerror}): name another --port or --host"
        ) from error
    return listening


def _empty_log(file: Path) -> None:
    """Bring what the log holds into the file: an immutable file is read without its log."""
    with closing(open_database(str(file)).raw_connection()) as connection:
        cursor = connection.cursor()
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise BrowsingRefused(f"{file} is in use by another process: browse it with --live")
