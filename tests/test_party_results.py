"""Results of parties from a file, and stages and corrections of results that stay visible."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import ballot_files as files
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner

import hustings
from archive.ballots.formats import read_ballot
from archive.ballots.party_results import COLUMNS
from archive.ballots.rows import Request
from archive.contract import UnreadableSource
from archive.results import ResultsTally, import_results, store_results
from archive.roster import import_roster
from db import writing
from db.models import Candidacy, Contest, PartyResult, Person, ResultEvent

HEADER = "election_id,party_id,party_name,won,seats,votes,declared_at_local,source"
CONTESTS = (
    "election_id,polling_date,time_zone,contest_id,contest_name,person_name,party_name,party_id,votes,elected"
)
ROSTER = (
    CONTESTS,
    "e,2031-05-04,Europe/Lisbon,c,Exampleton,Ada Quill,Harbour Party,h1,5200,yes",
    "e,2031-05-04,Europe/Lisbon,c,Exampleton,Bo Lindqvist,Hill Alliance,,4500,no",
)
IMPORT_DAY = date(2031, 6, 1)


def rows(engine: Engine) -> dict[str, PartyResult]:
    with Session(engine) as session:
        return {row.party_id: row for row in session.exec(select(PartyResult))}


def stages(engine: Engine) -> list[tuple[str, datetime, str]]:
    with Session(engine) as session:
        query = select(ResultEvent).order_by("happened_at", "id")
        return [(row.stage, row.happened_at, row.precision) for row in session.exec(query)]


def told(engine: Engine, folder: Path, *lines: str, header: str = HEADER) -> ResultsTally:
    return import_results(engine, files.write(folder, "parties.csv", header, *lines))


@pytest.fixture
def parties(engine: Engine, tmp_path: Path) -> Engine:
    """An archive in which two parties stand."""
    import_roster(engine, files.write(tmp_path, "roster.csv", *ROSTER))
    return engine


def test_party_results_are_stored_with_local_times_of_the_election(parties: Engine, tmp_path: Path) -> None:
    tally = told(
        parties,
        tmp_path,
        "e,roster:h1,,yes,1,5200,2031-05-04 23:40,Town clerk",
        "e,,Hill Alliance,no,0,,2031-05-05,",
    )
    assert str(tally) == "party-results: results of 2 parties (2 new), 0 known rows changed"
    harbour, hill = rows(parties)["roster:h1"], rows(parties)["name:hill-alliance"]
    assert (harbour.won, harbour.seats, harbour.votes, harbour.source) == (True, 1, 5200, "Town clerk")
    assert harbour.declared_at == datetime(2031, 5, 4, 22, 40, tzinfo=UTC), "summer time in Lisbon"
    assert (hill.won, hill.votes, hill.declared_precision, hill.source) == (False, None, "day", "parties.csv")


def test_an_id_without_a_scheme_is_the_rosters_own_as_in_a_roster(parties: Engine, tmp_path: Path) -> None:
    told(parties, tmp_path, "e,h1,,yes,,,,")
    assert list(rows(parties)) == ["roster:h1"]


def test_a_party_is_found_by_an_alias_in_any_case(parties: Engine, tmp_path: Path) -> None:
    told(parties, tmp_path, "e,,hill alliance,no,,,,")
    assert list(rows(parties)) == ["name:hill-alliance"]


def test_importing_party_results_again_changes_nothing_and_a_correction_one_row(
    parties: Engine, tmp_path: Path
) -> None:
    first = ("e,h1,,yes,1,5200,,Clerk", "e,,Hill Alliance,no,0,4500,,Clerk")
    told(parties, tmp_path, *first)
    again = told(parties, tmp_path, *first)
    corrected = told(parties, tmp_path, "e,h1,,,,5210,,", first[1])

    assert again.parties is not None
    assert (again.parties.new, again.parties.changed) == (0, 0)
    assert corrected.parties is not None
    assert (corrected.parties.new, corrected.parties.changed) == (0, 1)
    harbour = rows(parties)["roster:h1"]
    assert (harbour.won, harbour.votes, harbour.source) == (True, 5210, "Clerk")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",h1,,yes,,,,", "row 3, column election_id: is empty"),
        ("e,,,yes,,,,", "row 3, column party_id: is empty, and so is party_name"),
        ("e,,Hill Alliance,,,,2031-05-05,", "row 3, column won: is empty, and so are seats and votes"),
        ("e,,Hill Alliance,maybe,,,,", "row 3, column won"),
        ("e,,Hill Alliance,no,-1,,,", "row 3, column seats: -1 is negative"),
        ("e,,Hill Alliance,no,,x,,", "row 3, column votes"),
        ("e,,Hill Alliance,no,,,yesterday,", "row 3, column declared_at_local: 'yesterday' is not a time"),
        ("e,,Hill Alliance,no,,,2031-03-30 01:30,", "row 3, column declared_at_local: .* does not exist"),
        ("e,,Hill Alliance,no,,,2031-10-26 01:30,", "row 3, column declared_at_local: .* happens twice"),
        ("f,,Hill Alliance,no,,,,", "column election_id: there is no election f; there is: e; import its"),
        ("e,,Hill Aliance,no,,,,", "column party_name: no party Hill Aliance .* Hill Alliance"),
        ("e,h9,,no,,,,", "column party_id: no party roster:h9 stands in that election"),
        ("e,,Harbour Party,no,,,,", "column party_name: roster:h1 is already in row 2"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_nothing_is_stored(
    parties: Engine, tmp_path: Path, line: str, message: str
) -> None:
    with pytest.raises(UnreadableSource, match=f"parties.csv, .*{message}"):
        told(parties, tmp_path, "e,h1,,yes,1,5200,,Clerk", line)
    assert rows(parties) == {}


def test_a_column_that_is_not_known_is_refused(parties: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="row 1: unknown column seat_count in a file of party results"):
        told(parties, tmp_path, "e,h1,yes,1", header="election_id,party_id,won,seat_count")


def test_an_empty_archive_says_what_to_import_first(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="holds none yet; import its candidates first"):
        told(engine, tmp_path, "e,h1,,yes,,,,")


def test_the_election_asked_for_is_the_only_one_that_is_stored(parties: Engine, tmp_path: Path) -> None:
    path = files.write(tmp_path, "parties.csv", HEADER, "e,h1,,yes,,,,")
    with pytest.raises(UnreadableSource, match="column election_id: e is not the election asked for, f"):
        import_results(parties, path, election="f")


def test_a_zone_that_is_given_counts_before_the_elections(parties: Engine, tmp_path: Path) -> None:
    path = files.write(tmp_path, "parties.csv", HEADER, "e,h1,,yes,,,2031-05-04 23:40,")
    import_results(parties, path, time_zone="Africa/Lagos")
    assert rows(parties)["roster:h1"].declared_at == datetime(2031, 5, 4, 22, 40, tzinfo=UTC)


def test_a_file_of_party_results_is_no_roster(parties: Engine, tmp_path: Path) -> None:
    path = files.write(tmp_path, "parties.csv", HEADER, "e,h1,,yes,,,,")
    with pytest.raises(UnreadableSource, match="no candidates: use `hustings results import`"):
        import_roster(parties, path)


def test_a_header_of_our_own_format_is_not_taken_for_party_results(tmp_path: Path) -> None:
    path = files.write(tmp_path, "roster.csv", *ROSTER)
    assert read_ballot(path, Request()).format == "plain"


def test_the_documentation_lists_every_column_and_its_example_is_stored(
    tmp_path: Path, engine: Engine
) -> None:
    text = (Path(__file__).parent.parent / "docs" / "roster-format.md").read_text(encoding="utf-8")
    for column in COLUMNS:
        needed = "yes" if column.required else ""
        assert f"| `{column.name}` | {needed} | {column.meaning} |" in text
    examples = [part.split("```")[0].splitlines() for part in text.split("```csv\n")[1:]]
    import_roster(engine, files.write(tmp_path, "roster.csv", *examples[0]))
    import_results(engine, files.write(tmp_path, "parties.csv", *examples[1]))
    assert {party: row.won for party, row in rows(engine).items()} == {
        "name:harbour-party": True,
        "name:hill-alliance": False,
    }


def test_the_command_stores_party_results_beside_the_others_in_one_go(tmp_path: Path) -> None:
    roster = files.write(tmp_path, "results.csv", *ROSTER)
    parties = files.write(tmp_path, "parties.csv", HEADER, "e,h1,,yes,,,,")
    database = str(tmp_path / "new.db")
    ran = CliRunner().invoke(
        hustings.app, ["results", "import", str(roster), str(parties), "--db", database, "--json"]
    )
    assert ran.exit_code == 0, ran.output
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert lines[1]["parties"] == {"parties": 1, "new": 1, "changed": 0}
    wrong = files.write(tmp_path, "parties.csv", HEADER, "e,h7,,yes,,,,")
    refused = CliRunner().invoke(hustings.app, ["results", "import", str(wrong), "--db", database])
    assert refused.exit_code == 2
    assert "parties.csv, row 2, column party_id" in refused.output


# ---- stages and corrections -----------------------------------------------------------------------


STAGED = (
    f"{CONTESTS},valid_votes,result_stage,declared_at_local,"
    "projected_at_local,recount_at_local,certified_at_local"
)


def result(
    engine: Engine,
    folder: Path,
    ada: int,
    bo: int,
    winner: str,
    *,
    stage: str = "declared",
    declared: str = "2031-05-04 23:40",
    projected: str = "",
    recount: str = "",
    certified: str = "",
) -> ResultsTally:
    more = f"{ada + bo},{stage},{declared},{projected},{recount},{certified}"
    lines = [
        f"e,2031-05-04,Europe/Lisbon,c,Exampleton,{name},{party},,{votes},"
        f"{'' if not winner else 'yes' if name == winner else 'no'},{more}"
        for name, party, votes in (("Ada Quill", "Harbour Party", ada), ("Bo Lindqvist", "Hill Alliance", bo))
    ]
    ballot = read_ballot(files.write(folder, "results.csv", STAGED, *lines), Request())
    with writing(engine) as session:
        return store_results(session, ballot, on=IMPORT_DAY)


def standing(engine: Engine) -> dict[str, tuple[int | None, bool | None]]:
    with Session(engine) as session:
        query = select(Person.name, Candidacy.votes, Candidacy.elected).join(Candidacy)
        return {name: (votes, elected) for name, votes, elected in session.exec(query)}


def test_stages_are_stored_with_their_local_times_once(engine: Engine, tmp_path: Path) -> None:
    for expected in (3, 0):
        tally = result(
            engine,
            tmp_path,
            5200,
            4500,
            "Ada Quill",
            projected="2031-05-04 21:05",
            recount="2031-05-05 11:00:30",
            certified="2031-05-09",
        )
        assert tally.events == expected
    assert stages(engine) == [
        ("projected", datetime(2031, 5, 4, 20, 5, tzinfo=UTC), "minute"),
        ("recount", datetime(2031, 5, 5, 10, 0, 30, tzinfo=UTC), "second"),
        ("certified", datetime(2031, 5, 9, tzinfo=UTC), "day"),
    ]


def test_a_file_of_stages_alone_holds_results(engine: Engine, tmp_path: Path) -> None:
    header = "election_id,polling_date,time_zone,contest_id,contest_name,person_name,projected_at_local"
    row = "e,2031-05-04,Europe/Lisbon,c,Exampleton,Ada Quill,2031-05-04 21:05"
    tally = import_results(engine, files.write(tmp_path, "projection.csv", header, row))
    assert tally.events == 1
    assert "1 new stages of results" in str(tally)


def test_a_later_time_of_certification_replaces_the_first_and_a_second_recount_does_not(
    engine: Engine, tmp_path: Path
) -> None:
    result(engine, tmp_path, 5200, 4500, "Ada Quill", recount="2031-05-05 11:00", certified="2031-05-09")
    result(engine, tmp_path, 5200, 4500, "Ada Quill", recount="2031-05-06 11:00", certified="2031-05-10")
    assert [(stage, at.day) for stage, at, _ in stages(engine)] == [
        ("recount", 5),
        ("recount", 6),
        ("certified", 10),
    ]


def test_a_wrong_time_of_a_stage_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"row 2, column recount_at_local: .* does not exist"):
        result(engine, tmp_path, 5200, 4500, "Ada Quill", recount="2031-03-30 01:30")


def test_rows_of_one_contest_must_agree_on_a_stage(engine: Engine, tmp_path: Path) -> None:
    header = f"{CONTESTS},certified_at_local"
    lines = [f"{line},2031-05-{day:02}" for day, line in enumerate(ROSTER[1:], start=9)]
    with pytest.raises(UnreadableSource, match=r"row 3, column certified_at_local: .* but row 2 says"):
        import_results(engine, files.write(tmp_path, "results.csv", header, *lines))


def test_a_corrected_result_replaces_votes_and_winner_and_shows_on_the_day_of_the_import(
    engine: Engine, tmp_path: Path
) -> None:
    result(engine, tmp_path, 5200, 4500, "Ada Quill")
    tally = result(engine, tmp_path, 4800, 4900, "Bo Lindqvist")

    assert standing(engine) == {"Ada Quill": (4800, False), "Bo Lindqvist": (4900, True)}
    assert stages(engine) == [("recount", datetime(2031, 6, 1, tzinfo=UTC), "day")]
    assert tally.roster.notes == (
        "c: the result is corrected: Ada Quill 5,200 -> 4,800 votes, no longer elected; "
        "Bo Lindqvist 4,500 -> 4,900 votes, elected",
    )
    with Session(engine) as session:
        [source] = session.exec(select(ResultEvent.source))
        assert source is not None
        assert "corrects an earlier result (Ada Quill 5,200 -> 4,800 votes" in source
        shares = session.exec(select(Candidacy.share)).all()
    assert sorted(share for share in shares if share is not None) == [4800 / 9700, 4900 / 9700]


def test_a_correction_that_tells_its_recount_is_dated_by_it_alone(engine: Engine, tmp_path: Path) -> None:
    result(engine, tmp_path, 5200, 4500, "Ada Quill")
    result(engine, tmp_path, 4800, 4900, "Bo Lindqvist", recount="2031-05-06 11:00")
    assert [(stage, precision) for stage, _, precision in stages(engine)] == [("recount", "minute")]


def test_a_winner_by_most_votes_is_derived_anew_from_corrected_votes(engine: Engine, tmp_path: Path) -> None:
    result(engine, tmp_path, 5200, 4500, "")
    result(engine, tmp_path, 4800, 4900, "")
    assert standing(engine) == {"Ada Quill": (4800, False), "Bo Lindqvist": (4900, True)}
    assert [stage for stage, _, _ in stages(engine)] == ["recount"]


def test_a_growing_count_is_no_correction(engine: Engine, tmp_path: Path) -> None:
    for ada, bo in ((100, 90), (900, 1000), (2000, 1900)):
        result(engine, tmp_path, ada, bo, "", stage="unofficial-partial", declared="")
    result(engine, tmp_path, 5200, 4500, "Ada Quill")
    assert stages(engine) == []


def test_the_same_file_again_corrects_nothing(engine: Engine, tmp_path: Path) -> None:
    for _ in range(2):
        tally = result(engine, tmp_path, 5200, 4500, "Ada Quill")
    assert (stages(engine), tally.roster.notes, tally.roster.changed) == ([], (), 0)


def test_a_tie_drawn_by_lot_is_stored_as_the_source_says(engine: Engine, tmp_path: Path) -> None:
    result(engine, tmp_path, 4850, 4850, "Bo Lindqvist")
    assert standing(engine) == {"Ada Quill": (4850, False), "Bo Lindqvist": (4850, True)}
    with Session(engine) as session:
        assert set(session.exec(select(Candidacy.elected_basis))) == {"source"}
        assert session.exec(select(Contest.totals_checked)).one()
