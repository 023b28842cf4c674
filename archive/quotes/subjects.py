"""Whose verb a cue is: the subject of a cue, and of a clause."""

from archive.quotes.mentions import (
    ARTICLES,
    Mention,
    MentionKind,
    is_adverb,
    is_name_word,
    name_left,
    names,
    phrase_left,
    phrase_right,
    subjects,
)
from archive.quotes.outline import Token
from archive.quotes.tables import cues, words

CERTAIN = frozenset(
    {"said", "says", "told", "wrote", "spoke", "swore", "spoken", "written", "read", "began", "wept"}
)
"""Forms that are never nouns or adjectives."""
OWNER_WORDS = 6
"""The name of an owner is read over at most this many words."""
RELATIVE = frozenset({"who", "which", "that"})


def is_cue(tokens: list[Token], number: int, low: int) -> bool:
    """Return whether a token is a form of a cue verb, in the active voice and not a noun of the same form."""
    token = tokens[number]
    if not token.is_word or token.lower not in cues() or (token.is_capitalised and number > low):
        return False
    before = number - 1
    while before >= low and is_adverb(tokens[before]) and tokens[before].lower not in words("passives"):
        before -= 1
    if before < low:
        return True
    previous = tokens[before].lower
    if token.lower.endswith(("ed", "told", "put")) and previous in words("passives"):
        return False
    if token.lower.endswith(("ed", "ing")):
        return tokens[number - 1].lower not in ARTICLES | words("possessive_pronouns")
    return token.lower in CERTAIN or not _makes_noun(tokens, token, before, low)


def _makes_noun(tokens: list[Token], verb: Token, before: int, low: int) -> bool:
    """Return whether the one or two words before a form like "claims" make it a noun: "his many claims"."""
    openers = words("determiners") | words("possessive_pronouns") | words("prepositions") - {"to"}
    near = [tokens[number] for number in range(max(low, before - 1), before + 1)]
    if near[-1].lower in openers or any(word.is_possessive for word in near):
        return True
    # Verb and noun agree: "the critics claim", "the letter reads"; "the following comment" is a noun.
    return near[0].lower in openers and verb.lower.endswith("s") == near[-1].lower.endswith("s")


def behind_lead(tokens: list[Token], number: int) -> int | None:
    """Return the first token behind "according to", "words of" or "per" (a name) at a token, else None."""
    if number + 1 >= len(tokens):
        return None
    if f"{tokens[number].lower} {tokens[number + 1].lower}" in words("source_leads"):
        return number + 2
    opens = number == 0 or not tokens[number - 1].is_word
    return (
        number + 1 if tokens[number].lower == "per" and opens and is_name_word(tokens[number + 1]) else None
    )


def agent_of(tokens: list[Token], cue: int, high: int) -> Mention | None:
    """Return who acts in "was accused by Jones of", "described by critics as"; the cue is the participle."""
    if tokens[cue].lower not in cues() or cue + 2 >= high or tokens[cue + 1].lower != "by":
        return None
    found = phrase_right(tokens, cue + 2, high)
    if not tokens[cue].lower.endswith(("ed", "en")) or found is None:
        return None
    # "posted by accident" names nobody; "called by critics" does.
    opened = tokens[cue + 2].lower in words("determiners") or tokens[found.last].lower.endswith("s")
    return found if found.kind is MentionKind.NAME or opened else None


def owner_of(tokens: list[Token], noun: int, low: int) -> Mention | None:
    """Return whose words a noun announces: "Jones's claim that", "her promise to"."""
    if noun <= low or tokens[noun].lower not in words("speech_nouns"):
        return None
    owner = tokens[noun - 1]
    if owner.lower in ("his", "her"):
        return Mention(MentionKind.PRONOUN, noun - 1, noun - 1, owner.start, owner.end)
    if not owner.is_possessive:
        return None
    near = names(tokens, max(low, noun - OWNER_WORDS), noun)
    return next((name for name in near if name.last == noun - 1), None)


def subject_of(tokens: list[Token], cue: int, low: int, high: int) -> Mention | None:
    """Return the subject of a cue at a token, within the sentence from `low`; `high` bounds "said she"."""
    before = cue - 1
    while before >= low and is_adverb(tokens[before]) and tokens[before].lower not in RELATIVE:
        before -= 1
    if before < low or tokens[before].quote is not None:
        return phrase_right(tokens, cue + 1, high) or clause_subject(tokens, low, cue)
    if tokens[before].lower in RELATIVE:
        return _antecedent(tokens, low, before)
    if not tokens[before].is_word or tokens[before].lower in (
        "and",
        "to",
        "or",
        "but",
        "before",
        "after",
        "by",
        "in",
    ):
        return clause_subject(tokens, low, cue)
    if tokens[cue].lower.endswith("ing"):
        return name_left(tokens, low, before) or clause_subject(tokens, low, cue)
    return phrase_left(tokens, low, before) or clause_subject(tokens, low, cue)


def _antecedent(tokens: list[Token], low: int, relative: int) -> Mention | None:
    last = relative - 1
    if last > low and tokens[last].text == ",":
        last -= 1
    return phrase_left(tokens, low, last) or clause_subject(tokens, low, relative)


def clause_subject(tokens: list[Token], low: int, high: int) -> Mention | None:
    """Return the first name or pronoun that can be a subject; behind "After ...," first the main clause."""
    start = low
    while start < high and not tokens[start].is_word:
        start += 1
    if start < high and tokens[start].lower in words("conjunctions") - {"and", "but", "so", "or"}:
        comma = next((number for number in range(start, high) if tokens[number].text == ","), low)
        found = next(subjects(tokens, comma, high), None)
        if found is not None:
            return found
    elif start < high and tokens[start].lower in words("determiners"):
        return phrase_right(tokens, start, high)
    return next(subjects(tokens, start, high), None)
