"""Tables in a terminal: aligned text for any output, and one that renews itself while it is watched."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

Row = Sequence[str]

LONGEST_CELL = 60
"""Characters of a cell; of a longer one the middle is left out."""

GAP = "  "
"""Between two columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header, and a line that says what they are."""

    header: Row
    rows: Sequence[Row]
    caption: str = ""
    least: Mapping[str, int] = field(default_factory=dict)
    """Columns that are cut where a terminal is narrow, one after the other -> characters that they keep."""
    spared: Sequence[str] = ()
    """Columns that are left out where that is not enough, one after the other."""
    numbers: Sequence[str] = ()
    """Columns whose cells end under each other."""


def minute(moment: datetime | None) -> str:
    """A time in UTC as tables show it; a dash where there is none."""
    if moment is None:
        return "-"
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat(" ")[:16]


def aligned(table: Table) -> str:
    """The table as text, columns two spaces apart; what could steer a terminal is replaced."""
    cells = _cells(table)
    return "\n".join(
        [*_lines(cells, _widths(cells), _right(table)), *([table.caption] if table.caption else [])]
    )


def fitted(table: Table, *, width: int, height: int | None = None) -> str:
    """The table in a terminal of so many columns and lines: what is left out is named or counted."""
    shown, said = table, [table.caption] if table.caption else []
    room = len(table.rows) if height is None else height - len(said) - 2  # header and rule
    if room < len(table.rows):
        shown = replace(table, rows=table.rows[: max(0, room - 1)])
        said.insert(0, f"... and {len(table.rows) - len(shown.rows):,} more")
    cells = _cells(shown)
    widths, left_out = _fitting(shown, _widths(cells), width)
    if left_out and table.caption:
        said[-1] += f"; no room for: {', '.join(left_out)}"
    return "\n".join(_cut(line, width) for line in [*_lines(cells, widths, _right(table)), *said])


def printable(text: str) -> str:
    """One line of text, without what could steer a terminal."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def watch(table: Callable[[], Table], *, wait: Callable[[float], bool], seconds: float = 2.0) -> None:
    """Show a table in the terminal and renew it, until `wait(seconds)` says that it is enough."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console()

    def drawn() -> Text:
        text = fitted(table(), width=console.width, height=console.height - 1)  # for the prompt afterwards
        shown = Text(text, no_wrap=True, overflow="crop")
        shown.stylize("bold", 0, text.find("\n"))
        return shown

    with Live(drawn(), console=console, screen=False, auto_refresh=False, vertical_overflow="crop") as live:
        while not wait(seconds):
            live.update(drawn(), refresh=True)


def _cells(table: Table) -> list[list[str]]:
    return [[_shown(cell) for cell in row] for row in (table.header, *table.rows)]


def _widths(cells: Sequence[Row]) -> dict[int, int]:
    """Column -> how many characters its longest cell takes."""
    return {column: max(_width(row[column]) for row in cells) for column in range(len(cells[0]))}


def _right(table: Table) -> frozenset[int]:
    return frozenset(table.header.index(name) for name in table.numbers)


def _lines(cells: Sequence[Row], widths: Mapping[int, int], right: frozenset[int]) -> list[str]:
    """Header, rule and rows of these columns; those of `right` end under each other."""
    lines = [
        GAP.join(
            _padded(_abridged(row[column], width), width, right=column in right)
            for column, width in widths.items()
        )
        for row in cells
    ]
    lines.insert(1, GAP.join("-" * width for width in widths.values()))
    return [line.rstrip() for line in lines]


def _fitting(table: Table, widths: Mapping[int, int], width: int) -> tuple[dict[int, int], list[str]]:
    """The columns that a line of that width holds, how wide each is, and which are left out."""
    left_out: list[str] = []
    for name in (None, *table.spared):
        if name is not None:
            left_out.append(name)
        kept = {column: one for column, one in widths.items() if table.header[column] not in left_out}
        shrunk = _shrunk(kept, {table.header.index(one): least for one, least in table.least.items()}, width)
        if _total(shrunk) <= width:
            break
    return shrunk, left_out


def _shrunk(widths: Mapping[int, int], least: Mapping[int, int], width: int) -> dict[int, int]:
    """Narrower columns, as far as a line of that width asks for it and they may shrink."""
    shrunk = dict(widths)
    for column, few in least.items():
        too_much = _total(shrunk) - width
        if too_much > 0 and shrunk.get(column, 0) > few:
            shrunk[column] = max(few, shrunk[column] - too_much)
    return shrunk


def _total(widths: Mapping[int, int]) -> int:
    return sum(widths.values()) + len(GAP) * (len(widths) - 1)


def _shown(cell: str) -> str:
    text = printable(cell)
    if len(text) <= LONGEST_CELL:
        return text
    half = (LONGEST_CELL - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _abridged(text: str, width: int) -> str:
    """A cell in so many columns of a terminal. Addresses lose how they are reached before where they are."""
    if _width(text) <= width:
        return text
    return _cut(text.replace("https://", "").replace("http://", ""), width)


def _cut(text: str, width: int) -> str:
    """As much of a text's beginning as so many columns of a terminal hold."""
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _padded(text: str, width: int, *, right: bool = False) -> str:
    if text.isascii():
        return text.rjust(width) if right else text.ljust(width)
    room = " " * (width - _width(text))
    return room + text if right else text + room
