"""What could not be read can be listed, taken out, and tried again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner

import hustings
from archive.contract import Choices, Layout, LeftOut, Page, Post, Reject
from archive.importers.csv_rows import CsvImporter
from archive.importers.ndjson import NdjsonImporter
from archive.importers.opening import open_file
from archive.importers.recognising import is_csv
from archive.ingest import import_file
from archive.quarantine import Wanted, count_by_reason, find_disagreements, find_entries, raw_record
from archive.registry import IMPORTERS, Format
from db.models import Quarantine, Statement

BAD = '3,never,cy,"Sorry,\nall of you."'


class Lenient(CsvImporter):
    """A later version, which knows what `never` means."""

    name = "csv-2"

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        yield from super().parse(replace(page, body=page.body.replace(b"never", b"2024-07-05")), layout)


@pytest.fixture(name="archive")
def _archive(engine: Engine, tmp_path: Path) -> Engine:
    """Two files: of the first, a row of two lines and one without text are bad; of the second, one line."""
    csv = tmp_path / "posts.csv"
    csv.write_text(f"id,created_at,author_handle,text\n1,2024-07-05,ada,Won.\n{BAD}\n4,2024-07-05,dee,\n")
    lines = tmp_path / "more.ndjson"
    lines.write_text('{"id": "7", "created_at": "2024-07-05", "text": "Hm."}\nnot json \x07\n')
    for path, importer in ((csv, CsvImporter()), (lines, NdjsonImporter())):
        choices = Choices(platform="x" if path is csv else "bluesky")
        source = open_file(path)
        import_file(engine, source, importer, importer.plan(source, choices))
    return engine


def run(engine: Engine, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(hustings.app, ["--db", str(engine.url.database), "quarantine", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize(
    ("wanted", "positions"),
    [
        (Wanted(), ["line 3", "line 5", "line 2"]),
        (Wanted(file="posts"), ["line 3", "line 5"]),
        (Wanted(reason="NO TEXT"), ["line 5"]),
        (Wanted(platform="bluesky"), ["line 2"]),
        (Wanted(reader="csv"), ["line 3", "line 5"]),
        (Wanted(reader="csv-1"), ["line 3", "line 5"]),
        (Wanted(reader="csv-2"), []),
        (Wanted(file="100%"), []),
    ],
)
def test_rows_are_found_by_file_reason_platform_and_reader(
    archive: Engine, wanted: Wanted, positions: list[str]
) -> None:
    with Session(archive) as session:
        assert [entry.position for entry in find_entries(session, wanted)] == positions


def test_reasons_are_counted_most_first(archive: Engine) -> None:
    with Session(archive) as session:
        counts = count_by_reason(
            [*find_entries(session, Wanted()), *find_entries(session, Wanted(reason="text"))]
        )
    assert next(iter(counts.items())) == ("no text", 2)


def test_the_raw_record_is_cut_out_whole(archive: Engine) -> None:
    with Session(archive) as session:
        raw = [raw_record(session, entry) for entry in find_entries(session, Wanted())]
    assert raw == [f"{BAD}\n".encode(), b"4,2024-07-05,dee,\n", b"not json \x07\n"]


def test_a_list_shows_counts_and_rows_without_what_steers_a_terminal(archive: Engine) -> None:
    code, said = run(archive, "list")

    assert code == 0
    assert "        1  no text" in said
    assert "posts.csv" in said
    assert "3 rows" in said
    assert "\x07" not in said


def test_a_long_list_says_how_many_it_leaves_out(archive: Engine) -> None:
    assert "3 rows; 2 more: --limit" in run(archive, "list", "--limit", "1")[1]


def test_a_list_for_programs_has_the_same(archive: Engine) -> None:
    code, said = run(archive, "list", "--reader", "csv", "--json")

    told = json.loads(said)
    assert (code, told["rows"], len(told["shown"])) == (0, 2, 2)
    assert sum(told["reasons"].values()) == 2


def test_an_export_has_the_raw_records(archive: Engine, tmp_path: Path) -> None:
    target = tmp_path / "bad.ndjson"

    assert run(archive, "export", str(target))[0] == 0

    told = [json.loads(line) for line in target.read_text().splitlines()]
    assert [one["raw"] for one in told] == [f"{BAD}\n", "4,2024-07-05,dee,\n", "not json \x07\n"]
    assert told[0]["file"] == "posts.csv"
    assert run(archive, "export")[1] == target.read_text()


def test_an_export_that_cannot_be_written_leaves_nothing(archive: Engine, tmp_path: Path) -> None:
    assert run(archive, "export", str(tmp_path / "none" / "bad.ndjson"))[0] == 2
    assert not (tmp_path / "none").exists()


def test_a_retry_reads_what_can_be_read_now_and_keeps_the_rows(
    archive: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(archive, "retry")[0] == 1

    monkeypatch.setitem(IMPORTERS, "csv", Format(Lenient, is_csv, sure=False))
    code, said = run(archive, "retry", "--reason", "never")

    assert code == 0
    assert "1 left the quarantine; 0 of these rows are still in the quarantine" in said
    with Session(archive) as session:
        assert (
            session.exec(select(Statement.text).where(Statement.post_id == "3")).one()
            == "Sorry,\nall of you."
        )
        resolved = [row.resolved_by for row in session.exec(select(Quarantine).order_by("id"))]
    assert resolved == ["csv-2", None, None]
    assert "2 rows" in run(archive, "list")[1]
    assert "3 rows" in run(archive, "list", "--all")[1]


def test_an_empty_quarantine_says_so(engine: Engine) -> None:
    assert run(engine, "list") == (0, "nothing is in the quarantine\n")
    assert run(engine, "contradictions") == (0, "no source contradicts another\n")
    assert run(engine, "retry")[0] == 0


def test_contradictions_of_sources_can_be_listed(engine: Engine, tmp_path: Path) -> None:
    for number, author in enumerate(("ada", "bo")):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"id,created_at,author_handle,text\n1,2024-07-0{number + 4},{author},Won.\n")
        importer, source = CsvImporter(), open_file(path)
        import_file(engine, source, importer, importer.plan(source, Choices(platform="x")))

    with Session(engine) as session:
        found = {(one.statement, one.field, one.said) for one in find_disagreements(session)}
    assert found == {("x:1", "author", "x @bo"), ("x:1", "published_at", "2024-07-05")}
    assert "2 contradictions" in run(engine, "contradictions")[1]
