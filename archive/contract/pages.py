"""Pages as they were found, and what is read from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.errors import Refusal
from db.words import Channel, Precision


class UnreadableSource(Refusal):
    """A source is wrong as a whole: the message names it, the place, and what to do."""


class Unrecognised(UnreadableSource):
    """A source is no file of statements: alone it is refused, of a folder, ZIP or tar it is left out."""

    def __init__(self, message: str, *, of_many: str | None = None) -> None:
        """`of_many`: what is said of one of many files, shorter and without its name."""
        super().__init__(message)
        self.of_many = of_many


class UnreadablePage(Exception):
    """A page is not what its platform or format promises; the message says what it is instead."""

    def __init__(self, message: str, page: "Page | None" = None) -> None:
        super().__init__(message)
        self.page = page


def platform_key(name: str) -> str:
    """A platform's name as it is compared and stored: `x`, however a source writes it."""
    return name.strip().lower()


def whole_characters(text: str) -> str:
    """A text whose halves of surrogate pairs, which JSON may escape and no database stores, are U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time and how exactly it is known. For `day`: midnight UTC of the day as the source gives it."""

    at: datetime
    precision: Precision = Precision.SECOND


@dataclass(frozen=True, slots=True)
class Page:
    """One response as served, or one piece of a file: bytes never changed, but that records which were not
    published are taken out before it is kept."""

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
    context: Mapping[str, str] = field(default_factory=dict)
    """What `parse` must know that the bytes do not say, such as whose page it is; kept with the capture."""


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text of a post, and when it was published."""

    text: str
    published: Moment | None = None
    seen: datetime | None = None
    """When another archive, whose export is read, first saw this text."""


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
    edited: Moment | None = None
    """When this text was published, where it replaced an earlier one."""
    versions: tuple[Version, ...] = ()
    """Earlier texts that the platform still shows, oldest first."""
    is_cut: bool = False
    """Whether the source says that its text is only the beginning of what was published."""
    first_seen: datetime | None = None
    """When another archive, whose export is read, first saw it."""
    text_seen: datetime | None = None
    """When that archive first saw this text, where it replaced an earlier one."""
    versions_only: bool = False
    """Only `versions` are told of a post that is archived already: it has no text here."""
    also_ids: tuple[str, ...] = ()
    """All other ids of the same post where each edit has one (X): `post_id` is the first of the chain."""

    @property
    def key(self) -> tuple[str, str]:
        """Platform and id: what tells it from all others."""
        return self.platform, self.post_id


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read, and why."""

    position: str
    reason: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a source holds and the archive does not want, and why: for followers only, an advertisement.

    It shows nothing of what was left out.
    """

    position: str
    reason: str
    """The same words for the same reason: they are counted by it."""
    count: int = 1
    private: tuple[str, ...] = ()
    """By which of its own ids a record is known that was not published: it is taken out of the kept bytes."""
