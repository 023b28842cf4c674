"""All tables, in the order in which a statement meets them: ballot, accounts, captures, statements, findings.

Times are aware and stored as UTC. Table models do not validate (SQLModel): build checked, frozen
values first. Captures never change; what is derived names its method and can be rebuilt.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from db.words import (
    CandidacyStatus,
    CaptureKind,
    Channel,
    CoverageStatus,
    ErasureSubject,
    LogEvent,
    NameKind,
    Precision,
    ResultStage,
    ReviewSubject,
    ReviewVerdict,
    SampleDesign,
    State,
)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A check that a column holds one of the fixed words (or NULL)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


# ---- ballot ---------------------------------------------------------------------------------------


class Election(SQLModel, table=True):
    """One polling of voters, such as `parl.2024-07-04` (Democracy Club's form of id)."""

    id: str = Field(primary_key=True)
    name: str
    polling_date: date
    time_zone: str
    """IANA zone in which local times of this election are given and shown."""
    polls_close_at: datetime | None = None
    country: str | None = None
    source: str | None = None


class Party(SQLModel, table=True):
    """A party; the id carries its scheme, such as `ec:PP53` (UK Electoral Commission)."""

    id: str = Field(primary_key=True)
    name: str
    abbreviation: str | None = None
    source: str | None = None


class PartyAlias(SQLModel, table=True):
    """A name by which a party went between two dates (NULL: open)."""

    __tablename__ = "party_alias"
    __table_args__ = (UniqueConstraint("party_id", "alias", "valid_from"), _one_of("kind", NameKind))

    id: int | None = Field(default=None, primary_key=True)
    party_id: str = Field(foreign_key="party.id", index=True)
    alias: str
    kind: str = NameKind.OFFICIAL
    valid_from: date | None = None
    valid_to: date | None = None


class Person(SQLModel, table=True):
    """A human being; the id carries its scheme, such as `dc:143` (Democracy Club)."""

    id: str = Field(primary_key=True)
    name: str
    given_name: str | None = None
    family_name: str | None = None
    gender: str | None = None


class PersonName(SQLModel, table=True):
    """Another name of a person."""

    __tablename__ = "person_name"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    name: str


class PersonIdentifier(SQLModel, table=True):
    """A person's id in somebody else's scheme: `dc`, `mnis`, `wikidata`, `roster`, ..."""

    __tablename__ = "person_identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    scheme: str
    value: str


class Contest(SQLModel, table=True):
    """One ballot paper's decision, such as `parl.bethnal-green-and-stepney.2024-07-04`, and its totals."""

    __table_args__ = (_one_of("result_stage", ResultStage), CheckConstraint("seats > 0", name="seats"))

    id: str = Field(primary_key=True)
    election_id: str = Field(foreign_key="election.id", index=True)
    name: str
    seats: int = 1
    area_id: str | None = Field(default=None, index=True)
    """Official code of the area (GSS in the UK)."""
    region: str | None = None
    country: str | None = None
    electorate: int | None = None
    valid_votes: int | None = None
    invalid_votes: int | None = None
    majority: int | None = None
    """As the source states it, checked against the votes where they are known."""
    declared_at: datetime | None = None
    declared_precision: str | None = None
    declared_zone: str | None = None
    """IANA zone in which the source gave the time."""
    declared_source: str | None = None
    result_stage: str | None = None
    result_source: str | None = None
    result_summary: str | None = None
    """The source's own words, such as `Lab hold`."""
    all_candidates_listed: bool | None = None
    """False: the source lists some candidates only; None: it does not say."""
    totals_checked: bool = False
    """True once the candidates' votes added up to the valid votes."""


class Candidacy(SQLModel, table=True):
    """One person's standing in one contest, and what the ballot said."""

    __table_args__ = (
        UniqueConstraint("contest_id", "person_id"),
        _one_of("status", CandidacyStatus),
        CheckConstraint("votes >= 0", name="votes"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contest_id: str = Field(foreign_key="contest.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    party_id: str | None = Field(default=None, foreign_key="party.id")
    """NULL for independents and where the source names no party."""
    ballot_label: str | None = None
    """The party or description as printed, such as `Independent`."""
    status: str = CandidacyStatus.STANDING
    votes: int | None = None
    share: float | None = None
    """Fraction of the valid votes, 0..1."""
    change: float | None = None
    """Change of the share since the previous election, as a fraction; NULL where there is none."""
    elected: bool | None = None
    elected_basis: str | None = None
    """Why `elected` is so: `source` said it, or `most_votes`."""
    incumbent: bool | None = None
    source: str | None = None


class ResultEvent(SQLModel, table=True):
    """That a contest's result reached a stage: projected, declared, recounted, certified."""

    __tablename__ = "result_event"
    __table_args__ = (
        UniqueConstraint("contest_id", "stage", "happened_at"),
        _one_of("stage", ResultStage),
        _one_of("precision", Precision),
    )

    id: int | None = Field(default=None, primary_key=True)
    contest_id: str = Field(foreign_key="contest.id", index=True)
    stage: str
    happened_at: datetime
    """For precision `day`: midnight UTC of the day as the source gives it."""
    precision: str
    source: str | None = None


class PartyResult(SQLModel, table=True):
    """What an election as a whole meant for a party: who won the country, which no single contest says."""

    __tablename__ = "party_result"
    __table_args__ = (
        UniqueConstraint("election_id", "party_id"),
        _one_of("declared_precision", Precision),
    )

    id: int | None = Field(default=None, primary_key=True)
    election_id: str = Field(foreign_key="election.id", index=True)
    party_id: str = Field(foreign_key="party.id")
    won: bool | None = None
    """Whether the party won the election, as the source says."""
    seats: int | None = None
    votes: int | None = None
    declared_at: datetime | None = None
    """When that was clear; for precision `day`: midnight UTC of the day."""
    declared_precision: str | None = None
    source: str | None = None


# ---- accounts -------------------------------------------------------------------------------------


class Account(SQLModel, table=True):
    """One identity on one platform. The platform's immutable id is the identity, where it is known."""

    __table_args__ = (UniqueConstraint("platform", "platform_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    platform_id: str | None = None
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    owner_source: str | None = None
    """Who says that the account is this person's."""
    display_name: str | None = None
    url: str | None = None
    home: str | None = None
    """Where it was last served from: a server, or a feed's address."""
    moved_to: str | None = None
    """Handle of the account that it says it moved to."""
    checked_at: datetime | None = None
    """When the platform was last asked who and where it is."""
    added_at: datetime = Field(default_factory=now)


class AccountHandle(SQLModel, table=True):
    """A handle that an account had between two dates (NULL: open)."""

    __tablename__ = "account_handle"
    __table_args__ = (
        UniqueConstraint("account_id", "handle_key", "valid_from"),
        Index("ix_account_handle_handle_key", "handle_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    handle: str
    handle_key: str
    """Case-folded, without the leading @."""
    valid_from: date | None = None
    valid_to: date | None = None


class Round(SQLModel, table=True):
    """One run of a command that brings statements in."""

    id: int | None = Field(default=None, primary_key=True)
    command: str
    version: str
    """Release of Hustings."""
    started_at: datetime = Field(default_factory=now)
    finished_at: datetime | None = None
    outcome: str | None = None
    """`done`, `partly`, `failed`; NULL while it runs or after it was killed."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Coverage(SQLModel, table=True):
    """What is known of one interval of one account's stream. Positions and cursors are opaque.

    `complete`: all posts of the interval were read, but for pending and suspected intervals inside it.
    `pending`: still to be read, from `low` (or `cursor`) on. `suspected`: posts may be missing, and why.
    """

    __table_args__ = (
        _one_of("status", CoverageStatus),
        Index("ix_coverage_account_id_stream", "account_id", "stream"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    stream: str
    status: str
    full: bool = False
    """Of a pending one: it reads the whole stream again."""
    low: str | None = None
    """Position of its oldest item; NULL: the beginning."""
    high: str | None = None
    """Position of its newest item; NULL: none yet."""
    since: datetime | None = None
    """Time from which it holds; NULL: from the account's beginning."""
    until: datetime | None = None
    """Time up to which it holds."""
    cursor: str | None = None
    """The platform's token with which a pending one goes on."""
    goal: str | None = None
    """Position at which a pending one meets what is complete."""
    seen: int = 0
    """Items read within a pending one so far."""
    marks: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Positions of the newest items, newest last: where the next round joins."""
    validators: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """ETag and Last-Modified of the last answer."""
    reason: str | None = None
    round_id: int | None = Field(default=None, foreign_key="round.id")
    updated_at: datetime = Field(default_factory=now)


class Schedule(SQLModel, table=True):
    """When an account is collected, by whom just now, and how the last rounds went."""

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    every_seconds: int | None = None
    """Between two rounds; NULL: as for all accounts."""
    due_at: datetime | None = Field(default=None, index=True)
    """NULL: at once."""
    full_at: datetime | None = None
    """When all that the platform shows was last read again."""
    tried_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    """Rounds that failed since the last success."""
    error: str | None = None
    """Why the last round failed."""
    holder: str | None = None
    """The process that collects it: machine, process id, a random word."""
    held_until: datetime | None = None


class Budget(SQLModel, table=True):
    """What a server still allows us, by host, credential (its name, never its value) and kind of request."""

    __table_args__ = (UniqueConstraint("host", "credential", "bucket"),)

    id: int | None = Field(default=None, primary_key=True)
    host: str
    credential: str = ""
    bucket: str = ""
    allowed: int | None = None
    """Requests in a window, as the server or our own policy says."""
    remaining: int | None = None
    resets_at: datetime | None = None
    """By our clock."""
    window_began_at: datetime | None = None
    sent: int = 0
    """Requests of ours since the window began."""
    last_sent_at: datetime | None = None
    not_before: datetime | None = None
    """No request before: the server said so."""


class Spending(SQLModel, table=True):
    """What was paid to a platform on one day (UTC), reserved before each request and settled after it."""

    __table_args__ = (UniqueConstraint("credential", "day", "what"),)

    id: int | None = Field(default=None, primary_key=True)
    credential: str
    """Name of the credential."""
    day: date
    what: str
    """`posts`, `users`."""
    units: int = 0
    usd: float = 0.0


# ---- captures -------------------------------------------------------------------------------------


class Capture(SQLModel, table=True):
    """Bytes as they were served or found. Never changed. A file's bytes are those of its parts, in order."""

    __table_args__ = (
        UniqueConstraint("part_of", "number"),
        _one_of("kind", CaptureKind),
        Index("ix_capture_sha256", "sha256"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    source: str
    """URL, or the file's name."""
    media_type: str
    retrieved_at: datetime
    sha256: str
    """Of the plain bytes, hexadecimal."""
    size: int
    """Plain bytes."""
    encoding: str | None = None
    """How `body` is compressed: `zstd`, or NULL for plain."""
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """NULL for a file, whose parts hold the bytes."""
    part_of: int | None = Field(default=None, foreign_key="capture.id")
    number: int | None = None
    """Place among the parts, from 0."""
    reader: str | None = None
    """Name and version of the collector or importer that reads it."""
    options: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    """What the reader was told (column mapping, time zone): needed to read it again."""
    round_id: int | None = Field(default=None, foreign_key="round.id")


class Quarantine(SQLModel, table=True):
    """A record that could not be read, and why. The capture keeps its bytes."""

    __table_args__ = (UniqueConstraint("capture_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    capture_id: int = Field(foreign_key="capture.id", index=True)
    position: str
    """Where in the source, such as `line 17`."""
    reason: str
    excerpt: str | None = None
    """The first characters, to recognise it."""
    round_id: int | None = Field(default=None, foreign_key="round.id")
    found_at: datetime = Field(default_factory=now)
    resolved_at: datetime | None = None
    """When the record was read after all; the row stays."""
    resolved_by: str | None = None
    """Name and version of the reader that read it."""


# ---- statements -----------------------------------------------------------------------------------


class Statement(SQLModel, table=True):
    """What somebody published, in our terms: the newest known version."""

    __table_args__ = (
        UniqueConstraint("platform", "post_id"),
        _one_of("published_precision", Precision),
        _one_of("channel", Channel),
        Index("ix_statement_person_id_published_at", "person_id", "published_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    """`x`, `bluesky`, ...; `news` for what an article quotes."""
    post_id: str
    """The platform's id; opaque."""
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id")
    """The author, where known."""
    attribution_text: str | None = None
    """The author as the source writes it (Popolo)."""
    text: str
    text_sha256: str
    published_at: datetime | None = Field(default=None, index=True)
    """For precision `day`: midnight UTC of the day as the source gives it."""
    published_precision: str | None = None
    channel: str = Channel.SOCIAL
    url: str | None = None
    lang: str | None = None
    """The platform's own idea of the language."""
    reply_to: str | None = None
    """Handle or platform id of the author replied to."""
    reply_to_post: str | None = None
    quoted: str | None = None
    """Handle of the author of a quoted post, or its text."""
    quoted_post: str | None = None
    repost_of: str | None = None
    """The post repeated without a word of the author's own."""
    addressee: str | None = None
    """To whom the source says that it was directed."""
    cue: str | None = None
    """The words by which an article attributes the quotation."""
    first_seen_at: datetime = Field(default_factory=now)
    text_seen_at: datetime | None = None
    """When this text was first seen by us, where it replaced an earlier one."""
    edited_at: datetime | None = None
    """When this text was published, where it replaced an earlier one and the platform says so."""
    is_cut: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether all sources so far give only the beginning of the text, as one of them says."""
    sources: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
    """Column -> the kind of source that it is from (`archive/sources.tsv`); `*`: all that are not named."""
    corrected_at: datetime | None = None
    """When kept bytes, read again, last gave another text or value than they had given before."""
    rechecked_at: datetime | None = None
    """When its platform last answered a recheck of it, whatever it said."""
    shown_at: datetime | None = None
    """When a recheck last saw it shown."""


class StatementAlias(SQLModel, table=True):
    """Another id of the same post: X gives each edit a new one. The statement has the first of them."""

    __tablename__ = "statement_alias"

    platform: str = Field(primary_key=True)
    post_id: str = Field(primary_key=True)
    statement_id: int = Field(foreign_key="statement.id", index=True)


class StatementVersion(SQLModel, table=True):
    """An earlier text of a statement that was edited since."""

    __tablename__ = "statement_version"
    __table_args__ = (UniqueConstraint("statement_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="statement.id")
    number: int
    """From 1, oldest first."""
    text: str
    text_sha256: str
    published_at: datetime | None = None
    seen_at: datetime
    """When this text was first seen by us."""
    source: str | None = None
    """The kind of source that it is from (`archive/sources.tsv`)."""


class StatementCapture(SQLModel, table=True):
    """Where a statement was read from."""

    __tablename__ = "statement_capture"
    __table_args__ = (Index("ix_statement_capture_capture_id", "capture_id"),)

    statement_id: int = Field(foreign_key="statement.id", primary_key=True)
    capture_id: int = Field(foreign_key="capture.id", primary_key=True)
    position: str
    """Where in the capture: `line 17`, or `0-57` in code points of an article's text."""
    text_sha256: str | None = None
    """The text that was read there, where it is not the statement's present one in other spelling: an earlier
    one, or one cut short. Empty: not known, since an older release read it."""
    read_by: str | None = None
    """Name and version of the reader that last read it there; NULL: the one that the capture names."""


class Contradiction(SQLModel, table=True):
    """That a source says something else of a statement than the one that goes before it."""

    __table_args__ = (UniqueConstraint("statement_id", "field", "said"),)

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="statement.id")
    field: str
    """`author` or `published_at`."""
    said: str
    """What did not become the statement's: `x:@handle (id 9)`, or a time."""
    capture_id: int = Field(foreign_key="capture.id")
    """What was read when it came to light."""
    found_at: datetime = Field(default_factory=now)


class Observation(SQLModel, table=True):
    """What was seen of an account or a statement at one time, with its evidence."""

    __table_args__ = (
        _one_of("state", State),
        CheckConstraint("(account_id IS NULL) <> (statement_id IS NULL)", name="subject"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    statement_id: int | None = Field(default=None, foreign_key="statement.id", index=True)
    observed_at: datetime = Field(default_factory=now)
    state: str
    capture_id: int | None = Field(default=None, foreign_key="capture.id")
    detail: str | None = None


class LogEntry(SQLModel, table=True):
    """That a capture or an observation was kept, rewritten or erased (docs/integrity.md). Only added to."""

    __tablename__ = "log_entry"
    __table_args__ = (
        _one_of("event", LogEvent),
        Index("ix_log_entry_subject_subject_id", "subject", "subject_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Place in the log, from 1, without a gap."""
    subject: str
    """`capture` or `observation`."""
    subject_id: int
    """Its number: no foreign key, since it may be erased and the entry stays."""
    event: str
    digest: str
    """SHA-256 of the row as it was then, hexadecimal."""
    chain: str
    """SHA-256 of the chain of the entry before and of this one: tells where the log was changed."""


# ---- findings: derived, each with its method ------------------------------------------------------


class Reading(SQLModel, table=True):
    """That one method has read one text of a statement, and in what language it found it."""

    __table_args__ = (UniqueConstraint("statement_id", "method"),)

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="statement.id")
    method: str
    text_sha256: str
    """The text that was read: another one makes the reading stale."""
    person_id: str | None = None
    """The author as known then: another one makes the reading stale."""
    lang: str | None = None
    lang_confidence: float = 0.0
    languages: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    """Every language of the text in order of appearance: several where it mixes them."""
    left_out: list[list[int | str]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    """The parts in other languages that were not read, where only some could be: `[start, end, language]`."""
    unscored: str | None = None
    """Why there is no score: `unsupported_language`, `no_text`."""
    read_at: datetime = Field(default_factory=now)


class Target(SQLModel, table=True):
    """Whom a place in a statement speaks of. `start_at`/`end_at` count code points; NULL: only addressed."""

    id: int | None = Field(default=None, primary_key=True)
    reading_id: int = Field(foreign_key="reading.id", index=True)
    start_at: int | None = None
    end_at: int | None = None
    mention: str
    who: str
    type: str
    basis: str
    confidence: float
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    party_id: str | None = Field(default=None, index=True)
    """Not a foreign key: built-in tables name parties that no roster has."""
    candidates: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Public ids of all who fit an ambiguous mention."""


class Rating(SQLModel, table=True):
    """How a statement speaks of a target; `target_id` NULL: the whole text."""

    id: int | None = Field(default=None, primary_key=True)
    reading_id: int = Field(foreign_key="reading.id", index=True)
    target_id: int | None = Field(default=None, foreign_key="target.id", index=True)
    method: str
    score: float
    """-1 hostile .. +1 warm."""
    label: str
    confidence: float


class Kind(SQLModel, table=True):
    """One thing that a statement does, with the words that show it."""

    id: int | None = Field(default=None, primary_key=True)
    reading_id: int = Field(foreign_key="reading.id", index=True)
    kind: str
    method: str
    start_at: int
    end_at: int
    confidence: float
    strength: str | None = None
    scope: str | None = None
    types: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    incivility: bool = False


class KindTarget(SQLModel, table=True):
    """Whom a kind is about."""

    __tablename__ = "kind_target"

    kind_id: int = Field(foreign_key="kind.id", primary_key=True)
    target_id: int = Field(foreign_key="target.id", primary_key=True, index=True)


class CrossPost(SQLModel, table=True):
    """That two statements of one person on two platforms are one text: linked, not merged."""

    __tablename__ = "cross_post"
    __table_args__ = (
        UniqueConstraint("statement_id", "other_id"),
        CheckConstraint("similarity BETWEEN 0 AND 1", name="similarity"),
    )

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="statement.id")
    """The one with the lower number."""
    other_id: int = Field(foreign_key="statement.id", index=True)
    similarity: float
    """Jaccard index of their runs of five characters, 0..1; 1: the same but for case, links, signs."""
    method: str
    found_at: datetime = Field(default_factory=now)


class QuotationLink(SQLModel, table=True):
    """That what an article quotes repeats an archived post of its speaker: evidence of one that is gone."""

    __tablename__ = "quotation_link"
    __table_args__ = (
        UniqueConstraint("quotation_id", "post_id"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    )

    id: int | None = Field(default=None, primary_key=True)
    quotation_id: int = Field(foreign_key="statement.id")
    """The statement that an article quotes."""
    post_id: int = Field(foreign_key="statement.id", index=True)
    """The statement that is the post."""
    score: float
    """Share of the quotation's letters that stand in the post, 0..1."""
    is_ambiguous: bool
    """Whether other posts fit as well: then none of them is meant for certain."""
    method: str
    found_at: datetime = Field(default_factory=now)


# ---- what people say of statements: hand codes and reviews ----------------------------------------


class CodeSample(SQLModel, table=True):
    """Statements drawn for hand coding, and how: what is needed to draw them again and to weigh them."""

    __tablename__ = "code_sample"
    __table_args__ = (_one_of("design", SampleDesign),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    design: str
    seed: int
    method: str | None = None
    """The reading's method by whose findings it was stratified or ordered."""
    frame: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What was drawn from: the filters asked for."""
    strata: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Stratum -> statements in it: one stratum for a simple random sample."""
    drawn_at: datetime = Field(default_factory=now)


class CodeSampleItem(SQLModel, table=True):
    """One statement of a sample."""

    __tablename__ = "code_sample_item"

    sample_id: int = Field(foreign_key="code_sample.id", primary_key=True)
    statement_id: int = Field(foreign_key="statement.id", primary_key=True, index=True)
    position: int
    """Place in the order of coding, from 1."""
    stratum: str
    probability: float | None = None
    """That it was drawn; NULL where chance did not decide (uncertainty first)."""


class HandCode(SQLModel, table=True):
    """What a person says that a statement is or is not."""

    __tablename__ = "hand_code"
    __table_args__ = (UniqueConstraint("statement_id", "coder", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="statement.id", index=True)
    coder: str
    code: str
    """Such as `kind:concession` or `concession_strength`."""
    value: str
    """Such as `yes`, `no`, `strong`."""
    text_sha256: str
    """The text that was coded: another one makes the code stale."""
    sample_id: int | None = Field(default=None, foreign_key="code_sample.id", index=True)
    coded_at: datetime = Field(default_factory=now)


class Review(SQLModel, table=True):
    """What a person confirms or corrects of what the program found. Never changed: a later one wins."""

    __table_args__ = (
        _one_of("subject", ReviewSubject),
        _one_of("verdict", ReviewVerdict),
        CheckConstraint("(account_id IS NULL) <> (statement_id IS NULL)", name="of_one"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    statement_id: int | None = Field(default=None, foreign_key="statement.id", index=True)
    text_sha256: str | None = None
    """The statement's text that was reviewed: another one makes the review stale."""
    place: str = ""
    """Which finding: a kind's name, or a target's place such as `12-20` (`addressed:NAME` without one)."""
    verdict: str
    value: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What is right, where it was corrected or added."""
    found: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What the program had found, and its method."""
    reviewer: str
    note: str | None = None
    reviewed_at: datetime = Field(default_factory=now)


# ---- what was forgotten ---------------------------------------------------------------------------


class Erasure(SQLModel, table=True):
    """One request to forget, or one run of a retention policy: when, why, and whether it is through."""

    __table_args__ = (_one_of("subject", ErasureSubject),)

    id: int | None = Field(default=None, primary_key=True)
    subject: str
    reason: str | None = None
    """Why, in the user's words; what was forgotten is taken out of it, too."""
    salt: str
    """Random, hexadecimal, the same in all rows: the key of all tombstones of this archive."""
    asked_at: datetime = Field(default_factory=now)
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What went: statements, accounts, captures, rows of other tables."""
    finished_at: datetime | None = None
    """When the file held nothing of it any more; NULL: rows are gone, their traces in the file may not be."""


class Tombstone(SQLModel, table=True):
    """That a post or an account was forgotten, so that it is not stored again. It does not say which one."""

    digest: str = Field(primary_key=True)
    """HMAC-SHA-256, hexadecimal, of kind, platform and the platform's id, under the archive's salt."""
    erasure_id: int = Field(foreign_key="erasure.id", index=True)
    platform: str | None = None
    """This and what follows: only where a retention policy forgot a post, the dated fact that is kept."""
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    state: str | None = None
    """What was observed: `deleted`."""
    observed_at: datetime | None = None


class CaptureChange(SQLModel, table=True):
    """That a capture's bytes are not those that came, or that it is gone. Rows are only ever added."""

    __tablename__ = "capture_change"

    id: int | None = Field(default=None, primary_key=True)
    capture_id: int = Field(index=True)
    """Not a foreign key: the capture may be gone."""
    sha256_before: str = Field(index=True)
    sha256_after: str | None = None
    """Of no bytes: nothing could be kept of it. NULL: the capture is gone."""
    erasure_id: int | None = Field(default=None, foreign_key="erasure.id")
    """NULL: cut out before it was kept, since it was forgotten and came again, or was not published."""
    changed_at: datetime = Field(default_factory=now)
