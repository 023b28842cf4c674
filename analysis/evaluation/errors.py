"""What is refused of samples, sheets and codes.

Refusal
    CodingRefused        a sample, a sheet, a code or a question about them cannot be used
        UnknownSample    no sample of that name
        SheetRefused     a sheet of codes holds what cannot be taken; nothing of it was stored
"""

from collections.abc import Sequence

from db.errors import Refusal


class CodingRefused(Refusal):
    """Something about hand coding cannot be done; the message says what and why."""


class UnknownSample(CodingRefused):
    """No sample has that name; the message names those that exist."""


SHOWN = 8
"""Problems that one message names; of more it says how many."""


class SheetRefused(CodingRefused):
    """Sheets hold what cannot be taken. `problems`: a line each, with file, row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = f" (and {len(problems) - SHOWN} more)" if len(problems) > SHOWN else ""
        super().__init__("; ".join(problems[:SHOWN]) + more + ". Nothing was stored")
