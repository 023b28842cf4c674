"""Why collecting went no further: errors that say who stops, and until when.

CollectingError              one account's round ends here; what was kept stays
    Unreachable              network, 408, 425, 5xx, truncated answers: tried again and still so
    TryLater                 the server's or our own limit allows the next request only later
    AddressRefused           an address that must not be read (not http(s), not public)
    TooLarge                 a body over the cap
    CursorExpired            the platform no longer knows the token that was to be continued
    Unintelligible           most records of a page cannot be read: the platform has changed
    AccountUnavailable       gone, suspended, protected, moved, ...: a state, with its evidence
    SourceRefused            this source as a whole: credentials missing or refused
        BudgetSpent          this source as a whole: quota, cap or our own budget is used up
"""

from datetime import datetime

from archive.contract.pages import Page
from db.words import State


class CollectingError(Exception):
    """Collecting an account cannot go on in this round; the message is for the user."""


class Unreachable(CollectingError):
    """No usable answer, although it was tried again."""

    exit_code = 75


class TryLater(CollectingError):
    """No request is allowed before `until`."""

    exit_code = 75

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class AddressRefused(CollectingError):
    """An address that must not be read."""


class TooLarge(CollectingError):
    """An answer is larger than what is read."""


class CursorExpired(CollectingError):
    """The platform does not go on from the token that it gave."""


class Unintelligible(CollectingError):
    """Most records of a page cannot be read; the page is kept, the ledger does not move."""

    def __init__(self, message: str, page: Page | None = None) -> None:
        super().__init__(message)
        self.page = page


class AccountUnavailable(CollectingError):
    """The platform shows no posts of this account; `state` says why, `pages` are the evidence.

    `for_good`: it asks not to be asked for it again.
    """

    def __init__(self, message: str, state: State, *pages: Page, for_good: bool = False) -> None:
        super().__init__(message)
        self.state = state
        self.pages = pages
        self.for_good = for_good


class SourceRefused(CollectingError):
    """The source serves nobody with these credentials: no other account of it is tried in this round.

    Where a platform has many servers, `host` names the one that refused: accounts elsewhere are tried.
    """

    exit_code = 4

    def __init__(self, message: str, host: str | None = None) -> None:
        super().__init__(message)
        self.host = host


class BudgetSpent(SourceRefused):
    """A quota, a cap or the user's own budget is used up, until `until` where that is known."""

    exit_code = 1

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until
