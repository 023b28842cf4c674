"""What a statement adds to the figures of tone, and whose it is."""

from dataclasses import dataclass

from analysis.outcomes.timing import Phase


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidacy, as far as figures are divided by it. Frozen, hashable and picklable."""

    contest_id: str
    person_id: str
    """Statements of one person are one cluster, also over several contests."""
    party: str
    """The party's name, or how the candidate is described on the ballot."""
    elected: bool | None
    """None: no result is known, or the candidate was not on the ballot."""
    margin_share: float | None
    """Votes by which the candidate won (positive) or missed the seat, as a fraction of the valid votes."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One statement of a candidate in the contest's window. Reposts are none: the words are another's."""

    candidate: Candidate
    phase: Phase
    minutes: int | None
    """Whole minutes from the declaration; None where one of the two times is not known to the minute."""
    sentiment: float | None
    """Of the whole text, -1 to +1; None where it was not scored, or is less sure than the report asks for."""
    toward_rivals: float | None
    """Mean of its scores toward other candidates of the contest and other parties; None without one."""
    toward_own_party: float | None
    """Mean of its scores toward the author's party and its people; None without one."""
    kinds: frozenset[str] | None
    """What it does (`analysis.contract.KindName`); None: nobody has read it."""
    in_covered_time: bool
    """Whether it was published while coverage of the candidate's accounts is proven: rates count these."""
