"""Where each word of a segment stands: postings, cut into files in the order of the words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import merge

from analysis.publishing.search_index.coding import coded_rising
from analysis.publishing.search_index.folding import cut, words_of

MOST_SIGNS = 96_000
"""Of a file of words; a single word that needs more has a file to itself."""

Shard = tuple[str, str]
"""Words, parted by spaces; their places, parted by commas."""


class Places:
    """Collects where the words of a segment's texts stand.

    Places count words from the segment's first text on. Between two texts one place stays empty, so that
    no phrase runs over the edge.
    """

    def __init__(self) -> None:
        self.lengths: list[int] = []
        """Words of each text."""
        self._end = 0
        self._places: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, text: str) -> None:
        """The segment's next text."""
        tokens, places = cut(text), self._places
        for place, token in enumerate(tokens, self._end):
            places[token].append(place)
        self._end += len(tokens) + 1
        self.lengths.append(len(tokens))

    def shards(self) -> Iterator[Shard]:
        """The files' contents, in the order in which JavaScript sorts words."""
        words: list[str] = []
        codes: list[str] = []
        size = 0
        found = _by_word(self._places)
        for word in sorted(found, key=in_javascript):
            code = coded_rising(found[word])
            if words and size + len(word) + len(code) > MOST_SIGNS:
                yield " ".join(words), ",".join(codes)
                words, codes, size = [], [], 0
            words.append(word)
            codes.append(code)
            size += len(word) + len(code) + 2
        if words:
            yield " ".join(words), ",".join(codes)


def in_javascript(word: str) -> bytes:
    """A key that sorts as JavaScript compares: by units of UTF-16."""
    return word.encode("utf-16-be")


def _by_word(places: dict[str, list[int]]) -> dict[str, Sequence[int]]:
    several: defaultdict[str, list[Sequence[int]]] = defaultdict(list)
    for token, found in places.items():
        for word in words_of(token):
            several[word].append(found)
    return {word: found[0] if len(found) == 1 else list(merge(*found)) for word, found in several.items()}
