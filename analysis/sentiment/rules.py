"""The scorer `vader-target`: VADER's words under rules that know whom a text speaks of."""

from collections.abc import Sequence

from analysis.contract import Question, Sentiment, Span
from analysis.sentiment.calibration import confidence_of, label_of
from analysis.sentiment.lexicon import VERSION
from analysis.sentiment.sarcasm import has_sarcasm_cue
from analysis.sentiment.scope import SentenceReader
from analysis.sentiment.tone import Tone
from analysis.sentiment.toward import tone_toward
from analysis.sentiment.whole import tone_of_text, tone_to_addressee
from analysis.sentiment.words import masked


class TargetRules:
    """Word valences, scoped by clause and weighed by their place round the target (docs/methods.md)."""

    method = f"vader-target-{VERSION}"

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        """One answer a question; questions about one text, asked in a row, share its reading."""
        answers = []
        asked: tuple[str, tuple[Span, ...]] | None = None
        for question in questions:
            if asked != (question.text.original, question.names):
                asked = (question.text.original, question.names)
                reader = _reader_of(question)
                is_doubtful = has_sarcasm_cue(question.text.text)
            answers.append(self._answer(question, reader, is_doubtful))
        return answers

    def _answer(self, question: Question, reader: SentenceReader, is_doubtful: bool) -> Sentiment:
        tone, section = _tone_of(question, reader)
        label = label_of(tone.score, section)
        confidence = confidence_of(tone, label, section, is_doubtful=is_doubtful)
        return Sentiment(round(tone.score, 4) + 0.0, label, round(confidence, 4), self.method)


def _reader_of(question: Question) -> SentenceReader:
    names = (Span(*question.text.from_original(*name)) for name in question.names)
    return SentenceReader(masked(question.text.text, names))


def _tone_of(question: Question, reader: SentenceReader) -> tuple[Tone, str]:
    """The tone asked for, and the section of weights.toml that reads it."""
    if question.span:
        return tone_toward(reader, Span(*question.text.from_original(*question.span))), "toward"
    if question.addressed:
        return tone_to_addressee(reader), "whole"
    return tone_of_text(reader), "whole"
