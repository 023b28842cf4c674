"""The scorer `vader`: whole-text VADER as it is, whatever the target."""

from collections.abc import Sequence

from analysis.contract import Explanation, Question, Sentiment
from analysis.sentiment import vader
from analysis.sentiment.calibration import confidence_of, label_of
from analysis.sentiment.plain_reasons import explain_plain
from analysis.sentiment.tone import Tone


class PlainVader:
    """vaderSentiment's compound score of the original text, with its authors' thresholds of 0.05."""

    @property
    def method(self) -> str:
        """`vader-` and the version of the package vaderSentiment."""
        return vader.method()

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        """One answer a question; all questions about one text get the same."""
        texts = dict.fromkeys(question.text.original for question in questions)
        answers = {text: self._answer(text) for text in texts}
        return [answers[question.text.original] for question in questions]

    def explain(self, question: Question) -> Explanation:
        """The answer of `score`, with what each word added to VADER's sum."""
        return explain_plain(question, self._answer(question.text.original))

    def _answer(self, text: str) -> Sentiment:
        compound = vader.compound(text)
        label = label_of(compound, "vader")
        confidence = confidence_of(Tone(compound, 0.0), label, "vader")
        return Sentiment(compound, label, round(confidence, 4), self.method)
