"""A small world of accounts that post: the truth that the fakes of platforms show, each in its own way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from db.words import State

START = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)


class Clock:
    """Time that passes only when somebody sleeps or a test says so."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0, "nobody sleeps a negative time"
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)

    def pass_(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class WorldPost:
    """One post; `serial` grows with each (with holes), and platforms make their ids of it."""

    serial: int
    author: str
    made_at: datetime
    """When it really appeared."""
    published_at: datetime
    """When it says that it was published: earlier where it is back-dated."""
    texts: list[tuple[datetime, str]]
    """Every version with its time, oldest first; the last one is shown."""
    reply_to: "WorldPost | None" = None
    repost_of: "WorldPost | None" = None
    deleted: bool = False

    @property
    def text(self) -> str:
        return self.texts[-1][1]

    @property
    def edited_at(self) -> datetime | None:
        return self.texts[-1][0] if len(self.texts) > 1 else None


@dataclass
class WorldAccount:
    """One account, whose immutable number never changes and whose handle may."""

    number: int
    name: str
    """How the world calls it; never shown by a platform."""
    handle: str
    state: State = State.ACTIVE
    pinned: int | None = None
    """Serial of the pinned post."""
    handles: list[str] = field(default_factory=list)
    """Earlier handles."""
    moved_to: str | None = None
    home: int = 0
    """Which of several servers serves it (Bluesky's PDS): changes when it migrates."""


class World:
    """What exists. Every change takes a second, unless it is told that it happens at the same time."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.accounts: dict[str, WorldAccount] = {}
        self.posts: list[WorldPost] = []
        self._serial = 0

    def account(self, name: str) -> WorldAccount:
        """A new account of that name."""
        entry = WorldAccount(number=1001 + len(self.accounts), name=name, handle=name)
        self.accounts[name] = entry
        return entry

    def post(
        self,
        author: str,
        text: str,
        *,
        published: datetime | None = None,
        reply_to: WorldPost | None = None,
        repost_of: WorldPost | None = None,
        same_time: bool = False,
    ) -> WorldPost:
        """A new post; `published` back-dates it; `same_time` gives it the time of the one before."""
        if not same_time:
            self.clock.pass_(1)
        self._serial += 1
        now = self.clock.now()
        post = WorldPost(
            serial=self._serial,
            author=author,
            made_at=now,
            published_at=published or now,
            texts=[(now, text)],
            reply_to=reply_to,
            repost_of=repost_of,
        )
        self.posts.append(post)
        return post

    def edit(self, post: WorldPost, text: str) -> None:
        self.clock.pass_(1)
        post.texts.append((self.clock.now(), text))

    def delete(self, post: WorldPost) -> None:
        self.clock.pass_(1)
        post.deleted = True

    def skip_ids(self, count: int) -> None:
        """Leave a hole in the ids: somebody else's posts, or ones that never were shown."""
        self._serial += count

    def rename(self, name: str, handle: str) -> None:
        account = self.accounts[name]
        account.handles.append(account.handle)
        account.handle = handle

    def by_handle(self, handle: str) -> WorldAccount | None:
        """Who goes by a handle now."""
        return next((one for one in self.accounts.values() if one.handle == handle), None)

    def by_number(self, number: int) -> WorldAccount | None:
        return next((one for one in self.accounts.values() if one.number == number), None)

    def shown(self, name: str) -> list[WorldPost]:
        """What an account shows now, oldest first by serial; nothing while it is not active."""
        if self.accounts[name].state != State.ACTIVE:
            return []
        return list(self._of(name))

    def _of(self, name: str) -> Iterator[WorldPost]:
        return (post for post in self.posts if post.author == name and not post.deleted)


def filled(count: int, *, name: str = "ada", clock: Clock | None = None) -> World:
    """A world with one account that posted `count` times, with some equal times and holes in the ids."""
    world = World(clock)
    world.account(name)
    for number in range(count):
        if number % 7 == 3:
            world.skip_ids(2)
        world.post(name, f"Statement number {number} of the campaign.", same_time=number % 5 == 4)
    return world
