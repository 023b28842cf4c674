"""What collectors keep, verified: archives of every platform are whole, and go out and in as WARC."""

from pathlib import Path
from typing import Any

import pytest
from platforms import FAKES, fake_of, keep_account, one_round
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from warc_files import API, answered
from world import World

from archive.collecting import Means
from archive.importers.opening import open_file
from archive.imports import import_statements
from archive.integrity.verifying import verify
from archive.integrity.warc_export import Exported, export_warc
from archive.rereading import Readers, readers_of_release
from db import open_database
from db.models import Account, Capture, Statement, now
from db.words import CaptureKind

ROUNDS = 3
REACHABLE = ("bluesky", "bluesky-appview", "mastodon", "feed")
"""Collectors whose answers are known for what they are whatever server they come from."""

SAME = (
    "text",
    "published_at",
    "published_precision",
    "url",
    "lang",
    "reply_to_post",
    "quoted_post",
    "repost_of",
)


def readers() -> Readers:
    """Those of this release."""
    return readers_of_release(lambda name: Means({}, chosen=(name,)).collectors())


def collected(engine: Engine, collector: str) -> None:
    """Rounds over a world in which posts come, are edited and deleted."""
    world = World()
    world.account("ada")
    world.account("bo")
    post = world.post("ada", "We are ahead in Harbour ward.")
    world.post("ada", "Thank you <all> & good night.", reply_to=world.post("bo", "Is it over?"))
    with fake_of(collector, world) as loopback:
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        for number in range(ROUNDS):
            for again in range(3):
                world.post("ada", f"Count {number}.{again} is in.", same_time=again == 2)
            if number:
                world.edit(post, f"We are ahead in Harbour ward, by {number}.")
            if number == 2:
                world.delete(world.posts[-2])
            one_round(engine, loopback, full=number == 2)
            world.clock.pass_(3_600)


@pytest.mark.parametrize("collector", FAKES)
def test_what_rounds_keep_is_whole(collector: str, engine: Engine) -> None:
    collected(engine, collector)
    found = verify(engine, readers())

    assert [str(one) for one in found.injuries] == []
    assert dict(found.notes) == {}
    assert found.counts["statements"] >= 9


def exported(engine: Engine, target: Path) -> Exported:
    with Session(engine) as session:
        return export_warc(session, target, now=now(), tell=lambda done, total: None)


def rows(engine: Engine) -> dict[tuple[str, str], tuple[Any, ...]]:
    with Session(engine) as session:
        query = select(Statement, Account).outerjoin(Account, col(Account.id) == col(Statement.account_id))
        return {
            (one.platform, one.post_id): (*(getattr(one, name) for name in SAME), by and by.platform_id)
            for one, by in session.exec(query)
        }


def into_another(path: Path, warc: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    engine = open_database(str(path), create=True)
    try:
        import_statements(engine, warc)
        return rows(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("collector", REACHABLE)
def test_pages_go_out_and_in_as_warc(collector: str, packed: bool, engine: Engine, tmp_path: Path) -> None:
    collected(engine, collector)
    with engine.begin() as connection:  # this fake has several servers behind one address
        connection.exec_driver_sql("UPDATE capture SET source = replace(source, '/pds0/', '/')")
    warc = tmp_path / ("out.warc.gz" if packed else "out.warc")
    done = exported(engine, warc)

    assert done.damaged == 0
    read, kept = into_another(tmp_path / "other.db", warc), rows(engine)
    if collector == "feed":  # a page of a feed's archive does not say whose feed it is of
        read, kept = ({key: row[:-1] for key, row in one.items()} for one in (read, kept))
    assert read == kept


@pytest.mark.parametrize("asked", API)
def test_records_of_imported_warc_files_go_out_and_in(asked: str, engine: Engine, tmp_path: Path) -> None:
    target, body, sent = API[asked]
    (tmp_path / "in.warc").write_bytes(answered(target, body, **sent))
    import_statements(engine, tmp_path / "in.warc")
    exported(engine, tmp_path / "out.warc")

    assert len(rows(engine)) == 1
    assert into_another(tmp_path / "other.db", tmp_path / "out.warc") == rows(engine)


@pytest.mark.parametrize("collector", FAKES)
def test_warcio_reads_what_is_written(collector: str, engine: Engine, tmp_path: Path) -> None:
    archiveiterator = pytest.importorskip("warcio.archiveiterator")
    collected(engine, collector)
    exported(engine, tmp_path / "out.warc.gz")
    with (tmp_path / "out.warc.gz").open("rb") as file:
        read = [
            (one.rec_type, one.rec_headers.get_header("WARC-Target-URI"), one.content_stream().read())
            for one in archiveiterator.ArchiveIterator(file, check_digests="raise")
        ]

    with Session(engine) as session:
        pages = session.exec(select(Capture).where(Capture.kind == CaptureKind.PAGE)).all()
    assert [kind for kind, _, _ in read].count("metadata") == len(pages)
    assert {kind for kind, _, _ in read} >= {"warcinfo", "response", "metadata"}
    assert open_file(tmp_path / "out.warc.gz")
