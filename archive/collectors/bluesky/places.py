"""How far an account's repository is read, as the text that the ledger keeps and hands back."""

import re
from dataclasses import dataclass

from archive.atproto.addresses import POST, REPOST
from archive.atproto.car import is_revision

LISTED = (POST, REPOST)
"""The collections that are read, in the order in which they are listed."""

_FORM = re.compile(r"rev (\S+)(?: (\S+)(?: (.+))?)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Between two requests: `rev 3lq…`, or while a collection is listed `rev 3lq… app.bsky.feed.post 3lp…`.

    A listing takes its revision with it from before its first page to its end: what changes while it goes
    on, before or behind the place, is in the difference since then.
    """

    rev: str
    """Once the listings have ended, everything up to this revision is read."""
    collection: str | None = None
    """What is being listed; None: nothing, both collections are read."""
    key: str | None = None
    """The last record key of that collection that is read; None: none yet."""

    def __str__(self) -> str:
        return " ".join(part for part in ("rev", self.rev, self.collection, self.key) if part is not None)

    @staticmethod
    def read(text: str | None) -> "Place | None":
        """The place that a text says; None where it says none (another release's): all is to be read."""
        form = _FORM.fullmatch(text or "")
        if form is None or not is_revision(form[1]) or form[2] not in {None, *LISTED}:
            return None
        return Place(*form.groups())

    @staticmethod
    def beginning(rev: str) -> "Place":
        """Before the first record of the first collection."""
        return Place(rev, LISTED[0])

    def at(self, key: str) -> "Place":
        """After a record of the same collection."""
        return Place(self.rev, self.collection, key)

    def after_collection(self) -> "Place":
        """At the beginning of the next collection, or where all are read."""
        assert self.collection is not None
        rest = LISTED[LISTED.index(self.collection) + 1 :]
        return Place(self.rev, rest[0] if rest else None)
