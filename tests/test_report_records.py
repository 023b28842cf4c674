"""Statements on a report's pages: hostile texts are only ever text, and every address leads to its record."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, TypeVar, get_type_hints
from urllib.parse import unquote

import example_archive as example
import pytest
import search_reading
from hypothesis import given, settings
from hypothesis import strategies as st
from report_reading import Outline, rows
from sqlalchemy import update
from sqlmodel import Session

from analysis.contract import Reason
from analysis.outcomes.ballots import find_elections
from analysis.outcomes.facts import facts_of
from analysis.outcomes.linking import Terms, outcomes_in
from analysis.outcomes.statements import statements_in
from analysis.publishing import write_report
from analysis.publishing.contests import MOST_ON_PAGE
from analysis.publishing.records import compact, record
from analysis.reports.addresses import MOST_RECORDS, shelved, slug
from analysis.reports.contests.parts import Archived, Beside, CandidatePart, ShownStatement, candidate_part
from analysis.reports.contests.reasons import StatementWhy, Why
from analysis.reports.folder import files_in
from analysis.reports.passages import Passage, Passages
from analysis.site import wording
from analysis.site.harmless import shown as harmless
from db import models, open_database, writing

NOW = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "</blockquote></article></main><style>*{display:none}</style>",
            "<!-- ",
            "]]>",
            "&lt;b&gt;",
            "&#60;i&#62;",
            "<a href=javascript:alert(1)>",
            "{{ 7 * 7 }}",
            "</i></mark><b>",
            '"',
            "'",
            "<",
            ">",
            "&",
        ]
    ),
    st.text("<>&\"'=/ascript!-x;#\n\u202e", min_size=1, max_size=30),
)
"""What somebody might write who wants more than to be read."""


# ---- texts in every place ---------------------------------------------------------------------------

CLOSED = frozenset(
    {
        *("basis", "channel", "counted_as", "phase", "published_local", "published_precision"),
        *("review", "status", "type", "unscored", "collection"),
    }
)
"""Columns whose words are the program's own, or checked where they are read: the rest is from outside."""

Value = TypeVar("Value", bound=Any)


def with_texts(value: Value, text: str) -> Value:
    """A frozen value with a text in each of its places for text, none of them the same as another."""
    hints = get_type_hints(type(value))
    changed: dict[str, Any] = {}
    for one in fields(value):
        if one.name in CLOSED or not one.init:
            continue
        if hints[one.name] in (str, str | None):
            changed[one.name] = f"{one.name} {text}"
        elif hints[one.name] == tuple[str, ...]:
            changed[one.name] = (f"{one.name} 1 {text}", f"{one.name} 2 {text}")
    return replace(value, **changed)


def hostile(shown: ShownStatement, text: str, url: str) -> ShownStatement:
    """A statement whose every word is `text`, with the reasons of its labels."""
    unsure: dict[str, Any] = {"confidence": 0.1, "is_unclear": True}
    statement = with_texts(shown.statement, text)
    captures = tuple(with_texts(one, text) for one in statement.captures)
    whole = Why(None, (Reason(0, 1, f"words {text}", f"rule {text}", -0.5),), 2, (f"remark {text}",))
    toward = replace(whole, about=0)
    remarks = tuple(replace(one, sentence=f"sentence {text}", claim=one.claim) for one in shown.remarks)
    passages = (
        Passage(harmless(f"before {text}")),
        *(Passage(harmless(f"target {text}"), one.targets) for one in marked(shown)),
    )
    return replace(
        shown,
        statement=replace(statement, captures=captures, url=url),
        row=with_texts(replace(shown.row, sentiment=-0.1, unscored=None, **unsure), text),
        passages=Passages(passages, left_out=3),
        targets=tuple(
            replace(with_texts(replace(one, score=-0.1, **unsure), text), sentiment_method=f"other {text}")
            for one in shown.targets
        ),
        kinds=tuple(with_texts(one, text) for one in shown.kinds),
        why=StatementWhy((f"masked {text}",), (toward, whole) if shown.targets else (whole,), 1),
        remarks=remarks,
    )


def marked(shown: ShownStatement) -> list[Passage]:
    return [one for one in shown.passages.passages if one.targets]


class Parts:
    """Candidacies with their statements; no dataclass, since hypothesis would print all that it holds."""

    def __init__(self, every: Sequence[CandidatePart]) -> None:
        self.every = every

    def statement(self, key: str) -> tuple[CandidatePart, ShownStatement]:
        [found] = [(part, one) for part in self.every for one in part.statements if one.statement.key == key]
        return found


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The candidacies of the Harbour ward, one of them with a claim that stands out."""
    engine = open_database(str(tmp_path_factory.mktemp("parts") / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        early = example.add_statement(session, "early", "tobias", "We have won Harbour!", example.after(-40))
        targets = [("Harbour", "Harbour Party", "alias", -0.2), ("", "Maren Hollis", "reply", None)]
        example.add_reading(session, early, targets, kinds=("victory", "accusation"))
    with Session(engine) as session:
        [election] = find_elections(session, election=example.ELECTION)
        facts = facts_of(session, election)
        [contest] = [one for one in facts.contests if one.id == example.HARBOUR]
        found = statements_in(session, [contest], window=facts.window)[contest.id]
    engine.dispose()
    beside = Beside(Archived({}, {}, frozenset()), 0, {})
    made = [
        candidate_part(
            outcome, [one for one in found if one.person_id == outcome.candidacy.person_id], beside
        )
        for outcome in outcomes_in(contest, found, facts, Terms(now=NOW))
    ]
    tobias = next(one for one in made if one.row.person_id == "p:tobias")
    assert any(one.remarks for one in tobias.statements)
    return Parts(made)


def shape(page: str) -> list[tuple[str, list[str]]]:
    """The tags of a piece of a page with the names of their attributes; fails where one is not closed."""
    outline = Outline(page)
    assert outline.wrong == outline.open == []
    return [(tag, sorted(attrs)) for tag, attrs in outline.tags]


def rendered(part: CandidatePart, text: str, url: str) -> Iterator[str]:
    of = replace(part, row=with_texts(part.row, text))
    for one in part.statements:
        shown = hostile(one, text, url)
        yield record(shown, part.outcome.contest)
        yield compact(shown, of, f"candidates/{text}.html#{shown.anchor}")


@given(HOSTILE, HOSTILE)
def test_no_text_makes_a_tag_or_an_attribute_wherever_it_stands(parts: Parts, text: str, path: str) -> None:
    url = f"https://social.example/{path}"
    for part in parts.every:
        for is_link in (True, False):
            given_url = url if is_link else f"javascript:{path}"
            plain_url = "https://social.example/" if wording.web_address(given_url) else "word"
            plain = list(rendered(part, "word", plain_url))
            found = list(rendered(part, text, given_url))
            assert [shape(one) for one in found] == [shape(one) for one in plain]
            for address in (one for page in found for one in Outline(page).values("href")):
                assert address.startswith(("https://social.example/", "candidates/", "#")), address


@given(HOSTILE)
def test_every_text_is_shown_as_it_is(parts: Parts, text: str) -> None:
    part, one = parts.statement("x:early")
    shown = hostile(one, text, "x")
    full = unescape(record(shown, part.outcome.contest))
    short = unescape(compact(shown, part, "x"))
    for place in ("before", "target", "sentence"):
        assert harmless(f"{place} {text}") in full
        assert harmless(f"{place} {text}") in short
    assert harmless(f"who {text}: ") in short
    for place in (
        *("who", "words", "reply_to", "addressee", "cue", "position", "source", "sha256", "mention"),
        *(
            "method",
            "strength",
            "types 1",
            "targets 2",
            "reviewed_by",
            "masked",
            "rule",
            "remark",
            "label",
            "other",
        ),
    ):
        assert harmless(f"{place} {text}") in full, place
    assert not set(full + short) & set("\u202e\x00\x1b")


# ---- names of people, parties and places ------------------------------------------------------------

NAMES = (
    (models.Election, "name"),
    (models.Contest, "name"),
    (models.Contest, "declared_source"),
    (models.Contest, "result_source"),
    (models.Contest, "result_summary"),
    (models.Person, "name"),
    (models.Party, "name"),
    (models.Party, "abbreviation"),
    (models.Candidacy, "ballot_label"),
    (models.Candidacy, "source"),
    (models.Account, "platform"),
    (models.Capture, "source"),
    (models.Statement, "text"),
    (models.Statement, "reply_to"),
    (models.Statement, "cue"),
    (models.Statement, "addressee"),
    (models.Target, "who"),
    (models.Target, "mention"),
)


def test_hostile_names_do_nothing_on_any_page(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "archive.db"), create=True)
    example.fill(engine)
    evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> onload=x {{ 7 * 7 }} \u202e"
    with writing(engine) as session:
        for table, column in NAMES:
            session.execute(update(table).values({column: evil}))
    write_report(engine, tmp_path / "out", generated_at=NOW)
    engine.dispose()
    pages = sorted((tmp_path / "out").rglob("*.html"))
    assert len(pages) > 25
    for path in pages:
        page = path.read_text(encoding="utf-8")
        outline = Outline(page)
        assert (path.name, outline.wrong, outline.open) == (path.name, [], [])
        tags = [tag for tag, _ in outline.tags]
        assert "img" not in tags
        assert {tuple(sorted(attrs)) for tag, attrs in outline.tags if tag == "script"} <= {
            ("defer", "src"),
            ("class", "type"),  # data
        }
        assert set(re.findall(r"<script[^>]*>([^<]*)</script>", page)) <= {"", *_data(page)}
        assert not [key for _, attrs in outline.tags for key in attrs if key.startswith("on")]
        assert "\u202e" not in page
        assert "49" not in page.partition("{{ 7 * 7 }}")[0][-20:]
    assert any("&lt;script&gt;alert(1)" in path.read_text(encoding="utf-8") for path in pages)


def _data(page: str) -> list[str]:
    """What a page's charts are drawn from: nothing in it can end the element that it stands in."""
    found = re.findall(r'<script type="application/json" class="chart-rows">(.*?)</script>', page, re.DOTALL)
    assert not [one for one in found if set(one) & set("<>&")]
    return found


# ---- many statements --------------------------------------------------------------------------------

MANY = 470
"""Of one candidate: more than a page of records, and more than two pages of a contest."""


@dataclass(frozen=True, slots=True)
class Site:
    """A report, and what its pages hold."""

    folder: Path
    outlines: Mapping[str, Outline]

    def ids(self, name: str) -> list[str]:
        return self.outlines[name].values("id")

    @property
    def contest(self) -> str:
        return f"elections/{slug(example.ELECTION)}/contests/{slug(example.HARBOUR)}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("many")
    engine = open_database(str(folder / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        for number in range(MANY):
            at = example.after(0) + timedelta(hours=number - 400)
            example.add_statement(session, f"many-{number}", "ines", f"Statement {number}.", at)
        for post in ("A/../B", "CamelCase", "naïve <b>", "x" * 200, "a_b", "1", "-", "."):
            example.add_statement(session, post, "maren", f"Of an odd id: {post}", example.after(9))
    write_report(engine, folder / "out", generated_at=NOW)
    engine.dispose()
    out = folder / "out"
    pages = {
        name: (out / name).read_text(encoding="utf-8") for name in files_in(out) if name.endswith(".html")
    }
    return Site(out, {name: Outline(page) for name, page in pages.items()})


def test_every_link_with_a_place_leads_to_one_element_of_that_id(site: Site) -> None:
    links = 0
    for name, outline in site.outlines.items():
        for address in outline.values("href"):
            if address.startswith(("https://", "data:")):
                continue
            file, _, place = address.partition("#")
            goal = (site.folder / name).parent / unquote(file) if file else site.folder / name
            assert goal.is_file(), f"{name}: {address}"
            if place:
                found = goal.resolve().relative_to(site.folder.resolve()).as_posix()
                assert site.ids(found).count(place) == 1, f"{name}: {address}"
                links += 1
    assert links > 2 * MANY


def test_no_page_has_an_id_twice(site: Site) -> None:
    for name in site.outlines:
        assert [one for one, count in Counter(site.ids(name)).items() if count > 1] == [], name


def test_every_document_of_the_search_leads_to_a_record(site: Site) -> None:
    found = [row[1] for path in sorted(site.folder.glob("search/*/docs-*.js")) for row in documents_in(path)]
    assert (
        len(found) == len(rows(site.folder / site.contest, "statements")) + 1
    )  # one of the earlier election
    for address in found:
        file, _, place = address.partition("#")
        assert site.ids(file).count(place) == 1, address


def documents_in(path: Path) -> list[list[Any]]:
    [documents] = [one for one in search_reading.call(path) if isinstance(one, list)]
    return documents


def test_more_statements_than_a_page_holds_give_pages_in_time_order(site: Site) -> None:
    every = [row["statement"] for row in rows(site.folder / site.contest, "statements")]
    numbers = -(-len(every) // MOST_ON_PAGE)
    assert numbers == 3
    pages = [f"{site.contest}/statements-{number}.html" for number in range(1, numbers + 1)]
    assert f"{site.contest}/statements-{numbers + 1}.html" not in site.outlines
    shown = [
        [str(attrs["id"]) for tag, attrs in site.outlines[page].tags if tag == "article"] for page in pages
    ]
    assert [len(some) for some in shown] == [200, 200, len(every) - 400]
    assert len({one for some in shown for one in some}) == len(every)
    times = [site.outlines[page].values("datetime", "time") for page in pages]
    instants = [datetime.fromisoformat(one) for some in times for one in some if "T" in one]
    assert instants == sorted(instants)
    assert shown[-1][-1] == "x-1007"  # which has no time


def test_the_contests_own_page_shows_the_page_on_which_the_result_falls(site: Site) -> None:
    outline = site.outlines[f"{site.contest}/index.html"]
    articles = [str(attrs["id"]) for tag, attrs in outline.tags if tag == "article"]
    assert {"x-many-399", "x-many-401", "x-1911111111111111113"} <= set(articles)
    current = [attrs["href"] for tag, attrs in outline.tags if tag == "a" and "aria-current" in attrs]
    assert current == ["statements-3.html"] * 2
    page = site.outlines[f"{site.contest}/{current[0]}"]
    assert [str(attrs["id"]) for tag, attrs in page.tags if tag == "article"] == articles


def test_more_records_than_a_page_holds_go_to_shelves_and_keep_their_first_address(site: Site) -> None:
    first = f"{site.contest}/candidates/{slug('p:ines')}.html"
    shelves = [name for name in site.outlines if name.startswith(f"{first.removesuffix('.html')}/")]
    records = {name: [one for one in site.ids(name) if one.startswith("x-many-")] for name in shelves}
    assert len(shelves) >= -(-MANY // MOST_RECORDS)
    assert all(0 < len(some) <= MOST_RECORDS for some in records.values())
    assert sorted(one for some in records.values() for one in some) == sorted(
        f"x-many-{number}" for number in range(MANY)
    )
    assert {f"x-many-{number}" for number in range(MANY)} <= set(site.ids(first))
    assert "article" not in {tag for tag, _ in site.outlines[first].tags}


def test_as_many_records_as_fit_stand_on_the_candidates_own_page(site: Site) -> None:
    page = f"{site.contest}/candidates/{slug('p:maren')}.html"
    articles = [attrs for tag, attrs in site.outlines[page].tags if tag == "article"]
    assert len(articles) == 10
    assert not [name for name in site.outlines if name.startswith(f"{page.removesuffix('.html')}/")]


@settings(max_examples=30)
@given(st.integers(0, 700), st.integers(1, 5))
def test_shelves_hold_every_key_once_and_few_move_because_others_come(count: int, more: int) -> None:
    keys = [f"x:{number}" for number in range(count)]
    before, after = (
        shelved(some, "p.html") for some in (keys, [*keys, *(f"x:new-{n}" for n in range(more))])
    )
    assert sorted(key for some in before.values() for key in some) == sorted(keys)
    assert all(len(some) <= MOST_RECORDS for some in before.values())
    if count > MOST_RECORDS:
        place = {key: page for page, some in after.items() for key in some}
        moved = {page for page, some in before.items() if {place[key] for key in some} != {page}}
        assert len(moved) <= more
