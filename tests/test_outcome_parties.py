"""What an election as a whole meant for a party: stated, else derived from seats."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from outcome_examples import DECLARED, at, candidacy, contest, election

from analysis.outcomes import Candidacy, Contest, Moment, PartyBasis, PartyOutcome, party_outcomes

HERE = election()


def wards(*winners: str | None, of: str = "council.2023-05-04", declared: bool = True) -> list[Contest]:
    """Wards declared an hour apart, each won by a party; `?`: without a result."""
    found = []
    for number, winner in enumerate(winners):
        stands = [
            candidacy(
                number * 10 + place,
                contest=f"w{number}",
                party=party,
                elected=None if winner == "?" else party == winner,
            )
            for place, party in enumerate(("a", "b", "c", None))
        ]
        moment = Moment(DECLARED.at + timedelta(hours=number), "minute") if declared else None
        found.append(contest(*stands, id_=f"w{number}", of=election(of), declared=moment))
    return found


def won(contests: list[Contest], stated: dict[str, PartyOutcome] | None = None) -> dict[str, bool | None]:
    found = party_outcomes(contests[0].election, contests, stated or {})
    return {party: one.won for party, one in found.items()}


def test_a_majority_of_the_seats_is_won_and_all_others_lost() -> None:
    found = party_outcomes(HERE, wards("a", "a", "a", "b", "c"), {})
    assert {party: one.won for party, one in found.items()} == {"a": True, "b": False, "c": False}
    assert found["a"].why == "3 of 5 seats, a majority"
    assert found["b"].why == "1 of 5 seats; another party has a majority, 3"
    assert {one.basis for one in found.values()} == {PartyBasis.SEATS}


def test_without_a_majority_the_largest_party_is_open_and_the_others_have_not_won() -> None:
    contests = wards("a", "a", "b", "c")
    assert won(contests) == {"a": None, "b": False, "c": False}
    assert party_outcomes(HERE, contests, {})["a"].why == "2 of 4 seats, the most, but no majority: open"


def test_parties_with_equally_many_seats_are_all_open() -> None:
    assert won(wards("a", "a", "b", "b", "c")) == {"a": None, "b": None, "c": False}


def test_independents_are_no_party_but_take_seats() -> None:
    assert won(wards("a", "a", None, None, "b")) == {"a": None, "b": False, "c": False}
    assert won(wards(None, None, None, None, "a")) == {"a": None, "b": False, "c": False}


def test_a_party_that_is_registered_twice_under_one_name_wins_and_loses_as_one() -> None:
    contests = wards("a", "a", "b")
    twins = [
        replace(contest, candidacies=tuple(_renamed(one) for one in contest.candidacies))
        for contest in contests
    ]
    assert won(twins) == {"a": True, "b": True, "c": False}


def _renamed(one: Candidacy) -> Candidacy:
    return replace(one, party="The Twins" if one.party_id in ("a", "b") else one.party)


def test_nothing_is_derived_while_a_contest_has_no_result() -> None:
    found = party_outcomes(HERE, wards("a", "a", "a", "?"), {})
    assert {one.won for one in found.values()} == {None}
    assert found["a"].basis is PartyBasis.UNKNOWN
    assert found["a"].why == "not known: 1 of 4 contests have no result in the archive"


def test_the_majority_is_declared_with_the_seat_that_makes_it() -> None:
    found = party_outcomes(HERE, wards("a", "b", "a", "c", "a", "a"), {})
    hours = timedelta(hours=5)  # the wards 0, 2, 4 and 5 are the first party's: the fourth makes four of six
    assert {one.declared for one in found.values()} == {Moment(DECLARED.at + hours, "minute")}


def test_without_exact_times_or_a_majority_nobody_knows_when_it_was_clear() -> None:
    assert party_outcomes(HERE, wards("a", "a", "b", declared=False), {})["a"].declared is None
    assert party_outcomes(HERE, wards("a", "b", "c"), {})["a"].declared is None


def test_by_elections_decide_nothing_of_the_whole_house() -> None:
    two = wards("a", "a", of="parl.2023-05-04")
    found = party_outcomes(two[0].election, two, {})
    assert (found["a"].won, found["a"].why) == (None, "not known: the archive holds 2 of 650 seats")


def test_one_contest_of_an_election_that_is_larger_decides_nothing() -> None:
    found = party_outcomes(HERE, wards("a"), {})
    assert (found["a"].won, found["a"].basis) == (None, PartyBasis.UNKNOWN)


@pytest.mark.parametrize(("elected", "expected"), [(True, True), (False, False), (None, None)])
def test_in_an_election_of_one_contest_the_candidates_outcome_is_the_partys(
    elected: bool | None, expected: bool | None
) -> None:
    of = election("president.2023-05-04")
    only = contest(candidacy(1, party="a", elected=elected, votes=7), id_=of.id, of=of)
    found = party_outcomes(of, [only], {})["a"]
    assert (found.won, found.basis, found.declared, found.votes) == (
        expected,
        PartyBasis.CANDIDATE,
        DECLARED,
        7,
    )


def test_of_two_candidates_of_one_party_one_winner_is_enough() -> None:
    of = election("president.2023-05-04")
    both = [candidacy(1, party="a", elected=True), candidacy(2, party="a", elected=False)]
    assert won([contest(*both, id_=of.id, of=of)]) == {"a": True}


def test_a_withdrawn_candidate_loses_nothing_for_the_party() -> None:
    of = election("president.2023-05-04")
    gone = candidacy(1, party="a", status="withdrawn")
    assert won([contest(gone, candidacy(2, party="b", elected=True), id_=of.id, of=of)]) == {
        "a": None,
        "b": True,
    }


def test_a_national_list_of_many_seats_is_no_presidency() -> None:
    of = election("assembly.2023-05-04", date(2023, 5, 4))
    seats = [candidacy(n, party="a" if n < 3 else "b", elected=True) for n in range(5)]
    assert won([contest(*seats, id_=of.id, of=of, seats=5)]) == {"a": None, "b": None}


def stated(won: bool | None) -> PartyOutcome:
    return PartyOutcome(
        election_id=HERE.id,
        party_id="a",
        party="A",
        won=won,
        seats=2,
        votes=900,
        declared=at("2023-05-05T02:00:00"),
        basis=PartyBasis.SOURCE,
        why="says the clerk",
        source="the clerk",
    )


def test_what_a_source_says_wins_over_seats() -> None:
    said = stated(won=False)
    assert party_outcomes(HERE, wards("a", "a", "b"), {"a": said})["a"] == said


def test_where_a_source_leaves_open_who_won_the_seats_say_it_and_its_figures_stay() -> None:
    found = party_outcomes(HERE, wards("a", "a", "b"), {"a": stated(won=None)})["a"]
    assert (found.won, found.basis, found.votes, found.source) == (True, PartyBasis.SEATS, 900, "the clerk")
