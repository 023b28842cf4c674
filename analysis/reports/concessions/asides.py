"""What the tracker says quietly: claims that answer no result or may speak of others, who is left out."""

from collections.abc import Iterable, Iterator, Sequence

from analysis.outcomes.candidacies import ConcessionStatus
from analysis.outcomes.timing import Phase
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow
from analysis.site.wording import plural

FEW_BLANK = 2
"""Of losing candidates who were not collected so many are shown; one more is shown rather than counted."""


def is_early(claim: ClaimRow) -> bool:
    """Whether a claim was made before the polls closed: it answers no result."""
    return claim.phase == Phase.BEFORE_POLLS_CLOSE


def folded(rows: Sequence[ConcessionRow]) -> tuple[list[ConcessionRow], int]:
    """The candidacies of a contest that a screen shows, and how many it counts only: of those who lost and
    were not collected the first two stay.
    """
    blank = [row for row in rows if row.concession == ConcessionStatus.NOT_COLLECTED and not row.kind]
    if len(blank) <= FEW_BLANK + 1:
        return list(rows), 0
    left_out = {id(row) for row in blank[FEW_BLANK:]}
    return [row for row in rows if id(row) not in left_out], len(left_out)


def folded_line(count: int) -> str:
    """Who is counted only."""
    return f"  and {count:,} more losing candidates, not collected (--all)"


def early_line(claims: Iterable[ClaimRow]) -> Iterator[str]:
    """How many of these claims were made before the polls closed; nothing where none was."""
    count = sum(map(is_early, claims))
    if count:
        said = plural(count, "claim")
        yield f"  {said} made before the polls closed, no answer to a result (--json, --csv)"


def shared_lines(rows: Iterable[ConcessionRow], claims: Iterable[ClaimRow]) -> Iterator[str]:
    """The claims shown that may speak of another contest of their author, a line each."""
    shown = {(row.contest_id, row.person_id, row.statement, row.kind) for row in rows}
    told = {
        (one.statement, one.shared_with): one.name
        for one in claims
        if one.shared_with and (one.contest_id, one.person_id, one.statement, one.kind) in shown
    }
    for (statement, others), name in told.items():
        yield f"  {name}: [{statement}] may speak of {', '.join(others)} just as well"
