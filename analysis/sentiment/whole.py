"""How a whole text speaks, and how it speaks to the one whom it addresses."""

from collections.abc import Sequence

from analysis.contract import Span
from analysis.sentiment.lexicon import grammar
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import Tone, summed
from analysis.sentiment.toward import tone_toward


def tone_of_text(reader: SentenceReader) -> Tone:
    """How a whole text speaks."""
    return _combined([_of_sentence(reader.read(span)) for span in reader.source.sentences])


def tone_to_addressee(reader: SentenceReader) -> Tone:
    """How a text speaks to the one it is directed at: of 'you' where it says 'you', else as a whole."""
    tones = []
    for span in reader.source.sentences:
        read = reader.read(span)
        you = addressed_in(read)
        tones.append(tone_toward(reader, you) if you else _of_sentence(read))
    return _combined(tones)


def addressed_in(sentence: Sentence) -> Span | None:
    """The first 'you' of a sentence."""
    words = (word for word in sentence.words if word.key in grammar("addressed"))
    return next((Span(word.start, word.end) for word in words), None)


def _of_sentence(sentence: Sentence) -> Tone:
    return summed(sentence.valences, weights("whole")["alpha"])


def _combined(tones: Sequence[Tone]) -> Tone:
    """The mean of the sentences, each weighed by its own strength: length alone never saturates it."""
    strength = sum(abs(tone.score) for tone in tones)
    if not strength:
        return Tone(0.0, 0.0)
    score = sum(tone.score * abs(tone.score) for tone in tones) / strength
    within = sum(tone.conflict * abs(tone.score) for tone in tones) / strength
    return Tone(score, max(within, 1 - abs(sum(tone.score for tone in tones)) / strength))
