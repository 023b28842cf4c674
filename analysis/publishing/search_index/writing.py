"""The index of a report's search, kept up: what changed is written, the rest taken over."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.links import link
from analysis.publishing.search_index.arriving import Arriving, BySegment, Candidacy, arriving_of
from analysis.publishing.search_index.contract import IndexTally, SearchDoc, Speaker
from analysis.publishing.search_index.directory import write_directory
from analysis.publishing.search_index.rows import digest_of
from analysis.publishing.search_index.segments import write_segment
from analysis.publishing.search_index.state import STATE, Segment, entries_in, keep_names, segments_in

FOLDER = "search"
"""Of the index, in a report's folder."""


class Begin(Protocol):
    """Begins with the work on a segment, perhaps in another process; what comes back waits for the end."""

    def __call__(
        self, work: Callable[["_Task"], Segment | None], task: "_Task", /
    ) -> Callable[[], Segment | None]: ...


@cycles_left_alone()
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
    arriving = {candidacy: arriving_of(candidacy, docs) for candidacy, docs in changed.items()}
    return begin_index(new, old, arriving, gone, alive=alive)()


def begin_index(
    new: Path,
    old: Path | None,
    changed: Mapping[Candidacy, BySegment],
    gone: Collection[Candidacy] = (),
    *,
    alive: Collection[Candidacy] | None = None,
    begin: Begin = partial,
) -> Callable[[], IndexTally]:
    """Begin to write the index; the function that comes back waits for its parts and ends it.

    As `write_index`, but for `changed`: what `arriving_of` makes. Both can raise UnreadableIndex.
    """
    folder = new / FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    before = segments_in(old / FOLDER) if old else {}
    arriving = _by_segment(changed)
    lost = _candidacies(before.values()) - set(alive) if alive is not None else set()
    desk = _Desk(folder, old / FOLDER if old else folder, frozenset({*changed, *gone, *lost}), begin)
    # The largest first: so all processes have something to do until the end.
    names = sorted({*before, *arriving}, key=lambda name: -sum(len(one.lines) for one in arriving[name]))
    parts = {name: desk.segment(name, before.get(name), arriving[name]) for name in names}
    cut = sum(one.cut for some in arriving.values() for one in some)
    return partial(_end, folder, parts, before, cut)


def _end(
    folder: Path,
    parts: Mapping[str, Callable[[], Segment | None]],
    before: Mapping[str, Segment],
    cut: int,
) -> IndexTally:
    found = {name: parts[name]() for name in sorted(parts, reverse=True)}
    segments = [one for one in found.values() if one]
    write_directory(folder, segments)
    keep_names(folder, tuple(one.name for one in segments))
    written = sum(one is not before.get(one.name) for one in segments)
    return IndexTally(sum(len(one.of) for one in segments), len(segments), written, cut)


def _candidacies(segments: Iterable[Segment]) -> set[Candidacy]:
    speakers = (state.speaker for segment in segments for state in segment.speakers)
    return {(one.contest_id, one.person_id) for one in speakers}


def _by_segment(changed: Mapping[Candidacy, BySegment]) -> defaultdict[str, list[Arriving]]:
    found: defaultdict[str, list[Arriving]] = defaultdict(list)
    for some in changed.values():
        for name, arriving in some.items():
            found[name] += arriving
    return found


@dataclass(frozen=True, slots=True)
class _Task:
    """One segment that is written anew."""

    folder: Path
    """Of the new index."""
    old: Path
    """Of the last one."""
    name: str
    before: Segment | None
    arriving: Sequence[Arriving]
    touched: frozenset[Candidacy]
    """Of whom nothing of the last index is taken over."""


@cycles_left_alone()
def _written(task: _Task) -> Segment | None:
    """The segment as it is now; None where it holds nothing any more."""
    kept = entries_in(task.old / task.name, task.before) if task.before else iter(())
    entries = [entry for one in task.arriving for entry in one.entries]
    entries += [one for one in kept if not _is_among(one.speaker, task.touched)]
    return write_segment(task.folder / task.name, task.name, entries) if entries else None


def _is_among(speaker: Speaker, some: frozenset[Candidacy]) -> bool:
    return (speaker.contest_id, speaker.person_id) in some


@dataclass(frozen=True, slots=True)
class _Desk:
    """Takes over one segment after the other, or has it written."""

    folder: Path
    old: Path
    touched: frozenset[Candidacy]
    begin: Begin

    def segment(
        self, name: str, before: Segment | None, arriving: Sequence[Arriving]
    ) -> Callable[[], Segment | None]:
        """What waits for a segment."""
        if before and _digests(arriving) == self._touched_in(before):
            for file in (*(part.name for part in before.parts), STATE):
                link(self.old / name / file, self.folder / name / file)
            return lambda: before
        return self.begin(_written, _Task(self.folder, self.old, name, before, arriving, self.touched))

    def _touched_in(self, segment: Segment) -> Mapping[Speaker, str]:
        return {one.speaker: one.digest for one in segment.speakers if _is_among(one.speaker, self.touched)}


def _digests(arriving: Iterable[Arriving]) -> Mapping[Speaker, str]:
    """What each speaker's statements hash to."""
    return {one.speaker: digest_of(one.speaker, one.lines) for one in arriving}
