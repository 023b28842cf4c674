"""The fixed words that columns may hold. Each list is the whole list: the tables check it."""

from enum import StrEnum


class CandidacyStatus(StrEnum):
    """What became of a candidacy before the count (Open Civic Data: registration status)."""

    STANDING = "standing"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    DECEASED = "deceased"


class ResultStage(StrEnum):
    """How final a result is (after NIST SP 1500-100, with the projection before it)."""

    PROJECTED = "projected"
    UNOFFICIAL_PARTIAL = "unofficial-partial"
    UNOFFICIAL_COMPLETE = "unofficial-complete"
    DECLARED = "declared"
    RECOUNT = "recount"
    CERTIFIED = "certified"


class Precision(StrEnum):
    """How exactly a time is known."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Channel(StrEnum):
    """Where a statement was made, as far as the source says."""

    SOCIAL = "social"
    SPEECH = "speech"
    INTERVIEW = "interview"
    STATEMENT = "statement"
    UNKNOWN = "unknown"


class NameKind(StrEnum):
    """What kind of name an alias or other name is."""

    OFFICIAL = "official"
    ABBREVIATION = "abbreviation"
    INFORMAL = "informal"


class CaptureKind(StrEnum):
    """What was captured: one response, a whole file, or a part of a file."""

    PAGE = "page"
    FILE = "file"
    PART = "part"


class LogEvent(StrEnum):
    """What the log says of a row."""

    KEPT = "kept"
    REWRITTEN = "rewritten"
    """It is another one now, for a reason that the log's writer had (docs/integrity.md)."""
    ERASED = "erased"
    """It was removed; its digest stays."""


class State(StrEnum):
    """What was seen of an account or a statement at one time."""

    ACTIVE = "active"
    DELETED = "deleted"
    MISSING = "missing"
    """Of a statement: gone at one healthy check; deleted is said only after a second one."""
    DEACTIVATED = "deactivated"
    SUSPENDED = "suspended"
    PROTECTED = "protected"
    BLOCKED = "blocked"
    MOVED = "moved"
    NOT_FOUND = "not_found"
    """Not found from here: nothing proves why."""
    AGE_GATED = "age_gated"


SHOWING = frozenset({State.ACTIVE, State.MOVED})
"""States in which a platform still shows what an account published."""


class CoverageStatus(StrEnum):
    """What is known of an interval of a stream."""

    COMPLETE = "complete"
    PENDING = "pending"
    SUSPECTED = "suspected"


class ErasureSubject(StrEnum):
    """What was asked to be forgotten, or that a policy asked."""

    STATEMENT = "statement"
    ACCOUNT = "account"
    PERSON = "person"
    RETENTION = "retention"


class SampleDesign(StrEnum):
    """How statements were drawn for hand coding."""

    RANDOM = "random"
    BY_KIND = "kind"
    BY_OUTCOME = "outcome"
    BY_CONFIDENCE = "confidence"
    UNCERTAIN_FIRST = "uncertain"


class ReviewSubject(StrEnum):
    """What a review is about."""

    OWNER = "owner"
    KIND = "kind"
    TARGET = "target"


class ReviewVerdict(StrEnum):
    """What a reviewer decided."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    ADDED = "added"
    WITHDRAWN = "withdrawn"
