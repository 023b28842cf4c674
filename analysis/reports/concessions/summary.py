"""What losing candidacies come to: counts by party, margin and incumbency. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from analysis.outcomes.backing import Level
from analysis.outcomes.candidacies import ConcessionStatus
from analysis.reports.concessions.evidence import CONCEDED, MACHINE
from analysis.reports.concessions.rows import ConcessionRow, ConcessionSummaryRow
from analysis.statistics import wilson
from db.words import CandidacyStatus

SMALLEST_SHARE = 10
"""Candidacies below which no share is given: small numbers show their counts."""

BANDS = ((0.02, "under 2 points"), (0.05, "2 to 5 points"), (0.1, "5 to 10 points"), (0.2, "10 to 20 points"))
"""Upper bound of the margin by which a candidate lost, as a fraction of the valid votes -> its band."""

WIDEST = "20 points and more"
NO_MARGIN = "margin in points not known"

INCUMBENCY = {True: "incumbent", False: "not incumbent", None: "incumbency not known"}

ALL = "all losing candidacies"


def band_of(row: ConcessionRow) -> str:
    """By how much a candidate lost, in points of the valid votes."""
    if row.margin_share is None:
        return NO_MARGIN
    return band_at(-row.margin_share)


def band_at(margin: float) -> str:
    """The band of a margin, a fraction of the valid votes that is not negative for its side."""
    return next((name for bound, name in BANDS if margin < bound), WIDEST)


GROUPINGS: dict[str, Callable[[ConcessionRow], str]] = {
    "all": lambda _: ALL,
    "party": lambda one: one.party_name or one.party,
    "margin": band_of,
    "incumbency": lambda one: INCUMBENCY[one.incumbent],
}
"""By what is counted -> a candidacy's group."""

ORDER = [ALL, *(name for _, name in BANDS), WIDEST, NO_MARGIN, *INCUMBENCY.values()]


def summary_rows(rows: Iterable[ConcessionRow]) -> list[ConcessionSummaryRow]:
    """A row a group of losing candidacies of one election: those on the ballot that were not elected."""
    losing = [one for one in rows if one.status == CandidacyStatus.STANDING and one.elected is False]
    return [row for by in GROUPINGS for row in _rows(by, losing)] if losing else []


def _rows(by: str, losing: Sequence[ConcessionRow]) -> Iterator[ConcessionSummaryRow]:
    groups: dict[str, list[ConcessionRow]] = {}
    for one in losing:
        groups.setdefault(GROUPINGS[by](one), []).append(one)
    for group in sorted(groups, key=lambda name: _place(name, len(groups[name]))):
        yield _row(by, group, groups[group])


def _place(group: str, size: int) -> tuple[int, int, str]:
    """Bands in their order, parties by size."""
    return (ORDER.index(group), 0, "") if group in ORDER else (len(ORDER), -size, group)


def _row(by: str, group: str, some: Sequence[ConcessionRow]) -> ConcessionSummaryRow:
    counts = Counter(one.concession for one in some)
    conceded = [one for one in some if one.concession in CONCEDED]
    silent = [one for one in some if one.concession == ConcessionStatus.NONE_FOUND]
    collected = len(some) - counts[ConcessionStatus.NOT_COLLECTED]
    share = wilson(len(conceded), collected) if collected >= SMALLEST_SHARE else None
    return ConcessionSummaryRow(
        election_id=some[0].election_id,
        by=by,
        group=group,
        losing=len(some),
        collected=collected,
        conceded=len(conceded),
        strong=counts[ConcessionStatus.STRONG],
        weak=counts[ConcessionStatus.WEAK],
        refused_then_conceded=counts[ConcessionStatus.REFUSED_THEN_CONCEDED],
        refused=counts[ConcessionStatus.REFUSED],
        conceded_then_withdrawn=counts[ConcessionStatus.CONCEDED_THEN_WITHDRAWN],
        order_unknown=counts[ConcessionStatus.ORDER_UNKNOWN],
        none_found=len(silent),
        none_found_complete=sum(one.backing == Level.COMPLETE for one in silent),
        not_collected=counts[ConcessionStatus.NOT_COLLECTED],
        machine=sum(_is_machine(one) for one in some),
        conceded_share=share.value if share else None,
        share_low=share.low if share else None,
        share_high=share.high if share else None,
    )


def _is_machine(row: ConcessionRow) -> bool:
    """Whether a concession or refusal is a program's finding that nobody has looked at."""
    if row.concession_statement is None and row.refusal_statement is None:
        return False
    return row.review == MACHINE
