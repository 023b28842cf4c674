"""How texts are put to a Hugging Face model and its answers read: what needs no model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contract import Explainer, Label, Question, Sentiment, Span
from analysis.rule_tables import read_table
from analysis.sentiment import UnusableModel
from analysis.sentiment.transformer import TransformerScorer
from analysis.sentiment.transformer.classes import (
    PACKAGE,
    Task,
    read_classes,
    spellings,
    verdict_of_classes,
    verdict_of_hypotheses,
)
from analysis.sentiment.transformer.network import Input
from analysis.sentiment.transformer.passages import cropped, fitting, mention, readable, sentences_with
from analysis.sentiment.transformer.source import fingerprint, source_of
from analysis.text import MAX_LENGTH, normalise

THREE = ("negative", "neutral", "positive")
NLI = ("contradiction", "neutral", "entailment")


@dataclass
class WordNetwork:
    """Tokens are words. A text with 'bad' is of the first class, any other of the last.

    A hypothesis is entailed where 'well' or 'badly' stands in it and in the text.
    """

    labels: tuple[str, ...] = THREE
    name: str = "org/words"
    input_key: str | None = None
    most: int = 20
    seen: list[Input] = field(default_factory=list)

    def tokens(self, text: str) -> list[tuple[int, int]]:
        return [word.span() for word in re.finditer(r"\S+", text)]

    def room(self, second: str | None) -> int:
        return self.most - len((second or "").split())

    def probabilities(self, inputs: Sequence[Input]) -> list[tuple[float, ...]]:
        self.seen += inputs
        return [self._answer(one) for one in inputs]

    def _answer(self, one: Input) -> tuple[float, ...]:
        if self.labels == NLI:
            words = set((one.second or "").split()) & set(one.text.split())
            return (0.1, 0.1, 0.8) if words & {"well", "badly"} else (0.7, 0.2, 0.1)
        rest = [0.1] * (len(self.labels) - 1)
        return (0.9, *rest) if "bad" in one.text else (*rest, 0.9)


def ask(network: WordNetwork, text: str, target: str | None = None, *, addressed: bool = False) -> Sentiment:
    """How a model speaks of the last `target` in a text."""
    start = text.rindex(target) if target else 0
    span = Span(start, start + len(target)) if target else None
    question = Question(normalise(text), span, addressed=addressed)
    return TransformerScorer(network, "words@1").score([question])[0]


# ---- labels


@pytest.mark.parametrize(
    ("labels", "stand_for"),
    [
        (["negative", "neutral", "positive"], "negative neutral positive"),
        (["Positive", "Negative", "Neutral"], "positive negative neutral"),
        (["NEG", "NEU", "POS"], "negative neutral positive"),
        (["LABEL_0", "LABEL_1", "LABEL_2"], "negative neutral positive"),
        (["NEGATIVE", "POSITIVE"], "negative positive"),
        (
            ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"],
            "negative negative neutral positive positive",
        ),
        (
            ["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"],
            "negative negative neutral positive positive",
        ),
    ],
)
def test_common_spellings_of_sentiment_are_understood(labels: list[str], stand_for: str) -> None:
    classes = read_classes("m", labels)

    assert classes.task is Task.CLASSIFIER
    assert [one.stands_for for one in classes.classes] == stand_for.split()


@pytest.mark.parametrize(
    "labels", [["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], ["entailment", "not_entailment"]]
)
def test_a_model_of_entailment_is_known_by_its_labels(labels: list[str]) -> None:
    assert read_classes("m", labels).task is Task.NLI


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        (["joy", "neutral", "anger"], "joy, anger"),
        (["LABEL_0", "LABEL_1"], "LABEL_0, LABEL_1"),
        (["LABEL_0", "LABEL_1", "LABEL_3"], "LABEL_3"),
        (["neutral", "positive"], "neutral, positive"),
        (["entailment", "neutral"], "entailment, neutral"),
        (["entailment", "positive", "negative"], "entailment, positive, negative"),
        ([], "tell no sentiment"),
    ],
)
def test_labels_that_tell_no_sentiment_are_named_with_the_remedy(labels: list[str], named: str) -> None:
    with pytest.raises(UnusableModel, match=rf"org/m: .*{named}.*id2label.*docs/scorers\.md"):
        read_classes("org/m", labels)


def test_the_table_of_labels_is_complete_and_each_line_says_where_it_comes_from() -> None:
    rows = [row for _, row in read_table(PACKAGE, "tables/labels.tsv")]

    assert all(all(row.values()) for row in rows)
    assert len(spellings()) == len(rows)
    assert all(-1 <= one.score <= 1 for one in spellings().values())
    signs = {"negative": -1, "positive": 1}
    assert all(one.score * signs.get(one.stands_for, 1) >= 0 for one in spellings().values())


# ---- what probabilities say


def test_the_probabilities_of_stars_are_added_up_by_label() -> None:
    verdict = verdict_of_classes(
        read_classes("m", ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]), [0.2, 0.3, 0.4, 0.1, 0.0]
    )
    assert verdict.label is Label.NEGATIVE
    assert verdict.probabilities[Label.NEGATIVE] == pytest.approx(0.5)
    assert verdict.score == pytest.approx(-0.3)


def test_a_model_of_two_labels_never_says_neutral_unless_it_cannot_tell() -> None:
    classes = read_classes("m", ["NEGATIVE", "POSITIVE"])

    assert verdict_of_classes(classes, [0.51, 0.49]).label is Label.NEGATIVE
    assert verdict_of_classes(classes, [0.3, 0.7]).label is Label.POSITIVE


@pytest.mark.parametrize(
    ("well", "badly", "label"),
    [
        (0.9, 0.1, Label.POSITIVE),
        (0.1, 0.9, Label.NEGATIVE),
        (0.1, 0.1, Label.NEUTRAL),
        (0.9, 0.9, Label.NEUTRAL),
        (0.5, 0.5, Label.NEUTRAL),
    ],
)
def test_of_two_hypotheses_one_decides_and_none_or_both_are_neutral(
    well: float, badly: float, label: Label
) -> None:
    verdict = verdict_of_hypotheses(well, badly)

    assert verdict.label is label
    assert verdict.score == pytest.approx(well - badly)


@given(well=st.floats(0, 1), badly=st.floats(0, 1))
def test_the_verdict_of_hypotheses_is_a_distribution(well: float, badly: float) -> None:
    shares = verdict_of_hypotheses(well, badly).probabilities

    assert sum(shares.values()) == pytest.approx(1)
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares.values())


# ---- which part of a text is read

spans = st.tuples(st.integers(0, 300), st.integers(0, 40)).map(lambda pair: Span(pair[0], sum(pair)))


@given(focus=spans, before=st.integers(0, 300), after=st.integers(0, 300), limit=st.integers(1, 200))
def test_a_cropped_passage_is_bounded_and_holds_its_focus(
    focus: Span, before: int, after: int, limit: int
) -> None:
    passage = Span(max(focus.start - before, 0), focus.end + after)
    kept = cropped(passage, focus, limit)

    assert passage.start <= kept.start <= kept.end <= passage.end
    assert kept.end - kept.start == min(limit, passage.end - passage.start)
    assert kept.start <= focus.start
    assert kept.end >= min(focus.end, focus.start + limit)


@given(edges=st.lists(st.integers(0, 400), min_size=2, max_size=60, unique=True), data=st.data())
def test_the_part_that_fits_holds_the_target_and_no_more_tokens_than_there_is_room_for(
    edges: list[int], data: st.DataObject
) -> None:
    tokens = list(pairwise(sorted(edges)))
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    budget = data.draw(st.integers(1, 70))
    focus = Span(tokens[first][0], tokens[last][1])

    kept = fitting(tokens, focus, budget)

    inside = [token for token in tokens if kept.start <= token[0] and token[1] <= kept.end]
    assert len(inside) == min(budget, len(tokens))
    assert kept.start <= focus.start
    if last - first < budget:
        assert kept.end >= focus.end


def test_of_no_tokens_nothing_fits() -> None:
    assert fitting([], Span(0, 0), 5) == Span(0, 0)


def test_a_target_is_read_in_its_own_sentence_wherever_the_rewriting_moved_it() -> None:
    text = "“We won!” 🎉&amp;🎉 The mayor lied to us. See https://example.org/x for more."
    start = text.index("mayor")

    kept = sentences_with(normalise(text), Span(start, start + 5))
    assert text[kept.start : kept.end].endswith("The mayor lied to us.")
    assert "won" not in text[kept.start : kept.end]


def test_a_target_across_two_sentences_is_read_in_both() -> None:
    text = "One. Two is here. Three is there. Four."
    span = Span(text.index("here"), text.index("there"))

    assert text[slice(*sentences_with(normalise(text), span))] == "Two is here. Three is there."


def test_halves_of_surrogate_pairs_are_replaced_where_they_stand() -> None:
    assert readable("a\ud83d b\udc00") == "a� b�"
    assert readable("🎉") == "🎉"


def test_a_targets_words_are_folded_and_bounded() -> None:
    assert mention("the  mayor\n of it", Span(0, 17)) == "the mayor of it"
    assert len(mention("x" * 5000, Span(0, 5000))) == 200


# ---- how questions are put


def test_a_classifier_reads_the_sentence_of_the_target_and_of_a_whole_text_all() -> None:
    network, text = WordNetwork(), "The park is good. The mayor is bad."

    assert ask(network, text, "park").label is Label.POSITIVE
    assert ask(network, text, "mayor").label is Label.NEGATIVE
    ask(network, text)
    assert network.seen == [Input("The park is good."), Input("The mayor is bad."), Input(text)]


@pytest.mark.parametrize(
    ("name", "key"), [("org/deberta-absa", None), ("aspect-model", None), ("org/words", "pair")]
)
def test_a_model_of_pairs_reads_the_text_beside_the_target(name: str, key: str | None) -> None:
    network, text = WordNetwork(name=name, input_key=key), "The park is good. The mayor is bad."

    assert ask(network, text, "mayor").method == "transformers-words@1:pair-1"
    ask(network, text)
    assert network.seen == [Input(text, "mayor"), Input(text)]


def test_config_json_goes_before_the_name_and_a_word_that_it_does_not_know_is_refused() -> None:
    asked = WordNetwork(name="org/absa", input_key="window")
    assert TransformerScorer(asked, "absa@1").method == "transformers-absa@1:window-1"

    with pytest.raises(UnusableModel, match="hustings_input 'both': window or pair is meant"):
        TransformerScorer(WordNetwork(input_key="both"), "words@1")


def test_a_model_of_entailment_tests_two_hypotheses_about_the_target() -> None:
    network = WordNetwork(labels=NLI)

    assert ask(network, "We think well of the mayor.", "the mayor").label is Label.POSITIVE
    assert ask(network, "We think badly of the mayor.", "the mayor").label is Label.NEGATIVE
    assert ask(network, "We met the mayor.", "the mayor").label is Label.NEUTRAL
    assert [one.second for one in network.seen[:2]] == [
        "The author speaks well of the mayor.",
        "The author speaks badly of the mayor.",
    ]


def test_a_model_of_entailment_has_hypotheses_for_whom_it_addresses_and_for_a_whole_text() -> None:
    network = WordNetwork(labels=NLI)
    ask(network, "We met.", addressed=True)
    ask(network, "We met.")

    said = [one.second for one in network.seen]
    assert said[0] == "The author speaks well of the person addressed."
    assert said[2:] == ["The text sounds positive.", "The text sounds negative."]


@pytest.mark.parametrize("labels", [THREE, NLI])
@pytest.mark.parametrize("before", [0, 7, 30, 900, MAX_LENGTH])
@pytest.mark.parametrize("after", [0, 7, 900])
def test_a_target_is_always_inside_what_the_model_reads(
    labels: tuple[str, ...], before: int, after: int
) -> None:
    network = WordNetwork(labels=labels)
    ask(network, "word " * before + "the mayor" + " word" * after, "the mayor")

    for one in network.seen:
        assert "the mayor" in one.text
        assert len(network.tokens(one.text)) <= network.room(one.second)


@given(text=st.text(max_size=80), data=st.data())
def test_any_text_and_any_place_in_it_get_an_answer(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    for labels in (THREE, NLI):
        scorer = TransformerScorer(WordNetwork(labels=labels, most=12), "words@1")
        [answer] = scorer.score([Question(normalise(text), span)])
        assert -1 <= answer.score <= 1
        assert 0 <= answer.confidence <= 1


def test_what_explains_an_answer_is_what_was_read_and_its_probabilities() -> None:
    scorer = TransformerScorer(WordNetwork(labels=NLI), "words@1")
    assert isinstance(scorer, Explainer)
    text = "We think well of the mayor."
    question = Question(normalise(text), Span(17, 26))

    told = scorer.explain(question)

    assert told.sentiment == scorer.score([question])[0]
    assert (told.masked, told.reasons) == ((), ())
    assert told.remarks[0] == f"The model reads: {text}"
    assert "'The author speaks well of the mayor.': contradiction 0.100, neutral 0.100" in told.remarks[1]


# ---- where a model is


def model_in(folder: Path) -> Path:
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (folder / name).write_text(f"{name} of it")
    return folder


def test_a_folder_is_called_by_its_name_and_by_a_fingerprint_of_what_is_in_it(tmp_path: Path) -> None:
    source = source_of(str(model_in(tmp_path / "my model+1")))

    assert re.fullmatch(r"my-model-1@[0-9a-f]{12}", source.title)
    assert source_of(str(model_in(tmp_path / "copy"))).revision == source.revision


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_the_fingerprint_changes_with_every_file_that_decides_even_at_one_size(
    name: str, tmp_path: Path
) -> None:
    folder = model_in(tmp_path / "m")
    before = fingerprint(folder)
    (folder / "README.md").write_text("of no account")
    assert fingerprint(folder) == before

    path = folder / name
    path.write_text(path.read_text().upper())
    assert fingerprint(folder) != before


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ("config.json", "m: no Hugging Face model: it holds no config.json"),
        ("model.safetensors", "m: it holds no weights in safetensors"),
        ("tokenizer.json", "m: it holds no tokenizer"),
    ],
)
def test_a_folder_that_lacks_something_is_refused_and_what_it_lacks_is_named(
    lost: str, reason: str, tmp_path: Path
) -> None:
    folder = model_in(tmp_path / "m")
    (folder / lost).unlink()
    (folder / "pytorch_model.bin").write_text("a pickle")

    with pytest.raises(UnusableModel, match=reason):
        source_of(str(folder))


def test_a_path_that_leads_to_no_folder_is_not_looked_for_on_the_hub(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}")

    with pytest.raises(UnusableModel, match=r"model\.json: this is a file: name its folder"):
        source_of(str(tmp_path / "model.json"))
    for path in (str(tmp_path / "gone"), "./gone", "~/gone-from-here", "..\\gone"):
        with pytest.raises(UnusableModel, match="there is no such folder"):
            source_of(path)
