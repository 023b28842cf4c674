"""Claims of victory, concession and refusal beside the result that they speak of."""

from datetime import date, timedelta

import pytest
from outcome_examples import (
    DECLARED,
    at,
    candidacy,
    contest,
    election,
    event,
    kind,
    local,
    statement,
)

from analysis.contract import Kind
from analysis.outcomes import (
    Candidacy,
    Claim,
    Contest,
    ContradictionReason,
    Facing,
    Moment,
    OtherStanding,
    PartyBasis,
    PartyOutcome,
    Untimed,
    claims_in,
)

AFTER = at("2023-05-05T04:00:00")
BEFORE = at("2023-05-05T03:00:00")
WINNER = candidacy(1, elected=True, votes=900)
LOSER = candidacy(2, party="x:oa", elected=False, votes=700)
WARD = contest(WINNER, LOSER)


def party(won: bool | None, declared: Moment | None = None, party_id: str = "x:hp") -> PartyOutcome:
    return PartyOutcome(
        election_id="council.2023-05-04",
        party_id=party_id,
        party="Harbour Party",
        won=won,
        seats=None,
        votes=None,
        declared=declared,
        basis=PartyBasis.SOURCE,
        why="says the clerk",
    )


def claims(
    who: Candidacy,
    published: Moment | None,
    *kinds: Kind,
    where: Contest = WARD,
    facing: Facing | None = None,
    repost_of: str | None = None,
) -> list[Claim]:
    return claims_in(statement(where, who, published, *kinds, repost_of=repost_of), facing or Facing())


def claim(who: Candidacy, published: Moment | None, one: Kind, **more: object) -> Claim:
    (found,) = claims(who, published, one, **more)  # type: ignore[arg-type]
    return found


def reason(found: Claim) -> str | None:
    return found.contradiction.reason if found.contradiction is not None else None


# ---- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published", "minutes", "premature"),
    [
        ("2023-05-05T03:36:59", -1, True),
        ("2023-05-05T03:37:00", 0, False),
        ("2023-05-05T04:53:20", 76, False),
    ],
)
def test_a_claim_is_premature_until_the_second_of_the_declaration(
    published: str, minutes: int, premature: bool
) -> None:
    found = claim(WINNER, at(published), kind("victory"))
    assert (found.minutes, found.premature, found.untimed) == (minutes, premature, None)


def test_a_claim_between_summer_time_and_utc_is_not_taken_for_premature() -> None:
    assert claim(WINNER, local("2023-05-05 04:40"), kind("victory")).minutes == 3


def test_a_claim_after_midnight_of_a_result_before_it_is_minutes_late_not_a_day() -> None:
    ward = contest(WINNER, LOSER, declared=local("2023-05-04 23:58"))
    assert claim(WINNER, local("2023-05-05 00:03"), kind("victory"), where=ward).minutes == 5


@pytest.mark.parametrize(
    ("published", "declared"),
    [
        (at("2023-05-04", "day"), DECLARED),
        (at("2023-05-06", "day"), DECLARED),
        (AFTER, at("2023-05-04", "day")),
        (AFTER, at("2023-05-06", "day")),
    ],
)
def test_times_known_to_the_day_give_neither_minutes_nor_premature(
    published: Moment, declared: Moment
) -> None:
    found = claim(WINNER, published, kind("victory"), where=contest(WINNER, declared=declared))
    assert (found.minutes, found.premature, found.untimed) == (None, None, Untimed.DAY_ONLY)


def test_a_contest_without_a_declared_time_says_so() -> None:
    found = claim(LOSER, AFTER, kind("concession"), where=contest(WINNER, LOSER, declared=None))
    assert (found.minutes, found.premature, found.untimed) == (None, None, Untimed.NO_DECLARED_TIME)


def test_an_undated_claim_says_so() -> None:
    assert claim(LOSER, None, kind("concession")).untimed is Untimed.UNDATED


def test_a_claim_about_another_result_has_no_minutes() -> None:
    found = claim(LOSER, AFTER, kind("concession", "other"))
    assert (found.minutes, found.premature, found.untimed) == (None, None, Untimed.OTHER_SCOPE)


def test_a_claim_about_the_party_is_exact_by_the_partys_declaration() -> None:
    facing = Facing(party(won=False, declared=at("2023-05-05T05:00:00")))
    found = claim(WINNER, AFTER, kind("concession", "party"), facing=facing)
    assert (found.minutes, found.premature) == (-60, True)


def test_a_party_without_a_declared_time_gives_its_claims_none() -> None:
    found = claim(WINNER, AFTER, kind("concession", "party"), facing=Facing(party(won=False)))
    assert (found.premature, found.untimed) == (None, Untimed.NO_DECLARED_TIME)


# ---- stages ---------------------------------------------------------------------------------------


STAGED = contest(
    WINNER,
    LOSER,
    events=(
        event("certified", at("2023-05-09", "day")),
        event("recount", at("2023-05-06T10:00:00")),
        event("projected", at("2023-05-04T22:00:00")),
    ),
)


@pytest.mark.parametrize(
    ("published", "stage", "premature"),
    [
        (at("2023-05-04T21:59:59"), None, True),
        (at("2023-05-05T01:00:00"), "projected", True),
        (at("2023-05-05T04:00:00"), "declared", False),
        (at("2023-05-06T12:00:00"), "recount", False),
        (at("2023-05-09T12:00:00"), None, False),  # certified that day: earlier or later is not known
        (at("2023-05-10T12:00:00"), "certified", False),
        (at("2023-05-10", "day"), "certified", None),
    ],
)
def test_a_claim_shows_the_newest_stage_that_was_reached(
    published: Moment, stage: str | None, premature: bool | None
) -> None:
    found = claim(WINNER, published, kind("victory"), where=STAGED)
    assert (found.stage, found.premature) == (stage, premature)


def test_the_declaration_stands_among_the_stages_once_and_in_order() -> None:
    assert [one.stage for one in STAGED.stages] == ["projected", "declared", "recount", "certified"]
    told_twice = contest(WINNER, events=(event("declared", DECLARED),))
    assert [one.stage for one in told_twice.stages] == ["declared"]


# ---- contradictions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name", "expected"),
    [
        (LOSER, "victory", ContradictionReason.LOSER_CLAIMS_VICTORY),
        (WINNER, "concession", ContradictionReason.WINNER_CONCEDES),
        (WINNER, "refusal", ContradictionReason.WINNER_REFUSES),
        (WINNER, "victory", None),
        (LOSER, "concession", None),
        (LOSER, "refusal", None),
    ],
)
def test_a_claim_contradicts_the_own_result_in_three_ways(
    who: Candidacy, name: str, expected: ContradictionReason | None
) -> None:
    assert reason(claim(who, AFTER, kind(name))) == expected


@pytest.mark.parametrize(
    ("won", "name", "expected"),
    [
        (False, "victory", ContradictionReason.LOSER_CLAIMS_VICTORY),
        (True, "concession", ContradictionReason.WINNER_CONCEDES),
        (True, "refusal", ContradictionReason.WINNER_REFUSES),
        (True, "victory", None),
        (False, "concession", None),
        (None, "victory", None),
        (None, "concession", None),
    ],
)
def test_a_claim_about_the_party_is_compared_with_the_partys_outcome_alone(
    won: bool | None, name: str, expected: ContradictionReason | None
) -> None:
    for who in (WINNER, LOSER):
        assert reason(claim(who, AFTER, kind(name, "party"), facing=Facing(party(won)))) == expected


def test_a_leader_who_keeps_the_seat_and_concedes_the_country_contradicts_nothing() -> None:
    found = claims(
        WINNER,
        AFTER,
        kind("victory", start=0),
        kind("concession", "party", start=9),
        facing=Facing(party(won=False)),
    )
    assert [reason(one) for one in found] == [None, None]


def test_a_leader_who_lost_the_seat_and_won_the_country_contradicts_nothing() -> None:
    found = claims(
        LOSER,
        AFTER,
        kind("concession", start=0),
        kind("victory", "party", start=9),
        facing=Facing(party(won=True)),
    )
    assert [reason(one) for one in found] == [None, None]


@pytest.mark.parametrize("scope", ["other", None])
def test_a_claim_whose_scope_is_another_or_unknown_is_compared_with_nothing(scope: str | None) -> None:
    assert reason(claim(LOSER, AFTER, kind("victory", scope), facing=Facing(party(won=False)))) is None


def test_a_party_claim_of_an_independent_is_compared_with_nothing() -> None:
    independent = candidacy(3, party=None, elected=False)
    assert reason(claim(independent, AFTER, kind("victory", "party"))) is None


def test_a_winner_who_seems_to_concede_while_the_party_lost_is_marked_as_doubtful() -> None:
    found = claim(WINNER, AFTER, kind("concession"), facing=Facing(party(won=False)))
    assert found.contradiction is not None
    assert found.contradiction.may_speak_of_party
    assert found.contradiction.sentence == "concedes Ward hill, but won, unless it speaks of the party"
    plain = claim(WINNER, AFTER, kind("concession"), facing=Facing(party(won=True))).contradiction
    assert plain is not None
    assert (plain.sentence, plain.may_speak_of_party) == ("concedes Ward hill, but won", False)


def test_an_unknown_result_contradicts_nothing() -> None:
    unknown = candidacy(3, elected=None)
    assert reason(claim(unknown, AFTER, kind("victory"), where=contest(unknown))) is None


def test_before_polls_close_there_is_no_result_to_contradict() -> None:
    found = claim(LOSER, at("2023-05-03T12:00:00"), kind("victory"))
    assert (found.contradiction, found.premature) == (None, True)


def test_a_premature_victory_of_who_lost_is_both() -> None:
    found = claim(LOSER, BEFORE, kind("victory"))
    assert (reason(found), found.premature) == (ContradictionReason.LOSER_CLAIMS_VICTORY, True)


def test_a_recount_after_the_claim_is_told_with_the_contradiction() -> None:
    ward = contest(WINNER, LOSER, events=(event("recount", at("2023-05-06T10:00:00")),))
    early = claim(LOSER, AFTER, kind("victory"), where=ward).contradiction
    late = claim(LOSER, at("2023-05-07T10:00:00"), kind("victory"), where=ward).contradiction
    assert early is not None
    assert early.changed_later == ward.events[0]
    assert late is not None
    assert late.changed_later is None


def test_the_winner_of_a_tie_by_lot_claims_victory_without_contradiction() -> None:
    lucky = candidacy(1, elected=True, votes=800, basis="source")
    unlucky = candidacy(2, party="x:oa", elected=False, votes=800)
    ward = contest(lucky, unlucky)
    found = statement(ward, lucky, AFTER, kind("victory"))
    assert found.outcome is not None
    assert found.outcome.margin_votes == 0
    assert [reason(one) for one in claims_in(found, Facing())] == [None]
    assert reason(claim(unlucky, AFTER, kind("victory"), where=ward)) is not None


def test_every_winner_of_a_contest_of_several_seats_may_claim_victory() -> None:
    three = [candidacy(n, elected=n < 3, votes=900 - n, party=f"x:{n}") for n in (1, 2, 3)]
    ward = contest(*three, seats=2)
    assert [reason(claim(one, AFTER, kind("victory"), where=ward)) for one in three] == [
        None,
        None,
        ContradictionReason.LOSER_CLAIMS_VICTORY,
    ]


def test_an_uncontested_winner_declared_before_polling_day_is_neither_premature_nor_wrong() -> None:
    alone = candidacy(1, elected=True)
    ward = contest(alone, declared=local("2023-04-20 16:00"))
    found = claim(alone, local("2023-04-20 16:30"), kind("victory"), where=ward)
    assert (found.minutes, found.premature, found.contradiction) == (30, False, None)


@pytest.mark.parametrize("status", ["withdrawn", "disqualified", "deceased"])
def test_who_is_not_on_the_ballot_contradicts_nothing(status: str) -> None:
    gone = candidacy(3, status=status)
    assert reason(claim(gone, AFTER, kind("concession"), where=contest(WINNER, gone))) is None


# ---- whose words ----------------------------------------------------------------------------------


def test_a_repost_is_not_the_authors_own_claim() -> None:
    assert claims(LOSER, AFTER, kind("concession"), repost_of="77") == []


def test_a_quotation_in_a_news_article_is_a_claim() -> None:
    quoted = statement(WARD, LOSER, at("2023-05-05", "day"), kind("concession"), platform="news")
    assert [one.kind for one in claims_in(quoted, Facing())] == ["concession"]


def test_a_statement_that_no_method_has_read_claims_nothing() -> None:
    assert claims_in(statement(WARD, LOSER, AFTER, kind("concession"), is_read=False), Facing()) == []


def test_other_kinds_are_no_claims() -> None:
    assert claims(LOSER, AFTER, kind("thanks", None), kind("result_report", None)) == []


def test_a_claim_shows_its_words() -> None:
    found = claim(WINNER, AFTER, kind("victory", start=3, end=14))
    assert found.quote == "have spoken"


# ---- several contests of one person ---------------------------------------------------------------


def standing(
    id_: str,
    polls: date,
    *,
    elected: bool | None = None,
    of: str = "another",
    party_id: str = "x:hp",
) -> OtherStanding:
    clock = contest(id_=id_, of=election(of, polls), declared=None).clock
    return OtherStanding(id_, of, clock, elected, party_id)


def test_a_claim_goes_with_the_contest_whose_polls_closed_last() -> None:
    by_election = standing("by", date(2023, 4, 27))
    general = Facing(others=(by_election,))
    assert len(claims(WINNER, AFTER, kind("victory"), facing=general)) == 1
    assert claims(WINNER, at("2023-04-28T02:00:00"), kind("victory"), facing=general) == []


def test_a_claim_goes_with_the_earlier_contest_until_the_later_one_has_voted() -> None:
    run_off = Facing(others=(standing("run-off", date(2023, 5, 14)),))
    assert claim(WINNER, AFTER, kind("victory"), facing=run_off).shared_with == ()
    assert claims(WINNER, at("2023-05-15T02:00:00"), kind("victory"), facing=run_off) == []


def test_before_any_polls_close_a_claim_goes_with_the_next_to_vote() -> None:
    earlier = Facing(others=(standing("by", date(2023, 4, 27)),))
    later = Facing(others=(standing("run-off", date(2023, 5, 14)),))
    published = at("2023-04-20T12:00:00")
    assert claims(WINNER, published, kind("victory"), facing=earlier) == []
    assert len(claims(WINNER, published, kind("victory"), facing=later)) == 1


def test_a_claim_of_a_person_in_two_contests_of_one_day_is_marked_as_shared() -> None:
    both = Facing(others=(standing("mayor", date(2023, 5, 4), elected=True),))
    assert claim(WINNER, AFTER, kind("victory"), facing=both).shared_with == ("mayor",)


@pytest.mark.parametrize(
    ("elected_elsewhere", "expected"),
    [(False, ContradictionReason.LOSER_CLAIMS_VICTORY), (True, None), (None, None)],
)
def test_a_shared_claim_contradicts_only_where_every_result_does(
    elected_elsewhere: bool | None, expected: ContradictionReason | None
) -> None:
    both = Facing(others=(standing("mayor", date(2023, 5, 4), elected=elected_elsewhere),))
    assert reason(claim(LOSER, AFTER, kind("victory"), facing=both)) == expected


def test_a_party_claim_shared_by_two_contests_of_one_election_is_compared_with_its_one_outcome() -> None:
    here = standing("vale", date(2023, 5, 4), of="council.2023-05-04", elected=True)
    elsewhere = standing("mayor", date(2023, 5, 4), elected=True)
    lost = party(won=False)
    assert reason(claim(WINNER, AFTER, kind("victory", "party"), facing=Facing(lost, (here,)))) is not None
    assert reason(claim(WINNER, AFTER, kind("victory", "party"), facing=Facing(lost, (elsewhere,)))) is None


def test_an_undated_claim_may_speak_of_every_contest() -> None:
    others = (standing("by", date(2023, 4, 27)), standing("run-off", date(2023, 5, 14)))
    assert claim(WINNER, None, kind("victory"), facing=Facing(others=others)).shared_with == ("by", "run-off")


def test_in_an_election_that_is_one_contest_the_partys_outcome_is_the_candidates() -> None:
    only = election("president.2023-05-04")
    loser = candidacy(1, elected=False)
    nation = contest(loser, id_="president.2023-05-04", of=only)
    found = claim(loser, AFTER, kind("victory", "party"), where=nation)
    assert reason(found) is ContradictionReason.LOSER_CLAIMS_VICTORY
    assert found.minutes == (AFTER.at - DECLARED.at) // timedelta(minutes=1)
