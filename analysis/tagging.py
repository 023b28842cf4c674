"""Texts in, readings out, without an archive: as lines of NDJSON or as values (docs/tag.md)."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import BinaryIO, TextIO, TypedDict, Unpack

from analysis.contract import Basis, Kind, Reading, Roster, Sentiment, Span, StatementText, Target
from analysis.lines import MAX_LINE, Line, LineId, UnreadableLine, parse_line
from analysis.reader import Reader
from analysis.sentiment import DEFAULT_SCORER, scorer_for

BATCH = 256
"""Lines that are read before the first of them is answered."""

NOBODY = Roster()


class Context(TypedDict, total=False):
    """What may be known of a text: the fields of `StatementText`."""

    platform: str | None
    author: str | None
    author_is: str | None
    author_party: str | None
    person_id: str | None
    contest: str | None
    election: str | None
    polls: date | None
    posted_at: datetime | None
    reply_to: str | None
    quoted: str | None
    addressee: str | None
    lang: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """What became of one line: a statement's reading, or why there is none."""

    id: LineId
    reading: Reading | None = None
    asked: tuple[Span, ...] = ()
    """The places that `reading.spans` answers."""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one stream held."""

    read: int = 0
    unreadable: int = 0


def tag(text: str, *, roster: Roster = NOBODY, **context: Unpack[Context]) -> Reading:
    """Read one text: whom it targets, how it speaks, what it does.

    `context` is what is known of author and occasion (`Context`); `roster` gives candidates to link to.
    For many texts make one `Reader` and give it batches.
    """
    return _reader(roster).read([StatementText(id="", text=text, **context)])[0]


@lru_cache(maxsize=2)
def _reader(roster: Roster) -> Reader:
    return Reader(roster, scorer_for(DEFAULT_SCORER))


def tag_stream(
    source: BinaryIO, sink: TextIO, reader: Reader, *, progress: Callable[[], None] | None = None
) -> Tally:
    """Answer every line of `source` by a line on `sink`, in order, and pass it on batch by batch.

    `progress` is called after each batch.
    """
    read = unreadable = 0
    for tagged in tag_lines(_bounded_lines(source), reader):
        sink.write(render_line(tagged) + "\n")
        read += 1
        unreadable += tagged.error is not None
        if read % BATCH == 0:
            sink.flush()
            if progress:
                progress()
    sink.flush()
    return Tally(read, unreadable)


def _bounded_lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only enough to see that it is."""
    while line := source.readline(MAX_LINE + 1):
        yield line
        while not line.endswith(b"\n") and len(line) > MAX_LINE:
            line = source.readline(MAX_LINE + 1)


def tag_lines(lines: Iterable[bytes], reader: Reader) -> Iterator[Tagged]:
    """Read lines of NDJSON in batches; one answer a line, in order. Blank lines are left out."""
    batch: list[bytes] = []
    for line in lines:
        if not line.isspace():
            batch.append(line)
        if len(batch) == BATCH:
            yield from _tag_batch(batch, reader)
            batch = []
    yield from _tag_batch(batch, reader)


def _tag_batch(lines: Iterable[bytes], reader: Reader) -> list[Tagged]:
    return tag_parsed([_parsed(line) for line in lines], reader)


def _parsed(line: bytes) -> Line | Tagged:
    try:
        return parse_line(line)
    except UnreadableLine as error:
        return Tagged(error.line_id, error=str(error))


def tag_parsed(parsed: Iterable[Line | Tagged], reader: Reader) -> list[Tagged]:
    """Read statements; what was no statement is answered already and stays in its place."""
    tagged: list[Tagged] = []
    statements: list[StatementText] = []
    places: list[int] = []
    for one in parsed:
        if isinstance(one, Line):
            places.append(len(tagged))
            statements.append(one.statement)
            tagged.append(Tagged(one.id, asked=one.statement.spans))
        else:
            tagged.append(one)
    for place, reading in zip(places, reader.read(statements), strict=True):
        tagged[place] = Tagged(tagged[place].id, reading, tagged[place].asked)
    return tagged


def render_line(tagged: Tagged) -> str:
    """One line of JSON, in ASCII: it survives every terminal and half a surrogate pair."""
    return json.dumps(answers_of(tagged))


def answers_of(tagged: Tagged) -> dict[str, object]:
    """What docs/tag.md lists, by its names."""
    if tagged.reading is None:
        return {"id": tagged.id, "error": tagged.error}
    reading = tagged.reading
    pairs = zip(reading.targets, reading.toward, strict=True)
    return {
        "id": tagged.id,
        "lang": reading.lang,
        "languages": list(reading.languages),
        "left_out": [{"start": part.start, "end": part.end, "lang": part.lang} for part in reading.left_out],
        "sentiment": _whole(reading.sentiment),
        "unscored": reading.unscored,
        "kinds": [_kind(kind) for kind in reading.kinds],
        "targets": [_target(*pair) for pair in pairs if pair[0].basis is not Basis.OWN_SIDE],
        "spans": [
            {"start": start, "end": end, **_score(sentiment)}
            for (start, end), sentiment in zip(tagged.asked, reading.spans, strict=True)
        ],
    }


def _whole(sentiment: Sentiment | None) -> dict[str, object] | None:
    return {**_score(sentiment), "method": sentiment.method} if sentiment else None


def _score(sentiment: Sentiment | None) -> dict[str, object]:
    if sentiment is None:
        return {"score": None, "label": None, "confidence": None}
    return {
        "score": round(sentiment.score, 4),
        "label": sentiment.label,
        "confidence": round(sentiment.confidence, 4),
    }


def _kind(kind: Kind) -> dict[str, object]:
    return {
        "kind": kind.kind,
        "strength": kind.strength,
        "scope": kind.scope,
        "types": list(kind.types),
        "incivility": kind.incivility,
        "confidence": round(kind.confidence, 4),
        "start": kind.start,
        "end": kind.end,
        "method": kind.method,
    }


def _target(target: Target, sentiment: Sentiment | None) -> dict[str, object]:
    return {
        "start": target.start,
        "end": target.end,
        "mention": target.mention,
        "who": target.who,
        "type": target.type,
        "id": target.public_id,
        "party_id": target.party_id,
        "candidates": list(target.candidates),
        "basis": target.basis,
        "link_confidence": target.confidence,
        **_score(sentiment),
    }
