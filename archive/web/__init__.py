"""One door to the network: a client that waits for its turn, counts, retries, refuses, and keeps secrets."""

from archive.web.budget import BudgetBook, MemoryBook
from archive.web.network import Limits
from archive.web.opening import is_contact, open_web
from archive.web.polite import PoliteWeb
from archive.web.posting import post_once
from archive.web.redaction import without_userinfo
from archive.web.standing import Cost, Key, Settled, Standing, Wait
from archive.web.waiting import Clock, SystemClock

__all__ = [
    "BudgetBook",
    "Clock",
    "Cost",
    "Key",
    "Limits",
    "MemoryBook",
    "PoliteWeb",
    "Settled",
    "Standing",
    "SystemClock",
    "Wait",
    "is_contact",
    "open_web",
    "post_once",
    "without_userinfo",
]
