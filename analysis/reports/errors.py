"""Why a report is not written."""

from db.errors import Refusal


class ForeignFolder(Refusal):
    """The folder for the report holds something that is not an earlier report's."""


class BadInGroup(Refusal):
    """A definition of groups cannot be read, or names parties that nobody stands for."""


class ManyElections(Refusal):
    """A file that holds one election is asked for, and the archive holds several."""
