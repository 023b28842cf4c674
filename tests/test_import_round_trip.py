"""What `hustings export` writes of statements comes back: export, import, export again, byte for byte."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from exported import NOON, exported
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from analysis.exports import Wish
from analysis.exports.hiding import Hiding
from archive.contract import Choices, UnreadableSource
from archive.imports import ImportedFile, import_statements
from db import open_database, writing
from db.models import Account, AccountHandle, Person, Quarantine, Statement, StatementVersion
from db.words import Channel, Precision

FORMS = ("csv", "jsonl")
PERSON = "dc:1"

HOSTILE = [
    "=",
    "+1",
    "-",
    "@a",
    "'",
    "''=",
    "'+",
    "\t",
    "\r",
    "\n",
    '"',
    ",",
    ";",
    "é",
    "🗳️",
    "\u2028",
    "\ufeff",
    "0",
]
TEXTS = st.lists(
    st.sampled_from(HOSTILE)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
    max_size=6,
).map("".join)
WORDS = st.none() | TEXTS.filter(bool)
TIMES = st.datetimes(datetime(2006, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
SECONDS = TIMES.map(lambda at: at.replace(microsecond=0))


@st.composite
def published(draw: st.DrawFn) -> dict[str, Any]:
    at = draw(st.none() | SECONDS)
    precision = draw(st.sampled_from(Precision)) if at else None
    if at and precision is Precision.DAY:
        at = at.replace(hour=0, minute=0, second=0)
    return {"published_at": at, "published_precision": precision}


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """A statement's columns, and the texts that it had before with the times of them."""
    text = draw(TEXTS)
    return {
        "platform": draw(st.sampled_from(["x", "bluesky", "feed"])),
        "account": draw(st.none() | st.sampled_from(["7", "1911111111111111113", "did:plc:abc", "=1"])),
        "person_id": draw(st.sampled_from([None, PERSON])),
        "attribution_text": draw(WORDS),
        **draw(published()),
        "channel": draw(st.sampled_from(Channel)),
        "lang": draw(st.sampled_from([None, "en"])),
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        **{
            name: draw(WORDS)
            for name in (
                *("url", "cue", "reply_to", "reply_to_post", "quoted", "quoted_post", "repost_of"),
                "addressee",
            )
        },
        "first_seen_at": draw(TIMES),
        "text_seen_at": draw(st.none() | TIMES),
        "edited_at": draw(st.none() | SECONDS),
        "earlier": draw(st.lists(st.tuples(TEXTS, st.none() | SECONDS), max_size=2)),
    }


@contextmanager
def archive_at(path: Path) -> Iterator[Engine]:
    """An archive that knows one person, as after the import of a roster."""
    engine = open_database(str(path), create=True)
    with writing(engine) as session:
        session.add(Person(id=PERSON, name="Ada Example"))
    yield engine
    engine.dispose()


def fill(engine: Engine, found: list[dict[str, Any]]) -> None:
    with writing(engine) as session:
        accounts: dict[tuple[str, str], int] = {}
        for number, columns in enumerate(found, start=1):
            row = dict(columns)
            earlier, key = row.pop("earlier"), (row["platform"], row.pop("account"))
            if key[1] is not None and key not in accounts:
                account = Account(platform=key[0], platform_id=key[1])
                session.add(account)
                session.flush()
                accounts[key] = account.id or 0
            row["account_id"] = accounts.get(key)
            session.execute(insert(Statement), [{**row, "id": number, "post_id": f"{2**63 + number}"}])
            session.add_all(_versions(number, row["text"], earlier))


def _versions(
    statement: int, text: str, earlier: list[tuple[str, datetime | None]]
) -> list[StatementVersion]:
    """In the order in which they would have been stored, each text once."""
    texts = {one: at for one, at in earlier if one != text}
    seen = {one: NOON + timedelta(days=number) for number, one in enumerate(texts)}
    in_order = sorted(texts, key=lambda one: texts[one] or seen[one])
    return [
        StatementVersion(
            statement_id=statement,
            number=number,
            text=one,
            text_sha256=hashlib.sha256(one.encode()).hexdigest(),
            published_at=texts[one],
            seen_at=seen[one],
        )
        for number, one in enumerate(in_order, start=1)
    ]


def again(folder: Path, form: str, engine: Engine) -> tuple[list[ImportedFile], Path, Path]:
    """The archive exported, imported into an empty one, and that one exported."""
    first, second = folder / "first", folder / "second"
    exported(engine, first, Wish(form=form))
    with archive_at(folder / "b.db") as other:
        imported = import_statements(other, first)
        exported(other, second, Wish(form=form))
    return imported, first, second


@pytest.mark.parametrize("form", FORMS)
@given(st.lists(statements(), min_size=1, max_size=4))
@settings(max_examples=20)
def test_statements_and_their_versions_come_back_byte_for_byte(
    form: str, found: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with archive_at(folder / "a.db") as engine:
            fill(engine, found)
            imported, first, second = again(folder, form, engine)

        for table in ("statements", "statement-versions"):
            file = f"{table}.{form}"
            assert (second / file).read_bytes() == (first / file).read_bytes()
    tallies = {file.name: file.tally for file in imported if file.left_out is None}
    assert tallies[f"first/statements.{form}"].stored == len(found)
    assert all(tally.quarantined == 0 for tally in tallies.values())


@pytest.mark.parametrize("form", FORMS)
def test_accounts_without_an_id_come_back_with_the_handles_of_the_table_beside(
    form: str, tmp_path: Path
) -> None:
    lines = [
        {"id": str(n), "text": "We won.", "created_at": "2024-07-05", "author_handle": handle}
        for n, handle in enumerate(["ada", "=Ben", "ada"])
    ]
    path = tmp_path / "posts.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with archive_at(tmp_path / "a.db") as engine:
        import_statements(engine, path, choices=Choices(platform="x"))
        _, first, second = again(tmp_path, form, engine)

    file = f"statements.{form}"
    assert (second / file).read_bytes() == (first / file).read_bytes()
    engine = open_database(str(tmp_path / "b.db"))
    with Session(engine) as session:
        assert sorted(session.exec(select(AccountHandle.handle))) == ["=Ben", "ada"]
    engine.dispose()


@pytest.mark.parametrize("form", FORMS)
def test_the_statements_alone_come_back_without_the_tables_beside(form: str, tmp_path: Path) -> None:
    with archive_at(tmp_path / "a.db") as engine:
        fill(engine, [_one(text="=1+1")])
        exported(engine, tmp_path / "first", Wish(form=form))
    (tmp_path / "alone").mkdir()
    alone = (tmp_path / "first" / f"statements.{form}").rename(tmp_path / "alone" / "posts.txt")
    with archive_at(tmp_path / "b.db") as engine:
        [file] = import_statements(engine, alone)
        with Session(engine) as session:
            assert session.exec(select(Statement.text)).one() == "=1+1"

    assert file.tally.stored == 1


def _one(**more: Any) -> dict[str, Any]:
    text = more.get("text", "We won.")
    columns = dict.fromkeys(("account", "attribution_text", "published_at", "published_precision"))
    return {
        **columns,
        "platform": "x",
        "person_id": PERSON,
        "channel": Channel.SOCIAL,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "first_seen_at": NOON,
        "earlier": [],
        **more,
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "We lost."}, "text_sha256 is another"),
        ({"statement": "bluesky:1"}, "statement: 'bluesky:1' is none of platform x"),
        ({"channel": "pigeon"}, "channel 'pigeon'"),
        ({"published_precision": "year"}, "published_precision 'year'"),
        ({"first_seen_at": "then"}, "not a time"),
        ({"person_id": "dc:2"}, "no person dc:2"),
        ({"text": 5}, "text: a text is needed, not int"),
        ({"platform": None}, "no platform"),
    ],
)
def test_a_row_that_was_changed_since_is_quarantined(
    change: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    with archive_at(tmp_path / "a.db") as engine:
        fill(engine, [_one(published_at=NOON, published_precision="second") for _ in range(3)])
        exported(engine, tmp_path / "first", Wish(form="jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "first" / "statements.jsonl").read_text().splitlines()]
    rows[1] |= change
    path = tmp_path / "changed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with archive_at(tmp_path / "b.db") as engine:
        [file] = import_statements(engine, path)
        with Session(engine) as session:
            entry = session.exec(select(Quarantine)).one()

    assert (file.tally.stored, file.tally.quarantined) == (2, 1)
    assert reason in entry.reason
    assert entry.position == "line 2"


def test_versions_of_a_statement_that_is_not_archived_are_quarantined(tmp_path: Path) -> None:
    with archive_at(tmp_path / "a.db") as engine:
        fill(engine, [_one(earlier=[("We will win.", None)])])
        exported(engine, tmp_path / "first", Wish(form="csv"))
    with archive_at(tmp_path / "b.db") as engine:
        [file] = import_statements(engine, tmp_path / "first" / "statement-versions.csv")

    assert (file.tally.read, file.tally.quarantined) == (1, 1)


def test_a_pseudonymised_export_is_no_source_of_statements(tmp_path: Path) -> None:
    with archive_at(tmp_path / "a.db") as engine:
        fill(engine, [_one()])
        exported(engine, tmp_path / "first", Wish(form="csv", hiding=Hiding(key=b"k" * 32, with_texts=True)))
        with pytest.raises(UnreadableSource, match="no file of statements"):
            import_statements(engine, tmp_path / "first")
