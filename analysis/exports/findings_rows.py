"""The rows of what methods found in statements, and of who speaks of whom.

What each column means, and what may be shared of it, stands in `columns.csv`.
"""

from dataclasses import dataclass

from analysis.exports.units import Actor, Texts


@dataclass(frozen=True, slots=True)
class Reading:
    """That a method has read the present text of a statement."""

    statement: str
    method: str
    lang: str | None
    lang_confidence: float
    languages: Texts
    unscored: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """One place in a statement that speaks of somebody (or the one who is only addressed)."""

    statement: str
    method: str
    number: int
    who: str
    type: str
    mention: str
    start: int | None
    end: int | None
    target_person_id: str | None
    target_party_id: str | None
    ambiguous: bool
    candidates: Texts
    basis: str
    link_confidence: float
    review: str
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """How a statement speaks of a target, or as a whole."""

    statement: str
    method: str
    number: int
    score: float
    label: str
    confidence: float
    sentiment_method: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that a statement does."""

    statement: str
    method: str
    kind: str
    strength: str | None
    scope: str | None
    types: Texts
    incivility: bool
    words: str
    start: int
    end: int
    confidence: float
    kind_method: str
    review: str
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class KindTarget:
    """Whom a kind is about."""

    statement: str
    method: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class WhoWhom:
    """How often one author speaks of one target in one contest, and how."""

    contest_id: str
    author_id: str
    target_id: Actor
    ambiguous: bool
    election_id: str
    target: str
    target_type: str
    statements: int
    negative: int
    neutral: int
    positive: int
    mixed: int
    unclear: int
    unscored: int
    scored: int
    sum_sentiment: float | None
    methods: Texts


@dataclass(frozen=True, slots=True)
class Node:
    """An actor of the network: an author, or one whom statements speak of."""

    id: Actor
    label: str
    type: str
    party_id: str | None
    statements: int
    speaks: int
    spoken_of: int
    accuses: int
    accused: int


@dataclass(frozen=True, slots=True)
class Edge:
    """That one actor speaks of another, and how many of these statements accuse."""

    source: Actor
    target: Actor
    weight: int
    negative: int
    neutral: int
    positive: int
    mixed: int
    unscored: int
    scored: int
    sum_sentiment: float | None
    accusations: int
    policy: int
    character: int
    misconduct: int
    integrity: int
    blame: int
    incivility: int
