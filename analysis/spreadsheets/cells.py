"""Values as cells of a table: plain, and nothing that a spreadsheet would calculate."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would calculate, or that looks like one that was guarded (OWASP,
CSV injection)."""


def guarded(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text without the apostrophe that guards it."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _utc(value: datetime) -> str:
    if value.tzinfo is UTC:
        return f"{value.isoformat()[:-6]}Z"  # nearly all are
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_PLAIN: dict[type, Callable[[Any], Any]] = {
    datetime: _utc,
    date: date.isoformat,
    tuple: lambda value: [str(one) for one in value],
    float: lambda value: round(value, 6),
}


def plain(value: Any) -> Any:
    """A value as JSON and CSV hold it: times in UTC as ISO 8601, lists stay lists, fractions rounded."""
    convert = _PLAIN.get(type(value))
    return value if convert is None else convert(value)


def csv_cell(value: Any) -> str | int | float:
    """A plain value as a CSV cell: as `cell_text`, numbers bare, no text that a spreadsheet runs."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return guarded(cell_text(value))


def cell_text(value: Any) -> str:
    """A plain value as text: lists joined by `; `, `true`/`false`, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return text.replace("\x00", "") if "\x00" in text else text
