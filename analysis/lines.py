"""One line of NDJSON as a statement to tag, or why it is none (docs/tag.md)."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from analysis.contract import Span, StatementText

MAX_LINE = 4 * 1024 * 1024
"""Bytes of a line; a longer one is not read."""

LineId = str | int | None
"""An id as the line gives it: printed unchanged."""


class UnreadableLine(Exception):
    """A line is no statement; `line_id` is its id where that much could be read."""

    def __init__(self, problem: str, line_id: LineId = None) -> None:
        super().__init__(problem)
        self.line_id = line_id


@dataclass(frozen=True, slots=True)
class Line:
    """A statement and its id as given."""

    id: LineId
    statement: StatementText


def parse_line(line: bytes) -> Line:
    """Read one line: a JSON object in UTF-8 with `id` and `text`; unknown keys are ignored.

    Raises `UnreadableLine` for what is no such object, a missing or wrongly typed field, a time that cannot
    be understood, a span outside the text, and a line above `MAX_LINE` bytes.
    """
    return read_fields(_fields(line))


def read_fields(fields: Mapping[str, object]) -> Line:
    """Read the fields of a statement, with values as JSON has them. Raises `UnreadableLine`."""
    line_id = _id(fields)
    try:
        return Line(line_id, _statement(fields, str(line_id)))
    except _WrongField as error:
        raise UnreadableLine(str(error), line_id) from error


class _WrongField(Exception):
    """A field of a line does not hold what it should."""


def _fields(line: bytes) -> Mapping[str, object]:
    if len(line) > MAX_LINE:
        raise UnreadableLine(f"longer than {MAX_LINE:,} bytes")
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableLine(f"not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableLine(f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise UnreadableLine("not a JSON object")
    return fields


def _id(fields: Mapping[str, object]) -> str | int:
    line_id = fields.get("id")
    if isinstance(line_id, bool) or not isinstance(line_id, str | int):
        raise UnreadableLine("id: a string is needed")
    return line_id


def _statement(fields: Mapping[str, object], statement_id: str) -> StatementText:
    text = fields.get("text")
    if not isinstance(text, str):
        raise _WrongField("text: a string is needed")
    return StatementText(
        id=statement_id,
        text=text,
        author=_string(fields, "author"),
        author_is=_string(fields, "author_is"),
        author_party=_string(fields, "author_party"),
        contest=_string(fields, "contest"),
        election=_string(fields, "election"),
        polls=_day(fields, "polls"),
        posted_at=_time(fields, "posted_at"),
        reply_to=_string(fields, "reply_to"),
        quoted=_string(fields, "quoted"),
        lang=_string(fields, "lang"),
        spans=_spans(fields, "spans", len(text)),
    )


def _string(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise _WrongField(f"{name}: a string is needed")
    return value or None


def _day(fields: Mapping[str, object], name: str) -> date | None:
    time = _time(fields, name)
    return time.date() if time else None


def _time(fields: Mapping[str, object], name: str) -> datetime | None:
    """A time; one without a zone is taken as UTC, one coarser than a day as unknown."""
    value = (_string(fields, name) or "").strip()
    if not value or _ROUGH_TIME.fullmatch(value):
        return None
    for read in TIME_FORMATS:
        with suppress(ValueError):
            time = read(value)
            return time if time.tzinfo else time.replace(tzinfo=UTC)
    raise _WrongField(f"{name}: not a time: {value[:40]!r}")


def _twitter_time(value: str) -> datetime:
    return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")


_ROUGH_TIME = re.compile(r"\d{4}(?:-\d{2})?")
TIME_FORMATS: tuple[Callable[[str], datetime], ...] = (
    datetime.fromisoformat,  # 2019-12-13, 2019-12-13 05:01:00Z, 2019-12-13T05:01:00+00:00
    parsedate_to_datetime,  # Fri, 13 Dec 2019 05:01:00 +0000
    _twitter_time,  # Fri Dec 13 05:01:00 +0000 2019
)


def _spans(fields: Mapping[str, object], name: str, length: int) -> tuple[Span, ...]:
    value = fields.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _WrongField(f"{name}: a list of [start, end] is needed")
    return tuple(_span(item, name, length) for item in value)


def _span(item: object, name: str, length: int) -> Span:
    match item:
        case [int(start), int(end)] if not isinstance(start, bool) and not isinstance(end, bool):
            if 0 <= start < end <= length:
                return Span(start, end)
            raise _WrongField(f"{name}: [{start}, {end}] is no place in a text of {length} characters")
    raise _WrongField(f"{name}: a list of [start, end] is needed")
