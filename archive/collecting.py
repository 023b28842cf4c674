"""What a collecting command works with: collectors, polite clients and budgets, put together once."""

import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from archive.budgets import DatabaseBook
from archive.contract import AccountRef, AccountSeen, Collector, Setup, Web
from archive.registry import Collectors
from archive.secrets import secrets_in, settings_in
from archive.web import Clock, SystemClock, is_contact, open_web
from db.errors import Refusal
from db.release import release

PATIENCE = 20.0
"""Seconds that a request may wait for a server's limit; for longer, its account waits for the others."""

ALLOW = "HUSTINGS_ALLOW_HOSTS"
"""Hosts that may be read although they are not public, with commas."""

CONTACT = "HUSTINGS_CONTACT"
"""Where those who run servers reach the user: an e-mail address or URL, shown to them."""

X_BUDGET = "HUSTINGS_X_BUDGET"
"""Most US dollars that X may cost in a month (UTC)."""

X_CREDENTIAL = "HUSTINGS_X_TOKEN"


class BadSetting(Refusal):
    """A setting cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the user gave: environment, hosts to be allowed, collectors of his choice, a budget."""

    environment: Mapping[str, str] = field(repr=False)
    allow: Collection[str] = ()
    chosen: Collection[str] = ()
    budget: float | None = None
    waiting: Callable[[str, float, str], None] = lambda host, seconds, why: None
    stop: Callable[[], bool] = lambda: False
    clock: Clock = field(default_factory=SystemClock)

    def collectors(self) -> Collectors:
        """A collector for each platform. Raises UnknownCollector."""
        return Collectors(Setup(settings_in(self.environment), secrets_in(self.environment)), self.chosen)

    def allowed(self) -> frozenset[str]:
        """Hosts that may be read although they are not public."""
        listed = self.environment.get(ALLOW, "").split(",")
        return frozenset(host.strip().lower() for host in (*self.allow, *listed) if host.strip())

    def contact(self) -> str | None:
        """What servers are shown beside our name; None where the user gave nothing. Raises BadSetting."""
        written = self.environment.get(CONTACT, "").strip()
        if written and not is_contact(written):
            raise BadSetting(
                f"{CONTACT} cannot be sent to servers: give an e-mail address or URL in plain ASCII, "
                "without parentheses, of 200 characters at most"
            )
        return written or None

    def spending_limits(self) -> dict[str, float]:
        """Most US dollars a month, by name of the credential. Raises BadSetting."""
        if self.budget is not None:
            return {X_CREDENTIAL: _dollars("--budget", str(self.budget))}
        written = self.environment.get(X_BUDGET)
        return {X_CREDENTIAL: _dollars(X_BUDGET, written)} if written else {}


def _dollars(setting: str, written: str) -> float:
    """An amount. Raises BadSetting for what is none: not a number, infinite, or less than nothing."""
    try:
        amount = float(written)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or amount < 0:
        raise BadSetting(f"{setting}={written!r} is not an amount of US dollars, such as 20")
    return amount


def opening(means: Means, engine: Engine) -> Callable[[Collector], AbstractContextManager[Web]]:
    """How to open a collector's client, whose budget lies in the database. Raises BadSetting."""
    book = DatabaseBook(engine, means.spending_limits())
    allowed, contact = means.allowed(), means.contact()

    def open_one(collector: Collector) -> AbstractContextManager[Web]:
        return open_web(
            book=book,
            policies=collector.policies,
            allowed=allowed,
            patience=PATIENCE,
            clock=means.clock,
            waiting=means.waiting,
            chance=random.SystemRandom(),
            stop=means.stop,
            release=release(),
            contact=contact,
        )

    return open_one


@contextmanager
def looking(means: Means, engine: Engine) -> Iterator[Callable[[str, AccountRef], AccountSeen]]:
    """How to look at accounts: a function of platform and account.

    It raises KeyError for a platform without a collector, else what Collector.look raises.
    """
    by_platform, open_one = means.collectors(), opening(means, engine)
    with ExitStack() as clients:
        webs: dict[str, Web] = {}

        def look(platform: str, account: AccountRef) -> AccountSeen:
            collector = by_platform[platform]
            if platform not in webs:
                webs[platform] = clients.enter_context(open_one(collector))
            return collector.look(webs[platform], account)

        yield look
