"""Whether a statement fits a search exactly: findings as reviewed, days by its own clock. Pure."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from analysis.outcomes.found import FoundStatement, FoundTarget, Outcome
from analysis.search.asking import Result, Search
from db.search.query import fold

_UTC = ZoneInfo("UTC")


def fitting_outcome(search: Search, outcomes: Iterable[Outcome]) -> Outcome | None:
    """The first of a statement's outcomes that the search asks for."""
    return next((one for one in outcomes if _is_asked_for(search, one)), None)


def _is_asked_for(search: Search, outcome: Outcome) -> bool:
    contest, candidacy = outcome.contest, outcome.candidacy
    return (
        (search.election is None or contest.election.id == search.election)
        and (search.contest is None or contest.id == search.contest)
        and (search.outcome is None or outcome.elected is (search.outcome is Result.ELECTED))
        and (
            search.party is None
            or candidacy.party_id in search.party_ids
            or (candidacy.ballot_label or "").lower() == search.party.lower()
        )
    )


def fits(search: Search, found: FoundStatement) -> bool:
    """Whether the statement, with the outcome that it carries, is a hit."""
    if search.of_contests and found.outcome is None:
        return False
    return _is_by(search, found) and _is_of_days(search, found) and _is_read_so(search, found)


def _is_by(search: Search, found: FoundStatement) -> bool:
    if search.person is None or found.person_id in search.person_ids:
        return True
    return found.person_id is None and fold(search.person) in fold(found.author or "")


def _is_of_days(search: Search, found: FoundStatement) -> bool:
    if search.since is None and search.until is None:
        return True
    if found.published is None:
        return False
    day = found.published.day_in(found.outcome.contest.zone if found.outcome else _UTC)
    return (search.since or day) <= day <= (search.until or day)


def _is_read_so(search: Search, found: FoundStatement) -> bool:
    if not search.of_findings:
        return True
    if found.reading is None:
        return False
    if search.kind and search.kind not in {kind.kind for kind in found.reading.kinds}:
        return False
    if search.target is None and search.label is None:
        return True
    return any(_speaks_so(search, one) for one in _of_target(search, found))


def _of_target(search: Search, found: FoundStatement) -> Iterator[FoundTarget]:
    wanted = search.target
    for one in found.targets:
        ids = (one.target.person_id, one.target.party_id)
        if wanted is None or wanted in ids or fold(wanted) in fold(one.target.who):
            yield one


def _speaks_so(search: Search, found: FoundTarget) -> bool:
    return search.label is None or (found.sentiment is not None and found.sentiment.label == search.label)
