"""A fake Bluesky network that is served, and an account on it that the collector reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from fake_bluesky import FakeBluesky
from loopback import Loopback, serving
from plain_web import PlainWeb, plain_web, records_of
from world import World, WorldPost

from archive.collectors.bluesky import collector
from archive.contract import AccountRef, Post, Reject, Served, Setup, Stretch

DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
STREAM = "repository"
ACTIVE = (200, {"did": DID, "active": True, "rev": "3lqqqqqqqqqqq"})
"""What a server says of that account."""


def document(*handles: str, server: str = "https://pds.example") -> dict[str, object]:
    """A DID document, of the account with that DID."""
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server}
    return {"id": DID, "alsoKnownAs": [f"at://{handle}" for handle in handles], "service": [service]}


class Network:
    """A fake network, the collector, and Ada as it sees her."""

    def __init__(self, fake: FakeBluesky, loopback: Loopback, web: PlainWeb) -> None:
        self.fake, self.loopback, self.web = fake, loopback, web
        self.collector = collector(Setup(settings=loopback.settings))

    @property
    def ada(self) -> AccountRef:
        seen = self.collector.look(self.web, self.fake.ref("ada", self.loopback.url))
        return AccountRef("bluesky", seen.platform_id, seen.handle, seen.home)

    def read(self, after: str | None = None, ref: AccountRef | None = None) -> list[Served]:
        """The account's one stream from a place on, else from its beginning."""
        steps = self.collector.fetch(self.web, ref or self.ada, Stretch(STREAM, after=after))
        return list(steps)

    def read_to_its_end(self) -> str:
        """The place from which later rounds go on, once all is read."""
        cursor = self.read()[-1].cursor
        assert cursor is not None
        return cursor

    def records(self, steps: list[Served]) -> list[Post | Reject]:
        return [record for step in steps for record in records_of(self.collector, step)]

    def texts(self, steps: list[Served]) -> dict[str, str]:
        """What the posts of these steps say, by id."""
        return {post.post_id: post.text for post in self.records(steps) if isinstance(post, Post)}

    def expected(self, posts: list[WorldPost]) -> dict[str, str]:
        return {self.fake.post_id(post): self.fake.text(post) for post in posts}


@contextmanager
def served(world: World, *, page_size: int) -> Iterator[Network]:
    fake = FakeBluesky(world, page_size=page_size)
    with serving(fake) as loopback, plain_web() as web:
        yield Network(fake, loopback, web)
