"""The seam of importers: what reads files."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Protocol, runtime_checkable

from archive.contract.pages import LeftOut, Page, Post, Reject


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
    author_id: str | None = None
    """The platform's immutable id of that author, where a file beside the source says it."""
    author_name: str | None = None
    """That author's name, likewise."""
    person: str | None = None
    """The author's person id in the archive, likewise."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """A record's own key -> the platform's ids of its post, where only a file beside the source joins them:
    those of all its versions up to this one, oldest first, with spaces between."""
    record: str | None = None
    """The record format that the user names, as the table names it; None: recognise it."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Key of an account in an export of ours that names no id of the platform -> its handle."""
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
    author_id: str | None = None
    author_name: str | None = None
    person: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    record: str | None = None
    """Name and version of the record format that reads each record; None: by columns."""
    array: str | None = None
    """Key of a JSON document's array of records; `` for the document itself; None: a value after another."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    published: str | None = None
    url: str | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    """Our field -> how the source's values are read, by name (archive.importers.readings)."""
    extractor: str | None = None
    """What takes an article's text out of its page, with its version."""

    def options(self) -> dict[str, Any]:
        """As plain values, kept with the capture so that it can be read again."""
        said = {**asdict(self), "header": list(self.header)}
        return {key: value for key, value in said.items() if value not in (None, [], {})}


class Source(Protocol):
    """One file to be read, wherever it lies: on disk, compressed, or inside an archive or a folder."""

    @property
    def name(self) -> str:
        """As people read it: `twitter-2024.zip/data/tweets.js`."""
        ...

    @property
    def plain_name(self) -> str:
        """The file's own name without the endings of compression: `tweets.js`, for `tweets.js.gz`, too."""
        ...

    def open(self) -> BinaryIO:
        """Its plain bytes from the start, unpacked as they are read; to be closed.

        Raises UnreadableSource, also while it is read, for what cannot be unpacked or is too large.
        """
        ...


class Companions(Protocol):
    """The files beside a source in the same archive or folder, such as `data/account.js`."""

    def find(self, name: str) -> Source | None:
        """The one whose path within the archive ends so (`account.js`); None where there is none."""
        ...


@runtime_checkable
class Accompanied(Protocol):
    """What a source can besides that has files beside it."""

    @property
    def beside(self) -> Companions:
        """The files beside it."""
        ...


class RecordFormat(Protocol):
    """One kind of JSON record that some tool writes, whatever file it stands in.

    The same formats are read from NDJSON, from JSON arrays, and from files that hold one long array; others,
    whose records are the rows of a CSV (column -> text, None where it is empty), are a table of their own.
    """

    @property
    def name(self) -> str:
        """Name and version, kept with every capture: `twarc-v2-1`."""
        ...

    def recognises(self, record: Mapping[str, Any]) -> bool:
        """Whether one of a source's first records is of this kind. Pure, cheap, strict."""
        ...

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        """The user's choices with what files beside the source say, such as whose archive it is."""
        ...

    def posts(
        self, record: Mapping[str, Any], layout: Layout, position: str
    ) -> Iterator[Post | Reject | LeftOut]:
        """What one record holds: mostly one post, of a page of an API's answer many. Pure.

        A record that the archive does not want (a message to followers only, a like) gives a LeftOut, which
        is counted; what should be a post and is none gives a Reject.
        """
        ...


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

    def plan(self, source: Source, choices: Choices) -> Layout:
        """How to read the file; its first records are looked at, no more.

        Raises UnreadableSource where it is wrong as a whole, before anything is stored; its cousin
        Unrecognised where it is no file of statements: of a folder or ZIP, it is left out then.
        """
        ...

    def read(self, source: Source) -> Iterator[Page]:
        """The file's bytes in order, cut between records; together they are the whole file."""
        ...

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        """The records of one page. Pure."""
        ...
