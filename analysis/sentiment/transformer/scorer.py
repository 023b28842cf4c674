"""How questions are put to a model, and how its probabilities become sentiment."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from analysis.contract import Explanation, Question, Sentiment, Span
from analysis.sentiment.errors import UnusableModel
from analysis.sentiment.transformer.classes import (
    Task,
    Verdict,
    entailed,
    read_classes,
    verdict_of_classes,
    verdict_of_hypotheses,
)
from analysis.sentiment.transformer.network import INPUT_KEY, Input
from analysis.sentiment.transformer.passages import (
    LONGEST,
    cropped,
    fitting,
    mention,
    readable,
    sentences_with,
)

VERSION = 1
"""Changes whenever the same model could answer differently."""

ATTEMPTS = 4
"""Cuts of a passage until its tokens fit: cut text may fall into a token or two more."""


class Asked(StrEnum):
    """How a target is put to a model."""

    WINDOW = "window"  # a classifier reads the sentences that hold it
    PAIR = "pair"  # a classifier reads the text, and beside it the target's words
    NLI = "nli"  # the text is tested against two hypotheses about it


PAIR_NAMES = ("absa", "aspect")
"""In a model's name: it was trained on pairs of a text and a target (aspect-based sentiment)."""


class Hypotheses(NamedTuple):
    """Two sentences of which a text entails one, none, or both."""

    well: str
    badly: str


TOWARD = Hypotheses("The author speaks well of {}.", "The author speaks badly of {}.")
ADDRESSED = Hypotheses(
    "The author speaks well of the person addressed.", "The author speaks badly of the person addressed."
)
WHOLE = Hypotheses("The text sounds positive.", "The text sounds negative.")


class Reads(Protocol):
    """What the scorer needs of a network (see there)."""

    @property
    def name(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def input_key(self) -> str | None: ...
    def tokens(self, text: str) -> list[tuple[int, int]]: ...
    def room(self, second: str | None) -> int: ...
    def probabilities(self, inputs: Sequence[Input]) -> list[tuple[float, ...]]: ...


class TransformerScorer:
    """Asks one model. Names are not hidden from it, and it tells no single word's part."""

    method: str
    """`transformers-`, the model's name and revision, how targets are put to it, and our version of that."""

    def __init__(self, network: Reads, title: str) -> None:
        self._network = network
        self._classes = read_classes(network.name, network.labels)
        self._asked = _how_asked(network, self._classes.task)
        self.method = f"transformers-{title}:{self._asked}-{VERSION}"

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        """One answer a question. Company changes a probability by less than 0.001, as batches are padded."""
        inputs = [self._inputs(question) for question in questions]
        answers = iter(self._network.probabilities([one for several in inputs for one in several]))
        return [self._sentiment(self._verdict(several, answers)) for several in inputs]

    def explain(self, question: Question) -> Explanation:
        """The answer, with what the model read and the probabilities that it gave."""
        inputs = self._inputs(question)
        probabilities = self._network.probabilities(inputs)
        verdict = self._verdict(inputs, iter(probabilities))
        remarks = [f"The model reads: {inputs[0].text}"]
        for one, row in zip(inputs, probabilities, strict=True):
            beside = "" if one.second is None else f" beside {one.second!r}"
            shares = zip(self._network.labels, row, strict=True)
            remarks.append(f"It gives{beside}: {', '.join(f'{label} {p:.3f}' for label, p in shares)}.")
        remarks.append("No single word's part can be told, and names are not hidden from the model.")
        return Explanation(self._sentiment(verdict), masked=(), reasons=(), remarks=tuple(remarks))

    def _inputs(self, question: Question) -> tuple[Input, ...]:
        """One input for a classifier; for an NLI model one a hypothesis."""
        original = question.text.original
        target = mention(original, question.span) if question.span else ""
        span = question.span if question.span and target else Span(0, 0)
        if self._asked is Asked.NLI:
            hypotheses = TOWARD if target else ADDRESSED if question.addressed else WHOLE
            return tuple(self._input(original, span, one.format(target)) for one in hypotheses)
        if self._asked is Asked.PAIR and target:
            return (self._input(original, span, target),)
        passage = sentences_with(question.text, span) if target else Span(0, len(original))
        inside = Span(span.start - passage.start, span.end - passage.start) if target else span
        return (self._input(original[passage.start : passage.end], inside, None),)

    def _input(self, text: str, focus: Span, second: str | None) -> Input:
        """The part of a text round a focus that the model has room for."""
        kept = cropped(Span(0, len(text)), focus, LONGEST)
        budget = room = self._network.room(second)
        for attempt in range(ATTEMPTS):
            tokens = self._network.tokens(readable(text[kept.start : kept.end]))
            over = len(tokens) - room
            if over <= 0:
                break
            budget = max(budget - over, 1) if attempt else room
            inside = Span(max(focus.start - kept.start, 0), min(focus.end, kept.end) - kept.start)
            start, end = fitting(tokens, inside, budget)
            kept = Span(kept.start + start, kept.start + end)
        return Input(readable(text[kept.start : kept.end]), second)

    def _verdict(self, inputs: Sequence[Input], answers: Iterator[tuple[float, ...]]) -> Verdict:
        if self._asked is Asked.NLI:
            well, badly = (entailed(self._classes, next(answers)) for _ in inputs)
            return verdict_of_hypotheses(well, badly)
        [row] = (next(answers) for _ in inputs)
        return verdict_of_classes(self._classes, row)

    def _sentiment(self, verdict: Verdict) -> Sentiment:
        label = verdict.label
        confidence = min(round(verdict.probabilities[label], 4), 1.0)
        return Sentiment(round(verdict.score, 4) + 0.0, label, confidence, self.method)


def _how_asked(network: Reads, task: Task) -> Asked:
    if task is Task.NLI:
        return Asked.NLI
    if network.input_key is None:
        is_pair = any(word in network.name.lower() for word in PAIR_NAMES)
        return Asked.PAIR if is_pair else Asked.WINDOW
    if network.input_key not in (Asked.WINDOW, Asked.PAIR):
        raise UnusableModel(
            f"{network.name}: its config.json says {INPUT_KEY} {network.input_key!r}: window or pair is meant"
        )
    return Asked(network.input_key)
