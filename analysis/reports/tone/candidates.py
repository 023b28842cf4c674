"""From one candidacy's statements, and what is proven of its accounts, to the sums of its tone."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from analysis.contract import Reading, Sentiment
from analysis.outcomes.accused import Accused, Parties, accused_of
from analysis.outcomes.backing import midnight
from analysis.outcomes.ballot import Contest
from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.covered_time import Interval, covered_time, span_of
from analysis.outcomes.facts import ElectionFacts
from analysis.outcomes.found import FoundStatement, FoundTarget, Outcome
from analysis.outcomes.timing import Moment, Window
from analysis.reports.contests.parts import CandidatePart
from analysis.reports.contests.who_whom import target_key
from analysis.reports.tone.observed import Candidate, Observation
from analysis.reports.tone.slots import Times, covered_minutes
from analysis.reports.tone.sums import CandidateTones, tones_of
from analysis.reports.tones import toward

SIDES = (frozenset({Accused.OPPONENT, Accused.OTHER_PARTY}), frozenset({Accused.OWN_PARTY}))
"""Who counts as a rival, and who as of the own party: as accusations are counted."""


def candidacy_tones(part: CandidatePart, facts: ElectionFacts, *, threshold: float) -> CandidateTones:
    """The sums of one candidacy. `threshold` (0..1): scores less sure than this count in no mean."""
    one, contest = candidate_of(part.outcome), part.outcome.contest
    ledgers = facts.ledgers.get(part.candidacy.person_id, ())
    times = times_of(contest, facts.window)
    covered = covered_time(ledgers, times.opens, times.closes)
    accounts = {ledger.account_id for ledger in ledgers}

    def is_covered(statement: FoundStatement) -> bool:
        return statement.account_id in accounts and _lies_in(statement.published, covered, contest)

    observed = (
        observation(shown.statement, one, facts.parties, threshold, is_covered)
        for shown in part.statements
        if shown.statement.repost_of is None
    )
    (found,) = tones_of(observed, {one: covered_minutes(times, covered)})
    return found


def candidate_of(outcome: CandidacyOutcome) -> Candidate:
    """A candidacy as figures are divided by it. Who was not on the ballot was neither elected nor beaten."""
    contest, own, margin = outcome.contest, outcome.candidacy, outcome.margin_votes
    return Candidate(
        contest_id=contest.id,
        person_id=own.person_id,
        party=own.party or own.party_label,
        elected=own.elected if own.is_standing else None,
        margin_share=margin / contest.valid_votes if margin is not None and contest.valid_votes else None,
    )


def times_of(contest: Contest, window: Window) -> Times:
    """The times of a contest that are known to the minute, and its window in whole days of its zone."""
    clock = contest.clock
    declared = clock.declared.at if clock.declared is not None and clock.declared.is_exact else None
    closes = clock.polls_close
    if closes is not None and declared is not None:
        closes = min(closes, declared)  # what follows a declaration is after it, whatever else is open
    opens, ends = span_of(contest, window)
    return Times(opens=opens, polls_close=closes, declared=declared, closes=ends)


def observation(
    statement: FoundStatement,
    candidate: Candidate,
    parties: Parties,
    threshold: float,
    is_covered: Callable[[FoundStatement], bool],
) -> Observation:
    """What one statement (no repost) adds to the figures. It belongs to the candidate's contest."""
    outcome, reading = statement.outcome, statement.reading
    assert outcome is not None
    sentiment = reading.sentiment if reading is not None else None
    is_clear = sentiment is not None and sentiment.confidence >= threshold
    rivals, own_party = _towards(statement, outcome, parties, threshold)
    return Observation(
        candidate=candidate,
        phase=outcome.phase,
        minutes=outcome.minutes_from_declaration,
        sentiment=sentiment.score if sentiment is not None and is_clear else None,
        toward_rivals=rivals,
        toward_own_party=own_party,
        kinds=_kinds(reading),
        in_covered_time=is_covered(statement),
    )


def _kinds(reading: Reading | None) -> frozenset[str] | None:
    """None where nobody could read it: a language that no method here reads, or no text."""
    if reading is None or (reading.unscored is not None and not reading.kinds):
        return None
    return frozenset(kind.kind.value for kind in reading.kinds)


def _towards(
    statement: FoundStatement, outcome: Outcome, parties: Parties, threshold: float
) -> tuple[float | None, ...]:
    """The means of its clear scores toward rivals and toward the own party, each target once; None without.

    The author is neither a rival nor the own party.
    """
    sides: list[dict[str, list[Sentiment | None]]] = [{} for _ in SIDES]
    for found in statement.targets:
        if not is_self(found, outcome):
            sort = accused_of(found.target, outcome, parties)
            for side, sorts in zip(sides, SIDES, strict=True):
                if sort in sorts:
                    side.setdefault(target_key(found.target), []).append(found.sentiment)
    return tuple(_mean(side.values(), threshold) for side in sides)


def _mean(targets: Iterable[list[Sentiment | None]], threshold: float) -> float | None:
    scores = [score for one in targets if (score := toward(one, threshold).score) is not None]
    return sum(scores) / len(scores) if scores else None


def is_self(found: FoundTarget, outcome: Outcome) -> bool:
    """Whether an author speaks of himself or herself by name."""
    return found.target.person_id == outcome.candidacy.person_id


def _lies_in(published: Moment | None, covered: Sequence[Interval], contest: Contest) -> bool:
    """Whether a statement was certainly made in covered time; of a day, all must be."""
    if published is None:
        return False
    first, last = _ends(published, contest)
    return any(since <= first and last < until for since, until in covered)


def _ends(published: Moment, contest: Contest) -> tuple[datetime, datetime]:
    if published.is_exact:
        return published.at, published.at
    day = published.day_in(contest.zone)
    return midnight(day, contest.zone), midnight(day + timedelta(days=1), contest.zone)
