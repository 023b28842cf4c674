"""What the ballot said: contests and candidacies as frozen values, margins and turnout. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from analysis.outcomes.stages import StageEvent, in_order
from analysis.outcomes.timing import Clock, Moment
from db.words import CandidacyStatus, ResultStage


@dataclass(frozen=True, slots=True)
class Election:
    """One polling of voters."""

    id: str
    name: str
    polling_date: date
    time_zone: str
    polls_close_at: datetime | None
    country: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One person's standing in one contest."""

    id: int
    contest_id: str
    person_id: str
    name: str
    family_name: str | None
    party_id: str | None
    party: str | None
    """The party's name; None for independents and where the source names none."""
    party_abbreviation: str | None
    ballot_label: str | None
    status: str
    votes: int | None
    share: float | None
    """Fraction of the valid votes."""
    change: float | None
    """Change of the share since the previous election, as a fraction."""
    elected: bool | None
    elected_basis: str | None
    incumbent: bool | None
    source: str | None

    @property
    def is_standing(self) -> bool:
        """Whether voters could vote for it."""
        return self.status == CandidacyStatus.STANDING

    @property
    def party_label(self) -> str:
        """The party in words: as printed on the ballot where that is known."""
        return self.ballot_label or self.party or "no party given"


@dataclass(frozen=True, slots=True)
class Contest:
    """One ballot paper's decision, with its election and all its candidacies."""

    id: str
    name: str
    election: Election
    seats: int
    area_id: str | None
    region: str | None
    electorate: int | None
    valid_votes: int | None
    invalid_votes: int | None
    stated_majority: int | None
    declared: Moment | None
    declared_zone: str | None
    declared_source: str | None
    result_stage: str | None
    result_source: str | None
    result_summary: str | None
    all_candidates_listed: bool | None
    totals_checked: bool
    candidacies: tuple[Candidacy, ...]
    events: tuple[StageEvent, ...] = ()
    """Stages that the result is known to have reached, beside the declaration."""

    @property
    def stages(self) -> tuple[StageEvent, ...]:
        """The stages of the result in order, the declaration among them."""
        if self.declared is None or any(_is_declaration(one, self.declared) for one in self.events):
            return in_order(self.events)
        return in_order([*self.events, StageEvent(ResultStage.DECLARED, self.declared, self.declared_source)])

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the contest's local times: the declaration's, else the election's."""
        return ZoneInfo(self.declared_zone or self.election.time_zone)

    @property
    def clock(self) -> Clock:
        """The times against which its statements are read."""
        return Clock(self.election.polling_date, self.zone, self.election.polls_close_at, self.declared)

    @property
    def standing(self) -> tuple[Candidacy, ...]:
        """The candidacies on the ballot, most votes first, then by name."""
        on_ballot = (candidacy for candidacy in self.candidacies if candidacy.is_standing)
        return tuple(sorted(on_ballot, key=lambda one: (-(-1 if one.votes is None else one.votes), one.name)))

    @property
    def not_standing(self) -> tuple[Candidacy, ...]:
        """Those who stood down, were disqualified or died: not on the ballot."""
        return tuple(
            sorted((one for one in self.candidacies if not one.is_standing), key=lambda one: one.name)
        )

    @property
    def is_complete(self) -> bool:
        """Whether the votes are known to be everybody's."""
        return self.totals_checked or self.all_candidates_listed is True


Standings = Mapping[str, Sequence[tuple[Contest, Candidacy]]]
"""Person id -> each contest in which the person stands or stood, with the candidacy."""


def standings_of(contests: Iterable[Contest]) -> Standings:
    """Where everybody stands, in the order of the contests."""
    found: defaultdict[str, list[tuple[Contest, Candidacy]]] = defaultdict(list)
    for contest in contests:
        for candidacy in contest.candidacies:
            found[candidacy.person_id].append((contest, candidacy))
    return dict(found)


def _is_declaration(event: StageEvent, declared: Moment) -> bool:
    return event.stage is ResultStage.DECLARED and event.at == declared


@dataclass(frozen=True, slots=True)
class Margin:
    """Votes between winning and losing."""

    votes: int
    share: float | None
    """As a fraction of the valid votes; None where their number is unknown."""
    basis: str
    """How it was reckoned: a key of MARGIN_BASES."""


MARGIN_BASES = {
    "votes": "first minus second, from the votes",
    "listed": "first minus second among those listed: others may be left out",
    "source": "as the source states it: it gives no votes to check it by",
    "threshold": "lowest winner minus highest loser, from the votes",
    "threshold-listed": "lowest winner minus highest loser, among those listed",
}


def margin_of(contest: Contest) -> Margin | None:
    """The winner's margin: one seat, first minus second; several, lowest winner minus highest loser.

    None where nobody opposed the winner or too little is known.
    """
    votes = [one.votes for one in contest.standing if one.votes is not None]
    suffix = "" if contest.is_complete else "listed"
    if contest.seats == 1 and len(votes) >= 2:
        return _margin(contest, votes[0] - votes[1], suffix or "votes")
    if contest.seats > 1:
        winners, losers = _winners_and_losers(contest.standing)
        if winners and losers:
            basis = "-".join(filter(None, ("threshold", suffix)))
            return _margin(contest, min(winners) - max(losers), basis)
    if contest.stated_majority is not None:
        return _margin(contest, contest.stated_majority, "source")
    return None


def _margin(contest: Contest, votes: int, basis: str) -> Margin:
    return Margin(votes, votes / contest.valid_votes if contest.valid_votes else None, basis)


def _winners_and_losers(candidacies: Sequence[Candidacy]) -> tuple[list[int], list[int]]:
    counted = [(one.elected, one.votes) for one in candidacies if one.votes is not None]
    return (
        [votes for elected, votes in counted if elected is True],
        [votes for elected, votes in counted if elected is False],
    )


def margin_to_threshold(candidacy: Candidacy, contest: Contest) -> int | None:
    """Votes by which a candidate won (positive) or missed the seat (negative); None where unknown.

    One seat: against the best of the others. Several: a winner against the highest loser, a loser
    against the lowest winner.
    """
    if candidacy.votes is None or not candidacy.is_standing:
        return None
    on_ballot = [one for one in contest.candidacies if one.is_standing]
    if contest.seats == 1:
        others = [one.votes for one in on_ballot if one.id != candidacy.id and one.votes is not None]
        return candidacy.votes - max(others) if others else None
    winners, losers = _winners_and_losers(on_ballot)
    if candidacy.elected is True and losers:
        return candidacy.votes - max(losers)
    if candidacy.elected is False and winners:
        return candidacy.votes - min(winners)
    return None


@dataclass(frozen=True, slots=True)
class Turnout:
    """The part of the electorate that voted."""

    fraction: float
    basis: str
    """What was divided: a key of TURNOUT_BASES."""


TURNOUT_BASES = {
    "all": "valid and invalid votes, divided by the electorate",
    "valid": "valid votes only (the source gives no invalid ones), divided by the electorate",
}


def turnout_of(contest: Contest) -> Turnout | None:
    """Votes divided by the electorate, invalid ones counted where they are known."""
    if not contest.electorate or contest.valid_votes is None:
        return None
    if contest.invalid_votes is None:
        return Turnout(contest.valid_votes / contest.electorate, "valid")
    return Turnout((contest.valid_votes + contest.invalid_votes) / contest.electorate, "all")


VOTES_CHECKS = {
    "checked": "checked: the votes add up to the valid votes",
    "some-listed": "not checked: the source lists only some candidates",
    "no-total": "not checked: the source gives no total of valid votes",
    "no-votes": "not checked: the source gives no votes",
    "unstated": "not checked: the source does not say whether it lists every candidate",
    "unsummed": "not checked: the votes were not compared with the total",
}


def votes_check_of(contest: Contest) -> str:
    """Whether the votes were checked against their total, and if not, why: a key of VOTES_CHECKS."""
    if contest.totals_checked:
        return "checked"
    if not any(one.votes is not None for one in contest.standing):
        return "no-votes"
    if contest.all_candidates_listed is False:
        return "some-listed"
    if contest.valid_votes is None:
        return "no-total"
    return "unstated" if contest.all_candidates_listed is None else "unsummed"
