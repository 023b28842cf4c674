"""What the rules of `vader-target` counted, word by word, so that it adds up to their score."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from analysis.contract import Reason, Span
from analysis.sentiment.causes import Cause, causes_of, verb_sources
from analysis.sentiment.lexicon import lexicon
from analysis.sentiment.roles import Part, is_of_others
from analysis.sentiment.scope import Sentence, SentenceReader
from analysis.sentiment.tables import weights
from analysis.sentiment.tone import squash
from analysis.sentiment.toward import Between, Surroundings, is_told, surroundings_of
from analysis.sentiment.whole import addressed_in
from analysis.text import Normalised


@dataclass(frozen=True, slots=True)
class Share:
    """What some words add to a sum; places count in the normalised text."""

    start: int
    end: int
    rules: tuple[str, ...]
    weight: float


def shares_toward(around: Surroundings) -> list[Share]:
    """What each word near a target adds to the sum behind its score."""
    return [*_near(around), *_beside(around)]


def _near(around: Surroundings) -> Iterator[Share]:
    sentence = around.sentence
    causes, counted = causes_of(sentence), dict(around.weighed)
    own = {part.verb: part for part in around.parts}
    for i in sorted(causes.keys() | counted.keys()):
        if i in own:
            rules = (_part_rule(sentence, own[i]), f"×{weights('toward')['role']:g}")
            yield _share(sentence, Cause(i, i + 1, own[i].valence, rules), counted[i])
        elif i in counted:
            factor = counted[i] / sentence.valences[i]
            more = _nearness_rules(around, i, around.between(i), factor)
            yield _share(sentence, causes[i], counted[i], *more)
        else:
            yield _share(sentence, causes[i], 0.0)


def _beside(around: Surroundings) -> Iterator[Share]:
    factor = weights("toward")["beside"]
    for sentence in around.beside:
        for i, cause in causes_of(sentence).items():
            yield _share(sentence, cause, factor * sentence.valences[i], f"in a sentence beside ×{factor:g}")


def _share(sentence: Sentence, cause: Cause, weight: float, *more: str) -> Share:
    first, last = sentence.words[cause.first], sentence.words[cause.last - 1]
    return Share(first.start, last.end, (*cause.rules, *more), weight + 0.0)


def _part_rule(sentence: Sentence, part: Part) -> str:
    """What the target does or suffers, and what the tables say of it."""
    word = sentence.words[part.verb]
    if part.is_call:
        rule = f"a call {'for' if part.valence > 0 else 'against'} the target {part.valence:+.1f}"
    else:
        source = verb_sources()[word.key]
        rule = f'{part.role} of "{word.key}" {part.valence:+.1f} in verbs.tsv ({source})'
    if part.verb in sentence.denied:
        rule += f', denied by "{sentence.words[sentence.denied[part.verb]].key}"'
    return rule


def _nearness_rules(around: Surroundings, i: int, between: Between, factor: float) -> Iterator[str]:
    sentence, place = around.sentence, around.place
    gap = place.gap(i)
    yield f"{gap} word{'s' if gap > 1 else ''} {'before' if i < place.first else 'behind'} the target"
    if between.names:
        yield f"past {between.names} other name{'s' if between.names > 1 else ''}"
    if between.contrasts:
        yield 'past a "but"'
    if sentence.words[i].key in lexicon().verbs:
        yield "a verb between two others" if is_of_others(sentence, i) else "a verb in which it has no part"
    if is_told(around, i):
        yield "told by the target"
    yield f"×{factor:.2f}"


def shares_of_text(reader: SentenceReader) -> list[Share]:
    """What each word adds to the score of the whole text."""
    alpha = weights("whole")["alpha"]
    return _joined([_Sum(_of_sentence(reader.read(span)), alpha) for span in reader.source.sentences])


def shares_to_addressee(reader: SentenceReader) -> list[Share]:
    """What each word adds where a text is directed at somebody: toward 'you' in sentences that say it."""
    sums = []
    for span in reader.source.sentences:
        sentence = reader.read(span)
        you = addressed_in(sentence)
        if you:
            sums.append(_Sum(shares_toward(surroundings_of(reader, you)), weights("toward")["alpha"]))
        else:
            sums.append(_Sum(_of_sentence(sentence), weights("whole")["alpha"]))
    return _joined(sums)


def _of_sentence(sentence: Sentence) -> list[Share]:
    return [_share(sentence, cause, sentence.valences[i]) for i, cause in causes_of(sentence).items()]


@dataclass(frozen=True, slots=True)
class _Sum:
    """The shares of one sentence, and the curve that bends their sum."""

    shares: Sequence[Share]
    alpha: float

    @property
    def total(self) -> float:
        return sum(share.weight for share in self.shares)

    @property
    def score(self) -> float:
        return squash(self.total, self.alpha)


def _joined(sums: Sequence[_Sum]) -> list[Share]:
    """The shares of all sentences, scaled so that their sum bends to the score of the text.

    The text's score is the mean of its sentences' scores, each weighed by its own strength.
    """
    strength = sum(abs(one.score) for one in sums)
    if not strength or len(sums) == 1:
        return [share for one in sums for share in one.shares]
    score = sum(one.score * abs(one.score) for one in sums) / strength
    alpha = weights("whole")["alpha"]
    bend = sqrt(alpha / (1 - score * score))  # sqrt(total² + alpha) where total bends to score
    scaled: list[Share] = []
    for one in sums:
        factor = abs(one.score) / strength * bend / sqrt(one.total**2 + one.alpha)
        rules = () if f"{factor:.2f}" == "1.00" else (f"its sentence ×{factor:.2f}",)
        scaled += [
            replace(share, weight=share.weight * factor, rules=(*share.rules, *rules)) for share in one.shares
        ]
    return scaled


def reasons_of(text: Normalised, shares: Iterable[Share]) -> tuple[Reason, ...]:
    """The shares as reasons, in the order of the text; those of one place are one reason."""
    by_place: dict[tuple[int, int], list[Share]] = {}
    for share in shares:
        by_place.setdefault((share.start, share.end), []).append(share)
    return tuple(_reason(text, *place, found) for place, found in sorted(by_place.items()))


def _reason(text: Normalised, start: int, end: int, shares: Sequence[Share]) -> Reason:
    rules = dict.fromkeys("; ".join(share.rules) for share in shares)
    return Reason(
        *text.to_original(start, end),
        words=text.text[start:end],
        rule=" + ".join(rules),
        weight=sum(share.weight for share in shares),
    )


def masked_in(text: Normalised, sentences: Iterable[Sentence]) -> tuple[Span, ...]:
    """Places in the original whose own words do not count: names, handles, and the target itself."""
    places = (Span(word.start, word.end) for sentence in sentences for word in sentence.words if word.is_name)
    return tuple(_merged(text, sorted(places)))


def _merged(text: Normalised, places: Iterable[Span]) -> Iterator[Span]:
    """Places of the normalised text in the original; words of one name, with the space between, are one."""
    last: Span | None = None
    for place in places:
        if last and not text.text[last.end : place.start].strip():
            last = Span(last.start, max(last.end, place.end))
            continue
        if last:
            yield Span(*text.to_original(*last))
        last = place
    if last:
        yield Span(*text.to_original(*last))
