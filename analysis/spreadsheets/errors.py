"""Why a table is not written or not read.

Refusal
    SpreadsheetRefused    a file is of another kind, or a package that it needs is missing
        SheetRefused      a filled-in sheet holds what cannot be taken; nothing of it was stored
"""

from collections.abc import Sequence

from db.errors import Refusal

SHOWN = 8
"""Problems that one message names; of more it says how many."""


class SpreadsheetRefused(Refusal):
    """A file cannot be written or read as a table; the message says why."""


class SheetRefused(SpreadsheetRefused):
    """Sheets hold what cannot be taken. `problems`: a line each, with file, row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = f" (and {len(problems) - SHOWN} more)" if len(problems) > SHOWN else ""
        super().__init__("; ".join(problems[:SHOWN]) + more + ". Nothing was stored")
