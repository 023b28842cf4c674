"""An archive that the real command fills, each time in a process of its own, from a real Bluesky network."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from real_bluesky import RealAccount, RealNetwork

import hustings
from db import open_database
from db.engine import writing
from db.models import Person

OWNER = "xx:1"
COLLECTORS = ("bluesky", "bluesky-appview")


@dataclass(frozen=True, slots=True)
class RealArchive:
    """One archive, always filled through the same collector."""

    path: Path
    network: RealNetwork
    collector: str

    @contextmanager
    def collecting(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A round, begun; `finished` waits for it."""
        servers = (self.network.plc, self.network.pds, self.network.appview)
        allowed = [word for address in servers for word in ("--allow-host", urlsplit(address).netloc)]
        with self.running("collect", *words, "--collector", self.collector, *allowed) as process:
            yield process

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Any command, which ends with the block if it has not before."""
        environment = {
            **os.environ,
            "HUSTINGS_DB": str(self.path),
            "HUSTINGS_BLUESKY_PLC": self.network.plc,
            "HUSTINGS_BLUESKY_APPVIEW": self.network.appview,
        }
        pipe = subprocess.PIPE
        command = [sys.executable, hustings.__file__, "-v", *words]
        with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
            try:
                yield process
            finally:
                process.kill()

    def said(self, *words: str) -> list[dict[str, Any]]:
        """What a command prints for programs."""
        with self.running(*words, "--json") as process:
            return [json.loads(line) for line in finished(process).splitlines()]

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """What lies in the archive, also while a process writes to it."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query, given).fetchall()

    def count(self) -> int:
        """How many statements it holds."""
        number: int = self.rows("SELECT count(*) FROM statement")[0][0]
        return number

    def posts(self) -> dict[str, list[str]]:
        """All posts that are no reposts: address -> texts, oldest first."""
        found = {
            post: [text]
            for post, text in self.rows("SELECT post_id, text FROM statement WHERE repost_of IS NULL")
        }
        earlier = self.rows(
            "SELECT post_id, statement_version.text FROM statement_version"
            " JOIN statement ON statement_id = statement.id ORDER BY number DESC"
        )
        for post, text in earlier:
            found[post].insert(0, text)
        return found

    def reposts(self) -> list[tuple[str, str]]:
        """DID of who reposted, and the address of what, sorted."""
        return sorted(
            self.rows(
                "SELECT platform_id, repost_of FROM statement JOIN account ON account_id = account.id"
                " WHERE repost_of IS NOT NULL"
            )
        )


def new_archives(
    folder: Path, network: RealNetwork, accounts: Collection[RealAccount]
) -> tuple[RealArchive, RealArchive]:
    """An archive to which the command added the accounts by their handles, once for each collector."""
    first, second = (RealArchive(folder / f"{name}.db", network, name) for name in COLLECTORS)
    engine = open_database(str(first.path), create=True)
    with writing(engine) as session:
        session.add(Person(id=OWNER, name="Ada Quill"))
    engine.dispose()
    for account in accounts:
        with first.running("account", "add", OWNER, "bluesky", account.handle) as process:
            finished(process)
    second.path.write_bytes(first.path.read_bytes())
    return first, second


def copies(archives: tuple[RealArchive, RealArchive], folder: Path) -> tuple[RealArchive, RealArchive]:
    """The same in another folder."""
    first, second = (replace(archive, path=folder / archive.path.name) for archive in archives)
    for old, new in zip(archives, (first, second), strict=True):
        new.path.write_bytes(old.path.read_bytes())
    return first, second


def collect_all(archives: Collection[RealArchive], words: Mapping[str, Sequence[str]]) -> None:
    """One round of each archive, all at once; collector -> what else is said to it."""
    with ExitStack() as stack:
        begun = [
            stack.enter_context(archive.collecting(*words.get(archive.collector, ()))) for archive in archives
        ]
        for process in begun:
            finished(process)


def finished(process: subprocess.Popen[str]) -> str:
    """What a process printed, once it has ended well; AssertionError with its complaints otherwise."""
    printed, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    return printed
