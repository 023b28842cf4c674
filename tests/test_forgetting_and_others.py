"""Forgetting beside everything else: unreadable pages, other people's records, evidence, running work."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from erasure_archive import (
    DID,
    NOON,
    bluesky_page,
    bluesky_uri,
    bluesky_view,
    import_text,
    keep_live,
    ndjson,
    remaining,
    words,
)
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from analysis.findings import analyse
from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.running import reading
from analysis.sentiment import scorer_for
from archive.captures import keep_page, plain_bytes
from archive.contract import Page
from archive.erasure.forgetting import Asked, finish, forget
from archive.erasure.screening import keep_evidence
from archive.erasure.subjects import find_subjects
from db import open_database, writing
from db.models import Capture, Quarantine, Reading, Statement, StatementAlias
from db.words import ErasureSubject


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(str(tmp_path / "archive.db"), create=True)


def forget_one(engine: Engine, named: str) -> None:
    with Session(engine) as session:
        subjects = find_subjects(session, statements=[named])
    forget(engine, subjects, Asked(ErasureSubject.STATEMENT))
    finish(engine)


def bodies(engine: Engine) -> list[bytes]:
    with Session(engine) as session:
        kept = select(Capture).where(col(Capture.body).is_not(None)).order_by(col(Capture.id))
        return [plain_bytes(one) for one in session.exec(kept)]


def test_a_page_that_cannot_be_read_goes_with_what_it_holds_of_the_forgotten(engine: Engine) -> None:
    theirs = words(2)[1]
    keep_live(engine, "bluesky-appview", bluesky_page([bluesky_view(theirs)], DID), "bluesky-appview-1")
    whole = bluesky_page([bluesky_view(theirs)], DID)
    with writing(engine) as session:
        keep_page(session, replace(whole, body=whole.body[:-9]), "bluesky-appview-1", None)

    forget_one(engine, f"bluesky:{bluesky_uri(theirs.number)}")

    assert not any(b"Zebulon says" in body for body in bodies(engine))


def test_an_id_that_stands_in_somebody_elses_record_costs_no_page(engine: Engine, tmp_path: Path) -> None:
    entries = words(4)
    import_text(engine, tmp_path / "posts.ndjson", ndjson(entries))
    forget_one(engine, "x:900001")
    others = [
        {
            "id": f"8{number}",
            "text": f"Ward {number} counts.",
            "created_at": "2024-07-06",
            "author": "ora",
        }
        for number in range(5)
    ]
    others[2]["source_post"] = "900001"
    text = "".join(json.dumps(one) + "\n" for one in others)

    import_text(engine, tmp_path / "others.ndjson", text)

    assert text.encode() in bodies(engine)


def test_a_record_that_cannot_be_read_again_brings_no_words_back(engine: Engine, tmp_path: Path) -> None:
    entries = words(4)
    import_text(engine, tmp_path / "posts.ndjson", ndjson(entries))
    forget_one(engine, "x:900001")
    text = ndjson(entries)
    lines = text.splitlines()
    lines[1] = lines[1].replace("2024-07-05T12:00:00Z", "soon")

    import_text(engine, tmp_path / "again.ndjson", "\n".join(lines) + "\n")

    with Session(engine) as session:
        assert not any("Zebulon" in (row.excerpt or "") for row in session.exec(select(Quarantine)))


def test_evidence_is_kept_without_what_was_forgotten(engine: Engine) -> None:
    other, theirs = words(2)
    page = bluesky_page([bluesky_view(theirs)], DID)
    keep_live(engine, "bluesky-appview", page, "bluesky-appview-1")
    forget_one(engine, f"bluesky:{bluesky_uri(theirs.number)}")

    both = bluesky_page([bluesky_view(theirs), bluesky_view(other)], DID)
    with writing(engine) as session:
        keep_evidence(session, both, "bluesky-appview-1", None)

    kept = b"".join(bodies(engine))
    assert b"Zebulon says" not in kept
    assert b"Orla writes" in kept


def test_words_that_somebody_repeats_in_a_post_of_his_own_stay_in_it(engine: Engine, tmp_path: Path) -> None:
    said = words(2)[1].text
    repeated = {"id": "81", "text": f"He said: {said} Really?", "created_at": "2024-07-06", "author": "ora"}
    import_text(engine, tmp_path / "posts.ndjson", ndjson(words(2)))
    import_text(engine, tmp_path / "others.ndjson", json.dumps(repeated) + "\n")

    forget_one(engine, "x:900001")

    assert sorted(remaining(engine)) == sorted([words(2)[0].text, repeated["text"]])
    posts, others = bodies(engine)
    assert b"Zebulon says" not in posts
    assert json.loads(others) == repeated


def test_a_statement_is_named_by_the_id_of_a_later_edit(engine: Engine, tmp_path: Path) -> None:
    import_text(engine, tmp_path / "posts.ndjson", ndjson(words(4)))
    with writing(engine) as session:
        number = session.exec(select(Statement.id).where(Statement.post_id == "900001")).one()
        assert number is not None
        session.add(StatementAlias(platform="x", post_id="900099", statement_id=number))

    forget_one(engine, "x:900099")

    assert len(remaining(engine)) == 3


def test_what_is_forgotten_while_it_is_analysed_leaves_no_finding(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_text(engine, tmp_path / "posts.ndjson", ndjson(words(4)))
    with Session(engine) as session:
        reader = Reader(load_roster(session), scorer_for("vader"))
    read_range = reading.read_range

    def read_while_somebody_forgets(*asked: object) -> object:
        found = read_range(*asked)  # type: ignore[arg-type]
        forget_one(engine, "x:900003")
        # SQLite gives the number of the newest statement, which went, out again.
        import_text(engine, tmp_path / "new.ndjson", ndjson([replace(words(1)[0], number=77)]))
        return found

    monkeypatch.setattr("analysis.findings.read_range", read_while_somebody_forgets)
    analyse(engine, reader)

    with Session(engine) as session:
        pairs = select(Reading.text_sha256, Statement.text_sha256).join(Statement)
        assert all(read == there for read, there in session.exec(pairs))
        assert len(session.exec(select(Reading)).all()) == 3


def test_evidence_is_kept_as_it_came_where_nothing_was_forgotten(engine: Engine) -> None:
    page = Page("https://pds.example/xrpc/x", b"{}", "application/json", NOON)
    with writing(engine) as session:
        keep_evidence(session, page, "bluesky-1", None)
    assert bodies(engine) == [b"{}"]
