"""What may not be shared is not there: in no column, under no name."""

import csv
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import example_archive as example
import exported as archive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from analysis.exports import Filters, Hiding, Wish
from analysis.exports.errors import BadKey, UnfitFormat
from analysis.exports.hiding import shape_of
from analysis.exports.tables import TABLES, classes, columns_of
from analysis.exports.units import Actor, Made
from analysis.rule_tables import read_table
from db import models
from db.errors import Refusal

KEY = b"a key of thirty-two bytes or more"
DEHYDRATED = Hiding(dehydrated=True)
PSEUDONYMISED = Hiding(key=KEY)
BOTH = Hiding(dehydrated=True, key=KEY)
FORMS = ("csv", "jsonl", "datapackage", "gexf", "graphml")

WORDS = (
    "text",
    "words",
    "mention",
    "who",
    "cue",
    "attribution_text",
    "addressee",
    "quoted",
    "target",
    "label",
)
"""Columns that hold words of statements, whatever table they stand in; a node's label may be such words."""
NAMES = ("name", "given_name", "family_name", "handle", "display_name", "url", "note", "detail", "reason")
UNIQUE = ("votes", "share", "electorate", "valid_votes", "majority", "margin_votes", "text_sha256", "sha256")


@pytest.fixture
def filled(engine: Engine) -> Engine:
    archive.fill(engine)
    return engine


def everything_in(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


def published(engine: Engine) -> Iterator[str]:
    """Every stretch of four words or more that somebody published."""
    with Session(engine) as session:
        texts = [
            *session.exec(select(models.Statement.text)),
            *session.exec(select(models.StatementVersion.text)),
        ]
    for text in texts:
        words = text.split()
        yield from (" ".join(words[at : at + 4]) for at in range(len(words) - 3))


# ---- the table of classes ---------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_has_a_class_and_a_meaning(table: str) -> None:
    """A new field of a row that `columns.csv` does not class makes this fail, and every export."""
    columns = columns_of(table)

    assert [column.name for column in columns] == [field.name for field in fields(TABLES[table].row)]
    assert all(column.kind in classes() and column.meaning for column in columns)


def test_the_file_of_columns_speaks_of_no_other_table() -> None:
    assert {row["table"] for _, row in read_table("analysis.exports", "columns.csv")} == set(TABLES)


def test_every_class_is_used_and_says_what_each_mode_does() -> None:
    used = {column.kind for table in TABLES for column in columns_of(table)}
    rules = {rule for row in classes().values() for rule in (row["dehydrated"], row["pseudonymised"])}

    assert used == set(classes())
    assert rules == {"keep", "leave_out", "hash", "day", "address", "name"}


@pytest.mark.parametrize("table", TABLES)
def test_no_table_keeps_words_where_they_are_to_be_left_out(table: str) -> None:
    if table == "columns":
        return
    for hiding in (DEHYDRATED, PSEUDONYMISED, BOTH):
        kept = shape_of(table, hiding).names
        texts = {name for name in WORDS if name in kept}
        texts -= {"edges": {"target"}, "ratings": {"label"}}.get(table, set())  # an id; a fixed word
        assert not texts, table


@pytest.mark.parametrize("table", TABLES)
def test_no_table_keeps_names_or_unique_numbers_under_pseudonyms(table: str) -> None:
    kept = set(shape_of(table, PSEUDONYMISED).names)

    assert not kept & {*NAMES, *UNIQUE}


@pytest.mark.parametrize("table", TABLES)
def test_rows_can_still_be_told_apart_and_joined(table: str) -> None:
    for hiding in (DEHYDRATED, PSEUDONYMISED, BOTH):
        assert shape_of(table, hiding).primary == TABLES[table].primary


# ---- whole exports ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_dehydrated_export_holds_no_words_that_were_published(
    form: str, filled: Engine, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    target = out / "network.xml" if form in ("gexf", "graphml") else out / "folder"
    archive.exported(filled, target, Wish(form=form, hiding=DEHYDRATED, with_codes=True))

    said = everything_in(out)
    assert [words for words in published(filled) if words in said] == []
    for words in ("tobiasquill", "social.example", "a reviewer's own words", "a coder's own words", "gone"):
        assert words not in said, words


def test_a_dehydrated_export_keeps_the_ids_by_which_it_is_made_whole_again(
    filled: Engine, tmp_path: Path
) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl", hiding=DEHYDRATED))

    rows = archive.rows_of(tmp_path / "out", "statements")
    with Session(filled) as session:
        ids = set(session.exec(select(models.Statement.post_id)))
    assert {row["statement"] for row in rows} == {f"x:{one}" for one in ids}
    assert all(row["text_sha256"] for row in rows)


@pytest.mark.parametrize("form", FORMS)
def test_a_pseudonymised_export_holds_no_id_and_no_name(form: str, filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    target = out / "network.xml" if form in ("gexf", "graphml") else out / "folder"
    archive.exported(filled, target, Wish(form=form, hiding=PSEUDONYMISED, with_codes=True))

    said = everything_in(out)
    hidden = list(example.PEOPLE.values())
    hidden += [f"p:{key}" for key in example.PEOPLE] + [example.HARBOUR, example.HILL, archive.NUMBER]
    hidden += ["lena", "jonas", "Harbour ward", "06:00", "council web site", "returning officer"]
    assert [one for one in hidden if one in said] == []
    assert [words for words in published(filled) if words in said] == []


def test_pseudonyms_are_the_same_in_every_table_and_every_export(filled: Engine, tmp_path: Path) -> None:
    wish = Wish(form="jsonl", hiding=PSEUDONYMISED, with_codes=True)
    read = Filters(method=example.METHOD)
    archive.exported(filled, tmp_path / "first", wish, read)
    archive.exported(filled, tmp_path / "second", wish, read)
    archive.exported(filled, tmp_path / "other", Wish(form="jsonl", hiding=Hiding(key=KEY[::-1])), read)

    for table in ("statements", "persons", "who-whom"):
        rows = archive.rows_of(tmp_path / "first", table)
        assert rows == archive.rows_of(tmp_path / "second", table)
        assert rows != archive.rows_of(tmp_path / "other", table)
    tables = {
        table: archive.rows_of(tmp_path / "first", table)
        for table in TABLES
        if table not in ("nodes", "edges")
    }
    for table, some in tables.items():
        for one in TABLES[table].references:
            there = {tuple(row[key] for key in one.keys) for row in tables[one.table]}
            here = {tuple(row[column] for column in one.columns) for row in some}
            assert {key for key in here if None not in key} <= there, (table, one)
    persons = {row["person_id"] for row in tables["persons"]}
    targets = {row["target_id"] for row in tables["who-whom"] if row["target_id"].startswith("person-")}
    assert targets
    assert targets <= persons


def test_a_pseudonymised_network_has_the_persons_of_the_tables(filled: Engine, tmp_path: Path) -> None:
    import networkx

    archive.exported(filled, tmp_path / "tables", Wish(form="jsonl", hiding=PSEUDONYMISED))
    archive.exported(filled, tmp_path / "n.graphml", Wish(form="graphml", hiding=PSEUDONYMISED))

    persons = {row["person_id"] for row in archive.rows_of(tmp_path / "tables", "persons")}
    nodes = set(networkx.read_graphml(tmp_path / "n.graphml").nodes)
    assert {node for node in nodes if node.startswith("person-")} <= persons
    assert {node.partition("-")[0] for node in nodes} <= {"person", "name"}


def test_times_are_cut_to_their_day(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl", hiding=PSEUDONYMISED))

    times = [row["published_at"] for row in archive.rows_of(tmp_path / "out", "statements")]
    assert all(time.endswith("T00:00:00Z") for time in times if time)
    assert len({time for time in times if time}) > 2


def test_texts_come_only_where_they_are_asked_for(filled: Engine, tmp_path: Path) -> None:
    hiding = Hiding(key=KEY, with_texts=True)
    archive.exported(filled, tmp_path / "out", Wish(form="jsonl", hiding=hiding))

    row = archive.rows_of(tmp_path / "out", "statements")[0]
    assert "text" in row
    assert "url" not in row
    assert row["statement"].startswith("post-")
    with pytest.raises(Refusal, match="dehydrated export has no texts"):
        Hiding(dehydrated=True, key=KEY, with_texts=True)


@pytest.mark.parametrize("key", [b"", b"short", KEY[:31]])
def test_a_key_that_could_be_guessed_is_refused(key: bytes) -> None:
    with pytest.raises(BadKey, match="it needs 32 or more"):
        Hiding(key=key)


def test_the_key_is_in_no_file_and_no_message(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(hiding=PSEUDONYMISED))

    assert KEY.decode() not in everything_in(tmp_path / "out")
    assert KEY.decode() not in repr(PSEUDONYMISED)
    assert json.loads((tmp_path / "out" / "hustings-export.json").read_text())["hidden"] == ["pseudonymised"]


def test_the_manifest_names_nobody_who_was_asked_for(filled: Engine, tmp_path: Path) -> None:
    filters = Filters(contest=example.HARBOUR, person="p:maren")
    for form, out in (("csv", tmp_path / "out"), ("datapackage", tmp_path / "package")):
        made = archive.exported(filled, out, Wish(form=form, hiding=PSEUDONYMISED), filters)

        told = json.loads(made.manifest.read_text())["filters"]
        assert told["person"] in {row["person_id"] for row in archive.cells_of(out, "persons")}
        assert told["contest"] in {row["contest_id"] for row in archive.cells_of(out, "contests")}
        assert "p:maren" not in everything_in(out)
        assert example.HARBOUR not in everything_in(out)


def test_an_archive_cannot_be_hidden(filled: Engine, tmp_path: Path) -> None:
    for hiding in (DEHYDRATED, PSEUDONYMISED):
        with pytest.raises(UnfitFormat, match="holds texts and names"):
            archive.exported(filled, tmp_path / "out.sqlite", Wish(form="sqlite", hiding=hiding))


# ---- single values ----------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_different_values_have_different_pseudonyms(one: str, other: str) -> None:
    assert (PSEUDONYMISED.pseudonym("post", one) == PSEUDONYMISED.pseudonym("post", other)) == (one == other)
    assert PSEUDONYMISED.pseudonym("post", one) != PSEUDONYMISED.pseudonym("person", one)


def test_a_pseudonym_is_the_hmac_of_its_domain_and_value() -> None:
    """Reckoned by `printf 'person\\0dc:143' | openssl dgst -sha256 -hmac KEY`."""
    assert PSEUDONYMISED.pseudonym("person", "dc:143") == "person-" + HMAC_OF_PERSON


HMAC_OF_PERSON = "72b23a628244a2b516d446446ee82e8f"


def test_the_id_of_a_feed_loses_its_headline_and_joins_all_the_same(engine: Engine, tmp_path: Path) -> None:
    address = "https://blog.example.org/2024/why-the-mayor-must-go"
    example.fill(engine)
    with Session(engine) as session:
        account = models.Account(
            platform="feed", platform_id="https://blog.example.org/words", person_id="p:cy"
        )
        session.add(account)
        session.flush()
        session.add(
            models.Statement(
                platform="feed",
                post_id=address,
                account_id=account.id,
                text="words",
                text_sha256="0",
                published_at=datetime(2023, 5, 5, tzinfo=UTC),
            )
        )
        session.commit()
    archive.exported(engine, tmp_path / "out", Wish(form="jsonl", hiding=DEHYDRATED))

    [row] = [row for row in archive.rows_of(tmp_path / "out", "statements") if row["platform"] == "feed"]
    links = archive.rows_of(tmp_path / "out", "statement-contests")
    assert "blog.example.org" not in everything_in(tmp_path / "out")
    assert row["statement"].startswith("feed:sha256-")
    assert row["account"] in {one["account"] for one in archive.rows_of(tmp_path / "out", "accounts")}
    assert row["statement"] in {link["statement"] for link in links}


@pytest.mark.parametrize(
    ("made_of", "dehydrated", "pseudonymised"),
    [(Made.PERSON, "p:1", "person-"), (Made.PARTY, "p:1", "p:1"), (Made.NAME, "name-", "name-")],
)
def test_only_a_party_keeps_its_id_as_an_actor(made_of: Made, dehydrated: str, pseudonymised: str) -> None:
    from analysis.exports.hiding import _actor

    for hiding, begin in ((DEHYDRATED, dehydrated), (PSEUDONYMISED, pseudonymised), (BOTH, pseudonymised)):
        [column] = [one for one in columns_of("nodes") if one.name == "id"]
        assert _actor(Actor("p:1", made_of), hiding.rules_for(column), hiding).startswith(begin)


def test_the_dictionary_speaks_only_of_what_is_there(filled: Engine, tmp_path: Path) -> None:
    archive.exported(filled, tmp_path / "out", Wish(hiding=BOTH))

    told: dict[str, list[str]] = {}
    for row in archive.cells_of(tmp_path / "out", "columns"):
        told.setdefault(row["table"], []).append(row["column"])
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == told[path.stem]
