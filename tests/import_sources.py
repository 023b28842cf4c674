"""Sources that hold their bytes, for tests of importers and record formats."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from archive.contract import Choices, Layout, Post, RecordFormat, Reject, Source
from archive.contract.pages import LeftOut
from archive.importers.records.mastodon_outbox import MastodonOutbox
from archive.importers.records.zeeschuimer import ZEESCHUIMER

IMPORTS = Path(__file__).parent / "fixtures" / "imports"

FORMATS: tuple[RecordFormat, ...] = (MastodonOutbox(), *ZEESCHUIMER)

Found = Post | Reject | LeftOut


@dataclass(frozen=True)
class Held:
    """One source."""

    body: bytes
    name: str = "held.bin"

    @property
    def plain_name(self) -> str:
        return self.name

    def open(self) -> BinaryIO:
        return io.BytesIO(self.body)


@dataclass(frozen=True)
class Beside:
    """The files beside a source, by name."""

    files: dict[str, bytes] = field(default_factory=dict)

    def find(self, name: str) -> Source | None:
        return Held(self.files[name], name) if name in self.files else None


def folder(name: str) -> Beside:
    """The files of a folder of fixtures."""
    return Beside({path.name: path.read_bytes() for path in (IMPORTS / name).iterdir()})


def records_of(file: str) -> list[dict[str, Any]]:
    """The records of a fixture: of lines, or of the one long array in a document."""
    body = (IMPORTS / file).read_bytes().removeprefix(b"\xef\xbb\xbf")
    if file.endswith(".json"):
        found: list[dict[str, Any]] = json.loads(body)["orderedItems"]
        return found
    return [json.loads(line) for line in body.split(b"\n") if line.strip()]


def layout_of(choices: Choices) -> Layout:
    """The layout of records that a format reads."""
    return Layout(
        platform=choices.platform,
        author=choices.author,
        author_id=choices.author_id,
        author_name=choices.author_name,
        person=choices.person,
    )


def read(form: RecordFormat, records: list[dict[str, Any]], beside: Beside | None = None) -> list[Found]:
    """What a format makes of records."""
    layout = layout_of(form.complete(Choices(), beside or Beside()))
    return [
        one
        for number, record in enumerate(records, start=1)
        for one in form.posts(record, layout, f"item {number}")
    ]


def posts(found: Iterable[Found]) -> list[Post]:
    return [one for one in found if isinstance(one, Post)]


def rejects(found: Iterable[Found]) -> dict[str, str]:
    """Place -> reason."""
    return {one.position: one.reason for one in found if isinstance(one, Reject)}


def left_out(found: Iterable[Found]) -> dict[str, str]:
    """Place -> reason."""
    return {one.position: one.reason for one in found if isinstance(one, LeftOut)}
