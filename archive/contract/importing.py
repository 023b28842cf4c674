"""The seam of importers: what reads files."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from archive.contract.pages import Page, Post, Reject


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user says about a source that the source does not say itself."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our field -> the source's column."""
    preset: str | None = None
    """Name of a known layout; None: recognise it."""
    platform: str | None = None
    time_zone: str | None = None
    """IANA zone of times that state none."""
    author: str | None = None
    """Handle of the author of every record, where no column holds it."""
    person: str | None = None
    """The author's person id in the archive, likewise."""
    published: str | None = None
    """When an article was published, where it does not say so itself."""
    url: str | None = None
    """Where an article was published."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records of one source are read: the user's choices, completed from the source."""

    columns: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    """The source's columns in order, where it has a header."""
    delimiter: str = ","
    platform: str | None = None
    time_zone: str | None = None
    author: str | None = None
    person: str | None = None
    published: str | None = None
    url: str | None = None

    def options(self) -> dict[str, Any]:
        """As plain values, kept with the capture so that it can be read again."""
        said = {**asdict(self), "header": list(self.header)}
        return {key: value for key, value in said.items() if value not in (None, [], {})}


class Importer(Protocol):
    """Reads one file format, streaming, in constant memory."""

    @property
    def name(self) -> str:
        """Name and version, kept with every capture: `csv-1`."""
        ...

    @property
    def media_type(self) -> str:
        """What its files are, in IANA's words."""
        ...

    def plan(self, path: Path, choices: Choices) -> Layout:
        """How to read the file.

        Raises UnreadableSource where it is wrong as a whole, before anything is stored.
        """
        ...

    def read(self, path: Path) -> Iterator[Page]:
        """The file's bytes in order, cut between records; together they are the whole file."""
        ...

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject]:
        """The records of one page. Pure."""
        ...
