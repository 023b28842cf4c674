"""Statements that `hustings export` wrote: nothing that the columns hold is lost on the way back.

The columns are those of docs/exporting.md (`statements`, `statement-versions`).
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from archive.contract import (
    Choices,
    Companions,
    Layout,
    Moment,
    Post,
    Reject,
    Source,
    UnreadableSource,
    Version,
)
from archive.importers.layouts import WrongRecord
from archive.times import parse_moment
from db.words import Channel, Precision

GUARDED = re.compile(r"'+[=+\-@\t\r]")
"""A cell of our CSVs that has an apostrophe before its text, lest a spreadsheet calculate it."""

ACCOUNTS = ("accounts.jsonl", "accounts.csv")
"""The table beside the statements that names the accounts."""

LOCAL = ":local-"
"""What stands in the key of an account of which the archive knows no id of the platform."""

MOST_BYTES = 64 << 20
"""The largest table of accounts that is read."""

Record = Mapping[str, Any]
Read = Callable[["Columns", Layout, str], Post]


@dataclass(frozen=True, slots=True)
class Columns:
    """The values of one row. Those of a CSV are taken out of their guard."""

    record: Record
    guarded: bool

    def __getitem__(self, name: str) -> str | None:
        """A text; None where there is none. Raises WrongRecord for anything else."""
        value = self.record.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise WrongRecord(f"{name}: a text is needed, not {type(value).__name__}")
        return value[1:] if self.guarded and GUARDED.match(value) else value

    def needed(self, name: str) -> str:
        """A text. Raises WrongRecord where there is none."""
        value = self[name]
        if value is None:
            raise WrongRecord(f"no {name}")
        return value

    def time(self, name: str) -> datetime | None:
        """A time. Raises WrongTime for what is none."""
        value = self[name]
        return parse_moment(value).at if value is not None else None

    def text(self) -> str:
        """The text, which is the one that was exported. Raises WrongRecord where it is another."""
        text = self["text"] or ""
        if hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() != self["text_sha256"]:
            raise WrongRecord("the text is not the one that was exported: text_sha256 is another")
        return text


@dataclass(frozen=True, slots=True)
class Exported:
    """A record format: one table of our export."""

    name: str
    needed: frozenset[str]
    read: Read
    guarded: bool
    has_accounts: bool = False

    def recognises(self, record: Record) -> bool:
        """Whether it has the table's columns; pseudonyms are no ids of statements."""
        key = record.get("statement")
        return record.keys() >= self.needed and isinstance(key, str) and ":" in key

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        """With the handles of accounts that have no id, from the table beside."""
        if not self.has_accounts:
            return choices
        for name in ACCOUNTS:
            if table := companions.find(name):
                with table.open() as file:
                    body = file.read(MOST_BYTES + 1)
                return replace(choices, accounts=_handles(body, table))
        return choices

    def posts(self, record: Record, layout: Layout, position: str) -> Iterator[Post | Reject]:
        """The one statement. Raises WrongRecord, WrongTime."""
        yield self.read(Columns(record, self.guarded), layout, position)


def _statement(row: Columns, layout: Layout, position: str) -> Post:
    platform = row.needed("platform")
    account = _own(row, platform, "account")
    key = row["account"] or ""
    edited = row.time("edited_at")
    return Post(
        platform=platform,
        post_id=_own(row, platform, "statement") or "",
        text=row.text(),
        position=position,
        published=_published(row),
        author_handle=layout.accounts.get(key),
        author_platform_id=None if LOCAL in key else account,
        author_name=row["attribution_text"],
        author_person=row["person_id"] or layout.person,
        channel=_channel(row.needed("channel")),
        url=row["url"],
        lang=row["platform_lang"],
        reply_to=_own(row, platform, "reply_to"),
        reply_to_post=_own(row, platform, "reply_to_post"),
        quoted=row["quoted"],
        quoted_post=_own(row, platform, "quoted_post"),
        repost_of=_own(row, platform, "repost_of"),
        addressee=row["addressee"],
        cue=row["cue"],
        edited=Moment(edited) if edited else None,
        first_seen=row.time("first_seen_at"),
        text_seen=row.time("text_seen_at"),
    )


def _version(row: Columns, layout: Layout, position: str) -> Post:
    platform, _, post_id = row.needed("statement").partition(":")
    published = row.time("published_at")
    version = Version(row.text(), Moment(published) if published else None, row.time("seen_at"))
    return Post(
        platform=platform,
        post_id=post_id,
        text="",
        position=position,
        versions=(version,),
        versions_only=True,
    )


def _own(row: Columns, platform: str, name: str) -> str | None:
    """An id without the platform's name before it."""
    value = row[name]
    if value is None:
        return None
    if not value.startswith(f"{platform}:"):
        raise WrongRecord(f"{name}: {value[:40]!r} is none of platform {platform}")
    return value[len(platform) + 1 :]


def _published(row: Columns) -> Moment | None:
    at, precision = row.time("published_at"), row["published_precision"]
    if at is None:
        return None
    try:
        return Moment(at, Precision(precision or Precision.SECOND))
    except ValueError:
        raise WrongRecord(f"published_precision {precision!r}: known are {', '.join(Precision)}") from None


def _channel(stated: str) -> Channel:
    try:
        return Channel(stated)
    except ValueError:
        raise WrongRecord(f"channel {stated[:40]!r}: known are {', '.join(Channel)}") from None


def _handles(body: bytes, table: Source) -> dict[str, str]:
    """Key -> handle of the accounts that have no id of the platform. Raises UnreadableSource."""
    if len(body) > MOST_BYTES:
        raise UnreadableSource(f"{table.name} is longer than {MOST_BYTES:,} bytes: no table of accounts")
    handles: dict[str, str] = {}
    try:
        for row in _rows(body, is_csv=table.plain_name.endswith(".csv")):
            key, handle = row["account"], row["handle"]
            if key and handle and LOCAL in key:
                handles[key] = handle
    except (ValueError, AttributeError, csv.Error) as error:
        raise UnreadableSource(
            f"{table.name} is no table of accounts that Hustings exported: {error}"
        ) from error
    return handles


def _rows(body: bytes, *, is_csv: bool) -> Iterator[Columns]:
    text = body.decode("utf-8")
    if is_csv:
        return (Columns(row, guarded=True) for row in csv.DictReader(io.StringIO(text, newline="")))
    return (Columns(json.loads(line), guarded=False) for line in text.split("\n") if line.strip())


_STATEMENTS = frozenset(
    {"statement", "platform", "account", "channel", "text", "text_sha256", "first_seen_at", "published_at"}
)
_VERSIONS = frozenset({"statement", "number", "text", "text_sha256", "published_at", "seen_at"})

JSON_STATEMENTS = Exported("hustings-statements-1", _STATEMENTS, _statement, guarded=False, has_accounts=True)
CSV_STATEMENTS = Exported("hustings-statements-1", _STATEMENTS, _statement, guarded=True, has_accounts=True)
JSON_VERSIONS = Exported("hustings-versions-1", _VERSIONS, _version, guarded=False)
CSV_VERSIONS = Exported("hustings-versions-1", _VERSIONS, _version, guarded=True)
