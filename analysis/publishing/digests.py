"""What a report keeps of a candidacy and of its statements: enough for every page that is not theirs alone.

Digests lie beside the pages in the report's folder. Whoever can write there can change them: they are
read as typed values, and what is no digest of this release counts as absent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import zstandard

from analysis.reports.accusations.candidacies import OwnAccusations
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow
from analysis.reports.contests.collection import Collection
from analysis.reports.overview import Coverage
from analysis.reports.rows import AgreementRow, CandidateRow, ContestRow, WhoWhomRow
from analysis.reports.tone.counts import HourTone, SpokenOf
from analysis.reports.tone.sums import CandidateTones

DIGEST = "digest.json.zst"
"""Beside a contest's page: what is kept of its candidacies."""

FRAGMENTS = "fragments.json.zst"
"""Beside a contest's page: what is kept of its statements."""

ACCUSED = "accused.json.zst"
"""Beside a contest's page: whom its candidacies accuse, of which only the election's pages tell."""

MOST_BYTES = 256 * 1024 * 1024
"""Of an unpacked file: more is no digest of ours."""

LEVEL = 3
"""Of zstd: beyond it files take longer to write than they become smaller."""

Kept = TypeVar("Kept")


class Whom(msgspec.Struct, frozen=True, array_like=True):
    """A row of who speaks of whom without its author, kept without its columns' names.

    A large election has tens of thousands: as rows they were more than half of what its digests hold.
    """

    target_id: str
    target: str
    target_type: str
    ambiguous: bool
    statements: int
    negative: int
    neutral: int
    positive: int
    mixed: int
    unclear: int
    unscored: int
    scored: int
    sum_sentiment: float | None
    mean_sentiment: float | None
    methods: tuple[str, ...]

    @classmethod
    def of(cls, row: WhoWhomRow) -> "Whom":
        """What a row says beside its author."""
        return cls(*(getattr(row, name) for name in cls.__struct_fields__))

    def by(self, author: CandidateRow) -> WhoWhomRow:
        """The row, with its author."""
        return WhoWhomRow(
            election_id=author.election_id,
            contest_id=author.contest_id,
            author_id=author.person_id,
            author=author.name,
            author_party=author.party,
            **msgspec.structs.asdict(self),
        )


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
    whom: tuple[Whom, ...]
    """Of whom the statements speak, most first; ambiguous names at the end."""
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
    def who_whom(self) -> list[WhoWhomRow]:
        """Of whom the statements speak, as rows of the data files."""
        return [one.by(self.row) for one in self.whom]

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


def candidacies_of(digests: Iterable[ContestDigest]) -> list[CandidacyDigest]:
    """Those of all contests."""
    return [one for digest in digests for one in digest.candidacies]


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
    path.write_bytes(zstandard.ZstdCompressor(LEVEL).compress(msgspec.json.encode(value)))


def kept(kind: type[Kept], path: Path) -> Kept | None:
    """A digest that was written here; None where there is none that can be read as such."""
    try:
        packed = path.read_bytes()
        if not 0 <= zstandard.frame_content_size(packed) <= MOST_BYTES:
            return None
        found = zstandard.ZstdDecompressor().decompress(packed)
        return msgspec.json.decode(found, type=kind)
    except (OSError, zstandard.ZstdError, msgspec.DecodeError):
        return None
