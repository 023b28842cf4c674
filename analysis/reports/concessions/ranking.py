"""Which contests of an election are shown, and in which order. Pure."""

from collections.abc import Iterable, Sequence

from analysis.outcomes.backing import Level
from analysis.reports.concessions.rows import ConcessionRow

MOST_ON_SCREEN = 20
"""Contests on a screen, unless all are asked for."""

FEW_ON_SCREEN = 5
"""So many contests are shown whether somebody claims something in them or not."""

MOST_ON_PAGE = 150
"""Contests that the page shows; the data files hold all."""

FEW_ON_PAGE = 20
"""So many contests are shown whatever is known of them."""

NOTHING_CLAIMED, NOTHING_COLLECTED = 2, 3
"""Ranks of contests in which nobody claims anything, and of whose candidates nothing was collected."""


def by_contest(rows: Iterable[ConcessionRow]) -> dict[str, list[ConcessionRow]]:
    """Contest id -> its candidacies; contests with a contradiction or a premature claim first, then those
    with a claim, then those of which something was collected, each in the order in which they came.
    """
    found: dict[str, list[ConcessionRow]] = {}
    for row in rows:
        found.setdefault(row.contest_id, []).append(row)
    return dict(sorted(found.items(), key=lambda pair: _rank(pair[1])))


def _rank(rows: Sequence[ConcessionRow]) -> int:
    if any(row.contradictions or row.premature for row in rows):
        return 0
    if any(row.kind for row in rows):  # those from before the polls closed answer no result
        return 1
    return NOTHING_CLAIMED if any(row.backing != Level.NOT_COLLECTED for row in rows) else NOTHING_COLLECTED


def shown_on_page(rows: Iterable[ConcessionRow]) -> list[list[ConcessionRow]]:
    """The contests that a page shows: all where they are few, else those of which something was collected."""
    every = list(by_contest(rows).values())
    if len(every) <= FEW_ON_PAGE:
        return every
    return [some for some in every if _rank(some) < NOTHING_COLLECTED][:MOST_ON_PAGE]


def worth_showing(contests: Sequence[list[ConcessionRow]]) -> list[list[ConcessionRow]]:
    """The contests that a screen shows where not all are asked for: all where they are few, else
    those with a claim."""
    if len(contests) <= FEW_ON_SCREEN:
        return list(contests)
    return [rows for rows in contests if _rank(rows) < NOTHING_CLAIMED][:MOST_ON_SCREEN]
