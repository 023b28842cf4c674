"""Every platform's fake by the name of its collector, and rounds on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archives_on_server import copy_archive
from fake_appview import FakeAppView
from fake_bluesky import FakeBluesky
from fake_feed import FakeFeed
from fake_mastodon import FakeMastodon
from fake_telegram import FakeTelegram
from fake_x import FakeX
from fake_youtube import FakeYouTube
from loopback import Fake, Loopback, serving
from sqlalchemy import Engine
from sqlmodel import Session, select
from world import World

from archive.collecting import Means
from archive.contract import AccountRef
from archive.endings import Summary
from archive.handles import handle_key
from archive.jobs import Wish, run
from archive.streams import Step
from archive.web import Clock, SystemClock
from db.engine import writing
from db.models import Account, AccountHandle, Statement, StatementVersion

FAKES: dict[str, Callable[[World, int], Fake]] = {
    "bluesky": lambda world, page_size: FakeBluesky(world, page_size=page_size),
    "bluesky-appview": lambda world, page_size: FakeAppView(world, page_size=page_size),
    "mastodon": lambda world, page_size: FakeMastodon(world, page_size=page_size),
    "x": lambda world, page_size: FakeX(world, page_size=page_size),
    "feed": lambda world, page_size: FakeFeed(world, page_size=page_size),
    "telegram": lambda world, page_size: FakeTelegram(world, page_size=page_size),
    "youtube": lambda world, page_size: FakeYouTube(world, page_size=page_size),
}
"""Collector -> its fake, of a world and a number of posts a page."""


def keep_account(engine: Engine, ref: AccountRef) -> int:
    """Add an account as a user gives it; its number."""
    with writing(engine) as session:
        account = Account(platform=ref.platform, platform_id=ref.platform_id, home=ref.home)
        session.add(account)
        session.flush()
        assert account.id is not None
        if ref.handle:
            session.add(
                AccountHandle(account_id=account.id, handle=ref.handle, handle_key=handle_key(ref.handle))
            )
        return account.id


def means_for(loopback: Loopback, clock: Clock | None = None) -> Means:
    """What a user would have to give to collect from a fake; time is the world's, where it is given."""
    return Means(
        clock=clock or SystemClock(),
        environment={**loopback.settings, "HUSTINGS_X_BUDGET": "1000"},
        allow=(f"127.0.0.1:{loopback.port}",),
        chosen=(loopback.fake.collector,),
    )


def one_round(
    engine: Engine,
    loopback: Loopback,
    *,
    full: bool | None = False,
    watch: Callable[[Step], None] = lambda step: None,
) -> Summary:
    """A whole round over all accounts, in this process, in the world's time."""
    means = means_for(loopback, loopback.fake.world.clock)
    return next(iter(run(engine, means, Wish(full=full, workers=1), watch=watch)))


def archived(engine: Engine) -> dict[str, str]:
    """All statements: id on the platform -> text."""
    with Session(engine) as session:
        return dict(session.exec(select(Statement.post_id, Statement.text)).all())


def earlier_texts(engine: Engine) -> dict[str, list[str]]:
    """All earlier versions: id on the platform -> texts, oldest first."""
    found: dict[str, list[str]] = {}
    with Session(engine) as session:
        query = select(Statement.post_id, StatementVersion.text).join(StatementVersion)
        for post_id, text in session.exec(query.order_by(StatementVersion.number)):  # type: ignore[arg-type]
            found.setdefault(post_id, []).append(text)
    return found


def shown(fake: Fake, name: str = "ada") -> dict[str, str]:
    """What the archive must hold of what the platform shows now."""
    return {fake.post_id(post): fake.text(post) for post in fake.world.shown(name)}


@contextmanager
def fake_of(collector: str, world: World, *, page_size: int = 4) -> Iterator[Loopback]:
    """That platform behind HTTP, showing a world."""
    with serving(FAKES[collector](world, page_size)) as loopback:
        yield loopback


def copy_of(template: Path, path: Path) -> Path:
    """A copy of an empty archive: quicker than making one."""
    return copy_archive(template, path)
