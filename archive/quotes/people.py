"""Who is named in an article: full names, roles, and what tells "he" from "she"."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.quotes.mentions import Mention, is_subject, names, phrase_right, stops_phrase
from archive.quotes.outline import Outline, Token
from archive.quotes.tables import words

GENDERS = {"he": "he", "his": "he", "him": "he", "she": "she", "her": "she", "hers": "she"}


@dataclass(frozen=True, slots=True)
class People:
    """Who is named in an article."""

    by_surname: dict[str, str]
    """Last name to the full name that the article gives most often for it."""
    by_full_name: dict[str, str]
    """Each full name, in capitals too, to the form that the article gives most often for this person."""
    by_capitals: dict[str, str]
    """Last name in capitals to the full name, for "SMITH: ..."."""
    namesakes: dict[str, tuple[str, ...]]
    """Last name to all the persons who bear it, where there are several."""
    by_first_name: dict[str, str]
    """First name to the only full name with it."""
    by_role: dict[str, str]
    """A role in lower case ("labour candidate") to the only person it is given to."""
    by_sentence: dict[int, tuple[str, ...]]
    """The number of a sentence to the persons it names, subjects first."""
    gender: dict[str, str]
    """Full name to "he" or "she", as far as titles and pronouns tell."""
    common_words: frozenset[str]
    """Words that the article also writes in lower case: no names where they stand alone."""


def read_people(outline: Outline) -> People:
    """Return the persons an article names outside its quotations."""
    tokens = outline.tokens
    uses = list(names(tokens, 0, len(tokens)))
    counts = Counter(bare_name(tokens, use) for use in uses if _is_person(tokens, use))
    by_surname = _most_frequent(counts)
    by_full_name = _full_names(counts)
    persons = dict.fromkeys(by_full_name.values())
    by_first_name = _unique((name.split()[0], name) for name in persons)
    known = {**by_first_name, **by_surname, **by_full_name}
    by_sentence = _by_sentence(outline, uses, known)
    return People(
        by_surname,
        {**{name.upper(): full for name, full in by_full_name.items()}, **by_full_name},
        {surname.upper(): name for surname, name in by_surname.items()},
        _namesakes(persons),
        by_first_name,
        _unique(_roles(tokens, uses, known)),
        by_sentence,
        _genders(outline, uses, known, by_sentence),
        frozenset(token.text for token in tokens if token.is_word and token.text[0].islower()),
    )


def bare_name(tokens: list[Token], use: Mention) -> str:
    """Return the words of a name behind titles, parties and offices, possessive 's removed; may be empty."""
    text = ""
    for number in range(_behind_titles(tokens, use), use.last + 1):
        text += tokens[number].text if tokens[number].text == "." else " " + tokens[number].text
    return text.strip().removesuffix("'s").removesuffix("’s")


def bare_surname(tokens: list[Token], use: Mention) -> str:
    """Return the one word of a mention that can be a title, a party or a surname ("Green"), else nothing."""
    if use.first != use.last:
        return ""
    plain = tokens[use.last].text.removesuffix("'s").removesuffix("’s")
    return plain if plain.lower() in words("surname_titles") else ""


def _behind_titles(tokens: list[Token], use: Mention) -> int:
    first = use.first
    for number in range(use.first, use.last + 1):
        if tokens[number].lower in words("titles") and not _is_surname(tokens, use.first, number, use.last):
            first = number + 1
            if first <= use.last and tokens[first].text == ".":
                first += 1
    return first


def _is_surname(tokens: list[Token], first: int, number: int, last: int) -> bool:
    """Return whether a word that can be a title or a party ends a name here: Sue Green, Mr King."""
    named = tokens[number].text.removesuffix("'s").removesuffix("’s").lower() in words("surname_titles")
    before = number - 1 if number <= first or tokens[number - 1].text != "." else number - 2
    if not named or number != last or before < first:
        return False
    addressed = words("masculine_titles") | words("feminine_titles")
    return tokens[before].lower not in words("titles") or tokens[before].lower in addressed


def _is_person(tokens: list[Token], use: Mention) -> bool:
    """Return whether a run of name words holds a full name; "the Harbour Echo" is none."""
    parts = bare_name(tokens, use).split()
    if not 2 <= len(parts) <= 5 or parts[-1].lower() in words("not_person_ends"):
        return False
    first = _behind_titles(tokens, use)
    return first != use.first or first == 0 or tokens[first - 1].lower != "the"


def _most_frequent(counts: Counter[str]) -> dict[str, str]:
    """Return for each last name its most frequent full name, the shorter of two that only differ in front."""
    best: dict[str, str] = {}
    for name, count in counts.items():
        surname = name.split()[-1]
        known = best.get(surname)
        if known is None or count > counts[known] or (count == counts[known] and known.endswith(" " + name)):
            best[surname] = name
    return best


def _full_names(counts: Counter[str]) -> dict[str, str]:
    """Return for each full name the most frequent one with the same first and last word."""
    best: dict[tuple[str, str], str] = {}
    for name, count in counts.items():
        key = name.split()[0], name.split()[-1]
        if key not in best or count > counts[best[key]]:
            best[key] = name
    return {name: best[name.split()[0], name.split()[-1]] for name in counts}


def _namesakes(persons: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in persons:
        found[name.split()[-1]].append(name)
    return {surname: tuple(several) for surname, several in found.items() if len(several) > 1}


def _unique(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, name in pairs:
        found[key].add(name)
    return {key: next(iter(several)) for key, several in found.items() if len(several) == 1}


def _person(tokens: list[Token], use: Mention, known: dict[str, str]) -> str | None:
    """Return the full name for a run, by its last word: a surname, or a first name where it stands alone."""
    name = bare_name(tokens, use) or bare_surname(tokens, use)
    return known.get(name) or known.get(name.split()[-1]) if name else None


def _roles(tokens: list[Token], uses: list[Mention], known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the roles before a name ("Labour MP Jo Smith") and behind it ("Jo Smith, the Labour MP,")."""
    for use in uses:
        name = _person(tokens, use, known)
        if name is None:
            continue
        first = start = _behind_titles(tokens, use)
        while start > 0 and start > first - 4 and not stops_phrase(tokens[start - 1]):
            start -= 1
        if start < first:
            yield from _role_keys(tokens, start, first - 1, name)
        behind = phrase_right(tokens, use.last + 2, min(len(tokens), use.last + 9))
        if (
            behind is not None
            and tokens[use.last + 1].text == ","
            and tokens[use.last + 2].lower in ("the", "a", "an")
        ):
            yield from _role_keys(tokens, use.last + 2, behind.last, name)


def _role_keys(tokens: list[Token], first: int, last: int, name: str) -> Iterator[tuple[str, str]]:
    """Yield a role in full and by its ends: "land candidate" for "Land Party parliamentary candidate"."""
    key = role_key(tokens, first, last)
    yield key, name
    parts = key.split()
    if len(parts) > 2:
        yield f"{parts[0]} {parts[-1]}", name


def role_key(tokens: list[Token], first: int, last: int) -> str:
    """Return a noun phrase in lower case, without its article."""
    plain = [tokens[number].lower for number in range(first, last + 1)]
    return " ".join(plain[1:] if plain[0] in ("the", "a", "an") else plain)


def _by_sentence(outline: Outline, uses: list[Mention], known: dict[str, str]) -> dict[int, tuple[str, ...]]:
    leading: dict[int, list[str]] = defaultdict(list)
    trailing: dict[int, list[str]] = defaultdict(list)
    for use in uses:
        name = _person(outline.tokens, use, known)
        if name is not None:
            number = outline.sentence_number(use.first)
            low = max(outline.sentences[number], use.first - 6)
            (leading if is_subject(outline.tokens, low, use.first) else trailing)[number].append(name)
    return {number: (*leading[number], *trailing[number]) for number in leading.keys() | trailing.keys()}


def _genders(
    outline: Outline, uses: list[Mention], known: dict[str, str], by_sentence: dict[int, tuple[str, ...]]
) -> dict[str, str]:
    """Return what titles say, else what most sentences say that name one person beside one pronoun."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for number, persons in by_sentence.items():
        said = {GENDERS[token.lower] for token in outline.sentence_tokens(number) if token.lower in GENDERS}
        if len(set(persons)) == 1 and len(said) == 1:
            votes[persons[0]].update(said)
    gender = {name: counted.most_common(1)[0][0] for name, counted in votes.items()}
    namesakes = _namesakes(dict.fromkeys(known.values()))
    for use in uses:
        name, told = _person(outline.tokens, use, known), titled(outline.tokens, use)
        # "Mr Smith" says nothing of the more frequent of two Smiths.
        shared = name is not None and len(bare_name(outline.tokens, use).split()) == 1
        if name is not None and told is not None and not (shared and name.split()[-1] in namesakes):
            gender[name] = told
    return gender


def titled(tokens: list[Token], use: Mention) -> str | None:
    """Return "he" or "she" where a title in a name tells it."""
    titles = {token.lower for token in tokens[use.first : use.last]}
    if titles & words("masculine_titles"):
        return "he"
    return "she" if titles & words("feminine_titles") else None
