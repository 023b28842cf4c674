"""The values that pass between what reads a source and what stores it, and the seams of both.

A source is read in two steps. `read` (importers) or `fetch` (collectors) yields Pages: bytes as they
were found, small enough to hold. `parse` turns one Page into Posts and Rejects; it is pure, so it can
be run again on the kept bytes.
"""

from archive.contract.collecting import (
    AccountRef,
    AccountSeen,
    Collector,
    Order,
    Policy,
    Served,
    SinglePosts,
    Stream,
    Stretch,
)
from archive.contract.errors import (
    AccountUnavailable,
    AddressRefused,
    BudgetSpent,
    CollectingError,
    CursorExpired,
    SourceRefused,
    TooLarge,
    TryLater,
    Unintelligible,
    Unreachable,
)
from archive.contract.importing import Choices, Importer, Layout
from archive.contract.pages import (
    Moment,
    Page,
    Post,
    Reject,
    UnreadablePage,
    UnreadableSource,
    Version,
    platform_key,
)
from archive.contract.web import Charge, Credential, Response, Setup, Web

__all__ = [
    "AccountRef",
    "AccountSeen",
    "AccountUnavailable",
    "AddressRefused",
    "BudgetSpent",
    "Charge",
    "Choices",
    "CollectingError",
    "Collector",
    "Credential",
    "CursorExpired",
    "Importer",
    "Layout",
    "Moment",
    "Order",
    "Page",
    "Policy",
    "Post",
    "Reject",
    "Response",
    "Served",
    "Setup",
    "SinglePosts",
    "SourceRefused",
    "Stream",
    "Stretch",
    "TooLarge",
    "TryLater",
    "Unintelligible",
    "Unreachable",
    "UnreadablePage",
    "UnreadableSource",
    "Version",
    "Web",
    "platform_key",
]
