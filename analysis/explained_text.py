"""A dossier as lines for a terminal, in pieces that have a style; no sign of a post steers anything."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from analysis.contract import Explanation, Kind, Label, Reason, Sentiment, Target
from analysis.explained import Dossier
from analysis.explaining import ExplainedReading, changes_of
from analysis.site.wording import BASES, KINDS, TONE_SIGNS, UNSCORED, confidence, score

if TYPE_CHECKING:
    from analysis.kinds.layer.why import LayerSays, Weight

LONGEST_TEXT = 5_000
"""Characters of a text that are shown."""
MOST_CHANGES = 8
MOST_REASONS = 20
"""Reasons that are shown toward one target: those that weigh most; --json holds all."""
MOST_WEIGHTS = 6
"""Things that weighed most with the layer over the rules; --json holds all."""
NARROWEST = 60
WORDS = 20
"""Columns for the words of a reason."""
_BRACKET = re.compile("([⟦⟧])")
JOINER = "\u200d"
"""Between the parts of one emoji: shows nothing by itself, and steers nothing."""


class Style(StrEnum):
    """What a piece of a line is."""

    PLAIN = "plain"
    TITLE = "title"
    FAINT = "faint"
    MASKED = "masked"
    GOOD = "good"
    BAD = "bad"


class Piece(NamedTuple):
    """Words of one style."""

    text: str
    style: Style = Style.PLAIN


Line = Sequence[Piece]


def safe(text: str) -> str:
    """One line of text in which nothing steers a terminal or turns its direction."""
    return "".join(sign if sign.isprintable() or sign == JOINER else "\ufffd" for sign in text)


def render_dossier(dossier: Dossier, *, width: int) -> Iterator[Line]:
    """Everything that a dossier holds, in lines of at most `width` columns where words allow."""
    width = max(width, NARROWEST)
    yield [Piece(safe(dossier.title), Style.TITLE)]
    if dossier.url:
        yield [Piece(safe(dossier.url), Style.FAINT)]
    yield []
    yield from _text(dossier, width)
    yield []
    yield from _reading(dossier, width)
    for place, (number, target) in zip(dossier.shown, dossier.targets, strict=True):
        yield []
        yield [Piece(f"{number}. Toward {safe(target.who)}", Style.TITLE)]
        yield from _wrapped(_who(target), width, "   ", Style.FAINT)
        yield from _answers(dossier, [one.explained.toward[place] for one in dossier.answers], width)
    yield []
    yield [Piece("The whole text", Style.TITLE)]
    yield from _answers(dossier, [one.explained.whole for one in dossier.answers], width)
    yield []
    yield from _kinds(dossier, width)


def _text(dossier: Dossier, width: int) -> Iterator[Line]:
    """The text, what is masked in brackets; wrapped before the brackets are painted."""
    wrapped = [
        line
        for paragraph in _bracketed(dossier).split("\n")
        for line in textwrap.wrap(safe(paragraph), width - 4) or [""]
    ]
    is_masked = False
    for line in wrapped:
        pieces = [Piece("    ")]
        for part in _BRACKET.split(line):
            is_masked = is_masked or part == "⟦"
            pieces.append(Piece(part, Style.MASKED if is_masked else Style.PLAIN))
            is_masked = is_masked and part != "⟧"
        yield pieces


def _bracketed(dossier: Dossier) -> str:
    # Brackets of the post itself would be taken for ours.
    text, masked = _BRACKET.sub("|", dossier.text[:LONGEST_TEXT]), _masked(dossier)
    for start, end in reversed(masked):
        if end <= len(text):
            text = f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}"
    left_out = len(dossier.text) - LONGEST_TEXT
    return f"{text} … ({left_out:,} characters more)" if left_out > 0 else text


def _masked(dossier: Dossier) -> Sequence[tuple[int, int]]:
    """What some method did not read of the whole text: names and handles."""
    found = [one.explained.whole.masked for one in dossier.answers if one.explained.whole]
    return max(found, key=len, default=())


def _reading(dossier: Dossier, width: int) -> Iterator[Line]:
    """Language, why there is no score, what is masked, what is read as something else."""
    first = dossier.first
    reading = first.reading
    spoken = reading.lang or "none found"
    yield from _fact("language", f"{spoken}, confidence {confidence(reading.lang_confidence)}", width)
    if reading.unscored:
        yield from _fact("no score", UNSCORED[reading.unscored], width)
    for part in reading.left_out:
        yield from _fact("not read", f"{part.lang}: {first.statement.text[part.start : part.end]}", width)
    if _masked(dossier):
        yield from _fact("masked", "⟦ ⟧: names, whose own words say nothing of the tone", width)
    changes = changes_of(first.text)
    for change in changes[:MOST_CHANGES]:
        yield from _fact("read as", f"{change.words} → {change.read_as or '(nothing)'}", width)
    if len(changes) > MOST_CHANGES:
        yield from _fact("", f"and {len(changes) - MOST_CHANGES} more", width)
    for one in dossier.answers:
        if one.archived:
            yield from _fact("archive", f"{one.method}: {one.archived}", width)


def _fact(name: str, value: str, width: int) -> Iterator[Line]:
    lines = textwrap.wrap(safe(" ".join(value.split())), width - 12) or [""]
    yield [Piece(f"{name:<10}", Style.FAINT), Piece(lines[0])]
    for line in lines[1:]:
        yield [Piece(" " * 10), Piece(line)]


def _who(target: Target) -> str:
    place = "only addressed" if target.start is None else _quoted(target.mention, 0, len(target.mention))
    candidates = f": {', '.join(target.candidates)}" if target.candidates else ""
    return f"{target.type}, {place}, {BASES[target.basis]} ({confidence(target.confidence)}){candidates}"


def _answers(dossier: Dossier, explanations: Sequence[Explanation | None], width: int) -> Iterator[Line]:
    """The answers of all methods under each other, then the reasons of each."""
    longest = max(len(one.method) for one in dossier.answers)
    for one, explanation in zip(dossier.answers, explanations, strict=True):
        name = Piece(f"   {safe(one.method):<{longest}}  ")
        yield [name, *_verdict(one.explained, explanation)]
    for one, explanation in zip(dossier.answers, explanations, strict=True):
        if explanation is None:
            continue
        whole = one.explained.whole
        if whole and explanation is not whole and explanation.reasons == whole.reasons != ():
            yield [Piece(f"   why, by {safe(one.method)}: as for the whole text", Style.FAINT)]
            continue
        if len(dossier.answers) > 1:
            yield [Piece(f"   why, by {safe(one.method)}", Style.FAINT)]
        yield from _reasons(explanation, width)


def _verdict(explained: ExplainedReading, explanation: Explanation | None) -> Line:
    if explanation is None:
        unscored = explained.reading.unscored
        return [Piece(UNSCORED[unscored] if unscored else "Not scored: this part is not read.", Style.FAINT)]
    sentiment = explanation.sentiment
    sure = f"confidence {confidence(sentiment.confidence)}"
    return [
        Piece(f"{TONE_SIGNS[sentiment.label]} {sentiment.label:<8}", _tone(sentiment)),
        Piece(f"  {score(sentiment.score):>5}  {sure}"),
    ]


def _tone(sentiment: Sentiment) -> Style:
    return {Label.NEGATIVE: Style.BAD, Label.POSITIVE: Style.GOOD}.get(sentiment.label, Style.PLAIN)


def _reasons(explanation: Explanation, width: int) -> Iterator[Line]:
    weightiest = sorted(explanation.reasons, key=lambda one: -abs(one.weight))[:MOST_REASONS]
    for reason in explanation.reasons:
        if reason in weightiest:
            yield from _reason(reason, width)
    left_out = len(explanation.reasons) - len(weightiest)
    if left_out > 0:
        yield [Piece(f"     and {left_out:,} that weigh less", Style.FAINT)]
    for remark in explanation.remarks:
        yield from _wrapped(remark, width, "     ", Style.FAINT)


def _reason(reason: Reason, width: int) -> Iterator[Line]:
    words = safe(" ".join(reason.words.split()))
    words = words if len(words) <= WORDS else f"{words[: WORDS - 1]}…"
    style = Style.GOOD if reason.weight > 0 else Style.BAD if reason.weight < 0 else Style.FAINT
    rule = textwrap.wrap(safe(reason.rule), width - WORDS - 16) or [""]
    yield [Piece(f"     {score(reason.weight):>6}", style), Piece(f"  {words:<{WORDS}}  {rule[0]}")]
    for line in rule[1:]:
        yield [Piece(f"{'':{WORDS + 15}}{line}")]


def _kinds(dossier: Dossier, width: int) -> Iterator[Line]:
    reading = dossier.first.reading
    yield [Piece("What it does", Style.TITLE)]
    if not reading.kinds:
        yield [Piece("   nothing found", Style.FAINT)]
    for kind in reading.kinds:
        about = [reading.targets[place].who for place in kind.targets]
        line = KINDS.get(kind.kind, kind.kind)
        if more := _features(kind):
            line += f" ({', '.join(more)})"
        if about:
            line += f" → {', '.join(dict.fromkeys(about))}"
        yield [
            Piece(f"   {safe(line)}"),
            Piece(f"  {confidence(kind.confidence)}  {kind.method}", Style.FAINT),
        ]
        yield from _why_kind(dossier, kind, width)
    given = {kind.kind for kind in reading.kinds}
    for says in dossier.layer:
        if says.kind not in given and (says.is_likely or says.by_rules):
            why = "outweighed by another outcome" if says.is_likely else "as the rules alone would say"
            line = f"not {KINDS.get(says.kind, says.kind)}, {why}: {_layer(says)}"
            yield from _wrapped(line, width, "   ", Style.FAINT)


def _why_kind(dossier: Dossier, kind: Kind, width: int) -> Iterator[Line]:
    """The rules that speak for a kind, and what the layer says of it."""
    says = next((one for one in dossier.layer if one.kind is kind.kind), None)
    shown = [
        f"{rule.line} {confidence(rule.confidence)}: {_quoted(dossier.text, rule.start, rule.end)}"
        for rule in dossier.rules
        if rule.kind is kind.kind
    ]
    if not shown:
        place = _quoted(dossier.text, kind.start, kind.end)
        by_rules = says is None or says.by_rules
        shown = [f"by the sentiment toward its target: {place}" if by_rules else f"no rule; most in {place}"]
    for why in shown:
        yield from _wrapped(why, width, "     ", Style.FAINT)
    if says is not None:
        yield from _wrapped(_layer(says), width, "     ", Style.FAINT)


def _layer(says: "LayerSays") -> str:
    """The layer's probability, and the weights that made most of it, in log odds."""
    from analysis.kinds.layer.why import REST, START

    told = [one for one in says.weights if one.what not in (START, REST)]
    most = [f"{_told(one)} {score(one.weight)}" for one in told[:MOST_WEIGHTS]]
    verdict = f"by the layer {confidence(says.chance)}, found from {confidence(says.threshold)}"
    return f"{verdict}: {', '.join(most)}" if most else verdict


def _told(one: "Weight") -> str:
    return one.what if one.start is None else _in_quotes(one.what)


def _features(kind: Kind) -> list[str]:
    features = [kind.strength, kind.scope, *kind.types, "uncivil" if kind.incivility else None]
    return [str(feature) for feature in features if feature]


def _quoted(text: str, start: int, end: int) -> str:
    return _in_quotes(text[start:end])


def _in_quotes(words: str) -> str:
    return f"“{_BRACKET.sub('|', ' '.join(words.split()))}”"


def _wrapped(text: str, width: int, indent: str, style: Style) -> Iterator[Line]:
    for line in textwrap.wrap(safe(text), width - len(indent)):
        yield [Piece(indent), Piece(line, style)]
