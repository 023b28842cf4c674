"""The trained scorer `linear`: names hidden, answers that depend on nothing else, reasons that add up."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from math import log
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import Question, Roster, Sentiment, Span, StatementText
from analysis.sentiment.linear import LinearScorer, shipped_model
from analysis.sentiment.linear.explained import KINDS, NEXT, SIMILAR, VALENCE, kind_of, unplaced
from analysis.sentiment.linear.grams import LONGEST, grams_of
from analysis.sentiment.linear.opened import OpenedText
from analysis.sentiment.linear.traits import traits_of_text, traits_toward
from analysis.sentiment.linear.view import NAME, TARGET, view_toward
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.toward import REACH, surroundings_of
from analysis.targets import TargetFinder
from analysis.text import normalise

ROOT = Path(__file__).parent.parent
MODEL = shipped_model()
SCORER = LinearScorer(MODEL)
FINDER = TargetFinder(Roster())

SENTENCES = (
    "Everybody knows that {a} promised new hospitals, while {b} lied to us and failed badly.",
    "{b} attacked {a} over the terrible cuts last week in a long and angry speech.",
    "Unlike {b}, who wrecked our schools, {a} has a great plan for our town!",
    "After {b} praised the brave nurses, {a} said that the disgraceful strike must end.",
    "Nobody in {b} believes that {a} would ever betray the good people of this city.",
    "We met {b} on Monday. It was a sad day. Vote {a}, and thank {b} for nothing.",
)
"""{a} is the target, {b} another name."""
WORDS_AS_NAMES = (
    "Hope",
    "Savage",
    "Freedom Party",
    "Justice",
    "Best",
    "Grim Failure",
    "Love and Peace",
    "No",
)
"""Names whose words mean something, some of them to VADER."""

invented = st.from_regex(r"[A-Z][a-z]{1,9}( [A-Z][a-z]{1,9}){0,2}", fullmatch=True)
names = invented | st.sampled_from(WORDS_AS_NAMES)

_SMALL_WORDS = (
    "not never no without but although and or the he you we they said told by very GREAT cut fight against "
    "stop vote could have won lost Labour @kelby war crime corrupt honest great failed slammed praised was "
    'sent #StopKelby #VoteLabour 😀 :) ! ? , . " ; ( ) <target> Zorv \ud83d'
)
texts = st.lists(st.sampled_from(_SMALL_WORDS.split()) | st.text(max_size=8), max_size=25).map(" ".join)


def places_in(text: str) -> st.SearchStrategy[Span]:
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return bounds.map(lambda pair: Span(min(pair), max(pair)))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    text = draw(texts)
    found: list[Span] = []
    for name in sorted(draw(st.lists(places_in(text), max_size=2))):
        if not found or found[-1].end <= name.start:
            found.append(name)
    span = draw(st.none() | places_in(text))
    return Question(normalise(text), span, addressed=span is None and draw(st.booleans()), names=tuple(found))


def filled(sentence: str, target: str, other: str) -> tuple[str, Span, tuple[Span, ...]]:
    """The sentence with its names, the (first) place of the target, and the places of all names."""
    text = ""
    places: list[tuple[str, Span]] = []
    for piece in re.split(r"(\{[ab]\})", sentence):
        name = {"{a}": target, "{b}": other}.get(piece)
        if name:
            places.append((piece, Span(len(text), len(text) + len(name))))
        text += name or piece
    return text, dict(reversed(places))["{a}"], tuple(place for _, place in places)


def both(text: str, span: Span, names: tuple[Span, ...]) -> list[Sentiment]:
    """How a text speaks of the place, and as a whole."""
    read = normalise(text)
    return SCORER.score([Question(read, span, names=names), Question(read, names=names)])


@cache
def plain(sentence: str) -> list[Sentiment]:
    return both(*filled(sentence, "Kelby", "Zorv"))


# ---- whom a text names does not count -------------------------------------------------------------


@given(st.sampled_from(SENTENCES), names, names)
@settings(max_examples=400)
def test_swapping_any_recognised_name_changes_no_score(sentence: str, target: str, other: str) -> None:
    assert both(*filled(sentence, target, other)) == plain(sentence)


@given(st.sampled_from(SENTENCES), names.filter(lambda name: " and " not in name))
def test_the_words_of_a_target_that_nobody_recognised_do_not_count_toward_it(
    sentence: str, target: str
) -> None:
    def toward(name: str) -> Sentiment:
        text, span, (*others,) = filled(sentence, name, "Zorv")
        return SCORER.score([Question(normalise(text), span, names=tuple(n for n in others if n != span))])[0]

    assert toward(target) == toward("Kelby")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("name", ["Zorvak", "Kindlewick", "Brelloth"])
def test_an_invented_name_that_the_finder_does_not_know_is_hidden_by_its_capital(
    sentence: str, name: str
) -> None:
    text, span, _ = filled(sentence, "Kelby", name)
    found = FINDER.find(StatementText(id="", text=text), normalise(text)).names
    assert not any(text[slice(*place)] == name for place in found)
    usual, place, _ = filled(sentence, "Kelby", "Zorv")
    assert both(text, span, ()) == both(usual, place, ())


def test_two_names_of_one_text_swap_places_only_with_their_roles() -> None:
    """The test above could pass were every answer the same: here the target's place decides."""
    text, span, found = filled(SENTENCES[2], "Kelby", "Zorv")
    other = found[0]
    kelby, zorv = SCORER.score([Question(normalise(text), place, names=found) for place in (span, other)])
    assert (kelby.label, zorv.label) == ("positive", "negative")


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [("#StopKelby now", "#StopKelby", "negative"), ("#VoteKelby now", "#VoteKelby", "positive")],
)
def test_the_call_of_a_hashtag_is_read_though_its_name_is_hidden(text: str, name: str, label: str) -> None:
    place = Span(text.index(name), text.index(name) + len(name))
    [answer] = SCORER.score([Question(normalise(text), place, names=(place,))])
    assert answer.label == label


def test_no_feature_holds_a_word_of_a_name() -> None:
    text, span, found = filled(SENTENCES[0], "Grim Kelby", "Savage Zorv")
    opened = OpenedText(normalise(text), found)
    traits = traits_toward(opened, span, MODEL.is_common)
    told = " ".join([*traits.grams, *traits.evidence]).lower()
    told += " ".join(word.text for zone in traits.zones.values() for word in zone)
    assert TARGET in told
    assert NAME in told
    assert not re.search("grim|kelby|savage|zorv", told)


# ---- the same question, the same answer -----------------------------------------------------------


@given(st.lists(questions(), max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_answers_are_the_same_alone_in_a_batch_and_in_any_order(asked: list[Question], lot: object) -> None:
    together = SCORER.score(asked)
    assert together == [SCORER.score([question])[0] for question in asked]
    order = sorted(range(len(asked)), key=lambda _: lot.random())  # type: ignore[attr-defined]
    assert SCORER.score([asked[i] for i in order]) == [together[i] for i in order]


def test_questions_about_one_text_that_share_a_reading_do_not_disturb_each_other() -> None:
    text, span, found = filled(SENTENCES[5], "Kelby", "Zorv")
    read = normalise(text)
    asked = [
        *(Question(read, place, names=found) for place in (*found, Span(0, 2), Span(len(text), len(text)))),
        Question(read, names=found),
        Question(read, addressed=True, names=found),
        Question(read, span),
    ]
    assert SCORER.score(asked) == [LinearScorer(MODEL).score([question])[0] for question in asked]
    assert SCORER.score(asked[::-1]) == SCORER.score(asked)[::-1]


def test_another_process_with_another_hash_seed_answers_the_same() -> None:
    lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(SENTENCES))

    def tagged(seed: str) -> str:
        command = [sys.executable, "hustings.py", "tag", "-", "--method", "linear"]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            command, cwd=ROOT, input=lines, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout

    first = tagged("1")
    assert "linear-" in first
    assert tagged("2") == first


# ---- reasons --------------------------------------------------------------------------------------


@given(questions())
@settings(max_examples=200)
def test_reasons_and_the_rest_add_up_to_the_log_odds(asked: Question) -> None:
    explanation = SCORER.explain(asked)
    found = SCORER.answer(asked)
    odds = log(found.chances[2] / found.chances[0])
    assert sum(reason.weight for reason in explanation.reasons) + sum(unplaced(found)) == pytest.approx(
        odds, abs=1e-4
    )


@given(questions())
@settings(max_examples=200)
def test_an_explanation_gives_the_answer_of_score_and_stands_in_the_text(asked: Question) -> None:
    explanation = SCORER.explain(asked)
    assert [explanation.sentiment] == SCORER.score([asked])
    places = [(reason.start, reason.end) for reason in explanation.reasons]
    length = len(asked.text.original)
    assert all(0 <= start <= end <= length for start, end in [*places, *explanation.masked])
    assert places == sorted(places)


def test_the_target_is_masked_in_its_explanation_though_nobody_recognised_it() -> None:
    text = "It was Savage who wrecked our schools."
    place = Span(7, 13)
    assert SCORER.explain(Question(normalise(text), place)).masked == (place,)


def test_a_rule_says_in_plain_words_what_counted() -> None:
    text = "Kelby betrayed working families and lied about the disgraceful cuts."
    explanation = SCORER.explain(Question(normalise(text), Span(0, 5)))
    said = {rule for reason in explanation.reasons for rule in reason.rule.split("; ")}
    assert said <= {*KINDS.values(), NEXT, SIMILAR, VALENCE}
    assert {"the words as such", "behind the target", SIMILAR} <= said
    assert kind_of("part agent lied") == "verb of what the target does"
    assert kind_of("part patient slammed") == "verb of what is done to the target"
    assert kind_of("f part of") == "the words as such"
    assert kind_of("-2,-1 by the") == NEXT


def test_remarks_tell_what_no_place_shows() -> None:
    text = "Well done to you for another glorious mess 🙄"
    remarks = " ".join(SCORER.explain(Question(normalise(text), addressed=True)).remarks)
    assert "log odds of positive against negative" in remarks
    assert "read toward the first “you”" in remarks


# ---- bounded work ---------------------------------------------------------------------------------


def features_toward(text: str, span: Span) -> int:
    traits = traits_toward(OpenedText(normalise(text), ()), span, MODEL.is_common)
    return len(traits.grams) + len(traits.evidence) + sum(map(len, traits.zones.values()))


@pytest.mark.parametrize("flood", ["good bad ", "ab, ", "! ", "Zorv lied ", "x", "no "])
def test_features_are_bounded_by_the_window_however_long_the_sentence(flood: str) -> None:
    def around(n: int) -> int:
        before = (flood * n)[:n]
        return features_toward(f"{before} Kelby {before}", Span(len(before) + 1, len(before) + 6))

    within = around(REACH)
    assert around(9 * REACH) <= within + 50
    assert within < 12 * 2 * REACH


def test_features_grow_with_the_words_and_no_faster() -> None:
    def grams(n: int) -> int:
        text = "Kelby " + " ".join(f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(n))
        view = view_toward(
            surroundings_of(OpenedText(normalise(text), ()).reader, Span(0, 5)), lambda _: True
        )
        return len(grams_of(view))

    assert grams(80) - grams(40) <= 1.2 * (grams(40) - grams(20)) * 2


def test_a_long_word_is_cut_into_few_parts() -> None:
    assert features_toward(f"Kelby {'abcdefghij' * 30}", Span(0, 5)) < 400 + 4 * LONGEST


@pytest.mark.parametrize("sign", [". ", ", ", " and "])
def test_a_text_of_hundreds_of_targets_is_read_once(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences are read, and the whole text added up, once a text and not once a target."""
    read: list[Span] = []
    once = SentenceReader.read

    def counted(self: SentenceReader, place: Span, target: Span | None = None) -> Sentence:
        if target is None:
            read.append(place)
        return once(self, place, target)

    monkeypatch.setattr(SentenceReader, "read", counted)
    name = "Kelby lied"
    text = sign.join([name] * 300)
    step = len(name) + len(sign)
    spans = tuple(Span(i * step, i * step + 5) for i in range(300))
    answers = SCORER.score([Question(normalise(text), span, names=spans) for span in spans])
    assert len(answers) == 300
    beside = 2 * len(spans)
    sentences = text.count(". ") + 1
    assert len(read) <= sentences + beside


@pytest.mark.parametrize(
    "text",
    ["", " ", "\ud83d\ude00"[:1] * 50, "a" * 20_000, "A" * 20_000, "😀" * 20_000, '"' * 20_000, "\x00"],
)
def test_hostile_texts_are_answered_for_any_place(text: str) -> None:
    read, end = normalise(text), len(text)
    places = [Span(0, 0), Span(0, min(3, end)), Span(end, end), Span(end // 2, min(end // 2 + 3, end))]
    asked = [Question(read, place) for place in places]
    asked += [Question(read), Question(read, addressed=True), Question(read, names=(Span(0, end),))]
    for answer, question in zip(SCORER.score(asked), asked, strict=True):
        assert -1 <= answer.score <= 1
        assert 0 <= answer.confidence <= 1
        assert SCORER.explain(question).sentiment == answer


def test_whole_texts_are_told_no_name_either() -> None:
    one = OpenedText(normalise("Savage cut our hospitals."), (Span(0, 6),))
    other = OpenedText(normalise("Kel cut our hospitals."), (Span(0, 3),))
    assert _told(one) == _told(other)


def _told(text: OpenedText) -> tuple[Sequence[str], dict[str, float]]:
    traits = traits_of_text(text, MODEL.is_common)
    return [word.text for word in traits.zones["text"]], dict(traits.evidence)
