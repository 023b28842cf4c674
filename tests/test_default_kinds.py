"""What finds kinds where nobody chose anything else: the rules with the layer over them that ships."""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from math import exp
from pathlib import Path

import pytest
from test_kind_traps import CLAIMS, POLLS, POSTED, TRAPS
from typer.testing import CliRunner

import hustings
from analysis.contract import KindName, Reading, Roster, StatementText
from analysis.kind_rules import kind_reasons
from analysis.kinds.default import LAYER, LAYER_NAME, GeneralKinds, RulesAlone
from analysis.kinds.layer import LayeredKinds, load_layer
from analysis.kinds.layer.why import LayerSays
from analysis.reader import Reader
from analysis.reports.method_facts import named_methods
from analysis.sentiment import DEFAULT_SCORER, scorer_for
from analysis.text import normalise

SCORER = scorer_for("vader")
TEXTS = (
    "The returning officer has spoken: I am your next councillor, with 212 to spare.",
    "I rang her at two to say well done. She is the member for Kelby now, and I am not.",
    "We have seen the sheets. Our lawyers will put them before the court on Monday.",
    "Nine years of this council, and still no crossing at the school gate. Shame on them.",
    "Doors open at six in the Drill Hall. Bring a friend, and a coat.",
    "Thank you to everyone who counted.",
)

STATEMENTS = sorted((Path(__file__).parent.parent / "benchmarks" / "statements").glob("*.jsonl"))


def statements() -> list[StatementText]:
    return [StatementText(id=str(number), text=text) for number, text in enumerate(TEXTS)]


def says_of(statement: StatementText, reading: Reading) -> Sequence[LayerSays]:
    _, says = kind_reasons(Roster(), statement, normalise(statement.text), reading, GeneralKinds())
    return says


def test_the_layer_that_ships_is_called_by_what_is_in_its_file() -> None:
    assert f"layer-{sha256(LAYER.read_bytes()).hexdigest()[:8]}" == LAYER_NAME


def test_the_layer_that_ships_is_described_by_its_name_for_the_reports() -> None:
    [named] = named_methods([LAYER_NAME])
    assert named.facts is not None
    assert named.facts.names == (LAYER_NAME,)
    assert LAYER_NAME in (Path(__file__).parent.parent / "docs" / "methods.md").read_text(encoding="utf-8")


def test_a_reader_reads_with_the_layer_that_ships() -> None:
    reader = Reader(Roster(), SCORER)
    assert reader.method.endswith(f"~{LAYER_NAME}")
    by_file = Reader(Roster(), SCORER, None, LayeredKinds(load_layer(LAYER)))
    assert reader.read(statements()) == by_file.read(statements())
    assert reader.read(statements()) != Reader(Roster(), SCORER, None, RulesAlone()).read(statements())


def test_thanks_stay_with_the_rules() -> None:
    assert KindName.THANKS not in load_layer(LAYER).kinds


def test_the_rules_alone_can_be_asked_for() -> None:
    lines = "".join(json.dumps({"id": one.id, "text": one.text}) + "\n" for one in statements())
    result = CliRunner().invoke(hustings.app, ["tag", "-", "--kinds-model", "rules"], input=lines)
    assert result.exit_code == 0, result.stderr
    methods = {kind["method"] for line in result.stdout.splitlines() for kind in json.loads(line)["kinds"]}
    assert methods == {RulesAlone.method}


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_told_of_a_kind_adds_up_to_its_probability(text: str) -> None:
    statement = StatementText(id="1", text=text)
    [reading] = Reader(Roster(), SCORER).read([statement])
    for says in says_of(statement, reading):
        odds = sum(one.weight for one in says.weights)
        assert 1 / (1 + exp(-odds)) == pytest.approx(says.chance, abs=1e-3)
        for one in says.weights:
            assert one.start is None or text[one.start : one.end] == one.what


def test_every_kind_of_the_layer_that_is_found_is_told_with_its_confidence() -> None:
    for statement, reading in zip(statements(), Reader(Roster(), SCORER).read(statements()), strict=True):
        told = {one.kind: one for one in says_of(statement, reading)}
        for kind in reading.kinds:
            if kind.kind in told:
                assert told[kind.kind].is_likely
                assert kind.confidence == told[kind.kind].chance


def test_explain_tells_what_weighed_most_and_what_the_layer_took_away() -> None:
    text = "The numbers are the numbers. She earned the seat, and I told her so."
    result = CliRunner().invoke(hustings.app, ["explain", "--text", text])
    assert result.exit_code == 0
    assert GeneralKinds.method in result.stdout
    said = " ".join(result.stdout.split())
    assert re.search(r"by the layer [01]\.\d\d", said)
    assert "the encoder on" in said
    assert "the rules on" in said


def test_explain_by_the_rules_alone_tells_of_no_layer() -> None:
    result = CliRunner().invoke(hustings.app, ["explain", "--text", "We won!", "--kinds-model", "rules"])
    assert result.exit_code == 0
    assert RulesAlone.method in result.stdout
    assert "layer" not in result.stdout


OUTCOMES = frozenset({KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL})


def outcomes_of(text: str, reader: Reader) -> tuple[set[KindName], dict[KindName, LayerSays]]:
    """The outcomes that are found in a text, and those that are likely."""
    statement = StatementText(id="1", text=text)
    [reading] = reader.read([statement])
    found = {kind.kind for kind in reading.kinds} & OUTCOMES
    told = says_of(statement, reading) if found else ()
    return found, {one.kind: one for one in told if one.is_likely and one.kind in OUTCOMES}


def test_of_two_outcomes_the_likelier_stands_and_explain_tells_of_the_other() -> None:
    """In any coded statement: which texts seem to say two things changes with the rules."""
    reader = Reader(Roster(), scorer_for(DEFAULT_SCORER))
    texts = (row["text"] for path in STATEMENTS for row in map(json.loads, path.read_bytes().splitlines()))
    told = ((text, *outcomes_of(text, reader)) for text in texts if "recount" in text)
    text, found, likely = next(one for one in told if len(one[2]) == 2 and len(one[1]) == 1)
    [given] = found
    assert likely[given].chance == max(one.chance for one in likely.values())
    result = CliRunner().invoke(hustings.app, ["explain", "--text", text])
    assert "outweighed by another outcome" in result.stdout


def test_of_kinds_of_which_the_rules_hear_nothing_nothing_is_told() -> None:
    statement = StatementText(id="1", text="Zebra crossings are nice.")
    [reading] = Reader(Roster(), SCORER).read([statement])
    told = says_of(statement, reading)
    assert not [one for says in told for one in says.weights if one.what.startswith("the rules on")]


def test_the_layer_that_ships_leaves_nearly_all_traps_of_the_rules_as_they_are() -> None:
    """What the rules read rightly, from claims in odd words to what only sounds like one."""
    texts = [
        StatementText(
            id=str(number),
            text=trap.text,
            author_is=trap.author_is,
            posted_at=POSTED[trap.when],
            polls=POLLS,
        )
        for number, trap in enumerate(TRAPS)
    ]
    by_rules = claims_in(Reader(Roster(), SCORER, None, RulesAlone()), texts)
    by_default = claims_in(Reader(Roster(), SCORER), texts)
    same = sum(one == other for one, other in zip(by_rules, by_default, strict=True))
    assert same >= 0.92 * len(TRAPS)


def claims_in(reader: Reader, texts: list[StatementText]) -> list[set[str]]:
    return [{kind.kind.value for kind in reading.kinds} & CLAIMS for reading in reader.read(texts)]
