"""The rule tables of kinds: every example matches its rule, no counter-example does."""

from datetime import UTC, date, datetime

import pytest

from analysis.contract import KindName, StatementText
from analysis.kinds import RuleError
from analysis.kinds.asking import RESULTS_TALK
from analysis.kinds.finder import SCOPES_BY, KindFinder
from analysis.kinds.passage import OCCASIONS, Passage
from analysis.kinds.phrases import read_phrase
from analysis.kinds.sides import Side
from analysis.kinds.tables import OCCASIONS as NAMED_OCCASIONS
from analysis.kinds.tables import Rule, read_conditions, read_rule, read_tables
from analysis.text import normalise

TABLES = read_tables()
FINDER = KindFinder()
COUNT_NIGHT = StatementText(
    id="1", text="", polls=date(2030, 5, 2), posted_at=datetime(2030, 5, 2, 23, tzinfo=UTC)
)
GREEN = Side("green candidate for kelby")
STANDING = {"leads", "in_power", "in_primary"}
LEADER = Side("green leader, prime minister, candidate in the primary for kelby")
"""For rules that speak of authors who lead, govern or stand in a primary."""


def examples(*, of: str) -> list[tuple[Rule, str]]:
    return [(rule, sentence) for rule in TABLES.rules for sentence in getattr(rule, of)]


def line_of(value: object) -> str:
    return value.line if isinstance(value, Rule) else str(value)[:30]


def counts(rule: Rule, sentence: str) -> bool:
    side = LEADER if STANDING & set(rule.needs) else GREEN
    passage = Passage(normalise(sentence).text, COUNT_NIGHT, side)
    return any(hit.rule is rule for hit in FINDER.find_hits(passage))


@pytest.mark.parametrize(("rule", "sentence"), examples(of="examples"), ids=line_of)
def test_an_example_matches_its_rule(rule: Rule, sentence: str) -> None:
    assert counts(rule, sentence)


@pytest.mark.parametrize(("rule", "sentence"), examples(of="counter_examples"), ids=line_of)
def test_a_counter_example_does_not_match_its_rule(rule: Rule, sentence: str) -> None:
    assert not counts(rule, sentence)


def test_every_rule_has_an_example() -> None:
    assert [rule.line for rule in TABLES.rules if not rule.examples] == []


def test_no_rule_stands_twice() -> None:
    patterns = [(rule.kind, rule.phrase.pattern.pattern) for rule in TABLES.rules]

    assert len(patterns) == len(set(patterns))


def test_no_rule_says_again_what_holds_for_all_of_its_kind() -> None:
    again = {rule.line: {*rule.unless} & {*TABLES.kinds[rule.kind].unless} for rule in TABLES.rules}

    assert {line: names for line, names in again.items() if names} == {}


def test_every_kind_but_other_has_rules_and_every_condition_is_used() -> None:
    used = {name for rule in TABLES.rules for name in (*rule.needs, *rule.unless)}
    used |= {name for row in TABLES.kinds.values() for name in row.unless} | {*SCOPES_BY, RESULTS_TALK}

    assert {rule.kind for rule in TABLES.rules} == set(KindName) - {KindName.OTHER}
    assert set(TABLES.conditions) == used
    assert set(OCCASIONS) == set(NAMED_OCCASIONS)


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("we won", "We won!", True),
        ("we won", "we've won", False),
        ("we won", "we wonder", False),
        ("we won", "Here we. Won nothing", False),
        ("fail*", "failures", True),
        ("fail*", "prevail", False),
        ("=Reform", "vote Reform", True),
        ("=Reform", "reform the law", False),
        ("we (won|held) it", "we held it", True),
        ("we won|they lost", "they lost", True),
        ("we [have] won", "we have won", True),
        ("we [have] won", "we won", True),
        ("we .. won", "we have just won", True),
        ("we .. won", "we have only just now won", False),
        ("we ... won", "we have only just now won", True),
        ("<side> won", "our party won", True),
        ("won NAME", "won Kelby North", True),
        ("won NAME", "won again", False),
        ("won NAME", "won The", False),
        ("NAME's win", "Kim Lee's win", True),
        ("NAME's win", "nobody's win", False),
        ("after NAME's (win|speech)", "after Lee's speech", True),
        ("NUMBER votes", "9,120 votes", True),
        ("won in YEAR", "won in 1997", True),
        ("won in YEAR", "won in 20 wards", False),
        ("^ thanks", "Oh. Thanks", True),
        ("^ thanks", "many thanks", False),
        ("lost $", "we lost.", True),
        ("lost $", "we lost it", False),
        ("lost $", "we lost, and we thank you", True),
        ("lost $", "we lost - they won", True),
        ("lost $", "we lost, after all, our seat", False),
    ],
)
def test_a_phrase_matches_what_its_notation_says(phrase: str, text: str, matches: bool) -> None:
    found = read_phrase(phrase, {"side": "our party|we"}).pattern.search(text)

    assert (found is not None) is matches


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "(we won",
        "we won)",
        "we || won",
        "<nobody> won",
        "we wo?n",
        "NAME",
        "we [won",
        "() won",
        ".. won",
        "(^|we) won",
    ],
)
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(RuleError):
        read_phrase(phrase, {})


GOOD_ROW = {
    "phrase": "we won",
    "confidence": "0.8",
    "needs": "",
    "unless": "",
    "example": "We won.",
    "counter_example": "",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": "high"},
        {"confidence": "1.2"},
        {"scope": "galaxy"},
        {"types": "taste"},
        {"insult": "no"},
    ],
)
def test_a_cell_that_cannot_be_understood_names_its_file_and_line(wrong: dict[str, str]) -> None:
    with pytest.raises(RuleError, match=r"victory\.csv:7"):
        read_rule(KindName.VICTORY, "victory.csv:7", GOOD_ROW | wrong, {})


def test_a_condition_in_an_unknown_place_is_refused() -> None:
    with pytest.raises(RuleError, match="nowhere"):
        read_conditions([("conditions.csv:2", {"name": "x", "where": "nowhere", "phrase": "if"})], {})
