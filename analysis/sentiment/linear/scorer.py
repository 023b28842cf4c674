"""The scorer `linear`: a trained model that is told words, places and what the rules see."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from analysis.contract import Explanation, Question, Sentiment, Span
from analysis.sentiment.errors import UnusableModel
from analysis.sentiment.linear.answering import Answer, Verdict, answer, verdict_of
from analysis.sentiment.linear.explained import explanation_of
from analysis.sentiment.linear.met import Acquaintance
from analysis.sentiment.linear.model import Model
from analysis.sentiment.linear.opened import OpenedText
from analysis.sentiment.linear.told import Told, logits_of, told_of_text, told_toward
from analysis.sentiment.linear.traits import traits_of_text, traits_toward
from analysis.sentiment.reasons import Share, shares_of_text, shares_toward
from analysis.sentiment.rules import TargetRules
from analysis.sentiment.sarcasm import has_sarcasm_cue
from analysis.sentiment.scope import Sentence
from analysis.sentiment.tables import weights
from analysis.sentiment.toward import surroundings_of
from analysis.sentiment.turns import in_turn
from analysis.sentiment.whole import addressed_in
from analysis.text import METHOD as TEXT_METHOD
from analysis.text import Normalised

READS = f"{TEXT_METHOD}+{TargetRules.method}"
"""The readings that this release gives a model; one that was trained on others is refused."""
AT_ONCE = 500
"""Questions that are added up together: bounds the memory that a batch takes."""


class LinearScorer:
    """Logistic regression over words and places (names hidden), and over what `vader-target` sees.

    Raises UnusableModel for a model that was trained on other readings than this release gives.
    """

    def __init__(self, model: Model) -> None:
        if model.reads != READS:
            raise UnusableModel(
                f"{model.source}: trained on readings by {model.reads}, and this release reads by {READS};"
                " train it again with benchmarks/fit_linear.py"
            )
        self._model = model
        self._known = Acquaintance(model)
        self.method = model.name

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        """One answer a question; questions about one text, asked in a row, share its reading."""
        batches = (questions[i : i + AT_ONCE] for i in range(0, len(questions), AT_ONCE))
        return [sentiment for batch in batches for sentiment in self._scored(batch)]

    def explain(self, question: Question) -> Explanation:
        """The answer of `score`, with what each word added to the log odds of positive against negative."""
        text, is_doubtful = _shared_reading(question.text, question.names)
        found = self._answer_in(text, question)
        sentiment = self._sentiment(found.verdict, is_doubtful=is_doubtful)
        read, counted = _told(question, text)
        return explanation_of(question, read, found, self._model, sentiment, counted)

    def answer(self, question: Question) -> Answer:
        """All that the model makes of a question, before it is made a sentiment."""
        return self._answer_in(OpenedText(question.text, question.names), question)

    def _scored(self, questions: Sequence[Question]) -> Iterator[Sentiment]:
        read = [
            (self._told(question, text), is_doubtful)
            for question, (text, is_doubtful) in in_turn(questions, _reading_of)
        ]
        logits = logits_of(self._model, [told for told, _ in read])
        for (told, is_doubtful), found in zip(read, logits, strict=True):
            yield self._sentiment(verdict_of(found, told.head), is_doubtful=is_doubtful)

    def _told(self, question: Question, text: OpenedText) -> Told:
        target = target_of(question, text)
        if target:
            return told_toward(self._model, self._known, text, target)
        return told_of_text(self._model, self._known, text)

    def _answer_in(self, text: OpenedText, question: Question) -> Answer:
        model, target = self._model, target_of(question, text)
        if target:
            return answer(model, traits_toward(text, target, model.is_common), model.toward)
        return answer(model, traits_of_text(text, model.is_common), model.whole)

    def _sentiment(self, found: Verdict, *, is_doubtful: bool) -> Sentiment:
        sure = found.confidence * (weights("doubt")["factor"] if is_doubtful else 1.0)
        return Sentiment(round(found.score, 4) + 0.0, found.label, round(sure, 4), self.method)


def target_of(question: Question, text: OpenedText) -> Span | None:
    """The place asked for, in the normalised text; of an addressee the first 'you'; else None."""
    if question.span:
        return Span(*question.text.from_original(*question.span))
    if question.addressed:
        return next((you for sentence in text.sentences if (you := addressed_in(sentence))), None)
    return None


def _reading_of(question: Question) -> tuple[OpenedText, bool]:
    """A text ready to be asked about, and whether it may be sarcastic."""
    return OpenedText(question.text, question.names), has_sarcasm_cue(question.text.text)


@lru_cache(maxsize=1)
def _shared_reading(text: Normalised, names: tuple[Span, ...]) -> tuple[OpenedText, bool]:
    """The reading of a text, shared by questions that are explained in a row."""
    return _reading_of(Question(text, names=names))


def _told(question: Question, text: OpenedText) -> tuple[Sequence[Sentence], Sequence[Share]]:
    """The sentences by which a question is answered (the target's own words are hidden in its sentence), and
    what the rules of `vader-target` count of them.
    """
    target = target_of(question, text)
    if not target:
        return text.sentences, shares_of_text(text.reader)
    around = surroundings_of(text.reader, target)
    return (around.sentence, *around.beside), shares_toward(around)
