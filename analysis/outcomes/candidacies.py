"""What one candidacy's statements say of the result: victory, concession, refusal, or nothing found. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analysis.contract import KindName, Scope, Strength
from analysis.outcomes.accused import Accusations, Parties, accusations_in
from analysis.outcomes.backing import Backing, Level
from analysis.outcomes.ballot import Candidacy, Contest, Margin, margin_to_threshold
from analysis.outcomes.claims import Claim, Facing, OtherStanding, claim_order, claims_in, is_about_contest
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.parties import PartyOutcome
from analysis.outcomes.stages import StageEvent
from analysis.outcomes.timing import Moment, Phase, Window, is_before


class ConcessionStatus(StrEnum):
    """Where a candidate stands to the loss. Of several claims the latest stands; all are kept."""

    STRONG = "strong"
    WEAK = "weak"
    REFUSED = "refused"
    REFUSED_THEN_CONCEDED = "refused_then_conceded"
    CONCEDED_THEN_WITHDRAWN = "conceded_then_withdrawn"
    ORDER_UNKNOWN = "order_unknown"  # conceded and refused: which came last is not known
    NONE_FOUND = "none_found"  # lost, and nothing was found: read it with `backing`
    NOT_COLLECTED = "not_collected"  # lost, and nothing of the candidate is in the archive
    NOT_DUE = "not_due"  # elected (whatever was said), or not on the ballot and silent
    RESULT_UNKNOWN = "result_unknown"  # the archive does not say whether the candidate was elected


CONCESSION_WORDS = {
    ConcessionStatus.STRONG: "conceded plainly",
    ConcessionStatus.WEAK: "conceded, but weakly",
    ConcessionStatus.REFUSED: "refused the result",
    ConcessionStatus.REFUSED_THEN_CONCEDED: "refused first, then conceded",
    ConcessionStatus.CONCEDED_THEN_WITHDRAWN: "conceded first, then withdrew or refused",
    ConcessionStatus.ORDER_UNKNOWN: "conceded and refused; which came last is not known",
    ConcessionStatus.NONE_FOUND: "no concession found",
    ConcessionStatus.NOT_COLLECTED: "not collected",
    ConcessionStatus.NOT_DUE: "nothing to concede",
    ConcessionStatus.RESULT_UNKNOWN: "result not known",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a set of claims about one outcome comes to."""

    status: ConcessionStatus
    victory: Claim | None
    """The first victory that was claimed once the polls had closed."""
    concession: Claim | None
    """The first concession, whatever followed; its `minutes` are the latency."""
    refusal: Claim | None
    """The first refusal."""
    decisive: Claim | None
    """The claim that stands: the latest concession or refusal; None without one, or of unknown order."""


@dataclass(frozen=True, slots=True)
class CandidacyOutcome:
    """Everything that one candidacy's statements say of the result, beside the result itself."""

    contest: Contest
    candidacy: Candidacy
    margin: Margin | None
    """The winner's, of the contest."""
    margin_votes: int | None
    """Votes by which this candidate won (positive) or missed the seat (negative)."""
    stages: tuple[StageEvent, ...]
    """Stages of the contest's result in order, the declaration among them."""
    standing: Standing
    """From claims about the own contest."""
    claims: tuple[Claim, ...]
    """All claims about the own contest, in time order (undated ones first). Where the election is this one
    contest, such as a presidency, claims about the party's outcome are among them."""
    party: PartyOutcome | None
    """None for independents."""
    party_standing: Standing | None
    """From claims about the party's outcome; None where none was made."""
    party_claims: tuple[Claim, ...]
    other_claims: tuple[Claim, ...]
    """Claims about a colleague's contest, a nomination, and the like: compared with nothing."""
    accusations: tuple[Accusations, ...]
    backing: Backing

    @property
    def status(self) -> ConcessionStatus:
        """Of the own contest."""
        return self.standing.status

    @property
    def victory_latency(self) -> int | None:
        """Minutes from the declaration to the first victory claimed; None: not claimed, or not timed."""
        return self.standing.victory.minutes if self.standing.victory is not None else None

    @property
    def concession_latency(self) -> int | None:
        """Minutes from the declaration to the first concession; None: none found, or not timed."""
        return self.standing.concession.minutes if self.standing.concession is not None else None

    @property
    def all_claims(self) -> Sequence[Claim]:
        """Claims of every scope."""
        return (*self.claims, *self.party_claims, *self.other_claims)

    @property
    def premature(self) -> tuple[Claim, ...]:
        """Claims made before the declaration of what they speak of."""
        return tuple(claim for claim in self.all_claims if claim.premature)

    @property
    def contradictions(self) -> tuple[Claim, ...]:
        """Claims that disagree with the result that they speak of."""
        return tuple(claim for claim in self.all_claims if claim.contradiction is not None)


@dataclass(frozen=True, slots=True)
class Around:
    """What one candidacy's statements are read beside."""

    contest: Contest
    candidacy: Candidacy
    margin: Margin | None
    party: PartyOutcome | None
    others: Sequence[OtherStanding]
    """The person's other contests in the archive, near in time."""
    parties: Parties
    backing: Backing


def candidacy_outcome(
    around: Around, statements: Sequence[FoundStatement], window: Window
) -> CandidacyOutcome:
    """What the statements of one candidacy's window say of the result. Their outcome is this candidacy."""
    contest, candidacy = around.contest, around.candidacy
    found: list[Claim] = []
    for statement in statements:
        others = _holding(around.others, statement.published, window)
        found += claims_in(statement, Facing(around.party, others))
    found.sort(key=claim_order)
    own = tuple(claim for claim in found if is_about_contest(claim))
    party = tuple(claim for claim in found if claim.scope is Scope.PARTY and not is_about_contest(claim))
    return CandidacyOutcome(
        contest=contest,
        candidacy=candidacy,
        margin=around.margin,
        margin_votes=margin_to_threshold(candidacy, contest),
        stages=contest.stages,
        standing=_standing(candidacy, own, around.backing),
        claims=own,
        party=around.party,
        party_standing=standing_of(party, ConcessionStatus.NONE_FOUND) if party else None,
        party_claims=party,
        other_claims=tuple(claim for claim in found if claim.scope is Scope.OTHER),
        accusations=accusations_in(statements, around.parties),
        backing=around.backing,
    )


def _holding(
    others: Sequence[OtherStanding], published: Moment | None, window: Window
) -> tuple[OtherStanding, ...]:
    """The other contests whose windows hold the statement; all of them where its time is not known."""
    if published is None:
        return tuple(others)
    return tuple(
        other for other in others if window.holds(published.day_in(other.clock.zone), other.clock.polls)
    )


def _standing(candidacy: Candidacy, own: Sequence[Claim], backing: Backing) -> Standing:
    """Of the own contest. Who is elected has nothing to concede: a word of it shows as a contradiction."""
    standing = standing_of(own, _without_claims(candidacy, backing))
    return replace(standing, status=ConcessionStatus.NOT_DUE) if candidacy.elected else standing


def _without_claims(candidacy: Candidacy, backing: Backing) -> ConcessionStatus:
    """The status of somebody who neither conceded nor refused."""
    if candidacy.elected or not candidacy.is_standing:
        return ConcessionStatus.NOT_DUE
    if candidacy.elected is None:
        return ConcessionStatus.RESULT_UNKNOWN
    is_blank = backing.level is Level.NOT_COLLECTED
    return ConcessionStatus.NOT_COLLECTED if is_blank else ConcessionStatus.NONE_FOUND


def standing_of(claims: Iterable[Claim], otherwise: ConcessionStatus) -> Standing:
    """What claims about one outcome come to; `otherwise` where nothing was conceded or refused.

    Claims from before polls close are no answer to a result and are left out. The latest concession or
    refusal stands. Where nothing is refused after them, the plainest concession is what counts: a sorry
    said after it takes nothing back.
    """
    said = sorted((one for one in claims if one.phase is not Phase.BEFORE_POLLS_CLOSE), key=claim_order)
    victories, concessions, refusals = (
        [claim for claim in said if claim.kind is kind]
        for kind in (KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL)
    )
    status, decisive = _resolved(concessions, refusals) or (otherwise, None)
    return Standing(
        status=status,
        victory=next(iter(victories), None),
        concession=next(iter(concessions), None),
        refusal=next(iter(refusals), None),
        decisive=decisive,
    )


def _resolved(
    concessions: Sequence[Claim], refusals: Sequence[Claim]
) -> tuple[ConcessionStatus, Claim | None] | None:
    if not concessions and not refusals:
        return None
    if not refusals:
        return _strongest(concessions)
    if not concessions:
        return ConcessionStatus.REFUSED, refusals[-1]
    last = next((one for one in reversed(concessions) if _is_last(one, refusals)), None)
    if last is not None:
        return ConcessionStatus.REFUSED_THEN_CONCEDED, last
    last = next((one for one in reversed(refusals) if _is_last(one, concessions)), None)
    if last is not None:
        return ConcessionStatus.CONCEDED_THEN_WITHDRAWN, last
    return ConcessionStatus.ORDER_UNKNOWN, None


def _strongest(concessions: Sequence[Claim]) -> tuple[ConcessionStatus, Claim]:
    """The first strong concession, else the first; a strength that the method does not say is weak."""
    for claim in concessions:
        if claim.strength is Strength.STRONG:
            return ConcessionStatus.STRONG, claim
    return ConcessionStatus.WEAK, concessions[0]


def _is_last(claim: Claim, others: Sequence[Claim]) -> bool:
    """Whether a claim certainly came after all others. Two claims of one statement have no order."""
    return all(_is_earlier(other, claim) for other in others)


def _is_earlier(first: Claim, second: Claim) -> bool:
    one, other = first.published, second.published
    if one is None or other is None or first.statement.outcome is None:
        return False
    zone = first.statement.outcome.contest.zone
    return is_before(one, other, zone) and not is_before(other, one, zone)
