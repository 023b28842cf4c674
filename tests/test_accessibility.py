"""The checks of pages find what is wrong with a page, and nothing on one that is right."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from accessibility import SCHEMES, errors_of, overflowing, tab_reaches, unreachable, violations

pytestmark = pytest.mark.real

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'"
"""As strict as that of a report: no script in the page, no evaluation."""

STYLE = """
body { margin: 1rem; color: #222; background: #fff; font: 1rem sans-serif; }
a { color: #00458b; }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #111; }
  a { color: #9cf; }
}
.box { overflow-x: auto; max-width: 100%; }
.wide { width: 3000px; }
.cut { overflow: hidden; }
.pale { color: #aaa; background: #fff; }
.pale-at-night { color: #222; background: #fff; }
@media (prefers-color-scheme: dark) { .pale-at-night { background: #111; } }
.away { position: absolute; left: -9999px; }
"""

CLEAN = """
<main><h1>Clean</h1>
<p class="away"><a href="#end">Skip</a></p>
<img src="dot.png" alt="A dot">
<div class="box" tabindex="0" role="region" aria-label="Wide"><p class="wide">In a box that scrolls</p></div>
<form><label>Words <input name="q"></label>
<fieldset><legend>One</legend><label><input type="radio" name="r" value="1" checked> 1</label>
<label><input type="radio" name="r" value="2"> 2</label></fieldset>
<label>Many <select><option>x</option></select></label>
<button type="button">Go</button><button type="button" disabled>Not yet</button></form>
<details><summary>More</summary><p><a href="#hidden">In a closed part</a></p></details>
<p id="end"><a href="other.html">Other</a></p></main>
"""

Open = Callable[..., Any]


@pytest.fixture(params=SCHEMES)
def opened(request: pytest.FixtureRequest, browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a page with such a body, in both colour schemes."""
    context = browser.new_context(viewport={"width": 768, "height": 900}, color_scheme=request.param)

    def open_page(body: str, *, seen: list[list[str]] | None = None, script: str = "") -> Any:
        (tmp_path / "style.css").write_text(STYLE)
        (tmp_path / "script.js").write_text(script)
        (tmp_path / "dot.png").write_bytes(DOT)
        (tmp_path / "page.html").write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f'<link rel="stylesheet" href="style.css"><link rel="icon" href="data:,">'
            f'<script defer src="script.js"></script></head><body>{body}</body></html>',
            encoding="utf-8",
        )
        page = context.new_page()
        if seen is not None:
            seen.append(errors_of(page))
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_page
    context.close()


DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
"""The smallest picture."""


def test_a_clean_page_is_clean(opened: Open) -> None:
    seen: list[list[str]] = []
    page = opened(CLEAN, seen=seen)
    assert [str(one) for one in violations(page)] == []
    assert overflowing(page) == []
    assert unreachable(page) == []
    assert seen == [[]]


@pytest.mark.parametrize(
    ("planted", "rule", "selector"),
    [
        ('<img src="dot.png">', "image-alt", "img"),
        ('<p class="pale">Hardly to be read</p>', "color-contrast", "p"),
        ("<label>Named</label><input>", "label", "input"),
        ("<button type=button></button>", "button-name", "button"),
        ('<a href="other.html"></a>', "link-name", "a"),
        ('<p role="nonsense">x</p>', "aria-roles", "p"),
    ],
)
def test_a_grave_fault_is_reported_with_its_place(
    planted: str, rule: str, selector: str, opened: Open
) -> None:
    [found] = violations(opened(f"<main><h1>Planted</h1>{planted}</main>"))
    assert found.rule == rule
    assert found.impact in ("serious", "critical")
    assert selector in found.selector
    assert str(found).startswith(f"{found.impact} {rule} at {found.selector}: {found.help}. {found.why}")
    assert found.address.startswith("https://")


def test_a_fault_of_the_dark_colours_alone_is_found_in_the_dark(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        f'<!doctype html><html lang="en"><title>A page</title><style>{STYLE}</style>'
        '<main><h1>Night</h1><p class="pale-at-night">Dark on dark</p></main>'
    )
    rules = {}
    for scheme in SCHEMES:
        page = browser.new_page(color_scheme=scheme)
        page.goto((tmp_path / "page.html").as_uri())
        rules[scheme] = [one.rule for one in violations(page)]
        page.close()
    assert rules == {"light": [], "dark": ["color-contrast"]}


def test_a_slight_fault_is_none_unless_asked_for(opened: Open) -> None:
    page = opened("<main><h1>One</h1><h4>Four</h4></main>")
    assert violations(page) == []
    assert [one.rule for one in violations(page, impacts={"moderate"})] == ["heading-order"]


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('<p id="it" class="wide">Wide</p>', ["#it"]),
        ('<section id="it" class="wide"><p class="wide">Wide</p></section>', ["#it"]),
        (f'<p id="it">{"W" * 400}</p>', ["the page is"]),
        ('<div class="cut"><p id="it" class="wide">Cut off</p></div>', []),
        ('<div class="box"><p id="it" class="wide">Scrolls</p></div>', []),
        ('<div class="box wide" id="it"><p class="wide">A box that is too wide itself</p></div>', []),
        ('<p class="away">Left of all</p>', []),
    ],
)
def test_what_does_not_fit_the_window_is_reported(planted: str, found: list[str], opened: Open) -> None:
    reported = overflowing(opened(f"<main>{planted}</main>"))
    assert [one[: len(start)] for one, start in zip(reported, found, strict=True)] == found
    assert all("of 768 px" in one for one in reported)


def test_a_page_that_cuts_what_does_not_fit_is_reported_all_the_same(opened: Open) -> None:
    page = opened('<main><p id="it" class="wide">Wide</p></main>', script="document.body.className = 'cut'")
    assert overflowing(page) == ["#it ends at 3016 of 768 px"]


@pytest.mark.parametrize(
    ("planted", "selector"),
    [
        ('<a id="it" href="other.html" tabindex="-1">Not by Tab</a>', "#it"),
        ('<button id="it" type="button" tabindex="-1">Not by Tab</button>', "#it"),
        ('<p><span role="button">Only by mouse</span></p>', "main > p > span"),
    ],
)
def test_what_a_keyboard_cannot_reach_is_reported(planted: str, selector: str, opened: Open) -> None:
    page = opened(f'<main><a href="#a">Before</a>{planted}<a href="#b">After</a></main>')
    assert unreachable(page) == [f"body > {selector}" if selector.startswith("main") else selector]


def test_what_comes_after_a_trap_is_out_of_reach(opened: Open) -> None:
    trap = "document.querySelector('#trap').onkeydown = event => event.preventDefault()"
    page = opened(
        '<a id="a" href="#a">A</a><button id="trap">T</button><a id="b" href="#b">B</a>', script=trap
    )
    assert tab_reaches(page) == {"#a", "#trap"}
    assert unreachable(page) == ["#b"]


def test_many_links_are_all_reached(opened: Open) -> None:
    links = "".join(f'<li><a id="n{number}" href="#n{number}">{number}</a></li>' for number in range(120))
    page = opened(f"<main><ul>{links}</ul></main>")
    assert tab_reaches(page) == {f"#n{number}" for number in range(120)}


def test_everything_that_a_page_does_wrong_is_noted(opened: Open) -> None:
    seen: list[list[str]] = []
    page = opened(
        '<img src="missing.png" alt="none"><script>alert(1)</script>',
        seen=seen,
        script="console.log('hello'); setTimeout(() => { throw new Error('late') }); alert('stop')",
    )
    page.wait_for_timeout(200)
    [found] = seen
    for start in ("console: hello", "error: late", "dialog: stop", "failed: file://"):
        assert any(one.startswith(start) for one in found), start
    assert any("Content Security Policy" in one for one in found)


def test_a_request_to_elsewhere_is_noted(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<img src="http://127.0.0.1:9/x.png" alt="">')
    page = browser.new_page()
    found = errors_of(page)
    page.goto((tmp_path / "page.html").as_uri())
    page.close()
    assert "request: http://127.0.0.1:9/x.png" in found
