"""The built-in tables of targets are whole: each row has a source, dates are in order, no spelling twice."""

import csv
from collections import Counter
from importlib.resources import files
from itertools import pairwise

import pytest

from analysis.targets import tables

TABLES = sorted(
    entry.name
    for entry in files("analysis.targets").joinpath("tables").iterdir()
    if entry.name.endswith(".csv")
)
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
    assert len(tables.parties()) > 100
    assert len(tables.actors()) > 150
    assert tables.handles()["uklabour"].who == "Labour"
    assert all(tables.titles(kind) for kind in ("title", "role", "weak"))


def test_an_office_has_one_holder_a_day() -> None:
    tenures = [t for t in tables.tenures() if t.office not in SHARED and t.office != "presidential nominee"]
    for office, country in {(t.office, t.country) for t in tenures}:
        held = sorted(tables.tenures_in(office, country), key=lambda t: t.valid_from)
        for first, then in pairwise(held):
            assert first.valid_to is not None, (first, then)
            assert first.valid_to <= then.valid_from, (first, then)


def test_a_tenure_ends_after_it_begins() -> None:
    assert [t for t in tables.tenures() if t.valid_to and t.valid_to <= t.valid_from] == []


def test_every_leader_leads_a_party_that_the_tables_know() -> None:
    known = {named.alias.who for named in tables.parties()}
    led = {t.office.removeprefix("leader of ") for t in tables.tenures() if t.office.startswith("leader of ")}
    assert led <= known
    assert {t.party for t in tables.tenures()} <= known | {""}


def test_every_office_that_can_be_named_has_holders() -> None:
    held = {t.office for t in tables.tenures()} | {"leader"}
    assert {row.title.office for row in tables.office_titles()} <= held
