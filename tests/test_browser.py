"""The report in a real browser: Chromium opens it from disk."""

from pathlib import Path
from typing import Any

import example_archive as example
import pytest
from accessibility import SCHEMES, WIDTHS, Seen, shift_of

from analysis.publishing import write_report
from analysis.reports.addresses import slug
from analysis.reports.folder import files_in
from db import open_database, writing

pytestmark = pytest.mark.real

ELECTION = f"elections/{slug(example.ELECTION)}/index.html"
CONTEST = f"elections/{slug(example.ELECTION)}/contests/{slug(example.HARBOUR)}/index.html"

MOST_SHIFT = 0.02

HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "<img src=https://evil.example/x onerror=document.title='owned'>",
    "</blockquote></article></main><style>body { display: none }</style><h1>owned</h1>",
    "\u202e" * 50 + "txt.exe \u2067 right to left \u200f مرحبا שלום",
    "W" * 10_000,
    "Z" + "\u0301" * 2_000,
    "\n" * 3_000 + "far below",
    "🔥" * 5_000,
    "((((" * 2_000,
    "{{ 7 * 7 }} {% raw %} ${x}",
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    engine = open_database(str(folder / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        for number, text in enumerate(HOSTILE):
            added = example.add_statement(session, f"bad-{number}", "tobias", text, example.after(number))
            example.add_reading(
                session, added, [(text[:9], text[:200], "shape", -0.5)], kinds=("accusation",)
            )
    write_report(engine, folder / "out")
    engine.dispose()
    return folder / "out"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_from_disk_alone_and_fits_the_window(
    browser: Any, report: Path, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, seen = context.new_page(), Seen()
    seen.watch(page)
    wide = {}
    for name in (name for name in files_in(report) if name.endswith(".html")):
        page.goto((report / name).as_uri())
        wide[name] = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert {name: found for name, found in wide.items() if found > width} == {}
    assert seen.complaints == []
    assert seen.outside(report) == []


@pytest.mark.parametrize("width", [min(WIDTHS), max(WIDTHS)])
def test_nothing_moves_from_under_the_readers_hand_while_a_page_draws_itself(
    browser: Any, report: Path, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    pages = [name for name in files_in(report) if name.endswith(".html")]
    moved = {name: shift_of(context, (report / name).as_uri()) for name in pages}
    context.close()
    assert {name: how for name, how in moved.items() if how > MOST_SHIFT} == {}


def test_rows_of_the_contests_table_stay_low_on_a_telephone(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 420, "height": 900})
    page.goto((report / ELECTION).as_uri())
    table = page.get_by_role("region", name="Contests with results and statements")
    rows = table.locator("tbody tr").element_handles()
    heights = [row.bounding_box()["height"] for row in rows]
    page.close()
    assert len(heights) == 2
    assert max(heights) < 80


def test_hostile_texts_are_shown_and_do_nothing(browser: Any, report: Path) -> None:
    page, seen = browser.new_page(), Seen()
    seen.watch(page)
    page.goto((report / CONTEST).as_uri())
    assert page.title() == "Harbour ward, Westhaven council 2023 · Hustings"
    assert page.locator("h1").all_inner_texts() == ["Harbour ward"]
    assert page.locator("main").is_visible()
    assert page.get_by_text("document.title = 'owned'").first.is_visible()
    scripts = page.evaluate("[...document.scripts].map(one => one.src || one.type)")
    assets = f"{report.as_uri()}/assets/"
    assert [one for one in scripts if not one.startswith((assets, "application/json"))] == []
    highest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('blockquote')].map(one => one.clientHeight))"
    )
    assert highest < 6_000
    page.close()
    assert seen.complaints == []


def test_a_text_cannot_reorder_what_stands_beside_it(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / CONTEST).as_uri())
    rows = page.locator("article", has_text="txt.exe")
    assert "after the declaration" in rows.locator(".when").inner_text()
    assert page.evaluate("getComputedStyle(document.querySelector('blockquote')).unicodeBidi") == "isolate"
    page.close()


def test_the_page_works_by_keyboard_from_the_skip_link_on(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / CONTEST).as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.close()


def test_a_candidates_statements_are_found_from_the_table(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / "index.html").as_uri())
    page.get_by_role("link", name="Westhaven council 2023").click()
    page.get_by_role("link", name="Harbour ward").click()
    results = page.get_by_role("region", name="Candidates and their results")
    results.get_by_role("link", name="Maren Hollis").click()
    assert page.locator("h1").inner_text() == "Maren Hollis"
    record = page.locator("article.record", has_text="+76 min")
    assert record.locator("mark.negative").inner_text() == "Orchard Alliance"
    page.close()


def test_why_words_are_marked_is_shown_on_hover_and_on_focus_alone(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / CONTEST).as_uri())
    mark = page.locator("mark.negative", has_text="Orchard Alliance").first
    tip = mark.locator("i")
    assert tip.bounding_box()["width"] <= 1
    mark.focus()
    assert tip.bounding_box()["width"] > 50
    page.keyboard.press("Tab")
    assert tip.bounding_box()["width"] <= 1
    mark.hover()
    assert tip.bounding_box()["width"] > 50
    page.close()


def test_the_link_of_a_statement_leads_to_its_record(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / CONTEST).as_uri())
    page.locator("article", has_text="We won Harbour ward!").get_by_role("link", name="Record").click()
    assert page.locator(":target").inner_text().count("We won Harbour ward!") == 1
    assert page.locator("h1").inner_text() == "Maren Hollis"
    page.close()
