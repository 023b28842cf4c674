"""Who can be the subject of a cue: names, pronouns and noun phrases in a range of tokens."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from archive.quotes.outline import Token, is_abbreviated
from archive.quotes.tables import cues, words

PHRASE_WORDS = 8
"""A noun phrase is read over at most this many words."""
ARTICLES = frozenset({"the", "a", "an"})
SAYING = frozenset({"said", "says", "told", "asked"})


class MentionKind(StrEnum):
    """What a mention is made of."""

    NAME = "name"
    PRONOUN = "pronoun"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that refers to somebody: token numbers `first` to `last`, code points `start` to `end`."""

    kind: MentionKind
    first: int
    last: int
    start: int
    end: int


def is_name_word(token: Token) -> bool:
    """Return whether a token can be part of a name."""
    if not token.is_capitalised:
        return False
    plain = token.lower
    return not any(
        plain in words(name)
        for name in (
            "not_names",
            "determiners",
            "prepositions",
            "conjunctions",
            "pronouns",
            "possessive_pronouns",
        )
    )


def stops_phrase(token: Token) -> bool:
    """Return whether a noun phrase cannot go on over this token."""
    if not token.is_word:
        return True
    plain = token.lower
    if token.is_capitalised and plain not in words("prepositions") | words("conjunctions"):
        return plain in words("pronouns")
    return plain in SAYING or any(
        plain in words(name) for name in ("prepositions", "conjunctions", "pronouns", "auxiliaries")
    )


def is_adverb(token: Token) -> bool:
    """Return whether a token may stand between a subject and its verb."""
    plain = token.lower
    return token.is_word and (
        plain in words("auxiliaries")
        or (plain.endswith("ly") and not token.is_capitalised)
        or plain in _calendar()
    )


def _calendar() -> frozenset[str]:
    return frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})


def phrase_right(tokens: list[Token], first: int, high: int) -> Mention | None:
    """Return the noun phrase that begins at a token, its name where it holds one, or None."""
    if first >= high:
        return None
    if tokens[first].lower in words("pronouns"):
        return _mention(MentionKind.PRONOUN, tokens, first, first)
    last = first - 1
    for number in range(first, min(high, first + PHRASE_WORDS)):
        if tokens[number].text == "." and number > first and is_abbreviated(tokens[number - 1]):
            continue
        if stops_phrase(tokens[number]) or (number > first and _is_past(tokens[number], tokens[number - 1])):
            break
        last = number
    found = classify(tokens, first, last)
    return _apposed_name(tokens, found, high) or found


def _is_past(token: Token, before: Token) -> bool:
    plain = token.lower
    return not token.is_capitalised and plain.endswith("ed") and before.lower not in words("determiners")


def _apposed_name(tokens: list[Token], phrase: Mention | None, high: int) -> Mention | None:
    """Return the name in "the party's leader, Jo Smith, said"."""
    if phrase is None or phrase.kind is not MentionKind.PHRASE:
        return None
    first = _behind_attributes(tokens, phrase.last + 1, high) + 1
    if first >= high or tokens[first - 1].text != "," or not is_name_word(tokens[first]):
        return None
    name = next(names(tokens, first, high))
    closed = (
        name.last + 1 >= high or not tokens[name.last + 1].is_word or tokens[name.last + 1].lower in cues()
    )
    return name if closed and name.last > name.first else None


def _behind_attributes(tokens: list[Token], first: int, high: int) -> int:
    """Return the token behind "of Harbour North" in "the mayor of Harbour North, Jo Smith,"."""
    if first >= high or tokens[first].lower != "of":
        return first
    number = first + 1
    while number < min(high, first + PHRASE_WORDS) and not stops_phrase(tokens[number]):
        number += 1
    return number


def phrase_left(tokens: list[Token], low: int, last: int) -> Mention | None:
    """Return the noun phrase that ends at a token; "the head of the union" begins at its own head."""
    if last < low:
        return None
    if tokens[last].lower in words("pronouns"):
        return _mention(MentionKind.PRONOUN, tokens, last, last)
    nearest = found = classify(tokens, _left_edge(tokens, low, last), last)
    while found is not None and (end := _head_before(tokens, low, found)) is not None:
        found = classify(tokens, _left_edge(tokens, low, end), end)
    return found or nearest


def name_left(tokens: list[Token], low: int, last: int) -> Mention | None:
    """Return the name that ends at a token, whatever stands before it, or None."""
    found = classify(tokens, _left_edge(tokens, low, last), last)
    return found if found is not None and found.kind is MentionKind.NAME and found.last == last else None


def _head_before(tokens: list[Token], low: int, mention: Mention) -> int | None:
    """Return the last token of the phrase that a mention is attached to by a preposition, or None."""
    before = mention.first - 1
    if before >= low and tokens[before].lower in words("determiners"):
        before -= 1
    return before - 1 if before >= low and tokens[before].lower in words("prepositions") else None


def _left_edge(tokens: list[Token], low: int, last: int) -> int:
    first = last + 1
    while first > max(low, last - PHRASE_WORDS):
        before = tokens[first - 1]
        if before.text == "." and first - 2 >= low and is_abbreviated(tokens[first - 2]):
            first -= 1
            continue
        if stops_phrase(before):
            break
        first -= 1
        if before.lower in words("determiners"):
            break
    return first


def classify(tokens: list[Token], first: int, last: int) -> Mention | None:
    """Return a range of words as a name (its last run of name words), or as a phrase."""
    while last >= first and not (is_name_word(tokens[last]) or _is_plain(tokens[last])):
        last -= 1
    while first <= last and not (_is_plain(tokens[first]) or is_name_word(tokens[first])):
        first += 1
    if first > last:
        return None
    run = last + 1
    while run > first and _continues_name(tokens, run - 1, first):
        run -= 1
    if run <= last and not tokens[last].is_possessive:
        return _mention(MentionKind.NAME, tokens, _behind_possessive(tokens, run, last), last)
    only_article = first == last and tokens[first].lower in ARTICLES
    return None if only_article else _mention(MentionKind.PHRASE, tokens, first, last)


def _is_plain(token: Token) -> bool:
    return token.is_word and token.lower not in words("not_names")


def _continues_name(tokens: list[Token], number: int, first: int) -> bool:
    token = tokens[number]
    if token.text == ".":
        return number > first and is_abbreviated(tokens[number - 1])
    particle = token.lower in words("particles") and number > first and is_name_word(tokens[number - 1])
    return is_name_word(token) or particle


def _behind_possessive(tokens: list[Token], first: int, last: int) -> int:
    cut = [number + 1 for number in range(first, last) if tokens[number].is_possessive]
    return cut[-1] if cut else first


def names(tokens: list[Token], low: int, high: int) -> Iterator[Mention]:
    """Yield the runs of name words in a range, in order."""
    number = low
    while number < high:
        if not is_name_word(tokens[number]):
            number += 1
            continue
        last = number
        while not tokens[last].is_possessive and (longer := _next_in_name(tokens, last, high)) is not None:
            last = longer
        yield _mention(MentionKind.NAME, tokens, number, last)
        number = last + 1


def _next_in_name(tokens: list[Token], last: int, high: int) -> int | None:
    following = last + 1
    if following < high and tokens[following].text == "." and is_abbreviated(tokens[last]):
        following += 1
    if (
        following < high
        and tokens[following].lower in words("particles")
        and not tokens[following].is_capitalised
    ):
        following += 1
    return following if following < high and is_name_word(tokens[following]) else None


def subjects(tokens: list[Token], low: int, high: int) -> Iterator[Mention]:
    """Yield the names and personal pronouns of a range that follow no preposition, in order."""
    for number in range(low, high):
        if tokens[number].lower in {"he", "she", "they", "i", "we"}:
            yield _mention(MentionKind.PRONOUN, tokens, number, number)
        elif _starts_name(tokens, low, number) and is_subject(tokens, low, number):
            yield _whole_name(tokens, number, high)


def _starts_name(tokens: list[Token], low: int, number: int) -> bool:
    return is_name_word(tokens[number]) and not (number > low and is_name_word(tokens[number - 1]))


def is_subject(tokens: list[Token], low: int, number: int) -> bool:
    """Return whether no preposition stands before the name (with its titles) at a token."""
    before = number - 1
    while before > low and tokens[before].lower in words("determiners") | words("titles"):
        before -= 1
    return before < low or tokens[before].lower not in words("prepositions")


def _whole_name(tokens: list[Token], first: int, high: int) -> Mention:
    name = next(names(tokens, first, high))
    if not tokens[name.last].is_possessive:
        return name
    owned = phrase_right(tokens, name.last + 1, min(high, name.last + 4))
    if owned is None:
        return name
    if owned.kind is MentionKind.NAME:
        return owned
    phrase = _mention(MentionKind.PHRASE, tokens, first, owned.last)
    return _apposed_name(tokens, phrase, high) or phrase


def _mention(kind: MentionKind, tokens: list[Token], first: int, last: int) -> Mention:
    end = tokens[last].end
    if kind is MentionKind.NAME and tokens[last].is_possessive:
        end -= 2
    return Mention(kind, first, last, tokens[first].start, end)
