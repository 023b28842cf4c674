"""What the tests of X begin with: a collector at work on the fake, behind real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

from fake_x import USERS_FROM, FakeX
from loopback import Asked, Loopback, serving
from plain_web import plain_web, records_of

from archive.collectors.x import XCollector, collector
from archive.contract import (
    AccountRef,
    Post,
    Reject,
    Response,
    Served,
    Setup,
    Stretch,
    Web,
)

EVERYTHING = Stretch("posts")


class Bench:
    """A collector at work on a fake."""

    def __init__(self, loopback: Loopback, web: Web, **settings: str) -> None:
        self.loopback, self.web = loopback, web
        named = {**loopback.settings, **settings}
        self.x: XCollector = collector(Setup(settings=named, secret=named.get))

    def ref(self, name: str = "ada") -> AccountRef:
        """The account with its id, as the engine knows it after a look."""
        world = self.loopback.fake.world
        number = world.accounts[name].number
        return AccountRef("x", platform_id=str(USERS_FROM + number), handle=world.accounts[name].handle)

    def served(self, stretch: Stretch = EVERYTHING) -> list[Served]:
        return list(self.x.fetch(self.web, self.ref(), stretch))

    def posts(self, stretch: Stretch = EVERYTHING) -> dict[str, Post]:
        """The last that was said of each post."""
        return {post.post_id: post for served in self.served(stretch) for post in self.read(served)}

    def answered(self, asked: Asked) -> Response:
        """What the fake says to a request that was made."""
        answer = self.loopback.fake.answer(asked)
        now = self.loopback.fake.world.clock.now()
        return Response(asked.path, answer.status, dict(answer.headers), answer.body, now)

    def read(self, served: Served) -> list[Post]:
        records = records_of(self.x, served)
        assert not [one for one in records if isinstance(one, Reject)]
        return [one for one in records if isinstance(one, Post)]


@contextmanager
def bench(fake: FakeX, **settings: str) -> Iterator[Bench]:
    with serving(fake) as loopback, plain_web() as web:
        yield Bench(loopback, web, **settings)


def expected(fake: FakeX, name: str = "ada") -> dict[str, str]:
    return {fake.post_id(post): fake.text(post) for post in fake.world.shown(name)}


def texts(posts: dict[str, Post]) -> dict[str, str]:
    return {post_id: post.text for post_id, post in posts.items()}
