"""Tables in a terminal: aligned text for any output, and one that renews itself while it is watched."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Row = Sequence[str]

LONGEST_CELL = 60
"""Characters of a cell; of a longer one the middle is left out."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header, and a line that says what they are."""

    header: Row
    rows: Sequence[Row]
    caption: str = ""


def aligned(table: Table) -> str:
    """The table as text, columns two spaces apart; what could steer a terminal is replaced."""
    cells = [[_shown(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(table.header))]
    lines = [
        "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in [*lines, *([table.caption] if table.caption else [])])


def watch(table: Callable[[], Table], *, wait: Callable[[float], bool], seconds: float = 2.0) -> None:
    """Show a table in the terminal and renew it, until `wait(seconds)` says that it is enough."""
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table as RichTable
    from rich.text import Text

    def drawn() -> RichTable:
        now = table()
        shown = RichTable(caption=Text(now.caption), box=None, pad_edge=False)
        for name in now.header:
            shown.add_column(Text(name, style="bold"), no_wrap=True, overflow="ellipsis")
        for row in now.rows:
            shown.add_row(*(Text(_shown(cell)) for cell in row))
        return shown

    with Live(drawn(), console=Console(), screen=False, auto_refresh=False) as live:
        while not wait(seconds):
            live.update(drawn(), refresh=True)


def _shown(cell: str) -> str:
    text = "".join(character if character.isprintable() else "\ufffd" for character in cell)
    if len(text) <= LONGEST_CELL:
        return text
    half = (LONGEST_CELL - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
