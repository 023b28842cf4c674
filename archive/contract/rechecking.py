"""The seam of rechecking: what a collector can do besides, to ask again for posts that are archived."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from archive.contract.collecting import AccountRef, Served
from archive.contract.web import Web
from db.words import State


@dataclass(frozen=True, slots=True)
class KnownPost:
    """An archived post that is to be asked for again."""

    post_id: str
    """The platform's id, as the archive has it."""
    url: str | None = None
    """Its page for people."""
    newest_id: str | None = None
    """Of the newest version that is known, where each version has an id of its own (X)."""
    edited_at: datetime | None = None
    """When the newest version that is known was published: earlier versions are known then."""


@dataclass(frozen=True, slots=True)
class PostSeen:
    """What one answer says of one post."""

    post_id: str
    state: State
    """`active`: it is shown. `not_found`: the platform says that it shows no such post. Another state: why
    it is not shown to us, or to everybody."""
    detail: str | None = None
    """The platform's own words."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One answer about some posts. Of a post that `seen` does not name, it says nothing."""

    served: Served
    """`parse` gives those posts whose texts it shows."""
    seen: tuple[PostSeen, ...] = ()


@runtime_checkable
class Rechecks(Protocol):
    """What a collector can do besides: say of archived posts whether the platform still shows them."""

    def recheck(self, web: Web, account: AccountRef, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """What the platform says of these posts of an account, with as few requests as it takes; lazy.

        `not_found` needs the platform's word for this post, where it has one: an empty list, an error page,
        or a server that does not answer says nothing. Raises CollectingError, AccountUnavailable with its
        state, and UnreadablePage.
        """
        ...
