"""Where a quotation was said, and to whom, as far as its sentence tells."""

from archive.quotes.attribution import Attribution
from archive.quotes.outline import Outline, Token
from archive.quotes.people import People
from archive.quotes.resolution import find_addressee
from archive.quotes.tables import Cue, channel_rules, cues, words
from db.words import Channel

SENTENCE_LIMIT = 2_000
"""No more than this many code points of a sentence are searched for a channel."""


def find_channel(outline: Outline, attribution: Attribution) -> Channel:
    """Return the channel that the cue or its sentence tells, else `unknown`."""
    cue = _cue(outline, attribution)
    if cue is not None and cue.channel is not None:
        return cue.channel
    said = _sentence(outline.tokens[attribution.first : attribution.last])
    return next((rule.channel for rule in channel_rules() if rule.pattern.search(said)), Channel.UNKNOWN)


def _sentence(tokens: list[Token]) -> str:
    """Return the sentence without its quotations, its first word in lower case for the rules."""
    plain = [token.text for token in tokens if token.quote is None]
    return " ".join([text.lower() for text in plain[:1]] + plain[1:])[:SENTENCE_LIMIT]


def find_addressed(outline: Outline, people: People, attribution: Attribution) -> str | None:
    """Return whom the cue ("told supporters") or its sentence ("in a post directed at Jones") names."""
    cue = _cue(outline, attribution)
    tokens, high = outline.tokens, attribution.last
    if cue is not None and cue.takes_addressee and attribution.cue is not None:
        return find_addressee(outline, people, attribution.cue + 1, high)
    for number in range(attribution.first, high - 2):
        if f"{tokens[number].lower} {tokens[number + 1].lower}" in words("addressee_leads"):
            return find_addressee(outline, people, number + 2, high)
    return None


def _cue(outline: Outline, attribution: Attribution) -> Cue | None:
    return None if attribution.cue is None else cues().get(outline.tokens[attribution.cue].lower)
