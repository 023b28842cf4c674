"""Who speaks of whom, and who accuses whom, counted while statements pass by. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analysis.contract import AccusationType, Basis, KindName, Reading, Sentiment, Target, TargetType
from analysis.exports import findings_rows
from analysis.exports.statements import Brief
from analysis.exports.units import Actor, Made
from analysis.reports.accusations.counting import AMBIGUOUS
from analysis.reports.contests.who_whom import target_key
from analysis.reports.tones import Tone, Toward, toward

ROUNDED = 9
"""Digits of a sum of scores: what lies behind them is the order of the adding."""


@dataclass(slots=True)
class Tally:
    """What the statements of one author toward one target come to."""

    who: str
    type: str
    party_id: str | None
    statements: int = 0
    tones: Counter[Tone] = field(default_factory=Counter)
    scored: int = 0
    total: float = 0.0
    methods: dict[str, None] = field(default_factory=dict)
    accusations: int = 0
    types: Counter[AccusationType] = field(default_factory=Counter)
    uncivil: int = 0

    @property
    def sum_sentiment(self) -> float | None:
        """Sum of the scores; None without any."""
        return round(self.total, ROUNDED) if self.scored else None


@dataclass(frozen=True, slots=True)
class Mention:
    """What one statement says of one target, over all places that name it."""

    actor: Actor
    target: Target
    places: tuple[int, ...]
    sentiments: tuple[Sentiment | None, ...]

    @property
    def is_ambiguous(self) -> bool:
        """Whether several candidates fit."""
        return self.target.basis is Basis.AMBIGUOUS


def mentions_in(reading: Reading) -> list[Mention]:
    """Whom a statement speaks of, each once; the author's own side is nobody."""
    found: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for place, target in enumerate(reading.targets):
        if target.basis is not Basis.OWN_SIDE:
            found[target_key(target), target.basis is Basis.AMBIGUOUS].append(place)
    return [
        Mention(
            _actor(key, reading.targets[places[0]]),
            reading.targets[places[0]],
            tuple(places),
            tuple(reading.toward[place] for place in places),
        )
        for (key, _), places in found.items()
    ]


def _actor(key: str, target: Target) -> Actor:
    if target.person_id:
        return Actor(key, Made.PERSON)
    return Actor(key, Made.PARTY if target.party_id else Made.NAME)


class Pairs:
    """Author -> target, in each contest and over all. Reposts are left out: somebody else's words."""

    def __init__(self) -> None:
        self._in_contests: dict[tuple[str, str, str, Actor, bool], Tally] = {}
        self._over_all: dict[tuple[str, Actor], Tally] = {}
        self._statements: Counter[str] = Counter()

    def add(self, brief: Brief, reading: Reading) -> None:
        """Count one statement by what was found in it."""
        if brief.is_repost or brief.author is None:
            return
        self._statements[brief.author] += 1
        for mention in mentions_in(reading):
            spoken = toward(mention.sentiments)
            for contest in brief.contests:
                key = (contest.election.id, contest.id, brief.author, mention.actor, mention.is_ambiguous)
                _count(self._in_contests.setdefault(key, _new(mention)), mention, spoken)
            pair = (brief.author, _node_of(mention))
            tally = self._over_all.setdefault(pair, _new(mention))
            _count(tally, mention, spoken)
            _count_accusations(tally, mention, reading)

    def who_whom(self) -> Iterator[findings_rows.WhoWhom]:
        """One row a contest, author and target, most statements first within a contest."""
        ordered = sorted(
            self._in_contests.items(),
            key=lambda pair: (pair[0][:2], -pair[1].statements, pair[0][2], pair[0][3].key, pair[0][4]),
        )
        for (election, contest, author, actor, ambiguous), one in ordered:
            yield findings_rows.WhoWhom(
                contest_id=contest,
                author_id=author,
                target_id=actor,
                ambiguous=ambiguous,
                election_id=election,
                target=one.who,
                target_type=one.type,
                statements=one.statements,
                negative=one.tones[Tone.NEGATIVE],
                neutral=one.tones[Tone.NEUTRAL],
                positive=one.tones[Tone.POSITIVE],
                mixed=one.tones[Tone.MIXED],
                unclear=one.tones[Tone.UNCLEAR],
                unscored=one.tones[Tone.UNSCORED],
                scored=one.scored,
                sum_sentiment=one.sum_sentiment,
                methods=tuple(one.methods),
            )

    def edges(self) -> list[findings_rows.Edge]:
        """One edge a pair of author and target, most statements first."""
        edges = [_edge(author, actor, one) for (author, actor), one in self._over_all.items()]
        return sorted(edges, key=lambda edge: (-edge.weight, edge.source.key, edge.target.key))

    def nodes(self, names: Mapping[str, str]) -> list[findings_rows.Node]:
        """Everybody at an end of an edge, by id; `names`: of persons, by their ids."""
        counts: defaultdict[Actor, Counter[str]] = defaultdict(Counter)
        samples: dict[Actor, Tally] = {}
        for (author, actor), one in self._over_all.items():
            source = Actor(author, Made.PERSON)
            counts[source].update(speaks=one.statements, accuses=one.accusations)
            counts[actor].update(spoken_of=one.statements, accused=one.accusations)
            samples.setdefault(actor, one)
        return [
            self._node(actor, counts[actor], samples.get(actor), names)
            for actor in sorted(counts, key=lambda one: (one.key, one.made_of))
        ]

    def _node(
        self, actor: Actor, counts: Counter[str], sample: Tally | None, names: Mapping[str, str]
    ) -> findings_rows.Node:
        label = names.get(actor.key) if actor.made_of is Made.PERSON else None
        return findings_rows.Node(
            id=actor,
            label=label or (sample.who if sample else actor.key),
            type=sample.type if sample else TargetType.PERSON,
            party_id=sample.party_id if sample else None,
            statements=self._statements[actor.key],
            speaks=counts["speaks"],
            spoken_of=counts["spoken_of"],
            accuses=counts["accuses"],
            accused=counts["accused"],
        )


def _new(mention: Mention) -> Tally:
    target = mention.target
    return Tally(target.who, str(target.type), target.party_id)


def _node_of(mention: Mention) -> Actor:
    """The actor as a node: names that fit several candidates stand apart, as in `hustings accusations`."""
    if not mention.is_ambiguous:
        return mention.actor
    return Actor(f"{AMBIGUOUS}{mention.target.who.casefold()}", Made.NAME)


def _count(tally: Tally, mention: Mention, spoken: Toward) -> None:
    tally.statements += 1
    tally.tones[spoken.tone] += 1
    if spoken.score is not None:
        tally.scored += 1
        tally.total += spoken.score
    for one in mention.sentiments:
        if one is not None:
            tally.methods[one.method] = None


def _count_accusations(tally: Tally, mention: Mention, reading: Reading) -> None:
    kinds = [
        kind
        for kind in reading.kinds
        if kind.kind is KindName.ACCUSATION and not set(mention.places).isdisjoint(kind.targets)
    ]
    if kinds:
        tally.accusations += 1
        tally.types.update({one for kind in kinds for one in kind.types})
        tally.uncivil += any(kind.incivility for kind in kinds)


def _edge(author: str, actor: Actor, one: Tally) -> findings_rows.Edge:
    return findings_rows.Edge(
        source=Actor(author, Made.PERSON),
        target=actor,
        weight=one.statements,
        negative=one.tones[Tone.NEGATIVE],
        neutral=one.tones[Tone.NEUTRAL],
        positive=one.tones[Tone.POSITIVE],
        mixed=one.tones[Tone.MIXED],
        unscored=one.tones[Tone.UNSCORED],
        scored=one.scored,
        sum_sentiment=one.sum_sentiment,
        accusations=one.accusations,
        policy=one.types[AccusationType.POLICY],
        character=one.types[AccusationType.CHARACTER],
        misconduct=one.types[AccusationType.MISCONDUCT],
        integrity=one.types[AccusationType.INTEGRITY],
        blame=one.types[AccusationType.BLAME],
        incivility=one.uncivil,
    )
