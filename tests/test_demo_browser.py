"""What a reader of the demonstration's report sees, in Chromium, opened from disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_browser import Seen, browser
from typer.testing import CliRunner

import hustings

pytestmark = pytest.mark.real

__all__ = ["browser"]  # the fixture of the other browser tests

CONTEST = "elections/parl.2024-07-04/contests/parl.bethnal-green-and-stepney.2024-07-04/index.html"


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("demo")
    assert CliRunner().invoke(hustings.app, ["demo", str(folder)]).exit_code == 0
    seen, opened = Seen(), browser.new_page()
    seen.watch(opened)
    opened.goto((folder / "report" / CONTEST).as_uri())
    yield opened
    opened.close()
    assert seen.complaints == []


def statements_of(page: Any, name: str) -> Any:
    """The statements in the section of a candidate."""
    return page.locator("section.candidate", has=page.get_by_role("heading", name=name)).locator("article")


def test_the_table_has_eleven_candidates_of_whom_ali_is_elected(page: Any) -> None:
    table = page.get_by_role("region", name="Candidates and their results")
    rows = table.locator("tbody tr").all_inner_texts()

    assert len(rows) == 11
    assert [row.split("\t")[0] for row in rows if "\telected" in row] == ["Rushanara Ali"]
    assert sum("not collected" in row for row in rows) == 9


def test_the_majority_is_1689(page: Any) -> None:
    assert page.locator("dt", has_text="Majority").locator("xpath=../dd").inner_text().startswith("1,689")


def test_masroors_statement_targets_labour_negatively(page: Any) -> None:
    [statement] = statements_of(page, "Ajmal Masroor").all()

    [line] = [
        text for text in statement.locator(".targets li").all_inner_texts() if text.startswith("Labour")
    ]
    assert "negative" in line
    assert statement.locator("mark", has_text="Labour").count() == 1


def test_both_of_akunjees_statements_target_masroor_negatively_one_by_its_addressee(page: Any) -> None:
    shown = [one.inner_text() for one in statements_of(page, "Tasnime Akunjee").locator(".targets").all()]

    assert len(shown) == 2
    assert all(text.startswith("Ajmal Masroor") and "negative" in text for text in shown)
    assert sum("only addressed" in text for text in shown) == 1


def test_ali_gives_thanks_and_claims_victory(page: Any) -> None:
    [statement] = statements_of(page, "Rushanara Ali").all()

    kinds = " ".join(statement.locator(".kinds li").all_inner_texts())
    assert "thanks" in kinds
    assert "victory" in kinds


def test_akunjee_is_shown_apart_from_the_ballot(page: Any) -> None:
    assert "stood down: not on the ballot" in page.locator("main").inner_text()


def test_the_result_section_says_who_claims_what_and_who_was_not_collected(page: Any) -> None:
    said = page.locator("ul.says > li").all_inner_texts()

    assert len(said) == 12
    assert said[0].startswith("Rushanara Ali: claims victory machine")
    assert sum(": not collected" in one for one in said) == 10
    assert not any("no concession found" in one for one in said)  # none of them has a known account


def test_concessions_and_accusations_are_reached_from_the_election(page: Any) -> None:
    contest = page.url
    page.goto((Path(contest.removeprefix("file://")).parents[2] / "index.html").as_uri())
    page.get_by_role("link", name="Who conceded, who refused, of whom nothing was found").click()
    conceded = page.locator("main").inner_text()
    page.go_back()
    page.get_by_role("link", name="Who accuses whom").first.click()
    accused = page.locator("main").inner_text()
    page.goto(contest)

    assert "10 losing candidacies; nothing was collected of any of them." in conceded
    assert "No time of declaration is known, so that no minutes are counted." in conceded
    assert "an accusation is what the words say, never whether it is true" in accused.lower()
