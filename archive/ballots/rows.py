"""What a file of candidates or results says, as frozen rows: the same for every format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from archive.contract import Moment, UnreadableSource
from db.words import CandidacyStatus, ResultStage


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a file. Rows count as in a spreadsheet: the first is 1, the header included."""

    file: str
    row: int

    def wrong(self, column: str, message: str) -> UnreadableSource:
        """The error for a cell of this row."""
        return UnreadableSource(f"{self.file}, row {self.row}, column {column}: {message}")


@dataclass(frozen=True, slots=True)
class Request:
    """What the user says about a file that the file does not say itself."""

    election: str | None = None
    """Id of the election, such as `parl.2015-05-07`."""
    name: str | None = None
    """Name of the election."""
    time_zone: str | None = None
    """IANA zone of times that state none."""
    default_election: str | None = None
    """Id of the election of a file that names none, where the user names none either."""


@dataclass(frozen=True, slots=True)
class ElectionRow:
    """One election."""

    id: str
    polling_date: date
    fallback_name: str
    """Name for an election that is new and that nobody named."""
    name: str | None = None
    time_zone: str | None = None
    polls_close_at: datetime | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class ContestRow:
    """One contest, and its totals where the file holds results."""

    place: Place
    id: str
    election_id: str
    name: str
    seats: int | None = None
    """None: the file does not say."""
    area_id: str | None = None
    region: str | None = None
    country: str | None = None
    electorate: int | None = None
    valid_votes: int | None = None
    invalid_votes: int | None = None
    majority: int | None = None
    declared: Moment | None = None
    declared_zone: str | None = None
    declared_source: str | None = None
    projected: Moment | None = None
    recount: Moment | None = None
    certified: Moment | None = None
    result_stage: ResultStage | None = None
    result_source: str | None = None
    result_summary: str | None = None
    all_candidates_listed: bool | None = None


@dataclass(frozen=True, slots=True)
class PartyRow:
    """The party of a candidate. Several names in one file: the commonest is the name, the others aliases."""

    id: str
    name: str
    abbreviation: str | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account of a candidate on a platform."""

    platform: str
    handle: str | None
    """None where only the immutable id is known."""
    platform_id: str | None = None
    """The platform's immutable id."""
    url: str | None = None
    """Its page for people."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A person's id in a scheme: `dc`, `mnis`, `wikidata`, `roster`."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate in one contest."""

    place: Place
    contest_id: str
    name: str
    given_name: str | None = None
    family_name: str | None = None
    other_names: tuple[str, ...] = ()
    gender: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    party: PartyRow | None = None
    ballot_label: str | None = None
    party_hint: str | None = None
    """Abbreviation of a party that the row names in no other way: tells namesakes apart."""
    status: CandidacyStatus | None = None
    votes: int | None = None
    share: Decimal | None = None
    """Fraction of the valid votes with the decimals that the file gives."""
    change: Decimal | None = None
    elected: bool | None = None
    incumbent: bool | None = None
    source: str | None = None
    accounts: tuple[AccountRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyResultRow:
    """What an election as a whole meant for one party."""

    place: Place
    election_id: str
    party_id: str | None
    """As in our own format; None: the party is told by its name."""
    party_name: str | None
    won: bool | None
    seats: int | None
    votes: int | None
    declared_in: Callable[[ZoneInfo], Moment | None]
    """When it was clear, where local times are those of the zone given."""
    source: str | None


@dataclass(frozen=True, slots=True)
class Ballot:
    """A whole file, read."""

    format: str
    file: str
    elections: tuple[ElectionRow, ...]
    contests: tuple[ContestRow, ...]
    candidates: tuple[CandidateRow, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Our field -> the column as the file's reader sees it, for messages."""
    own_ids: bool = True
    """The persons' ids are the source's own; False: it repeats somebody else's, with slips."""
    parties: tuple[PartyResultRow, ...] = ()
    """Results of parties; such a file holds nothing else."""
    winners_only: bool = False
    """The candidates are those who won; nothing is said about the others."""
    body: bytes = field(default=b"", repr=False)
    """The file, as it was."""

    def wrong(self, place: Place, name: str, message: str) -> UnreadableSource:
        """The error for our field `name` at a place of this file."""
        return place.wrong(self.labels.get(name, name), message)
