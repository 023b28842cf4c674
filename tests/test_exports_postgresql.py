"""An export from a real PostgreSQL server says the same as one from SQLite."""

from collections.abc import Iterator
from pathlib import Path

import example_archive as example
import exported as archive
import pytest
from postgresql_server import new_database, postgresql_server
from sqlalchemy import Engine

import db
from analysis.exports import Filters, Wish
from analysis.exports.errors import UnfitFormat

pytestmark = pytest.mark.real

SEEN = ("first_seen_at", "seen_at", "observed_at", "coded_at", "updated_at", "checked_at")
"""Columns that hold when the test ran."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


def tables(engine: Engine, out: Path, filters: Filters) -> dict[str, list[dict[str, object]]]:
    archive.exported(engine, out, Wish(form="jsonl", with_codes=True), filters)
    return {
        path.stem: [
            {name: value for name, value in row.items() if name not in SEEN}
            for row in archive.rows_of(out, path.stem)
        ]
        for path in out.glob("*.jsonl")
    }


def test_an_export_is_the_same_as_from_sqlite(
    server: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL holds no NUL in a text: the archive's own readers leave it out, too."""
    monkeypatch.setattr(
        archive, "HOSTILE", {key: text.replace("\0", " ") for key, text in archive.HOSTILE.items()}
    )
    monkeypatch.setattr(example, "HOSTILE", example.HOSTILE.replace("\0", " "))
    there = db.open_database(new_database(server, "exports"), create=True)
    try:
        archive.fill(engine)
        archive.fill(there)
        for number, filters in enumerate(
            (Filters(), Filters(kind="victory", method="reader-1"), Filters(person="p:tobias"))
        ):
            here = tables(engine, tmp_path / f"here{number}", filters)
            assert tables(there, tmp_path / f"there{number}", filters) == here
            assert here["statements"]
        archive.exported(there, tmp_path / "network.gexf", Wish(form="gexf"))
        with pytest.raises(UnfitFormat, match="PostgreSQL"):
            archive.exported(there, tmp_path / "part.sqlite", Wish(form="sqlite"))
    finally:
        there.dispose()
