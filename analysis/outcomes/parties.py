"""What an election as a whole meant for a party: as a source says, else derived from its contests. Pure.

Derived only where every contest of the election in the archive has its result. A majority of the seats
is won, and then all others lost. Without a majority the party with most seats is open (who governs is
not said by seats), and the others have not won. A party that holds the only office at stake has won.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analysis.outcomes.ballot import Candidacy, Contest, Election
from analysis.outcomes.timing import Moment

SEATS = {"parl": 650}
"""Seats of an assembly, by the first word of its elections' ids (Democracy Club's form): the House of
Commons. An archive that holds fewer holds by-elections, or a part: it says nothing of the whole."""


class PartyBasis(StrEnum):
    """Why a party's outcome is so."""

    SOURCE = "source"  # a file of party results says so
    CANDIDATE = "candidate"  # the election is one contest of one seat: its candidate's outcome is the party's
    SEATS = "seats"  # derived from the seats of all contests
    UNKNOWN = "unknown"  # nothing says so


@dataclass(frozen=True, slots=True)
class PartyOutcome:
    """Whether a party won an election, and how we know."""

    election_id: str
    party_id: str
    party: str | None
    won: bool | None
    """None: open, or not known; `why` says which."""
    seats: int | None
    votes: int | None
    declared: Moment | None
    """When it was clear; derived: when the seat was declared that made the majority."""
    basis: PartyBasis
    why: str
    """The basis in words, without full stop."""
    source: str | None = None


Stated = Mapping[str, PartyOutcome]
"""Party id -> what a source says of the party."""


def is_whole_election(contest: Contest) -> bool:
    """Whether an election is this contest of one seat, such as a presidency: both have one id."""
    return contest.id == contest.election.id and contest.seats == 1


def party_outcomes(
    election: Election, contests: Sequence[Contest], stated: Stated
) -> dict[str, PartyOutcome]:
    """Party id -> its outcome, for every party with a candidate or a stated result.

    `contests` are all of the election in the archive. What a source says wins; where it leaves open who
    won, that is derived.
    """
    found = {one.party_id: one for one in _derived(election, contests)}
    for party_id, said in stated.items():
        derived = found.get(party_id)
        if said.won is None and derived is not None and derived.won is not None:
            said = replace(said, won=derived.won, basis=derived.basis, why=derived.why)
        found[party_id] = said
    return found


def _derived(election: Election, contests: Sequence[Contest]) -> Iterator[PartyOutcome]:
    names = _parties(contests)
    if len(contests) == 1 and is_whole_election(contests[0]):
        for party_id, party in names.items():
            yield _of_candidate(contests[0], party_id, party)
        return
    missing = _what_is_missing(election, contests)
    won = Counter(_holder(one) for contest in contests for one in contest.candidacies if one.elected)
    majority = sum(contest.seats for contest in contests) // 2 + 1
    leader = next((holder for holder, count in won.items() if holder and count >= majority), None)
    declared = _reached(contests, leader, majority) if leader and not missing else None
    for party_id, party in names.items():
        if missing:
            yield _outcome(election, party_id, party, None, None, PartyBasis.UNKNOWN, missing)
        else:
            outcome = _of_seats(election, contests, party_id, party, won)
            yield replace(outcome, declared=declared)


def _holder(candidacy: Candidacy) -> str | None:
    """By what a party's seats are counted: its name, since some are registered once for each country."""
    return _called(candidacy.party_id, candidacy.party) if candidacy.party_id is not None else None


def _called(party_id: str, party: str | None) -> str:
    return party.casefold() if party else party_id


def _parties(contests: Sequence[Contest]) -> dict[str, str | None]:
    return {
        one.party_id: one.party
        for contest in contests
        for one in contest.candidacies
        if one.party_id is not None
    }


def _of_candidate(contest: Contest, party_id: str, party: str | None) -> PartyOutcome:
    own = [one for one in contest.standing if one.party_id == party_id]
    known = [one.elected for one in own if one.elected is not None]
    won = any(known) if known and (any(known) or len(known) == len(own)) else None
    why = "the election is one contest: its candidate's outcome is the party's"
    outcome = _outcome(contest.election, party_id, party, won, None, PartyBasis.CANDIDATE, why)
    return replace(outcome, votes=_votes(own), declared=contest.declared)


def _votes(candidacies: Sequence[Candidacy]) -> int | None:
    votes = [one.votes for one in candidacies if one.votes is not None]
    return sum(votes) if votes and len(votes) == len(candidacies) else None


def _what_is_missing(election: Election, contests: Sequence[Contest]) -> str | None:
    """Why the contests say nothing of the whole, in words; None where they do."""
    seats = sum(contest.seats for contest in contests)
    whole = SEATS.get(election.id.partition(".")[0])
    if whole is not None and seats != whole:
        return f"not known: the archive holds {seats:,} of {whole:,} seats"
    if whole is None and len(contests) < 2:
        return "not known: the archive holds one contest of the election"
    open_ = sum(not _is_decided(contest) for contest in contests)
    if open_:
        return f"not known: {open_:,} of {len(contests):,} contests have no result in the archive"
    return None


def _is_decided(contest: Contest) -> bool:
    return sum(one.elected is True for one in contest.candidacies) == contest.seats


def _of_seats(
    election: Election,
    contests: Sequence[Contest],
    party_id: str,
    party: str | None,
    won: Counter[str | None],
) -> PartyOutcome:
    total, own = sum(contest.seats for contest in contests), won[_called(party_id, party)]
    most = max(count for holder, count in won.items() if holder is not None) if any(won) else 0
    majority = total // 2 + 1
    said = f"{own:,} of {total:,} seats"
    if own >= majority:
        said, verdict = f"{said}, a majority", True
    elif most >= majority:
        said, verdict = f"{said}; another party has a majority, {most:,}", False
    elif own and own == most:
        said, verdict = f"{said}, the most, but no majority: open", None
    else:
        said, verdict = f"{said}; nobody has a majority, another party has most seats", False
    return _outcome(election, party_id, party, verdict, own, PartyBasis.SEATS, said)


def _reached(contests: Sequence[Contest], holder: str, majority: int) -> Moment | None:
    """When the party's seat was declared that made its majority; None unless every time is exact."""
    times = [
        contest.declared
        for contest in contests
        for one in contest.candidacies
        if one.elected and _holder(one) == holder
    ]
    exact = [time for time in times if time is not None and time.is_exact]
    if len(exact) < len(times):
        return None
    return sorted(exact, key=lambda time: time.at)[majority - 1]


def _outcome(
    election: Election,
    party_id: str,
    party: str | None,
    won: bool | None,
    seats: int | None,
    basis: PartyBasis,
    why: str,
) -> PartyOutcome:
    return PartyOutcome(
        election_id=election.id,
        party_id=party_id,
        party=party,
        won=won,
        seats=seats,
        votes=None,
        declared=None,
        basis=basis,
        why=why,
    )
