"""Asking the platforms who and where accounts are, and in what state; one failing account stops no other."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    SourceRefused,
    UnreadablePage,
)
from archive.identities import Change, Kept, keep_seen, label_of, ref_of
from archive.ingest import begin_round, end_round
from db.engine import writing
from db.models import Account, now
from db.release import release

Look = Callable[[str, AccountRef], AccountSeen]
"""Of a platform and an account; raises CollectingError and UnreadablePage."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one account."""

    account_id: int
    name: str
    """Platform and handle as they were before, for people."""
    changes: tuple[Change, ...] = ()
    error: str | None = None
    """Why it could not be checked, or cannot be collected by what is known of it."""
    exit_code: int = 0
    """1: not checked; 4: the source serves nobody with these credentials."""

    @property
    def ok(self) -> bool:
        """Whether the platform said who it is."""
        return self.error is None


def check_accounts(
    engine: Engine,
    account_ids: Sequence[int],
    look: Look,
    *,
    readers: Callable[[str], str] = lambda platform: platform,
    clock: Callable[[], datetime] = now,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Checked]:
    """Look at each account and store what was said, a transaction each, as one round.

    `readers` names the collector of a platform, which is kept with the evidence. `progress` is told
    (done, total). An account whose source refuses us as a whole is not asked for after that.
    """
    round_id = begin_round(engine, "account check", release())
    check = _Check(engine, look, readers, clock, round_id)
    checked = []
    for done, account_id in enumerate(account_ids, start=1):
        one = check.one(account_id)
        checked += [one] if one is not None else []
        progress(done, len(account_ids))
    failed = sum(not one.ok for one in checked)
    counts = {
        "checked": len(checked) - failed,
        "failed": failed,
        "changed": sum(bool(one.changes) for one in checked),
    }
    end_round(engine, round_id, "partly" if failed else "done", counts)
    return checked


class _Check:
    """One round of looks."""

    def __init__(
        self,
        engine: Engine,
        look: Look,
        readers: Callable[[str], str],
        clock: Callable[[], datetime],
        round_id: int,
    ) -> None:
        self._engine, self._look, self._readers = engine, look, readers
        self._clock, self._round_id = clock, round_id
        self._refused: dict[str, SourceRefused] = {}

    def one(self, account_id: int) -> Checked | None:
        """What became of an account; None where an earlier look showed that it is another one."""
        with Session(self._engine) as session:
            account = session.get(Account, account_id)
            if account is None:
                return None
            name, platform = label_of(session, account), account.platform
        try:
            if platform in self._refused:
                raise self._refused[platform]
            kept = self._look_and_keep(account_id)
        except SourceRefused as error:
            self._refused[platform] = error
            return Checked(account_id, name, error=str(error), exit_code=error.exit_code)
        except (CollectingError, UnreadablePage) as error:
            return Checked(account_id, name, error=str(error), exit_code=1)
        return Checked(account_id, name, kept.changes, kept.refused, exit_code=1 if kept.refused else 0)

    def _look_and_keep(self, account_id: int) -> Kept:
        with Session(self._engine) as session:
            ref = ref_of(session, session.get_one(Account, account_id))
        return self._keep(account_id, self._see(ref))

    def _see(self, ref: AccountRef) -> AccountSeen:
        try:
            return self._look(ref.platform, ref)
        except AccountUnavailable as error:
            return AccountSeen(state=error.state, detail=str(error), pages=error.pages)

    def _keep(self, account_id: int, seen: AccountSeen) -> Kept:
        with writing(self._engine) as session:
            account = session.get(Account, account_id)
            if account is None:
                raise CollectingError("another process has joined it with another account meanwhile")
            reader = self._readers(account.platform)
            return keep_seen(session, account, seen, at=self._clock(), reader=reader, round_id=self._round_id)


def checkable(accounts: Collection[Account], platforms: Collection[str]) -> tuple[list[int], int]:
    """The numbers of the accounts on platforms that can be asked, and how many are on others."""
    able = [account.id for account in accounts if account.platform in platforms and account.id is not None]
    return able, len(accounts) - len(able)
