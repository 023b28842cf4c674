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
from archive.contract.importing import (
    Accompanied,
    Choices,
    Companions,
    Importer,
    Layout,
    RecordFormat,
    Source,
)
from archive.contract.pages import (
    LeftOut,
    Moment,
    Page,
    Post,
    Reject,
    UnreadablePage,
    UnreadableSource,
    Unrecognised,
    Version,
    platform_key,
    whole_characters,
)
from archive.contract.rechecking import KnownPost, PostSeen, Rechecked, Rechecks
from archive.contract.web import Charge, Credential, Response, Setup, Web

__all__ = [
    "Accompanied",
    "AccountRef",
    "AccountSeen",
    "AccountUnavailable",
    "AddressRefused",
    "BudgetSpent",
    "Charge",
    "Choices",
    "CollectingError",
    "Collector",
    "Companions",
    "Credential",
    "CursorExpired",
    "Importer",
    "KnownPost",
    "Layout",
    "LeftOut",
    "Moment",
    "Order",
    "Page",
    "Policy",
    "Post",
    "PostSeen",
    "Rechecked",
    "Rechecks",
    "RecordFormat",
    "Reject",
    "Response",
    "Served",
    "Setup",
    "SinglePosts",
    "Source",
    "SourceRefused",
    "Stream",
    "Stretch",
    "TooLarge",
    "TryLater",
    "Unintelligible",
    "Unreachable",
    "UnreadablePage",
    "UnreadableSource",
    "Unrecognised",
    "Version",
    "Web",
    "platform_key",
    "whole_characters",
]
