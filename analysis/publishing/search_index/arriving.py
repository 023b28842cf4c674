"""The statements of one candidacy on their way into the index: made where they are read, merged elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from analysis.publishing.search_index.contract import Row, SearchDoc, Speaker
from analysis.publishing.search_index.rows import MOST_CHARACTERS, Entry, entry_of, segment_of

Candidacy = tuple[str, str]
"""Contest id and person id."""

_row = msgspec.json.Decoder(Row).decode


class Arriving(NamedTuple):
    """Some statements of a speaker: little to hand over, and nothing but lines to look through."""

    speaker: Speaker
    lines: tuple[bytes, ...]
    """As they stand in a file of the index."""
    cut: int
    """Those whose texts are longer than what is searched and shown."""

    @property
    def entries(self) -> Iterator[Entry]:
        """The statements, ready for a segment."""
        for line in self.lines:
            yield Entry(self.speaker, _row(line), line)


BySegment = Mapping[str, Sequence[Arriving]]
"""Name of a segment -> what arrives there."""


def arriving_of(candidacy: Candidacy, docs: Iterable[SearchDoc]) -> BySegment:
    """All statements of a candidacy. Raises ValueError for one that is not its own, or whose tone is none."""
    lines: defaultdict[str, defaultdict[Speaker, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    long: defaultdict[tuple[str, Speaker], int] = defaultdict(int)
    for doc in docs:
        if (doc.contest_id, doc.person_id) != candidacy:
            raise ValueError(f"{doc.key}: stands under the candidacy {candidacy}, which is not its own")
        name, entry = segment_of(doc.at), entry_of(doc)
        lines[name][entry.speaker].append(entry.line)
        long[name, entry.speaker] += len(doc.text) > MOST_CHARACTERS
    return {
        name: [Arriving(speaker, tuple(some), long[name, speaker]) for speaker, some in found.items()]
        for name, found in lines.items()
    }
