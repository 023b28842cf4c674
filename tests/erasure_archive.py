"""An archive of invented posts in every form in which captures come, and a scan for what is left of texts."""

import csv
import html
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archives_on_server import rows_in, tables_in
from sqlalchemy import Engine
from sqlmodel import Session, select

from archive.captures import keep_page, plain_bytes
from archive.contract import Choices, Page
from archive.imports import import_statements
from archive.ingest import keep_records
from archive.registry import parser_for
from db import writing
from db.engine import sqlite_path
from db.models import Account, AccountHandle, Capture, Person, Statement

RUN = 12
STATISTICS = "SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats"
NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
HANDLE = "zebulon-quartermain.example"
NAME = "Zebulon Quartermain, Harbour"
DID = "did:plc:" + "z" * 24
OTHER_DID = "did:plc:" + "b" * 24
OTHER_HANDLE = "orla-birchwood.example"


@dataclass(frozen=True)
class Words:
    """One post: who wrote it, and what."""

    number: int
    text: str
    is_theirs: bool = False
    """Whether it is the account's that is forgotten."""


def words(count: int = 6) -> list[Words]:
    """Posts by two accounts in turn; they share a phrase."""
    theirs = "Zebulon says: the harbour wall “must” stand & votes are counted till {}, by lantern."
    others = "Orla writes: the harbour wall is old; ballot boxes arrived at {} o'clock sharp."
    return [
        Words(number, (theirs if number % 2 else others).format(number), bool(number % 2))
        for number in range(count)
    ]


def bluesky_uri(number: int, did: str = DID) -> str:
    return f"at://{did}/app.bsky.feed.post/3k{number:011d}"


def bluesky_view(one: Words, *, embed: dict[str, Any] | None = None) -> dict[str, Any]:
    """A post as an AppView shows it."""
    did, handle, name = (DID, HANDLE, NAME) if one.is_theirs else (OTHER_DID, OTHER_HANDLE, "Orla Birchwood")
    view: dict[str, Any] = {
        "uri": bluesky_uri(one.number, did),
        "cid": "bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae",
        "author": {"did": did, "handle": handle, "displayName": name},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": one.text,
            "createdAt": "2024-07-05T12:00:00.000Z",
            "langs": ["en"],
        },
        "indexedAt": "2024-07-05T12:00:01.000Z",
    }
    return view | ({"embed": embed} if embed else {})


def quoting(one: Words, quoted: Words) -> dict[str, Any]:
    """A post that embeds another with all its words."""
    inner = bluesky_view(quoted)
    record = {
        "$type": "app.bsky.embed.record#viewRecord",
        "uri": inner["uri"],
        "cid": inner["cid"],
        "author": inner["author"],
        "value": inner["record"],
    }
    view = bluesky_view(one, embed={"$type": "app.bsky.embed.record#view", "record": record})
    view["record"]["embed"] = {
        "$type": "app.bsky.embed.record",
        "record": {"uri": inner["uri"], "cid": inner["cid"]},
    }
    return view


def bluesky_page(views: list[dict[str, Any]], did: str) -> Page:
    body = json.dumps({"feed": [{"post": view} for view in views], "cursor": "c"}).encode()
    source = f"https://api.example/xrpc/app.bsky.feed.getAuthorFeed?actor={did}"
    return Page(source, body, "application/json", NOON, context={"did": did, "holds": "feed"})


def rss_page(entries: list[Words]) -> Page:
    items = "".join(
        f"<item><title>Entry {one.number}</title><guid isPermaLink='false'>urn:entry:{one.number}</guid>"
        f"<pubDate>Fri, 05 Jul 2024 12:00:00 GMT</pubDate>"
        f"<description>{html.escape(html.escape(one.text))}</description></item>"
        for one in entries
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'
    return Page("https://feed.example/rss", body.encode(), "application/rss+xml", NOON)


def keep_live(engine: Engine, collector: str, page: Page, reader: str) -> int:
    """A page as a round keeps it; the capture's number."""
    records = list(parser_for(collector)(page))
    with writing(engine) as session:
        capture = keep_page(session, page, reader, None)
        keep_records(session, capture, records, seen_at=NOON, live=True)
    return capture


def ndjson(entries: list[Words]) -> str:
    return "".join(json.dumps(entry(one)) + "\n" for one in entries)


def entry(one: Words) -> dict[str, str]:
    """A record as somebody's own export has it."""
    return {
        "id": f"9{one.number:05d}",
        "text": one.text,
        "created_at": "2024-07-05T12:00:00Z",
        "author": "zebulon_quartermain" if one.is_theirs else "orla_birchwood_x",
        "author_id": "77770001" if one.is_theirs else "77770002",
    }


def csv_of(entries: list[Words]) -> str:
    written = io.StringIO()
    rows = [entry(one) for one in entries]
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


COLUMNS = {"author_handle": "author"}


def import_text(engine: Engine, path: Path, text: str, platform: str = "x") -> None:
    path.write_text(text, encoding="utf-8")
    import_statements(engine, path, choices=Choices(platform=platform, columns=COLUMNS))


def fill(engine: Engine, folder: Path, entries: list[Words]) -> None:
    """The posts as NDJSON, CSV, a JSON array, a page of Bluesky's, a feed; a person behind one account."""
    with writing(engine) as session:
        session.add(Person(id="p:zeb", name="Zeb Q."))
    import_text(engine, folder / "posts.ndjson", ndjson(entries))
    import_text(engine, folder / "rows.csv", csv_of(entries), "mastodon")
    array = "[\n" + ",\n".join(json.dumps(entry(one), ensure_ascii=False) for one in entries) + "\n]\n"
    import_text(engine, folder / "array.json", array, "telegram")
    theirs = [one for one in entries if one.is_theirs]
    others = [one for one in entries if not one.is_theirs]
    if theirs:
        views = [bluesky_view(one) for one in theirs]
        keep_live(engine, "bluesky-appview", bluesky_page(views, DID), "bluesky-appview-1")
    if others:
        views = [quoting(one, theirs[0]) if theirs else bluesky_view(one) for one in others]
        keep_live(engine, "bluesky-appview", bluesky_page(views, OTHER_DID), "bluesky-appview-1")
    with writing(engine) as session:
        for account in session.exec(select(Account)):
            handles = session.exec(select(AccountHandle.handle).where(AccountHandle.account_id == account.id))
            if any(one.startswith("zebulon") for one in handles):
                account.person_id, account.display_name = "p:zeb", NAME
                session.add(account)


def remaining(engine: Engine) -> list[str]:
    """The texts that the archive has now."""
    with Session(engine) as session:
        return list(session.exec(select(Statement.text)))


def runs_of(text: str) -> set[bytes]:
    body = text.encode()
    return {body[at : at + RUN] for at in range(len(body) - RUN + 1)}


def forbidden(removed: list[str], kept: list[str]) -> set[bytes]:
    """The runs of 12 bytes of removed texts that stand in no kept one. Counted plainly."""
    allowed = {run for text in kept for run in runs_of(text)}
    return {run for text in removed for run in runs_of(text)} - allowed


def places(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Everything in which something may be left: the file, its log, every capture, every value."""
    path = sqlite_path(engine.url)
    for one in sorted(path.parent.glob(f"{path.name}*")) if path else ():
        yield one.name, one.read_bytes()
    with Session(engine) as session:
        for capture in session.exec(select(Capture).where(Capture.kind != "file")):
            if capture.encoding == "zstd":
                try:
                    yield f"capture {capture.id}", plain_bytes(capture)
                except ValueError:
                    continue  # a damaged one
    tables = tables_in(engine)
    if path is None:
        tables["statistics"] = rows_in(str(engine.url.database), STATISTICS)
    for name, rows in tables.items():
        yield name, b"\n".join(_plain(value) for row in rows for value in row)


def _plain(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return shown.encode("utf-8", "replace")


def found_in(runs: set[bytes], body: bytes) -> set[bytes]:
    return {run for run in runs if run in body}


def left(engine: Engine, runs: set[bytes]) -> dict[str, set[bytes]]:
    """Place -> runs that are left there."""
    return {name: found for name, body in places(engine) if (found := found_in(runs, body))}
