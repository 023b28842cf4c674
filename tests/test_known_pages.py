"""A page that was read before is not looked at again where all that it tells is in its place; else it is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import test_copies
from sqlalchemy import Engine, update
from sqlmodel import Session, select
from test_import_reconciles import EXPECTED, Expected, imported

from archive import ingest
from archive.contract import Choices, Post, Reject
from archive.importers import files
from archive.imports import ImportedFile, import_statements, plan_files
from archive.known_pages import tells_nothing_new
from db import writing
from db.models import Person, Quarantine, Round, Statement, StatementVersion
from db.release import release

TELLING = ("round", "log_entry")
"""Tables that tell of each import."""

POSTS = "id,created_at,author_handle,text\n" + "".join(
    f"{n},2024-07-05T04:{n:02}:00Z,ada{n % 3},Post number {n} of the night.\n" for n in range(40)
)


X = Choices(platform="x")


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text(POSTS)
    return path


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that tell of each import."""
    return {name: rows for name, rows in test_copies.everything(engine).items() if name not in TELLING}


def again(engine: Engine, path: Path) -> ImportedFile:
    [file] = import_statements(engine, path, format="csv", choices=X)
    return file


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each page that may be known, whether it was looked at again."""
    asked: list[bool] = []

    def noted(session: Session, capture_id: int, records: Sequence[Post | Reject]) -> bool:
        found = tells_nothing_new(session, capture_id, records)
        asked.append(not found)
        return found

    monkeypatch.setattr("archive.ingest.tells_nothing_new", noted)
    return asked


@pytest.mark.parametrize("is_looked_at", [True, False])
@pytest.mark.parametrize("expected", EXPECTED)
def test_to_import_a_file_again_changes_nothing(
    engine: Engine, expected: Expected, monkeypatch: pytest.MonkeyPatch, is_looked_at: bool
) -> None:
    imported(engine, expected)
    before = everything(engine)

    if is_looked_at:
        monkeypatch.setattr("archive.ingest.tells_nothing_new", lambda *_: False)
    imported(engine, expected)

    assert everything(engine) == before


def test_a_page_of_which_all_is_in_its_place_is_told_as_known_to_the_record(
    engine: Engine, posts: Path, looked_at: list[bool]
) -> None:
    again(engine, posts)

    file = again(engine, posts)

    assert looked_at == [False]
    assert (file.tally.read, file.tally.stored, file.tally.known) == (40, 0, 40)


def test_a_new_file_is_looked_at_without_being_asked_for(
    engine: Engine, posts: Path, looked_at: list[bool]
) -> None:
    assert again(engine, posts).tally.stored == 40
    assert looked_at == []


def test_another_release_looks_again(engine: Engine, posts: Path, looked_at: list[bool]) -> None:
    again(engine, posts)
    with writing(engine) as session:
        session.execute(update(Round).values(version="0.0.1"))

    assert again(engine, posts).tally.known == 40

    assert looked_at == [True]


def test_a_text_that_was_edited_since_is_weighed_again(
    engine: Engine, posts: Path, looked_at: list[bool]
) -> None:
    again(engine, posts)
    other = posts.with_name("other.csv")
    other.write_text(POSTS.replace("Post number 7", "Edited number 7"))
    again(engine, other)
    looked_at.clear()
    before = everything(engine)

    again(engine, posts)

    assert looked_at == [True]
    assert everything(engine) == before
    with Session(engine) as session:
        assert len(session.exec(select(StatementVersion)).all()) == 1


def test_what_nobody_could_read_may_be_readable_by_now(
    engine: Engine, tmp_path: Path, looked_at: list[bool]
) -> None:
    path = tmp_path / "named.csv"
    path.write_text("id,created_at,author_handle,person_id,text\n1,2024-07-05T04:00:00Z,ada,p:ada,We won.\n")
    assert again(engine, path).tally.quarantined == 1
    with writing(engine) as session:
        session.add(Person(id="p:ada", name="Ada Quill"))

    assert again(engine, path).tally.stored == 1

    assert looked_at == [True]
    with Session(engine) as session:
        assert session.exec(select(Statement.person_id)).one() == "p:ada"
        assert session.exec(select(Quarantine.reason)).one().startswith("person_id")


def test_who_is_only_named_is_looked_up_again(engine: Engine, tmp_path: Path, looked_at: list[bool]) -> None:
    path = tmp_path / "spoken.csv"
    path.write_text("id,created_at,author_name,text\n1,2024-07-05T04:00:00Z,Ada Quill,We won.\n")
    import_statements(engine, path, format="csv", choices=X)

    import_statements(engine, path, format="csv", choices=X)

    assert looked_at == [True]


def test_an_import_that_was_cut_short_stores_what_is_missing(
    engine: Engine, posts: Path, looked_at: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first page is known, and the next ones are not."""
    monkeypatch.setattr(files, "PAGE_BYTES", 400)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    [file] = plan_files([posts], format="csv", choices=X).files
    with pytest.raises(KeyboardInterrupt):
        ingest.import_file(
            *(engine, file.source, file.importer, file.layout),
            round_id=ingest.begin_round(engine, "import", release()),
            progress=stop,
        )
    with Session(engine) as session:
        stored = len(session.exec(select(Statement.id)).all())
    assert 0 < stored < 40

    file_again = again(engine, posts)

    assert (file_again.tally.stored, file_again.tally.known) == (40 - stored, stored)
    assert False in looked_at
    assert True in looked_at
