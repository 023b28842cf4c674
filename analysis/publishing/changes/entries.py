"""One statement as feeds show it. Pure.

Entries are kept in the report for the next run. Whoever can write there can change them, so that the types
say what may be read back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from uuid import UUID, uuid5

from msgspec import Meta, json

from analysis.contract import KindName
from analysis.publishing.digests import CandidacyDigest, StatementDigest
from analysis.reports.addresses import anchor_of
from analysis.site.wording import truncated, web_address

NAMESPACE = UUID("5b1c2f0e-6f7c-4c1d-9a39-0d4be1a7c5a2")
"""Of all ids in feeds (RFC 9562, version 5): it must never change, or readers take old entries for new."""

LONGEST_NAME = 120
LONGEST_URL = 2_000
SCHEMES = ("http://", "https://")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = (int((datetime(year, 1, 2, tzinfo=UTC) - EPOCH).total_seconds()) for year in (1, 9999))

# What XML 1.0 has no place for, not even escaped (section 2.2); the halves of characters among it are no text
# in UTF-8 either.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

KNOWN = frozenset(kind.value for kind in KindName)

Id = Annotated[str, Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Address = Annotated[
    str, Meta(pattern=r"^([a-z0-9_-]+[a-z0-9._-]*/)*[a-z0-9_-]+[a-z0-9._-]*\.html#[a-z0-9._-]+$")
]
"""A place in the report, seen from its first folder: it cannot lead out of it."""
Seconds = Annotated[float, Meta(ge=FIRST, le=LAST)]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One statement of one candidacy. Names and text are clipped and fit to be shown."""

    id: Id
    """From the contest and the statement's key: the same in every report."""
    candidacy: Id
    """From the contest and the person."""
    address: Address
    """Of its record."""
    name: str
    party: str
    contest: str
    kinds: tuple[KindName, ...]
    at: Seconds | None
    """Seconds since 1970; None: undated."""
    is_exact: bool
    """Whether more than the day is known of `at`."""
    is_repost: bool
    text: str
    url: Annotated[str, Meta(pattern="^https?://", max_length=LONGEST_URL)] | None
    """Of the original, as the source gives it."""

    @property
    def page(self) -> str:
        """The page of `address`."""
        return self.address.partition("#")[0]

    @property
    def published(self) -> datetime | None:
        """Where it is known to the minute."""
        return EPOCH + timedelta(seconds=self.at) if self.at is not None and self.is_exact else None

    @property
    def original(self) -> str | None:
        """The address of the original, where it may be a link."""
        return web_address(characters(self.url)) if self.url is not None else None

    def says_the_same(self, other: "FeedEntry") -> bool:
        """Whether a reader of the feed need not look again."""
        return (self.text, self.kinds) == (other.text, other.kinds)


def characters(text: str) -> str:
    """A text without what no feed can hold."""
    return _NO_CHARACTER.sub("", text)


def plain_name(name: str) -> str:
    """A name on one line, clipped, fit to be shown."""
    return characters(truncated(name, LONGEST_NAME))


def id_of(*parts: str) -> str:
    """An id from what names a thing (RFC 9562, version 5): the same parts always give the same."""
    return str(uuid5(NAMESPACE, json.encode(parts).decode()))


def entry_id(digest: CandidacyDigest, statement: StatementDigest) -> str:
    """Of a statement, seen from one contest."""
    return id_of("statement", digest.row.contest_id, statement.key)


def candidacy_id(contest_id: str, person_id: str) -> str:
    """Of a candidacy."""
    return id_of("candidacy", contest_id, person_id)


def entries_of(digest: CandidacyDigest, statements: Iterable[StatementDigest], place: str) -> list[FeedEntry]:
    """Statements of a candidacy as feeds show them; `place`: of the contest's folder, seen from the first."""
    row = digest.row
    name, party, contest = (plain_name(name) for name in (row.name, row.party, row.contest))
    candidacy = candidacy_id(row.contest_id, row.person_id)
    return [
        FeedEntry(
            id=entry_id(digest, one),
            candidacy=candidacy,
            address=f"{place}/{digest.address}#{anchor_of(one.key)}",
            name=name,
            party=party,
            contest=contest,
            kinds=kinds_of(one),
            at=one.at if one.at is not None and FIRST <= one.at <= LAST else None,
            is_exact=one.is_exact,
            is_repost=one.is_repost,
            text=characters(one.text),
            url=_original(one.url),
        )
        for one in statements
    ]


def kinds_of(statement: StatementDigest) -> tuple[KindName, ...]:
    """Its kinds; what is none cannot come from a method, but from a digest that somebody changed."""
    return _kinds(statement.kinds)


@lru_cache(maxsize=4096)
def _kinds(names: tuple[str, ...]) -> tuple[KindName, ...]:
    return tuple(KindName(name) for name in names if name in KNOWN)


def _original(url: str | None) -> str | None:
    """The address of the original, if it looks like one: whether it may be a link is asked of few."""
    if url is None or len(url) > LONGEST_URL or not url.isprintable():
        return None
    return url if url.startswith(SCHEMES) else None
