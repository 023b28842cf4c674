"""The index of a report's search, kept up: what changed is written, the rest taken over."""

import gc
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from analysis.publishing.links import link
from analysis.publishing.search_index.contract import IndexTally, SearchDoc, Speaker
from analysis.publishing.search_index.directory import write_directory
from analysis.publishing.search_index.rows import (
    MOST_CHARACTERS,
    Digests,
    digests_of,
    entry_of,
    segment_of,
)
from analysis.publishing.search_index.segments import write_segment
from analysis.publishing.search_index.state import STATE, Segment, entries_in, keep_names, segments_in

FOLDER = "search"
"""Of the index, in a report's folder."""

Candidacy = tuple[str, str]
"""Contest id and person id."""


def write_index(
    new: Path,
    old: Path | None,
    changed: Mapping[Candidacy, Sequence[SearchDoc]],
    gone: Collection[Candidacy] = (),
    *,
    alive: Collection[Candidacy] | None = None,
) -> IndexTally:
    """Write the index of the report in `new`, where need be anew.

    `changed` holds all statements of the candidacies that changed, `gone` those that are no more; of the
    others the report in `old` has the index. Where `alive` is given, all others are gone: whatever else the
    last report has lost, its index says of whom it holds statements. Without `old`, `changed` holds
    everything. Raises UnreadableIndex where the old index cannot be built on: call again with everything
    and no old folder.
    """
    with _cycles_left_alone():
        return _write(new, old, changed, gone, alive)


@contextmanager
def _cycles_left_alone() -> Iterator[None]:
    """The work makes millions of values and no cycle: looking for cycles took a fifth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(
    new: Path,
    old: Path | None,
    changed: Mapping[Candidacy, Sequence[SearchDoc]],
    gone: Collection[Candidacy],
    alive: Collection[Candidacy] | None,
) -> IndexTally:
    folder = new / FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    before = segments_in(old / FOLDER) if old else {}
    arriving = _by_segment(changed)
    lost = _candidacies(before.values()) - set(alive) if alive is not None else set()
    desk = _Desk(folder, old / FOLDER if old else folder, frozenset({*changed, *gone, *lost}))
    names = sorted({*before, *arriving}, reverse=True)
    found = [desk.segment(name, before.get(name), arriving.pop(name, [])) for name in names]
    segments = [one for one in found if one]
    write_directory(folder, segments)
    keep_names(folder, tuple(one.name for one in segments))
    return IndexTally(sum(len(one.of) for one in segments), len(segments), desk.written, desk.cut)


def _candidacies(segments: Iterable[Segment]) -> set[Candidacy]:
    speakers = (state.speaker for segment in segments for state in segment.speakers)
    return {(one.contest_id, one.person_id) for one in speakers}


def _by_segment(changed: Mapping[Candidacy, Sequence[SearchDoc]]) -> dict[str, list[SearchDoc]]:
    found: defaultdict[str, list[SearchDoc]] = defaultdict(list)
    for candidacy, docs in changed.items():
        for doc in docs:
            if (doc.contest_id, doc.person_id) != candidacy:
                raise ValueError(f"{doc.key}: stands under the candidacy {candidacy}, which is not its own")
            found[segment_of(doc.at)].append(doc)
    return dict(found)


class _Desk:
    """Writes or takes over one segment after the other."""

    def __init__(self, folder: Path, old: Path, touched: frozenset[Candidacy]) -> None:
        self._folder, self._old, self._touched = folder, old, touched
        self.written = 0
        self.cut = 0

    def segment(self, name: str, before: Segment | None, docs: Sequence[SearchDoc]) -> Segment | None:
        """The segment as it is now; None where it holds nothing any more."""
        self.cut += sum(len(doc.text) > MOST_CHARACTERS for doc in docs)
        fresh = [entry_of(doc) for doc in docs]
        if before and digests_of(fresh) == self._touched_in(before):
            self._take_over(before)
            return before
        kept = entries_in(self._old / name, before) if before else iter(())
        entries = [*fresh, *(one for one in kept if not self._is_touched(one.speaker))]
        if not entries:
            return None
        self.written += 1
        return write_segment(self._folder / name, name, entries)

    def _is_touched(self, speaker: Speaker) -> bool:
        return (speaker.contest_id, speaker.person_id) in self._touched

    def _touched_in(self, segment: Segment) -> Digests:
        return {one.speaker: one.digest for one in segment.speakers if self._is_touched(one.speaker)}

    def _take_over(self, segment: Segment) -> None:
        for name in (*(part.name for part in segment.parts), STATE):
            link(self._old / segment.name / name, self._folder / segment.name / name)
