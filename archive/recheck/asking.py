"""One account asked again for some of its posts: what was answered, and what the answers are worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    Collector,
    KnownPost,
    PostSeen,
    Rechecked,
    Rechecks,
    Served,
    Unintelligible,
    UnreadablePage,
    Web,
)
from archive.reading import Read, read_served
from archive.recheck.deciding import THERE, Alive, Strength
from archive.recheck.proof import proof_of
from db.words import SHOWING, State

ASKED_AT = "asked_at"
"""In the context of evidence of an absence: the same words at another time are another page."""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer that could be read."""

    read: Read
    seen: tuple[PostSeen, ...]

    @property
    def at(self) -> datetime:
        """When it was given."""
        return self.read.pages[0].retrieved_at


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking for some posts of an account."""

    told: tuple[Told, ...]
    account: AccountSeen | None
    """What a look right after said; None: it was not needed, or failed."""
    alive: Alive
    proof: Strength
    unread: tuple[str, ...] = ()
    """Why answers could not be read: they say nothing."""
    stopped: CollectingError | None = None
    """Why not all were asked for."""


class Asking:
    """Asks for the posts of one account, as long as a run lasts."""

    def __init__(
        self, collector: Collector, web: Web, find_witness: Callable[[Sequence[str]], KnownPost | None]
    ) -> None:
        """`find_witness`: another post of the account than these, which should be shown."""
        assert isinstance(collector, Rechecks)  # chosen so
        self._collector, self._rechecks, self._web = collector, collector, web
        self._find_witness = find_witness
        self._witness = False

    def ask(self, account: AccountRef, posts: Sequence[KnownPost]) -> Asked:
        """Ask for posts; where any is not found, look how the account is, and for one that is shown.

        What stops it on the way is told with what was answered before. Raises AccountUnavailable.
        """
        told, unread, stopped = self._answered(account, posts)
        self._witness = self._witness or _shows_any(told)
        asked = Asked(told, None, Alive.UNKNOWN, Strength.WEAK, unread, stopped)
        if all(one.state in THERE for answer in told for one in answer.seen):
            return asked
        seen, alive = self._look(account)
        proof = proof_of(account.platform)
        if alive is Alive.ALIVE and proof.proves_deletion and proof.needs_witness and not self._witness:
            witness, alive = self._call_witness(account, posts)
            told, self._witness = (*told, *witness), _shows_any(witness)
        return replace(
            asked, told=told, account=seen, alive=alive, proof=proof.strength(witness=self._witness)
        )

    def _answered(
        self, account: AccountRef, posts: Sequence[KnownPost]
    ) -> tuple[tuple[Told, ...], tuple[str, ...], CollectingError | None]:
        """The answers that could be read, why others could not, and what ended it too early."""
        told: list[Told] = []
        unread: list[str] = []
        try:
            for rechecked in self._rechecks.recheck(self._web, account, posts):
                try:
                    told.append(Told(read_served(self._collector, _dated(rechecked)), rechecked.seen))
                except (UnreadablePage, Unintelligible) as error:
                    unread.append(str(error))
        except AccountUnavailable:
            raise
        except CollectingError as error:
            return tuple(told), tuple(unread), error
        except UnreadablePage as error:
            unread.append(str(error))
        return tuple(told), tuple(unread), None

    def look(self, account: AccountRef) -> None:
        """See whether an account that showed nothing the last time shows anything now.

        Raises AccountUnavailable where it does not, and what Collector.look raises.
        """
        seen = self._collector.look(self._web, account)
        if seen.state not in SHOWING:
            raise AccountUnavailable(seen.detail or seen.state.value, seen.state, *seen.pages)

    def _look(self, account: AccountRef) -> tuple[AccountSeen | None, Alive]:
        """How the account is just now; unknown where nobody answers."""
        try:
            seen = self._collector.look(self._web, account)
        except AccountUnavailable as error:
            return AccountSeen(error.state, detail=str(error), pages=error.pages), Alive.HIDDEN
        except (CollectingError, UnreadablePage):
            return None, Alive.UNKNOWN
        if seen.state is not State.ACTIVE:
            return seen, Alive.HIDDEN
        if _is_elsewhere(account, seen):
            return seen, Alive.ELSEWHERE
        return seen, Alive.ALIVE

    def _call_witness(
        self, account: AccountRef, posts: Sequence[KnownPost]
    ) -> tuple[tuple[Told, ...], Alive]:
        """The answer about one more post, which should be shown: nothing where there is none.

        Where nobody answers, nobody knows how we are seen.
        """
        witness = self._find_witness([post.post_id for post in posts])
        if witness is None:
            return (), Alive.ALIVE
        told, unread, stopped = self._answered(account, [witness])
        return told, Alive.UNKNOWN if unread or stopped else Alive.ALIVE


def _shows_any(told: Sequence[Told]) -> bool:
    return any(one.state in THERE for answer in told for one in answer.seen)


def _is_elsewhere(asked: AccountRef, seen: AccountSeen) -> bool:
    """Whether another server, or another account, answered than the one that is there now."""
    moved = asked.home is not None and seen.home is not None and asked.home != seen.home
    other = asked.platform_id is not None and seen.platform_id not in (None, asked.platform_id)
    return moved or other


def _dated(rechecked: Rechecked) -> Served:
    """What was served, its page told from the same words at another time where it shows an absence."""
    served = rechecked.served
    if all(one.state is State.ACTIVE for one in rechecked.seen):
        return served
    page = served.page
    context = {**page.context, ASKED_AT: page.retrieved_at.isoformat()}
    return replace(served, page=replace(page, context=context))
