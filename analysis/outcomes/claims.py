"""Victories, concessions and refusals of statements, each compared with the result that it speaks of. Pure.

Like is compared with like: a claim of scope `own_contest` with the candidacy, one of scope `party` with
the party's outcome in the election, one of scope `other` (or of none) with nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.contract import RESULT_KINDS, Kind, KindName, Reviewed, Scope, Strength
from analysis.outcomes.found import FoundStatement, Outcome
from analysis.outcomes.parties import PartyOutcome, is_whole_election
from analysis.outcomes.stages import StageEvent, Untimed, change_after, stage_at, untimed_by
from analysis.outcomes.timing import Clock, Moment, Phase, minutes_from_declaration, phase_of
from db.words import ResultStage


class ContradictionReason(StrEnum):
    """How a claim and the result that it speaks of disagree."""

    LOSER_CLAIMS_VICTORY = "loser_claims_victory"
    WINNER_CONCEDES = "winner_concedes"
    WINNER_REFUSES = "winner_refuses"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """That a claim and the result disagree. It says nothing of who is right."""

    reason: ContradictionReason
    sentence: str
    """For people, such as `claims victory in Hill ward, but was not elected`; no full stop."""
    changed_later: StageEvent | None = None
    """A recount or correction after the claim: it may have agreed with the result when it was made."""
    may_speak_of_party: bool = False
    """The claim was read as one of the own contest, and would agree with the party's outcome."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One victory, concession or refusal that a candidate's statement holds, seen from one contest."""

    statement: FoundStatement
    """With `outcome` of the contest at hand."""
    found: Kind
    """What the method (or a reviewer) found, and where."""
    stage: ResultStage | None
    """Newest stage that the result had reached; None: none had, or it is not known."""
    minutes: int | None
    """Whole minutes from the declaration, negative before it; scope `party`: of the party's outcome."""
    premature: bool | None
    """Whether it was made before the declaration; None: `untimed` says why."""
    untimed: Untimed | None
    contradiction: Contradiction | None
    shared_with: tuple[str, ...] = ()
    """Ids of other contests of the author that the claim may speak of just as well."""

    @property
    def kind(self) -> KindName:
        """`victory`, `concession` or `refusal`."""
        return self.found.kind

    @property
    def scope(self) -> Scope | None:
        """Whose outcome it speaks of; None: the method does not say."""
        return self.found.scope

    @property
    def strength(self) -> Strength | None:
        """Of a concession: how plainly it accepts the loss."""
        return self.found.strength

    @property
    def confidence(self) -> float:
        """0..1, as the method gives it."""
        return self.found.confidence

    @property
    def quote(self) -> str:
        """The words that show it."""
        return self.statement.text[self.found.start : self.found.end]

    @property
    def reviewed(self) -> Reviewed | None:
        """None: the program's finding alone."""
        return self.found.reviewed

    @property
    def published(self) -> Moment | None:
        """When the statement was made."""
        return self.statement.published

    @property
    def phase(self) -> Phase:
        """Before polls close, between, after the declaration (of the contest), or unknown."""
        outcome = self.statement.outcome
        return outcome.phase if outcome is not None else Phase.UNKNOWN


@dataclass(frozen=True, slots=True)
class OtherStanding:
    """Another contest of a claim's author, whose window may hold the same statement."""

    contest_id: str
    election_id: str
    clock: Clock
    elected: bool | None
    party_id: str | None


@dataclass(frozen=True, slots=True)
class Facing:
    """What a statement's claims are compared with, beside its own outcome."""

    party: PartyOutcome | None = None
    """Of the author's party in the election."""
    others: tuple[OtherStanding, ...] = ()
    """The author's other contests, those alone whose windows hold the statement."""


@dataclass(frozen=True, slots=True)
class _Result:
    """The result that a claim speaks of."""

    won: bool | None
    declared: Moment | None
    stages: tuple[StageEvent, ...]
    whose: str
    """In a sentence after `claims victory in`, `concedes` or `refuses the result of`."""


def claims_in(statement: FoundStatement, facing: Facing) -> list[Claim]:
    """The claims of one statement that may speak of the contest of its outcome, in order of the text.

    None of a repost, whose words are another's, and none that goes with another contest of the author:
    a claim goes with the contest whose polls closed last before it (before any closed: with the next to
    vote). Of contests that voted on one day it may speak of each: then all of them have it, marked.
    """
    if statement.reading is None or statement.outcome is None or statement.repost_of is not None:
        return []
    rivals = _rivals(statement.published, statement.outcome, facing.others)
    if rivals is None:
        return []
    found = (kind for kind in statement.reading.kinds if kind.kind in RESULT_KINDS)
    return [
        _claim(statement, statement.outcome, kind, facing.party, rivals)
        for kind in sorted(found, key=lambda one: (one.start, one.end))
    ]


def is_about_contest(claim: Claim) -> bool:
    """Whether a claim speaks of the author's own contest, as far as the method says.

    Where the election is that one contest, the party's outcome is the contest's.
    """
    outcome = claim.statement.outcome
    return claim.scope in (Scope.OWN_CONTEST, None) or (
        claim.scope is Scope.PARTY and outcome is not None and is_whole_election(outcome.contest)
    )


def claim_order(claim: Claim) -> tuple[bool, float, int, int]:
    """By time, undated ones first; of one time as they were stored, then by place in the text."""
    published = claim.published
    when = published.at.timestamp() if published is not None else 0.0
    return published is not None, when, claim.statement.id, claim.found.start


def _rivals(
    published: Moment | None, outcome: Outcome, others: Sequence[OtherStanding]
) -> tuple[OtherStanding, ...] | None:
    """Other contests that a claim may speak of just as well; None: it goes with another one instead."""
    if published is None or not others:
        return tuple(others)
    own = _nearness(published, outcome.contest.clock)
    far = [(_nearness(published, other.clock), other) for other in others]
    if any(nearness > own for nearness, _ in far):
        return None
    return tuple(other for nearness, other in far if nearness == own)


def _nearness(published: Moment, clock: Clock) -> tuple[bool, int]:
    """More is nearer: a vote that is over before one to come, then the nearer polling day."""
    is_over = phase_of(published, clock) is not Phase.BEFORE_POLLS_CLOSE
    return is_over, clock.polls.toordinal() if is_over else -clock.polls.toordinal()


def _claim(
    statement: FoundStatement,
    outcome: Outcome,
    kind: Kind,
    party: PartyOutcome | None,
    rivals: tuple[OtherStanding, ...],
) -> Claim:
    result, published = _result(kind, outcome, party), statement.published
    minutes = minutes_from_declaration(published, result.declared) if result is not None else None
    contradiction = None
    if result is not None and _is_comparable(kind, outcome, result, party, rivals):
        contradiction = _contradiction(kind, result, outcome, published, party)
    return Claim(
        statement=statement,
        found=kind,
        stage=stage_at(published, result.stages, outcome.contest.zone) if result is not None else None,
        minutes=minutes,
        premature=None if minutes is None else minutes < 0,
        untimed=untimed_by(published, result.declared) if result is not None else Untimed.OTHER_SCOPE,
        contradiction=contradiction,
        shared_with=tuple(rival.contest_id for rival in rivals),
    )


def _result(kind: Kind, outcome: Outcome, party: PartyOutcome | None) -> _Result | None:
    """The result that a claim is compared with; None for another's, or for a party without one."""
    contest = outcome.contest
    if kind.scope is Scope.OTHER:
        return None
    if kind.scope is not Scope.PARTY or is_whole_election(contest):
        return _Result(outcome.elected, contest.declared, contest.stages, contest.name)
    if party is None:
        return None
    declared = () if party.declared is None else (StageEvent(ResultStage.DECLARED, party.declared),)
    whose = f"{contest.election.name} for {party.party or party.party_id}"
    return _Result(party.won, party.declared, declared, whose)


def _is_comparable(
    kind: Kind,
    outcome: Outcome,
    result: _Result,
    party: PartyOutcome | None,
    rivals: Sequence[OtherStanding],
) -> bool:
    """Whether a claim can disagree with a result: not before polls close, when there was none to speak of,
    and, where it may speak of several, only with all of them at once."""
    if kind.scope is None or outcome.phase is Phase.BEFORE_POLLS_CLOSE:
        return False
    if kind.scope is Scope.PARTY and party is not None:
        same = (party.election_id, party.party_id)
        return all((rival.election_id, rival.party_id) == same for rival in rivals)
    return all(rival.elected is result.won for rival in rivals)


CONTRADICTIONS = {
    (KindName.VICTORY, False): (ContradictionReason.LOSER_CLAIMS_VICTORY, "claims victory in {}, but lost"),
    (KindName.CONCESSION, True): (ContradictionReason.WINNER_CONCEDES, "concedes {}, but won"),
    (KindName.REFUSAL, True): (
        ContradictionReason.WINNER_REFUSES,
        "refuses the result of {}, but won",
    ),
}
"""What is claimed, and whether the result was won -> how they disagree. All else agrees."""


def _contradiction(
    kind: Kind, result: _Result, outcome: Outcome, published: Moment | None, party: PartyOutcome | None
) -> Contradiction | None:
    disagreement = _disagreement(kind, result.won)
    if disagreement is None:
        return None
    reason, sentence = disagreement
    agrees_with_party = (
        kind.scope is Scope.OWN_CONTEST
        and not is_whole_election(outcome.contest)
        and party is not None
        and party.won is (not result.won)
    )
    unless = ", unless it speaks of the party" if agrees_with_party else ""
    return Contradiction(
        reason=reason,
        sentence=sentence.format(result.whose) + unless,
        changed_later=change_after(published, result.stages, outcome.contest.zone),
        may_speak_of_party=agrees_with_party,
    )


def _disagreement(kind: Kind, won: bool | None) -> tuple[ContradictionReason, str] | None:
    return None if won is None else CONTRADICTIONS.get((kind.kind, won))
