"""Who accuses whom, as nodes and weighted directed edges of one election."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.contract import AccusationType, TargetType
from analysis.outcomes.ballot import Candidacy, Contest, Standings, margin_to_threshold, standings_of
from analysis.outcomes.timing import Phase
from analysis.reports.accusations.counting import Accusation, side_of, type_counts
from analysis.reports.accusations.ingroups import InGroup
from analysis.reports.accusations.rows import EdgeRow, NodeRow
from analysis.reports.tones import scores_of

ELECTED = "elected"
NOT_ELECTED = "not elected"
NO_RESULT = "no result"
MIXED = "elected in one contest, not in another"
UNLINKED = "not linked to a candidate"
AMBIGUOUS_NAME = "several candidates fit the name"


@dataclass(frozen=True, slots=True)
class Network:
    """The accusations of one election between actors that were found."""

    nodes: tuple[NodeRow, ...]
    edges: tuple[EdgeRow, ...]
    left_out: int
    """Statements that accuse without a target that was found: they have no edge."""


@dataclass(frozen=True, slots=True)
class Aimed:
    """One edge, and what is told of its target where that is no candidate of the election."""

    edge: EdgeRow
    target: str
    target_type: str
    target_party_id: str | None
    is_ambiguous: bool


def network_of(accusations: Sequence[Accusation], contests: Iterable[Contest], in_group: InGroup) -> Network:
    """One edge a pair of author and target, whatever the phase: its counts say which. A statement counts
    once an edge, also where its author stands in two contests.

    `contests`: all of the election, in which targets are looked up, too. Ambiguous names are nodes of
    their own.
    """
    left_out = {one.statement for one in accusations if one.target_id is None}
    return drawn(aimed_of(accusations, in_group), contests, in_group, left_out=len(left_out))


def aimed_of(accusations: Iterable[Accusation], in_group: InGroup) -> list[Aimed]:
    """The edges of some authors, of whom all accusations are given."""
    pairs: defaultdict[tuple[str, str], dict[str, Accusation]] = defaultdict(dict)
    for one in accusations:
        if one.target_id is not None:
            pairs[one.author_id, one.target_id].setdefault(one.statement, one)
    return [_aimed(source, target, list(some.values()), in_group) for (source, target), some in pairs.items()]


def drawn(
    aimed: Sequence[Aimed], contests: Iterable[Contest], in_group: InGroup, *, left_out: int
) -> Network:
    """The network of the edges of all authors; see `network_of`."""
    standings = standings_of(contests)
    edges = sorted((one.edge for one in aimed), key=lambda edge: (-edge.weight, edge.source, edge.target))
    return Network(
        nodes=tuple(_nodes(aimed, standings, in_group)),
        edges=tuple(edges),
        left_out=left_out,
    )


def _aimed(source: str, target: str, some: Sequence[Accusation], in_group: InGroup) -> Aimed:
    first = some[0]
    assert first.target is not None
    assert first.target_type is not None  # only those have a key
    return Aimed(
        edge=_edge(source, target, some, in_group),
        target=first.target,
        target_type=first.target_type,
        target_party_id=first.target_party_id,
        is_ambiguous=first.is_ambiguous,
    )


def _edge(source: str, target: str, some: Sequence[Accusation], in_group: InGroup) -> EdgeRow:
    phases, types = Counter(one.phase for one in some), type_counts(some)
    scores = scores_of(one.toward for one in some)
    return EdgeRow(
        source=source,
        target=target,
        weight=len(some),
        before_polls_close=phases[Phase.BEFORE_POLLS_CLOSE],
        between=phases[Phase.BETWEEN],
        after_declaration=phases[Phase.AFTER_DECLARATION],
        unknown=phases[Phase.UNKNOWN],
        policy=types[AccusationType.POLICY],
        character=types[AccusationType.CHARACTER],
        misconduct=types[AccusationType.MISCONDUCT],
        integrity=types[AccusationType.INTEGRITY],
        blame=types[AccusationType.BLAME],
        incivility=sum(one.is_uncivil for one in some),
        scored=scores.count,
        sum_sentiment=scores.total,
        mean_sentiment=scores.mean,
        side=side_of(some[0], in_group),
    )


def _nodes(aimed: Iterable[Aimed], standings: Standings, in_group: InGroup) -> list[NodeRow]:
    """Everybody at an end of an edge, once, by id."""
    accuses: Counter[str] = Counter()
    accused: Counter[str] = Counter()
    others: dict[str, Aimed] = {}
    for one in sorted(aimed, key=lambda one: one.edge.source):
        accuses[one.edge.source] += one.edge.weight
        accused[one.edge.target] += one.edge.weight
        others[one.edge.target] = one
    return [
        _candidate(one, standings[one], in_group, accuses[one], accused[one])
        if one in standings
        else _other(one, others[one], in_group, accused[one])
        for one in sorted(accuses.keys() | accused.keys())
    ]


def _candidate(
    person: str,
    standings: Sequence[tuple[Contest, Candidacy]],
    in_group: InGroup,
    accuses: int,
    accused: int,
) -> NodeRow:
    candidacies = [candidacy for _, candidacy in standings]
    alone = standings[0] if len(standings) == 1 else None
    return NodeRow(
        id=person,
        label=candidacies[0].name,
        type=TargetType.PERSON,
        party_id="; ".join(dict.fromkeys(one.party_id for one in candidacies if one.party_id)) or None,
        party="; ".join(dict.fromkeys(one.party_label for one in candidacies)),
        bloc=in_group.of_person(person),
        outcome=_outcome(candidacies),
        margin_votes=margin_to_threshold(alone[1], alone[0]) if alone else None,
        contests=tuple(contest.id for contest, _ in standings),
        accuses=accuses,
        accused=accused,
    )


def _outcome(candidacies: Iterable[Candidacy]) -> str:
    said = {one.elected for one in candidacies}
    if said == {None}:
        return NO_RESULT
    if {True, False} <= said:
        return MIXED
    return ELECTED if True in said else NOT_ELECTED


def _other(key: str, sample: Aimed, in_group: InGroup, accused: int) -> NodeRow:
    return NodeRow(
        id=key,
        label=sample.target,
        type=sample.target_type,
        party_id=sample.target_party_id,
        party=sample.target if sample.target_type == TargetType.PARTY else None,
        bloc=in_group.of_party(sample.target_party_id),
        outcome=_unlinked(sample),
        margin_votes=None,
        contests=(),
        accuses=0,
        accused=accused,
    )


def _unlinked(sample: Aimed) -> str:
    """What is said of the outcome of one who is no candidate, as far as is known."""
    if sample.is_ambiguous:
        return AMBIGUOUS_NAME
    return UNLINKED if sample.target_type == TargetType.PERSON else ""
