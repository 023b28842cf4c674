"""`hustings warc`: no credential goes out, nobody who names a page adds a field, and damage is said."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives_on_server import injure
from import_sources import Held
from kept_archive import build
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select
from typer.testing import CliRunner
from warc_files import STATUS, answered, http, warc

import hustings
from archive.captures import keep_page
from archive.contract import Page
from archive.importers.warc_records import WarcRecord, read_pieces
from archive.imports import import_statements
from archive.ingest import keep_records
from archive.integrity.warc_export import export_warc
from archive.registry import parser_for
from db import writing
from db.models import Capture

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
SERVER = "https://social.example"


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(hustings.app, [str(word) for word in words])
    return done.exit_code, done.stdout


def records(path: Path) -> list[WarcRecord]:
    body = path.read_bytes()
    plain = gzip.decompress(body) if path.suffix == ".gz" else body
    with Held(plain, path.name).open() as file:
        return [one.record for one in read_pieces(file) if one.record is not None]


def serve(engine: Engine, source: str) -> None:
    """Keep a page of Mastodon's as a round does."""
    context = {"server": SERVER, "domain": "social.example", "account": "11"}
    page = Page(source, json.dumps([STATUS]).encode(), "application/json", NOON, context=context)
    with writing(engine) as session:
        capture = keep_page(session, page, "mastodon-1", None)
        keep_records(session, capture, list(parser_for("mastodon")(page)), seen_at=NOON, live=True)


def test_credentials_in_addresses_stay_here(engine: Engine, tmp_path: Path) -> None:
    serve(
        engine,
        "https://ada:hunter22@social.example/api/v1/accounts/11/statuses?limit=40&access_token=hunter22",
    )
    assert run("warc", tmp_path / "out.warc", "--db", engine.url.database)[0] == 0

    assert b"hunter22" not in (tmp_path / "out.warc").read_bytes()
    [target] = {one.target for one in records(tmp_path / "out.warc") if one.target}
    assert target == "https://social.example/api/v1/accounts/11/statuses?limit=40&access_token=REDACTED"


def test_credentials_in_imported_warc_files_stay_here(engine: Engine, tmp_path: Path) -> None:
    timeline = f"{SERVER}/api/v1/accounts/11/statuses"
    asked = b"GET / HTTP/1.1\r\nAuthorization: Bearer hunter22\r\n\r\n"
    answer = http(json.dumps([STATUS]).encode()).replace(b"\r\n", b"\r\nSet-Cookie: id=hunter22\r\n", 1)
    (tmp_path / "in.warc").write_bytes(
        warc("request", timeline, asked) + warc("response", f"{timeline}?token=hunter22", answer)
    )
    import_statements(engine, tmp_path / "in.warc")
    code, shown = run("warc", tmp_path / "out.warc", "--db", engine.url.database)

    assert code == 0
    assert "1 x records of type request" in shown
    written = (tmp_path / "out.warc").read_bytes()
    assert b"hunter22" not in written
    assert b"Set-Cookie: REDACTED" in written


def test_who_names_a_page_adds_no_field(engine: Engine, tmp_path: Path) -> None:
    serve(engine, f"{SERVER}/api/v1/accounts/11/statuses?x=\r\nWARC-Type: request\r\n\r\n")
    run("warc", tmp_path / "out.warc", "--db", engine.url.database)

    assert [one.kind for one in records(tmp_path / "out.warc")] == ["warcinfo", "response", "metadata"]


def test_files_are_resources_with_the_bytes_that_were_imported(tmp_path: Path) -> None:
    build(tmp_path / "archive.db", tmp_path)
    assert run("warc", tmp_path / "out.warc.gz", "--db", tmp_path / "archive.db")[0] == 0

    files = {one.target: one.block for one in records(tmp_path / "out.warc.gz") if one.kind == "resource"}
    assert files["file:///first.csv"] == (tmp_path / "first.csv").read_bytes()
    assert files["file:///second.csv"] == (tmp_path / "second.csv").read_bytes()


def test_a_page_without_statements_is_no_response(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        keep_page(session, Page(f"{SERVER}/gone", b"{}", "application/json", NOON), "mastodon-1", None)
    run("warc", tmp_path / "out.warc", "--db", engine.url.database)

    assert [one.kind for one in records(tmp_path / "out.warc")] == ["warcinfo", "resource", "metadata"]


def test_the_same_archive_gives_the_same_records(engine: Engine, tmp_path: Path) -> None:
    serve(engine, f"{SERVER}/api/v1/accounts/11/statuses")
    for name in ("one.warc", "two.warc"):
        run("warc", tmp_path / name, "--db", engine.url.database)

    one, two = (records(tmp_path / name)[1:] for name in ("one.warc", "two.warc"))
    assert [(it.fields, it.block) for it in one] == [(it.fields, it.block) for it in two]


def test_a_damaged_capture_is_left_out_and_said(tmp_path: Path) -> None:
    build(tmp_path / "archive.db", tmp_path)
    damage = "UPDATE capture SET body = :body WHERE kind = 'page' AND id % 2 = 0"
    injure(tmp_path / "archive.db", damage, body=b"\x28\xb5\x2f\xfd")

    code, shown = run("warc", tmp_path / "out.warc", "--db", tmp_path / "archive.db", "--json")
    assert code == 3
    assert json.loads(shown)["damaged"] > 0
    assert records(tmp_path / "out.warc")


def test_what_the_archive_knows_of_a_page_stands_beside_it(engine: Engine, tmp_path: Path) -> None:
    serve(engine, f"{SERVER}/api/v1/accounts/11/statuses")
    assert run("warc", tmp_path / "out.warc", "--db", engine.url.database)[0] == 0

    with Session(engine) as session:
        capture = session.exec(select(Capture)).one()
    [beside] = re.findall(rb'\{"capture".*\}', (tmp_path / "out.warc").read_bytes())
    assert json.loads(beside) == {
        "capture": capture.id,
        "sha256": capture.sha256,
        "reader": "mastodon-1",
        "options": capture.options,
    }


def test_captures_that_came_without_their_bytes_are_left_out_and_counted(
    engine: Engine, tmp_path: Path
) -> None:
    for number in (1, 2):
        serve(engine, f"{SERVER}/api/v1/accounts/11/statuses?min_id={number}")
    with Session(engine) as session:
        session.execute(update(Capture).where(col(Capture.id) == 1).values(body=None))
        session.commit()
        told: list[tuple[int, int]] = []
        done = export_warc(
            session, tmp_path / "out.warc", now=NOON, tell=lambda done, total: told.append((done, total))
        )

    assert dict(done.left_out) == {"captures that came here without their bytes": 1}
    assert (done.captures, told) == (2, [(1, 2), (2, 2)])


def test_a_file_of_which_a_part_came_without_its_bytes_is_left_out_and_counted(tmp_path: Path) -> None:
    build(tmp_path / "archive.db", tmp_path)
    injure(tmp_path / "archive.db", "UPDATE capture SET body = NULL WHERE part_of = 1")

    code, shown = run("warc", tmp_path / "out.warc", "--db", tmp_path / "archive.db", "--json")

    assert code == 0
    assert json.loads(shown)["left_out"] == {"captures that came here without their bytes": 1}


def test_a_file_that_cannot_be_written_is_said(engine: Engine, tmp_path: Path) -> None:
    serve(engine, f"{SERVER}/api/v1/accounts/11/statuses")

    assert run("warc", tmp_path / "nowhere" / "out.warc", "--db", engine.url.database)[0] != 0
    assert list(tmp_path.glob("**/*.warc*")) == []


def test_nothing_is_written_over(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "out.warc").write_text("mine")
    assert run("warc", tmp_path / "out.warc", "--db", engine.url.database)[0] == 2
    assert (tmp_path / "out.warc").read_text() == "mine"


@pytest.mark.parametrize("kind", ["response", "request"])
def test_a_record_of_an_imported_file_keeps_its_time(kind: str, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "in.warc").write_bytes(answered(f"{SERVER}/api/v1/accounts/11/statuses", [STATUS]))
    import_statements(engine, tmp_path / "in.warc")
    run("warc", tmp_path / "out.warc", "--db", engine.url.database)

    before = [one.fields.get("warc-date") for one in records(tmp_path / "in.warc") if one.kind == kind]
    after = [one.fields.get("warc-date") for one in records(tmp_path / "out.warc") if one.kind == kind]
    assert [str(one)[:19] for one in before] == [str(one)[:19] for one in after]
