"""The flat rows of candidacies, of their claims about the result, and of what losing candidacies come to.

What each column means stands in `reports/columns.py`.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ConcessionRow:
    """One candidacy: its result, what its statements say of it, and what backs "none found"."""

    election_id: str
    contest_id: str
    contest: str
    declared_at: datetime | None
    declared_precision: str | None
    declared_local: str | None
    declared_zone: str
    person_id: str
    name: str
    party_id: str | None
    party: str
    party_name: str | None
    party_abbreviation: str | None
    status: str
    votes: int | None
    share: float | None
    margin_votes: int | None
    margin_share: float | None
    elected: bool | None
    incumbent: bool | None
    concession: str
    kind: str | None
    strength: str | None
    statement: str | None
    url: str | None
    published_at: datetime | None
    published_precision: str | None
    published_local: str | None
    minutes_from_declaration: int | None
    untimed: str | None
    words: str | None
    confidence: float | None
    review: str | None
    reviewed_by: str | None
    method: str | None
    victory_minutes: int | None
    victory_statement: str | None
    concession_minutes: int | None
    concession_statement: str | None
    refusal_minutes: int | None
    refusal_statement: str | None
    claims: int
    contradictions: tuple[str, ...]
    premature: tuple[str, ...]
    backing: str
    backing_why: tuple[str, ...]
    accounts: tuple[str, ...]
    covered_from: datetime | None
    covered_until: datetime | None
    statements: int
    reposts: int
    unread: tuple[str, ...]
    unread_near_result: int
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    recall_n: int | None
    evidence: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One victory, concession or refusal that a statement holds, seen from one contest."""

    election_id: str
    contest_id: str
    contest: str
    person_id: str
    name: str
    party: str
    elected: bool | None
    scope: str | None
    party_won: bool | None
    party_basis: str | None
    kind: str
    strength: str | None
    statement: str
    url: str | None
    published_at: datetime | None
    published_precision: str | None
    published_local: str | None
    minutes_from_declaration: int | None
    untimed: str | None
    phase: str
    stage: str | None
    premature: bool | None
    contradiction: str | None
    remarks: tuple[str, ...]
    shared_with: tuple[str, ...]
    words: str
    start: int
    end: int
    confidence: float
    method: str
    review: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    review_note: str | None


@dataclass(frozen=True, slots=True)
class ConcessionSummaryRow:
    """What the losing candidacies of one group come to."""

    election_id: str
    by: str
    group: str
    losing: int
    collected: int
    conceded: int
    strong: int
    weak: int
    refused_then_conceded: int
    refused: int
    conceded_then_withdrawn: int
    order_unknown: int
    none_found: int
    none_found_complete: int
    not_collected: int
    machine: int
    conceded_share: float | None
    share_low: float | None
    share_high: float | None
