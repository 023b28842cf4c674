"""Running a search: batches of what may fit, looked at until enough do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sqlmodel import Session, col, select

from analysis.contract import statement_key
from analysis.outcomes.ballot import Contest
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.methods import chosen_method, read_methods
from analysis.outcomes.statements import outcomes_of, standings_of, statements_of
from analysis.outcomes.timing import Window
from analysis.search.asking import Search, checked
from analysis.search.fitting import fits, fitting_outcome
from analysis.search.hits import Hit, hit_of
from analysis.search.narrowing import ids_that_may_fit
from db.batches import BATCH, batches
from db.models import Candidacy, CrossPost, Statement
from db.models import Contest as ContestRow


def find_hits(session: Session, search: Search, *, method: str | None = None) -> list[Hit]:
    """What fits, in the order asked for, `search.limit` at most. Each statement comes once.

    Findings are those of the method that reports show (`method`: another), as reviewed. A statement
    belongs to the contests of its author whose usual window holds it; the first that fits is shown.

    Raises BadQuery, SearchRefused, UnknownElection, UnknownContest, UnreadMethod.
    """
    search = checked(session, search)
    chosen = chosen_method(read_methods(session), method)
    name = chosen.method if chosen else None
    ballots = _Ballots(session)
    found = (
        hit
        for ids in ids_that_may_fit(session, search, name)
        for hit in _hits(session, search, ids, name, ballots)
    )
    return list(islice(found, search.limit))


def _hits(
    session: Session, search: Search, ids: Sequence[int], method: str | None, ballots: "_Ballots"
) -> Iterator[Hit]:
    statements = statements_of(session, ids, method=method)
    found = [statements[number] for number in ids]
    contests = ballots.of(one.person_id for one in found if one.person_id)
    standings = standings_of(contests, Window())
    also = _cross_posts(session, ids)
    for statement in found:
        outcomes = outcomes_of(
            statement.person_id, statement.published, standings, with_undated=search.of_contests
        )
        with_outcome: FoundStatement = replace(statement, outcome=fitting_outcome(search, outcomes))
        if fits(search, with_outcome):
            yield hit_of(with_outcome, also.get(statement.id, ()))


def _cross_posts(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Statement -> the same text on other platforms."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for some in batches(ids):
        for mine, other in (
            (CrossPost.statement_id, CrossPost.other_id),
            (CrossPost.other_id, CrossPost.statement_id),
        ):
            query = (
                select(mine, Statement.platform, Statement.post_id)
                .join(Statement, col(Statement.id) == col(other))
                .where(col(mine).in_(some))
            )
            for number, platform, post_id in session.exec(query):
                found[number].append(statement_key(platform, post_id))
    return {number: tuple(sorted(keys)) for number, keys in found.items()}


class _Ballots:
    """The contests in which authors stand, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[str, Contest] = {}

    def of(self, persons: Iterable[str]) -> list[Contest]:
        """The contests in which any of the persons stands, newest polling day first."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for some in batches(sorted(set(persons))):
            query = (
                select(ContestRow.election_id, ContestRow.id)
                .join(Candidacy, col(Candidacy.contest_id) == col(ContestRow.id))
                .where(col(Candidacy.person_id).in_(some))
            )
            for election, contest in self._session.exec(query):
                wanted[election].add(contest)
        for election, contests in wanted.items():
            self._load(election, contests - set(self._read))
        ids = [contest for contests in wanted.values() for contest in sorted(contests)]
        return sorted(
            (self._read[one] for one in ids), key=lambda one: one.election.polling_date, reverse=True
        )

    def _load(self, election: str, contests: set[str]) -> None:
        if not contests:
            return
        [one] = find_elections(self._session, election=election)
        among = contests if len(contests) <= BATCH else None
        for contest in find_contests(self._session, one, among=among):
            self._read[contest.id] = contest
