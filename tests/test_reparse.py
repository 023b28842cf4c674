"""Kept bytes read again: what is found now is stored, what was misread is corrected, and nothing is lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, SQLModel, col, select
from typer.testing import CliRunner

import hustings
from archive.captures import keep_page
from archive.contract import (
    Choices,
    Collector,
    Importer,
    Layout,
    LeftOut,
    Moment,
    Page,
    Post,
    Reject,
    UnreadablePage,
)
from archive.importers.csv_rows import CsvImporter
from archive.importers.ndjson import NdjsonImporter
from archive.importers.opening import open_file
from archive.importers.recognising import is_csv
from archive.ingest import Tally, import_file, keep_records
from archive.registry import IMPORTERS, Format
from archive.rereading import Readers, Reread, Selected, reread
from db import writing
from db.copies.rows import batches_of
from db.models import Capture, Quarantine, Reading, Round, Statement, StatementCapture, StatementVersion
from db.words import CaptureKind

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
ROWS = ("1,2024-07-05,ada,We&nbsp;won.", "2,2024-07-05,bo,Thank you.", "3,5 July 2024,cy,Sorry.")


class NewerCsv(CsvImporter):
    """A later version: it puts blanks where the earlier one left entities, and reads a written month."""

    name = "csv-2"

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        read = replace(page, body=page.body.replace(b"5 July 2024", b"2024-07-05"))
        for record in super().parse(read, layout):
            if isinstance(record, Post):
                yield replace(record, text=record.text.replace("&nbsp;", ", yes, "))
            else:
                yield record


class Bulletin:
    """A collector as far as reading goes: a post a line, `id|text`."""

    platform = "bulletin"

    def __init__(self, name: str = "bulletin-1") -> None:
        self.name = name

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        if page.body == b"nothing":
            raise UnreadablePage("no lines")
        for number, line in enumerate(page.body.decode().splitlines(), start=1):
            post_id, _, text = line.partition("|")
            if "?" in text and self.name == "bulletin-1":
                yield Reject(f"item {number}", "a question mark", line)
            else:
                text = text.rstrip("!") if self.name == "bulletin-1" else text
                yield Post("bulletin", post_id, text, f"item {number}", published=Moment(NOON))


def readers(*, csv: Importer | None = None, bulletin: str = "bulletin-1") -> Readers:
    collector = cast(Collector, Bulletin(bulletin))
    return Readers({"csv": csv or CsvImporter(), "ndjson": NdjsonImporter()}, {"bulletin": collector})


def imported(engine: Engine, tmp_path: Path, *rows: str, name: str = "posts.csv") -> Tally:
    path = tmp_path / name
    path.write_text("\n".join(["id,created_at,author_handle,text", *rows, ""]))
    importer = CsvImporter()
    source = open_file(path)
    return import_file(engine, source, importer, importer.plan(source, Choices(platform="x")))


def served(engine: Engine, body: str, *, hours: int = 0) -> int:
    """Keep a bulletin's page as a round does."""
    at = NOON.replace(hour=12 + hours)
    page = Page(f"https://bulletin.example/{hours}", body.encode(), "text/plain", at)
    with writing(engine) as session:
        capture = keep_page(session, page, "bulletin-1", None)
        keep_records(session, capture, list(Bulletin().parse(page)), seen_at=at, live=True)
    return capture


def again(engine: Engine, chosen: Readers, selected: Selected | None = None, **more: Any) -> Reread:
    return reread(engine, chosen, selected or Selected(), version="9", **more)


def texts(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        return {one.post_id: one.text for one in session.exec(select(Statement))}


def everything(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        lines = [str(row) for table in tables for rows in batches_of(connection, table) for row in rows]
    return [line for line in lines if "corrected" not in line]


def rows(engine: Engine, table: Any) -> list[Any]:
    with Session(engine) as session:
        return list(session.exec(select(table)))


def test_the_same_readers_find_the_same(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    served(engine, "7|We won!\n8|Did we?")
    before = texts(engine)

    done = again(engine, readers())

    assert done.tally == Tally(read=5, known=3, quarantined=2, noted=2)
    assert (done.captures, done.resolved, done.unread) == (2, 0, 0)
    assert texts(engine) == before
    assert rows(engine, StatementVersion) == []
    assert all(one.corrected_at is None for one in rows(engine, Statement))


def test_another_reading_of_the_same_bytes_is_no_edit(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)

    done = again(engine, readers(csv=NewerCsv()))

    assert texts(engine)["1"] == "We, yes, won."
    assert (done.tally, done.corrected) == (Tally(read=3, stored=1, known=2), 1)
    assert rows(engine, StatementVersion) == []
    [corrected] = [one for one in rows(engine, Statement) if one.corrected_at]
    assert corrected.post_id == "1"


def test_what_was_corrected_waits_for_the_analysis(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    with writing(engine) as session:
        for one in session.exec(select(Statement)):
            assert one.id is not None
            session.add(Reading(statement_id=one.id, method="m-1", text_sha256=one.text_sha256))

    again(engine, readers(csv=NewerCsv()))

    with Session(engine) as session:
        stale = select(Statement.post_id).join(Reading)
        stale = stale.where(col(Reading.text_sha256) != col(Statement.text_sha256))
        assert session.exec(stale).all() == ["1"]


def test_a_second_run_of_a_new_reader_finds_nothing_new(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    again(engine, readers(csv=NewerCsv()))
    before = texts(engine)

    done = again(engine, readers(csv=NewerCsv()))

    assert done.tally == Tally(read=3, known=3)
    assert texts(engine) == before


def test_what_is_read_now_leaves_the_quarantine_and_its_row_stays(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)

    done = again(engine, readers(csv=NewerCsv()))

    [row] = rows(engine, Quarantine)
    assert (done.resolved, row.resolved_by) == (1, "csv-2")
    assert row.resolved_at is not None
    assert texts(engine)["3"] == "Sorry."


def test_what_an_older_reader_cannot_read_is_open_again(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    again(engine, readers(csv=NewerCsv()))

    again(engine, readers())

    assert [row.resolved_at for row in rows(engine, Quarantine)] == [None]
    assert "3" in texts(engine)


def test_links_say_which_reader_read_last(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    assert {link.read_by for link in rows(engine, StatementCapture)} == {None}

    again(engine, readers(csv=NewerCsv()))

    assert {link.read_by for link in rows(engine, StatementCapture)} == {"csv-2"}


def test_a_text_that_another_source_has_too_is_not_corrected(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    path = tmp_path / "posts.ndjson"
    path.write_text(json.dumps({"id": "1", "created_at": "2024-07-05", "text": "We&nbsp;won."}) + "\n")
    importer, source = NdjsonImporter(), open_file(path)
    import_file(engine, source, importer, importer.plan(source, Choices(platform="x")))

    done = again(engine, readers(csv=NewerCsv()))

    assert done.corrected == 0
    assert "We&nbsp;won." in {texts(engine)["1"], *(one.text for one in rows(engine, StatementVersion))}


def test_an_earlier_text_that_was_misread_is_corrected_in_its_place(engine: Engine) -> None:
    served(engine, "7|We won!")
    served(engine, "7|We lost!", hours=1)

    again(engine, readers(bulletin="bulletin-2"))

    assert texts(engine) == {"7": "We lost!"}
    assert [one.text for one in rows(engine, StatementVersion)] == ["We won!"]


def test_pages_of_no_posts_are_passed_over(engine: Engine) -> None:
    with writing(engine) as session:
        keep_page(
            session, Page("https://bulletin.example/me", b"nothing", "text/plain", NOON), "bulletin-1", None
        )

    assert again(engine, readers()) == Reread(last=1)
    assert rows(engine, Quarantine) == []


def test_what_no_reader_of_this_release_reads_is_counted(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)

    done = again(engine, Readers({}, {}))

    assert (done.unread, done.captures) == (1, 0)
    assert len(texts(engine)) == 2


def test_damaged_bytes_are_counted_and_change_nothing(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    with writing(engine) as session:
        session.execute(update(Capture).where(col(Capture.kind) == CaptureKind.PART).values(sha256="0" * 64))
    before = texts(engine)

    assert again(engine, readers(csv=NewerCsv())).unread == 1
    assert texts(engine) == before


def test_a_trial_run_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    imported(engine, tmp_path, *ROWS)
    before = everything(engine)

    done = again(engine, readers(csv=NewerCsv()), dry_run=True)

    assert (done.tally.stored, done.corrected, done.resolved) == (1, 1, 1)
    assert everything(engine) == before


@pytest.mark.parametrize(
    ("selected", "read"),
    [
        (Selected(reader="csv"), 3),
        (Selected(reader="csv-1"), 3),
        (Selected(reader="csv-2"), 0),
        (Selected(platform="bulletin"), 1),
        (Selected(since=datetime(2024, 7, 6, tzinfo=UTC)), 3),
        (Selected(reader="bulletin", since=datetime(2024, 7, 5, tzinfo=UTC)), 1),
    ],
)
def test_a_run_may_be_of_a_part(engine: Engine, tmp_path: Path, selected: Selected, read: int) -> None:
    imported(engine, tmp_path, *ROWS[:2], "4,2024-07-05,dee,Well done.")
    served(engine, "7|We won!")

    assert again(engine, readers(), selected).tally.read == read


def test_a_run_that_was_stopped_goes_on_where_it_was(engine: Engine, tmp_path: Path) -> None:
    for number in range(4):
        imported(engine, tmp_path, f"{number},2024-07-05,ada,We&nbsp;won.", name=f"{number}.csv")
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    cut_short = again(engine, readers(csv=NewerCsv()), stop=stop)
    whole = again(engine, readers(csv=NewerCsv()))

    assert (cut_short.stopped, cut_short.captures) == (True, 2)
    assert (whole.tally, whole.corrected) == (Tally(read=4, known=4), 4)
    [entry] = rows(engine, Round)
    assert (entry.outcome, entry.counts["captures"]) == ("done", 4)


def test_parts_that_an_older_release_kept_are_read_at_their_lines(engine: Engine, tmp_path: Path) -> None:
    long = [f"{number},2024-07-05,ada,{'y' * 900} {number}" for number in range(2500)]
    imported(engine, tmp_path, *long, "2500,never,ada,Late.")
    with writing(engine) as session:
        session.execute(update(Capture).where(col(Capture.kind) == CaptureKind.PART).values(options=None))
    before = {(link.statement_id, link.position) for link in rows(engine, StatementCapture)}

    done = again(engine, readers())

    assert done.captures > 1
    assert done.tally == Tally(read=2501, known=2500, quarantined=1, noted=1)
    assert {(link.statement_id, link.position) for link in rows(engine, StatementCapture)} == before
    assert [row.position for row in rows(engine, Quarantine)] == ["line 2502"]


# ---- the commands -----------------------------------------------------------------------------------------


def run(engine: Engine, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(hustings.app, ["--db", str(engine.url.database), *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_reparse_says_what_became_of_every_record(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(engine, tmp_path, *ROWS)
    assert run(engine, "reparse") == (
        1,
        "1 captures: read 3 = stored 0 + known 2 + quarantined 1 (1 of them before)\n",
    )

    monkeypatch.setitem(IMPORTERS, "csv", Format(NewerCsv, is_csv, sure=False))
    trial, said = run(engine, "reparse", "--dry-run")
    code, done = run(engine, "reparse", "--reader", "csv", "--json")

    assert (trial, said.split(":")[0]) == (0, "would be")
    assert code == 0
    summary = json.loads(done)
    assert summary["tally"]["read"] == summary["tally"]["stored"] + summary["tally"]["known"] == 3
    assert summary["resolved"] == 1


def test_reparse_refuses_what_is_no_archive(tmp_path: Path) -> None:
    result = CliRunner().invoke(hustings.app, ["--db", str(tmp_path / "none.db"), "reparse"])
    assert result.exit_code == 2
    assert "no database" in result.stderr
