"""What a report keeps of a candidacy and of its statements: enough for every page that is not theirs alone.

Digests lie beside the pages in the report's folder. Whoever can write there can change them: they are
read as typed values, and what is no digest of this release counts as absent.
"""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from analysis.reports.accusations.candidacies import OwnAccusations
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow
from analysis.reports.contests.collection import Collection
from analysis.reports.overview import Coverage
from analysis.reports.rows import AgreementRow, CandidateRow, ContestRow, WhoWhomRow
from analysis.reports.tone.counts import HourTone, SpokenOf
from analysis.reports.tone.sums import CandidateTones

DIGEST = "digest.json.z"
"""Beside a contest's page: what is kept of its candidacies."""

FRAGMENTS = "fragments.json.z"
"""Beside a contest's page: what is kept of its statements."""

ACCUSED = "accused.json.z"
"""Beside a contest's page: whom its candidacies accuse, of which only the election's pages tell."""

MOST_BYTES = 256 * 1024 * 1024
"""Of an unpacked file: more is no digest of ours."""

LEVEL = 4
"""Of zlib: beyond it files take longer to write than they become smaller."""

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class CandidacyDigest:
    """What pages of contests, parties and elections say of one candidacy."""

    fingerprint: str
    """Of everything that it was made from."""
    row: CandidateRow
    address: str
    """Of its page, seen from the contest's."""
    on_ballot: bool
    concession: ConcessionRow
    claims: tuple[ClaimRow, ...]
    party_claims: tuple[ClaimRow, ...]
    who_whom: tuple[WhoWhomRow, ...]
    agreement: tuple[AgreementRow, ...]
    coverage: Coverage
    kind_counts: tuple[tuple[str, int], ...]
    reposts: int
    methods: tuple[str, ...]
    tones: CandidateTones
    hours: tuple[HourTone, ...]
    """Statements near the declaration, hour by hour."""
    spoken_of: tuple[SpokenOf, ...]
    """Whose party the statements speak of, and how."""

    @property
    def is_unheard(self) -> bool:
        """Whether the archive holds no statement of theirs, and nobody tried to collect any."""
        held = self.row.statements + self.row.statements_undated + self.row.statements_outside
        return not held and self.row.collection == Collection.NOT_COLLECTED


@dataclass(frozen=True, slots=True)
class StatementDigest:
    """One statement as a contest's page, the feeds and the data files show it."""

    key: str
    at: float | None
    """Seconds since 1970; None: undated."""
    is_exact: bool
    """Whether more than the day is known of `at`."""
    kinds: tuple[str, ...]
    tone: str | None
    """As what the whole text counts; None: a repost, whose words are another's."""
    text: str
    """The beginning of its words, on one line, fit to be shown."""
    url: str | None
    """Of the original, as the source gives it."""
    compact: str
    """Its HTML on the contest's page."""

    @property
    def is_repost(self) -> bool:
        """Whether its words are somebody else's."""
        return self.tone is None


@dataclass(frozen=True, slots=True)
class ContestDigest:
    """One contest as pages of elections show it."""

    fingerprint: str
    """Of everything that its own page was made from."""
    row: ContestRow
    candidacies: tuple[CandidacyDigest, ...]
    files: dict[str, int]
    """Everything in its folder but this digest, as paths from it, with their sizes in bytes."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """The statements of a contest, in the order of its candidacies."""

    statements: tuple[tuple[StatementDigest, ...], ...]
    sizes: tuple[tuple[int, ...], ...]
    """Of each candidacy's piece of the data files, in bytes."""


@dataclass(frozen=True, slots=True)
class Accused:
    """Whom the candidacies of a contest accuse, in their order."""

    candidacies: tuple[OwnAccusations, ...]


class UnreadableDigest(Exception):
    """What the last report keeps is not as it was left, although its files have their sizes."""


def keep(value: object, path: Path) -> None:
    """Write a digest, or another frozen value that a later report reads."""
    path.write_bytes(zlib.compress(msgspec.json.encode(value), LEVEL))


def kept(kind: type[Kept], path: Path) -> Kept | None:
    """A digest that was written here; None where there is none that can be read as such."""
    try:
        unpacking = zlib.decompressobj()
        found = unpacking.decompress(path.read_bytes(), MOST_BYTES)
        return None if unpacking.unconsumed_tail else msgspec.json.decode(found, type=kind)
    except (OSError, zlib.error, msgspec.DecodeError):
        return None
