"""Every candidacy's statements linked to its result, read from the database once for all that is told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from analysis.outcomes.backing import NEAR, Accuracy, backing_of, period_of
from analysis.outcomes.ballot import Contest, margin_of
from analysis.outcomes.candidacies import Around, CandidacyOutcome, candidacy_outcome
from analysis.outcomes.facts import ElectionFacts, facts_of
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.statements import statements_in
from analysis.outcomes.timing import Window
from db.batches import batches

CONTESTS_AT_ONCE = 25
"""Contests whose statements are held at a time: memory stays flat."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what statements are linked to results."""

    now: datetime
    """When we last could know."""
    method: str | None = None
    """A reading's method; None: the newest of each statement."""
    accuracy: tuple[Accuracy, ...] = ()
    """What was measured of methods."""
    near: timedelta = NEAR
    """How long after the declaration an unread post may hold the answer."""


@dataclass(frozen=True, slots=True)
class LinkedContest:
    """One contest with the statements that belong to it, and what they say of its result."""

    contest: Contest
    statements: Sequence[FoundStatement]
    """Undated ones first, then by time."""
    outcomes: tuple[CandidacyOutcome, ...]
    """Of its candidacies: on the ballot first, most votes first."""


def linked(
    session: Session,
    contests: Iterable[Contest],
    facts: ElectionFacts,
    terms: Terms,
    *,
    at_once: int = CONTESTS_AT_ONCE,
) -> Iterator[LinkedContest]:
    """Each contest with its statements and its candidacies' outcomes, in the order given.

    The contests are of the election of `facts`, whose window counts. Statements are read once, for
    `at_once` contests at a time: a fixed number of queries for a thousand statements.
    """
    for some in batches(contests, at_once):
        found = statements_in(session, some, window=facts.window, method=terms.method)
        for contest in some:
            statements = found.pop(contest.id)
            outcomes = tuple(outcomes_in(contest, statements, facts, terms))
            yield LinkedContest(contest, statements, outcomes)


def candidacy_outcomes(
    session: Session,
    contests: Sequence[Contest],
    *,
    now: datetime,
    window: Window | None = None,
    accuracy: Sequence[Accuracy] = (),
    method: str | None = None,
    near: timedelta = NEAR,
    facts: Mapping[str, ElectionFacts] | None = None,
) -> list[CandidacyOutcome]:
    """What the statements of every candidacy say of its result, contest by contest, most votes first.

    `contests` are those to tell of (`find_contests`), of one election or several. `method` names a
    reading's method (None: the newest of each statement); `accuracy` is what was measured of methods;
    `near` is how long after the declaration an unread post may hold the answer; `facts`, by election id,
    are loaded where they are not given. A fixed number of queries an election and a thousand statements.
    """
    terms = Terms(now, method, tuple(accuracy), near)
    by_election: defaultdict[str, list[Contest]] = defaultdict(list)
    for contest in contests:
        by_election[contest.election.id].append(contest)
    found: list[CandidacyOutcome] = []
    for id_, asked in by_election.items():
        known = (facts or {}).get(id_) or facts_of(session, asked[0].election, window=window)
        for one in linked(session, asked, known, terms, at_once=len(asked)):
            found += one.outcomes
    return found


def outcomes_in(
    contest: Contest, statements: Iterable[FoundStatement], facts: ElectionFacts, terms: Terms
) -> Iterator[CandidacyOutcome]:
    """Of the candidacies of one contest: on the ballot first, most votes first. Pure."""
    own: defaultdict[int, list[FoundStatement]] = defaultdict(list)
    for statement in statements:
        if statement.outcome is not None:
            own[statement.outcome.candidacy.id].append(statement)
    margin = margin_of(contest)
    period = period_of(contest, facts.window, now=terms.now, near=terms.near)
    for candidacy in (*contest.standing, *contest.not_standing):
        backing = backing_of(
            contest,
            own[candidacy.id],
            facts.ledgers.get(candidacy.person_id, ()),
            period=period,
            accuracy=terms.accuracy,
        )
        others = facts.others.get(candidacy.person_id, ())
        around = Around(
            contest=contest,
            candidacy=candidacy,
            margin=margin,
            party=facts.party_outcomes.get(candidacy.party_id or ""),
            others=[one for one in others if one.contest_id != contest.id],
            parties=facts.parties,
            backing=backing,
        )
        yield candidacy_outcome(around, own[candidacy.id], facts.window)
