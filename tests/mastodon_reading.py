"""How tests read a fake of Mastodon."""

from itertools import islice

from loopback import Loopback
from plain_web import PlainWeb

from archive.collectors.mastodon import MastodonCollector, collector
from archive.contract import AccountRef, Post, Served, Setup, Stretch, Web


def made(server: Loopback, **more: str) -> MastodonCollector:
    given_ = {**server.settings, **more}
    return collector(Setup(given_, given_.get))


def seen_ref(server: Loopback, web: PlainWeb, name: str = "ada") -> AccountRef:
    """The account as an archive knows it after a look."""
    seen = made(server).look(web, server.fake.ref(name, server.url))
    return AccountRef("mastodon", seen.platform_id, seen.handle, seen.home)


def read(server: Loopback, web: Web, ref: AccountRef, after: str | None = None) -> list[Served]:
    """Every page of a stretch; a server that goes round in circles is stopped at the tenth."""
    return list(islice(made(server).fetch(web, ref, Stretch("posts", after=after)), 10))


def posts_of(server: Loopback, steps: list[Served]) -> list[Post]:
    records = [record for step in steps for record in made(server).parse(step.page)]
    assert all(isinstance(record, Post) for record in records)
    return [record for record in records if isinstance(record, Post)]
