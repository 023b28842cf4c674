"""Why a report is not written."""

from db.errors import Refusal


class ForeignFolder(Refusal):
    """The folder for the report holds something that is not an earlier report's."""


class UnreadMethod(Refusal):
    """No statement of the archive was read by the method whose readings are asked for."""
