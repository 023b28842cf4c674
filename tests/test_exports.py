"""An export holds what the archive holds: every row, every id, every text."""

import json
import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import example_archive as example
import exported as archive
import pandas
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, update
from sqlmodel import Session, col, select

from analysis.contract import KindName
from analysis.exports import Filters, Hiding, Wish
from analysis.exports.choosing import choose
from analysis.exports.counting import (
    ADDED,
    EARLIER_TEXT,
    OTHER_METHOD,
    OWN_SIDE,
    REJECTED,
    STORED,
    Count,
    check,
)
from analysis.exports.errors import BadFilter, ForeignTarget, Unreconciled
from analysis.exports.hiding import shape_of
from analysis.exports.marks import Marks
from analysis.exports.places import MANIFEST
from analysis.exports.tables import ASKED_FOR, NETWORK, TABLES
from analysis.exports.writers import FORMATS
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.statements import statements_in
from analysis.outcomes.timing import Window
from analysis.reports.contests.who_whom import who_whom
from analysis.spreadsheets.cells import unguarded
from db import models, writing
from db.search.index import INDEX

EXPORTED = tuple(table for table in TABLES if table not in (*NETWORK, *ASKED_FOR))


@pytest.fixture
def filled(engine: Engine) -> Engine:
    archive.fill(engine)
    return engine


def asked(query: str) -> list[Any]:
    """What DuckDB answers."""
    return duckdb.connect().execute(query).fetchall()


def counted(counts: tuple[Count, ...]) -> dict[str, Count]:
    return {one.table: one for one in counts}


# ---- all rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_is_a_folder_with_every_table(form: str, filled: Engine, tmp_path: Path) -> None:
    made = archive.exported(filled, tmp_path / "out", Wish(form=form))

    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {MANIFEST, *(f"{table}.{form}" for table in EXPORTED)}
    told = json.loads(made.manifest.read_text())
    assert {one["path"] for one in told["files"]} == files - {MANIFEST}
    assert [one["table"] for one in told["tables"]] == list(EXPORTED)


def test_the_rows_of_every_stored_table_are_accounted_for(filled: Engine, tmp_path: Path) -> None:
    made = archive.exported(filled, tmp_path / "out", Wish(form="jsonl", with_codes=True))

    counts = counted(made.counts)
    with Session(filled) as session:
        for table, model in STORED.items():
            one = counts[table]
            assert one.in_database == session.scalar(select(func.count()).select_from(model)), table
            assert one.in_database is not None
            assert one.in_database + sum(one.added.values()) == one.written + sum(one.left_out.values()), (
                table
            )
            assert one.written == len(archive.rows_of(tmp_path / "out", table)), table
            if table not in ("readings", "targets", "ratings", "kinds", "kind-targets"):
                assert one.written == one.in_database, table


def test_what_is_left_out_has_its_reason(filled: Engine, tmp_path: Path) -> None:
    counts = counted(archive.exported(filled, tmp_path / "out").counts)

    assert counts["readings"].left_out == {EARLIER_TEXT: 1}
    assert counts["targets"].left_out == {EARLIER_TEXT: 1, OWN_SIDE: 1, REJECTED: 2}
    assert counts["kinds"].added == {ADDED: 2}, "one for each of two methods"


def test_rows_that_are_not_accounted_for_are_refused_with_their_table() -> None:
    check([Count("targets", 3, 5, {"why": 2}), Count("who-whom", 7)])

    with pytest.raises(Unreconciled, match=r"kinds \(\+1 rows\)") as refused:
        check([Count("targets", 3, 5, {"why": 2}), Count("kinds", 3, 5, {"why": 1})])
    assert refused.value.exit_code == 3


def test_a_row_that_gets_lost_leaves_no_export(filled: Engine, tmp_path: Path) -> None:
    """A second rating of one target by another method stands for whatever the program does not expect."""
    with writing(filled) as session:
        rating = session.exec(select(models.Rating).where(col(models.Rating.target_id).is_not(None))).first()
        assert rating is not None
        session.add(
            models.Rating(
                reading_id=rating.reading_id,
                target_id=rating.target_id,
                method="another",
                score=0.0,
                label="neutral",
                confidence=0.1,
            )
        )

    with pytest.raises(Unreconciled, match="ratings"):
        archive.exported(filled, tmp_path / "out")

    assert [path for path in tmp_path.iterdir() if not path.name.startswith("archive.db")] == []


def test_rows_join_by_their_keys(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl", with_codes=True))

    rows = {table: archive.rows_of(tmp_path / "out", table) for table in (*EXPORTED, "hand-codes")}
    for table, some in rows.items():
        keys = [tuple(row[key] for key in TABLES[table].primary) for row in some]
        assert len(keys) == len(set(keys)), table
        for one in TABLES[table].references:
            there = {tuple(row[key] for key in one.keys) for row in rows[one.table]}
            here = {tuple(row[column] for column in one.columns) for row in some}
            assert {key for key in here if None not in key} <= there, (table, one)


def test_a_number_is_that_of_the_target_in_a_report(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl"))

    found = [
        (row["number"], row["mention"], row["who"])
        for row in archive.rows_of(tmp_path / "out", "targets")
        if row["method"] == example.METHOD and row["statement"] == "x:1001"
    ]
    assert [number for number, _, _ in found] == list(range(1, len(found) + 1))
    assert (1, "Hollis", "Maren Hollis") not in found, "a reviewer rejected it"


# ---- what is chosen ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filters",
    [
        Filters(election=example.ELECTION),
        Filters(contest=example.HARBOUR),
        Filters(person="p:tobias"),
        Filters(since=date(2023, 5, 5), until=date(2023, 5, 5)),
        Filters(kind="accusation"),
        Filters(kind="mobilisation"),
        Filters(method="reader-2"),
        Filters(contest=example.HILL, person="p:maren", kind="thanks"),
    ],
    ids=lambda one: str(one.as_json()),
)
def test_a_part_is_accounted_for_and_holds_all_that_it_refers_to(
    filters: Filters, filled: Engine, tmp_path: Path
) -> None:
    made = archive.exported(filled, tmp_path / "out", Wish(form="jsonl", with_codes=True), filters)

    counts = counted(made.counts)
    with Session(filled) as session:
        chosen = set(choose(session, filters).statements)
        numbers = dict(session.exec(select(models.Statement.post_id, models.Statement.id)).all())
    rows = {table: archive.rows_of(tmp_path / "out", table) for table in (*EXPORTED, "hand-codes")}
    assert {numbers[row["statement"].partition(":")[2]] for row in rows["statements"]} == chosen
    assert counts["statements"].written == len(chosen)
    for table, some in rows.items():
        for one in TABLES[table].references:
            there = {tuple(row[key] for key in one.keys) for row in rows[one.table]}
            here = {tuple(row[column] for column in one.columns) for row in some}
            if filters.person is None or one.table != "candidacies":
                assert {key for key in here if None not in key} <= there, (table, one)


def test_a_kind_is_asked_for_as_reviewers_left_it(filled: Engine) -> None:
    with Session(filled) as session:
        [added] = choose(session, Filters(kind="mobilisation")).statements
        assert session.get_one(models.Statement, added).post_id == "1001"


def test_another_method_is_left_out_with_its_reason(filled: Engine, tmp_path: Path) -> None:
    made = archive.exported(filled, tmp_path / "out", filters=Filters(method="reader-2"))

    counts = counted(made.counts)
    assert counts["readings"].written == 1
    assert counts["readings"].left_out[OTHER_METHOD] > 1


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(person="p:nobody"), "no person 'p:nobody'"),
        (Filters(kind="shouting"), "no kind 'shouting'; there is: "),
        (Filters(since=date(2024, 1, 2), until=date(2024, 1, 1)), "comes after"),
    ],
)
def test_a_filter_that_fits_nothing_is_refused(
    filters: Filters, said: str, filled: Engine, tmp_path: Path
) -> None:
    with pytest.raises(BadFilter, match=said):
        archive.exported(filled, tmp_path / "out", filters=filters)

    assert not (tmp_path / "out").exists()


def test_who_speaks_of_whom_is_what_a_report_says(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl"), Filters(method=example.METHOD))

    rows = {
        (row["contest_id"], row["author_id"], row["target_id"], row["ambiguous"]): row
        for row in archive.rows_of(tmp_path / "out", "who-whom")
    }
    told = {}
    with Session(filled) as session:
        for election in find_elections(session):
            contests = find_contests(session, election)
            found = statements_in(session, contests, window=Window(), method=example.METHOD)
            for statements in found.values():
                for pair in who_whom(statements, threshold=0):
                    told[pair.contest_id, pair.author_id, pair.target_id, pair.ambiguous] = pair
    assert rows.keys() == told.keys()
    for key, row in rows.items():
        for column in ("statements", "negative", "neutral", "positive", "mixed", "unclear", "unscored"):
            assert row[column] == getattr(told[key], column), (key, column)
    assert len(rows) > 3


# ---- what other programs read -----------------------------------------------------------------------


def test_an_id_of_19_digits_stays_whole_in_pandas_polars_and_duckdb(filled: Engine, tmp_path: Path) -> None:
    for form in FORMATS:
        archive.exported(filled, tmp_path / form, Wish(form=form))
    csv, lines, parquet = (
        str(tmp_path / form / f"statements.{form}") for form in ("csv", "jsonl", "parquet")
    )

    keys = [
        pandas.read_csv(csv)["statement"].tolist(),
        pandas.read_parquet(parquet)["statement"].tolist(),
        polars.read_csv(csv)["statement"].to_list(),
        polars.read_parquet(parquet)["statement"].to_list(),
        [key for (key,) in asked(f"select statement from '{parquet}'")],
        [key for (key,) in asked(f"select statement from read_csv('{csv}')")],
        [row["statement"] for row in map(json.loads, Path(lines).read_text().splitlines())],
    ]

    assert f"x:{archive.NUMBER}" in keys[0]
    assert all(one == keys[0] for one in keys)


def test_no_id_looks_like_a_number(filled: Engine, tmp_path: Path) -> None:
    """A program that guesses types would round it."""
    with writing(filled) as session:
        session.execute(
            update(models.Statement)
            .where(col(models.Statement.post_id) == archive.NUMBER)
            .values(reply_to=archive.NUMBER, reply_to_post="1", quoted_post="2", repost_of="3", account_id=2)
        )
    archive.exported(filled, tmp_path / "out")

    ids = [
        column.name
        for column in shape_of("statements", Hiding()).columns
        if column.kind in ("post", "handle")
    ]
    [row] = [
        row for row in archive.cells_of(tmp_path / "out", "statements") if archive.NUMBER in row["statement"]
    ]
    assert len(ids) > 5
    assert all(row[name].startswith("x:") for name in ids)
    frame = pandas.read_csv(tmp_path / "out" / "statements.csv")
    assert set(map(str, (frame[name].dtype for name in ids))) <= {"object", "str"}


def in_libreoffice(table: Path, *options: str) -> str:
    """A CSV file opened in LibreOffice as a spreadsheet, and saved as CSV again."""
    for source, form in ((table, "ods"), (table.with_suffix(".ods"), "csv")):
        out = table.parent if form == "ods" else table.parent / "again"
        subprocess.run(
            [
                *("soffice", f"-env:UserInstallation=file://{table.parent}/office", "--headless"),
                *(options if form == "ods" else ()),
                *("--convert-to", form, "--outdir", str(out), str(source)),
            ],
            check=True,
            capture_output=True,
        )
    return (table.parent / "again" / table.name).read_text(encoding="utf-8")


@pytest.mark.real
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here")
def test_libreoffice_keeps_ids_and_calculates_nothing(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out")

    opened = in_libreoffice(tmp_path / "out" / "statements.csv")
    assert f"x:{archive.NUMBER}" in opened
    assert "E+018" not in opened
    assert "'=HYPERLINK" in opened


def test_a_text_comes_back_as_it_was_published(filled: Engine, tmp_path: Path) -> None:
    for form in FORMATS:
        archive.exported(filled, tmp_path / form, Wish(form=form))
    with Session(filled) as session:
        texts = {f"x:{row.post_id}": row.text for row in session.exec(select(models.Statement)) if row.text}

    lines = {row["statement"]: row["text"] for row in archive.rows_of(tmp_path / "jsonl", "statements")}
    cells = {row["statement"]: row["text"] for row in archive.cells_of(tmp_path / "csv", "statements")}
    frame = polars.read_parquet(tmp_path / "parquet" / "statements.parquet")
    columns = dict(zip(frame["statement"], frame["text"], strict=True))
    for key, text in texts.items():
        assert lines[key] == columns[key] == text
        assert unguarded(cells[key]) == text.replace("\x00", "")
    assert any(len(text) == len(archive.LONG) for text in texts.values())


def test_no_cell_is_calculated_by_a_spreadsheet(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(with_codes=True))

    for table in (*EXPORTED, "hand-codes"):
        numbers = {
            column.name for column in shape_of(table, Hiding()).columns if column.unit in ("whole", "number")
        }
        for row in archive.cells_of(tmp_path / "out", table):
            for name, cell in row.items():
                assert name in numbers or cell[:1] not in tuple("=+-@\t\r"), (table, name, cell)


def test_parquet_has_types(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="parquet"))

    def types(table: str) -> dict[str, str]:
        shown = asked(f"describe select * from '{tmp_path / 'out' / table}.parquet'")
        return {row[0]: row[1] for row in shown}

    assert types("statements")["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types("statements")["repost_of"] == "VARCHAR"
    assert types("elections")["polling_date"] == "DATE"
    assert types("kinds")["types"] == "VARCHAR[]"
    assert types("candidacies")["votes"] == "BIGINT"
    assert types("candidacies")["elected"] == "BOOLEAN"
    packed = asked(
        f"select distinct compression from parquet_metadata('{tmp_path / 'out' / 'statements'}.parquet')"
    )
    assert packed == [("ZSTD",)]


def test_the_formats_say_the_same(filled: Engine, tmp_path: Path) -> None:
    for form in ("jsonl", "parquet"):
        archive.exported(filled, tmp_path / form, Wish(form=form))

    for table in EXPORTED:
        lines = archive.rows_of(tmp_path / "jsonl", table)
        frame = polars.read_parquet(tmp_path / "parquet" / f"{table}.parquet")
        assert frame.height == len(lines), table
        for name in frame.columns:
            if frame[name].dtype not in (polars.Datetime, polars.Date, polars.Float64):
                assert frame[name].to_list() == [row[name] for row in lines], (table, name)


def test_an_empty_archive_is_exported_as_empty_tables(engine: Engine, tmp_path: Path) -> None:
    for form in FORMATS:
        made = archive.exported(engine, tmp_path / form, Wish(form=form))
        assert {one.written for one in made.counts if one.table != "columns"} == {0}
    assert polars.read_parquet(tmp_path / "parquet" / "statements.parquet").height == 0


# ---- where it goes ----------------------------------------------------------------------------------


def test_an_earlier_export_is_replaced_whole(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl"))
    archive.exported(filled, tmp_path / "out", Wish(form="csv"))

    assert not list((tmp_path / "out").glob("*.jsonl"))
    assert not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize("form", ["csv", "gexf", "sqlite"])
def test_what_is_no_export_is_never_overwritten(form: str, filled: Engine, tmp_path: Path) -> None:
    if form == "csv":
        (tmp_path / "out").mkdir()
        foreign = tmp_path / "out" / "thesis.txt"
        out = tmp_path / "out"
    else:
        foreign = out = tmp_path / "thesis.txt"
    foreign.write_text("years of work")

    with pytest.raises(ForeignTarget, match=r"thesis\.txt"):
        archive.exported(filled, out, Wish(form=form))

    assert foreign.read_text() == "years of work"


def test_a_file_that_was_changed_since_is_not_overwritten(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "network.gexf"
    archive.exported(filled, out, Wish(form="gexf"))
    archive.exported(filled, out, Wish(form="gexf"))
    out.write_text(out.read_text() + "<!-- my own notes -->")

    with pytest.raises(ForeignTarget, match="changed since"):
        archive.exported(filled, out, Wish(form="gexf"))


def test_an_error_while_writing_leaves_the_earlier_export(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    archive.exported(filled, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with filled.begin() as connection:
        connection.execute(update(models.Kind).values(kind="no kind of ours"))

    with pytest.raises(ValueError, match="no kind of ours"):
        archive.exported(filled, out)

    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert not list(tmp_path.glob(".out*"))


def test_a_subset_of_everything_is_the_archive_again(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "copy.sqlite"
    archive.exported(filled, out, Wish(form="sqlite", with_codes=True, with_captures=True))

    with sqlite3.connect(tmp_path / "archive.db") as here, sqlite3.connect(out) as there:
        tables = [
            name
            for (name,) in here.execute("select name from sqlite_master where type = 'table'")
            if not name.startswith(("sqlite_", INDEX))  # what the index holds is compared by what it finds
        ]
        for name in tables:
            rows = [sorted(map(repr, one.execute(f'select * from "{name}"'))) for one in (here, there)]
            assert rows[0] == rows[1], name
        found = there.execute(f"select count(*) from {INDEX} where {INDEX} match ?", ["edited"]).fetchone()
        held = here.execute("select count(*) from statement where text like ?", ["%edited%"]).fetchone()
    assert "statement" in tables
    assert found == held != (0,)


# ---- small things -----------------------------------------------------------------------------------


@given(st.sets(st.integers(min_value=0, max_value=100_000)), st.integers(min_value=0, max_value=200_000))
def test_marks_hold_what_was_marked_and_nothing_else(numbers: set[int], asked: int) -> None:
    marks = Marks(numbers)

    assert all(number in marks for number in numbers)
    assert (asked in marks) == (asked in numbers)


def test_every_kind_can_be_asked_for(filled: Engine) -> None:
    with Session(filled) as session:
        for kind in KindName:
            choose(session, Filters(kind=kind))
