"""Which person a mention stands for: by full name, surname, pronoun or role."""

from archive.quotes.mentions import Mention, MentionKind, phrase_right
from archive.quotes.outline import Outline
from archive.quotes.people import GENDERS, People, bare_name, bare_surname, role_key, titled
from archive.quotes.tables import words

SENTENCES_BACK = 8
"""A pronoun stands for a person named at most this many sentences before."""


def resolve(outline: Outline, people: People, mention: Mention | None) -> str | None:
    """Return the name as fully as the article gives it, or None where the mention stands for nobody named."""
    if mention is None:
        return None
    if mention.kind is MentionKind.PRONOUN:
        return _from_pronoun(outline, people, mention)
    if mention.kind is MentionKind.PHRASE:
        return people.by_role.get(role_key(outline.tokens, mention.first, mention.last))
    return _from_name(outline, people, mention)


def _from_name(outline: Outline, people: People, mention: Mention) -> str | None:
    name = bare_name(outline.tokens, mention)
    if not name:
        surname = bare_surname(outline.tokens, mention)
        role = role_key(outline.tokens, mention.first, mention.last)
        return people.by_surname.get(surname) or people.by_role.get(role)
    if name in people.by_full_name:
        return people.by_full_name[name]
    first, last = name.split()[0], name.split()[-1]
    known = _bearer(outline, people, mention, last)
    if known is not None and (first == last or first in (known.split()[0], known) or name.endswith(known)):
        return known
    if first != last:
        return name
    if name in people.by_first_name:
        return people.by_first_name[name]
    return None if name.lower() in people.common_words else name


def _bearer(outline: Outline, people: People, mention: Mention, surname: str) -> str | None:
    """Return who is called by a surname; of several the one whom "Mr" or "Ms" before it fits."""
    told = titled(outline.tokens, mention)
    namesakes = people.namesakes.get(surname, ())
    fitting = [name for name in namesakes if told is not None and people.gender.get(name) == told]
    if len(fitting) == 1:
        return fitting[0]
    known = people.by_surname.get(surname)
    if known is None and surname.isupper() and len(surname) > 1:
        known = people.by_capitals.get(surname)
    return known


def _from_pronoun(outline: Outline, people: People, mention: Mention) -> str | None:
    wanted = GENDERS.get(outline.tokens[mention.first].lower)
    if wanted is None:
        return None
    number = outline.sentence_number(mention.first)
    for back in range(number, max(-1, number - SENTENCES_BACK), -1):
        for name in people.by_sentence.get(back, ()):
            if people.gender.get(name, wanted) == wanted:
                return name
    return None


def find_addressee(outline: Outline, people: People, first: int, high: int) -> str | None:
    """Return who is named from a token on, resolved where the article names the person, else as printed."""
    tokens = outline.tokens
    found = phrase_right(tokens, first, high)
    if found is None or found.kind is MentionKind.PRONOUN or tokens[first].lower in words("object_pronouns"):
        return None
    if found.first == found.last and tokens[first].lower in words("determiners"):
        return None
    printed = " ".join(token.text for token in tokens[found.first : found.last + 1])
    return resolve(outline, people, found) or printed
