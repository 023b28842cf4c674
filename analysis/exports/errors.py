"""Why an export is not made."""

from db.errors import Refusal


class ForeignTarget(Refusal):
    """Where the export should go lies something that is not an earlier export."""


class BadFilter(Refusal):
    """A filter names nothing that the archive knows, or cannot hold."""


class BadKey(Refusal):
    """The key for pseudonyms is missing or too short."""


class UnfitFormat(Refusal):
    """The format cannot hold what is asked for."""


class MissingLibrary(Refusal):
    """The format needs a library that is not installed."""


class Unreconciled(Refusal):
    """The rows written and left out are not those in the database: a fault of the program, or of the file."""

    exit_code = 3
