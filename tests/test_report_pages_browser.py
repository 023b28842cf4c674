"""Every type of page of a report in Chromium: whoever reads it, on whatever screen, in whichever colours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import example_archive as example
import pytest
from accessibility import SCHEMES, WIDTHS, errors_of, overflowing, unreachable, violations
from report_pages import Folder
from typer.testing import CliRunner

import hustings
from analysis.publishing import write_report
from db import open_database, writing

pytestmark = pytest.mark.real

IMAGES = Path(__file__).parent.parent / "docs" / "images"
LARGEST_IMAGE = 200_000

PICTURED = {
    "election": "elections/*/index.html",
    "contest": "elections/*/contests/*/index.html",
    "candidate": "elections/*/contests/*/candidates/*.html",
    "search": "search.html",
}
"""What README and docs show: name of the picture -> type of page, of the demonstration's report."""

SCREENS = (("light", 1440, 900), ("dark", 360, 780))

ALWAYS = {
    "index.html",
    "elections/*/index.html",
    "elections/*/contests/*/index.html",
    "elections/*/concessions.html",
    "elections/*/accusations.html",
    "elections/*/who-whom.html",
}
"""Types of pages that every report has; others are found in the folder, and checked as well."""

MANY = 420
"""Statements of one candidate: more than a page of a contest or of records holds."""

HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>",
    "\u202e" * 50 + "txt.exe \u2067 right to left \u200f مرحبا שלום",
    "W" * 10_000,
    "🔥" * 2_000,
)

Failures = dict[str, list[str]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = CliRunner().invoke(hustings.app, ["demo", str(folder)])
    assert done.exit_code == 0, done.output
    return folder / "report"


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small example with what is hard on a page: a candidate who posts without end, and hostile texts."""
    folder = tmp_path_factory.mktemp("invented")
    engine = open_database(str(folder / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        for number in range(MANY):
            text = f"Tobias Quill broke promise number {number} to the harbour. Shame on him!"
            added = example.add_statement(session, f"many-{number}", "maren", text, example.after(-number))
            tone = -0.7 + number % 3 * 0.7
            example.add_reading(
                session, added, [("Tobias Quill", "Tobias Quill", "full_name", tone)], kinds=("accusation",)
            )
        for number, text in enumerate(HOSTILE):
            added = example.add_statement(session, f"bad-{number}", "tobias", text, example.after(number))
            example.add_reading(
                session, added, [(text[:9], text[:200], "shape", -0.5)], kinds=("accusation",)
            )
    write_report(engine, folder / "report")
    engine.dispose()
    return folder / "report"


@pytest.fixture(scope="module", params=["demo", "invented"])
def report(request: pytest.FixtureRequest) -> Path:
    """Both reports, one after the other."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


def pages_of(report: Path) -> dict[str, str]:
    """Type of page -> the largest page of this type, as path in the report."""
    return {one.type: one.largest for one in Folder(report).types()}


def settle(page: Any) -> None:
    """Let charts be drawn, also those far below, until nothing on the page changes any more."""
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    before, still = -1, 0
    for _ in range(100):
        now = page.evaluate("document.documentElement.outerHTML.length")
        before, still = now, still + 1 if now == before else 0
        if still == 3:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{page.url} never comes to rest")


def failures(
    browser: Any, report: Path, check: Callable[[Any], list[str]], **options: Any
) -> tuple[Failures, Failures]:
    """What a check finds on each type of page, and what the page did wrong meanwhile."""
    found, errors = {}, {}
    for type_, name in pages_of(report).items():
        context = browser.new_context(**options)
        page = context.new_page()
        wrong = errors_of(page)
        page.goto((report / name).as_uri())
        settle(page)
        found[f"{type_}: {name}"] = check(page)
        errors[f"{type_}: {name}"] = list(wrong)
        context.close()
    return _only_bad(found), _only_bad(errors)


def _only_bad(found: Failures) -> Failures:
    return {page: problems for page, problems in found.items() if problems}


def test_the_reports_have_every_type_of_page(invented: Path, demo: Path) -> None:
    assert pages_of(demo).keys() >= ALWAYS
    assert pages_of(invented).keys() >= ALWAYS


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_wrong_for_those_who_do_not_see_or_point(browser: Any, report: Path, scheme: str) -> None:
    """axe-core finds nothing serious; no message on the console, and no request for anything but files."""
    found, errors = failures(
        browser,
        report,
        lambda page: [str(one) for one in violations(page)],
        viewport={"width": 1440, "height": 900},
        color_scheme=scheme,
    )
    assert errors == {}
    assert found == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_fits_every_window(browser: Any, report: Path, scheme: str) -> None:
    def too_wide(page: Any) -> list[str]:
        found = []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            settle(page)
            found += overflowing(page)
        return found

    found, errors = failures(browser, report, too_wide, color_scheme=scheme)
    assert errors == {}
    assert found == {}


def test_the_keyboard_alone_reaches_everything(browser: Any, report: Path) -> None:
    found, errors = failures(browser, report, unreachable, viewport={"width": 1440, "height": 900})
    assert errors == {}
    assert found == {}


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """The folder of the pictures that README and docs show; they are written only where this is asked for."""
    if not request.config.getoption("--write-screenshots"):
        pytest.skip("pictures are written with --write-screenshots")
    IMAGES.mkdir(parents=True, exist_ok=True)
    return IMAGES


@pytest.mark.parametrize("name", PICTURED)
@pytest.mark.parametrize(("scheme", "width", "height"), SCREENS)
def test_pictures_for_the_docs_are_small(
    browser: Any, demo: Path, pictures: Path, name: str, scheme: str, width: int, height: int
) -> None:
    page_name = pages_of(demo).get(PICTURED[name])
    assert page_name, f"the demonstration's report has no {PICTURED[name]}"
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=1, color_scheme=scheme
    )
    page = context.new_page()
    page.goto((demo / page_name).as_uri())
    settle(page)
    file = pictures / f"{name}-{scheme}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    context.close()
    assert file.stat().st_size < LARGEST_IMAGE
