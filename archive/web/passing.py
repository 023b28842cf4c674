"""Trouble that may pass: what is tried again."""

from datetime import datetime


class PassingTrouble(Exception):
    """No usable answer this time; `until` is when the server wants the next request, where it says so.

    `sent`: the request may have reached the server, which then may charge for it.
    """

    def __init__(self, message: str, *, until: datetime | None = None, sent: bool = False) -> None:
        super().__init__(message)
        self.until = until
        self.sent = sent
