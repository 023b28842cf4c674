"""The features that a model has a weight for by name: words, pairs and parts of words, by their place."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from analysis.sentiment.linear.view import NAME, NUMBER, TARGET, View

BEFORE, BEHIND = 6, 8
"""Words before and behind a target that are looked at apart from the rest."""
ALONE = 12
"""Words on each side, up to the next name, that are looked at apart."""
PART_LENGTHS = (4, 5)
"""Characters of a part of a word; '<' and '>' stand for its edges."""
LONGEST = 30
"""Characters of a word that are cut into parts."""
HIDDEN = frozenset([TARGET, NAME, NUMBER])
ANCHORED = ((-1,), (-2,), (-3,), (1,), (2,), (3,), (-2, -1), (1, 2), (-1, 1), (1, 2, 3), (-3, -2, -1))
"""Places counted from the target whose words are looked at together."""

Words = tuple[int, int]
"""First and last (inclusive) of the words of a view that make a feature."""


def grams_of(view: View) -> Mapping[str, Words]:
    """Every feature of a view, with the first words that make it."""
    words = [word.text for word in view.words]
    at, end = view.at, len(words)
    near = range(max(at - BEFORE, 0), min(at + 1 + BEHIND, end))
    grams: dict[str, Words] = {}
    _put_words_and_pairs(grams, "f", words, range(end))
    _put_words_and_pairs(grams, "l", words, range(near.start, at))
    _put_words_and_pairs(grams, "r", words, range(at + 1, near.stop))
    _put_anchored(grams, words, at)
    put = grams.setdefault
    for zone, places in (("ln", before_name(words, at)), ("rn", behind_name(words, at))):
        for i in places:
            put(f"{zone} {words[i]}", (i, i))
    for i, word in enumerate(words):
        anywhere, beside = parts_of(word)
        for name in anywhere:
            put(name, (i, i))
        if i in near:
            for name in beside:
                put(name, (i, i))
    return grams


def behind_name(words: Sequence[str], at: int) -> range:
    """The places behind a target up to the next name."""
    limit = min(at + 1 + ALONE, len(words))
    return range(at + 1, next((i for i in range(at + 1, limit) if words[i] == NAME), limit))


def before_name(words: Sequence[str], at: int) -> range:
    """The places before a target back to the last name."""
    limit = max(at - ALONE, 0)
    return range(next((i + 1 for i in range(at - 1, limit - 1, -1) if words[i] == NAME), limit), at)


Names = tuple[str, ...]


def parts_of(word: str) -> tuple[Names, Names]:
    """The names of the parts of a long word, each once: as parts of any word, and of one near the target."""
    if len(word) <= PART_LENGTHS[0] or word in HIDDEN:
        return (), ()
    return _parts(word[:LONGEST])


@lru_cache(maxsize=1 << 13)
def _parts(word: str) -> tuple[Names, Names]:
    parts = list(dict.fromkeys(_cut(f"<{word}>")))
    return tuple(f"cf {part}" for part in parts), tuple(f"c {part}" for part in parts)


def _cut(marked: str) -> Iterator[str]:
    for length in PART_LENGTHS:
        for i in range(len(marked) - length + 1):
            yield marked[i : i + length]


def _put_words_and_pairs(grams: dict[str, Words], zone: str, words: Sequence[str], places: range) -> None:
    put, last = grams.setdefault, places.stop - 1
    for i in places:
        word = words[i]
        if word != TARGET:
            put(f"{zone} {word}", (i, i))
        if i < last:
            put(f"{zone} {word} {words[i + 1]}", (i, i + 1))


def _put_anchored(grams: dict[str, Words], words: Sequence[str], at: int) -> None:
    for steps in ANCHORED:
        places = [at + step for step in steps]
        texts = [words[i] if 0 <= i < len(words) else "^" for i in places]
        inside = [i for i in places if 0 <= i < len(words)] or [at]
        name = f"{','.join(map(str, steps))} {' '.join(texts)}"
        grams.setdefault(name, (inside[0], inside[-1]))
