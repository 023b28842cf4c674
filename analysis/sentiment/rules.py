"""The scorer `vader-target`: VADER's words under rules that know whom a text speaks of."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from analysis.contract import Explanation, Question, Sentiment, Span
from analysis.sentiment.calibration import confidence_of, label_of
from analysis.sentiment.lexicon import VERSION
from analysis.sentiment.reasons import (
    Share,
    masked_in,
    reasons_of,
    shares_of_text,
    shares_to_addressee,
    shares_toward,
)
from analysis.sentiment.sarcasm import find_sarcasm_cue, has_sarcasm_cue
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tone import Tone
from analysis.sentiment.toward import Surroundings, surroundings_of, tone_toward
from analysis.sentiment.turns import in_turn
from analysis.sentiment.whole import tone_of_text, tone_to_addressee
from analysis.sentiment.words import masked
from analysis.text import MAX_LENGTH, Normalised


class TargetRules:
    """Word valences, scoped by clause and weighed by their place round the target (docs/methods.md)."""

    method = f"vader-target-{VERSION}"

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        """One answer a question; questions about one text, asked in a row, share its reading."""
        return [
            self._answer(question, reader, is_doubtful)
            for question, (reader, is_doubtful) in in_turn(questions, _reading_of)
        ]

    def explain(self, question: Question) -> Explanation:
        """The answer of `score`, with what each word added to the sum that bends to it (docs/methods.md)."""
        reader, cue = _shared_reading(question.text, question.names)
        target = _target_of(question)
        around = surroundings_of(reader, target) if target else None
        reasons = reasons_of(question.text, _shares(question, reader, around))
        return Explanation(
            sentiment=self._answer(question, reader, cue is not None),
            masked=masked_in(question.text, _read_for(reader, around)),
            reasons=reasons,
            remarks=tuple(_remarks(question, around, cue, has_reasons=bool(reasons))),
        )

    def _answer(self, question: Question, reader: SentenceReader, is_doubtful: bool) -> Sentiment:
        tone, section = _tone_of(question, reader)
        label = label_of(tone.score, section)
        confidence = confidence_of(tone, label, section, is_doubtful=is_doubtful)
        return Sentiment(round(tone.score, 4) + 0.0, label, round(confidence, 4), self.method)


def _reader_of(question: Question) -> SentenceReader:
    names = (Span(*question.text.from_original(*name)) for name in question.names)
    return SentenceReader(masked(question.text.text, names))


def _reading_of(question: Question) -> tuple[SentenceReader, bool]:
    """The reading of a text, and whether it may be sarcastic."""
    return _reader_of(question), has_sarcasm_cue(question.text.text)


@lru_cache(maxsize=1)
def _shared_reading(text: Normalised, names: tuple[Span, ...]) -> tuple[SentenceReader, str | None]:
    """The reading of a text and its cue of sarcasm, shared by questions that are explained in a row."""
    return _reader_of(Question(text, names=names)), find_sarcasm_cue(text.text)


def _tone_of(question: Question, reader: SentenceReader) -> tuple[Tone, str]:
    """The tone asked for, and the section of weights.toml that reads it."""
    target = _target_of(question)
    if target:
        return tone_toward(reader, target), "toward"
    if question.addressed:
        return tone_to_addressee(reader), "whole"
    return tone_of_text(reader), "whole"


def _target_of(question: Question) -> Span | None:
    """The place asked for, in the normalised text."""
    return Span(*question.text.from_original(*question.span)) if question.span else None


def _read_for(reader: SentenceReader, around: Surroundings | None) -> Iterator[Sentence]:
    """The sentences that a question is answered by."""
    if around:
        return iter((around.sentence, *around.beside))
    return map(reader.read, reader.source.sentences)


def _shares(question: Question, reader: SentenceReader, around: Surroundings | None) -> list[Share]:
    if around:
        return shares_toward(around)
    return shares_to_addressee(reader) if question.addressed else shares_of_text(reader)


def _remarks(
    question: Question, around: Surroundings | None, cue: str | None, *, has_reasons: bool
) -> Iterator[str]:
    """What no single word shows."""
    if around is None and question.addressed:
        yield "Directed at the target: read as a whole, a sentence that says “you” toward this “you”."
    if around and around.place.first == around.place.last:
        yield "The target stands outside the words that are read."
    if around and around.speech is not None:
        yield "The target is told to say something: what it says of others hardly counts."
    if cue:
        yield f"A cue of sarcasm, “{cue}”: the confidence is lower."
    if not has_reasons:
        yield "No word that is read here has a valence."
    if len(question.text.original) > MAX_LENGTH:
        yield f"Only the first {MAX_LENGTH:,} characters are read."
