"""What `linear` tells its model without naming it is what its explanations name, row by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import Question, Span
from analysis.sentiment.linear import LinearScorer, shipped_model
from analysis.sentiment.linear.induced import induced_evidence
from analysis.sentiment.linear.met import LONGEST, Acquaintance
from analysis.sentiment.linear.opened import OpenedText
from analysis.sentiment.linear.scorer import AT_ONCE, target_of
from analysis.sentiment.linear.told import Told, logits_of, told_of_text, told_toward
from analysis.sentiment.linear.traits import ZONES, Traits, traits_of_text, traits_toward
from analysis.sentiment.words import clauses_of, masked
from analysis.text import normalise

MODEL = shipped_model()
SCORER = LinearScorer(MODEL)

_WORDS = (
    "not no never but although and the he you we they said by very GREAT great cut fight against stop vote "
    "could have won lost Labour @kelby war crime honest failed slammed praised was sent #StopKelby 😀 :) "
    "! , . \" ; ( ) ^ <target> <name> * + Zorv Kelby 3rd n't don't under-funded \ud83d ß İ"
)
texts = st.lists(st.sampled_from(_WORDS.split()) | st.text(max_size=8), max_size=30).map(" ".join)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    text = draw(texts)
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
        lambda pair: Span(*sorted(pair))
    )
    span = draw(st.none() | places)
    names = tuple(sorted(draw(st.lists(places, max_size=2))))
    return Question(normalise(text), span, addressed=span is None and draw(st.booleans()), names=names)


def named(question: Question) -> Traits:
    text = OpenedText(question.text, question.names)
    target = target_of(question, text)
    if target:
        return traits_toward(text, target, MODEL.is_common)
    return traits_of_text(text, MODEL.is_common)


def told(question: Question) -> Told:
    text = OpenedText(question.text, question.names)
    target = target_of(question, text)
    known = Acquaintance(MODEL)
    return told_toward(MODEL, known, text, target) if target else told_of_text(MODEL, known, text)


@given(questions())
@settings(max_examples=300)
def test_the_rows_that_are_told_are_those_of_the_features_that_are_named(asked: Question) -> None:
    traits, found = named(asked), told(asked)
    names, _ = MODEL.grams.known(traits.grams)
    assert list(found.grams) == [MODEL.grams.row(name) for name in names]
    rows = {zone: [MODEL.row(word.text) for word in words] for zone, words in traits.zones.items()}
    known = {zone: [row for row in found if row is not None] for zone, found in rows.items()}
    assert {ZONES[zone]: list(rows) for zone, rows in found.zones} == {
        z: rows for z, rows in known.items() if rows
    }
    valences = {zone: [MODEL.words.valences[row] for row in rows] for zone, rows in known.items()}
    evidence = {**traits.evidence, **induced_evidence(valences)}
    assert list(found.evidence.items()) == list(evidence.items())


@given(st.lists(questions(), max_size=5))
@settings(max_examples=100)
def test_the_log_odds_of_a_batch_are_to_the_last_bit_those_of_each_explanation(asked: list[Question]) -> None:
    together = logits_of(MODEL, [told(question) for question in asked])
    alone = [SCORER.answer(question).logits for question in asked]
    assert np.array_equal(np.asarray(together, np.float32).reshape(-1, 3), np.asarray(alone).reshape(-1, 3))


def test_a_batch_that_is_added_up_in_parts_is_answered_as_a_small_one() -> None:
    read = normalise("Kelby lied to us. You failed, and Zorv praised the brave nurses!")
    asked = [Question(read, Span(0, 5)), Question(read), Question(read, addressed=True)]
    assert SCORER.score(asked * AT_ONCE) == SCORER.score(asked) * AT_ONCE


@pytest.mark.parametrize("word", ["Kelby", "lied", "a" * LONGEST, "a" * (LONGEST + 1), "B" * 400])
def test_a_word_is_met_as_the_same_whatever_was_met_before(word: str) -> None:
    text = f"{word} {word}s and {word}"
    [words] = clauses_of(masked(text, ()), 0, len(text))
    known = Acquaintance(MODEL)
    first = known.of(words)
    known.of([one._replace(is_name=True) for one in words])
    assert known.of(words) == first == Acquaintance(MODEL).of(words)
