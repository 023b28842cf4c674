"""What the ballot said: storing results, checking them, and deriving what no source says."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import ballot_files as files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from archive.checks import Line, Totals, adds_up, find_problem, share_base, winner_by_votes
from archive.contract import UnreadableSource
from archive.results import ResultsTally, import_results
from archive.roster import import_roster
from db import open_database
from db.models import Candidacy, Contest, Person

Change = Callable[[str], str]


def results(engine: Engine, path: Path) -> ResultsTally:
    return import_results(engine, path, election=files.ELECTION)


def contest(engine: Engine) -> Contest:
    with Session(engine) as session:
        return session.exec(select(Contest)).one()


def candidacies(engine: Engine) -> dict[str, Candidacy]:
    """Name -> candidacy."""
    with Session(engine) as session:
        query = select(Person.name, Candidacy).join(Candidacy)
        return dict(session.exec(query).all())


def stored(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def test_both_files_of_a_contest_give_votes_totals_winner_and_time(engine: Engine, tmp_path: Path) -> None:
    results(engine, files.candidacies(tmp_path))
    tally = results(engine, files.constituencies(tmp_path))
    found = contest(engine)
    ada = candidacies(engine)["Ada Quill"]

    assert (tally.declared, tally.checked, tally.winners) == (1, 1, 1)
    assert (ada.votes, ada.share, ada.change, ada.elected, ada.elected_basis) == (
        5200,
        0.52,
        -0.1,
        True,
        "source",
    )
    assert (found.valid_votes, found.majority, found.electorate, found.invalid_votes) == (
        10000,
        1300,
        16000,
        40,
    )
    assert found.declared_at == datetime(2031, 5, 2, 2, 15, tzinfo=UTC)
    assert (found.declared_zone, found.declared_precision) == ("Europe/London", "minute")
    assert found.totals_checked
    assert found.result_summary == "Lab hold"


def summary(engine: Engine) -> dict[str, tuple[object, ...]]:
    return {
        name: (
            one.person_id,
            one.party_id,
            one.votes,
            one.share,
            one.elected,
            one.elected_basis,
            one.incumbent,
        )
        for name, one in candidacies(engine).items()
    }


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    outcomes = []
    for order in ("ab", "ba"):
        engine = open_database(str(tmp_path / f"{order}.db"), create=True)
        paths = {"a": files.candidacies(tmp_path), "b": files.constituencies(tmp_path)}
        for key in order:
            results(engine, paths[key])
        outcomes.append((summary(engine), contest(engine).totals_checked))
        engine.dispose()

    assert outcomes[0] == outcomes[1]


def test_a_second_import_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    paths = [files.candidacies(tmp_path), files.constituencies(tmp_path), files.plain(tmp_path)]
    for path in paths[:2]:
        results(engine, path)
    import_results(engine, paths[2])
    before = stored(engine)
    again = [results(engine, path) for path in paths[:2]] + [import_results(engine, paths[2])]

    assert [tally.roster.changed for tally in again] == [0, 0, 0]
    assert stored(engine) == before


def test_a_corrected_file_replaces_votes_and_what_was_derived_from_them(
    engine: Engine, tmp_path: Path
) -> None:
    header = files.CANDIDACIES.removesuffix(",DC Person ID")
    first = [f"{','.join(row.split(',')[:19])},," for row in files.ROWS]
    corrected = [first[0].replace("5200", "3000"), *first[1:]]
    results(engine, files.write(tmp_path, "c.csv", header, *first))
    assert candidacies(engine)["Ada Quill"].share == 0.52
    tally = results(engine, files.write(tmp_path, "c.csv", header, *corrected))

    assert tally.roster.changed == 3
    assert candidacies(engine)["Ada Quill"].share == 3000 / 7800
    assert candidacies(engine)["Ada Quill"].elected is False
    assert candidacies(engine)["Bo Lindqvist"].elected is True


def test_results_alone_make_the_roster_that_they_need(engine: Engine, tmp_path: Path) -> None:
    tally = import_results(engine, files.plain(tmp_path))

    assert tally.roster.new_persons == 3
    assert tally.votes == 2
    assert contest(engine).totals_checked


def test_results_complete_a_roster(engine: Engine, tmp_path: Path) -> None:
    import_roster(engine, files.candidacies(tmp_path), election=files.ELECTION)
    tally = results(engine, files.candidacies(tmp_path))

    assert tally.roster.new_candidacies == 0
    assert candidacies(engine)["Ada Quill"].elected_basis == "most_votes"


def test_who_is_in_the_roster_and_not_in_the_complete_result_is_reported(
    engine: Engine, tmp_path: Path
) -> None:
    club = files.write(
        tmp_path, "club.csv", files.CLUB_2015, "Gus Weir,899,Reef Party,Quill and Harbour,E14990001,,,,"
    )
    import_roster(engine, club, election=files.ELECTION)
    results(engine, files.candidacies(tmp_path))
    tally = results(engine, files.constituencies(tmp_path))

    assert "Gus Weir stands in parl.quill-and-harbour.2031-05-01 by the roster" in tally.roster.unmatched[0]


def test_a_file_that_lists_some_candidates_only_is_not_checked(engine: Engine, tmp_path: Path) -> None:
    rows = [
        row.replace(",9700,700,", ",,,").replace(",yes", ",").replace("5200,,", "5200,yes,")
        for row in files.MAYORS
    ]
    tally = import_results(engine, files.plain(tmp_path, *rows[:2]))

    assert contest(engine).all_candidates_listed is None
    assert not contest(engine).totals_checked
    assert tally.checked == 0
    assert {one.share for one in candidacies(engine).values()} == {None}


def test_a_tie_elects_nobody_until_a_source_says_who_was_drawn(engine: Engine, tmp_path: Path) -> None:
    first, second, third = (row.replace(",9700,700,", ",10400,0,") for row in files.MAYORS)
    tied = [first.replace(",5200,yes,", ",5200,,"), second.replace(",4500,no,", ",5200,,"), third]
    import_results(engine, files.plain(tmp_path, *tied))
    assert {one.elected for one in candidacies(engine).values()} == {None}
    drawn = [tied[0], tied[1].replace(",5200,,", ",5200,yes,"), tied[2]]
    import_results(engine, files.plain(tmp_path, *drawn))

    assert candidacies(engine)["Bo Lindqvist"].elected is True
    assert candidacies(engine)["Ada Quill"].elected is False


def test_a_winner_with_fewer_votes_is_believed_of_a_source_and_noted(engine: Engine, tmp_path: Path) -> None:
    rows = [row.replace("5200,yes", "5200,no").replace("4500,no", "4500,yes") for row in files.MAYORS]
    tally = import_results(engine, files.plain(tmp_path, *rows))

    assert candidacies(engine)["Bo Lindqvist"].elected is True
    assert "Bo Lindqvist is elected with 4500 votes" in tally.roster.notes[0]


def first_row(old: str, new: str) -> Change:
    return lambda text: text.replace(old, new, 1)


WRONG_CANDIDACIES: dict[str, tuple[Change, str]] = {
    "negative votes": (first_row(",5200,", ",-5200,"), "row 2, column Votes: -5200 is negative"),
    "votes in words": (first_row(",5200,", ",many,"), "row 2, column Votes: 'many' is not a whole number"),
    "votes with a point": (first_row(",5200,", ",5200.5,"), "row 2, column Votes"),
    "too many votes": (first_row(",5200,", ",9999999999999,"), "row 2, column Votes"),
    "wrong share": (first_row(",0.52,", ",0.55,"), "row 2, column Share: 0.55 for Ada Quill"),
    "share in per cent": (first_row(",0.52,", ",52,"), "row 2, column Share: 52 is not a fraction"),
    "share in words": (first_row(",0.52,", ",half,"), "row 2, column Share: 'half' is not a number"),
    "incumbent in words": (first_row(",Yes,Yes,", ",maybe,Yes,"), "row 2, column Sitting MP"),
    "no name": (first_row(",Ada,Quill,", ",Ada,,"), "row 2, column Candidate surname: is empty"),
    "a cell too many": (first_row(",801", ",801,9"), "row 2: 23 cells"),
    "a candidate twice": (
        lambda text: text + files.ROWS[1] + "\n",
        "row 5, column Candidate surname: Bo Lindqvist is already a candidate",
    ),
    "two areas of one name": (
        lambda text: text.replace("E14990001", "E14990002", 1),
        "row 3, column ONS ID: E14990001, but row 2 says E14990002",
    ),
}


@pytest.mark.parametrize("name", WRONG_CANDIDACIES)
def test_a_wrong_candidacies_file_changes_nothing(engine: Engine, tmp_path: Path, name: str) -> None:
    change, message = WRONG_CANDIDACIES[name]
    results(engine, files.constituencies(tmp_path))
    refuse(engine, files.candidacies(tmp_path), change, message)


WRONG_CONSTITUENCIES: dict[str, tuple[Change, str]] = {
    "valid votes": (
        lambda text: text.replace(",10000,", ",10001,").replace(",900,0\n", ",901,0\n"),
        "row 2, column Valid votes: the candidates' votes add up to 10000, not to the valid votes 10001",
    ),
    "votes by party": (first_row(",3900,", ",3901,"), "column Valid votes: 10000, but the parties' votes"),
    "majority": (first_row(",1300,", ",1301,"), "row 2, column Majority: 1301, but the first two have 5200"),
    "another member": (
        first_row(",Ada,Quill,", ",Dmitri,Vale,"),
        "column Member surname: Dmitri Vale is not",
    ),
    "no such hour": (
        first_row("03:15", "25:15"),
        "column Declaration time: '02/05/2031 25:15' is not a time",
    ),
    "a skipped hour": (first_row("02/05/2031 03:15", "30/03/2031 01:15"), "does not exist"),
    "an hour twice": (first_row("02/05/2031 03:15", "26/10/2031 01:15"), "happens twice"),
}


@pytest.mark.parametrize("name", WRONG_CONSTITUENCIES)
def test_a_wrong_constituencies_file_changes_nothing(engine: Engine, tmp_path: Path, name: str) -> None:
    change, message = WRONG_CONSTITUENCIES[name]
    results(engine, files.candidacies(tmp_path))
    refuse(engine, files.constituencies(tmp_path), change, message)


WRONG_PLAIN: dict[str, tuple[Change, str]] = {
    "two winners": (first_row(",4500,no,", ",4500,yes,"), "row 3, column elected: 2 winners for 1 seat"),
    "votes that do not add up": (
        first_row(",4500,", ",4501,"),
        "column votes: the candidates' votes add up to 9701",
    ),
    "totals that differ": (
        first_row(",9700,700,", ",9701,700,"),
        "row 3, column valid_votes: 9700, but row 2",
    ),
    "unknown zone": (first_row("Europe/Lisbon", "Europe/Exampleton"), "row 2, column time_zone"),
    "a folder as zone": (first_row("Europe/Lisbon", "Europe"), "row 2, column time_zone"),
    "a time without zone": (lambda text: text.replace("Europe/Lisbon", ""), "a time without a zone"),
    "polling date": (lambda text: text.replace(",2031-05-04,", ",04/05/2031,"), "row 2, column polling_date"),
    "no such day": (lambda text: text.replace(",2031-05-04,", ",2031-02-30,"), "row 2, column polling_date"),
    "declared in words": (first_row("2031-05-04 23:40", "at night"), "row 2, column declared_at_local"),
    "an offset of elsewhere": (first_row("23:40", "23:40+05:00"), "does not have the offset"),
    "another date": (first_row(",2031-05-04,", ",2031-05-05,"), "row 3, column polling_date: differs"),
    "no seat": (
        lambda text: text.replace("contest_name,", "contest_name,seats,").replace(
            "Mayor of Exampleton,", "Mayor of Exampleton,0,"
        ),
        "row 2, column seats",
    ),
    "a name of signs": (first_row("Ada Quill", "+++"), "row 2, column person_name"),
    "a party of signs": (first_row("Harbour Party", "***"), "row 2, column party_name"),
    "a handle without platform": (first_row(",x,adaquill,", ",,adaquill,"), "row 2, column account_platform"),
    "yes or no": (first_row(",5200,yes,", ",5200,perhaps,"), "row 2, column elected"),
    "an hour of no clock": (
        first_row("2031-05-04 23:40", "2031-05-04 24:70"),
        "row 2, column declared_at_local",
    ),
    "status": (first_row("withdrawn", "bored"), "row 4, column status: 'bored' is not one of"),
    "a platform without handle": (first_row(",x,adaquill,", ",x,,"), "row 2, column account_handle"),
    "a candidate twice": (lambda text: text + files.MAYORS[1] + "\n", "row 5, column person_name"),
}


@pytest.mark.parametrize("name", WRONG_PLAIN)
def test_a_wrong_file_of_our_own_format_changes_nothing(engine: Engine, tmp_path: Path, name: str) -> None:
    change, message = WRONG_PLAIN[name]
    refuse(engine, files.plain(tmp_path), change, message, election=None)


def refuse(
    engine: Engine, path: Path, change: Change, message: str, election: str | None = files.ELECTION
) -> None:
    """The changed file is refused with one line that names it, and nothing is stored."""
    right = path.read_text(encoding="utf-8")
    path.write_text(change(right), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != right
    before = stored(engine)

    with pytest.raises(UnreadableSource) as caught:
        import_results(engine, path, election=election)

    assert message in str(caught.value)
    assert str(caught.value).startswith(path.name)
    assert "\n" not in str(caught.value)
    assert stored(engine) == before


def test_a_file_about_another_election_than_the_one_asked_for_is_refused(
    engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableSource, match="is not the election asked for"):
        import_results(engine, files.plain(tmp_path), election="xx.council.2031-05-04")


def test_a_tally_reads_as_a_sentence_with_its_notes(engine: Engine, tmp_path: Path) -> None:
    rows = [row.replace("5200,yes", "5200,no").replace("4500,no", "4500,yes") for row in files.MAYORS]
    head, note = str(import_results(engine, files.plain(tmp_path, *rows))).split("\n")

    assert "1 contests (1 new), 3 candidacies (3 new)" in head
    assert "2 with votes, 1 times of declaration, 1 contests add up, 1 elected" in head
    assert note.startswith("  note: xx.mayor: Bo Lindqvist is elected")


def test_a_roster_without_results_is_refused_as_results(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="holds no results"):
        import_results(engine, files.plain(tmp_path, f"{files.MAYOR},Ada Quill,p1,Harbour Party,,,,,,,,,"))


def totals(**known: object) -> Totals:
    start: dict[str, object] = {"seats": 1, "valid_votes": None, "majority": None}
    start |= {"all_candidates_listed": None, "result_stage": None}
    return Totals(**{**start, **known})  # type: ignore[arg-type]


def lines(*votes: int | None) -> list[Line]:
    return [Line(f"Candidate {number}", "standing", count, None, None) for number, count in enumerate(votes)]


@pytest.mark.parametrize(
    ("known", "votes", "expected"),
    [
        ({}, (5, 3), 0),
        ({}, (3, 5), 1),
        ({}, (5, 5), None),
        ({}, (5, None), None),
        ({"all_candidates_listed": True}, (5,), 0),
        ({"all_candidates_listed": False}, (5, 3), None),
        ({"seats": 2}, (5, 3), None),
        ({"result_stage": "unofficial-partial"}, (5, 3), None),
    ],
)
def test_most_votes_elect_where_they_decide(
    known: dict[str, object], votes: tuple[int | None, ...], expected: int | None
) -> None:
    assert winner_by_votes(totals(**known), lines(*votes)) == expected


def test_shares_need_the_valid_votes_or_every_candidate() -> None:
    assert share_base(totals(valid_votes=10), lines(3, 2)) == 10
    assert share_base(totals(all_candidates_listed=True), lines(3, 2)) == 5
    assert share_base(totals(), lines(3, 2)) is None


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=12))
def test_true_figures_have_no_problem_and_a_vote_more_has_one(votes: list[int]) -> None:
    first, second = sorted(votes, reverse=True)[:2]
    known = totals(valid_votes=sum(votes), majority=first - second, all_candidates_listed=True)
    rounded = [
        Line(line.name, line.status, line.votes, round(Decimal(line.votes or 0) / (sum(votes) or 1), 4), None)
        for line in lines(*votes)
    ]

    assert find_problem(known, rounded) is None
    assert adds_up(known, rounded)
    assert find_problem(known, lines(votes[0] + 1, *votes[1:])) is not None
