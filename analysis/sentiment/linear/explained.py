"""Why `linear` answered as it did: what each word added to the log odds of positive against negative."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analysis.contract import Explanation, Question, Reason, Sentiment, Span
from analysis.sentiment.linear.answering import Answer, by_zone
from analysis.sentiment.linear.induced import induced_shares
from analysis.sentiment.linear.model import LABELS, Floats, Model
from analysis.sentiment.linear.view import Seen
from analysis.sentiment.reasons import Share, masked_in
from analysis.sentiment.sarcasm import find_sarcasm_cue
from analysis.sentiment.scope import Sentence
from analysis.text import MAX_LENGTH

SIMILAR = "words of similar use"
"""What a word adds by its row in the word table."""
KINDS = {
    "f": "the words as such",
    "l": "before the target",
    "ln": "before the target",
    "r": "behind the target",
    "rn": "behind the target",
    "c": "part of a word",
    "cf": "part of a word",
    "p": "order of good and bad words round the target",
    "part agent": "verb of what the target does",
    "part patient": "verb of what is done to the target",
}
"""How the name of a feature begins -> what it is, in plain words."""
NEXT = "right beside the target"
"""Any other feature: its name begins with the places, counted from the target."""


VALENCE = "how such words were rated"
"""What a word adds by its induced valence."""
MOST_COUNTED = 6
"""Words that the remark on the rules names."""
MOST_KINDS = 3
"""Kinds of features that a reason names, the strongest first."""


class Unplaced(NamedTuple):
    """What adds to the log odds of positive against negative without being at one place."""

    rules: float
    """What the rules of `vader-target` see."""
    start: float
    """There before any word."""


def explanation_of(
    question: Question,
    read: Sequence[Sentence],
    found: Answer,
    model: Model,
    sentiment: Sentiment,
    counted: Sequence[Share],
) -> Explanation:
    """The sentiment that was given, with its reasons in the order of the text.

    The weights of all reasons and what is `unplaced` add up to the log odds of positive against negative.
    `counted` is what the rules of `vader-target` counted: a remark names the most of it.
    """
    return Explanation(
        sentiment=sentiment,
        masked=masked_in(question.text, read),
        reasons=tuple(_reasons(question, found, model)),
        remarks=tuple(_remarks(question, found, counted)),
    )


def leaning(logits: Floats) -> float:
    """Log odds of positive against negative."""
    return float(logits[2] - logits[0])


def unplaced(found: Answer) -> Unplaced:
    """What the remarks tell: all that no single place shows."""
    rules = {name: value for name, value in found.evidence.items() if not name.startswith("induced")}
    start = leaning(found.head.bias)
    return Unplaced(leaning(found.head.logits(rules)) - start, start)


def kind_of(name: str) -> str:
    """What a feature is, in plain words, of its name."""
    zone, _, rest = name.partition(" ")
    return KINDS.get(f"part {rest.split(' ', 1)[0]}" if zone == "part" else zone, NEXT)


def _reasons(question: Question, found: Answer, model: Model) -> Iterator[Reason]:
    for place, kinds in sorted(_shares(found, model).items()):
        yield Reason(
            *question.text.to_original(*place),
            words=question.text.text[place.start : place.end],
            rule="; ".join(sorted(kinds, key=lambda kind: -abs(kinds[kind]))[:MOST_KINDS]),
            weight=sum(kinds.values()),
        )


def _shares(found: Answer, model: Model) -> Mapping[Span, Mapping[str, float]]:
    """What each place adds, by kind of feature."""
    shares: defaultdict[Span, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(place: Span, kind: str, weight: float) -> None:
        if weight:
            shares[place][kind] += weight

    others = [Span(word.start, word.end) for word in found.traits.zones.get("all", ())]
    for name, weight in zip(*model.grams.known(found.traits.grams), strict=True):
        start, end = found.traits.grams[name]
        # What several words do together is shared among them; the target's own words have none of it.
        inside = [word for word in others if start <= word.start < end] or [Span(start, end)]
        for word in inside:
            add(word, kind_of(name), leaning(weight) / len(inside))
    words = [word for known in found.known.values() for word, _ in known]
    for seen, weight in zip(words, by_zone(model, found.known), strict=True):
        add(Span(seen.start, seen.end), SIMILAR, leaning(weight))
    for seen, weight in _by_valence(found, model):
        add(Span(seen.start, seen.end), VALENCE, weight)
    return shares


def _by_valence(found: Answer, model: Model) -> Iterator[tuple[Seen, float]]:
    """Each known word of each zone, and what its induced valence adds."""
    start = leaning(found.head.bias)
    for zone, known in found.known.items():
        shares = induced_shares(zone, [model.words.valences[row] for _, row in known])
        for (word, _), share in zip(known, shares, strict=True):
            yield word, leaning(found.head.logits(share)) - start


def _remarks(question: Question, found: Answer, counted: Sequence[Share]) -> Iterator[str]:
    chances = ", ".join(f"{name} {chance:.2f}" for name, chance in zip(LABELS, found.chances, strict=True))
    parts = unplaced(found)
    yield f"Probabilities as trained: {chances}."
    yield (
        "The weights are log odds of positive against negative. What the rules of vader-target see adds"
        f" {parts.rules:+.2f}, and {parts.start:+.2f} is there before any word."
    )
    largest = sorted((share for share in counted if share.weight), key=lambda share: -abs(share.weight))
    if largest:
        text = question.text.text
        named = (f"“{text[share.start : share.end]}” {share.weight:+.2f}" for share in largest[:MOST_COUNTED])
        yield f"These rules counted {', '.join(named)} (in their own unit)."
    if question.addressed and not question.span:
        yield "Directed at the target: read toward the first “you”, or as a whole where there is none."
    if cue := find_sarcasm_cue(question.text.text):
        yield f"A cue of sarcasm, “{cue}”: the confidence is lower."
    if len(question.text.original) > MAX_LENGTH:
        yield f"Only the first {MAX_LENGTH:,} characters are read."
