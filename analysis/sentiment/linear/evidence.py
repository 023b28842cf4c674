"""What the rules of `vader-target` see, as numbers for a model: of a place, and of a whole text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from analysis.sentiment.linear.opened import OpenedText
from analysis.sentiment.linear.view import NAME
from analysis.sentiment.scope import Sentence
from analysis.sentiment.tone import Tone
from analysis.sentiment.toward import Place, Surroundings, is_told, tone_around
from analysis.sentiment.words import Word

Evidence = dict[str, float]
"""Name of a feature -> its value; one that is not there is 0."""

MOST = 8.0
"""Valence of one sort, summed, that counts: more says no more."""
STEP = 3
"""Words to one step of distance."""
TONES = (-0.6, -0.4, -0.25, -0.1, 0.07, 0.2, 0.4, 0.6)
SUMS = (-1.5, -0.8, -0.4, -0.15, 0.15, 0.4, 0.8, 1.5)
"""Limits that a tone or a sum of valences passes or not: a straight line alone fits neither."""
_TONES = [(f"tone>{limit}", limit) for limit in TONES]
_SUMS = [(f"sum>{limit}", limit) for limit in SUMS]


class Standing(NamedTuple):
    """Where a target stands among the words that are seen."""

    at: int
    words: int
    """Of the whole sentence, the target being one."""
    names_before: int
    names_behind: int


def standing_of(texts: Sequence[str], at: int) -> Standing:
    """The standing of the word `at`."""
    before = texts[:at].count(NAME)
    return Standing(at, len(texts), before, texts.count(NAME) - before)


def evidence_toward(around: Surroundings, standing: Standing, whole: Tone) -> Evidence:
    """What the rules see round a target, in a text that as a whole speaks as `whole`."""
    tone = tone_around(around)
    found = {**_signed("tone", 3 * tone.score), **_signed("whole", 2 * whole.score)}
    for name, limit in _TONES:
        if tone.score > limit:
            found[name] = 1.0
    found["no tone"] = float(abs(tone.score) < 0.05)
    found["conflict"] = tone.conflict
    found["whole conflict"] = whole.conflict
    found.update(_valences(around))
    found.update(_structure(around, standing))
    return found


def part_verbs(around: Surroundings) -> Iterator[tuple[str, Word]]:
    """The verbs in which the target has a part: a feature by name, and its word."""
    for part in around.parts:
        word = around.sentence.words[part.verb]
        yield f"part {part.role} {word.key}", word


def _signed(name: str, value: float) -> dict[str, float]:
    if not value:
        return {}
    return {name: value, f"{name}+": value} if value > 0 else {name: value, f"{name}-": -value}


def _valences(around: Surroundings) -> dict[str, float]:
    """Good and bad valence by side, clause, distance, and by what stands between."""
    sentence, place = around.sentence, around.place
    own = {part.verb: part for part in around.parts}
    if not own and not any(sentence.valences):
        return {name: 1.0 for name, limit in _SUMS if limit < 0}
    clause = sentence.words[place.first].clause if place.first < len(sentence.words) else 0
    sums: defaultdict[str, float] = defaultdict(float)
    for part in own.values():
        _add(sums, f"part {part.role}", part.valence)
        if part.is_call:
            sums[f"call {'for' if part.valence > 0 else 'against'}"] = 2.0  # halved as all sums are
    for i, value in enumerate(sentence.valences):
        if i in own or not value:
            continue
        side, word = ("before" if i < place.first else "behind"), sentence.words[i]
        same = "same" if word.clause == clause else "other"
        between = around.between(i)
        _add(sums, f"{side} {same} {'past name' if between.names else 'free'}", value)
        _add(sums, f"{side} {'told' if is_told(around, i) else 'own'}", value)
        _add(sums, f"{side} {min(place.gap(i) // STEP, 4)}", value)
        if word.is_quoted:
            _add(sums, "quoted", value)
        if same == "other" and between.contrasts:
            _add(sums, "past contrast", value)
    total = sum([value for _, value in around.weighed]) / 2
    bent = max(-3.0, min(3.0, total))
    found = {name: min(value, MOST) / 2 for name, value in sums.items()}
    for name in sums:
        found[f"{name}>0"] = 1.0
    found["sum"] = bent
    for name, limit in _SUMS:
        if bent > limit:
            found[name] = 1.0
    return found


def _add(sums: defaultdict[str, float], name: str, value: float) -> None:
    sums[f"{name} {'+' if value > 0 else '-'}"] += abs(value)


def _structure(around: Surroundings, standing: Standing) -> dict[str, float]:
    """Where the target stands, whatever the words mean."""
    sentence, place = around.sentence, around.place
    words = sentence.words
    last = words[place.last - 1] if place.first < place.last else None
    return {
        "speaks": float(around.speech is not None),
        "owns": float(last is not None and last.is_possessive),
        "is quoted": float(last is not None and last.is_quoted),
        "denied near": float(_is_denied_near(sentence, place)),
        "clauses": min(len({word.clause for word in words}), 4) / 2,
        f"names before {min(standing.names_before, 3)}": 1.0,
        f"names behind {min(standing.names_behind, 3)}": 1.0,
        "first named": float(standing.names_before == 0),
        f"place {min(standing.at // 4, 6)}": 1.0,
        f"length {min(standing.words // 8, 6)}": 1.0,
        "beside": sum([sum(read.valences) for read in around.beside]) / 4,
    }


def _is_denied_near(sentence: Sentence, place: Place) -> bool:
    near = range(max(place.first - 4, 0), min(place.last + 6, len(sentence.words)))
    return bool(sentence.denied) and any(i in near for i in sentence.denied)


def evidence_of_text(opened: OpenedText, words: int, names: int, compound: float) -> Evidence:
    """What the rules, and plain VADER's `compound`, see in a whole text of so many words and names."""
    text, tone = opened.text, opened.tone
    return {
        **_signed("compound", 1.5 * compound),
        **_signed("tone", 1.5 * tone.score),
        "conflict": tone.conflict,
        **_by_sentence(opened.tones),
        **_counts(opened.sentences),
        "exclamations": min(text.count("!"), 3) / 2,
        "questions": min(text.count("?"), 2) / 2,
        "length": min(words, 100) / 40,
        "names": min(names, 5) / 4,
        "quotes": float('"' in text),
        "colon": float(": " in text),
        "dots": float("..." in text),
    }


def _by_sentence(tones: Sequence[Tone]) -> dict[str, float]:
    scores = [tone.score for tone in tones] or [0.0]
    return {
        "first": scores[0],
        "last": scores[-1],
        "best": max(*scores, 0.0),
        "worst": min(*scores, 0.0),
    }


def _counts(sentences: Iterable[Sentence]) -> dict[str, float]:
    values = [value for sentence in sentences for value in sentence.valences if value]
    good = [value for value in values if value > 0]
    bad = [-value for value in values if value < 0]
    return {
        "good": min(sum(good), 10.0) / 4,
        "bad": min(sum(bad), 10.0) / 4,
        "good words": min(len(good), 6) / 3,
        "bad words": min(len(bad), 6) / 3,
    }
