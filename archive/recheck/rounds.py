"""One run of rechecks: account after account, none stopping the others, each platform by itself.

choose    which statements are due, by rhythm.tsv
ask       the platform about them; where any is not found, how its account is, and for one that is shown
decide    what that comes to, by decisions.tsv (pure)
keep      edits, observations and when it was asked: one transaction for at most a hundred statements
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from archive.contract import AccountSeen, AccountUnavailable, Collector, KnownPost, UnreadablePage, Web
from archive.endings import Outcome, ending_of
from archive.identities import keep_seen, last_observation, ref_of
from archive.ingest import begin_round, end_round
from archive.recheck.asking import Asked, Asking
from archive.recheck.choosing import Choice, Errand, Wish, choose, find_witness, known_posts
from archive.recheck.keeping import Found, Keeping, put_off
from archive.recheck.rationing import Ration, RationedWeb
from archive.streams import Stopped
from db.engine import writing
from db.models import Account
from db.words import SHOWING

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Statements that are asked for, and stored, together: what one request tells of at most."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run works with; time and the network are arguments."""

    engine: Engine
    collectors: Mapping[str, Collector]
    """By platform."""
    open_web: Callable[[Collector], AbstractContextManager[Web]]
    now: Callable[[], datetime]
    stop: Callable[[], bool] = lambda: False
    ended: Callable[["Rechecking"], None] = lambda one: None
    """Hears how each account ended."""


@dataclass(frozen=True, slots=True)
class Rechecking:
    """What became of one account."""

    outcome: Outcome
    statements: int
    """That were to be asked for."""
    found: Found = field(default_factory=Found)

    def __str__(self) -> str:
        why = f": {self.outcome.message}" if self.outcome.message else ""
        observed = "".join(f", {count:,} {state}" for state, count in sorted(self.found.observed.items()))
        edited = f", {self.found.edited:,} edited" if self.found.edited else ""
        answered = f"{self.found.checked:,} of {self.statements:,} answered"
        return f"{self.outcome.ending}{why}; {answered}{edited}{observed}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a run."""

    round_id: int
    accounts: tuple[Rechecking, ...]
    not_rechecked: Mapping[str, int]
    """Platform that cannot be asked again -> its accounts."""
    requests: int

    @property
    def found(self) -> Found:
        """All together."""
        return sum((one.found for one in self.accounts), Found())

    @property
    def exit_code(self) -> int:
        """0 all done; 4 where credentials are missing; 1 where anything was not asked for."""
        codes = {one.outcome.exit_code for one in self.accounts}
        return 4 if 4 in codes else int(any(codes))

    def counts(self) -> dict[str, Any]:
        """The numbers, for a log and for the round's row."""
        endings = Counter(one.outcome.ending.value for one in self.accounts)
        return {
            "accounts": dict(endings),
            "statements": sum(one.statements for one in self.accounts),
            "checked": self.found.checked,
            "edited": self.found.edited,
            "observed": dict(self.found.observed),
            "not_rechecked": dict(self.not_rechecked),
            "requests": self.requests,
        }


def recheck(around: Surroundings, wish: Wish, *, version: str) -> Summary:
    """Ask again for the statements of a wish. Safe to interrupt: what was not asked for stays due.

    Raises what find_accounts raises, and what the database raises; then the round has no end.
    """
    with Session(around.engine) as session:
        choice = choose(session, around.collectors, wish, now=around.now())
    round_id = begin_round(around.engine, str(wish), version)
    run = _Run(around, wish, round_id)
    summary = Summary(round_id, tuple(run.accounts(choice)), choice.not_rechecked, run.ration.used)
    end_round(around.engine, round_id, "partly" if summary.exit_code else "done", summary.counts())
    return summary


class _Run:
    """One run while it lasts."""

    def __init__(self, around: Surroundings, wish: Wish, round_id: int) -> None:
        self._around, self._wish, self._round_id = around, wish, round_id
        self.ration = Ration(wish.budget)

    def accounts(self, choice: Choice) -> Iterator[Rechecking]:
        """What became of each account. Platforms do not wait for each other, unless requests are counted:
        then the most urgent account comes first, whatever its platform."""
        if self._wish.budget is not None:
            yield from self._all(choice.errands)
            return
        groups: defaultdict[str, list[Errand]] = defaultdict(list)
        for errand in choice.errands:
            groups[errand.wanted.platform].append(errand)
        with ThreadPoolExecutor(max_workers=max(1, len(groups))) as pool:
            for done in pool.map(lambda errands: list(self._all(errands)), groups.values()):
                yield from done

    def _all(self, errands: Sequence[Errand]) -> Iterator[Rechecking]:
        refused: dict[str, Outcome] = {}
        for errand in errands:
            platform = errand.wanted.platform
            if platform in refused:
                outcome = replace(refused[platform], wanted=errand.wanted, asked=False)
                one = Rechecking(outcome, len(errand.statements))
            else:
                one = self._one(errand)
                self._around.ended(one)
                log.info("%s: %s", errand.wanted.name, one)
            if one.outcome.refused:
                refused[platform] = one.outcome
            yield one

    def _one(self, errand: Errand) -> Rechecking:
        """One account, whatever happens to it."""
        found: list[Found] = []

        def ask_it() -> None:
            collector = self._around.collectors[errand.wanted.platform]
            with self._around.open_web(collector) as web:
                self._ask(errand, collector, RationedWeb(web, self.ration), found)

        outcome = ending_of(errand.wanted, ask_it)
        return Rechecking(outcome, len(errand.statements), sum(found, Found()))

    def _ask(self, errand: Errand, collector: Collector, web: Web, found: list[Found]) -> None:
        """Ask in pieces, and store each. Raises UnreadablePage where an answer could not be read."""
        account_id, unread = errand.wanted.account_id, list[str]()
        asking = Asking(collector, web, lambda ids: self._witness(account_id, ids))
        for start in range(0, len(errand.statements), AT_ONCE):
            if self._around.stop():
                raise Stopped
            rest = errand.statements[start:]
            with Session(self._around.engine) as session:
                account = session.get(Account, account_id)
                if account is None:
                    return  # another process joined it with another one, which has its own turn
                ref, posts = ref_of(session, account), known_posts(session, rest[:AT_ONCE])
                last = last_observation(session, account)
            try:
                if start == 0 and last is not None and last.state not in SHOWING:
                    asking.look(ref)
                asked = asking.ask(ref, list(posts.values()))
            except AccountUnavailable as error:
                self._keep_hidden(account_id, collector, error, rest)
                raise
            found.append(self._keep(account_id, collector, posts, asked))
            unread += asked.unread
            if asked.stopped is not None:
                raise asked.stopped
            if asked.account is not None and asked.account.state not in SHOWING:
                hidden = AccountUnavailable(asked.account.detail or "", asked.account.state)
                self._keep_hidden(account_id, collector, hidden, rest)
                raise hidden
        if unread:
            raise UnreadablePage(f"{len(unread)} answers could not be read: {unread[0]}")

    def _keep(
        self, account_id: int, collector: Collector, posts: Mapping[int, KnownPost], asked: Asked
    ) -> Found:
        """Store what was answered, in one transaction."""
        by_post = {post.post_id: number for number, post in posts.items()}
        with writing(self._around.engine) as session:
            keeping = Keeping(session, collector.name, self._round_id, self._wish.apart)
            account = session.get(Account, account_id)
            return Found() if account is None else keeping.keep(account, by_post, asked)

    def _witness(self, account_id: int, post_ids: Sequence[str]) -> KnownPost | None:
        with Session(self._around.engine) as session:
            return find_witness(session, account_id, post_ids)

    def _keep_hidden(
        self, account_id: int, collector: Collector, error: AccountUnavailable, numbers: Sequence[int]
    ) -> None:
        """Store that an account shows nothing; its statements wait for their next time."""
        seen = AccountSeen(state=error.state, detail=str(error), pages=error.pages)
        with writing(self._around.engine) as session:
            account = session.get(Account, account_id)
            if account is not None:
                at = self._around.now()
                keep_seen(session, account, seen, at=at, reader=collector.name, round_id=self._round_id)
                put_off(session, numbers, at)
