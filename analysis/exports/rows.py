"""The rows of the exported tables: one thing a row, ids as text, keys by which the tables join.

What each column means, and what may be shared of it, stands in `columns.csv`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from analysis.exports.findings_rows import Edge, Kind, KindTarget, Node, Rating, Reading, Target, WhoWhom


@dataclass(frozen=True, slots=True)
class Election:
    """One polling of voters."""

    election_id: str
    election: str
    polling_date: date
    time_zone: str
    polls_close_at: datetime | None
    country: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Contest:
    """One ballot paper's decision and its result."""

    contest_id: str
    election_id: str
    contest: str
    area_id: str | None
    region: str | None
    seats: int
    candidates: int
    not_on_ballot: int
    electorate: int | None
    valid_votes: int | None
    invalid_votes: int | None
    turnout: float | None
    turnout_basis: str | None
    majority: int | None
    majority_basis: str | None
    votes_check: str
    declared_at: datetime | None
    declared_precision: str | None
    declared_zone: str
    declared_source: str | None
    result_stage: str | None
    result_source: str | None
    result_summary: str | None


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One person's standing in one contest."""

    contest_id: str
    person_id: str
    party_id: str | None
    party: str
    status: str
    votes: int | None
    share: float | None
    change: float | None
    elected: bool | None
    elected_basis: str | None
    incumbent: bool | None
    margin_votes: int | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A human being whom another table names."""

    person_id: str
    name: str
    given_name: str | None
    family_name: str | None
    gender: str | None


@dataclass(frozen=True, slots=True)
class Party:
    """A party of the archive's rosters."""

    party_id: str
    party_name: str
    abbreviation: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """One identity on one platform."""

    account: str
    platform: str
    person_id: str | None
    owner_source: str | None
    handle: str | None
    display_name: str | None
    url: str | None
    state: str | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of one interval of one account's stream."""

    account: str
    stream: str
    number: int
    status: str
    since: datetime | None
    until: datetime | None
    reason: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Capture:
    """What was served or found at one time; its bytes stay in the archive."""

    capture_id: int
    kind: str
    source: str
    media_type: str
    retrieved_at: datetime
    sha256: str
    size: int
    part_of: int | None
    part: int | None
    reader: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody published: the newest known version."""

    statement: str
    platform: str
    account: str | None
    person_id: str | None
    attribution_text: str | None
    published_at: datetime | None
    published_precision: str | None
    channel: str
    platform_lang: str | None
    text: str
    text_sha256: str
    url: str | None
    cue: str | None
    reply_to: str | None
    reply_to_post: str | None
    quoted: str | None
    quoted_post: str | None
    repost_of: str | None
    addressee: str | None
    first_seen_at: datetime
    text_seen_at: datetime | None
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementVersion:
    """An earlier text of a statement that was edited since."""

    statement: str
    number: int
    text: str
    text_sha256: str
    published_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StatementContest:
    """That a statement belongs to a contest of its author, and when it was made, seen from there."""

    statement: str
    contest_id: str
    person_id: str
    phase: str
    minutes_from_declaration: int | None


@dataclass(frozen=True, slots=True)
class StatementCapture:
    """Where a statement was read from."""

    statement: str
    capture_id: int
    position: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of an account or a statement at one time, such as that it was deleted."""

    observation: int
    statement: str | None
    account: str | None
    observed_at: datetime
    state: str
    capture_id: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class CrossPost:
    """That two statements of one person on two platforms are one text."""

    statement: str
    other: str
    similarity: float
    method: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class QuotationLink:
    """That what an article quotes repeats an archived post of its speaker."""

    quotation: str
    post: str
    score: float
    ambiguous: bool
    method: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class HandCode:
    """What a person says that a statement is or is not."""

    statement: str
    coder: str
    code: str
    value: str | None
    note: str | None
    current: bool
    sample: str | None
    coded_at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of an exported table means."""

    table: str
    column: str
    type: str
    meaning: str


Row = (
    Election
    | Contest
    | Candidacy
    | Person
    | Party
    | Account
    | Coverage
    | Capture
    | Statement
    | StatementVersion
    | StatementContest
    | StatementCapture
    | Observation
    | Reading
    | Target
    | Rating
    | Kind
    | KindTarget
    | WhoWhom
    | CrossPost
    | QuotationLink
    | HandCode
    | Node
    | Edge
    | Column
)
