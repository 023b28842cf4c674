"""What tests ask of a page in a real browser: who can use it, whether it fits, what it does in secret."""

import importlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")

GRAVE = frozenset({"serious", "critical"})
"""Impacts, as axe-core names them, that no page may have."""

AT_ONCE = 25
"""Times that Tab is pressed before the page is asked what it reached."""


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, without a window and without requests of its own."""
    # Found at run time: whoever runs the other tests need not have it.
    playwright = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


_WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((seen) => {
  for (const entry of seen.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def shift_of(context: Any, address: str) -> float:
    """How far what is seen of a page moves by itself while it loads, as cumulative layout shift counts it.

    0 is nothing; Web Vitals calls up to 0.1 good (https://web.dev/articles/cls).
    """
    page = context.new_page()
    page.add_init_script(_WATCH_SHIFTS)
    page.goto(address)
    places = page.locator(".chart.scripted .chart-drawing")
    for number in range(places.count()):
        if places.nth(number).evaluate("one => one.getBoundingClientRect().top < innerHeight"):
            places.nth(number).locator("svg").first.wait_for(state="attached")
    page.wait_for_timeout(150)  # the browser tells of a shift after the frame that shows it
    moved: float = page.evaluate("window.shifted")
    page.close()
    return moved


@dataclass(slots=True)
class Seen:
    """What a browser did that a page should not make it do."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        """Note every message, error, dialog and request of a page."""
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self._dismiss(dialog))  # playwright marks what it is given
        page.on("request", lambda request: self.requests.append(request.url))

    def _dismiss(self, dialog: Any) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()  # a dialog with a listener waits for it

    def outside(self, folder: Path) -> list[str]:
        """Requests for anything that does not lie in a folder."""
        return [url for url in self.requests if not url.startswith((folder.as_uri(), "data:,"))]


def errors_of(page: Any) -> list[str]:
    """A list that fills with what a page does wrong from now on: ask before it opens anything.

    Messages on the console, errors, dialogs, files that are missing, requests that are not for a file.
    """
    found: list[str] = []

    def request(url: str) -> None:
        if not url.startswith(("file://", "data:")):
            found.append(f"request: {url}")

    def dialog(opened: Any) -> None:
        found.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("console", lambda message: found.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("dialog", dialog)
    page.on("request", lambda sent: request(sent.url))
    page.on("requestfailed", lambda failed: found.append(f"failed: {failed.url}"))
    return found


@dataclass(frozen=True, slots=True)
class Violation:
    """One element that breaks a rule of axe-core."""

    rule: str
    impact: str
    selector: str
    help: str
    why: str
    """What axe-core measured, such as the contrast that it found and that it wants."""
    address: str
    """Where the rule is explained."""

    def __str__(self) -> str:
        return f"{self.impact} {self.rule} at {self.selector}: {self.help}. {self.why} ({self.address})"


AXE = """options => axe.run(document, options).then(found => found.violations.flatMap(rule =>
    rule.nodes.map(node => ({
        rule: rule.id, impact: node.impact || rule.impact, selector: node.target.flat().join(" "),
        help: rule.help, why: node.failureSummary.split("\\n").slice(1).map(one => one.trim()).join("; "),
        address: rule.helpUrl.split("?")[0],
    }))))"""
# `preload` would fetch the page's styles again, which a page from disk may not.
OPTIONS = {"resultTypes": ["violations"], "preload": False, "iframes": False}


@cache
def _axe_core() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, impacts: Collection[str] = GRAVE) -> list[Violation]:
    """What axe-core finds on a page as it stands now, in its present colours and width.

    The script comes through the browser's own door, since a page's policy lets no other script in.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe_core())
    found = [Violation(**row) for row in page.evaluate(AXE, OPTIONS)]
    return [one for one in found if one.impact in impacts]


NAMED = """const named = element => {
    const parts = [];
    for (let one = element; one && one !== document.documentElement; one = one.parentElement) {
        if (one.id) { parts.unshift("#" + CSS.escape(one.id)); break; }
        const same = [...(one.parentElement ? one.parentElement.children : [])]
            .filter(other => other.localName === one.localName);
        parts.unshift(one.localName + (same.length > 1 ? `:nth-of-type(${same.indexOf(one) + 1})` : ""));
    }
    return parts.join(" > ");
};"""
"""A selector that means one element."""

OVERFLOWING = f"""() => {{
    {NAMED}
    const width = document.documentElement.clientWidth;
    const root = element => element === document.body || element === document.documentElement;
    const boxed = element => {{
        for (let one = element.parentElement; one && !root(one); one = one.parentElement) {{
            if (getComputedStyle(one).overflowX !== "visible"
                && one.getBoundingClientRect().right <= width + 1) return true;
        }}
        return false;
    }};
    const wide = [...document.body.querySelectorAll("*")].filter(element => {{
        const box = element.getBoundingClientRect();
        return box.width && box.height && box.right > width + 1 && !boxed(element);
    }});
    const outer = wide.filter(element => !wide.includes(element.parentElement));
    const found = outer.map(element =>
        `${{named(element)}} ends at ${{Math.ceil(element.getBoundingClientRect().right)}} of ${{width}} px`);
    const scrolls = document.documentElement.scrollWidth;
    return found.length || scrolls <= width ? found : [`the page is ${{scrolls}} of ${{width}} px wide`];
}}"""


def overflowing(page: Any) -> list[str]:
    """Elements that reach beyond the right edge of the window and stand in no box that scrolls or cuts.

    Of elements within one another the outermost; what the page as a whole cuts (`overflow` of its body)
    counts, since nobody can scroll to it.
    """
    return [str(one) for one in page.evaluate(OVERFLOWING)]


INTERACTIVE = f"""() => {{
    {NAMED}
    const all = [
        "a[href]", "area[href]", "button", "input:not([type=hidden])", "select", "textarea", "summary",
        "audio[controls]", "video[controls]", "[contenteditable=true]", "[tabindex]:not([tabindex^='-'])",
        "[onclick]",
        ...["button", "link", "checkbox", "switch", "menuitem", "tab", "option", "slider"]
            .map(role => `[role=${{role}}]`),
    ];
    return [...document.querySelectorAll(all.join(","))]
        .filter(one => one.checkVisibility({{ visibilityProperty: true }}) && !one.matches(":disabled"))
        .filter(one => !one.closest("[inert], datalist"))
        .map(named);
}}"""

LISTEN = f"""() => {{
    {NAMED}
    const before = document.body.getAttribute("tabindex");
    document.body.setAttribute("tabindex", "-1");
    document.body.focus({{ preventScroll: true }});
    if (before === null) document.body.removeAttribute("tabindex");
    else document.body.setAttribute("tabindex", before);
    window.reachedByTab = new Set();
    const note = element => window.reachedByTab.add(named(element));
    document.addEventListener("focusin", event => {{
        const group = event.target.type === "radio" && event.target.name;
        const scope = event.target.form || document;
        if (group) scope.querySelectorAll(`input[type=radio][name="${{CSS.escape(group)}}"]`).forEach(note);
        else note(event.target);
    }}, true);
}}"""
"""Goes to the start of the page and keeps what gets the focus from there on.

Of a group of radio buttons all count, since arrows lead from one to the others.
"""


def interactive(page: Any) -> set[str]:
    """Selectors of all visible elements with which one can do something."""
    return set(page.evaluate(INTERACTIVE))


def tab_reaches(page: Any) -> set[str]:
    """Selectors of the elements that get the focus when Tab is pressed until nothing new does."""
    page.evaluate(LISTEN)
    reached: set[str] = set()
    while True:
        for _ in range(AT_ONCE):
            page.keyboard.press("Tab")
        now = set(page.evaluate("[...window.reachedByTab]"))
        if now <= reached:
            return reached
        reached = now


def unreachable(page: Any) -> list[str]:
    """Elements with which one can do something, but not by keyboard alone."""
    return sorted(interactive(page) - tab_reaches(page))
