"""The word tables: checkable by a person, free of names, and each line with its source."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest

from analysis.contract import Label
from analysis.sentiment.calibration import confidence_of
from analysis.sentiment.lexicon import grammar, lexicon
from analysis.sentiment.tables import rows_of, weights
from analysis.sentiment.tone import Tone, summed

TABLES = {
    "overlay": ["phrase", "valence", "category", "source"],
    "neutral": ["word", "sense", "source"],
    "topics": ["word", "topic", "source"],
    "verbs": ["lemma", "forms", "agent", "patient", "source"],
    "reporting": ["lemma", "forms", "source"],
    "shifters": ["word", "kind", "source"],
    "grammar": ["word", "kind", "source"],
    "cues": ["phrase", "kind", "place", "source"],
}


@cache
def _rows(table: str) -> list[dict[str, str]]:
    return list(rows_of(table))


@pytest.mark.parametrize("table", TABLES)
def test_every_line_of_a_table_is_complete_and_says_where_it_comes_from(table: str) -> None:
    assert list(_rows(table)[0]) == TABLES[table]
    for row in _rows(table):
        assert None not in row
        assert all(value and value == value.strip() for value in row.values()), row


@pytest.mark.parametrize("table", TABLES)
def test_no_word_stands_twice_in_a_table(table: str) -> None:
    keys = [(next(iter(row.values())), row.get("kind")) for row in _rows(table)]
    assert len(keys) == len(set(keys))


def test_all_tables_of_the_package_are_checked_here() -> None:
    stored = {path.name for path in (files("analysis.sentiment") / "tables").iterdir()}
    assert stored == {*(f"{table}.tsv" for table in TABLES), "weights.toml"}


@pytest.mark.parametrize("table", TABLES)
def test_words_are_lower_case_as_the_rules_look_them_up(table: str) -> None:
    for row in _rows(table):
        word = next(iter(row.values()))
        assert word == word.lower()


def test_valences_stay_on_vaders_scale() -> None:
    valences = [float(row["valence"]) for row in _rows("overlay")]
    roles = [float(row[role]) for row in _rows("verbs") for role in ("agent", "patient")]
    assert all(-4 <= value <= 4 for value in valences + roles)


def _all_words() -> Iterator[str]:
    for table in TABLES:
        for row in _rows(table):
            yield from next(iter(row.values())).split()
            yield from row.get("forms", "").split()


def test_no_table_names_a_party_or_a_politician() -> None:
    """A name with a valence would be a political prior."""
    names = "trump clinton biden obama corbyn starmer johnson tory tories republican republicans democrat"
    assert {*_all_words()}.isdisjoint(
        {*names.split(), "democrats", "conservative", "conservatives", "brexit", "maga", "ukip"}
    )


def test_a_form_belongs_to_one_verb() -> None:
    forms = [form for row in _rows("verbs") for form in (row["lemma"], *row["forms"].split())]
    assert len(forms) == len(set(forms))


def test_a_false_friend_is_scored_by_no_other_table() -> None:
    friends = {row["word"] for row in _rows("neutral")}
    scored = {row["phrase"] for row in _rows("overlay")}
    assert friends.isdisjoint(scored)
    assert not any(lexicon().base(word) for word in friends)


def test_grammar_is_looked_up_by_kind() -> None:
    assert "was" in grammar("be")
    assert "was" not in grammar("holder")


def test_an_emoji_has_the_valence_of_its_description_and_a_compound_that_of_its_strongest_part() -> None:
    assert lexicon().base("😡") < 0 < lexicon().base("😊")
    assert lexicon().base("scandal-hit") < 0
    assert lexicon().base("🂡") == lexicon().base("table") == 0.0


def test_a_tone_bends_to_minus_one_to_one_and_knows_its_conflict() -> None:
    assert summed([], 8.0) == Tone(0.0, 0.0)
    assert summed([1000.0], 8.0).score == pytest.approx(1.0, abs=1e-3)
    assert summed([2.0, -2.0], 8.0) == Tone(0.0, 1.0)
    assert summed([2.0, -1.0], 8.0).conflict == 0.5


@pytest.mark.parametrize("section", ["toward", "whole", "vader"])
@pytest.mark.parametrize("label", Label)
def test_confidence_is_monotone_in_the_strength_of_the_tone(section: str, label: Label) -> None:
    curve = [confidence_of(Tone(x / 10, 0.0), label, section) for x in range(11)]
    assert curve == sorted(curve, reverse=label == Label.NEUTRAL)
    assert all(0 < value < 1 for value in curve)


def test_thresholds_enclose_zero() -> None:
    for section in ("toward", "whole", "vader"):
        assert weights(section)["negative"] < 0 < weights(section)["positive"]
