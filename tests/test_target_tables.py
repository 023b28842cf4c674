"""The built-in tables of targets are whole: each row has a source, dates are in order, no spelling twice."""

import csv
from collections import Counter
from importlib.resources import files
from itertools import pairwise

import pytest

from analysis.targets import tables
from analysis.targets.gazetteer import built_in

TABLES = sorted(
    entry.name
    for entry in files("analysis.targets").joinpath("tables").iterdir()
    if entry.name.endswith(".csv")
)
FACTS = built_in()
SHARED = {"leader of Green Party"}
"""Offices that two persons held together."""


def rows(table: str) -> list[dict[str, str]]:
    text = files("analysis.targets").joinpath("tables", table).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_says_what_it_is_and_every_row_has_a_source(table: str) -> None:
    text = files("analysis.targets").joinpath("tables", table).read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert all(row["source"] and None not in row for row in rows(table))


@pytest.mark.parametrize("table", TABLES)
def test_no_row_stands_twice(table: str) -> None:
    counted = Counter(tuple(row.values()) for row in rows(table))
    assert [row for row, count in counted.items() if count > 1] == []


def test_every_table_can_be_read() -> None:
    assert len(FACTS.parties) > 100
    assert len(FACTS.actors) > 150
    assert FACTS.handles["uklabour"].who == "Labour"
    assert all(tables.titles(kind) for kind in ("title", "role", "weak"))


def test_an_office_has_one_holder_a_day() -> None:
    tenures = [t for t in FACTS.tenures if t.office not in SHARED and t.office != "presidential nominee"]
    for office, country in {(t.office, t.country) for t in tenures}:
        held = sorted(FACTS.tenures_in(office, country), key=lambda t: t.begins)
        for first, then in pairwise(held):
            assert first.ends is not None, (first, then)
            assert first.ends <= then.begins, (first, then)


def test_a_tenure_ends_after_it_begins() -> None:
    assert [t for t in FACTS.tenures if t.ends and t.ends <= t.begins] == []


def test_every_leader_leads_a_party_that_the_tables_know() -> None:
    known = {named.alias.who for named in FACTS.parties}
    led = {t.office.removeprefix("leader of ") for t in FACTS.tenures if t.office.startswith("leader of ")}
    assert led <= known
    assert {t.party for t in FACTS.tenures} <= known | {""}


def test_every_office_that_can_be_named_has_holders() -> None:
    held = {t.office for t in FACTS.tenures} | {"leader"}
    assert {row.title.office for row in FACTS.office_titles} <= held
