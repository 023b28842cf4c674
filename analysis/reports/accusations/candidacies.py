"""Whom one candidacy accuses, counted once and kept: an election's page only puts these together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from analysis.contract import AccusationType
from analysis.outcomes.ballot import Contest, Election
from analysis.reports.accusations.counting import Accusation, AccusationTally, accusation_rows, order
from analysis.reports.accusations.elections import ElectionAccusations
from analysis.reports.accusations.ingroups import InGroup, Side
from analysis.reports.accusations.network import Aimed, aimed_of, drawn
from analysis.reports.accusations.rows import AccusationRow


@dataclass(frozen=True, slots=True)
class OwnAccusations:
    """What one candidacy accuses whom of."""

    rows: tuple[AccusationRow, ...]
    edges: tuple[Aimed, ...]
    shared: tuple[Accusation, ...]
    """Of somebody who stands in several contests of the election, instead of `edges`: a statement that is
    in two of them counts once an edge."""


NO_ACCUSATIONS = OwnAccusations((), (), ())


def own_accusations(
    accusations: Sequence[Accusation], in_group: InGroup, *, stands_elsewhere: bool
) -> OwnAccusations:
    """What is kept of one candidacy. `stands_elsewhere`: in another contest of the same election."""
    return OwnAccusations(
        rows=tuple(accusation_rows(accusations, in_group)),
        edges=() if stands_elsewhere else tuple(aimed_of(accusations, in_group)),
        shared=tuple(accusations) if stands_elsewhere else (),
    )


def together(
    election: Election,
    contests: Sequence[Contest],
    own: Sequence[OwnAccusations],
    in_group: InGroup,
    method: str | None,
) -> ElectionAccusations:
    """The answer for one election, as `accusations_in` gives it, from what is kept of its candidacies.

    `contests`: all of the election; `in_group`: as each of `own` was counted by.
    """
    rows = [row for one in own for row in one.rows]
    aimed = [edge for one in own for edge in one.edges]
    aimed += aimed_of(chain.from_iterable(one.shared for one in own), in_group)
    left_out = {statement for row in rows if row.target_id is None for statement in row.listed}
    return ElectionAccusations(
        election=election,
        rows=tuple(sorted(rows, key=order)),
        network=drawn(aimed, contests, in_group, left_out=len(left_out)),
        tally=_tally(rows, in_group.name),
        method=method,
    )


def _tally(rows: Sequence[AccusationRow], definition: str) -> AccusationTally:
    phases, sides = _statements_by(rows, "phase"), _statements_by(rows, "side")
    types = [(kind.value, sum(getattr(row, kind.value) for row in rows)) for kind in AccusationType]
    return AccusationTally(
        statements=len({(row.contest_id, one) for row in rows for one in row.listed}),
        accusations=sum(row.statements for row in rows),
        without_target=sum(row.statements for row in rows if row.target is None),
        ambiguous=sum(row.statements for row in rows if row.ambiguous),
        by_phase=tuple(phases.most_common()),
        by_type=tuple((kind, count) for kind, count in types if count),
        uncivil=sum(row.incivility for row in rows),
        reviewed=sum(row.reviewed for row in rows),
        sides=((definition, tuple((side.value, sides[side]) for side in Side)),),
    )


def _statements_by(rows: Iterable[AccusationRow], column: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[getattr(row, column)] += row.statements
    return found
