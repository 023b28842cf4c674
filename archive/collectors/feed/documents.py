"""What a feed says, whatever its format: the values that pass from the formats to the posts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from archive.contract import Moment, Reject

MOST_ENTRIES = 10_000
"""Entries of one page that are read; feeds have ten to a few thousand."""

LONGEST_ADDRESS = 2_000
LONGEST_NAME = 200

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_UNSAID = re.compile(r"[\x00\ud800-\udfff]")
"""What no database keeps: NUL, and halves of surrogate pairs (JSON can say both)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, as plain text."""

    position: str
    id: str | None = None
    """As the feed has it: guid, atom:id, id."""
    link: str | None = None
    title: str = ""
    body: str = ""
    author: str | None = None
    lang: str | None = None
    published: Moment | None = None
    updated: Moment | None = None
    stamp: str = ""
    """Its date as it is written, readable or not."""


@dataclass(frozen=True, slots=True)
class Document:
    """One feed document."""

    entries: tuple[Entry | Reject, ...]
    older: str | None = None
    """Address of the page with older entries (RFC 5005, JSON Feed's next_url)."""
    title: str | None = None
    site: str | None = None
    """The page for people that the feed belongs to."""
    minutes: int | None = None
    """How long it says that it may be kept (RSS's ttl)."""
    whole: bool = True
    """Whether it comes to its end, and no byte of it is wrong."""


def cleaned(text: str) -> str:
    """A text that every database keeps."""
    return _UNSAID.sub("\ufffd", text)


def address_of(found: object, base: str) -> str | None:
    """An http(s) address, relative ones against `base`; None for anything else."""
    if not isinstance(found, str) or not found.strip() or len(found) > LONGEST_ADDRESS:
        return None
    try:
        joined = urljoin(base, cleaned(found).strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.netloc and not any(map(str.isspace, joined))
    return joined if usable else None


def language_of(*found: object) -> str | None:
    """The first of these that can be a language's tag."""
    stated = (one.strip() for one in found if isinstance(one, str))
    return next((one for one in stated if _LANGUAGE.fullmatch(one)), None)


def name_of(found: object) -> str | None:
    """A name in one line; None where there is none, or something far longer than a name."""
    words = " ".join(cleaned(found).split()) if isinstance(found, str) else ""
    return words if 0 < len(words) <= LONGEST_NAME else None


def bounded(found: Iterable[Entry | Reject], count: int) -> tuple[Entry | Reject, ...]:
    """Entries up to the most that are read; of the others one Reject says how many they are."""
    kept = tuple(found)
    if count <= MOST_ENTRIES:
        return kept
    return (*kept, Reject(f"item {MOST_ENTRIES + 1}", f"{count - MOST_ENTRIES:,} more entries on one page"))
