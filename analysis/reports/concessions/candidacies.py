"""Who conceded, who refused, of whom nothing was found: a row a candidacy, and a row a claim."""

from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.claims import Claim
from analysis.outcomes.timing import Moment
from analysis.reports.concessions.evidence import (
    claim_shown,
    covered,
    evidence_of,
    remarks_of,
    review_of,
    unread_words,
    words_of,
)
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow
from analysis.site.wording import machine_time


def concession_row(outcome: CandidacyOutcome) -> ConcessionRow:
    """Everything of one candidacy; of its claims the one that stands, and when the first of each came."""
    contest, candidacy, standing, backing = (
        outcome.contest,
        outcome.candidacy,
        outcome.standing,
        outcome.backing,
    )
    claim, valid = claim_shown(outcome), contest.valid_votes
    margin, accuracy = outcome.margin_votes, backing.accuracy
    since, until = covered(backing)
    remarks = [remark for one in outcome.claims for remark in remarks_of(one)]
    return ConcessionRow(
        election_id=contest.election.id,
        contest_id=contest.id,
        contest=contest.name,
        declared_at=contest.declared.at if contest.declared else None,
        declared_precision=contest.declared.precision if contest.declared else None,
        declared_local=_local(contest.declared, outcome),
        declared_zone=contest.zone.key,
        person_id=candidacy.person_id,
        name=candidacy.name,
        party_id=candidacy.party_id,
        party=candidacy.party_label,
        party_name=candidacy.party,
        party_abbreviation=candidacy.party_abbreviation,
        status=candidacy.status,
        votes=candidacy.votes,
        share=candidacy.share,
        margin_votes=margin,
        margin_share=margin / valid if margin is not None and valid else None,
        elected=candidacy.elected,
        incumbent=candidacy.incumbent,
        concession=outcome.status,
        kind=claim.kind if claim else None,
        strength=claim.strength if claim else None,
        statement=claim.statement.key if claim else None,
        url=claim.statement.url if claim else None,
        published_at=claim.published.at if claim and claim.published else None,
        published_precision=claim.published.precision if claim and claim.published else None,
        published_local=_local(claim.published, outcome) if claim else None,
        minutes_from_declaration=claim.minutes if claim else None,
        untimed=claim.untimed if claim else None,
        words=words_of(claim) if claim else None,
        confidence=claim.confidence if claim else None,
        review=review_of(claim.reviewed) if claim else None,
        reviewed_by=claim.reviewed.by if claim and claim.reviewed else None,
        method=claim.found.method if claim else None,
        victory_minutes=outcome.victory_latency,
        victory_statement=_key(standing.victory),
        concession_minutes=outcome.concession_latency,
        concession_statement=_key(standing.concession),
        refusal_minutes=standing.refusal.minutes if standing.refusal else None,
        refusal_statement=_key(standing.refusal),
        claims=len(outcome.claims),
        contradictions=tuple(_said(one.claim, one.sentence) for one in remarks if one.is_contradiction),
        premature=tuple(_said(one.claim, one.sentence) for one in remarks if not one.is_contradiction),
        backing=backing.level,
        backing_why=backing.why,
        accounts=backing.platforms,
        covered_from=since,
        covered_until=until,
        statements=backing.statements,
        reposts=backing.reposts,
        unread=tuple(map(unread_words, backing.unread)),
        unread_near_result=backing.unread_near_result,
        recall=accuracy.recall if accuracy else None,
        recall_low=accuracy.low if accuracy else None,
        recall_high=accuracy.high if accuracy else None,
        recall_n=accuracy.n if accuracy else None,
        evidence=evidence_of(outcome),
    )


def _local(moment: Moment | None, outcome: CandidacyOutcome) -> str | None:
    return machine_time(moment, outcome.contest.zone) if moment else None


def _key(claim: Claim | None) -> str | None:
    return claim.statement.key if claim else None


def _said(claim: Claim, sentence: str) -> str:
    return f"{sentence} [{claim.statement.key}]"


def claim_row(outcome: CandidacyOutcome, claim: Claim) -> ClaimRow:
    """One of the candidacy's claims, of any scope."""
    contest, candidacy, reviewed = outcome.contest, outcome.candidacy, claim.reviewed
    return ClaimRow(
        election_id=contest.election.id,
        contest_id=contest.id,
        contest=contest.name,
        person_id=candidacy.person_id,
        name=candidacy.name,
        party=candidacy.party_label,
        elected=candidacy.elected,
        scope=claim.scope,
        party_won=outcome.party.won if outcome.party else None,
        party_basis=outcome.party.why if outcome.party else None,
        kind=claim.kind,
        strength=claim.strength,
        statement=claim.statement.key,
        url=claim.statement.url,
        published_at=claim.published.at if claim.published else None,
        published_precision=claim.published.precision if claim.published else None,
        published_local=_local(claim.published, outcome),
        minutes_from_declaration=claim.minutes,
        untimed=claim.untimed,
        phase=claim.phase,
        stage=claim.stage,
        premature=claim.premature,
        contradiction=claim.contradiction.reason if claim.contradiction else None,
        remarks=tuple(remark.sentence for remark in remarks_of(claim)),
        shared_with=claim.shared_with,
        words=words_of(claim),
        start=claim.found.start,
        end=claim.found.end,
        confidence=claim.confidence,
        method=claim.found.method,
        review=review_of(reviewed),
        reviewed_by=reviewed.by if reviewed else None,
        reviewed_at=reviewed.at if reviewed else None,
        review_note=reviewed.note if reviewed else None,
    )
