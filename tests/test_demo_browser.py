"""What a reader of the demonstration's report sees, in Chromium, opened from disk."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from accessibility import Seen
from typer.testing import CliRunner

import hustings

pytestmark = pytest.mark.real

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
    """The statements of a candidate on the contest's page."""
    return page.locator("article", has=page.locator(".by strong", has_text=name))


@dataclass(frozen=True)
class Record:
    """What a reader sees of a statement on its author's page."""

    targets: list[str]
    kinds: list[str]
    marked: list[str]


def records_of(page: Any, name: str) -> list[Record]:
    """The records on a candidate's page, which each of the statements on the contest's links to."""
    statements = statements_of(page, name)
    links = [one.evaluate("one => one.href") for one in statements.get_by_role("link", name="Record").all()]
    assert len(links) == statements.count() > 0
    opened = page.context.browser.new_page()
    found = []
    for address in links:
        opened.goto(address)
        one = opened.locator(":target")
        assert one.count() == 1
        found.append(
            Record(
                targets=one.locator(".targets > li").all_inner_texts(),
                kinds=one.locator(".kinds > li").all_inner_texts(),
                marked=one.locator("mark").all_inner_texts(),
            )
        )
    assert opened.locator("article.record").count() == len(found)
    opened.close()
    return found


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
    [record] = records_of(page, "Ajmal Masroor")

    [line] = [text for text in record.targets if text.startswith("Labour")]
    assert "negative" in line
    assert record.marked.count("Labour") == 1
    [mark] = statement.locator("mark.negative", has_text="Labour").all()
    mark.focus()
    assert mark.locator("i").bounding_box()["width"] > 50  # the reason is there without a mouse
    assert "Labour: negative" in mark.inner_text()


def test_both_of_akunjees_statements_target_masroor_negatively_one_by_its_addressee(page: Any) -> None:
    shown = [record.targets for record in records_of(page, "Tasnime Akunjee")]

    assert len(shown) == 2
    assert all(lines[0].startswith("Ajmal Masroor: negative") for lines in shown)
    assert sum("only addressed" in " ".join(lines) for lines in shown) == 1


def test_ali_gives_thanks_and_claims_victory(page: Any) -> None:
    [record] = records_of(page, "Rushanara Ali")

    kinds = " ".join(record.kinds)
    assert "thanks" in kinds
    assert "victory" in kinds


def test_akunjee_is_shown_apart_from_the_ballot(page: Any) -> None:
    apart = page.locator("#candidates ~ ul").inner_text()
    assert apart.startswith("Tasnime Akunjee")
    assert "stood down: not on the ballot" in apart
    lines = statements_of(page, "Tasnime Akunjee").locator(".by").all_inner_texts()
    assert len(lines) == 2
    assert all("stood down: not on the ballot" in line for line in lines)


def test_the_result_section_says_who_claims_what_and_who_was_not_collected(page: Any) -> None:
    said = page.locator("ul.says > li").all_inner_texts()

    assert [one.partition(":")[0] for one in said] == ["Rushanara Ali", "Ajmal Masroor", "Tasnime Akunjee"]
    assert said[0].startswith("Rushanara Ali: claims victory machine")
    assert said[1].startswith("Ajmal Masroor: not collected\nNo account is known")
    assert not any("no concession found" in one for one in said)  # none of them has a known account
    unheard = page.locator("ul.says + p")
    assert unheard.inner_text().startswith("Of 9 candidates nothing was collected, and nothing follows")
    assert unheard.get_by_role("link").count() == 9


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
