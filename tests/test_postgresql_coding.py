"""Hand coding in a real PostgreSQL server: the same figures as on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import coded_archive as archive
import pytest
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine
from sqlmodel import Session

import db
from analysis.contract import KindName
from analysis.evaluation.accuracy import accuracy_of
from analysis.evaluation.agreeing import agreement_of
from analysis.evaluation.correcting import By, corrected
from analysis.evaluation.drawing import Plan, draw_sample
from analysis.evaluation.loading import load_sheets
from analysis.evaluation.sheets import write_sheet
from db.words import SampleDesign

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


def figures(engine: Engine, folder: Path) -> object:
    """Everything that hand codes tell, from drawing to the corrected count."""
    archive.ballot(engine)
    archive.sixty(engine)
    draw_sample(engine, Plan("first", SampleDesign.BY_KIND, 24, 1, archive.METHOD))
    folder.mkdir()
    sheet = folder / "sheet.csv"
    with Session(engine) as session:
        write_sheet(session, "first", sheet)
    for coder, digits in (("ada", "01"), ("bo", "012")):
        rows = archive.rows_in(sheet)
        for row in rows:
            row["thanks" if row["statement"][-1] in digits else "other"] = "x"
            row["note"] = "a character \0 that no text column takes"
        load_sheets(engine, [archive.write_rows(folder / f"{coder}.csv", rows)], coder=coder)
    with Session(engine) as session:
        return (
            agreement_of(session, "first"),
            accuracy_of(session, archive.METHOD, reference="ada"),
            corrected(session, "first", KindName.THANKS, reference="bo", by=By.PARTY),
        )


def test_hand_codes_say_the_same_as_on_sqlite(server: str, engine: Engine, tmp_path: Path) -> None:
    there = db.open_database(new_database(server, "coding"), create=True)
    try:
        assert figures(there, tmp_path / "postgresql") == figures(engine, tmp_path / "sqlite")
    finally:
        there.dispose()
