"""What is forgotten leaves entries in the log, so that the archive is verified afterwards."""

import json
from pathlib import Path

import pytest
from erasure_archive import (
    DID,
    HANDLE,
    NOON,
    OTHER_DID,
    bluesky_page,
    bluesky_view,
    fill,
    keep_live,
    quoting,
    words,
)
from injuries import readers
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select
from typer.testing import CliRunner

from archive.erasure.forgetting import Asked, forget
from archive.erasure.subjects import find_subjects
from archive.integrity.checkpoints import Checkpoint, make_checkpoint
from archive.integrity.verifying import verify
from db import open_database, writing
from db.copies import copy_archive, open_target
from db.models import Account, Capture, CaptureChange, LogEntry, Quarantine, Statement, StatementCapture
from db.snapshot import reading_one_moment
from db.words import ErasureSubject
from hustings import app


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_database(str(tmp_path / "archive.db"), create=True)
    fill(made, tmp_path, words())
    return made


def checkpoint_of(engine: Engine) -> Checkpoint:
    with reading_one_moment(engine) as session:
        return make_checkpoint(session.connection(), NOON)


def injuries(engine: Engine, checkpoint: Checkpoint | None = None) -> list[str]:
    return [str(one) for one in verify(engine, readers(), checkpoint).injuries]


def forget_theirs(engine: Engine) -> None:
    with Session(engine) as session:
        account = session.exec(select(Account.id).where(Account.platform_id == DID)).one()
        subjects = find_subjects(session, accounts=[str(account)])
    forget(engine, subjects, Asked(ErasureSubject.ACCOUNT))


def test_an_archive_is_verified_after_forgetting_from_a_checkpoint_before_it(engine: Engine) -> None:
    before = checkpoint_of(engine)
    assert injuries(engine, before) == []

    forget_theirs(engine)

    assert injuries(engine, before) == []
    with Session(engine) as session:
        changed = set(session.exec(select(CaptureChange.capture_id)))
        logged = set(
            session.exec(
                select(LogEntry.subject_id).where(
                    LogEntry.subject == "capture", col(LogEntry.event).in_(["rewritten", "erased"])
                )
            )
        )
    assert changed
    assert changed <= logged


@pytest.mark.parametrize("handle", [HANDLE, "zeb.example"])
def test_a_post_that_quoted_what_was_forgotten_tells_of_it_what_its_page_tells_now(
    tmp_path: Path, handle: str
) -> None:
    """A short handle is no run of twelve bytes: it goes with the author whom the page showed."""
    engine = open_database(str(tmp_path / "quoting.db"), create=True)
    theirs, other = words(2)[1], words(2)[0]
    for views, did in (([bluesky_view(theirs)], DID), ([quoting(other, theirs)], OTHER_DID)):
        shown = json.loads(json.dumps(views).replace(HANDLE, handle))
        keep_live(engine, "bluesky-appview", bluesky_page(shown, did), "bluesky-appview-1")
    with Session(engine) as session:
        assert session.exec(select(Statement.quoted).where(Statement.text == other.text)).one() == handle

    forget_theirs(engine)

    with Session(engine) as session:
        assert session.exec(select(Statement.quoted)).one() == DID
    assert CliRunner().invoke(app, ["--db", str(engine.url.database), "verify"]).exit_code == 0


def test_a_capture_that_goes_without_being_forgotten_is_still_found(engine: Engine) -> None:
    forget_theirs(engine)
    with writing(engine) as session:
        gone = session.exec(select(Capture.id).where(col(Capture.part_of).is_not(None))).first()
        for model in (StatementCapture, Quarantine):
            session.execute(delete(model).where(col(model.capture_id) == gone))
        session.execute(delete(Capture).where(col(Capture.id) == gone))
    assert any(one.startswith(f"capture {gone}:") for one in injuries(engine))


def test_a_copy_has_the_log_of_its_source(engine: Engine, tmp_path: Path) -> None:
    forget_theirs(engine)
    before = checkpoint_of(engine)
    copy = open_target(str(tmp_path / "copy.db"))
    copy_archive(engine, copy)
    assert injuries(copy, before) == []
    copy.dispose()
