"""The one file that the page of the search loads at opening: what there is to choose from, and where."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from analysis.publishing.search_index.contract import TONES, Speaker
from analysis.publishing.search_index.folding import rules
from analysis.publishing.search_index.rows import encode
from analysis.publishing.search_index.segments import FUNCTION
from analysis.publishing.search_index.state import Segment

Name = TypeVar("Name", bound=Hashable)

DIRECTORY = "directory.js"

MOST_TARGETS = 5_000
"""Names that are offered for who is spoken of, most spoken of first; any other can be typed."""

OUTCOMES = {True: "elected", False: "not_elected", None: "no_result"}
"""What became of an author."""


def write_directory(folder: Path, segments: Sequence[Segment]) -> None:
    """Write the directory of an index; `segments` newest first, undated last."""
    ordered = sorted(segments, key=lambda one: (one.newest is None, -(one.newest or 0)))
    content = encode(_directory(ordered))
    (folder / DIRECTORY).write_bytes(f'{FUNCTION}("directory","","",'.encode() + content + b");\n")


def _directory(segments: Sequence[Segment]) -> dict[str, object]:
    speakers = _speakers(segments)
    contests = _summed((speaker[:4], count) for speaker, count in speakers.items())
    contest_numbers = {contest: number for number, contest in enumerate(sorted(contests))}
    parties = _summed((speaker.party, count) for speaker, count in speakers.items())
    party_numbers = {party: number for number, party in enumerate(sorted(parties))}
    outcomes = _summed((OUTCOMES[speaker.elected], count) for speaker, count in speakers.items())
    tones = _summed(pair for one in segments for pair in one.tones.items())
    return {
        "rules": rules(),
        "segments": [(one.name, one.version, len(one.of), one.newest, one.oldest) for one in segments],
        "contests": [(*contest, contests[contest]) for contest in contest_numbers],
        "parties": [(party, parties[party]) for party in party_numbers],
        "candidates": [
            (one.person_id, one.author, party_numbers[one.party], contest_numbers[one[:4]], count)
            for one, count in sorted(speakers.items(), key=lambda pair: encode(pair[0]))
        ],
        "kinds": sorted(_summed(pair for one in segments for pair in one.kinds.items()).items()),
        "tones": [(tone, tones[tone]) for tone in TONES],
        "outcomes": [(outcome, outcomes[outcome]) for outcome in OUTCOMES.values()],
        "targets": _most(_summed(pair for one in segments for pair in one.targets.items())),
    }


def _speakers(segments: Iterable[Segment]) -> Counter[Speaker]:
    return _summed((one.speaker, one.statements) for segment in segments for one in segment.speakers)


def _summed(pairs: Iterable[tuple[Name, int]]) -> Counter[Name]:
    found: Counter[Name] = Counter()
    for name, count in pairs:
        found[name] += count
    return found


def _most(targets: Counter[str]) -> list[tuple[str, int]]:
    return sorted(targets.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TARGETS]
