"""Who is said to have said a quotation: the cue beside it and the mention beside the cue."""

from dataclasses import dataclass, replace
from enum import StrEnum

from archive.quotes.mentions import Mention, MentionKind, phrase_left, phrase_right
from archive.quotes.outline import Outline, Token
from archive.quotes.subjects import agent_of, behind_lead, clause_subject, is_cue, owner_of, subject_of
from archive.quotes.tables import words

LEAD_WORDS = 3
"""A lead such as "in the words of" begins within this many tokens behind a quotation."""
CUE_BEHIND = 30
"""A cue behind a quotation is looked for within this many tokens."""
TIGHT_LEAD = 12
"""At most this many tokens (addressee, occasion) stand between a cue and the comma or colon behind it."""
SHORT_SENTENCE = 9
"""A sentence behind a quotation ("He said in a post.") is its attribution up to this many tokens."""


CLOSING = "\"”'’"


class Basis(StrEnum):
    """The evidence for a speaker."""

    AFTER = "after"
    BEFORE = "before"
    ACCORDING = "according"
    CONTINUED = "continued"
    COLON = "colon"
    SUBJECT = "subject"
    PRECEDING = "preceding"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the article says about the source of one quotation."""

    basis: Basis
    mention: Mention | None
    cue: int | None
    """The token of the cue."""
    first: int
    last: int
    """The range of tokens (`last` excluded) that speaks about the quotation."""


def find_attributions(outline: Outline) -> list[Attribution]:
    """Return an attribution for each quotation of an outline, in order."""
    found: list[Attribution] = []
    for number, place in enumerate(outline.places):
        own = _own(outline, place)
        if own is None and number:
            own = _continued(outline, found[-1], outline.places[number - 1], place)
        found.append(own or _from_context(outline, place))
    return _share_backwards(outline, found)


def _own(outline: Outline, place: int) -> Attribution | None:
    """Return what a cue in the quotation's own sentence says, before it or behind it."""
    tokens = outline.tokens
    low, high = outline.sentence(place)
    before = _cue_before(tokens, low, place)
    after = _cue_behind(tokens, place, _next_quote(tokens, place + 1, high))
    found = before or after
    if before is not None and after is not None and tokens[place].text[-2:-1] in ",?!—-…":
        found = before if _is_tight(tokens, before, place) else after
    return replace(found, first=low, last=high) if found is not None else None


def _next_quote(tokens: list[Token], first: int, high: int) -> int:
    return next((number for number in range(first, high) if tokens[number].quote is not None), high)


def _cue_before(tokens: list[Token], low: int, place: int) -> Attribution | None:
    for number in range(place - 1, low - 1, -1):
        behind = behind_lead(tokens, number)
        if behind is not None and behind < place:
            return Attribution(Basis.ACCORDING, phrase_right(tokens, behind, place), number, low, place)
        indirect = agent_of(tokens, number, place) or owner_of(tokens, number, low)
        if indirect is not None:
            return Attribution(Basis.BEFORE, indirect, number, low, place)
        if is_cue(tokens, number, low):
            found = Attribution(Basis.BEFORE, subject_of(tokens, number, low, place), number, low, place)
            return _governing(tokens, found, low) or found
    return None


def _governing(tokens: list[Token], found: Attribution, low: int) -> Attribution | None:
    """Return the outer attribution in "Jones said he hopes that ..."; the inner "he" only repeats it."""
    inner = found.mention
    if inner is None or inner.kind is not MentionKind.PRONOUN or inner.first - 1 < low:
        return None
    if not (tokens[inner.first - 1].is_word and tokens[inner.first - 1].lower not in ("and", "but", "as")):
        return None
    outer = _cue_before(tokens, low, inner.first)
    return outer if outer is not None and outer.mention is not None else None


def _is_tight(tokens: list[Token], found: Attribution, place: int) -> bool:
    """Return whether only an addressee or an occasion stands between the cue and the quotation."""
    assert found.cue is not None
    between = tokens[found.cue + 1 : place]
    if any(token.quote is not None for token in between):
        return False
    return not between or (len(between) <= TIGHT_LEAD and between[-1].text in ",:")


def _cue_behind(tokens: list[Token], place: int, high: int) -> Attribution | None:
    first = place + 1
    while first < high and tokens[first].text in ",-—–―":
        first += 1
    for number in range(first, min(first + LEAD_WORDS, high)):
        behind = behind_lead(tokens, number)
        if behind is not None:
            return Attribution(Basis.ACCORDING, phrase_right(tokens, behind, high), number, place, high)
    signed = _signature(tokens, place, first, high)
    if signed is not None:
        return signed
    if first < high and tokens[first].lower == "as":
        first += 1
    cue = next(
        (number for number in range(first, min(high, first + CUE_BEHIND)) if is_cue(tokens, number, first)),
        None,
    )
    if cue is not None and tokens[first].lower not in words("prepositions"):
        mention = _behind_subject(tokens, first, cue, high)
        if mention is not None:
            return Attribution(Basis.AFTER, mention, cue, place, high)
    return _unlisted_verb(tokens, place, first, high) or _cue_at_end(tokens, place, first, high)


def _unlisted_verb(tokens: list[Token], place: int, first: int, high: int) -> Attribution | None:
    """Return the attribution by a verb that no table lists, by its place alone: "...," Jones tutted."""
    if first >= high or not (tokens[first - 1].text == "," or tokens[place].text[-2:-1] in ",?!…—-"):
        return None
    if _looks_past(tokens[first]):
        particle = first + 1 < high and tokens[first + 1].lower in ("in", "up", "out", "back", "away", "off")
        mention, cue = phrase_right(tokens, first + 1 + particle, high), first
    else:
        mention = phrase_right(tokens, first, high)
        cue = high if mention is None else mention.last + 1
    if mention is None or mention.kind is MentionKind.PHRASE or cue >= high or not _looks_past(tokens[cue]):
        return None
    return Attribution(Basis.AFTER, mention, cue, place, high)


def _looks_past(token: Token) -> bool:
    return token.is_word and token.text.endswith("ed") and not token.is_capitalised


def _cue_at_end(tokens: list[Token], place: int, first: int, high: int) -> Attribution | None:
    """Return the attribution that closes a sentence: "..." is the aim, Jones said."""
    for number in range(high - 1, max(first, high - TIGHT_LEAD), -1):
        if is_cue(tokens, number, first):
            mention = phrase_left(tokens, first, number - 1)
            if mention is not None and mention.first > first and tokens[mention.first - 1].text == ",":
                return Attribution(Basis.AFTER, mention, number, place, high)
    return None


def _signature(tokens: list[Token], place: int, first: int, high: int) -> Attribution | None:
    """Return the name that alone stands behind a dash: "..." - Jo Smith."""
    if first == place + 1 or first >= high or tokens[first - 1].text not in "-—–―":
        return None
    name = phrase_right(tokens, first, high)
    if name is None or name.kind is not MentionKind.NAME or name.first > first:
        return None
    alone = name.last + 1 >= high or tokens[name.last + 1].text in ".,("
    return Attribution(Basis.AFTER, name, first - 1, place, high) if alone else None


def _behind_subject(tokens: list[Token], first: int, cue: int, high: int) -> Mention | None:
    """Return the subject of "..., she said" or "..., said the candidate"."""
    if all(tokens[number].lower in ("has", "had", "also", "then", "once") for number in range(first, cue)):
        return phrase_right(tokens, cue + 1, high)
    return phrase_right(tokens, first, cue)


def _continued(outline: Outline, before: Attribution, previous: int, place: int) -> Attribution | None:
    """Return the speaker of the quotation before, where this one goes on with it.

    That is so in a reopened paragraph, and in a sentence that is only quotation behind one that only
    attributes, in the same paragraph or in the one before.
    """
    if before.mention is None:
        return None
    low, _ = outline.sentence(place)
    attributed_behind = all(before.first <= number < before.last for number in range(previous + 1, place))
    if low == place and attributed_behind:
        return replace(before, basis=Basis.CONTINUED)
    return None


def _from_context(outline: Outline, place: int) -> Attribution:
    """Return the best guess without a cue beside the quotation."""
    tokens = outline.tokens
    low, high = outline.sentence(place)
    if low < place:
        # Woven into a sentence without a cue it is too often somebody else's (a title, a law, a rival).
        mention = clause_subject(tokens, low, place) if tokens[place - 1].text == ":" else None
        return Attribution(Basis.SUBJECT, mention, None, low, high)
    if low > 0 and tokens[low - 1].text == ":":
        return replace(_before_colon(outline, low - 1), basis=Basis.COLON)
    behind = _sentence_behind(outline, place)
    if behind is not None:
        return behind
    if low > 0:
        start, end = outline.sentence(low - 1)
        spoken = _cue_before(tokens, start, end)
        mention = spoken.mention if spoken else clause_subject(tokens, start, end)
        return Attribution(Basis.PRECEDING, mention, None, start, high)
    return Attribution(Basis.NONE, None, None, low, high)


def _before_colon(outline: Outline, colon: int) -> Attribution:
    """Return the attribution of a paragraph that ends in a colon, for the quotation in the next one."""
    low, high = outline.sentence(colon)
    found = _cue_before(outline.tokens, low, colon)
    return found or Attribution(Basis.COLON, clause_subject(outline.tokens, low, colon), None, low, high)


def _sentence_behind(outline: Outline, place: int) -> Attribution | None:
    """Return the attribution in a short sentence behind a quotation that ended in a full stop."""
    _, low = outline.sentence(place)
    if low >= outline.paragraph(place)[1]:
        return None
    _, high = outline.sentence(low)
    if high - low > SHORT_SENTENCE or _next_quote(outline.tokens, low, high) < high:
        return None
    return _cue_behind(outline.tokens, low - 1, high)


def _share_backwards(outline: Outline, found: list[Attribution]) -> list[Attribution]:
    """Give a quotation the speaker of the next one where they belong together.

    That is so for one without a speaker in the same sentence ("A" and "B", she said), and for one without
    a cue that the next paragraph reopens.
    """
    shared = list(found)
    for number in range(len(found) - 2, -1, -1):
        here, following = outline.places[number], outline.places[number + 1]
        after = shared[number + 1]
        same = outline.sentence(here)[1] > following and shared[number].mention is None
        if same and after.basis is Basis.AFTER:
            shared[number] = replace(after, basis=Basis.CONTINUED)
        stays_open = outline.tokens[here].text[-1] not in CLOSING and shared[number].cue is None
        if stays_open and after.cue is not None and after.basis in (Basis.AFTER, Basis.CONTINUED):
            shared[number] = replace(after, basis=Basis.CONTINUED)
    return shared
