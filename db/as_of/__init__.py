"""An archive as it was: only what was known at a time, in a temporary file.

Public: `archive_as_of`; `parse_as_of` reads such a time as a user writes it; `RULES` says of each table
what counts as known when.
"""

from db.as_of.copying import archive_as_of
from db.as_of.rules import RULES
from db.as_of.times import WrongTime, parse_as_of

__all__ = ["RULES", "WrongTime", "archive_as_of", "parse_as_of"]
