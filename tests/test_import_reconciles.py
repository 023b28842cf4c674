"""Every format's closing line adds up: read = stored + known + quarantined.

What is read of each file of `fixtures/imports` stands in its `expected.csv`: a format that is added there is
held to all promises below.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from archive.captures import file_bytes
from archive.contract import Choices
from archive.importers.records.table import RECORD_FORMATS, ROW_FORMATS
from archive.imports import ImportedFile, import_planned, import_statements, plan_files
from archive.ingest import Tally
from archive.registry import IMPORTERS
from db.models import Capture, Quarantine, Statement
from db.words import CaptureKind

FIXTURES = Path(__file__).parent / "fixtures" / "imports"


@dataclass(frozen=True)
class Expected:
    """One line of the table."""

    path: Path
    format: str | None
    choices: Choices
    tally: Tally


def _expected() -> Iterator[Any]:
    with (FIXTURES / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stored, known, bad = (int(row[name]) for name in ("stored", "known", "quarantined"))
            choices = Choices(
                platform=row["platform"] or None,
                time_zone=row["timezone"] or None,
                author=row["author"] or None,
            )
            tally = Tally(stored + known + bad, stored, known, bad)
            yield pytest.param(
                Expected(FIXTURES / row["path"], row["format"] or None, choices, tally), id=row["path"]
            )


EXPECTED = list(_expected())


def imported(engine: Engine, expected: Expected) -> list[ImportedFile]:
    found = import_statements(engine, expected.path, format=expected.format, choices=expected.choices)
    return [file for file in found if file.left_out is None]


@pytest.mark.parametrize("expected", EXPECTED)
def test_what_is_read_is_stored_or_known_or_quarantined(engine: Engine, expected: Expected) -> None:
    files = imported(engine, expected)

    for file in files:
        assert file.tally.read == file.tally.stored + file.tally.known + file.tally.quarantined
        assert file.tally.read > 0
    total = sum((file.tally for file in files), Tally())
    assert (total.stored, total.known, total.quarantined) == (
        expected.tally.stored,
        expected.tally.known,
        expected.tally.quarantined,
    )
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Statement)).one() == total.stored
        assert session.exec(select(func.count()).select_from(Quarantine)).one() == total.quarantined


@pytest.mark.parametrize("expected", EXPECTED)
def test_a_second_import_knows_all_that_the_first_one_read(engine: Engine, expected: Expected) -> None:
    first = sum((file.tally for file in imported(engine, expected)), Tally())

    second = sum((file.tally for file in imported(engine, expected)), Tally())

    assert (second.stored, second.known) == (0, first.stored + first.known)
    assert second.quarantined == first.quarantined


@pytest.mark.parametrize("expected", EXPECTED)
def test_the_bytes_of_every_file_are_kept_as_they_were_but_for_private_records(
    engine: Engine, expected: Expected
) -> None:
    """The lines of a record that was not published stay, empty."""
    plan = plan_files([expected.path], format=expected.format, choices=expected.choices)
    done = import_planned(engine, plan)
    private = any(reason.startswith("private") for file in done for reason in file.tally.left_out)

    with Session(engine) as session:
        for file in plan.files:
            found = select(Capture).where(
                Capture.kind == CaptureKind.FILE, Capture.source == file.source.name
            )
            kept = session.exec(found).one()
            with file.source.open() as opened:
                came, there = opened.read(), b"".join(file_bytes(session, kept.id))
            assert (came == there) is not private
            lines = zip(came.split(b"\n"), there.split(b"\n"), strict=True)
            assert all(before == now or not now.strip(b" ,") for before, now in lines)


def test_every_format_is_in_the_table_of_what_is_expected(engine: Engine) -> None:
    for one in EXPECTED:
        imported(engine, one.values[0])
    with Session(engine) as session:
        kept = session.exec(select(Capture).where(col(Capture.kind) == CaptureKind.FILE)).all()
        readers = {capture.reader for capture in kept}
        records = {str((capture.options or {}).get("record")) for capture in kept}

    assert {format.make().name for format in IMPORTERS.values()} <= readers
    assert {one.name for table in (RECORD_FORMATS, ROW_FORMATS) for one in table.values()} <= records
