"""Random injuries to a small archive, each of which `hustings verify` must find and name.

    python benchmarks/injuries.py --injuries 1000 --seed 9

An injury is done to a copy of the file by plain SQL, as somebody would who has the file: a bit flipped, a row
removed, moved, swapped or forged, the file rolled back. It counts as found where `verify` names the row.
"""

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from archive.captures import keep_page
from archive.contract import Choices, Page
from archive.importers.csv_rows import CsvImporter
from archive.importers.opening import open_file
from archive.ingest import import_file, keep_records
from archive.integrity.checkpoints import Checkpoint, make_checkpoint
from archive.integrity.reporting import Injury
from archive.integrity.verifying import verify
from archive.registry import parser_for
from archive.rereading import Readers
from db import open_database, writing
from db.models import Observation, Statement
from db.snapshot import reading_one_moment
from db.words import State

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
SERVER = "https://social.example"


class MastodonReader:
    """The collector as far as reading goes."""

    name, platform = "mastodon-1", "mastodon"

    def __init__(self) -> None:
        self.parse = parser_for("mastodon")


def readers() -> Readers:
    """Those that read what `build` keeps."""
    return Readers({"csv": CsvImporter()}, {"mastodon": MastodonReader()})  # type: ignore[dict-item]


def status(number: int, text: str) -> dict[str, Any]:
    """A post as Mastodon's API serves it."""
    return {
        "id": str(1000 + number),
        "uri": f"{SERVER}/users/ada/statuses/{1000 + number}",
        "url": f"{SERVER}/@ada/{1000 + number}",
        "created_at": f"2024-07-05T03:{number:02}:44.000Z",
        "visibility": "public",
        "language": "en",
        "content": f"<p>{text}</p>",
        "account": {"id": "11", "acct": "ada", "username": "ada", "uri": f"{SERVER}/users/ada"},
    }


def build(path: Path | str, folder: Path) -> Checkpoint:
    """An archive of files and pages, with edits, observations and lines that cannot be read; a checkpoint.

    `path`: of the file that is made, or the address of an empty database.
    """
    engine = open_database(str(path), create=True)
    for name, texts in _files().items():
        file = folder / name
        rows = (f"{key},2024-07-0{1 + key % 9},cand{key % 4},{text}" for key, text in texts.items())
        lines = ("id,created_at,author_handle,text", *rows, f"{name},soon,ada,No time.", "")
        file.write_text("\n".join(lines), encoding="utf-8")
        source, importer = open_file(file), CsvImporter()
        import_file(engine, source, importer, importer.plan(source, Choices(platform="x")))
    for page in range(6):
        shown = [
            status(
                number,
                f"Ward {number} counts &amp; recounts{', again' if number % 5 == 0 and page > 2 else ''}.",
            )
            for number in range(page * 3, page * 3 + 8)
        ]
        serve(engine, page, shown)
    with writing(engine) as session:
        statements = session.exec(select(Statement.id).limit(6)).all()
        for number, statement in enumerate(statements):
            session.add(
                Observation(
                    statement_id=statement, state=State.ACTIVE, observed_at=NOON + timedelta(hours=number)
                )
            )
    with reading_one_moment(engine) as session:
        made = make_checkpoint(session.connection(), NOON)
    engine.dispose()
    return made


def _files() -> dict[str, dict[int, str]]:
    first = {key: f"We count vote {key} in Harbour ward; thank you all." for key in range(20)}
    second = {
        key: f"{text} Corrected {key}." if key % 3 == 0 else text for key, text in first.items() if key > 9
    }
    return {"first.csv": first, "second.csv": second | {30: "A second file has its own."}}


def serve(engine: Any, number: int, shown: Sequence[dict[str, Any]]) -> None:
    """Keep a page of posts, the hour's of that number, as a round does."""
    at = NOON + timedelta(hours=number)
    page = Page(
        f"{SERVER}/api/v1/accounts/11/statuses?min_id={number}",
        json.dumps(list(shown)).encode(),
        "application/json",
        at,
        context={"server": SERVER, "domain": "social.example", "account": "11"},
    )
    with writing(engine) as session:
        capture = keep_page(session, page, "mastodon-1", None)
        keep_records(session, capture, list(parser_for("mastodon")(page)), seen_at=at, live=True)


# ---- injuries -------------------------------------------------------------------------------------

Database = sqlite3.Connection
Chance = random.Random
Named = tuple[str, ...]
"""Beginnings of what verify may say: it must say one of them."""


def _pick(database: Database, chance: Chance, query: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = chance.choice(database.execute(query).fetchall())
    return found


def _flipped(value: Any, chance: Chance) -> Any:
    """A value with one bit flipped, of the kind that it was."""
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(12)
    body = bytearray(value.encode() if isinstance(value, str) else value)
    while True:
        place, bit = chance.randrange(len(body)), 1 << chance.randrange(8)
        body[place] ^= bit
        try:
            return body.decode() if isinstance(value, str) else bytes(body)
        except UnicodeDecodeError:
            body[place] ^= bit


def _flip(table: str, columns: Sequence[str], where: str = "1") -> Callable[[Database, Chance], Named]:
    def flip(database: Database, chance: Chance) -> Named:
        column = chance.choice(columns)
        key, value = _pick(
            database,
            chance,
            f"SELECT id, {column} FROM {table} WHERE {where} AND {column} IS NOT NULL AND {column} != ''",
        )
        database.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (_flipped(value, chance), key))
        return (f"{table} {key}:",)

    return flip


def _delete(table: str, where: str = "1") -> Callable[[Database, Chance], Named]:
    def delete(database: Database, chance: Chance) -> Named:
        (key,) = _pick(database, chance, f"SELECT id FROM {table} WHERE {where}")
        named = [f"{table} {key}:"]
        if table == "statement":
            platform, post = database.execute(
                "SELECT platform, post_id FROM statement WHERE id = ?", (key,)
            ).fetchone()
            named.append(f"statement {platform}:{post}:")
        if table == "statement_version":
            (of,) = database.execute(
                "SELECT statement_id FROM statement_version WHERE id = ?", (key,)
            ).fetchone()
            named.append(f"statement {of}: a text that capture")
        if table == "quarantine":
            (of,) = database.execute("SELECT capture_id FROM quarantine WHERE id = ?", (key,)).fetchone()
            named = [f"quarantine of capture {of}:"]
        database.execute(f"DELETE FROM {table} WHERE id = ?", (key,))
        return tuple(named)

    return delete


def _swap_contents(
    table: str, where: str = "1", stay: Sequence[str] = ("id",)
) -> Callable[[Database, Chance], Named]:
    """Two rows change places: all that they hold but what stays, their numbers at least."""

    def swap(database: Database, chance: Chance) -> Named:
        rows = database.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()
        names = [one[1] for one in database.execute(f"PRAGMA table_info({table})")]
        place = names.index("id")
        one, other = chance.sample(rows, 2)
        for row in (one, other):
            database.execute(f"DELETE FROM {table} WHERE id = ?", (row[place],))
        for row, source in ((one, other), (other, one)):
            values = [(row if name in stay else source)[at] for at, name in enumerate(names)]
            database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
        return (f"{table} {one[place]}:", f"{table} {other[place]}:")

    return swap


def _swap_texts(database: Database, chance: Chance) -> Named:
    rows = database.execute("SELECT id, text, text_sha256 FROM statement").fetchall()
    (one, *first), (other, *second) = chance.sample(rows, 2)
    for key, values in ((one, second), (other, first)):
        database.execute("UPDATE statement SET text = ?, text_sha256 = ? WHERE id = ?", (*values, key))
    return (f"statement {one}:", f"statement {other}:")


def _swap_with_version(database: Database, chance: Chance) -> Named:
    key, of = _pick(database, chance, "SELECT id, statement_id FROM statement_version")
    texts = {
        table: database.execute(f"SELECT text, text_sha256 FROM {table} WHERE id = ?", (number,)).fetchone()
        for table, number in (("statement", of), ("statement_version", key))
    }
    for table, source, number in (
        ("statement", "statement_version", of),
        ("statement_version", "statement", key),
    ):
        database.execute(
            f"UPDATE {table} SET text = ?, text_sha256 = ? WHERE id = ?", (*texts[source], number)
        )
    return (f"statement {of}:", f"statement_version {key}:", f"statement_capture {of}/")


def _delete_link(database: Database, chance: Chance) -> Named:
    statement, capture = _pick(database, chance, "SELECT statement_id, capture_id FROM statement_capture")
    database.execute(
        "DELETE FROM statement_capture WHERE statement_id = ? AND capture_id = ?", (statement, capture)
    )
    return (f"statement_capture {statement}/{capture}:", f"statement {statement}: no capture")


def _swap_links(database: Database, chance: Chance) -> Named:
    rows = database.execute("SELECT statement_id, capture_id, position FROM statement_capture").fetchall()
    while True:
        one, other = chance.sample(rows, 2)
        if one[2] != other[2]:
            break
    for row, source in ((one, other), (other, one)):
        database.execute(
            "UPDATE statement_capture SET position = ? WHERE statement_id = ? AND capture_id = ?",
            (source[2], *row[:2]),
        )
    return tuple(f"statement_capture {row[0]}/{row[1]}:" for row in (one, other))


def _forge_statement(database: Database, chance: Chance) -> Named:
    (key,) = database.execute("SELECT max(id) + 1 FROM statement").fetchone()
    names = [one[1] for one in database.execute("PRAGMA table_info(statement)")]
    taken = ", ".join({"id": "?", "post_id": "'forged'"}.get(name, name) for name in names)
    (source,) = _pick(database, chance, "SELECT id FROM statement")
    database.execute(f"INSERT INTO statement SELECT {taken} FROM statement WHERE id = ?", (key, source))
    return (f"statement {key}:",)


def _forge_capture(database: Database, chance: Chance) -> Named:
    (key,) = database.execute("SELECT max(id) + 1 FROM capture").fetchone()
    names = [one[1] for one in database.execute("PRAGMA table_info(capture)")]
    taken = ", ".join({"id": "?", "source": "source || '#'"}.get(name, name) for name in names)
    (source,) = _pick(database, chance, "SELECT id FROM capture WHERE kind = 'page'")
    database.execute(f"INSERT INTO capture SELECT {taken} FROM capture WHERE id = ?", (key, source))
    return (f"capture {key}:",)


def _cut_log(database: Database, chance: Chance) -> Named:
    """The newest captures go, with all that was read from them and their entries: as an earlier copy."""
    (size,) = database.execute("SELECT max(id) FROM log_entry").fetchone()
    kept = size - chance.randint(1, 6)
    for number, subject, key in database.execute(
        "SELECT id, subject, subject_id FROM log_entry WHERE id > ?", (kept,)
    ).fetchall():
        for table in ("statement_capture", "quarantine") if subject == "capture" else ():
            database.execute(f"DELETE FROM {table} WHERE capture_id = ?", (key,))
        database.execute(f"DELETE FROM {subject} WHERE id = ?", (key,))
        database.execute("DELETE FROM log_entry WHERE id = ?", (number,))
    return (f"log_entry {kept + 1}:",)


METADATA = ("kind", "source", "media_type", "retrieved_at", "sha256", "size", "encoding", "part_of", "number")
OF_STATEMENT = (
    "text",
    "text_sha256",
    "published_at",
    "url",
    "first_seen_at",
    "channel",
    "published_precision",
)

INJURIES: dict[str, Callable[[Database, Chance], Named]] = {
    "bit of a capture's bytes": _flip("capture", ("body",)),
    "bit of a capture's metadata": _flip("capture", (*METADATA, "reader", "options")),
    "bit of a statement": _flip("statement", OF_STATEMENT),
    "bit of a version": _flip("statement_version", ("text", "text_sha256")),
    "bit of an observation": _flip("observation", ("observed_at", "state", "statement_id")),
    "bit of the log": _flip("log_entry", ("subject", "subject_id", "event", "digest", "chain")),
    "capture removed": _delete("capture"),
    "statement removed": _delete("statement"),
    "version removed": _delete("statement_version"),
    "observation removed": _delete("observation"),
    "entry of the log removed": _delete("log_entry"),
    "line of the quarantine removed": _delete("quarantine"),
    "place of a statement removed": _delete_link,
    "captures swapped": _swap_contents("capture", "kind = 'page'"),
    "statements swapped": _swap_contents("statement"),
    "versions swapped": _swap_contents("statement_version", stay=("id", "statement_id", "number")),
    "observations swapped": _swap_contents("observation"),
    "entries of the log swapped": _swap_contents("log_entry"),
    "places swapped": _swap_links,
    "texts swapped": _swap_texts,
    "text swapped with its version": _swap_with_version,
    "statement forged": _forge_statement,
    "capture forged": _forge_capture,
    "newest rows and entries cut off": _cut_log,
}
"""Kind of injury -> what does it. It says what verify must name."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What verify said of one injury."""

    kind: str
    named: Named
    found: tuple[Injury, ...]

    @property
    def is_found(self) -> bool:
        return any(str(injury).startswith(self.named) for injury in self.found)


class Injured:
    """A copy of an archive that is injured and verified again and again, each time from the whole one."""

    def __init__(self, whole: Path, copy: Path, checkpoint: Checkpoint) -> None:
        self._whole, self._copy, self._checkpoint = whole, copy, checkpoint
        shutil.copy(whole, copy)
        self._engine = open_database(str(copy))  # one for all: what it has compiled stays
        self._engine.dispose()

    def injure(self, kind: str, chance: Chance) -> Outcome:
        """Do one injury, and verify. One that SQLite itself refuses is none: another is done."""
        while (named := self._done(kind, chance)) is None:
            continue
        try:
            return Outcome(kind, named, verify(self._engine, readers(), self._checkpoint).injuries)
        finally:
            self._engine.dispose()

    def _done(self, kind: str, chance: Chance) -> Named | None:
        shutil.copy(self._whole, self._copy)
        with closing(sqlite3.connect(self._copy, isolation_level=None)) as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            try:
                return INJURIES[kind](database, chance)
            except sqlite3.IntegrityError:
                return None


def main() -> int:
    """Print how many injuries of each kind were found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--injuries", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=9)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    done: Counter[str] = Counter()
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        whole = folder / "whole.db"
        injured = Injured(whole, folder / "copy.db", build(whole, folder))
        for number in range(asked.injuries):
            kind = list(INJURIES)[number % len(INJURIES)]
            outcome = injured.injure(kind, chance)
            done[kind] += 1
            found[kind] += outcome.is_found
            if not outcome.is_found:
                print(f"NOT FOUND: {kind}: {outcome.named}: {[str(one) for one in outcome.found[:5]]}")
    for kind, count in done.items():
        print(f"{found[kind]:>5} of {count:>5}  {kind}")
    print(f"{found.total()} of {done.total()} found and named (seed {asked.seed})")
    return 0 if found == done else 1


if __name__ == "__main__":
    sys.exit(main())
