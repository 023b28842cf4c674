"""Tables on the terminal of whoever asks, or whole where the output goes elsewhere."""

import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.screens import Table


def on_screen(table: "Table") -> str:
    """The table, whole for a file or a pipe, as wide as the terminal otherwise."""
    from db.screens import aligned, fitted

    if not sys.stdout.isatty():
        return aligned(table)
    return fitted(table, width=shutil.get_terminal_size().columns)
