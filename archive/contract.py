"""The values that pass between what reads a source and what stores it, and the seams of both.

A source is read in two steps. `read` (importers) or `fetch` (collectors) yields Pages: bytes as they
were found, small enough to hold. `parse` turns one Page into Posts and Rejects; it is pure, so it can
be run again on the kept bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from db.errors import Refusal
from db.words import Channel, Precision


class UnreadableSource(Refusal):
    """A source is wrong as a whole: the message names it, the place, and what to do."""


class UnreadablePage(Exception):
    """A page is not what its platform or format promises."""


def platform_key(name: str) -> str:
    """A platform's name as it is compared and stored: `x`, however a source writes it."""
    return name.strip().lower()


@dataclass(frozen=True, slots=True)
class Moment:
    """A time and how exactly it is known. For `day`: midnight UTC of the day as the source gives it."""

    at: datetime
    precision: Precision = Precision.SECOND


@dataclass(frozen=True, slots=True)
class Page:
    """One response as served, or one piece of a file: bytes never changed."""

    source: str
    """URL, or the file's name."""
    body: bytes
    media_type: str
    retrieved_at: datetime
    number: int = 0
    """Place among the pages of one file, from 0."""
    first_line: int = 1
    """Line of the file with which `body` begins."""
    oversized: bool = False
    """A record that is too long to read, or a piece of one: kept, not parsed."""
    continued: bool = False
    """A further piece of an oversized record."""


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody published, as its source shows it."""

    platform: str
    post_id: str
    text: str
    position: str
    """Where in the page's file, such as `line 17`."""
    published: Moment | None = None
    author_handle: str | None = None
    author_platform_id: str | None = None
    author_name: str | None = None
    """The author as the source writes it."""
    author_person: str | None = None
    """The author's person id in the archive, where the source or the user says so."""
    channel: Channel = Channel.SOCIAL
    url: str | None = None
    lang: str | None = None
    reply_to: str | None = None
    reply_to_post: str | None = None
    quoted: str | None = None
    quoted_post: str | None = None
    repost_of: str | None = None
    addressee: str | None = None
    cue: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read, and why."""

    position: str
    reason: str
    excerpt: str = ""


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
