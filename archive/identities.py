"""Who an account is: what a look at it says goes into the rows, and its history stays."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from archive.account_merging import may_share_owner, merge_accounts
from archive.changes import assign
from archive.contract import AccountRef, AccountSeen, CollectingError
from archive.erasure.screening import keep_evidence
from archive.handle_history import bearers, close_handle, handles_of, open_handle, take_handle
from archive.storable import storable
from db.models import Account, Observation, Statement
from db.words import State

AGAIN = timedelta(hours=6)
"""After so long, a state other than active is observed anew although it is the same."""


class News(StrEnum):
    """What a look changed."""

    RESOLVED = "resolved"
    """A handle got its immutable id."""
    NAMED = "named"
    """An account got its first handle."""
    RENAMED = "renamed"
    JOINED = "joined"
    """Two accounts turned out to be one."""
    LOST = "lost"
    """A handle belongs to another account now."""
    CONFLICT = "conflict"
    """Two accounts should be one, but are said to be of different persons."""
    MOVED = "moved"
    """It says that it moved to another account."""
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a look changed, in words for the user."""

    news: News
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a look."""

    account: Account
    """The account to go on with: another row than was asked for where two turned out to be one."""
    changes: tuple[Change, ...]
    refused: str | None = None
    """Why the account that was asked for cannot be collected by what is known of it; None: it can."""


class NothingToAskBy(CollectingError):
    """Of an account neither immutable id nor handle is known (any more)."""


def ref_of(session: Session, account: Account) -> AccountRef:
    """By what a platform can be asked for an account.

    Raises NothingToAskBy where nothing is known, such as after its handle went to another account.
    """
    handle = open_handle(handles_of(session, account))
    if handle is None and account.platform_id is None and account.home is None:
        raise NothingToAskBy(
            f"{account.platform} account {account.id} has no handle any more and its immutable id was never "
            "known: nothing can be asked for"
        )
    return AccountRef(
        platform=account.platform,
        platform_id=account.platform_id,
        handle=handle.handle if handle else None,
        home=account.home,
    )


def keep_seen(
    session: Session, account: Account, seen: AccountSeen, *, at: datetime, reader: str, round_id: int | None
) -> Kept:
    """Store what a look at `account` said at a time. `reader` names the collector that looked.

    The immutable id is the identity: a handle that turns out to be a known account's makes the two one
    (statements, handles, coverage, schedule, owner); one that belongs to another id closes here. Nothing
    is guessed: accounts of different persons stay two, and `refused` says so.
    """
    look = _Look(session, storable(seen), at, reader, round_id)
    return look.keep(account)


class _Look:
    """One look while it is stored."""

    def __init__(
        self, session: Session, seen: AccountSeen, at: datetime, reader: str, round_id: int | None
    ) -> None:
        self._session, self._seen, self._at = session, seen, at
        self._reader, self._round_id = reader, round_id
        self._day = at.astimezone(UTC).date()
        self._changes: list[Change] = []

    def keep(self, asked: Account) -> Kept:
        bearer = self._identify(asked)
        if bearer is None:
            return self._without_bearer(asked)
        refused, renamed = None, None
        if self._seen.platform_id is not None:  # what is said without the identity moves no handle
            refused = self._settle(bearer, asked)
            renamed = self._name(bearer)
        self._describe(bearer)
        self._observe(bearer, renamed)
        if refused:
            return self._refuse(asked, refused)
        return Kept(bearer, tuple(self._changes))

    def _refuse(self, asked: Account, reason: str) -> Kept:
        asked.checked_at = self._at
        self._session.add(asked)
        self._session.flush()
        return Kept(asked, tuple(self._changes), reason)

    def _tell(self, news: News, text: str) -> None:
        self._changes.append(Change(news, text))

    def _identify(self, asked: Account) -> Account | None:
        """The account that was seen; None where it is another than was asked for, and not known."""
        seen_id = self._seen.platform_id
        if seen_id is None or asked.platform_id == seen_id:
            return asked
        query = select(Account).where(Account.platform == asked.platform, Account.platform_id == seen_id)
        known = self._session.exec(query).first()
        if known is not None or asked.platform_id is not None:
            return known
        self._tell(News.RESOLVED, f"{self._label(asked)} is {seen_id}")
        asked.platform_id = seen_id
        return asked

    def _without_bearer(self, asked: Account) -> Kept:
        """The handle that was asked for belongs to an account that the archive does not have."""
        text = f"{self._label(asked)} is another account now, {self._seen.platform_id}"
        self._close(asked, self._seen.handle, asked)
        self._tell(News.LOST, text)
        return self._refuse(asked, text)

    def _close(self, other: Account, handle: str | None, asked: Account) -> None:
        """End the use of a handle; of the account that was asked for, also of the one it was asked by."""
        own = open_handle(handles_of(self._session, other)) if other is asked else None
        for ended in {handle, own.handle if own else None} - {None}:
            close_handle(self._session, other, str(ended), on=self._day)

    def _settle(self, bearer: Account, asked: Account) -> str | None:
        """Let nobody but the bearer go by the handle; why the account asked for is not the bearer's."""
        handle = self._seen.handle
        found = bearers(self._session, bearer.platform, handle) if handle else []
        others = {other.id: other for other in (*found, asked) if other is not bearer}
        refused = None
        for other in others.values():
            kept_apart = self._reason_for_two(bearer, other)
            if kept_apart is None:
                self._tell(News.JOINED, f"{self._label(other)} is the known account {bearer.platform_id}")
                merge_accounts(self._session, bearer, other, at=self._at)
                continue
            self._changes.append(kept_apart)
            self._close(other, handle, asked)
            refused = kept_apart.text if other is asked else refused
        return refused

    def _reason_for_two(self, bearer: Account, other: Account) -> Change | None:
        """Why an account that goes by the bearer's handle is not the bearer; None where it is."""
        label = self._label(other)
        if other.platform_id is not None:
            return Change(News.LOST, f"{label} is another account now, {bearer.platform_id}")
        if not may_share_owner(bearer, other):
            return Change(
                News.CONFLICT,
                f"{label} is said to be {other.person_id}'s (by {other.owner_source or 'hand'}), but is the "
                f"account {bearer.platform_id} of {bearer.person_id} (by {bearer.owner_source or 'hand'})",
            )
        if self._was_anothers(bearer, other):
            return Change(News.LOST, f"{label} was in use before {bearer.platform_id} took that handle")
        return None

    def _was_anothers(self, bearer: Account, other: Account) -> bool:
        """Whether the handle was in use when the bearer was last seen to have another one."""
        names = {row.handle_key for row in handles_of(self._session, bearer) if row.valid_to is None}
        theirs = {row.handle_key for row in handles_of(self._session, other) if row.valid_to is None}
        if bearer.checked_at is None or not names or names & theirs:
            return False
        before = select(Statement.id).where(
            Statement.account_id == other.id, col(Statement.published_at) < bearer.checked_at
        )
        return self._session.exec(before).first() is not None

    def _name(self, bearer: Account) -> str | None:
        """Note the handle that was seen; how it changed, in words."""
        handle = self._seen.handle
        if not handle:
            return None
        had = bool(handles_of(self._session, bearer))
        given_up = take_handle(self._session, bearer, handle, on=self._day)
        if given_up:
            text = f"{bearer.platform} @{', @'.join(given_up)} is @{handle} now"
            self._tell(News.RENAMED, text)
            return text
        if not had:
            self._tell(News.NAMED, f"{bearer.platform} {bearer.platform_id} is @{handle}")
        return None

    def _describe(self, bearer: Account) -> None:
        seen = self._seen
        assign(bearer, display_name=seen.display_name, url=seen.url, home=seen.home)
        bearer.checked_at = self._at
        if seen.moved_to and seen.moved_to != bearer.moved_to:
            self._tell(News.MOVED, f"{self._label(bearer)} says that it moved to @{seen.moved_to}")
            self._follow(bearer, seen.moved_to)
        if seen.moved_to or seen.state is State.ACTIVE:
            bearer.moved_to = seen.moved_to
        self._session.add(bearer)

    def _follow(self, bearer: Account, handle: str) -> None:
        """Add the account that an account says it moved to, with the same owner, unless it is known.

        One that is known stays whose it is: that somebody says so does not make it theirs.
        """
        if bearers(self._session, bearer.platform, handle):
            return
        new = Account(
            platform=bearer.platform,
            person_id=bearer.person_id,
            owner_source=f"moved from {self._label(bearer)}" if bearer.person_id else None,
        )
        self._session.add(new)
        self._session.flush()
        take_handle(self._session, new, handle, on=self._day)

    def _observe(self, bearer: Account, renamed: str | None) -> None:
        """An observation where the state is another, lasts, or comes with another handle."""
        seen, last = self._seen, last_observation(self._session, bearer)
        changed = last is None or last.state != seen.state
        lasts = last is not None and seen.state != State.ACTIVE and self._at - last.observed_at > AGAIN
        if not (changed or lasts or renamed):
            return
        if changed and (last is not None or seen.state != State.ACTIVE):
            before = f"{last.state} -> " if last else ""
            why = f" ({seen.detail})" if seen.detail else ""
            self._tell(News.STATE, f"{self._label(bearer)}: {before}{seen.state}{why}")
        captures = [keep_evidence(self._session, page, self._reader, self._round_id) for page in seen.pages]
        self._session.add(
            Observation(
                account_id=bearer.id,
                observed_at=self._at,
                state=seen.state,
                capture_id=captures[-1] if captures else None,
                detail=seen.detail or renamed,
            )
        )

    def _label(self, account: Account) -> str:
        return label_of(self._session, account)


def label_of(session: Session, account: Account) -> str:
    """An account for a message: platform and handle, or what else is known."""
    handle = open_handle(handles_of(session, account))
    if handle is not None:
        return f"{account.platform} @{handle.handle}"
    return f"{account.platform} {account.platform_id or f'account {account.id}'}"


def last_observation(session: Session, account: Account) -> Observation | None:
    """What was seen of an account last."""
    query = select(Observation).where(Observation.account_id == account.id)
    newest = query.order_by(col(Observation.observed_at).desc(), col(Observation.id).desc())
    return session.exec(newest).first()
