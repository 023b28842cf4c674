"""The page about adding a platform shows the plug-in that tests install, and promises what tests hold."""

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from platforms import FAKES
from test_collecting_model import ALL, PROMISES, Promise

from archive import contract
from archive.collectable import COLLECTORS, PLUGINS
from archive.contract import Order

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "collectors.md").read_text()
PLUGIN = ROOT / "tests" / "fixtures" / "plugin_collector"

COLUMNS: dict[str, Callable[[Promise], str]] = {
    "edits": lambda promise: "all posts" if promise.edits == ALL else f"the newest {promise.edits}",
    "back_dated": lambda promise: "yes" if promise.back_dated else "only a full one",
    "history": lambda promise: "from the platform" if promise.history else "as we saw them",
    "window": lambda promise: "its window" if promise.window else "-",
    "suspends": lambda promise: "yes" if promise.suspends else "no",
    "renames": lambda promise: "yes" if promise.renames else "no",
}
"""Field of a promise -> how the page words it, in the order of its columns."""


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading, by their first cell."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {re.split(r"[`(]", first)[1]: rest for first, *rest in rows}


@pytest.mark.parametrize(
    ("language", "file"), [("toml", "pyproject.toml"), ("python", "hustings_bulletin.py")]
)
def test_the_page_shows_the_plug_in_word_for_word(language: str, file: str) -> None:
    [block] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

    assert block == (PLUGIN / file).read_text()


def test_the_table_of_promises_is_what_the_model_test_holds() -> None:
    promised = {name: [worded(promise) for worded in COLUMNS.values()] for name, promise in PROMISES.items()}

    assert table("What is promised") == promised
    assert {one.name for one in fields(Promise)} == set(COLUMNS), "the page does not tell all of a promise"


def test_every_collector_of_ours_is_promised_and_has_a_fake_and_a_page() -> None:
    assert set(PROMISES) == set(FAKES) == set(COLLECTORS)
    pages = {path.stem for path in (ROOT / "docs" / "platforms").glob("*.md")}
    assert pages == {built_in.platform for built_in in COLLECTORS.values()}


def test_the_page_names_every_order_and_errors_that_the_seam_has() -> None:
    orders = set(table("Streams, positions, cursors")) - {"Order"}

    assert orders == {order.name for order in Order}
    for name in table("Errors"):
        assert issubclass(getattr(contract, name), (contract.CollectingError, contract.UnreadablePage)), name
    assert f"`{PLUGINS}`" in PAGE
