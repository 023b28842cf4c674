"""Sheets of codes: what is written comes back, and what is wrong is named and leaves nothing behind."""

import csv
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import coded_archive as archive
import example_archive as example
import pytest
from damaged_zips import damaged_zip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session

from analysis.contract import KindName
from analysis.evaluation.answers import WrongAnswer, answers_of
from analysis.evaluation.codes import coded_statements
from analysis.evaluation.drawing import Plan, draw_sample
from analysis.evaluation.entering import KINDS
from analysis.evaluation.errors import UnknownSample
from analysis.evaluation.loading import load_sheets
from analysis.evaluation.sheets import CODER_COLUMNS, write_sheet
from analysis.evaluation.vocabulary import CODE_BY_COLUMN, CODE_BY_NAME, CODES
from analysis.reviews.deciding import Reviewer, decide_kind
from analysis.reviews.keeping import review_statement
from analysis.spreadsheets.cells import unguarded
from analysis.spreadsheets.errors import SheetRefused, SpreadsheetRefused
from analysis.spreadsheets.sheets import csv_bytes, read_sheet, sheet_cell
from db.words import ReviewVerdict, SampleDesign

ROW = dict.fromkeys(CODE_BY_COLUMN, "")


def drawn(engine: Engine, folder: Path, *, name: str = "first", wanted: int = 12, form: str = "csv") -> Path:
    """A sample and its sheet."""
    if name == "first":
        archive.filled(engine)
    draw_sample(engine, Plan(name, SampleDesign.RANDOM, wanted, 1, archive.METHOD))
    path = folder / f"{name}.{form}"
    with Session(engine) as session:
        assert write_sheet(session, name, path) == wanted
    return path


@pytest.fixture
def sheet(engine: Engine, tmp_path: Path) -> Path:
    """The sheet of a sample of twelve."""
    return drawn(engine, tmp_path)


# ---- cells ----------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t='+-@"), max_size=50))
def test_a_guarded_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = sheet_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert unguarded(cell) == text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n=@'\",;")),
            min_size=2,
            max_size=2,
        ),
        max_size=5,
    )
)
def test_rows_come_back_from_csv_as_they_were_written(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(csv_bytes(["one", "two"], rows))
    read = [list(line.cells.values()) for line in read_sheet(path).lines]
    assert read == [row for row in rows if any(sheet_cell(cell).strip() for cell in row)]


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({}, {}),
        ({"victory": "  "}, {}),
        ({"note": "cannot read it"}, {"note": "cannot read it"}),
        ({"other": "yes"}, {"kind:other": "yes", "kind:victory": "no", "incivility": "no"}),
        ({"victory": "no"}, {"kind:victory": "no", "kind:thanks": "no", "unsure": "no"}),
        ({"concession": "X", "concession_strength": "Weak"}, {"concession_strength": "weak"}),
        ({"victory": "1", "victory_scope": "own_contest"}, {"scope:victory": "own_contest"}),
        (
            {"accusation": "y", "accusation_blame": "TRUE"},
            {"accusation:blame": "yes", "accusation:policy": "no"},
        ),
    ],
)
def test_a_row_says_what_its_cells_say_and_no_where_it_is_silent(
    cells: Mapping[str, str], codes: Mapping[str, str]
) -> None:
    found = answers_of({**ROW, **cells})
    assert codes.items() <= found.items()
    assert bool(found) == bool(codes)


def test_what_was_not_asked_is_not_answered() -> None:
    assert answers_of({"victory": "yes", "thanks": ""}) == {"kind:victory": "yes", "kind:thanks": "no"}
    assert not any(name.startswith("accusation:") for name in answers_of({**ROW, "accusation": "yes"}))


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"victory": "perhaps"}, "victory"),
        ({"concession": "yes", "concession_strength": "yes"}, "concession_strength"),
        ({"thanks": "yes", "concession_strength": "strong"}, "concession_strength"),
        ({"victory": "no", "victory_scope": "party"}, "victory_scope"),
        ({"thanks": "yes", "accusation_policy": "yes"}, "accusation_policy"),
        ({"other": "yes", "thanks": "yes"}, "other"),
        ({"incivility": "yes"}, "incivility"),
    ],
)
def test_what_contradicts_itself_is_refused_by_its_column(cells: Mapping[str, str], column: str) -> None:
    with pytest.raises(WrongAnswer) as refused:
        answers_of({**ROW, **cells})
    assert refused.value.column == column


# ---- writing --------------------------------------------------------------------------------------


def test_a_sheet_shows_a_statement_with_its_author_and_polling_day_but_no_findings(sheet: Path) -> None:
    row = archive.rows_in(sheet)[0]
    assert row["sample"] == "first"
    assert row["statement"].startswith("x:5")
    assert row["author"] in example.PEOPLE.values()
    assert "Harbour ward" in row["author_is"]
    assert row["polling_day"] == "2023-05-04"
    assert row["date"].endswith("Europe/London")
    assert {row[column] for column in CODER_COLUMNS} == {""}
    assert "found" not in row


def test_a_sheet_that_is_not_blind_says_what_was_found(engine: Engine, sheet: Path, tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    with Session(engine) as session:
        write_sheet(session, "first", path, with_findings=True)
    found = {row["text"]: row["found"] for row in archive.rows_in(path)}
    assert {"thanks 0.60", ""} <= set(found.values())


def test_a_sheet_that_is_not_blind_says_what_the_program_found_and_no_reviewer(
    engine: Engine, sheet: Path, tmp_path: Path
) -> None:
    path = tmp_path / "open.csv"
    with Session(engine) as session:
        write_sheet(session, sheet.stem, path, with_findings=True)
    thanks = next(row for row in archive.rows_in(path) if row["found"] == "thanks 0.60")
    ann = Reviewer("Ann", example.after(99))
    review_statement(
        engine,
        f"id:{thanks['id']}",
        lambda text, reading: decide_kind(text, reading, KindName.THANKS, ReviewVerdict.REJECTED, ann),
    )
    with Session(engine) as session:
        write_sheet(session, sheet.stem, path, with_findings=True)
    assert thanks in archive.rows_in(path)


def test_a_sheet_opens_in_a_spreadsheet_as_it_is(sheet: Path) -> None:
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfsample,")


def test_a_hostile_text_is_no_formula_in_a_sheet(engine: Engine, tmp_path: Path) -> None:
    archive.filled(engine)
    archive.add_read(engine, [("=HYPERLINK(1)\x07\x1b[31m\x00", {"pledge": 0.9})], first=8_000)
    draw_sample(engine, Plan("one", SampleDesign.BY_KIND, 5, 1, archive.METHOD))
    for form in ("csv", "xlsx"):
        path = tmp_path / f"one.{form}"
        with Session(engine) as session:
            write_sheet(session, "one", path)
        texts = {line.cells["statement"]: line.cells["text"] for line in read_sheet(path).lines}
        # A NUL comes last: PostgreSQL's texts hold none.
        assert texts["x:8000"].removesuffix("\ufffd") == "=HYPERLINK(1)\ufffd\ufffd[31m"
    assert "'=HYPERLINK" in (tmp_path / "one.csv").read_text(encoding="utf-8")


def test_a_workbook_offers_what_may_be_said(engine: Engine, tmp_path: Path) -> None:
    book = load_workbook(drawn(engine, tmp_path, form="xlsx"))
    sheet = book["codes"]
    header = [cell.value for cell in sheet[1]]
    offered = {
        sheet[f"{str(one.sqref).split(':')[0][:-1]}1"].value: one.formula1.strip('"').split(",")
        for one in sheet.data_validations.dataValidation
    }
    assert offered == {code.column: list(code.values) for code in CODES if code.values}
    assert set(offered) < set(header)
    assert "what to fill in" in book.sheetnames


def test_without_openpyxl_a_workbook_is_refused_with_what_to_install(
    engine: Engine, sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with Session(engine) as session, pytest.raises(SpreadsheetRefused, match=r"hustings\[xlsx\]"):
        write_sheet(session, "first", tmp_path / "other.xlsx")
    assert not (tmp_path / "other.xlsx").exists()


def test_a_sheet_of_no_sample_and_of_no_known_form_is_refused(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        with pytest.raises(UnknownSample, match="draw one"):
            write_sheet(session, "none", tmp_path / "none.csv")
        with pytest.raises(SpreadsheetRefused, match=r"\.csv or \.xlsx"):
            write_sheet(session, "none", tmp_path / "none.ods")


# ---- loading --------------------------------------------------------------------------------------


@st.composite
def answers(draw: st.DrawFn) -> dict[str, str]:
    """Cells of one row that a coder may fill in."""
    kinds = draw(st.sets(st.sampled_from(sorted(set(KINDS.values()) - {"other"})), max_size=4))
    cells = dict.fromkeys((str(kind) for kind in kinds), draw(st.sampled_from(["yes", "x", "TRUE", "1"])))
    if not kinds:
        cells["other"] = "yes"
    for code in CODES:
        if code.needs and cells.get(CODE_BY_NAME[code.needs].column):
            cells[code.column] = draw(st.sampled_from(["", *code.values]))
    cells["unsure"] = draw(st.sampled_from(["", "yes"]))
    cells["note"] = draw(st.sampled_from(["", "=1+1", "'quoted", 'two\nlines; "so"', "Grüße, 你好"]))
    return cells


def filled_in(
    sheet: Path, cells: Mapping[int, Mapping[str, str]], coder: str = "ada"
) -> list[dict[str, str]]:
    """The rows of a sheet with some of them (by place) filled in."""
    return [
        {**row, **cells.get(place, {}), "coder": coder} for place, row in enumerate(archive.rows_in(sheet))
    ]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path, Path]]:
    """One archive and sheet for many examples, which replace each other's codes."""
    from db import open_database

    folder = tmp_path_factory.mktemp("shared")
    engine = open_database(str(folder / "archive.db"), create=True)
    yield engine, drawn(engine, folder), folder
    engine.dispose()


@settings(max_examples=25)
@given(
    given_cells=st.dictionaries(st.integers(0, 11), answers(), min_size=1), form=st.sampled_from([",", ";"])
)
def test_what_was_coded_is_the_same_after_writing_and_loading(
    shared: tuple[Engine, Path, Path], given_cells: dict[int, dict[str, str]], form: str
) -> None:
    engine, sheet, folder = shared
    rows = filled_in(sheet, given_cells)
    for row in rows:
        row["note"] = sheet_cell(row["note"])
    load_sheets(engine, [archive.write_rows(folder / "ada.csv", rows, delimiter=form)])
    codes = archive.stored(engine, "ada")
    for name in ("back.csv", "back.xlsx"):
        with Session(engine) as session:
            write_sheet(session, "first", folder / name, coder="ada")
        again = load_sheets(engine, [folder / name])
        assert (again.kept.added, again.kept.changed, again.kept.removed) == (0, 0, 0)
    assert archive.stored(engine, "ada") == codes
    place = min(given_cells)
    expected = answers_of({**ROW, **given_cells[place]})
    assert codes[int(rows[place]["id"])] == expected


def test_sheets_of_several_coders_are_loaded_together(engine: Engine, sheet: Path, tmp_path: Path) -> None:
    ada = archive.write_rows(tmp_path / "ada.csv", filled_in(sheet, {0: {"thanks": "yes"}}))
    bo = archive.write_rows(
        tmp_path / "bo.csv",
        filled_in(sheet, {0: {"other": "x"}, 3: {"pledge": "yes"}}, coder=""),
        delimiter=";",
        encoding="utf-8",
    )
    with pytest.raises(SheetRefused, match=r"bo\.csv row 2, column coder: nobody is named"):
        load_sheets(engine, [ada, bo])
    assert archive.stored(engine, "ada") == {}
    load_sheets(engine, [ada])
    loaded = load_sheets(engine, [bo], coder="bo")
    assert (loaded.rows, loaded.empty, loaded.coders) == (2, 10, ("bo",))
    assert len(archive.stored(engine, "ada")) == 1
    assert len(archive.stored(engine, "bo")) == 2


def test_what_a_spreadsheet_makes_of_yes_is_still_yes(engine: Engine, tmp_path: Path) -> None:
    path = drawn(engine, tmp_path, form="xlsx")
    book = load_workbook(path)
    sheet = book["codes"]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    values: list[bool | float | str] = [True, 1, 1.0, "Yes "]
    for row, value in enumerate(values, start=2):
        sheet.cell(row, columns["thanks"], value)
    sheet.cell(5, columns["pledge"], 0)
    sheet.cell(400, columns["note"], "  ")
    book.save(path)
    assert load_sheets(engine, [path], coder="ada").rows == 4
    assert [codes["kind:thanks"] for codes in archive.stored(engine, "ada").values()] == ["yes"] * 4


def test_loading_again_replaces_what_changed_and_says_so(engine: Engine, sheet: Path, tmp_path: Path) -> None:
    first = {0: {"thanks": "yes", "note": "so so"}, 1: {"pledge": "yes"}}
    load_sheets(engine, [archive.write_rows(tmp_path / "ada.csv", filled_in(sheet, first))])
    before = archive.stored(engine, "ada")
    second = {0: {"acclaim": "yes"}}
    loaded = load_sheets(engine, [archive.write_rows(tmp_path / "ada.csv", filled_in(sheet, second))])
    assert (loaded.kept.added, loaded.kept.changed, loaded.kept.removed) == (0, 2, 1)
    after = archive.stored(engine, "ada")
    rows = archive.rows_in(sheet)
    changed, kept = int(rows[0]["id"]), int(rows[1]["id"])
    assert after[kept] == before[kept], "an empty row leaves what was loaded before"
    assert after[changed]["kind:thanks"] == "no"
    assert after[changed]["kind:acclaim"] == "yes"
    assert "note" not in after[changed]


def test_a_column_that_a_sheet_lacks_leaves_earlier_codes(
    engine: Engine, sheet: Path, tmp_path: Path
) -> None:
    load_sheets(engine, [archive.write_rows(tmp_path / "ada.csv", filled_in(sheet, {0: {"thanks": "yes"}}))])
    few = [
        {name: row[name] for name in ("statement", "text_check", "coder", "victory")}
        for row in filled_in(sheet, {0: {"victory": "yes"}})
    ]
    load_sheets(engine, [archive.write_rows(tmp_path / "few.csv", few)])
    codes = archive.stored(engine, "ada")[int(archive.rows_in(sheet)[0]["id"])]
    assert (codes["kind:victory"], codes["kind:thanks"]) == ("yes", "yes")


CASES = {
    "unknown value": ({"victory": "maybe"}, "row 2, column victory: 'maybe' is none of: yes, no"),
    "unknown statement": (
        {"thanks": "yes", "statement": "x:1"},
        "row 2, column statement: the archive holds no",
    ),
    "another text": ({"thanks": "yes", "text_check": "t000"}, "row 2, column text_check: x:5"),
    "sorted column": (
        {"thanks": "yes", "text": "Something else."},
        "row 2, column text: this is not the text",
    ),
    "unknown sample": (
        {"thanks": "yes", "sample": "nope"},
        "row 2, column sample: there is no sample 'nope'",
    ),
    "two coders": (
        {"thanks": "yes", "coder": "bo"},
        "row 2, column coder: 'bo', but the sheets are loaded as",
    ),
    "no name": ({"thanks": "yes", "coder": "Majority"}, "row 2, column coder: 'Majority' is no name"),
    "contradiction": ({"other": "yes", "thanks": "yes"}, "row 2, column other: stands alone"),
}


@pytest.mark.parametrize(("cells", "message"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_named_by_file_row_and_column_and_nothing_is_stored(
    engine: Engine, sheet: Path, tmp_path: Path, cells: dict[str, str], message: str
) -> None:
    rows = filled_in(sheet, {1: {"thanks": "yes"}})
    rows[0] |= cells
    with pytest.raises(SheetRefused) as refused:
        load_sheets(
            engine,
            [archive.write_rows(tmp_path / "ada.csv", rows)],
            coder=None if cells.get("coder") == "Majority" else "ada",
        )
    assert f"ada.csv {message}" in str(refused.value)
    assert "Nothing was stored" in str(refused.value)
    assert archive.stored(engine, "ada") == {}


def test_every_problem_of_all_sheets_is_named_at_once(engine: Engine, sheet: Path, tmp_path: Path) -> None:
    rows = filled_in(sheet, {place: {"victory": "maybe"} for place in range(12)})
    with pytest.raises(SheetRefused, match=r"and 4 more") as refused:
        load_sheets(engine, [archive.write_rows(tmp_path / "ada.csv", rows)])
    assert len(refused.value.problems) == 12


def test_a_statement_that_one_coder_coded_twice_is_refused(
    engine: Engine, sheet: Path, tmp_path: Path
) -> None:
    paths = [
        archive.write_rows(tmp_path / name, filled_in(sheet, {0: {"thanks": "yes"}}))
        for name in ("a.csv", "b.csv")
    ]
    with pytest.raises(SheetRefused, match=r"b.csv row 2: ada coded this statement in a.csv row 2 already"):
        load_sheets(engine, paths)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header: [*header, "mood"], "the column 'mood' is not known"),
        (lambda header: [*header, "victory"], "the column victory stands there twice"),
        (lambda header: [*header, "", "thanks_"], "column 38 has no name"),
        (lambda header: [name for name in header if name != "text_check"], "'text_check' is missing"),
        (lambda header: header[:12], "no column of codes"),
    ],
)
def test_columns_must_be_known(
    engine: Engine, sheet: Path, tmp_path: Path, change: object, message: str
) -> None:
    assert callable(change)
    header = list(archive.rows_in(sheet)[0])
    path = tmp_path / "ada.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        columns = change(header)
        writer.writerows([columns, ["yes"] * len(columns)])
    with pytest.raises(SheetRefused) as refused:
        load_sheets(engine, [path])
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty"),
        ("statement,text_check,victory\nx:1,t,Gr\xfc\xdfe".encode("latin-1"), "no UTF-8"),
        (b'statement,text_check,victory\nx:1,t,"yes', "is no CSV"),
        (b"statement,text_check,victory\nx:1,t,yes,yes", "row 2 has more cells"),
    ],
    ids=["empty", "old encoding", "open quote", "cells without a column"],
)
def test_what_is_no_sheet_is_refused(engine: Engine, tmp_path: Path, body: bytes, message: str) -> None:
    path = tmp_path / "ada.csv"
    path.write_bytes(body)
    with pytest.raises(SheetRefused, match=message):
        load_sheets(engine, [path])
    workbook = tmp_path / "ada.xlsx"
    workbook.write_bytes(body)
    with pytest.raises(SheetRefused, match="no XLSX workbook"):
        load_sheets(engine, [workbook])


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "LZMA"])
def test_a_workbook_whose_packing_is_damaged_is_refused(engine: Engine, tmp_path: Path, packing: int) -> None:
    """Found by fuzzing: Python says of each packing that it is damaged by an error of another kind."""
    path = drawn(engine, tmp_path, form="xlsx")
    path.write_bytes(damaged_zip(path.read_bytes(), packing))
    with pytest.raises(SheetRefused, match="no XLSX workbook"):
        load_sheets(engine, [path])


@pytest.mark.parametrize(
    ("place", "value"),
    [(6, 145), (10, 99), (8, 1)],
    ids=["of a later ZIP", "packed otherwise", "by a password"],
)
def test_a_workbook_that_is_packed_as_none_is_refused(
    engine: Engine, tmp_path: Path, place: int, value: int
) -> None:
    path = drawn(engine, tmp_path, form="xlsx")
    body = bytearray(path.read_bytes())
    at = body.find(b"PK\x01\x02")
    while at >= 0:  # each entry of the ZIP's directory
        body[at + place : at + place + 2] = value.to_bytes(2, "little")
        at = body.find(b"PK\x01\x02", at + 4)
    path.write_bytes(bytes(body))

    with pytest.raises(SheetRefused, match="no XLSX workbook"):
        load_sheets(engine, [path])


def test_codes_of_a_text_that_was_edited_since_are_kept_as_of_the_old_text(
    engine: Engine, sheet: Path, tmp_path: Path
) -> None:
    path = archive.write_rows(tmp_path / "ada.csv", filled_in(sheet, {0: {"thanks": "yes"}}))
    statement = int(archive.rows_in(sheet)[0]["id"])
    archive.edit(engine, statement, "An edited text.")
    loaded = load_sheets(engine, [path])
    assert (loaded.rows, loaded.stale, loaded.kept.outdated) == (1, 1, 0)
    assert archive.stored(engine, "ada")[statement]["kind:thanks"] == "yes"
    with Session(engine) as session:
        assert list(coded_statements(session)) == [], "what was said of another text is no code of this one"


def test_an_old_sheet_does_not_replace_what_its_coder_said_of_the_new_text(
    engine: Engine, sheet: Path, tmp_path: Path
) -> None:
    path = archive.write_rows(tmp_path / "ada.csv", filled_in(sheet, {0: {"thanks": "yes"}}))
    statement = int(archive.rows_in(sheet)[0]["id"])
    archive.edit(engine, statement, "An edited text.")
    archive.code(engine, "ada", {statement: {"kind:pledge": "yes"}})
    loaded = load_sheets(engine, [path])
    assert (loaded.stale, loaded.kept.outdated) == (1, 1)
    assert archive.stored(engine, "ada") == {statement: {"kind:pledge": "yes"}}
