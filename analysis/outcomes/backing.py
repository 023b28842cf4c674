"""What stands behind "none found": accounts covered, posts not read, accuracy of the method. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analysis.contract import KindName, Unscored
from analysis.outcomes.ballot import Contest
from analysis.outcomes.coverage import AccountBacking, AccountLedger, account_backing
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.timing import Moment, Window


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of a kind a method finds, measured on hand-coded statements. Given from outside."""

    method: str
    """Of the kinds, with the layer over their rules, or of the whole reading."""
    kind: KindName
    recall: float
    low: float
    high: float
    """Bounds of the interval."""
    n: int
    """Hand-coded statements of that kind."""
    source: str
    """On which codes it was measured."""


class Level(StrEnum):
    """How much of what a candidate published is in the archive, as far as that is proven."""

    COMPLETE = "complete"  # proven for every known account, and no unread post lies near the result
    PARTIAL = "partial"  # collected, but with gaps, or with unread posts near the result
    IMPORTED = "imported"  # statements from files alone: they prove nothing of what is missing
    NOT_COLLECTED = "not_collected"  # nothing but, at most, what articles quote


class Unread(StrEnum):
    """Why what a post says is not known."""

    NO_TEXT = "no_text"  # pictures or a video without words
    VIDEO = "video"  # an upload whose title alone is text
    OTHER_LANGUAGE = "other_language"
    PARTLY_OTHER_LANGUAGE = "partly_other_language"
    NOT_ANALYSED = "not_analysed"
    NOT_PARSED = "not_parsed"  # a record in quarantine


@dataclass(frozen=True, slots=True)
class UnreadPosts:
    """Posts of the window whose words are not known, for one reason."""

    reason: Unread
    count: int
    near_result: int
    """Of these, near the result: from polls close to `near` after the declaration."""


@dataclass(frozen=True, slots=True)
class Backing:
    """What is known of a candidate's statements in the window of a contest."""

    level: Level
    why: tuple[str, ...]
    """What keeps it from `complete`, in words; () where it is."""
    accounts: tuple[AccountBacking, ...]
    statements: int
    """Statements in the window, from accounts and files; reposts left out."""
    reposts: int
    unread: tuple[UnreadPosts, ...]
    accuracy: Accuracy | None
    """Recall of concessions by the method that read the statements; None: not measured."""

    @property
    def read(self) -> int:
        """Statements whose whole text was read."""
        return self.statements - sum(one.count for one in self.unread if one.reason is not Unread.NOT_PARSED)

    @property
    def unread_near_result(self) -> int:
        """Unread posts that lie near the result."""
        return sum(one.near_result for one in self.unread)

    @property
    def platforms(self) -> tuple[str, ...]:
        """Platforms on which an account is known."""
        return tuple(dict.fromkeys(account.platform for account in self.accounts))


VIDEO_PLATFORMS = frozenset({"youtube"})
"""Platforms whose posts are videos: what their texts say is title and description."""

QUOTATIONS = "news"
"""Platform of statements that articles quote."""

NEAR = timedelta(days=3)
"""How long after the declaration an unread post may hold the answer to the result."""

UNREAD_WORDS = {
    Unread.NO_TEXT: "without text (pictures or video)",
    Unread.VIDEO: "videos, of which the title alone was read",
    Unread.OTHER_LANGUAGE: "in a language that the method does not read",
    Unread.PARTLY_OTHER_LANGUAGE: "partly in a language that the method does not read",
    Unread.NOT_ANALYSED: "not analysed yet",
    Unread.NOT_PARSED: "records that could not be read from what the platform served",
}

BY_UNSCORED = {
    Unscored.NO_TEXT: Unread.NO_TEXT,
    Unscored.UNSUPPORTED_LANGUAGE: Unread.OTHER_LANGUAGE,
}


@dataclass(frozen=True, slots=True)
class Period:
    """The times of one contest that backing is judged by, UTC."""

    polls_close: datetime
    """Or the beginning of polling day, where no closing time is known; or an earlier declaration."""
    near_until: datetime
    """End of the time in which an unread post may hold the answer."""
    ends: datetime
    """End of the window, or when we last could know, whichever is first."""


FRESH = timedelta(hours=1)
"""An account that was read this short a time ago counts as read to now."""


def period_of(contest: Contest, window: Window, *, now: datetime, near: timedelta = NEAR) -> Period:
    """The times that matter for one contest."""
    clock = contest.clock
    opens = midnight(clock.polls, contest.zone)
    begins = clock.polls_close or opens
    declared = clock.declared
    if declared is not None:
        told = declared.at if declared.is_exact else midnight(declared.day_in(contest.zone), contest.zone)
        begins = min(begins, told)
        after = told if declared.is_exact else told + timedelta(days=1)
    else:
        after = midnight(clock.polls + timedelta(days=1), contest.zone)
    ends = min(midnight(window.last_day(clock.polls) + timedelta(days=1), contest.zone), now - FRESH)
    return Period(polls_close=min(begins, ends), near_until=after + near, ends=ends)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in a zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def backing_of(
    contest: Contest,
    statements: Sequence[FoundStatement],
    ledger: Sequence[AccountLedger],
    *,
    period: Period,
    accuracy: Sequence[Accuracy] = (),
) -> Backing:
    """What stands behind one candidacy. `statements` are those of its window, undated ones among them."""
    own = [one for one in statements if one.repost_of is None]
    counts = Counter(one.account_id for one in statements)
    accounts = tuple(
        account_backing(one, period.polls_close, period.ends, counts[one.account_id]) for one in ledger
    )
    unread = tuple(_unread(contest, own, ledger, period))
    why = tuple(_why(accounts, unread, statements))
    return Backing(
        level=_level(accounts, statements, why),
        why=why,
        accounts=accounts,
        statements=len(own),
        reposts=len(statements) - len(own),
        unread=unread,
        accuracy=_accuracy_for(own, accuracy),
    )


def _level(
    accounts: Sequence[AccountBacking], statements: Sequence[FoundStatement], why: Sequence[str]
) -> Level:
    if not any(account.is_covered for account in accounts):
        own = any(not _is_quotation(statement) for statement in statements)
        return Level.IMPORTED if own else Level.NOT_COLLECTED
    return Level.PARTIAL if why else Level.COMPLETE


def _is_quotation(statement: FoundStatement) -> bool:
    """Whether an article quotes it: what others chose to quote is no part of what a candidate published."""
    return statement.platform == QUOTATIONS or statement.cue is not None


def _why(
    accounts: Sequence[AccountBacking],
    unread: Sequence[UnreadPosts],
    statements: Sequence[FoundStatement],
) -> Iterator[str]:
    """What is missing for `complete`, each thing in words."""
    if not accounts:
        yield "no account is known"
    for account in accounts:
        for gap in account.gaps:
            yield f"{account.platform} {account.handle or account.account_id}: {gap.reason}"
    for one in unread:
        if one.near_result:
            posts = "post" if one.near_result == 1 else "posts"
            yield f"{one.near_result:,} {posts} near the result {UNREAD_WORDS[one.reason]}"
    if statements and not any(account.is_covered for account in accounts):
        yield "the statements come from files, which prove nothing of what is missing"


def unread_of(statement: FoundStatement) -> Unread | None:
    """Why what a statement says is not known; None where it was read."""
    reading = statement.reading
    if reading is None:
        return Unread.NOT_ANALYSED
    if reading.unscored is not None:
        return BY_UNSCORED[reading.unscored]
    if reading.left_out:
        return Unread.PARTLY_OTHER_LANGUAGE
    return Unread.VIDEO if statement.platform in VIDEO_PLATFORMS else None


def _unread(
    contest: Contest, own: Sequence[FoundStatement], ledger: Sequence[AccountLedger], period: Period
) -> Iterator[UnreadPosts]:
    counts: Counter[Unread] = Counter()
    near: Counter[Unread] = Counter()
    for statement in own:
        reason = unread_of(statement)
        if reason is not None:
            counts[reason] += 1
            near[reason] += _is_near(statement.published, contest, period)
    for account in ledger:
        for served_at in account.unparsed:
            # What a record says of its own time was not understood: it may be as new as its page.
            counts[Unread.NOT_PARSED] += 1
            near[Unread.NOT_PARSED] += served_at >= period.polls_close
    for reason in Unread:
        if counts[reason]:
            yield UnreadPosts(reason, counts[reason], near[reason])


def _is_near(published: Moment | None, contest: Contest, period: Period) -> bool:
    """Whether a post may lie between polls close and the end of the time near the result."""
    if published is None:
        return True
    if published.is_exact:
        return period.polls_close <= published.at < period.near_until
    first = period.polls_close.astimezone(contest.zone).date()
    return first <= published.day_in(contest.zone) <= period.near_until.astimezone(contest.zone).date()


def _accuracy_for(own: Sequence[FoundStatement], accuracy: Sequence[Accuracy]) -> Accuracy | None:
    """The recall of concessions that holds for every reading of these statements."""
    methods = {one.reading.method for one in own if one.reading is not None}
    parts = [{method, *method.split("+")} for method in methods]
    measured = (one for one in accuracy if one.kind is KindName.CONCESSION)
    return next((one for one in measured if parts and all(one.method in part for part in parts)), None)
