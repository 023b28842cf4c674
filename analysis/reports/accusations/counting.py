"""Who accuses whom of what, before and after the result: counted, a row an author, target and phase."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analysis.contract import AccusationType, Basis, Kind, KindName, Reading, Target
from analysis.outcomes.found import FoundStatement, Outcome
from analysis.reports.accusations.ingroups import InGroup, Side
from analysis.reports.accusations.rows import AccusationRow
from analysis.reports.contests.who_whom import target_key
from analysis.reports.tones import Tone, Toward, scores_of, toward

AMBIGUOUS = "ambiguous:"
"""Begins the id of a name that several candidates bear: it is linked to none of them."""


@dataclass(frozen=True, slots=True)
class Accusation:
    """That one statement accuses one target in one contest; of its words, only what is counted.

    Flat, so that a report can keep it beside a contest's page.
    """

    statement: str
    """Platform and post id."""
    election_id: str
    contest_id: str
    contest: str
    author_id: str
    author: str
    author_party: str
    status: str
    elected: bool | None
    margin_votes: int | None
    phase: str
    target_id: str | None
    """What makes two targets the same; names that fit several candidates stand apart. None: no target was
    found."""
    target: str | None
    target_type: str | None
    target_person_id: str | None
    target_party_id: str | None
    is_ambiguous: bool
    """Whether several candidates bear the name of the target."""
    tone: str
    """How the statement speaks of the target."""
    score: float | None
    types: tuple[str, ...]
    is_uncivil: bool
    is_reviewed: bool
    """Whether a person confirmed, corrected or added it."""
    methods: tuple[str, ...]

    @property
    def toward(self) -> Toward:
        """How the statement speaks of the target, as who-whom counts it."""
        return Toward(Tone(self.tone), self.score)


def accusations_of(statement: FoundStatement, *, threshold: float) -> list[Accusation]:
    """What one statement accuses, once a target; once nobody where it accuses and names none.

    Of a repost there is nothing: its words are somebody else's.
    """
    reading = statement.reading
    if reading is None or statement.repost_of is not None or statement.outcome is None:
        return []
    kinds = [kind for kind in reading.kinds if kind.kind is KindName.ACCUSATION]
    if not kinds:
        return []
    by_target = _by_target(kinds, reading)
    if not by_target:
        return [_accusation(statement, statement.outcome, None, kinds, Toward(Tone.UNSCORED, None))]
    return [
        _accusation(statement, statement.outcome, target, about, _toward(statement, target, threshold))
        for target, about in by_target
    ]


def _by_target(kinds: Iterable[Kind], reading: Reading) -> list[tuple[Target, list[Kind]]]:
    """Each target with the accusations that are about it; the author's own side is none."""
    found: dict[tuple[str, bool], tuple[Target, list[Kind]]] = {}
    for kind in kinds:
        for target in (reading.targets[place] for place in kind.targets):
            if target.basis is not Basis.OWN_SIDE:
                _, about = found.setdefault(_key(target), (target, []))
                if kind not in about:
                    about.append(kind)
    return list(found.values())


def _key(target: Target) -> tuple[str, bool]:
    return target_key(target), target.basis is Basis.AMBIGUOUS


def _toward(statement: FoundStatement, target: Target, threshold: float) -> Toward:
    """How the whole statement speaks of the target, as who-whom counts it."""
    return toward(
        (found.sentiment for found in statement.targets if _key(found.target) == _key(target)), threshold
    )


def _accusation(
    statement: FoundStatement, outcome: Outcome, target: Target | None, kinds: Sequence[Kind], tone: Toward
) -> Accusation:
    contest, candidacy = outcome.contest, outcome.candidacy
    types = {one for kind in kinds for one in kind.types}
    return Accusation(
        statement=statement.key,
        election_id=contest.election.id,
        contest_id=contest.id,
        contest=contest.name,
        author_id=candidacy.person_id,
        author=candidacy.name,
        author_party=candidacy.party_label,
        status=candidacy.status,
        elected=candidacy.elected,
        margin_votes=outcome.margin_votes,
        phase=outcome.phase.value,
        target_id=_id_of(target) if target else None,
        target=target.who if target else None,
        target_type=target.type.value if target else None,
        target_person_id=target.person_id if target else None,
        target_party_id=target.party_id if target else None,
        is_ambiguous=target is not None and target.basis is Basis.AMBIGUOUS,
        tone=tone.tone.value,
        score=tone.score,
        types=tuple(one.value for one in AccusationType if one in types),
        is_uncivil=any(kind.incivility for kind in kinds),
        is_reviewed=any(kind.reviewed is not None for kind in kinds),
        methods=tuple(dict.fromkeys(kind.method for kind in kinds)),
    )


def _id_of(target: Target) -> str:
    if target.basis is Basis.AMBIGUOUS:
        return f"{AMBIGUOUS}{target.who.casefold()}"
    return target_key(target)


def accusation_rows(accusations: Iterable[Accusation], in_group: InGroup) -> list[AccusationRow]:
    """Author -> target in one phase of one contest, most statements first."""
    grouped: defaultdict[tuple[str, str, str | None, str], list[Accusation]] = defaultdict(list)
    for one in accusations:
        grouped[one.contest_id, one.author_id, one.target_id, one.phase].append(one)
    rows = [_row(some, in_group) for some in grouped.values()]
    return sorted(rows, key=order)


def order(row: AccusationRow) -> tuple[int, str, bool, str, str, str]:
    """Most statements first, then by name."""
    return -row.statements, row.author, row.target is None, row.target or "", row.contest_id, row.phase


def _row(some: Sequence[Accusation], in_group: InGroup) -> AccusationRow:
    first = some[0]
    tones, types = Counter(one.tone for one in some), type_counts(some)
    scores = scores_of(one.toward for one in some)
    return AccusationRow(
        election_id=first.election_id,
        contest_id=first.contest_id,
        contest=first.contest,
        author_id=first.author_id,
        author=first.author,
        author_party=first.author_party,
        status=first.status,
        elected=first.elected,
        margin_votes=first.margin_votes,
        target_id=first.target_id,
        target=first.target,
        target_type=first.target_type,
        ambiguous=first.is_ambiguous,
        side=side_of(first, in_group),
        phase=first.phase,
        statements=len(some),
        policy=types[AccusationType.POLICY],
        character=types[AccusationType.CHARACTER],
        misconduct=types[AccusationType.MISCONDUCT],
        integrity=types[AccusationType.INTEGRITY],
        blame=types[AccusationType.BLAME],
        incivility=sum(one.is_uncivil for one in some),
        reviewed=sum(one.is_reviewed for one in some),
        negative=tones[Tone.NEGATIVE],
        neutral=tones[Tone.NEUTRAL],
        positive=tones[Tone.POSITIVE],
        mixed=tones[Tone.MIXED],
        unclear=tones[Tone.UNCLEAR],
        unscored=tones[Tone.UNSCORED],
        scored=scores.count,
        sum_sentiment=scores.total,
        mean_sentiment=scores.mean,
        listed=tuple(one.statement for one in some),
        methods=tuple(dict.fromkeys(method for one in some for method in one.methods)),
    )


def type_counts(some: Iterable[Accusation]) -> Counter[str]:
    """Type -> statements that accuse of it; one statement can accuse of several things."""
    return Counter(kind for one in some for kind in one.types)


def side_of(one: Accusation, in_group: InGroup) -> Side:
    """Whether an accusation stays in its author's group."""
    author = in_group.of_person(one.author_id)
    return in_group.side(author, _group_of_target(one, in_group))


def _group_of_target(one: Accusation, in_group: InGroup) -> str | None:
    if one.target is None or one.is_ambiguous:
        return None
    if one.target_person_id is not None:
        return in_group.of_person(one.target_person_id)
    return in_group.of_party(one.target_party_id)


@dataclass(frozen=True, slots=True)
class AccusationTally:
    """How many accusations of an election are what; the unit is a statement and one target of it."""

    statements: int
    """That accuse, each once."""
    accusations: int
    without_target: int
    """Statements that accuse, but no target was found."""
    ambiguous: int
    by_phase: tuple[tuple[str, int], ...]
    by_type: tuple[tuple[str, int], ...]
    uncivil: int
    reviewed: int
    sides: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    """Definition of a group -> side -> accusations."""


def tally_of(accusations: Sequence[Accusation], in_groups: Iterable[InGroup]) -> AccusationTally:
    """Count accusations; a statement in two contests counts in each."""
    phases, types = Counter(one.phase for one in accusations), type_counts(accusations)
    return AccusationTally(
        statements=len({(one.contest_id, one.statement) for one in accusations}),
        accusations=len(accusations),
        without_target=sum(one.target is None for one in accusations),
        ambiguous=sum(one.is_ambiguous for one in accusations),
        by_phase=tuple(phases.most_common()),
        by_type=tuple((kind.value, types[kind]) for kind in AccusationType if types[kind]),
        uncivil=sum(one.is_uncivil for one in accusations),
        reviewed=sum(one.is_reviewed for one in accusations),
        sides=tuple((group.name, tuple(_sides(accusations, group))) for group in in_groups),
    )


def _sides(accusations: Iterable[Accusation], in_group: InGroup) -> Iterator[tuple[str, int]]:
    counts = Counter(side_of(one, in_group) for one in accusations)
    return ((side.value, counts[side]) for side in Side)
