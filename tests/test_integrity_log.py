"""The log: an entry for all that is kept, in its transaction, and for whatever becomes of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from example_archive import fill
from kept_archive import build, said, verified
from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col, select

from archive.captures import keep_page
from archive.contract import Page
from archive.integrity.log import log_erased, log_rewritten
from archive.integrity.records import check_log, check_records
from archive.integrity.reporting import Findings
from db import open_database, writing
from db.log import log_new, record_of
from db.migrate import bring_up_to_date
from db.models import Account, Capture, LogEntry, Observation, Statement
from db.words import LogEvent, State

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)


def page(number: int, **context: str) -> Page:
    return Page(
        f"https://bulletin.example/{number}", f"page {number}".encode(), "text/plain", NOON, context=context
    )


def keep(engine: Engine, *numbers: int) -> list[int]:
    with writing(engine) as session:
        return [keep_page(session, page(number), "bulletin-1", None) for number in numbers]


def entries(engine: Engine) -> list[tuple[str, int, str]]:
    with Session(engine) as session:
        rows = session.exec(select(LogEntry).order_by(col(LogEntry.id)))
        return [(row.subject, row.subject_id, row.event) for row in rows]


def injuries(engine: Engine) -> list[str]:
    """What the log and the records say alone."""
    found = Findings()
    with Session(engine) as session:
        check_log(session.connection(), found, None)
        check_records(session, found, lambda done, total: None)
    return [str(one) for one in found.injuries]


def test_what_is_kept_is_logged_in_its_transaction(engine: Engine) -> None:
    assert keep(engine, 1, 2) == [1, 2]
    with writing(engine) as session:
        session.add(Account(id=1, platform="x", platform_id="11"))
        session.flush()
        session.add(Observation(account_id=1, state=State.ACTIVE))

    assert entries(engine) == [("capture", 1, "kept"), ("capture", 2, "kept"), ("observation", 1, "kept")]
    assert injuries(engine) == []


def test_what_is_rolled_back_leaves_no_entry(engine: Engine) -> None:
    def cut_off() -> None:
        with writing(engine) as session:
            keep_page(session, page(1), "bulletin-1", None)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_off()

    assert entries(engine) == []


def test_the_same_page_again_is_no_second_entry(engine: Engine) -> None:
    assert keep(engine, 1) == keep(engine, 1)
    assert entries(engine) == [("capture", 1, "kept")]


def test_a_rewritten_capture_is_verified_as_it_is_now(engine: Engine) -> None:
    keep(engine, 1, 2)
    with writing(engine) as session:
        session.execute(
            update(Capture).where(col(Capture.id) == 1).values(source="https://bulletin.example/")
        )
    assert injuries(engine) == ["capture 1: is not what entry 1 of the log was made of: a column was changed"]

    with writing(engine) as session:
        log_rewritten(session, [1])

    assert entries(engine)[2:] == [("capture", 1, "rewritten")]
    assert injuries(engine) == []


def test_rows_that_came_by_another_way_are_logged_by_the_next_who_writes(engine: Engine) -> None:
    keep(engine, 1)
    with Session(engine) as session:
        fields = session.get_one(Capture, 1).model_dump(exclude={"id", "source"})
        session.add_all([Capture(**fields, source=f"https://bulletin.example/{one}") for one in (2, 3)])
        session.commit()
        assert log_new(session.connection()) == 2
        assert log_new(session.connection()) == 0
        session.commit()

    assert entries(engine) == [("capture", one, "kept") for one in (1, 2, 3)]
    assert injuries(engine) == []


def test_a_row_that_was_rewritten_is_not_kept_a_second_time(engine: Engine) -> None:
    keep(engine, 1)
    with writing(engine) as session:
        log_rewritten(session, [1])
    keep(engine, 2)

    assert entries(engine) == [("capture", 1, "kept"), ("capture", 1, "rewritten"), ("capture", 2, "kept")]


def test_rows_that_were_not_rewritten_get_no_entry(engine: Engine) -> None:
    keep(engine, 1, 2, 3)
    with writing(engine) as session:
        assert log_rewritten(session, [3, 2, 3]) == 2

    assert entries(engine)[3:] == [("capture", 2, "rewritten"), ("capture", 3, "rewritten")]
    assert injuries(engine) == []


def test_an_erased_capture_leaves_its_digest_and_the_log_verifies(engine: Engine) -> None:
    keep(engine, 1, 2)
    with writing(engine) as session:
        log_erased(session, [1])
        session.execute(delete(Capture).where(col(Capture.id) == 1))

    assert injuries(engine) == []
    with Session(engine) as session:
        kept, erased = session.exec(select(LogEntry.digest).where(LogEntry.subject_id == 1)).all()
        assert kept == erased
        text = json.dumps([row.model_dump() for row in session.exec(select(LogEntry))])
    assert "bulletin.example" not in text


def test_a_number_that_is_given_out_again_is_logged_again(engine: Engine) -> None:
    """SQLite gives the highest number again once its row is gone."""
    keep(engine, 1, 2, 3)
    with writing(engine) as session:
        log_erased(session, [2, 3])
        session.execute(delete(Capture).where(col(Capture.id) >= 2))
    keep(engine, 4, 5)

    assert entries(engine)[5:] == [("capture", 2, "kept"), ("capture", 3, "kept")]
    assert injuries(engine) == []


def test_an_erased_capture_that_is_there_is_found(engine: Engine) -> None:
    keep(engine, 1)
    with Session(engine) as session:
        row = session.get_one(Capture, 1).model_dump()
    with writing(engine) as session:
        log_erased(session, [1])
        session.execute(delete(Capture).where(col(Capture.id) == 1))
    with Session(engine) as session:
        session.add(Capture(**row))
        session.commit()

    assert injuries(engine) == ["capture 1: was erased, says entry 2 of the log, and is there"]


def test_a_row_that_was_put_in_beside_the_log_is_found(engine: Engine) -> None:
    keep(engine, 1)
    with Session(engine) as session:
        forged = session.get_one(Capture, 1).model_dump(exclude={"id"})
        session.add(Capture(**forged))
        session.commit()

    assert injuries(engine) == [
        "capture 2: is not in the log: it was put in by another way, or its entry was removed"
    ]


def test_observations_of_statements_that_are_joined_are_logged_again(engine: Engine) -> None:
    from archive.chains import join_statements
    from archive.meeting import Origin
    from archive.precedence import SourceKind

    fill(engine)
    with writing(engine) as session:
        keep_, drop = session.exec(select(Statement).where(Statement.platform == "x").limit(2)).all()
        session.add(Observation(statement_id=drop.id, state=State.ACTIVE))
    before = len(entries(engine))
    with writing(engine) as session:
        one, other = (session.get_one(Statement, it.id) for it in (keep_, drop))
        join_statements(session, one, other, Origin(1, "x-1", SourceKind.PLATFORM, NOON))

    [moved] = [it for it in entries(engine)[before:] if it[0] == "observation"]
    assert moved[2] == "rewritten"
    assert not [one for one in injuries(engine) if one.startswith("observation")]


def test_observations_of_accounts_that_are_merged_are_logged_again(engine: Engine) -> None:
    from archive.account_merging import merge_accounts

    with writing(engine) as session:
        session.add_all([Account(id=1, platform="x", platform_id="11"), Account(id=2, platform="x")])
        session.flush()
        session.add(Observation(account_id=2, state=State.ACTIVE))
    with writing(engine) as session:
        merge_accounts(session, session.get_one(Account, 1), session.get_one(Account, 2), at=NOON)

    assert entries(engine) == [("observation", 1, "kept"), ("observation", 1, "rewritten")]
    assert injuries(engine) == []


def test_an_older_archive_gets_entries_of_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    build(path, tmp_path)
    engine = open_database(str(path))
    now = entries(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE log_entry")
        connection.exec_driver_sql("UPDATE hustings_schema SET version_num = '0010'")
    bring_up_to_date(engine, path)

    upgraded = entries(engine)
    engine.dispose()
    assert sorted(upgraded) == sorted(now)
    assert [one for one in upgraded if one[0] == "capture"] == upgraded[: len(upgraded) - 6]
    assert said(verified(path)) == []


def test_a_record_is_canonical_json_without_the_bytes() -> None:
    row: dict[str, Any] = dict.fromkeys(("encoding", "part_of", "number", "reader", "round_id"))
    row |= {
        "id": 7,
        "kind": "page",
        "source": "https://bulletin.example/é",
        "media_type": "text/plain",
        "retrieved_at": NOON,
        "sha256": "ab",
        "size": 1,
        "body": b"x",
        "options": {"b": 1, "a": 2},
    }

    assert record_of("capture", row).decode() == (
        '{"encoding":null,"id":7,"kind":"page","media_type":"text/plain","number":null,'
        '"options":{"a":2,"b":1},"part_of":null,"reader":null,"record":"capture-1",'
        '"retrieved_at":"2024-07-05T12:00:00.000000+00:00","round_id":null,"sha256":"ab","size":1,'
        '"source":"https://bulletin.example/é",'
        '"stored_sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}'
    )


def test_events_are_those_that_the_table_checks() -> None:
    assert {str(one) for one in LogEvent} == {"kept", "rewritten", "erased"}
