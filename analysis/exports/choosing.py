"""Which elections, contests and statements an export holds, and why each other statement is left out."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from analysis.contract import KindName
from analysis.exports.errors import BadFilter
from analysis.exports.marks import Marks
from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.errors import unknown
from analysis.outcomes.methods import ReadMethod, chosen_method, read_methods
from analysis.outcomes.readings import readings_of
from analysis.outcomes.timing import Moment, Window, moment_of
from db import models
from db.batches import batches
from db.words import ReviewSubject

OTHER_BALLOT = "of other elections or contests"
OTHER_PERSON = "by other persons"
NO_TIME = "without a time"
OTHER_TIME = "of another time"
OTHER_KIND = "without the kind"

AT_ONCE = 2_000
"""Rows that are read at a time."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; None: all. Days are UTC's, ends included."""

    election: str | None = None
    contest: str | None = None
    person: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None
    method: str | None = None
    window: Window = field(default_factory=Window)

    @property
    def is_of_ballot(self) -> bool:
        """Whether only some elections or contests are asked for."""
        return self.election is not None or self.contest is not None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        asked = (self.election, self.contest, self.person, self.kind, self.since, self.until)
        return all(one is None for one in asked)

    def as_json(self) -> dict[str, Any]:
        """Those that are set, for a manifest."""
        named = {
            name: getattr(self, name)
            for name in ("election", "contest", "person", "kind", "since", "until", "method")
        }
        window = {"before": self.window.before.days, "after": self.window.after.days}
        return {name: str(value) for name, value in named.items() if value is not None} | {
            "window_days": window
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """What an export holds."""

    filters: Filters
    elections: Sequence[Election]
    contests: Sequence[Contest]
    """Of all these elections."""
    statements: "array[int]"
    """Ids, in order."""
    marks: Marks
    """The same, to be asked."""
    left_out: Mapping[str, int]
    """Why -> statements."""
    chosen: ReadMethod | None
    """Whose findings say who speaks of whom; None: nothing was read."""
    methods: tuple[str, ...]
    """Of the readings that are exported."""

    @property
    def persons(self) -> frozenset[str]:
        """Ids of everybody who stands in the contests."""
        return frozenset(one.person_id for contest in self.contests for one in contest.candidacies)


def choose(session: Session, filters: Filters) -> Choice:
    """Find what the filters let through.

    A statement belongs to a contest of its author as in a report: by the days round polling day, or
    without any time. Raises UnknownElection, UnknownContest, UnreadMethod, BadFilter.
    """
    _check(session, filters)
    elections = find_elections(session, election=filters.election, contest=filters.contest)
    contests = [found for one in elections for found in find_contests(session, one, contest=filters.contest)]
    read = read_methods(session)
    chosen = chosen_method(read, filters.method)
    has_kind = _of_kind(session, filters.kind, chosen)
    ids, left_out = _statements(session, _Decider(filters, standing_of(contests), has_kind))
    methods = tuple(one.method for one in read) if filters.method is None else _only(chosen)
    return Choice(filters, elections, contests, ids, Marks(ids), dict(left_out), chosen, methods)


def _statements(session: Session, decider: "_Decider") -> tuple["array[int]", Counter[str]]:
    """The ids of the statements that are let through, and why the others are not."""
    ids: array[int] = array("q")
    left_out: Counter[str] = Counter()
    if decider.filters.is_everything:
        numbers = select(col(models.Statement.id)).order_by(col(models.Statement.id))
        ids.extend(one for one in session.scalars(numbers) if one is not None)
        return ids, left_out
    for row in session.execute(_narrow()):
        why = decider.why_not(row.id, row.by, moment_of(row.published_at, row.published_precision))
        if why is None:
            ids.append(row.id)
        else:
            left_out[why] += 1
    return ids, left_out


def _only(chosen: ReadMethod | None) -> tuple[str, ...]:
    return () if chosen is None else (chosen.method,)


def _check(session: Session, filters: Filters) -> None:
    if filters.person is not None and session.get(models.Person, filters.person) is None:
        raise BadFilter(unknown("person", filters.person, session.scalars(select(col(models.Person.id)))))
    if filters.kind is not None and filters.kind not in set(KindName):
        raise BadFilter(f"there is no kind {filters.kind!r}; there is: {', '.join(KindName)}")
    if filters.since and filters.until and filters.since > filters.until:
        raise BadFilter(f"--from {filters.since} comes after --to {filters.until}")


AUTHOR = func.coalesce(models.Statement.person_id, models.Account.person_id)
"""Who made a statement: the author, or else the owner of the account that it was read from."""


def _narrow() -> Any:
    statement = models.Statement
    return (
        select(
            *(col(statement.id), AUTHOR.label("by")),
            *(col(statement.published_at), col(statement.published_precision)),
        )
        .outerjoin(models.Account, col(models.Account.id) == col(statement.account_id))
        .order_by(col(statement.id))
        .execution_options(yield_per=AT_ONCE)
    )


def standing_of(contests: Sequence[Contest]) -> dict[str, list[Contest]]:
    """Person id -> the contests in which they stand or stood."""
    found: defaultdict[str, list[Contest]] = defaultdict(list)
    for contest in contests:
        for candidacy in contest.candidacies:
            found[candidacy.person_id].append(contest)
    return dict(found)


def belongs(published: Moment | None, contest: Contest, window: Window) -> bool:
    """Whether a statement of an author who stands there belongs to the contest."""
    return published is None or window.holds(published.day_in(contest.zone), contest.election.polling_date)


@dataclass(frozen=True, slots=True)
class _Decider:
    """Says of one statement after the other why it is left out; None: it is not."""

    filters: Filters
    standing: Mapping[str, Sequence[Contest]]
    has_kind: Collection[int] | None

    def why_not(self, statement: int, author: str | None, published: Moment | None) -> str | None:
        asked = self.filters
        if asked.is_of_ballot and not self._is_of_ballot(author, published):
            return OTHER_BALLOT
        if asked.person is not None and author != asked.person:
            return OTHER_PERSON
        if (asked.since or asked.until) and published is None:
            return NO_TIME
        if published is not None and not self._is_of_time(published):
            return OTHER_TIME
        if self.has_kind is not None and statement not in self.has_kind:
            return OTHER_KIND
        return None

    def _is_of_ballot(self, author: str | None, published: Moment | None) -> bool:
        contests = self.standing.get(author or "", ())
        return any(belongs(published, contest, self.filters.window) for contest in contests)

    def _is_of_time(self, published: Moment) -> bool:
        day = published.at.astimezone(UTC).date()
        since, until = self.filters.since, self.filters.until
        return (since is None or since <= day) and (until is None or day <= until)


def _of_kind(session: Session, kind: str | None, chosen: ReadMethod | None) -> frozenset[int] | None:
    """The statements that show a kind by the chosen method, as reviewers leave it; None: not asked for."""
    if kind is None:
        return None
    if chosen is None:
        return frozenset()
    reading = models.Reading
    query = (
        select(col(reading.statement_id))
        .join(models.Kind, col(models.Kind.reading_id) == col(reading.id))
        .join(models.Statement, col(models.Statement.id) == col(reading.statement_id))
        .where(col(reading.method) == chosen.method, col(models.Kind.kind) == kind)
        .where(col(reading.text_sha256) == col(models.Statement.text_sha256))
    )
    found = set(session.scalars(query))
    review = models.Review
    ruled = select(col(review.statement_id)).where(
        col(review.subject) == ReviewSubject.KIND, col(review.place) == kind
    )
    for some in batches({one for one in session.scalars(ruled) if one is not None}):
        readings = readings_of(session, some, method=chosen.method)
        for statement, one in readings.items():
            if any(shown.kind == kind for shown in one.kinds):
                found.add(statement)
            else:
                found.discard(statement)
    return frozenset(found)
