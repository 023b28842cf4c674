"""Whatever happens in the world and to us, the archive holds what a perfect observer saw at our rounds.

A world creates, edits, deletes, back-dates, pins, reposts, renames and suspends, with equal times and holes
in the ids; rounds of both depths meet faults and kills in between. What an ordinary round sees of a platform,
and what only a full one can, is the table PROMISES, which docs/collectors.md tells users.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from loopback import Fault, cut_short, hang_up, html, invalid_utf8, server_error, serving, truncated_gzip
from platforms import FAKES, archived, earlier_texts, keep_account, one_round
from world import World, WorldPost

from archive.endings import Ending, Summary
from archive.leases import LEASE
from archive.streams import Step
from db import open_database
from db.words import State


@dataclass(frozen=True)
class Promise:
    """What an ordinary round sees of posts that were there before it; a full one sees all that is shown."""

    edits: int
    """Of how many of the newest posts the present text is seen; -1: of all."""
    back_dated: bool = True
    """Posts that say they are old are seen like all new ones."""
    window: int | None = None
    """Only so many of the newest are shown at all."""
    history: bool = False
    """The platform keeps earlier versions, and they are archived with the post."""
    suspends: bool = True
    """The platform says that an account is suspended."""
    renames: bool = True
    """An account is found by its immutable id after it was renamed."""


ALL = -1
PAGE = 4
WINDOW = 8

PROMISES = {
    "bluesky": Promise(edits=ALL),
    "bluesky-appview": Promise(edits=20, back_dated=False),
    "mastodon": Promise(edits=10, history=True),
    "x": Promise(edits=ALL, history=True),
    "feed": Promise(edits=ALL, window=WINDOW, suspends=False),
    "telegram": Promise(edits=10, suspends=False, renames=False),
    "youtube": Promise(edits=5, suspends=False),
}

PASSING: dict[str, Fault] = {
    "cut short": cut_short,
    "truncated gzip": truncated_gzip,
    "hung up": hang_up,
    "503": server_error,
}
"""Faults after which another try helps."""

LASTING: dict[str, Fault] = {"html": html, "invalid utf-8": invalid_utf8}
"""Faults that end an account's round, or spoil what it sees where a page is read in spite of wrong bytes."""


class Killed(BaseException):
    """Stands for SIGKILL within this process; tests/test_kill_matrix.py does it to real ones."""


class Observing(RuleBasedStateMachine):
    """One platform, one account, one archive."""

    collector: str
    fired: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.world.account("ada")
        self.world.account("bob")
        self.other = self.world.post("bob", "Something that bob said.")
        fake = FAKES[self.collector](self.world, WINDOW if self.promise.window else PAGE)
        self.context = serving(fake)
        self.loopback = self.context.__enter__()
        self.folder = Path(mkdtemp())
        self.engine = open_database(str(self.folder / "archive.db"), create=True)
        keep_account(self.engine, fake.ref("ada", self.loopback.url))
        self.expected: dict[str, set[str]] = {}
        """Every text that an observer saw of each post."""
        self.observed: set[int] = set()
        """Serials of the posts that rounds have seen."""
        self.number = 0

    @property
    def promise(self) -> Promise:
        return PROMISES[self.collector]

    def _own(self) -> list[WorldPost]:
        return [post for post in self.world.posts if post.author == "ada" and not post.deleted]

    # ---- what happens in the world ------------------------------------------------------------------

    @rule(count=st.integers(1, 6), same_time=st.booleans())
    def post(self, count: int, same_time: bool) -> None:
        for _ in range(count):
            self.number += 1
            self.world.post("ada", f"Statement {self.number}.", same_time=same_time)

    @rule(days=st.integers(1, 400))
    def post_back_dated(self, days: int) -> None:
        self.number += 1
        claimed = self.world.clock.now() - timedelta(days=days)
        self.world.post("ada", f"Old statement {self.number}.", published=claimed)

    @rule()
    def reply(self) -> None:
        self.number += 1
        self.world.post("ada", f"Answer {self.number}.", reply_to=self.other)

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        own = [post for post in self._own() if post.repost_of is None]
        if own:
            self.number += 1
            self.world.edit(data.draw(st.sampled_from(own)), f"Corrected statement {self.number}.")

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if self._own():
            self.world.delete(data.draw(st.sampled_from(self._own())))

    @rule(data=st.data())
    def pin(self, data: st.DataObject) -> None:
        if self._own():
            self.world.accounts["ada"].pinned = data.draw(st.sampled_from(self._own())).serial

    @rule(count=st.integers(1, 500))
    def leave_a_hole(self, count: int) -> None:
        self.world.skip_ids(count)

    # A bare handle that nobody has any more cannot be found: the first look gives the immutable id.
    @precondition(lambda self: self.promise.renames and self.observed)
    @rule()
    def rename(self) -> None:
        self.number += 1
        self.world.rename("ada", f"ada{self.number}")

    @precondition(lambda self: self.promise.suspends)
    @rule()
    def suspend_or_restore(self) -> None:
        account = self.world.accounts["ada"]
        account.state = State.SUSPENDED if account.state is State.ACTIVE else State.ACTIVE

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours: int) -> None:
        self.world.clock.pass_(3600 * hours)

    # ---- what we do ---------------------------------------------------------------------------------

    @rule(full=st.booleans())
    def collect(self, full: bool) -> None:
        self._observe(one_round(self.engine, self.loopback, full=full), full=full)

    @rule(page=st.integers(0, 3), name=st.sampled_from(sorted(PASSING | LASTING)), full=st.booleans())
    def collect_in_trouble(self, page: int, name: str, full: bool) -> None:
        self.loopback.fail(page, name, {**PASSING, **LASTING}[name])
        before = self.loopback.fired[name]
        summary = one_round(self.engine, self.loopback, full=full)
        spoilt = name in LASTING and self.loopback.fired[name] > before
        self._observe(summary, full=full, spoilt=spoilt)
        self.loopback.forgive()

    @rule(step=st.sampled_from(list(Step)), occurrence=st.integers(1, 5), full=st.booleans())
    def be_killed(self, step: Step, occurrence: int, full: bool) -> None:
        steps: Counter[Step] = Counter()

        def watch(here: Step) -> None:
            steps[here] += 1
            if here is step and steps[here] == occurrence:
                raise Killed

        try:
            self._observe(one_round(self.engine, self.loopback, full=full, watch=watch), full=full)
        except Killed:
            self.fired[step] += 1
            # This process lives on, so the lease has to run out; a dead one's is taken over at once.
            self.world.clock.pass_(LEASE.total_seconds() + 1)

    def _observe(self, summary: Summary, *, full: bool, spoilt: bool = False) -> None:
        """Note what a perfect observer saw at a round that came to its end; of spoilt texts: none."""
        (outcome,) = summary.outcomes
        suspended = self.world.accounts["ada"].state is not State.ACTIVE
        if outcome.ending is Ending.UNAVAILABLE:
            assert suspended
            return
        if outcome.ending is not Ending.DONE:
            assert outcome.message
            return
        assert not suspended
        for post in self._seen(full=full):
            self.observed.add(post.serial)
            if spoilt:
                continue
            texts = self.expected.setdefault(self.loopback.fake.post_id(post), set())
            versions = range(len(post.texts)) if self.promise.history else [-1]
            texts.update(self.loopback.fake.text(post, version) for version in versions)

    def _seen(self, *, full: bool) -> list[WorldPost]:
        """The posts of which a round must have seen the present text."""
        visible = self.world.shown("ada")
        promise = self.promise
        if promise.window is not None:
            return visible[-promise.window :]  # in the order in which they came, whatever date they claim
        if full or promise.edits == ALL:
            return visible
        known = [post for post in visible if post.serial in self.observed]
        new = [post for post in visible if post.serial not in self.observed]
        if not promise.back_dated:
            new = [post for post in new if post.published_at == post.made_at]
            known = [post for post in known if post.published_at == post.made_at]
        # The overlap counts posts that were shown then: deleted ones may stand among the newest.
        deleted = sum(post.deleted for post in self.world.posts if post.serial in self.observed)
        newest_known = known[-max(promise.edits - deleted, 0) :] if promise.edits > deleted else []
        return [*newest_known, *new]

    # ---- what must hold -----------------------------------------------------------------------------

    @invariant()
    def everything_that_was_seen_is_archived(self) -> None:
        if not hasattr(self, "engine"):
            return
        there, earlier = archived(self.engine), earlier_texts(self.engine)
        for post_id, texts in self.expected.items():
            assert texts <= {there.get(post_id, ""), *earlier.get(post_id, [])}, post_id

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.fired.update(self.loopback.fired)
            self.engine.dispose()
            self.context.__exit__(None, None, None)


@pytest.mark.parametrize("collector", FAKES)
def test_the_archive_holds_what_a_perfect_observer_saw(collector: str) -> None:
    """Each fault, and a kill at each step, has its effect: the last history has those that chance missed."""
    fired: Counter[str] = Counter()
    machine = type("Machine", (Observing,), {"collector": collector, "fired": fired})
    case = machine.TestCase  # type: ignore[attr-defined]
    case.settings = settings(max_examples=12, stateful_step_count=24, deadline=None)
    case().runTest()
    live_through_everything(machine())
    assert {name for name, count in fired.items() if count} >= {*PASSING, *LASTING, *Step}


def test_an_observer_sees_the_window_of_a_feed_as_it_is_shown() -> None:
    """A back-dated entry is new there; an edit of the one that had to leave for it is seen by nobody."""
    with feed_of(WINDOW) as machine:
        machine.collect(full=False)
        machine.post_back_dated(days=1)
        left, *_, back_dated = machine.world.shown("ada")
        machine.world.edit(left, "Corrected.")
        machine.collect(full=False)
        machine.everything_that_was_seen_is_archived()
        assert machine.loopback.fake.post_id(back_dated) in machine.expected


def test_what_wrong_bytes_spoil_in_a_feed_is_archived_by_the_next_round() -> None:
    """Although the server says that nothing has changed since."""
    with feed_of(1) as machine:
        machine.collect_in_trouble(page=1, name="invalid utf-8", full=False)
        assert machine.loopback.fired["invalid utf-8"] == 1
        assert not machine.expected
        machine.collect(full=False)
        machine.everything_that_was_seen_is_archived()
        assert machine.expected


@contextmanager
def feed_of(count: int) -> Iterator[Observing]:
    """A feed with so many entries, and an archive that has not seen it."""
    machine: Observing = type("Machine", (Observing,), {"collector": "feed", "fired": Counter()})()
    machine.begin()
    try:
        machine.post(count=count, same_time=False)
        yield machine
    finally:
        machine.teardown()


def live_through_everything(machine: Observing) -> None:
    """One history in which each fault meets a round, and each step of a round is its last."""
    machine.begin()
    machine.post(count=6, same_time=True)
    machine.collect(full=False)
    for name in PASSING | LASTING:
        machine.post(count=3, same_time=False)
        machine.collect_in_trouble(page=0, name=name, full=False)
        machine.everything_that_was_seen_is_archived()
    for step in Step:
        machine.post(count=3, same_time=False)
        machine.be_killed(step=step, occurrence=1, full=step is Step.AFTER_COMMIT)
        machine.everything_that_was_seen_is_archived()
    machine.collect(full=False)
    machine.everything_that_was_seen_is_archived()
    machine.teardown()
