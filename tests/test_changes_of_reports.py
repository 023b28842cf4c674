"""What whole reports say of what changed: from an archive, with everything between it and the feeds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import example_archive as example
import feedparser
import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from analysis.publishing import write_report
from analysis.publishing.changes import FEEDS
from analysis.publishing.digests import DIGEST
from db import models, open_database, writing

FIRST = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)
SINCE = "Since the report of 1 August 2023, 09:30 UTC: "


class Bench:
    """An archive and its report."""

    def __init__(self, engine: Engine, out: Path) -> None:
        self.engine, self.out, self.hours = engine, out, 0

    def report(self, **asked: Any) -> str:
        """Write the next report, an hour later; returns what it says of what changed."""
        at = FIRST + timedelta(hours=self.hours)
        self.hours += 1
        return write_report(self.engine, self.out, generated_at=at, **asked).changes

    def entries(self, name: str = "all") -> list[feedparser.FeedParserDict]:
        found = feedparser.parse((self.out / f"feeds/{name}.atom").read_bytes())
        assert not found.bozo
        return list(found.entries)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    engine = open_database(str(tmp_path / "archive.db"), create=True)
    example.fill(engine)
    yield Bench(engine, tmp_path / "out")
    engine.dispose()


def change(engine: Engine, begins: str, **values: Any) -> None:
    """Change the statement that begins so."""
    with writing(engine) as session:
        found = col(models.Statement.text).startswith(begins)
        session.execute(update(models.Statement).where(found).values(**values))


def test_what_is_no_longer_shown_is_counted_and_leaves_the_feeds(bench: Bench) -> None:
    words = "Reading the count sheets"
    assert bench.report() == "The first report: there is none before it to compare with."
    assert any(words in entry.get("summary", "") for entry in bench.entries())

    change(bench.engine, words, published_at=FIRST + timedelta(days=400))

    assert bench.report() == f"{SINCE}1 statement gone."
    for path in bench.out.glob("feeds/*"):
        assert words not in path.read_text(encoding="utf-8")


def test_a_statement_that_comes_back_is_new(bench: Bench) -> None:
    change(bench.engine, "Reading the count", published_at=FIRST + timedelta(days=400))
    bench.report()

    change(bench.engine, "Reading the count", published_at=example.DECLARED + timedelta(hours=1))

    assert bench.report() == f"{SINCE}1 new statement."
    assert bench.entries()[0].summary.startswith("Reading the count")


def test_a_report_of_the_same_archive_has_no_news(bench: Bench) -> None:
    bench.report()
    before = {name: (bench.out / f"feeds/{name}.atom").read_bytes() for name in FEEDS}

    assert bench.report() == f"{SINCE}nothing new, no statement, concession or result changed."
    assert {name: (bench.out / f"feeds/{name}.atom").read_bytes() for name in FEEDS} == before


def test_a_report_by_other_terms_is_compared_all_the_same(bench: Bench) -> None:
    bench.report()

    assert bench.report(threshold=0.5) == f"{SINCE}nothing new, no statement, concession or result changed."


def test_a_last_report_that_cannot_be_read_makes_no_news(bench: Bench) -> None:
    bench.report()
    ids = [entry.id for entry in bench.entries()]
    for path in bench.out.rglob(DIGEST):
        path.write_bytes(b"of another release")

    told = bench.report()

    assert told.startswith(SINCE)
    assert "not compared" in told
    assert "new" not in told
    assert [entry.id for entry in bench.entries()] == ids


def test_a_search_index_that_cannot_be_built_on_makes_no_news(bench: Bench) -> None:
    bench.report()
    (bench.out / "search/state.json").write_text("{}")

    assert bench.report() == f"{SINCE}nothing new, no statement, concession or result changed."


def test_every_entry_leads_to_a_record_that_is_there(bench: Bench) -> None:
    bench.report()

    assert len(bench.entries()) == 9
    for name in FEEDS:
        for entry in bench.entries(name):
            [address] = [link.href for link in entry.links if link.rel == "alternate"]
            page, _, place = address.removeprefix("../").partition("#")
            assert f'id="{place}"' in (bench.out / page).read_text(encoding="utf-8")


def test_other_words_are_told_in_the_feed(bench: Bench) -> None:
    bench.report()
    words = "We won, by 12 votes."
    change(bench.engine, "We won", text=words, text_sha256=sha256(words.encode()).hexdigest())

    bench.report()

    [entry] = [one for one in bench.entries() if one.get("summary") == words]
    assert entry.updated == (FIRST + timedelta(hours=1)).isoformat()


def test_links_begin_with_the_address_that_is_given(bench: Bench) -> None:
    bench.report(base="https://count.example/report")

    for entry in bench.entries():
        assert entry.link.startswith("https://count.example/report/elections/")
