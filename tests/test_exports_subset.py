"""A part of an archive is an archive: every command opens it, and nothing else is in it."""

import json
import sqlite3
from pathlib import Path

import example_archive as example
import exported as archive
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select
from typer.testing import CliRunner

import hustings
from analysis.exports import Filters, Wish
from analysis.outcomes.statements import statements_with_findings
from db import models, open_database
from db.subset import BLANKED, RULES

PART = Filters(contest=example.HARBOUR)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    archive.fill(engine)
    return engine


def test_every_table_of_an_archive_has_its_rule() -> None:
    assert set(RULES) == set(SQLModel.metadata.tables)
    for table, column in BLANKED:
        assert column in SQLModel.metadata.tables[table].columns


def test_a_part_holds_what_was_chosen_with_all_that_it_refers_to(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "part.sqlite"
    made = archive.exported(filled, out, Wish(form="sqlite"), PART)

    part = open_database(str(out))
    with Session(filled) as here, Session(part) as there:
        told = {
            one.key: one
            for one in statements_with_findings(here, contest=example.HARBOUR, method=example.METHOD)
        }
        found = {
            one.key: one
            for one in statements_with_findings(there, contest=example.HARBOUR, method=example.METHOD)
        }
        assert found.keys() == told.keys()
        for key, one in found.items():
            assert (one.text, one.reading, one.published) == (
                told[key].text,
                told[key].reading,
                told[key].published,
            )
        contests = there.exec(select(models.Contest.id)).all()
        posts = set(there.exec(select(models.Statement.post_id)))
    part.dispose()
    assert contests == [example.HARBOUR]
    assert "1009" not in posts, "an author of another contest"
    assert {one.table: one.difference for one in made.counts if one.difference} == {}


def test_captures_come_without_their_bytes_unless_they_are_asked_for(filled: Engine, tmp_path: Path) -> None:
    for name, with_captures in (("without", False), ("with", True)):
        out = tmp_path / f"{name}.sqlite"
        archive.exported(filled, out, Wish(form="sqlite", with_captures=with_captures), PART)
        part = open_database(str(out))
        with Session(part) as session:
            captures = session.exec(select(models.Capture).order_by(col(models.Capture.id))).all()
            assert [one.sha256[0] for one in captures] == ["f", "a"]
            assert captures[1].body == (b"some rows" if with_captures else None)
        part.dispose()


def test_hand_codes_come_only_where_they_are_asked_for(filled: Engine, tmp_path: Path) -> None:
    for name, with_codes in (("without", False), ("with", True)):
        archive.exported(filled, tmp_path / f"{name}.sqlite", Wish(form="sqlite", with_codes=with_codes))
        with sqlite3.connect(tmp_path / f"{name}.sqlite") as part:
            [[codes]] = part.execute("select count(*) from hand_code").fetchall()
        assert codes == (2 if with_codes else 0)


def test_a_part_has_no_word_of_what_was_left_out(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "part.sqlite"
    archive.exported(filled, out, Wish(form="sqlite"), Filters(person="p:pell"))

    whole = out.read_bytes()
    assert b"No time is known of this one." in whole
    assert b"Congratulations to Maren Hollis" not in whole
    assert not list(tmp_path.glob("part.sqlite-*"))


@pytest.mark.parametrize(
    "command",
    [("coverage",), ("concessions",), ("accusations",), ("account", "list"), ("review", "list"), ("init",)],
)
def test_every_command_opens_a_part(command: tuple[str, ...], filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "part.sqlite"
    archive.exported(filled, out, Wish(form="sqlite"), PART)

    done = CliRunner().invoke(hustings.app, ["--db", str(out), *command])
    assert done.exit_code == 0, done.output


def test_a_part_can_be_exported_again(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "part.sqlite"
    archive.exported(filled, out, Wish(form="sqlite"), PART)
    archive.exported(filled, out, Wish(form="sqlite"), PART)
    part = open_database(str(out))
    archive.exported(part, tmp_path / "tables", Wish(form="jsonl"), PART)
    archive.exported(filled, tmp_path / "straight", Wish(form="jsonl"), PART)
    part.dispose()

    for table in ("statements", "targets", "ratings", "kinds", "who-whom", "candidacies"):
        assert archive.rows_of(tmp_path / "tables", table) == archive.rows_of(tmp_path / "straight", table)
    manifest = json.loads((tmp_path / "part.sqlite.hustings-export.json").read_text())
    assert [one["path"] for one in manifest["files"]] == ["part.sqlite"]
