"""The quoted statements of an article: spans, attributions, persons and channels put together."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.quotes.attribution import Attribution, Basis, find_attributions
from archive.quotes.channel import find_addressed, find_channel
from archive.quotes.outline import Outline, read_outline
from archive.quotes.people import People, read_people
from archive.quotes.quotation import Place, Quotation, QuotationKind
from archive.quotes.resolution import resolve
from archive.quotes.spans import STATEMENT_WORDS, Span, find_paragraphs, find_spans, quoted_words
from archive.quotes.subjects import behind_lead
from archive.quotes.tables import words

CONFIDENCE = {
    Basis.AFTER: 0.95,
    Basis.BEFORE: 0.9,
    Basis.CONTINUED: 0.9,
    Basis.ACCORDING: 0.9,
    Basis.COLON: 0.8,
    Basis.PRECEDING: 0.6,
    Basis.SUBJECT: 0.4,
    Basis.NONE: 0.2,
}
"""Share of right speakers by the kind of evidence, rounded (measured: docs/methods.md)."""
UNATTRIBUTED = frozenset({Basis.SUBJECT, Basis.NONE, Basis.PRECEDING})
HEADLINE_WORDS = 25
"""A first paragraph of at most this many words is a headline."""
SMALL_WORD = 3
"""Words up to this long stay in lower case in titles."""


def find_quotations(article_text: str, *, captions: Sequence[tuple[int, int]] = ()) -> list[Quotation]:
    """Return the quoted statements of an article's plain text, in order; empty where there are none.

    `captions` are start and end (code points) of what a page prints beside pictures; in plain text they are
    told by how they end. Left out are quotations under four words, titles of works, and what a headline or
    caption quotes without saying who spoke.
    """
    spans = find_spans(article_text)
    outline = read_outline(article_text, spans)
    attributions = find_attributions(outline)
    kinds = _kinds(outline, attributions)
    people = read_people(outline)
    aside = sorted([*_headline_and_captions(article_text), *((*place, Place.CAPTION) for place in captions)])
    found: list[Quotation] = []
    before = -1
    for span, attribution, kind in zip(spans, attributions, kinds, strict=True):
        place, part = _place(aside, span)
        # A caption does not go on with what the text before it quotes.
        strayed = attribution.basis is Basis.CONTINUED and part != before
        unclaimed = place is not Place.TEXT and (strayed or attribution.basis in UNATTRIBUTED)
        before = part
        if is_statement(article_text, span, attribution) and not unclaimed:
            quotation = _quotation(article_text, outline, people, span, attribution)
            found.append(replace(quotation, kind=kind, place=place))
    return found


def is_statement(text: str, span: Span, attribution: Attribution) -> bool:
    """Return whether a quotation is long enough and no title of a work."""
    if quoted_words(text, span) < STATEMENT_WORDS:
        return False
    if attribution.basis not in UNATTRIBUTED:
        return True
    return not _is_title(text[span.start + 1 : span.end - 1]) and not _is_named(text, span)


def _is_named(text: str, span: Span) -> bool:
    """Return whether the word before says that a thing is called so: "the slogan", "entitled"."""
    near = text[max(0, span.start - 40) : span.start].rstrip(" \xa0\t,").split()
    return bool(near) and near[-1].lower() in words("naming_words")


def _headline_and_captions(text: str) -> Iterator[tuple[int, int, Place]]:
    """Return the paragraphs that only repeat the article: its headline and the texts beside pictures."""
    paragraphs = find_paragraphs(text)
    ends = tuple(words("caption_ends"))
    for start, end in paragraphs:
        if text[start:end].rstrip().lower().endswith(ends):
            yield start, end, Place.CAPTION
    shown = (
        place for place in paragraphs if text[slice(*place)].strip().lower() not in words("page_furniture")
    )
    headline = next(shown, None) if len(paragraphs) > 1 else None
    if headline is not None and len(text[slice(*headline)].split()) <= HEADLINE_WORDS:
        yield (*headline, Place.HEADLINE)


def _place(aside: list[tuple[int, int, Place]], span: Span) -> tuple[Place, int]:
    """Return where a quotation stands, and the number of that part (-1: the running text)."""
    at = bisect_right(aside, span.start, key=lambda place: place[0]) - 1
    return (aside[at][2], at) if at >= 0 and span.start < aside[at][1] else (Place.TEXT, -1)


def _is_title(quoted: str) -> bool:
    long = [word for word in quoted.split() if len(word) > SMALL_WORD]
    return len(long) > 1 and all(word[0].isupper() for word in long)


def _quotation(
    text: str, outline: Outline, people: People, span: Span, attribution: Attribution
) -> Quotation:
    mention = attribution.mention
    return Quotation(
        text=text[span.start : span.end],
        start=span.start,
        end=span.end,
        speaker=resolve(outline, people, mention),
        speaker_start=mention.start if mention else None,
        speaker_end=mention.end if mention else None,
        cue=_printed_cue(text, outline, attribution),
        addressee=find_addressed(outline, people, attribution),
        channel=find_channel(outline, attribution),
        kind=QuotationKind.DIRECT,
        confidence=CONFIDENCE[attribution.basis],
    )


def _printed_cue(text: str, outline: Outline, attribution: Attribution) -> str | None:
    if attribution.cue is None:
        return None
    behind = behind_lead(outline.tokens, attribution.cue) if attribution.basis is Basis.ACCORDING else None
    last = attribution.cue if behind is None else behind - 1
    return text[outline.tokens[attribution.cue].start : outline.tokens[last].end]


def _kinds(outline: Outline, attributions: list[Attribution]) -> list[QuotationKind]:
    """Return for each quotation whether it stands for itself.

    It does when it begins in upper case at the start of a sentence or behind a comma, colon or cue, and
    where it goes on behind an interruption: "...," she said, "...".
    """
    kinds: list[QuotationKind] = []
    for number, place in enumerate(outline.places):
        low, _ = outline.sentence(place)
        before = outline.tokens[place - 1] if place > low else None
        opening = outline.tokens[place].text[1:2]
        introduced = before is None or before.text in ",:-–—" or attributions[number].cue == place - 1
        interrupted = (
            number > 0
            and outline.places[number - 1] >= low
            and kinds[-1] is QuotationKind.DIRECT
            and before is not None
            and before.text in ",-–—"
        )
        direct = interrupted or (introduced and not opening.islower())
        kinds.append(QuotationKind.DIRECT if direct else QuotationKind.MIXED)
    return kinds
