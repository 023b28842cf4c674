"""The quoted statements of an article: spans, attributions, persons and channels put together."""

from bisect import bisect_right

from archive.quotes.attribution import Attribution, Basis, find_attributions
from archive.quotes.channel import find_addressed, find_channel
from archive.quotes.outline import Outline, read_outline
from archive.quotes.people import People, read_people
from archive.quotes.quotation import Quotation, QuotationKind
from archive.quotes.resolution import resolve
from archive.quotes.spans import STATEMENT_WORDS, Span, find_paragraphs, find_spans, quoted_words
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


def find_quotations(article_text: str) -> list[Quotation]:
    """Return the quoted statements of an article's plain text, in order; empty where there are none.

    Left out are quotations under four words, titles of works, and what a headline or caption quotes without
    saying who spoke.
    """
    spans = find_spans(article_text)
    outline = read_outline(article_text, spans)
    attributions = find_attributions(outline)
    kinds = _kinds(outline, attributions)
    people = read_people(outline)
    aside = _headline_and_captions(article_text)
    return [
        _quotation(article_text, outline, people, span, attribution, kind)
        for span, attribution, kind in zip(spans, attributions, kinds, strict=True)
        if is_statement(article_text, span, attribution)
        and not (attribution.basis in UNATTRIBUTED and _lies_in(aside, span))
    ]


def is_statement(text: str, span: Span, attribution: Attribution) -> bool:
    """Return whether a quotation is long enough and no title of a work."""
    if quoted_words(text, span) < STATEMENT_WORDS:
        return False
    return attribution.basis not in UNATTRIBUTED or not _is_title(text[span.start + 1 : span.end - 1])


def _headline_and_captions(text: str) -> list[tuple[int, int]]:
    """Return the paragraphs that only repeat the article: its headline and the texts beside pictures."""
    paragraphs = find_paragraphs(text)
    ends = tuple(words("caption_ends"))
    captions = [place for place in paragraphs if text[slice(*place)].rstrip().lower().endswith(ends)]
    shown = (
        place for place in paragraphs if text[slice(*place)].strip().lower() not in words("page_furniture")
    )
    headline = next(shown, None) if len(paragraphs) > 1 else None
    is_short = headline is not None and len(text[slice(*headline)].split()) <= HEADLINE_WORDS
    return [headline, *captions] if headline is not None and is_short else captions


def _lies_in(places: list[tuple[int, int]], span: Span) -> bool:
    at = bisect_right(places, (span.start, span.end)) - 1
    return at >= 0 and places[at][0] <= span.start < places[at][1]


def _is_title(quoted: str) -> bool:
    long = [word for word in quoted.split() if len(word) > SMALL_WORD]
    return len(long) > 1 and all(word[0].isupper() for word in long)


def _quotation(
    text: str, outline: Outline, people: People, span: Span, attribution: Attribution, kind: QuotationKind
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
        kind=kind,
        confidence=CONFIDENCE[attribution.basis],
    )


def _printed_cue(text: str, outline: Outline, attribution: Attribution) -> str | None:
    if attribution.cue is None:
        return None
    last = attribution.cue + (attribution.basis is Basis.ACCORDING)
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
