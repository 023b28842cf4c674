"""The page of methods, and the table of what is known of them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import language, mixing, text
from analysis.contract import KindName, Roster
from analysis.evaluation.accuracy import KindAccuracy, Measured
from analysis.outcomes import Window
from analysis.publishing.methods_page import pieces, write_methods
from analysis.reader import Reader
from analysis.reports.manifest import manifest_of
from analysis.reports.method_facts import (
    FactFigure,
    MethodFacts,
    method_facts,
    named_methods,
    parse_facts,
)
from analysis.rule_tables import RuleError
from analysis.sentiment import scorer_for
from analysis.statistics import Counts, Estimate

DOCS = Path(__file__).parents[1] / "docs" / "methods.md"
MANIFEST = manifest_of(
    generated_at=datetime(2023, 8, 1, 9, 30, tzinfo=UTC), window=Window(), threshold=0.6, methods=["linear-1"]
)
FIGURES = [
    pytest.param(facts, one, id=f"{facts.names or facts.begins}: {one.data[:40]} {one.measure}")
    for facts in method_facts()
    for one in facts.figures
]
ENTRY = """
[[method]]
names = ["reader-9"]
does = "Tone"
section = "Tone"
says = "It reads."
"""


def section_of(heading: str) -> str:
    """A section of docs/methods.md with those below it, its white space made plain."""
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    [start] = [number for number, line in enumerate(lines) if line == f"## {heading}"]
    after = (number for number, line in enumerate(lines) if number > start and line.startswith("## "))
    return " ".join(" ".join(lines[start : next(after, len(lines))]).split())


def written(folder: Path, *methods: str, measured: Measured | None = None) -> str:
    """The page of a report that names these methods."""
    write_methods(folder, MANIFEST, methods, measured)
    return (folder / "methods.html").read_text(encoding="utf-8")


def words_of(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


@pytest.mark.parametrize("facts", method_facts(), ids=lambda facts: str(facts.names or facts.begins))
def test_the_section_of_every_method_stands_in_the_documentation(facts: MethodFacts) -> None:
    assert section_of(facts.section)


@pytest.mark.parametrize(("facts", "one"), FIGURES)
def test_every_figure_of_the_table_stands_in_the_documentation(facts: MethodFacts, one: FactFigure) -> None:
    section = section_of(facts.section)
    assert [words for words in one.docs if words not in section] == []
    held = " ".join(one.docs)
    for digits in filter(None, (one.value, one.low, one.high, one.n)):
        assert re.search(rf"(?<![\d.]){re.escape(digits)}(?![\d])", held), digits


@pytest.mark.parametrize(("facts", "one"), FIGURES)
def test_the_date_of_every_figure_stands_in_the_documentation(facts: MethodFacts, one: FactFigure) -> None:
    known = DOCS.read_text(encoding="utf-8").replace(" and ", " to ")
    assert one.date in known
    assert re.fullmatch(r"\d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?", one.date)


def test_every_failure_of_the_table_stands_in_the_documentation() -> None:
    lost = [
        failure
        for facts in method_facts()
        for failure in facts.failures
        if failure not in section_of(facts.section)
    ]
    assert lost == []


@pytest.mark.parametrize("scorer", ["linear", "vader-target", "vader"])
def test_every_method_of_this_release_is_described(scorer: str) -> None:
    reader = Reader(Roster(), scorer_for(scorer))
    methods = [text.METHOD, language.METHOD, mixing.METHOD, reader.method, "review"]
    assert [one.name for one in named_methods(methods) if one.facts is None] == []


def test_a_readings_method_is_taken_apart_and_named_in_the_tables_order() -> None:
    found = named_methods(
        ["kinds-rules-5~layer-1f3a", "text-2+targets-2+gaz.1a2b3c+linear@77aa+kinds-rules-5", "text-2"]
    )
    assert [one.name for one in found] == [
        "text-2",
        "targets-2",
        "gaz.1a2b3c",
        "linear@77aa",
        "kinds-rules-5",
        "layer-1f3a",
    ]
    assert all(one.facts for one in found)


def test_a_method_that_nobody_described_is_named_as_such(tmp_path: Path) -> None:
    page = words_of(written(tmp_path, "crystal-ball-7"))
    assert "crystal-ball-7" in page
    assert "Not described here." in page


def test_of_another_version_no_figure_is_shown(tmp_path: Path) -> None:
    page = written(tmp_path, "linear-99")
    assert "This release describes linear-1, another version" in words_of(page)
    assert "0.696" not in page


def test_the_page_shows_each_figure_with_interval_n_and_date(tmp_path: Path) -> None:
    page = written(tmp_path, "linear-1")
    for shown in ("0.696", "0.686 to 0.705", "8,739", "2026-11-28", "NewsMTSC"):
        assert shown in page


def test_the_page_shows_what_is_known_to_go_wrong(tmp_path: Path) -> None:
    page = words_of(written(tmp_path, "kinds-rules-5"))
    assert "Acclaim is the weakest kind: praise of one&#39;s own people" in page


def test_without_hand_codes_the_page_says_that_nothing_was_measured(tmp_path: Path) -> None:
    assert "Not measured: nobody has coded statements of this archive by hand." in words_of(
        written(tmp_path, "linear-1")
    )


def test_hand_codes_of_the_archive_give_a_row_a_kind(tmp_path: Path) -> None:
    row = KindAccuracy(
        method="linear-1+kinds-rules-5",
        kind=KindName.CONCESSION,
        counts=Counts(both=30, found_only=10, missed=20, neither=140),
        precision=Estimate(0.75, 0.6, 0.86),
        recall=Estimate(0.6, 0.46, 0.72),
        f1=None,
        weighted=True,
    )
    measured = Measured(
        method="linear-1+kinds-rules-5",
        reference="majority",
        sample="spring",
        design=None,
        kinds=(row,),
        confusions=(),
        unread=3,
        notes=("weighted by strata",),
    )
    page = words_of(written(tmp_path, "linear-1", measured=measured))
    assert "concession 200 50 40 75.0% 60.0% to 86.0% 60.0% 46.0% to 72.0% – yes" in page
    assert "sample spring" in page
    assert "Weighted by strata. 3 coded statements the method has not read" in page


def test_the_rules_of_counting_are_those_of_this_report(tmp_path: Path) -> None:
    page = words_of(written(tmp_path, "linear-1"))
    assert "A label with a confidence under 0.60 counts as unclear" in page
    assert "From 42 days before polling day to 14 days after it" in page
    assert "No mean under 10 clear statements." in page


def test_a_hostile_name_of_a_method_is_escaped(tmp_path: Path) -> None:
    assert "<script" not in written(tmp_path, "<script>alert(1)</script>" + "x" * 5_000)


def test_the_page_says_how_to_cite_the_software(tmp_path: Path) -> None:
    page = words_of(written(tmp_path, "linear-1"))
    assert f"The Hustings developers: Hustings {MANIFEST.version} (software)." in page


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (ENTRY.replace('does = "Tone"', ""), "method 1: does is missing"),
        (ENTRY + 'colour = "red"', "method 1: unknown key colour"),
        (ENTRY + 'begins = "reader@"', "method 1: give either names or begins"),
        (ENTRY.replace('"It reads."', "3"), "method 1: says is no text"),
        (ENTRY.replace('["reader-9"]', "3"), "method 1: names is no list of texts"),
        (ENTRY + "failures = [1]", "method 1: failures is no list of texts"),
        (ENTRY + "figure = [1]", "method 1: write each figure under"),
        (ENTRY + '[[method.figure]]\ndata = "x"', "method 1, figure 1: date is missing"),
        ("[[method", "method-facts.toml: "),
    ],
)
def test_a_mistake_in_the_table_is_named_with_its_place(table: str, complaint: str) -> None:
    with pytest.raises(RuleError, match=re.escape(complaint)):
        parse_facts(table)


@given(st.one_of(st.text(), st.text().map(lambda more: ENTRY + more)))
def test_a_table_is_read_or_refused(table: str) -> None:
    try:
        found = parse_facts(table)
    except RuleError:
        return
    assert all(one.says for one in found)


@given(st.text(alphabet="a`b ", max_size=20))
def test_pieces_of_a_sentence_lose_nothing_but_backticks(sentence: str) -> None:
    joined = "".join(one.text for one in pieces(sentence))
    assert joined.replace("`", "") == sentence.replace("`", "")
