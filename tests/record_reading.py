"""Records of the files that other tools write, read by their formats, for tests."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from archive.contract import Choices, Layout, Post, RecordFormat, Reject
from archive.importers.records.congresstweets import CongressTweets
from archive.importers.records.twarc_v1 import TwarcV1
from archive.importers.records.twarc_v2 import TwarcV2Flattened, TwarcV2Pages
from archive.importers.records.x_archive import XArchive, XArchiveNotes
from archive.importers.records.zeeschuimer_x import ZeeschuimerX

FIXTURES = Path(__file__).parent / "fixtures" / "imports"
FORMATS: tuple[RecordFormat, ...] = (
    TwarcV1(),
    TwarcV2Pages(),
    TwarcV2Flattened(),
    XArchive(),
    XArchiveNotes(),
    CongressTweets(),
    ZeeschuimerX(),
)
FILES: dict[str, str] = {
    "twarc-v1/tweets.jsonl": "twarc-v1-1",
    "twarc-v2/pages.jsonl": "twarc-v2-1",
    "twarc-v2-flat/tweets.jsonl": "twarc-v2-flat-1",
    "twarc-v2-flat/4cat.ndjson": "twarc-v2-flat-1",
    "x-archive/data/tweets.js": "x-archive-1",
    "x-archive/data/tweets-part1.js": "x-archive-1",
    "x-archive/data/deleted-tweets.js": "x-archive-1",
    "x-archive/data/note-tweet.js": "x-archive-note-1",
    "x-archive-2019/tweet.js": "x-archive-1",
    "congresstweets/2025-04-12.json": "congresstweets-1",
    "zeeschuimer-x/export.ndjson": "zeeschuimer-x-1",
    "zeeschuimer-x/4cat.ndjson": "zeeschuimer-x-1",
}
"""Each file, and the format that alone reads it."""


@dataclass(frozen=True)
class FileSource:
    """A file on disk, as sources are."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(FIXTURES) if self.path.is_relative_to(FIXTURES) else self.path.name)

    @property
    def plain_name(self) -> str:
        return self.path.name

    def open(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True)
class Folder:
    """The files of one folder. It may find too much: `deleted-tweets.js` for `tweets.js`."""

    path: Path | None

    def find(self, name: str) -> FileSource | None:
        found = sorted(self.path.rglob(f"*{name}")) if self.path else []
        exact = [one for one in found if one.name == name]
        return FileSource((exact or found)[0]) if found else None


def records_of(file: str) -> list[dict[str, Any]]:
    """The records of a fixture: lines, an array, or a script with an array."""
    text = (FIXTURES / file).read_bytes().decode()
    if file.endswith((".js", ".json")):
        found: list[dict[str, Any]] = json.loads(text[text.index("[") :])
        return found
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def format_of(file: str) -> RecordFormat:
    return next(one for one in FORMATS if one.name == FILES[file])


def layout_of(file: str, choices: Choices | None = None) -> Layout:
    """How the file is read, with what the files beside it say."""
    chosen = format_of(file).complete(choices or Choices(), Folder((FIXTURES / file).parent))
    return Layout(
        author=chosen.author,
        author_id=chosen.author_id,
        author_name=chosen.author_name,
        person=chosen.person,
        ids=chosen.ids,
    )


def read(file: str, choices: Choices | None = None) -> list[Post | Reject]:
    return list(_read(file, choices))


def _read(file: str, choices: Choices | None) -> Iterator[Post | Reject]:
    layout = layout_of(file, choices)
    for number, record in enumerate(records_of(file), start=1):
        found = format_of(file).posts(record, layout, f"record {number}")
        yield from (one for one in found if isinstance(one, Post | Reject))


def posts(file: str, choices: Choices | None = None) -> dict[str, Post]:
    """The posts of a file by id, the last where several have one."""
    return {one.post_id: one for one in read(file, choices) if isinstance(one, Post)}


def rejects(file: str, choices: Choices | None = None) -> list[str]:
    return [f"{one.position}: {one.reason}" for one in read(file, choices) if isinstance(one, Reject)]
