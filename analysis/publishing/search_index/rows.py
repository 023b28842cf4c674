"""From statements to the lines and speakers of the index."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

import msgspec

from analysis.publishing.search_index.contract import TONES, Row, SearchDoc, Speaker
from analysis.site.harmless import shown

MOST_CHARACTERS = 20_000
"""Code points of a text that are searched and shown."""

Named = TypeVar("Named", bound=Hashable)

UNDATED = "undated"
_WEEK = 7 * 86_400
_MONDAY = date(1969, 12, 29).toordinal()
_TO_MONDAY = 3 * 86_400  # 1970 began on a Thursday

# Most texts need no change, and this is the quick way to know: what is printable holds no control, no
# direction sign and no line break, and accents are only piled where five signs of this kind stand together.
_PERHAPS_PILED = re.compile("[\u0300-\u20ff]{5}")

_TONES = frozenset(TONES)

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement of a segment."""

    speaker: Speaker
    row: Row
    line: bytes
    """The row as it stands in a file."""


Digests = Mapping[Speaker, str]
"""Whose statements a segment holds, and what they hash to."""


def segment_of(at: float | None) -> str:
    """The ISO week of a time (UTC) such as `2024-W27`; `undated` without one."""
    return UNDATED if at is None else _week_name(int((at + _TO_MONDAY) // _WEEK))


@lru_cache(maxsize=1024)
def _week_name(number: int) -> str:
    year, week, _ = date.fromordinal(_MONDAY + 7 * number).isocalendar()
    return f"{year:04}-W{week:02}"


def entry_of(doc: SearchDoc) -> Entry:
    """A statement as the index keeps it. Raises ValueError where a tone is none of TONES."""
    if doc.tone not in _TONES:
        raise _no_tone(doc.key, doc.tone)
    row = Row(
        doc.key,
        doc.address,
        None if doc.at is None else int(doc.at // 1),
        fit(doc.local_time),
        _once(doc.kinds),
        doc.tone,
        _targets(doc) if doc.targets else (),
        doc.phase,
        doc.minutes,
        fit(doc.text[:MOST_CHARACTERS]),
    )
    return Entry(speaker_of(doc), row, encode(row))


def _targets(doc: SearchDoc) -> tuple[tuple[str, str], ...]:
    for _, tone in doc.targets:
        if tone not in _TONES:
            raise _no_tone(doc.key, tone)
    return _once(tuple([(_name(who), tone) for who, tone in doc.targets]))


def _no_tone(key: str, tone: str) -> ValueError:
    return ValueError(f"{key}: {tone!r} is no tone; there are {', '.join(TONES)}")


def speaker_of(doc: SearchDoc) -> Speaker:
    """What a statement shares with others of the same author in the same contest."""
    return _speaker(
        doc.election_id,
        doc.election,
        doc.contest_id,
        doc.contest,
        doc.person_id,
        doc.author,
        doc.party,
        doc.elected,
        doc.status,
    )


@lru_cache(maxsize=8192)
def _speaker(
    election_id: str,
    election: str,
    contest_id: str,
    contest: str,
    person_id: str,
    author: str,
    party: str,
    elected: bool | None,
    status: str,
) -> Speaker:
    return Speaker(
        election_id,
        fit(election),
        contest_id,
        fit(contest),
        person_id,
        fit(author),
        fit(party),
        elected,
        status,
    )


def _once(names: tuple[Named, ...]) -> tuple[Named, ...]:
    """Each name once, in the order in which they came."""
    return names if len(names) < 2 else tuple(dict.fromkeys(names))


def fit(text: str) -> str:
    """A text that may be shown, and written as UTF-8."""
    if text.isprintable() and (text.isascii() or not _PERHAPS_PILED.search(text)):
        return text
    found = shown(text)
    return found if found.isprintable() else found.encode("utf-8", "replace").decode("utf-8")


_name = lru_cache(maxsize=8192)(fit)


def digests_of(entries: Iterable[Entry]) -> Digests:
    """What each speaker's statements hash to, whatever their order."""
    lines: defaultdict[Speaker, list[bytes]] = defaultdict(list)
    for entry in entries:
        lines[entry.speaker].append(entry.line)
    return {speaker: digest_of(speaker, found) for speaker, found in lines.items()}


def digest_of(speaker: Speaker, lines: Iterable[bytes]) -> str:
    """What one speaker's lines hash to, whatever their order."""
    return hashlib.blake2b(b"\n".join((encode(speaker), *sorted(lines))), digest_size=8).hexdigest()


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """In the order in which a segment holds them."""
    return sorted(entries, key=lambda one: (-(one.row.at or 0), one.row.key, one.line))
