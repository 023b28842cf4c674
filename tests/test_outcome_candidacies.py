"""What a candidacy's claims come to: conceded, refused, both, nothing, and whom it accuses."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcome_examples import DECLARED, at, candidacy, contest, kind, statement, target
from sqlalchemy import Engine, event
from sqlmodel import Session

from analysis.outcomes import (
    Accused,
    Backing,
    Candidacy,
    CandidacyOutcome,
    Claim,
    ConcessionStatus,
    FoundStatement,
    Level,
    Moment,
    PartyOutcome,
    Phase,
    When,
    Window,
    accused_by,
    candidacy_outcomes,
    find_contests,
    find_elections,
)
from analysis.outcomes.candidacies import Around, candidacy_outcome, standing_of
from analysis.outcomes.parties import PartyBasis
from db import models, writing

WINNER = candidacy(1, elected=True, votes=900)
LOSER = candidacy(2, party="x:oa", elected=False, votes=700)
WARD = contest(WINNER, LOSER)
NIGHT = DECLARED.at
STATUS = ConcessionStatus


def later(minutes: int) -> Moment:
    return Moment(NIGHT + timedelta(minutes=minutes), "second")


def outcome(
    *statements: FoundStatement,
    who: Candidacy = LOSER,
    level: Level = Level.IMPORTED,
    party_won: bool | None = None,
) -> CandidacyOutcome:
    backing = Backing(level, (), (), len(statements), 0, (), None)
    party = PartyOutcome(
        WARD.election.id, who.party_id or "", None, party_won, None, None, None, PartyBasis.SOURCE, "x"
    )
    around = Around(WARD, who, None, party if who.party_id else None, (), {}, backing)
    return candidacy_outcome(around, statements, Window())


def says(published: Moment | None, name: str, *, strength: str | None = None, id_: int = 1) -> FoundStatement:
    return statement(WARD, LOSER, published, kind(name, strength=strength), id_=id_)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([("concession", "strong", 5)], STATUS.STRONG),
        ([("concession", "weak", 5)], STATUS.WEAK),
        ([("concession", None, 5)], STATUS.WEAK),
        ([("concession", "strong", 5), ("concession", "weak", 90)], STATUS.STRONG),
        ([("refusal", None, 5)], STATUS.REFUSED),
        ([("refusal", None, 5), ("concession", "strong", 600)], STATUS.REFUSED_THEN_CONCEDED),
        ([("concession", "strong", 5), ("refusal", None, 600)], STATUS.CONCEDED_THEN_WITHDRAWN),
        (
            [("concession", "weak", 5), ("refusal", None, 60), ("concession", "strong", 600)],
            STATUS.REFUSED_THEN_CONCEDED,
        ),
        ([("victory", None, 5)], STATUS.NONE_FOUND),
    ],
)
def test_the_latest_of_concessions_and_refusals_stands(
    said: list[tuple[str, str | None, int]], status: ConcessionStatus
) -> None:
    found = outcome(*(says(later(m), name, strength=s, id_=m) for name, s, m in said))
    assert found.status is status
    assert len(found.claims) == len(said), "all are kept"


def test_a_withdrawn_concession_keeps_its_own_time_and_the_refusals() -> None:
    standing = outcome(
        says(later(5), "concession", strength="strong"), says(later(60), "refusal", id_=2)
    ).standing
    assert standing.concession is not None
    assert standing.refusal is not None
    assert (standing.concession.minutes, standing.refusal.minutes) == (5, 60)
    assert standing.decisive is standing.refusal


def test_latency_is_counted_to_the_first_concession_and_the_first_victory() -> None:
    found = outcome(
        says(later(90), "concession", strength="strong", id_=1),
        says(later(30), "concession", strength="weak", id_=2),
        says(later(10), "victory", id_=3),
    )
    assert (found.concession_latency, found.victory_latency) == (30, 10)


@pytest.mark.parametrize(
    "published",
    [at("2023-05-05", "day"), None],
)
def test_where_the_order_is_not_known_neither_stands(published: Moment | None) -> None:
    found = outcome(says(published, "concession", strength="strong"), says(later(60), "refusal", id_=2))
    assert found.status is STATUS.ORDER_UNKNOWN
    assert found.standing.decisive is None


def test_a_day_that_is_certainly_later_decides_the_order() -> None:
    found = outcome(says(at("2023-05-07", "day"), "concession"), says(later(60), "refusal", id_=2))
    assert found.status is STATUS.REFUSED_THEN_CONCEDED


def test_one_statement_that_concedes_and_refuses_has_no_order() -> None:
    both = statement(WARD, LOSER, later(5), kind("concession", start=0), kind("refusal", start=9))
    assert outcome(both).status is STATUS.ORDER_UNKNOWN


def test_what_was_said_before_polls_close_answers_no_result() -> None:
    found = outcome(says(at("2023-05-03T12:00:00"), "concession", strength="strong"))
    assert found.status is STATUS.NONE_FOUND
    assert [claim.phase for claim in found.claims] == [Phase.BEFORE_POLLS_CLOSE]
    assert [claim.kind for claim in found.premature] == ["concession"]


@pytest.mark.parametrize(
    ("who", "level", "status"),
    [
        (WINNER, Level.COMPLETE, STATUS.NOT_DUE),
        (WINNER, Level.NOT_COLLECTED, STATUS.NOT_DUE),
        (candidacy(3, status="withdrawn"), Level.COMPLETE, STATUS.NOT_DUE),
        (candidacy(3, status="disqualified", elected=False), Level.COMPLETE, STATUS.NOT_DUE),
        (candidacy(3, elected=None), Level.COMPLETE, STATUS.RESULT_UNKNOWN),
        (LOSER, Level.COMPLETE, STATUS.NONE_FOUND),
        (LOSER, Level.PARTIAL, STATUS.NONE_FOUND),
        (LOSER, Level.IMPORTED, STATUS.NONE_FOUND),
        (LOSER, Level.NOT_COLLECTED, STATUS.NOT_COLLECTED),
    ],
)
def test_without_a_word_the_status_follows_from_result_and_coverage(
    who: Candidacy, level: Level, status: ConcessionStatus
) -> None:
    assert outcome(who=who, level=level).status is status


def test_a_withdrawn_candidate_who_concedes_is_told_so() -> None:
    gone = candidacy(3, status="withdrawn")
    found = outcome(statement(WARD, gone, later(5), kind("concession", strength="strong")), who=gone)
    assert (found.status, found.contradictions) == (STATUS.STRONG, ())


def test_a_leader_keeps_the_seat_and_concedes_the_country_and_both_are_told_apart() -> None:
    found = outcome(
        statement(WARD, WINNER, later(5), kind("victory"), id_=1),
        statement(WARD, WINNER, later(60), kind("concession", "party", strength="strong"), id_=2),
        who=WINNER,
        party_won=False,
    )
    assert (found.status, found.victory_latency) == (STATUS.NOT_DUE, 5)
    assert found.party_standing is not None
    assert found.party_standing.status is STATUS.STRONG
    assert [claim.statement.id for claim in found.party_claims] == [2]
    assert found.contradictions == ()


def test_a_leader_who_claims_the_country_for_a_party_that_lost_contradicts_the_partys_outcome() -> None:
    found = outcome(statement(WARD, WINNER, later(5), kind("victory", "party")), who=WINNER, party_won=False)
    assert [one.contradiction.reason for one in found.contradictions if one.contradiction] == [
        "loser_claims_victory"
    ]
    assert found.standing.victory is None


def test_who_is_elected_has_nothing_to_concede_and_a_concession_shows_as_a_contradiction() -> None:
    found = outcome(statement(WARD, WINNER, later(5), kind("concession", strength="strong")), who=WINNER)
    assert found.status is STATUS.NOT_DUE
    assert found.standing.concession is not None
    assert [one.contradiction.reason for one in found.contradictions if one.contradiction] == [
        "winner_concedes"
    ]


def test_claims_about_others_are_kept_and_compared_with_nothing() -> None:
    found = outcome(statement(WARD, LOSER, later(5), kind("victory", "other")))
    assert (len(found.other_claims), found.claims, found.party_standing) == (1, (), None)


MOMENTS = st.one_of(
    st.none(),
    st.integers(-2_000, 9_000).map(later),
    st.integers(4, 9).map(lambda day: at(f"2023-05-{day:02}", "day")),
)
SAID = st.lists(
    st.tuples(
        MOMENTS,
        st.sampled_from(["victory", "concession", "refusal"]),
        st.sampled_from([None, "weak", "strong"]),
    ),
    max_size=6,
)


@given(SAID, st.randoms())
def test_the_order_in_which_statements_come_changes_nothing(
    said: list[tuple[Moment | None, str, str | None]], chance: object
) -> None:
    statements = [
        says(published, name, strength=strength, id_=number)
        for number, (published, name, strength) in enumerate(said)
    ]
    expected = outcome(*statements)
    chance.shuffle(statements)  # type: ignore[attr-defined]
    assert outcome(*statements) == expected


@given(SAID)
def test_the_claim_that_stands_is_never_older_than_one_of_the_other_kind(
    said: list[tuple[Moment | None, str, str | None]],
) -> None:
    found = outcome(*(says(p, name, strength=s, id_=n) for n, (p, name, s) in enumerate(said)))
    decisive = found.standing.decisive
    opposite = {"concession": "refusal", "refusal": "concession"}
    if decisive is None:
        return
    others = [one for one in _answers(found.claims) if one.kind == opposite[decisive.kind]]
    for other in others:
        assert decisive.published is not None
        assert other.published is not None
        assert other.published.at <= decisive.published.at


def _answers(claims: Sequence[Claim]) -> list[Claim]:
    return [one for one in claims if one.phase is not Phase.BEFORE_POLLS_CLOSE]


def test_no_claims_leave_the_status_as_given() -> None:
    assert standing_of([], STATUS.NONE_FOUND).status is STATUS.NONE_FOUND


# ---- accusations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whom", "accused"),
    [
        (target("Candidate 1", person="p:1"), Accused.OPPONENT),
        (target("my opponent", basis="opponent"), Accused.OPPONENT),
        (target("A colleague", person="p:own"), Accused.OWN_PARTY),
        (target("Somebody elsewhere", person="p:rival"), Accused.OTHER_PARTY),
        (target("An independent elsewhere", person="p:none"), Accused.OTHER),
        (target("Orchard Alliance", "party", party="x:oa"), Accused.OWN_PARTY),
        (target("Harbour Party", "party", party="x:hp"), Accused.OTHER_PARTY),
        (target("A party of no roster", "party"), Accused.OTHER_PARTY),
        (target("UK government", "government"), Accused.GOVERNMENT),
        (target("The minister", basis="office"), Accused.GOVERNMENT),
        (target("election officials", "institution"), Accused.ELECTORAL_ADMINISTRATION),
        (target("INEC", "institution"), Accused.ELECTORAL_ADMINISTRATION),
        (target("Elections Canada", "institution"), Accused.ELECTORAL_ADMINISTRATION),
        (target("the police", "institution"), Accused.OTHER),
        (target("news media", "media"), Accused.MEDIA),
        (target("voters", "voters"), Accused.VOTERS),
        (target("supporters", "supporters"), Accused.OTHER),
        (target("own side", basis="own_side"), Accused.NOBODY_NAMED),
    ],
)
def test_whom_an_accusation_is_directed_at_is_seen_from_the_authors_contest(
    whom: object, accused: Accused
) -> None:
    found = statement(WARD, LOSER, later(5), kind("accusation", None, targets=(0,)), targets=(whom,))  # type: ignore[arg-type]
    assert found.reading is not None
    assert found.outcome is not None
    parties = {"p:own": frozenset({"x:oa"}), "p:rival": frozenset({"x:hp"}), "p:none": frozenset[str]()}
    assert accused_by(found.reading.kinds[0], found.reading, found.outcome, parties) == {accused}


def test_accusations_are_counted_by_target_and_side_of_the_declaration_with_their_types() -> None:
    officials = target("election officials", "institution")

    def accuses(minutes: int, id_: int, *types: str, repost_of: str | None = None) -> FoundStatement:
        return statement(
            WARD,
            LOSER,
            later(minutes),
            kind("accusation", None, types=types, targets=(0,)),
            targets=(officials,),
            id_=id_,
            repost_of=repost_of,
        )

    found = outcome(
        accuses(-60, 1, "integrity"),
        accuses(10, 2, "integrity", "misconduct"),
        accuses(20, 3, "integrity"),
        accuses(30, 4, "integrity", repost_of="99"),
    )
    assert [(one.accused, one.when, one.statements, one.types) for one in found.accusations] == [
        (Accused.ELECTORAL_ADMINISTRATION, When.BEFORE, 1, (("integrity", 1),)),
        (Accused.ELECTORAL_ADMINISTRATION, When.AFTER, 2, (("integrity", 2), ("misconduct", 1))),
    ]


# ---- from the database ----------------------------------------------------------------------------


def outcomes(engine: Engine, election: str, contest: str | None = None) -> dict[str, CandidacyOutcome]:
    with Session(engine) as session:
        [found] = find_elections(session, election=election)
        contests = find_contests(session, found, contest=contest)
        now = datetime(2024, 1, 1, tzinfo=UTC)
        return {one.candidacy.person_id: one for one in candidacy_outcomes(session, contests, now=now)}


def test_every_candidacy_of_an_election_has_an_outcome_from_its_stored_statements(engine: Engine) -> None:
    example.fill(engine)
    found = outcomes(engine, example.ELECTION)

    assert len(found) == 7
    assert (found["p:maren"].status, found["p:maren"].victory_latency) == (STATUS.NOT_DUE, 76)
    tobias = found["p:tobias"]
    assert (tobias.status, tobias.concession_latency) == (STATUS.STRONG, None)
    assert {one.accused: (one.when, one.statements) for one in tobias.accusations} == {
        Accused.OPPONENT: (When.BEFORE, 1),
        Accused.OTHER: (When.BEFORE, 1),  # a name that fits two candidates
    }
    assert found["p:ines"].status is STATUS.NOT_COLLECTED
    assert found["p:pell"].status is STATUS.NOT_DUE
    assert outcomes(engine, example.ELECTION, example.HARBOUR)["p:maren"] == found["p:maren"]


def test_the_number_of_queries_does_not_grow_with_the_candidates(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        for number in range(60):
            session.add(models.Person(id=f"p:more{number}", name=f"More {number}"))
            session.flush()
            session.add(models.Candidacy(contest_id=example.HILL, person_id=f"p:more{number}", elected=False))
            session.add(models.Account(platform="x", platform_id=f"m{number}", person_id=f"p:more{number}"))
    counts = [_queries(engine, example.HARBOUR), _queries(engine, None)]
    assert counts[0] == counts[1]


def _queries(engine: Engine, contest: str | None) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, query: str, *_more: object) -> None:
        seen.append(query)

    event.listen(engine, "before_cursor_execute", note)
    outcomes(engine, example.ELECTION, contest)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def two_elections(engine: Engine, *, second_party: str = "x:hp") -> None:
    """Maren Hollis loses a by-election in April and wins in May, both within one window."""
    example.fill(engine)
    with writing(engine) as session:
        session.add(
            models.Election(
                id="council.by.2023-04-20",
                name="By-election",
                polling_date=date(2023, 4, 20),
                time_zone="Europe/London",
                polls_close_at=datetime(2023, 4, 20, 21, 0, tzinfo=UTC),
            )
        )
        session.flush()
        session.add(
            models.Contest(
                id="by",
                election_id="council.by.2023-04-20",
                name="Quay ward",
                declared_at=datetime(2023, 4, 21, 1, 0, tzinfo=UTC),
                declared_precision="minute",
            )
        )
        session.flush()
        session.add(
            models.Candidacy(contest_id="by", person_id="p:maren", party_id=second_party, elected=False)
        )
        conceded = example.add_statement(
            session, "2001", "maren", "I lost Quay ward.", datetime(2023, 4, 21, 2, 0, tzinfo=UTC)
        )
        example.add_reading(session, conceded, [], kinds=("concession",))


def test_of_two_elections_within_one_window_each_claim_goes_with_its_own(engine: Engine) -> None:
    two_elections(engine)
    april = outcomes(engine, "council.by.2023-04-20")["p:maren"]
    may = outcomes(engine, example.ELECTION)["p:maren"]

    assert (april.status, april.concession_latency, april.standing.victory) == (STATUS.STRONG, 60, None)
    assert [claim.kind for claim in april.claims] == ["concession"]
    assert (may.status, may.victory_latency, may.contradictions) == (STATUS.NOT_DUE, 76, ())
    assert [claim.kind for claim in may.claims] == ["victory"]


def test_who_changed_party_between_elections_has_the_party_of_each(engine: Engine) -> None:
    two_elections(engine, second_party="x:oa")
    april = outcomes(engine, "council.by.2023-04-20")["p:maren"]
    may = outcomes(engine, example.ELECTION)["p:maren"]
    assert april.party is not None
    assert may.party is not None
    assert (april.party.party, may.party.party) == ("Orchard Alliance", "Harbour Party")


def test_a_person_in_two_contests_of_one_day_has_shared_claims_in_both(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        session.add(
            models.Candidacy(contest_id=example.HILL, person_id="p:maren", party_id="x:hp", elected=False)
        )
    with Session(engine) as session:
        [election] = find_elections(session, election=example.ELECTION)
        contests = find_contests(session, election)
        found = candidacy_outcomes(session, contests, now=datetime(2024, 1, 1, tzinfo=UTC))
    maren = [one for one in found if one.candidacy.person_id == "p:maren"]
    shared = {one.contest.id: [claim.shared_with for claim in one.claims] for one in maren}
    assert shared == {example.HARBOUR: [(example.HILL,)], example.HILL: [(example.HARBOUR,)]}
    assert [one.contradictions for one in maren] == [(), ()]


def test_a_stored_stage_is_shown_with_the_contest(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        session.add(
            models.ResultEvent(
                contest_id=example.HARBOUR,
                stage="recount",
                happened_at=example.after(600),
                precision="minute",
                source="clerk",
            )
        )
    found = outcomes(engine, example.ELECTION)["p:maren"]
    assert [one.stage for one in found.stages] == ["declared", "recount"]
    assert found.claims[0].stage == "declared"


def test_a_stored_party_result_wins_over_what_seats_would_say(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        session.add(
            models.PartyResult(
                election_id=example.ELECTION, party_id="x:hp", won=False, seats=2, source="the clerk"
            )
        )
    party = outcomes(engine, example.ELECTION)["p:maren"].party
    assert party is not None
    assert (party.won, party.seats, party.basis, party.why) == (
        False,
        2,
        PartyBasis.SOURCE,
        "says the clerk",
    )
