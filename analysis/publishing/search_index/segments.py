"""One segment of the index, written: documents, columns for filters, words, and what the next run needs."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analysis.publishing.search_index.coding import coded, signed
from analysis.publishing.search_index.contract import TONES, Row, Speaker
from analysis.publishing.search_index.rows import Entry, digests_of, encode, newest_first
from analysis.publishing.search_index.state import STATE, Part, Segment, SpeakerState
from analysis.publishing.search_index.words import Places, Shard

MOST_BYTES = 128_000
"""Of a file of documents; a single text that needs more has a file to itself."""

FUNCTION = "hustingsSearch"
"""What every file of the index calls."""


def write_segment(folder: Path, name: str, entries: Iterable[Entry]) -> Segment:
    """Write a segment's files into a new folder and say what was written."""
    ordered = newest_first(entries)
    rows = [one.row for one in ordered]
    speakers = sorted({one.speaker for one in ordered}, key=encode)
    numbers = {speaker: number for number, speaker in enumerate(speakers)}
    of = [numbers[one.speaker] for one in ordered]
    digests = digests_of(ordered)
    version = _version(digests.values())
    writer = _Writer(folder, name, version)
    places = Places()
    for row in rows:
        places.add(row.text)
    firsts = writer.words(places.shards())
    chunks = writer.documents([one.line for one in ordered])
    columns = _columns(rows, speakers, of, places.lengths)
    writer.script("columns.js", encode(columns | {"chunks": chunks, "words": firsts}))
    counts = Counter(of)
    segment = Segment(
        name=name,
        version=version,
        parts=tuple(writer.parts),
        speakers=tuple(
            SpeakerState(speaker, counts[number], digests[speaker]) for number, speaker in enumerate(speakers)
        ),
        of=tuple(of),
        kinds=_counted(kind for row in rows for kind in row.kinds or ("",)),
        tones=_counted(row.tone for row in rows),
        targets=_counted(who for row in rows for who in {who for who, _ in row.targets}),
        newest=rows[0].at,
        oldest=rows[-1].at,
    )
    (folder / STATE).write_bytes(encode(segment))
    return segment


def _version(digests: Iterable[str]) -> str:
    return hashlib.blake2b(" ".join(sorted(digests)).encode(), digest_size=6).hexdigest()


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """Names in order, and the numbers by which columns speak of them."""
    return {name: number for number, name in enumerate(sorted(set(names)))}


def _columns(
    rows: Sequence[Row], speakers: Sequence[Speaker], of: Sequence[int], lengths: Sequence[int]
) -> dict[str, object]:
    """What filters and counts need of every statement, in the order of the documents."""
    contests = {one: number for number, one in enumerate(sorted({speaker[:4] for speaker in speakers}))}
    kinds = _numbered(kind for row in rows for kind in row.kinds)
    phases = _numbered(row.phase for row in rows)
    targets = _numbered(who for row in rows for who, _ in row.targets)
    tones = {tone: number for number, tone in enumerate(TONES)}
    return {
        "count": len(rows),
        "contests": list(contests),
        "speakers": [(contests[one[:4]], *one[4:]) for one in speakers],
        "kinds": list(kinds),
        "tones": TONES,
        "phases": list(phases),
        "targets": list(targets),
        "newest": rows[0].at,
        "at": coded(_gaps(rows)),
        "speaker": coded(of),
        "length": coded(lengths),
        "kind": coded(_lists([kinds[kind] for kind in row.kinds] for row in rows)),
        "tone": coded(tones[row.tone] for row in rows),
        "phase": coded(phases[row.phase] for row in rows),
        "minutes": coded(signed(row.minutes) for row in rows),
        "target": coded(
            _lists([n for who, tone in row.targets for n in (targets[who], tones[tone])] for row in rows)
        ),
    }


def _gaps(rows: Sequence[Row]) -> Iterator[int]:
    """Seconds by which each statement is older than the one before it; all 0 where none has a time."""
    before = rows[0].at or 0
    for row in rows:
        at = row.at or 0
        yield before - at
        before = at


def _lists(lists: Iterable[Sequence[int]]) -> Iterator[int]:
    """Each list with its length before it."""
    for one in lists:
        yield len(one)
        yield from one


class _Writer:
    """Writes the files of one segment, each of them new."""

    def __init__(self, folder: Path, name: str, version: str) -> None:
        folder.mkdir(parents=True)
        self._folder, self._name, self._version = folder, name, version
        self.parts: list[Part] = []

    def script(self, file: str, *data: bytes) -> None:
        """A file that hands over its data, which are JSON."""
        kind = file.partition(".")[0]
        call = (encode(kind), encode(self._name), encode(self._version), *data)
        content = f"{FUNCTION}(".encode() + b",".join(call) + b");\n"
        self._write(file, content)

    def _write(self, file: str, content: bytes) -> None:
        (self._folder / file).write_bytes(content)
        self.parts.append(Part(file, len(content), hashlib.sha256(content).hexdigest()))

    def words(self, shards: Iterable[Shard]) -> list[str]:
        """Write the files of words; the first word of each."""
        firsts = []
        for number, (words, codes) in enumerate(shards):
            self.script(f"words-{number}.js", encode(words), encode(codes))
            firsts.append(words.partition(" ")[0])
        return firsts

    def documents(self, lines: Sequence[bytes]) -> list[int]:
        """Write the files of documents; the number of the first of each."""
        firsts: list[int] = []
        chunk: list[bytes] = []
        size = 0
        for number, line in enumerate(lines):
            if chunk and size + len(line) > MOST_BYTES:
                self._documents(len(firsts), chunk)
                firsts.append(number - len(chunk))
                chunk, size = [], 0
            chunk.append(line)
            size += len(line) + 2
        self._documents(len(firsts), chunk)
        return [*firsts, len(lines) - len(chunk)]

    def _documents(self, number: int, lines: Sequence[bytes]) -> None:
        # Line separators may stand in JSON, but have not always been allowed in a script.
        joined = b",\n".join(lines).replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
        self.script(f"docs-{number}.js", b"[\n" + joined + b"\n]")
