"""Charts in a real browser: Chromium draws them from disk under a strict policy."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import chart_examples as examples
import pytest
from accessibility import SCHEMES, WIDTHS, Seen

from analysis.site import charts
from analysis.site.charts import Chart

pytestmark = pytest.mark.real

HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "<img src=https://evil.example/x onerror=document.title='owned'>",
    "</figure></main><style>body { display: none }</style><h1>owned</h1>",
    "\u202e" * 50 + "txt.exe \u2067 right to left \u200f מרحبا שלום",
    "W" * 10_000,
    "Z" + "\u0301" * 2_000,
    "\n" * 3_000 + "far below",
    "🔥" * 5_000,
    "{{ 7 * 7 }} {% raw %} ${x}",
    "</script><script>document.title='owned'</script>",
    "<!--",
    "url(#chart-hatch)",
)

CHARTS = examples.all_charts()
PANELS = 6
DRAWINGS = len(CHARTS) - 1 + PANELS
"""Each chart is one drawing, but that of the rates, which has a panel for each kind."""
HOSTILE_DRAWINGS = 5 + len(HOSTILE)

COUNT = "document.querySelectorAll('.chart-drawing svg').length"

ESCAPED = """slack => [...document.querySelectorAll('.chart-drawing text')].filter(text => {
    const box = text.getBoundingClientRect();
    const place = text.closest('.chart-drawing').getBoundingClientRect();
    return box.width && (box.left < place.left - slack || box.right > place.right + slack
        || box.top < place.top - slack || box.bottom > place.bottom + slack);
}).map(text => text.textContent)"""
"""Texts that leave their drawing, by more than so many pixels."""

OVERLAPPING = """() => [...document.querySelectorAll('.chart-drawing .role-axis-label')].flatMap(axis => {
    const shown = [...axis.querySelectorAll('text')].filter(one => one.getAttribute('opacity') !== '0');
    const turned = shown.some(one => /rotate\\(-(?!90)/.test(one.getAttribute('transform') || ''));
    const boxes = turned ? [] : shown.map(one => [one.textContent, one.getBoundingClientRect()]);
    return boxes.flatMap(([text, a], place) => boxes.slice(place + 1)
        .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
            && a.top < b.bottom - 3 && b.top < a.bottom - 3)
        .map(([other]) => text + ' on ' + other));
})"""
"""Labels of an axis that stand on one another (slanted ones have boxes larger than themselves)."""

FILL = "getComputedStyle(document.querySelector('#chart-timeline .chart-drawing text')).fill"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("charts")
    examples.write_page(folder, CHARTS)
    examples.write_page(folder, hostile_charts(), "hostile.html")
    return folder


def hostile_charts() -> list[Chart]:
    """Charts whose names are what candidates must not be able to do to a page."""
    names = HOSTILE
    made = (
        charts.who_whom([charts.Speaks(one, other, 20, 20, -0.3) for one in names for other in names]),
        charts.votes(
            [charts.Vote(name, name, 900 - n, 0.1, n == 0) for n, name in enumerate(names)], country="GB"
        ),
        charts.concession_status([charts.StatusCount(name, "weak", 9) for name in names]),
        charts.statements(
            [
                charts.Said(name, examples.DECLARED + timedelta(hours=n), "negative", (name,))
                for n, name in enumerate(names)
            ],
            zone=examples.LONDON,
            declared_at=examples.DECLARED,
        ),
        charts.kind_rates([charts.KindRate(name, name, 0.5, 0.4, 0.6, 90, 30, 180) for name in names]),
        charts.tone_by_outcome([charts.OutcomeTone(name, name, 0.5, 0.4, 0.6, 90, 30) for name in names]),
    )
    return [one for one in made if one is not None]


def until(page: Any, condition: str) -> None:
    """Wait until it holds; what playwright has for this evaluates strings in the page, against the policy."""
    for _ in range(300):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never so: {condition}")


def opened(context: Any, path: Path, seen: Seen, *, drawings: int) -> Any:
    """The page with all its charts drawn."""
    page = context.new_page()
    seen.watch(page)
    page.goto(path.as_uri())
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    until(page, f"{COUNT} === {drawings}")
    return page


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_chart_draws_from_disk_within_its_place(
    browser: Any, site: Path, width: int, scheme: str
) -> None:
    context, seen = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme), Seen()
    page = opened(context, site / "index.html", seen, drawings=DRAWINGS)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(ESCAPED, 1) == []
    assert page.evaluate(OVERLAPPING) == []
    assert seen.complaints == []
    assert seen.outside(site) == []
    context.close()


def test_a_drawing_is_hidden_from_readers_who_get_its_finding(browser: Any, site: Path) -> None:
    context = browser.new_context()
    page = opened(context, site / "index.html", Seen(), drawings=DRAWINGS)
    assert [one.get_attribute("aria-label") for one in page.query_selector_all(".chart-drawing")] == [
        chart.finding for chart in CHARTS
    ]
    assert {one.get_attribute("role") for one in page.query_selector_all(".chart-drawing")} == {"img"}
    hidden = "[...document.querySelectorAll('.chart-drawing > *')].every(one => one.ariaHidden === 'true')"
    assert page.evaluate(hidden)
    context.close()


def test_without_script_the_tables_stand_open_and_nothing_is_empty(browser: Any, site: Path) -> None:
    context, seen = browser.new_context(java_script_enabled=False), Seen()
    page = context.new_page()
    seen.watch(page)
    page.goto((site / "index.html").as_uri())
    tables = page.locator(".chart-data table")
    assert [tables.nth(place).is_visible() for place in range(tables.count())] == [True] * len(CHARTS)
    assert not page.locator(".chart-keys").first.is_visible()
    assert not page.locator(".chart-drawing").first.is_visible()
    assert seen.complaints == []
    context.close()


def test_the_table_can_be_opened_by_keyboard(browser: Any, site: Path) -> None:
    context = browser.new_context()
    page = opened(context, site / "index.html", Seen(), drawings=DRAWINGS)
    table = page.locator("#chart-votes table")
    assert not table.is_visible()
    page.locator("#chart-votes summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    context.close()


def test_charts_far_below_wait_until_somebody_comes_near_or_prints(browser: Any, site: Path) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 500})
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.wait_for_selector("#chart-who-whom svg")
    assert 0 < page.evaluate(COUNT) < DRAWINGS - PANELS
    page.locator("#chart-kind-rates").scroll_into_view_if_needed()
    page.wait_for_selector("#chart-kind-rates svg")
    page.pdf()
    until(page, f"{COUNT} === {DRAWINGS}")
    context.close()


def test_a_change_of_scheme_and_print_change_the_colours(browser: Any, site: Path) -> None:
    context = browser.new_context(color_scheme="light")
    page = opened(context, site / "index.html", Seen(), drawings=DRAWINGS)
    light = page.evaluate(FILL)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(FILL)
    bar = "getComputedStyle(document.querySelector('.chart')).getPropertyValue('--chart-negative')"
    dark_bar = page.evaluate(bar)
    page.emulate_media(color_scheme="dark", media="print")
    assert dark != light
    assert page.evaluate(FILL) == "rgb(68, 68, 68)"
    ink = "getComputedStyle(document.querySelector('.chart-finding')).color"
    assert page.evaluate(ink) == "rgb(29, 27, 24)"
    assert page.evaluate(bar) != dark_bar
    context.close()


def test_a_chart_is_drawn_anew_when_its_place_grows(browser: Any, site: Path) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900})
    page = opened(context, site / "index.html", Seen(), drawings=DRAWINGS)
    page.set_viewport_size({"width": 1000, "height": 900})
    until(page, f"[...document.querySelectorAll('.chart-whole svg')].length === {DRAWINGS - PANELS}")
    widths = "[...document.querySelectorAll('.chart-whole svg')].map(one => one.clientWidth)"
    until(page, f"Math.min(...{widths}) > 900")
    assert page.evaluate(COUNT) == DRAWINGS
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_names_harm_nothing(browser: Any, site: Path, width: int) -> None:
    context, seen = browser.new_context(viewport={"width": width, "height": 900}), Seen()
    hostile = hostile_charts()
    page = opened(context, site / "hostile.html", seen, drawings=HOSTILE_DRAWINGS)
    assert page.title() == "Charts"
    assert page.locator("h3").all_inner_texts() == [chart.title for chart in hostile]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelectorAll('img, iframe, .chart style, h1 ~ h1').length") == 0
    # Emoji come out wider than Vega measures them; the place clips what is over.
    assert page.evaluate(ESCAPED, 16) == []
    assert seen.complaints == []
    context.close()


def test_the_tooltip_shows_names_as_text(browser: Any, site: Path) -> None:
    context, seen = browser.new_context(), Seen()
    page = opened(context, site / "hostile.html", seen, drawings=HOSTILE_DRAWINGS)
    bar = page.locator("#chart-votes .mark-rect path").first
    bar.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    bar.hover()
    tip = page.locator(".chart-tip")
    assert tip.is_visible()
    assert "<script>document.title = 'owned'</script>" in tip.inner_text()
    assert set(tip.evaluate("one => [...one.querySelectorAll('*')].map(all => all.localName)")) == {
        *("div", "span", "b")
    }
    assert seen.complaints == []
    context.close()
