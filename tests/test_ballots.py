"""Reading files of candidates and results."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import ballot_files as files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ballots.formats import BUILT_IN, read_ballot
from archive.ballots.names import slug, word_slug, words
from archive.ballots.plain import COLUMNS
from archive.ballots.rows import AccountRow, Ballot, Identifier, Request
from archive.contract import UnreadableSource
from db.words import CandidacyStatus, Precision

UK = Request(election=files.ELECTION)


def read(path: Path, request: Request = UK) -> Ballot:
    return read_ballot(path, request)


def test_the_commons_header_is_recognised_and_every_cell_used(tmp_path: Path) -> None:
    ballot = read(files.candidacies(tmp_path))
    first, _, third = ballot.candidates

    assert ballot.format == "commons-candidacies"
    assert ballot.elections[0].polls_close_at == datetime(2031, 5, 1, 21, 0, tzinfo=UTC)
    assert [contest.id for contest in ballot.contests] == ["parl.quill-and-harbour.2031-05-01"]
    assert first.name == "Ada Quill"
    assert first.identifiers == (Identifier("dc", "801"), Identifier("mnis", "9001"))
    assert first.party is not None
    assert first.party.id == "ec:PP53"
    assert (first.votes, first.share, first.change) == (5200, Decimal("0.52"), Decimal("-0.1"))
    assert first.incumbent
    assert third.party is None
    assert third.ballot_label == "Independent"


def test_files_without_header_are_known_by_their_width(tmp_path: Path) -> None:
    candidacies = read(files.write(tmp_path, "a.csv", *files.headless(files.ROWS)))
    constituencies = read(files.write(tmp_path, "b.csv", files.TOTALS))

    assert candidacies.format == "commons-candidacies-headless"
    assert candidacies.candidates[0].identifiers == (Identifier("mnis", "9001"),)
    assert constituencies.format == "commons-constituencies-headless"
    assert constituencies.winners_only


def test_a_declaration_time_is_local_uk_time_in_summer_and_winter(tmp_path: Path) -> None:
    summer = read(files.constituencies(tmp_path)).contests[0].declared
    winter = read(files.constituencies(tmp_path, files.TOTALS.replace("02/05/2031", "13/12/2031")))

    assert summer is not None
    assert summer.at == datetime(2031, 5, 2, 2, 15, tzinfo=UTC)
    assert summer.precision is Precision.MINUTE
    assert winter.contests[0].declared is not None
    assert winter.contests[0].declared.at == datetime(2031, 12, 13, 3, 15, tzinfo=UTC)


def test_an_empty_declaration_time_is_no_time(tmp_path: Path) -> None:
    ballot = read(files.constituencies(tmp_path, files.TOTALS.replace("02/05/2031 03:15", "")))

    assert ballot.contests[0].declared is None
    assert ballot.contests[0].declared_zone is None


def test_democracy_clubs_export_names_persons_and_accounts_and_keeps_no_contact_data(tmp_path: Path) -> None:
    row = (
        "parl.2031-05-01,parl.quill.2031-05-01,2031-05-01,True,Labour Party,PP53,Quill,False,1,801,Ada Quill,"
        "Ada,Quill,female,1980,ada@mail.example,adaquill,E14990001,True,5200"
    )
    ballot = read(files.write(tmp_path, "dc.csv", files.CLUB, row), Request())

    assert ballot.format == "democracy-club"
    assert ballot.candidates[0].accounts == (AccountRow("x", "adaquill"),)
    assert ballot.candidates[0].elected
    assert "mail.example" not in repr(ballot)
    assert "1980" not in repr(ballot)


def test_democracy_clubs_layout_of_2015_reads_handles_and_pages(tmp_path: Path) -> None:
    rows = (
        "Ada Quill,801,Labour and Co-operative Party,Quill,E14990001,adaquill,https://www.facebook.com/ada.quill,,",
        "Bo Lindqvist,802,Independent,Quill,E14990001,,https://www.facebook.com/groups/123456/,,False",
    )
    first, second = read(files.write(tmp_path, "dc.csv", files.CLUB_2015, *rows)).candidates

    assert first.accounts == (
        AccountRow("x", "adaquill"),
        AccountRow("facebook", "ada.quill", url="https://www.facebook.com/ada.quill"),
    )
    assert first.party is not None
    assert first.party.id == "ec:PP53"
    assert second.accounts == ()
    assert second.party is None


def test_repeated_rows_of_democracy_club_that_agree_are_one_candidate(tmp_path: Path) -> None:
    row = "Ada Quill,801,Labour Party,Quill,E14990001,,,PP53,"
    ballot = read(files.write(tmp_path, "dc.csv", files.CLUB_2015, row, f"{row}False"))

    assert [candidate.elected for candidate in ballot.candidates] == [False]


def test_our_own_format_says_everything_itself(tmp_path: Path) -> None:
    ballot = read(files.plain(tmp_path), Request())

    assert ballot.format == "plain"
    assert ballot.elections[0].name == "Mayor 2031"
    assert ballot.contests[0].declared is not None
    assert ballot.contests[0].declared.at == datetime(2031, 5, 4, 22, 40, tzinfo=UTC)
    assert [one.status for one in ballot.candidates] == [None, None, CandidacyStatus.WITHDRAWN]
    assert ballot.candidates[0].identifiers == (Identifier("roster", "p1"),)


def test_several_accounts_of_a_candidate_are_several_rows(tmp_path: Path) -> None:
    second = files.MAYORS[0].replace(",x,adaquill,", ",mastodon,ada@social.example,")
    ballot = read(files.plain(tmp_path, files.MAYORS[0], second, files.MAYORS[1]), Request())

    assert [account.platform for account in ballot.candidates[0].accounts] == ["x", "mastodon"]
    assert len(ballot.candidates) == 2


def test_namesakes_of_two_parties_are_two_candidates(tmp_path: Path) -> None:
    namesake = files.ROWS[1].replace("Bo,Lindqvist", "Ada,Quill")
    ballot = read(files.candidacies(tmp_path, files.ROWS[0], namesake))

    assert [candidate.name for candidate in ballot.candidates] == ["Ada Quill", "Ada Quill"]


def test_a_time_with_its_offset_is_read_where_the_clocks_strike_twice(tmp_path: Path) -> None:
    rows = [row.replace("2031-05-04 23:40", "2031-10-26 01:30+01:00") for row in files.MAYORS]
    contest = read(files.plain(tmp_path, *rows), Request()).contests[0]

    assert contest.declared is not None
    assert contest.declared.at == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)


def test_a_day_without_a_clock_time_is_kept_as_a_day(tmp_path: Path) -> None:
    rows = [row.replace("2031-05-04 23:40", "2031-05-04") for row in files.MAYORS]
    contest = read(files.plain(tmp_path, *rows), Request()).contests[0]

    assert contest.declared is not None
    assert contest.declared.precision is Precision.DAY


def test_the_user_gives_the_zone_of_a_file_that_states_none(tmp_path: Path) -> None:
    rows = [row.replace("Europe/Lisbon", "") for row in files.MAYORS]
    ballot = read(files.plain(tmp_path, *rows), Request(time_zone="Africa/Lagos"))

    assert ballot.elections[0].time_zone == "Africa/Lagos"
    assert ballot.contests[0].declared is not None
    assert ballot.contests[0].declared.at == datetime(2031, 5, 4, 22, 40, tzinfo=UTC)


def closing(folder: Path, *times: str, zone: str = "Europe/Lisbon") -> Ballot:
    """An election whose rows say when its polls close."""
    rows = [
        f"xx.1,2031-05-04,{zone},{time},xx.1.a,Exampleton,Ada Quill {number}"
        for number, time in enumerate(times)
    ]
    header = "election_id,polling_date,time_zone,polls_close_local,contest_id,contest_name,person_name"
    return read(files.plain(folder, *rows, header=header), Request())


def test_a_plain_file_says_when_the_polls_close(tmp_path: Path) -> None:
    ballot = closing(tmp_path, "2031-05-04 22:00", "2031-05-04 22:00")
    assert [election.polls_close_at for election in ballot.elections] == [
        datetime(2031, 5, 4, 21, tzinfo=UTC)
    ]


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        (["2031-05-04"], "polls_close_local.*says the day only"),
        (["2031-05-03 22:00"], "polls_close_local.*before polling day"),
        (["2031-05-04 22:00", "2031-05-04 21:00"], "polls_close_local.*differs from an earlier row"),
        (["ten o'clock"], "polls_close_local.*is not a time"),
    ],
)
def test_a_closing_time_that_cannot_be_is_refused(tmp_path: Path, times: list[str], reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        closing(tmp_path, *times)


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b"\n,,\n", "is empty"),
    "web page": (b"<!DOCTYPE html><p>404</p>", "web page"),
    "JSON": (b'{"votes": 1}', "JSON"),
    "spreadsheet": (b"PK\x03\x04....", "spreadsheet"),
    "binary": (b"a,b\nc,\x00d\n", "line 2: a NUL byte"),
    "Latin-1": (b"name,id\nZo\xeb,1\n", "line 2: not UTF-8 (byte 0xeb)"),
    "UTF-16": ("name".encode("utf-16"), "UTF-16"),
    "open quotation": (b'name,id\n"Zo,1\n', "not a CSV"),
    "no known format": (b"animal,legs\ncat,4\n", "not one of the known formats"),
    "header alone": (files.PLAIN.encode(), "no rows"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_wrong_as_a_whole_is_refused_by_name(tmp_path: Path, name: str) -> None:
    body, reason = UNREADABLE[name]
    path = tmp_path / "wrong.csv"
    path.write_bytes(body)

    with pytest.raises(UnreadableSource) as caught:
        read(path)

    assert "wrong.csv" in str(caught.value)
    assert reason in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="No such file"):
        read(tmp_path / "nothing.csv")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "bom.csv"
    path.write_bytes(b"\xef\xbb\xbf" + files.candidacies(tmp_path).read_bytes())

    assert read(path).format == "commons-candidacies"


@pytest.mark.parametrize(
    ("election", "reason"),
    [
        (None, "--election"),
        ("parl", "is not an election's id"),
        ("parl.2031-02-30", "is not an election's id"),
    ],
)
def test_a_file_that_names_no_election_needs_one_with_a_date(
    tmp_path: Path, election: str | None, reason: str
) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read(files.candidacies(tmp_path), Request(election=election))


@pytest.mark.parametrize("column", ["Votes", "Candidate surname", "ONS ID"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    header = files.CANDIDACIES.replace(column, "Something else", 1)

    with pytest.raises(UnreadableSource, match=f"row 1: missing column {column}"):
        read(files.write(tmp_path, "candidacies.csv", header, *files.ROWS))


def test_an_unknown_column_of_our_own_format_is_named(tmp_path: Path) -> None:
    header = files.PLAIN.replace("status", "statsu")

    with pytest.raises(UnreadableSource, match="unknown column statsu"):
        read(files.plain(tmp_path, header=header), Request())


def test_the_documentation_lists_every_column_of_our_own_format() -> None:
    text = (Path(__file__).parent.parent / "docs" / "roster-format.md").read_text(encoding="utf-8")

    for column in COLUMNS:
        needed = "yes" if column.required else ""
        assert f"| `{column.name}` | {needed} | {column.meaning} |" in text


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "roster-format.md").read_text(encoding="utf-8")
    example = text.split("```csv\n")[1].split("```")[0]

    ballot = read(files.write(tmp_path, "example.csv", *example.splitlines()), Request())

    assert [candidate.name for candidate in ballot.candidates] == ["Ada Quill", "Bo Lindqvist", "Cem Oral"]


def test_every_format_has_a_name_of_its_own() -> None:
    assert len({form.name for form in BUILT_IN}) == len(BUILT_IN)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("Manchester, Gorton", "manchester-gorton"),
        ("Ynys Môn", "ynys-mon"),
        ("St. Ives", "st-ives"),
        ("Weston-super-Mare", "weston-super-mare"),
        ("Bed & Board", "bed-board"),
    ],
)
def test_slugs_follow_democracy_club(area: str, expected: str) -> None:
    assert slug(area) == expected


def test_names_compare_without_accents_case_and_apostrophes_in_any_script() -> None:
    assert words("Zoë O’Neill-Brown") == words("zoe oneill brown")
    assert words("Владимир") == ("владимир",)
    assert words("नेहा") != words("नाहा")
    assert word_slug("🙂") == ""


@given(st.text(max_size=200))
def test_words_of_words_are_the_same(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_never_crash(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(body)

    with pytest.raises(UnreadableSource):
        read(path)
