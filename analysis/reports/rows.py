"""The flat rows of a report: what a reader loads as CSV or JSON. Ids are text, times are UTC.

What each column means stands in `columns.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from analysis.reports.accusations.rows import AccusationRow, EdgeRow, NodeRow
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow, ConcessionSummaryRow
from analysis.reports.tone.rows import ToneTableRow


@dataclass(frozen=True, slots=True)
class ContestRow:
    """One contest and its result."""

    election_id: str
    contest_id: str
    contest: str
    polling_date: date
    region: str | None
    seats: int
    candidates: int
    not_on_ballot: int
    electorate: int | None
    valid_votes: int | None
    invalid_votes: int | None
    turnout: float | None
    turnout_basis: str | None
    winners: tuple[str, ...]
    majority: int | None
    majority_basis: str | None
    votes_check: str
    declared_at: datetime | None
    declared_precision: str | None
    declared_zone: str | None
    declared_source: str | None
    result_stage: str | None
    result_source: str | None
    result_summary: str | None
    statements: int
    statements_undated: int
    statements_outside: int


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidacy, its result, and what was collected of it."""

    election_id: str
    contest_id: str
    contest: str
    person_id: str
    name: str
    party_id: str | None
    party: str
    party_abbreviation: str | None
    status: str
    votes: int | None
    share: float | None
    change: float | None
    elected: bool | None
    elected_basis: str | None
    incumbent: bool | None
    margin_votes: int | None
    accounts: tuple[str, ...]
    collection: str
    statements: int
    statements_undated: int
    statements_outside: int
    first_after_declaration: str | None
    minutes_from_declaration: int | None
    source: str | None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement in one contest."""

    election_id: str
    contest_id: str
    statement: str
    platform: str
    post_id: str
    person_id: str
    name: str
    status: str
    elected: bool | None
    margin_votes: int | None
    published_at: datetime | None
    published_precision: str | None
    published_local: str | None
    minutes_from_declaration: int | None
    phase: str
    first_after_declaration: bool
    channel: str
    cue: str | None
    reply_to: str | None
    quoted: str | None
    addressee: str | None
    repost_of: str | None
    lang: str | None
    text: str
    url: str | None
    kinds: tuple[str, ...]
    targets: int
    sentiment: float | None
    label: str | None
    confidence: float | None
    counted_as: str
    is_unclear: bool
    unscored: str | None
    sentiment_method: str | None
    reading_method: str | None
    capture_id: int | None
    capture_source: str | None
    capture_sha256: str | None
    capture_retrieved_at: datetime | None
    capture_position: str | None
    captures: int


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One place in a statement that speaks of somebody (or the one who is only addressed)."""

    election_id: str
    contest_id: str
    statement: str
    author_id: str
    author: str
    number: int
    who: str
    type: str
    mention: str
    start: int | None
    end: int | None
    target_person_id: str | None
    target_party_id: str | None
    ambiguous: bool
    candidates: tuple[str, ...]
    basis: str
    link_confidence: float
    score: float | None
    label: str | None
    confidence: float | None
    counted_as: str
    is_unclear: bool
    sentiment_method: str | None
    reading_method: str
    review: str
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class KindRow:
    """One thing that a statement does."""

    election_id: str
    contest_id: str
    statement: str
    author_id: str
    author: str
    kind: str
    strength: str | None
    scope: str | None
    types: tuple[str, ...]
    incivility: bool
    targets: tuple[str, ...]
    words: str
    start: int
    end: int
    confidence: float
    method: str
    review: str
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class WhoWhomRow:
    """How often one author speaks of one target, and how."""

    election_id: str
    contest_id: str
    author_id: str
    author: str
    author_party: str
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


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """How right a method is about one kind, by what people coded in this archive."""

    method: str
    kind: str
    coded: int
    there: int
    found: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    f1: float | None
    f1_low: float | None
    f1_high: float | None
    weighted: bool
    sample: str | None
    reference: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How often two sentiment methods give the same label to what both have scored."""

    election_id: str
    unit: str
    method: str
    other_method: str
    places: int
    unclear: int
    same: int
    opposite: int
    same_share: float | None


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """What a column means."""

    table: str
    column: str
    meaning: str


Row = (
    ContestRow
    | CandidateRow
    | StatementRow
    | TargetRow
    | KindRow
    | WhoWhomRow
    | AccusationRow
    | NodeRow
    | EdgeRow
    | ConcessionRow
    | ClaimRow
    | ConcessionSummaryRow
    | AccuracyRow
    | AgreementRow
    | ColumnRow
    | ToneTableRow
)
