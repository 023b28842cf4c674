"""The search in a real browser: Chromium opens it from disk."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from accessibility import SCHEMES, WIDTHS, Seen
from search_reading import Asked, Term, brute_force
from search_site import ASSETS, CUT, EXAMPLE, HOSTILE, TOBIAS, many, write_site

from analysis.publishing.search_index import SearchDoc
from analysis.site.harmless import shown

pytestmark = pytest.mark.real

UNDATED = replace(
    TOBIAS,
    key="x:undated",
    at=None,
    local_time="",
    kinds=(),
    tone="unscored",
    targets=(("Maren Hollis", "negative"),),
    minutes=None,
    phase="unknown",
    text="Maren Hollis misled the harbour.",
)
HILL = replace(
    EXAMPLE,
    key="x:hill",
    address="elections/westhaven/contests/hill/candidates/ida.html#x-hill",
    contest_id="hill",
    contest="Hill ward",
    person_id="ida",
    author="Ida Łoś",
    party="",
    elected=None,
    kinds=("accusation",),
    tone="negative",
    targets=(("Maren Hollis", "negative"), ("Voters", "positive")),
    text="The harbour crowd took the money. 選挙に勝った",
)
DOCS = [EXAMPLE, TOBIAS, UNDATED, HILL, *many(60)]
IN_JAVASCRIPT = "window.hustingsWords.by(rules)"


Open = Callable[..., Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    write_site(folder, DOCS)
    return folder


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def opened(browser: Any, site: Path, seen: Seen) -> Iterator[Open]:
    """Opens the page at a question, and ends with no complaint and no request outside the folder."""
    contexts = []

    def open_page(question: str = "", *, folder: Path = site, **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        seen.watch(page)
        page.goto(f"{(folder / 'search.html').as_uri()}{question}")
        if options.get("java_script_enabled", True):
            settled(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert seen.complaints == []
    assert seen.outside(site.parent) == []


def settled(page: Any, state: str = "") -> str:
    """Wait for the end of a search, and say what was announced."""
    states = [state] if state else ["idle", "done"]
    page.wait_for_selector(",".join(f"#search-status[data-state={one}]" for one in states))
    return str(page.inner_text("#search-status"))


def asked(page: Any, words: str) -> str:
    page.fill("#search-q", words)
    page.press("#search-q", "Enter")
    return settled(page, "done")


def authors(page: Any) -> list[str]:
    return [str(name) for name in page.locator(".search-hit h3 a").all_inner_texts()]


def found(page: Any) -> list[str]:
    """The records to which the results lead."""
    links = page.locator(".search-hit h3 a").all()
    return [link.get_attribute("href").partition("#x-")[2] for link in links]


def count_at(page: Any, facet: str, value: str) -> str:
    label = page.locator("label", has=page.locator(f"input[name={facet}][value='{value}']"))
    return str(label.locator(".search-count").text_content())


def test_a_statement_is_found_and_leads_to_its_record(opened: Open, site: Path) -> None:
    page = opened()
    assert page.inner_text("#search-status") == "64 statements can be searched."
    assert asked(page, "tax rise") == "1 statement found. Shown: 1 to 1, newest first."
    hit = page.locator(".search-hit")
    assert hit.locator("mark").all_inner_texts() == ["tax", "rise"]
    assert "Orchard Alliance" in hit.inner_text()
    assert "Harbour ward · 5 May 2023, 03:00 BST" in hit.inner_text()
    assert "elected · 1 h 0 min after the declaration" in hit.inner_text()
    assert hit.locator(".search-kind").all_inner_texts() == ["victory", "thanks"]
    link = hit.get_by_role("link").evaluate("one => one.href")
    assert link == f"{site.as_uri()}/{EXAMPLE.address}"


QUESTIONS: list[tuple[str, tuple[Term, ...]]] = [
    ("harbour", (Term(("harbour",)),)),
    ("harbour -promenade", (Term(("harbour",)), Term(("promenade",), is_not=True))),
    ("-leaflet", (Term(("leaflet",), is_not=True),)),
    ('"the harbour"', (Term(("the", "harbour")),)),
    ("“the harbour”", (Term(("the", "harbour")),)),
    ("harb*", (Term(("harb",), is_prefix=True),)),
    ("ZIZKOV CAFÉ", (Term(("zizkov",)), Term(("cafe",)))),
    ("don't", (Term(("don", "t")),)),
    ("#harbourvotes", (Term(("#harbourvotes",)),)),
    ("harbourvotes", (Term(("harbourvotes",)),)),
    ("@maren_h", (Term(("@maren", "h")),)),
    ("maren", (Term(("maren",)),)),
    ("選挙", (Term(("選", "挙")),)),
    ("挙選", (Term(("挙", "選")),)),
    ("number 1*", (Term(("number",)), Term(("1",), is_prefix=True))),
    ("__proto__", (Term(("proto",)),)),
]


def test_questions_get_the_answers_of_a_search_through_every_text(opened: Open) -> None:
    page = opened()
    for question, terms in QUESTIONS:
        said = asked(page, question)
        expected = brute_force(DOCS, Asked(terms))
        assert said.startswith(f"{len(expected)} " if expected else "No statement"), question
        assert found(page) == [key_of(key) for key in expected[:20]], question


def key_of(key: str) -> str:
    """The anchor of an example: statements made in number keep that of the one they were made from."""
    doc = next(doc for doc in DOCS if doc.key == key)
    return doc.address.partition("#x-")[2]


def test_words_are_cut_and_marked_as_the_index_cuts_them(opened: Open) -> None:
    page = opened()
    cut = page.evaluate(
        f"""async texts => {{
            const {{ rules }} = await window.hustingsIndex.directory("");
            const words = {IN_JAVASCRIPT};
            return texts.map(text => words.cut(text));
        }}""",
        [text for text, _ in CUT],
    )
    assert dict(zip([text for text, _ in CUT], cut, strict=True)) == dict(CUT)


def test_filters_combine_and_say_what_each_option_would_give(opened: Open) -> None:
    page = opened("#q=harbour&kind=accusation")
    assert found(page) == ["hill"]
    assert count_at(page, "kind", "victory") == "(1)"  # what choosing it as well would add
    assert count_at(page, "tone", "negative") == "(1)"
    assert count_at(page, "tone", "positive") == "(0)"
    page.get_by_label("victory").check()
    assert settled(page, "done").startswith("2 statements")
    page.get_by_label("no result known").check()
    assert settled(page, "done").startswith("1 statement ")
    assert count_at(page, "outcome", "elected") == "(1)"
    page.get_by_label("Party of the speaker").select_option("")
    assert settled(page, "done").startswith("1 statement ")
    assert page.url.endswith("#q=harbour&party=&kind=accusation&kind=victory&outcome=no_result")


FILTERED: list[tuple[str, list[str]]] = [
    ("contest=hill", ["hill"]),
    ("candidate=ida", ["hill"]),
    ("party=", ["hill"]),
    ("kind=&q=misled", ["2"]),
    ("target=maren+hollis", ["hill", "2", "2"]),
    ("target=Maren+Hollis&toward=negative", ["hill", "2"]),
    ("toward=positive", ["hill", "2"]),
    ("tone=neutral&phase=after_declaration", ["2"]),
    ("outcome=no_result", ["hill"]),
    ("hours-from=0.5&hours-to=1.5&tone=negative", ["hill"]),
    ("from=2023-05-05&to=2023-05-05&contest=harbour", ["1", "2"]),
    ("to=2023-03-06", ["2"]),
    ("from=2024-01-01", []),
]


def test_each_filter_narrows_the_results(opened: Open) -> None:
    for question, expected in FILTERED:
        page = opened(f"#{question}")
        assert sorted(found(page)) == sorted(expected), question
        page.close()


def test_a_search_can_be_linked_and_its_form_shows_what_was_asked(opened: Open) -> None:
    page = opened("#q=harbour&contest=hill&candidate=ida&tone=negative&from=2023-01-01")
    assert page.input_value("#search-q") == "harbour"
    assert page.input_value("#search-contest") == "Hill ward"
    assert page.input_value("#search-candidate") == "Ida Łoś (Hill ward)"
    assert page.get_by_label("negative").first.is_checked()
    assert page.locator("#search-from").is_visible()
    assert authors(page) == ["Ida Łoś"]
    assert authors(opened("?q=tax")) == ["Maren Hollis"]


def test_pages_of_results_follow_one_another_and_the_way_back(opened: Open) -> None:
    page = opened("#q=leaflet")
    assert settled(page).endswith("Shown: 1 to 20, newest first.")
    page.get_by_role("link", name="Next page").click()
    page.wait_for_selector("text=Shown: 21 to 40")
    assert page.evaluate("document.activeElement.id") == "search-heading"
    assert page.locator(".search-hit").count() == 20
    page.go_back()
    page.wait_for_selector("text=Shown: 1 to 20")
    assert "Leaflet number 0" in page.locator(".search-hit").first.inner_text()


def test_the_best_answers_can_come_first(opened: Open) -> None:
    page = opened("#q=harbour+crowd+-tax&sort=relevance")
    assert found(page) == ["hill"]
    page = opened("#q=number&sort=relevance")
    assert settled(page).endswith("best answers first.")


def test_names_are_offered_and_one_that_is_none_is_refused(opened: Open) -> None:
    page = opened("#all=1")
    page.fill("#search-candidate", "los")
    assert page.locator("#candidate-choices option").get_attribute("value") == "Ida Łoś (Hill ward)"
    page.fill("#search-candidate", "Nobody")
    page.press("#search-candidate", "Enter")
    assert page.locator("#candidate-hint").is_visible()
    assert page.locator("#search-candidate").get_attribute("aria-invalid") == "true"
    page.fill("#search-candidate", "ida łoś")
    page.press("#search-candidate", "Enter")
    settled(page, "done")
    assert authors(page) == ["Ida Łoś"]
    assert not page.locator("#candidate-hint").is_visible()


def test_everything_can_be_done_by_keyboard(opened: Open) -> None:
    page = opened()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.value"))
        if reached[-1] == "search-q":
            page.keyboard.type("harbour")
            page.keyboard.press("Enter")
            settled(page, "done")
        if reached[-1] == "accusation":
            page.keyboard.press("Space")
            settled(page, "done")
        if page.evaluate("document.activeElement.closest('.search-hit') !== null"):
            break
    assert {"search-contest", "search-candidate", "search-party", "search-sort"} <= set(reached)
    assert page.evaluate("document.activeElement.textContent") == "Ida Łoś"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_results_are_announced_and_every_control_has_a_name(opened: Open) -> None:
    page = opened("#q=harbour")
    assert page.locator("#search-status").get_attribute("role") == "status"
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('input, select, button')]
            .filter(one => !(one.labels && one.labels.length) && !one.textContent.trim())
            .map(one => one.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_the_window_with_hostile_texts(
    opened: Open, tmp_path_factory: pytest.TempPathFactory, site: Path, width: int, scheme: str
) -> None:
    folder = site.parent / f"hostile-{width}-{scheme}"
    folder.mkdir()
    write_site(folder, hostile_docs())
    page = opened("#all=1", folder=folder, viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert settled(page, "done").startswith(f"{len(HOSTILE)} statements found")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#search-filters").evaluate("one => (one.open = true)")
    page.locator("#search-more").evaluate("one => (one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def hostile_docs() -> list[SearchDoc]:
    """Statements, authors, parties and contests by those who mean harm."""
    return [
        replace(
            EXAMPLE,
            key=f"x:bad-{number}",
            person_id=f"bad-{number}",
            author=text[:300],
            party=text[:300],
            contest=text[:300],
            contest_id=f"bad-{number}",
            targets=((text[:300], "negative"),),
            local_time=shown(text)[:50],
            text=text,
        )
        for number, text in enumerate(HOSTILE)
    ]


def test_hostile_texts_are_shown_and_do_nothing(opened: Open, site: Path) -> None:
    folder = site.parent / "hostile"
    folder.mkdir()
    write_site(folder, hostile_docs())
    page = opened("#all=1", folder=folder)
    assert page.title() == "Search · Hustings"
    assert page.locator("blockquote", has_text="document.title = 'owned'").first.is_visible()
    assert page.locator("main img, main iframe, main script").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('blockquote')).unicodeBidi") == "isolate"
    highest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.search-hit')].map(one => one.clientHeight))"
    )
    assert highest < 1_500
    for word in ("script", "evil", "proto", "txt", "far", "nulbyte"):
        assert asked(page, word)[0].isdigit(), word
    assert page.title() == "Search · Hustings"


def test_a_question_that_is_hostile_is_only_a_question(opened: Open) -> None:
    page = opened(
        "#q=<img src=x onerror=alert(1)>&kind=<b>&party=nobody&page=-3&sort=x&constructor=1&length=1"
    )
    assert settled(page)
    assert page.locator("main img").count() == 0
    assert asked(opened(), '"').startswith("64 statements")
    assert asked(opened(), "*").startswith("64 statements")


def test_the_skip_link_leaves_the_search_as_it_was(opened: Open) -> None:
    page = opened("#q=tax")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.input_value("#search-q") == "tax"
    assert authors(page) == ["Maren Hollis"]


def test_clearing_brings_the_first_state_back(opened: Open) -> None:
    page = opened("#q=tax&kind=victory")
    page.get_by_role("button", name="Clear all").click()
    assert settled(page, "idle") == "64 statements can be searched."
    assert not page.locator("#search-results").is_visible()
    assert page.locator("input:checked").count() == 0


def test_only_what_a_question_needs_is_loaded(opened: Open, seen: Seen, site: Path) -> None:
    page = opened()
    at_opening = {url.rpartition("/")[2] for url in seen.requests if not url.startswith("data:")}
    assert at_opening == {"search.html", "style.css", "directory.js", *ASSETS}
    seen.requests.clear()
    asked(page, "tax")
    loaded = {url.partition("search/")[2].partition("?")[0] for url in seen.requests}
    assert {name for name in loaded if "docs-" in name} == {"2023-W18/docs-0.js"}


HOLD = """(name) => {
  // Chromium tells nobody of the files that a page loads from a disk: the script is held where it is added.
  window.held = [];
  for (const way of ["append", "appendChild"]) {
    const plain = Element.prototype[way];
    Element.prototype[way] = function (...some) {
      if (String(some[0]?.src).includes(name)) window.held.push(() => plain.apply(this, some));
      else plain.apply(this, some);
      return some[0];
    };
  }
}"""


def test_first_results_show_while_older_weeks_are_still_searched(opened: Open) -> None:
    page = opened()
    page.evaluate(HOLD, "2023-W10/columns.js")
    page.fill("#search-q", "leaflet")
    page.press("#search-q", "Enter")
    page.wait_for_selector("text=older statements are still being searched")
    assert page.locator(".search-hit").count() == 20
    assert "parts of the index are searched" in page.inner_text("#search-progress-text")
    assert page.locator("#search-progress").is_visible()
    page.evaluate("window.held.forEach((add) => add())")
    assert settled(page, "done").startswith("60 statements")
    assert not page.locator("#search-progress").is_visible()


def test_a_file_that_is_missing_is_told_and_not_passed_over(browser: Any, tmp_path: Path) -> None:
    write_site(tmp_path, DOCS)
    (tmp_path / "search" / "2023-W10" / "columns.js").unlink()
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'search.html').as_uri()}#q=leaflet")
    page.wait_for_selector("#search-status[data-state=failed]")
    assert "search/2023-W10/columns.js" in page.inner_text("#search-problem")
    page.close()


def test_without_script_the_page_says_where_the_statements_are(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    assert "JavaScript, which is switched off" in page.inner_text("main")
    assert page.get_by_role("link", name="Westhaven council 2023").is_visible()
    assert page.get_by_role("link", name="statements of Harbour ward").is_visible()
    assert not page.locator("form").is_visible()


def test_paper_shows_the_results_and_not_the_form(opened: Open) -> None:
    page = opened("#q=tax")
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible()
    assert page.locator(".search-hit").is_visible()
    assert page.locator("#search-status").is_visible()
