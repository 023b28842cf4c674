"""The flat rows of accusations, and of the actors and edges of their network.

What each column means stands in `reports/columns.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccusationRow:
    """How often one author accuses one target in one phase, of what, and how the words are."""

    election_id: str
    contest_id: str
    contest: str
    author_id: str
    author: str
    author_party: str
    status: str
    elected: bool | None
    margin_votes: int | None
    target_id: str | None
    target: str | None
    target_type: str | None
    ambiguous: bool
    side: str
    phase: str
    statements: int
    policy: int
    character: int
    misconduct: int
    integrity: int
    blame: int
    incivility: int
    reviewed: int
    negative: int
    neutral: int
    positive: int
    mixed: int
    unclear: int
    unscored: int
    scored: int
    sum_sentiment: float | None
    mean_sentiment: float | None
    listed: tuple[str, ...]
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """An actor in the network of accusations of one election."""

    id: str
    label: str
    type: str
    party_id: str | None
    party: str | None
    bloc: str | None
    outcome: str
    margin_votes: int | None
    contests: tuple[str, ...]
    accuses: int
    accused: int


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """That one actor accuses another: the statements of an election that do."""

    source: str
    target: str
    weight: int
    before_polls_close: int
    between: int
    after_declaration: int
    unknown: int
    policy: int
    character: int
    misconduct: int
    integrity: int
    blame: int
    incivility: int
    scored: int
    sum_sentiment: float | None
    mean_sentiment: float | None
    side: str
