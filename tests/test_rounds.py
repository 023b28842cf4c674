"""One pass over the accounts: none stops the others, those that must wait come last, all is told."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from plain_web import PlainWeb
from sqlalchemy import Engine
from sqlmodel import Session, select
from world import Clock

from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    BudgetSpent,
    CollectingError,
    Collector,
    CursorExpired,
    Order,
    Page,
    Policy,
    Post,
    Reject,
    Served,
    SourceRefused,
    Stream,
    Stretch,
    TryLater,
    Unreachable,
    UnreadablePage,
    Web,
)
from archive.endings import Ending, Outcome, Summary, Wanted
from archive.leases import NEVER, Holder
from archive.rounds import Surroundings, collect
from archive.schedules import EVERY, due_only, take_lease
from db.engine import writing
from db.errors import BusyDatabase
from db.models import Account, Capture, Observation, Quarantine, Round, Schedule, Statement
from db.words import State


@dataclass
class Spoken:
    """What the platform of these tests does for each account: pages of posts, or an error."""

    pages: dict[str, list[list[str] | Exception]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """From where each fetch began."""
    fresh_for: int = 0


STUCK: list[str] = []
"""A page that gives neither an end nor a way to go on."""


@dataclass(frozen=True)
class FakeCollector:
    """Serves what it was told; a text that begins with `bad` is a bad record, one with `not` no page."""

    spoken: Spoken
    clock: Clock
    name: str = "fake-1"
    platform: str = "fake"
    streams: tuple[Stream, ...] = (Stream("posts", Order.OLDEST_FIRST),)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    looks_first: bool = False

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        return AccountSeen(State.ACTIVE, platform_id=f"id-{account.handle}", handle=account.handle)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        self.spoken.asked.append(str(account.handle))
        place = int(stretch.after or 0)
        self.spoken.places.append(place)
        ahead = self.spoken.pages.get(str(account.handle), [])
        while True:
            texts = ahead.pop(0) if ahead else []
            if isinstance(texts, Exception):
                raise texts
            place += len(texts)
            body = "\n".join(texts).encode()
            page = Page(
                f"fake:{account.handle}/{place}",
                body,
                "text/plain",
                self.clock.now(),
                context={
                    "handle": str(account.handle),
                    "place": str(place),
                    "fresh_for": str(self.spoken.fresh_for),
                },
            )
            if texts is STUCK:
                yield Served(page)
                return
            yield Served(page, tuple(texts), cursor=str(place), end=not texts)

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        if page.body.startswith(b"not"):
            raise UnreadablePage("not a page but a riddle")
        for number, text in enumerate(filter(None, page.body.decode().split("\n"))):
            if text.startswith("bad"):
                yield Reject(f"item {number}", "bad indeed", text)
                continue
            yield Post(
                platform="fake",
                post_id=f"{page.context['handle']} {text}",
                text=text,
                position=f"item {number}",
                author_platform_id=f"id-{page.context['handle']}",
            )


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="spoken")
def _spoken() -> Spoken:
    return Spoken()


@dataclass
class Bench:
    """Accounts of the fake platform, and rounds over them."""

    engine: Engine
    clock: Clock
    collector: Collector
    wanted: dict[str, Wanted] = field(default_factory=dict)
    ended: list[Outcome] = field(default_factory=list)

    def account(self, *handles: str) -> None:
        for handle in handles:
            with writing(self.engine) as session:
                account = Account(platform="fake", platform_id=f"id-{handle}")
                session.add(account)
                session.flush()
                assert account.id is not None
                from archive.handle_history import take_handle

                take_handle(session, account, handle, on=self.clock.now().date())
                self.wanted[handle] = Wanted(account.id, "fake", handle)

    def round(self, *handles: str, workers: int = 1, **more: object) -> Summary:
        @contextmanager
        def open_web(_collector: Collector) -> Iterator[Web]:
            yield PlainWeb(None)  # type: ignore[arg-type]  # this platform needs no network

        around = Surroundings(
            engine=self.engine,
            collectors={"fake": self.collector},
            open_web=open_web,
            now=self.clock.now,
            sleep=self.clock.sleep,
            workers=workers,
            ended=self.ended.append,
        )
        chosen: Collection[Wanted] = [self.wanted[handle] for handle in handles or self.wanted]
        around = replace(around, **more)  # type: ignore[arg-type]
        return collect(around, list(chosen), command="collect", version="0")

    def schedule(self, handle: str) -> Schedule:
        with Session(self.engine) as session:
            return session.get_one(Schedule, self.wanted[handle].account_id)

    def texts(self) -> set[str]:
        with Session(self.engine) as session:
            return set(session.exec(select(Statement.text)))


@pytest.fixture(name="bench")
def _bench(engine: Engine, clock: Clock, spoken: Spoken) -> Bench:
    return Bench(engine, clock, FakeCollector(spoken, clock))


def endings(summary: Summary) -> dict[str, Ending]:
    return {outcome.wanted.name: outcome.ending for outcome in summary.outcomes}


@pytest.mark.parametrize("workers", [1, 3])
def test_one_failing_account_never_stops_the_others(bench: Bench, spoken: Spoken, workers: int) -> None:
    bench.account("ada", "bob", "eve")
    spoken.pages = {"ada": [["a"]], "bob": [["b"], Unreachable("no route to bob")], "eve": [["e"]]}

    summary = bench.round(workers=workers)

    assert endings(summary) == {"ada": Ending.DONE, "bob": Ending.FAILED, "eve": Ending.DONE}
    assert bench.texts() == {"a", "b", "e"}  # what was read before it failed stays
    assert summary.exit_code == 1
    assert bench.schedule("bob").error == "no route to bob"
    with Session(bench.engine) as session:
        (entry,) = session.exec(select(Round))
    assert (entry.outcome, entry.counts["accounts"]) == ("partly", {"done": 2, "failed": 1})


def test_all_well_is_exit_code_0(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    spoken.pages = {"ada": [["a", "b"]]}
    summary = bench.round()
    assert summary.exit_code == 0
    counts = summary.counts()
    assert (counts["read"], counts["stored"], counts["pages"], counts["gaps"]) == (2, 2, 2, 0)


def test_a_limit_defers_an_account_until_the_others_are_done_and_it_is_waited_for(
    bench: Bench, spoken: Spoken, clock: Clock
) -> None:
    bench.account("ada", "bob")
    later = TryLater("the server allows the next request later", clock.now() + timedelta(minutes=5))
    spoken.pages = {"ada": [["a"], later, ["b"]], "bob": [["c"]]}
    told: list[float] = []

    summary = bench.round(waiting=lambda _name, seconds, _why: told.append(seconds))

    assert spoken.asked == ["ada", "bob", "ada", "ada"]  # first what was left, then what is new
    assert endings(summary) == {"ada": Ending.DONE, "bob": Ending.DONE}
    assert bench.texts() == {"a", "b", "c"}
    assert sum(clock.slept) == pytest.approx(300)
    assert told[0] == pytest.approx(300)
    assert summary.collected.tally.stored == 3


def test_a_limit_that_lasts_longer_than_a_round_waits_leaves_the_account_to_the_next(
    bench: Bench, spoken: Spoken, clock: Clock
) -> None:
    bench.account("ada")
    until = clock.now() + timedelta(hours=5)
    spoken.pages = {"ada": [TryLater("come back at five", until)]}

    summary = bench.round(max_wait=timedelta(minutes=15))

    assert endings(summary) == {"ada": Ending.DEFERRED}
    assert summary.exit_code == 1
    assert bench.schedule("ada").due_at == until
    assert clock.slept == []


@pytest.mark.parametrize(
    ("error", "code"), [(SourceRefused("set HUSTINGS_X_TOKEN"), 4), (BudgetSpent("spent: 20 of 20 USD"), 1)]
)
def test_a_source_that_serves_nobody_is_asked_once(
    bench: Bench, spoken: Spoken, error: Exception, code: int
) -> None:
    bench.account("ada", "bob", "eve")
    spoken.pages = {"ada": [error]}
    summary = bench.round()
    assert spoken.asked == ["ada"]
    assert summary.exit_code == code
    assert {outcome.message for outcome in summary.outcomes} == {str(error)}


def test_a_source_that_serves_nobody_is_told_once(
    bench: Bench, spoken: Spoken, caplog: pytest.LogCaptureFixture
) -> None:
    bench.account(*(f"ada{number}" for number in range(50)))
    spoken.pages = {"ada0": [SourceRefused("set HUSTINGS_X_TOKEN")]}
    summary = bench.round()
    assert summary.not_asked() == {bench.wanted["ada0"].account_id: 49}
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warned) == 2
    assert warned[1] == "fake: 49 accounts more were not asked for"


def test_one_server_that_refuses_does_not_speak_for_the_others(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada", "bob")
    spoken.pages = {"ada": [SourceRefused("needs a token", host="social.example")], "bob": [["b"]]}
    summary = bench.round()
    assert endings(summary) == {"ada": Ending.FAILED, "bob": Ending.DONE}
    assert summary.exit_code == 4


def test_that_an_account_is_suspended_is_knowledge_not_failure(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    evidence = Page("fake:ada", b"suspended", "text/plain", bench.clock.now())
    spoken.pages = {"ada": [AccountUnavailable("it breaks the rules", State.SUSPENDED, evidence)]}

    summary = bench.round()

    assert endings(summary) == {"ada": Ending.UNAVAILABLE}
    assert summary.exit_code == 0
    with Session(bench.engine) as session:
        assert session.exec(select(Capture.source)).one() == "fake:ada"
    assert bench.schedule("ada").succeeded_at is None
    assert bench.schedule("ada").failures == 0


def test_a_page_that_is_none_is_kept_as_evidence_and_proves_nothing(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    spoken.pages = {"ada": [["a"], ["not a page"]]}

    summary = bench.round()

    assert endings(summary) == {"ada": Ending.FAILED}
    with Session(bench.engine) as session:
        reason = session.exec(select(Quarantine.reason)).one()
    assert reason == "not a page but a riddle"
    spoken.pages = {"ada": [["b"]]}
    assert bench.round().exit_code == 0
    assert bench.texts() == {"a", "b"}


def test_a_bad_record_is_quarantined_and_the_others_are_kept(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    spoken.pages = {"ada": [["a", "b", "bad c", "d", "e"]]}
    summary = bench.round()
    assert endings(summary) == {"ada": Ending.DONE}
    assert summary.collected.tally.quarantined == 1
    assert summary.exit_code == 1
    assert bench.texts() == {"a", "b", "d", "e"}


def test_a_page_of_which_most_cannot_be_read_says_that_the_platform_has_changed(
    bench: Bench, spoken: Spoken
) -> None:
    """It is kept, but the ledger stays: nothing is lost once the collector understands it again."""
    bench.account("ada")
    spoken.pages = {"ada": [["a"], ["bad b", "bad c", "bad d", "e"]]}

    summary = bench.round()

    (outcome,) = summary.outcomes
    assert outcome.ending is Ending.FAILED
    assert outcome.message is not None
    assert "3 of 4 records" in outcome.message
    assert bench.texts() == {"a"}
    with Session(bench.engine) as session:
        assert len(session.exec(select(Capture)).all()) == 2


def test_an_account_that_another_job_holds_is_left_to_it(
    bench: Bench, spoken: Spoken, engine: Engine
) -> None:
    bench.account("ada", "bob")
    take_lease(engine, bench.wanted["ada"].account_id, Holder(), now=bench.clock.now())
    summary = bench.round()
    assert endings(summary) == {"ada": Ending.BUSY, "bob": Ending.DONE}
    assert summary.exit_code == 0
    assert bench.round("ada").exit_code == 75


def test_a_round_that_is_asked_to_stop_ends_between_two_pages_and_the_next_goes_on(
    bench: Bench, spoken: Spoken
) -> None:
    bench.account("ada", "bob")
    spoken.pages = {"ada": [["a"], ["b"]], "bob": [["c"]]}
    pages: list[int] = []

    summary = bench.round(stop=lambda: len(pages) > 0, told=lambda _wanted, _collected: pages.append(1))

    assert endings(summary) == {"ada": Ending.STOPPED, "bob": Ending.STOPPED}
    assert bench.texts() == {"a"}
    assert bench.schedule("ada").due_at is None  # due at once
    bench.round()
    assert bench.texts() == {"a", "b", "c"}


def test_after_a_success_an_account_is_due_in_an_interval_and_after_failures_later(
    bench: Bench, spoken: Spoken
) -> None:
    bench.account("ada")
    bench.round()
    due = bench.schedule("ada").due_at
    assert due is not None
    assert EVERY * 0.9 <= due - bench.clock.now() <= EVERY * 1.1
    for failures in (1, 2):
        spoken.pages = {"ada": [CollectingError("down")]}
        bench.round()
        schedule = bench.schedule("ada")
        assert schedule.due_at is not None
        assert schedule.failures == failures
        assert schedule.due_at - bench.clock.now() >= EVERY * 0.9 * 2**failures


def test_the_longest_overdue_come_first_and_those_to_come_not_at_all(clock: Clock) -> None:
    now = clock.now()
    schedules = {
        0: Schedule(account_id=0, due_at=now + timedelta(minutes=1)),
        1: Schedule(account_id=1, due_at=now - timedelta(minutes=1)),
        2: Schedule(account_id=2, due_at=now - timedelta(hours=1)),
    }
    assert due_only(range(4), schedules, now=now) == [3, 2, 1]


def test_a_collector_that_cannot_be_made_fails_its_accounts_alone(bench: Bench, spoken: Spoken) -> None:
    """Such as by a setting that means nothing."""
    bench.account("ada")

    class Refusing(dict[str, Collector]):
        def __getitem__(self, platform: str) -> Collector:
            raise SourceRefused("HUSTINGS_X_FIELDS=both: write tweet or post")

    summary = bench.round(collectors=Refusing())
    assert endings(summary) == {"ada": Ending.FAILED}
    assert summary.exit_code == 4


# ---- what was found in review ------------------------------------------------------------------------


def test_an_account_that_shows_posts_again_is_active_again_with_its_evidence(
    bench: Bench, spoken: Spoken
) -> None:
    """Also a second time: each change of state is an observation of its own."""
    bench.account("ada")
    evidence = Page("fake:ada", b"suspended", "text/plain", bench.clock.now())
    suspended = AccountUnavailable("it breaks the rules", State.SUSPENDED, evidence)
    for texts in (["a"], ["b"]):
        spoken.pages = {"ada": [suspended]}
        bench.round()
        spoken.pages = {"ada": [texts]}
        bench.round()

    with Session(bench.engine) as session:
        seen = session.exec(select(Observation.state, Capture.source).join(Capture)).all()
    assert seen == [
        (State.SUSPENDED, "fake:ada"),
        (State.ACTIVE, "fake:ada/1"),
        (State.SUSPENDED, "fake:ada"),
        (State.ACTIVE, "fake:ada/2"),
    ]


def test_a_stream_that_cannot_go_on_is_asked_once_a_round(bench: Bench, spoken: Spoken) -> None:
    """A page that gives no way to go on ends the round, also the round that tries to go on from there."""
    bench.account("ada")
    spoken.pages = {"ada": [["a"], STUCK]}
    first = bench.round()
    spoken.pages, spoken.asked = {"ada": [STUCK, STUCK, STUCK, STUCK]}, []
    second = bench.round()

    assert spoken.asked == ["ada"]
    assert first.collected.gaps == second.collected.gaps == ("posts: the platform gave no way to go on",)
    spoken.pages = {"ada": [["b"]]}
    assert bench.round().collected.gaps == ()
    assert bench.texts() == {"a", "b"}


@dataclass(frozen=True)
class Downward(FakeCollector):
    """Serves texts `5` to `1`, one a page, by a token that expires once `2` is to be served."""

    streams: tuple[Stream, ...] = (Stream("posts", Order.NEWEST_FIRST),)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        place = int(stretch.cursor or stretch.before or 6)
        self.spoken.places.append(place)
        while place > 1:
            if place == 4 and len(self.spoken.places) == 1:
                raise Unreachable("no answer")
            if place == 3 and len(self.spoken.places) == 2:
                raise CursorExpired("the token is too old")
            place -= 1
            page = Page(f"fake:{place}", str(place).encode(), "text/plain", self.clock.now())
            page.context.update({"handle": "ada", "place": ""})  # type: ignore[attr-defined]
            yield Served(page, (str(place),), cursor=str(place), end=place == 1)


def test_a_token_that_expires_late_costs_none_of_the_pages_before(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    bench = replace(bench, collector=Downward(spoken, bench.clock))
    bench.round()
    assert bench.texts() == {"5", "4"}

    assert bench.round().exit_code == 0
    assert spoken.places[:3] == [6, 4, 3]
    assert bench.texts() == {"5", "4", "3", "2", "1"}


def test_texts_that_no_database_stores_cost_neither_the_post_nor_the_round(
    bench: Bench, spoken: Spoken
) -> None:
    bench.account("ada", "bob")
    spoken.pages = {"ada": [["a\0", "x", "y", "z"], Unreachable("no\0answer")], "bob": [["b"]]}
    summary = bench.round()

    assert endings(summary) == {"ada": Ending.FAILED, "bob": Ending.DONE}
    assert bench.texts() == {"a\N{REPLACEMENT CHARACTER}", "x", "y", "z", "b"}
    assert bench.schedule("ada").error == "no\N{REPLACEMENT CHARACTER}answer"


def test_what_is_gone_for_good_comes_due_no_more(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    spoken.pages = {"ada": [AccountUnavailable("410", State.DELETED, for_good=True)]}
    bench.round()

    assert bench.schedule("ada").due_at == NEVER
    bench.round("ada")  # whoever names it asks for it all the same
    assert spoken.asked == ["ada", "ada"]


@pytest.mark.parametrize(("own", "hours"), [(None, 24), (600, 1 / 6)])
def test_an_account_is_left_alone_while_its_server_says_that_nothing_changes(
    bench: Bench, spoken: Spoken, own: int | None, hours: float
) -> None:
    """Unless the user gave it an interval of its own."""
    bench.account("ada")
    with writing(bench.engine) as session:
        session.add(Schedule(account_id=bench.wanted["ada"].account_id, every_seconds=own))
    spoken.pages, spoken.fresh_for = {"ada": [["a"]]}, 86_400
    bench.round()

    due_at = bench.schedule("ada").due_at
    assert due_at is not None
    assert due_at - bench.clock.now() == pytest.approx(timedelta(hours=hours), rel=0.11)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_bug_in_a_collector_is_told_whole_and_costs_its_account_alone(
    bench: Bench, spoken: Spoken, caplog: pytest.LogCaptureFixture, workers: int
) -> None:
    bench.account("ada", "bob", "eve")
    spoken.pages = {"ada": [["a"], KeyError("feed")], "bob": [["b"]], "eve": [["e"]]}

    summary = bench.round(workers=workers)

    assert endings(summary) == {"ada": Ending.FAILED, "bob": Ending.DONE, "eve": Ending.DONE}
    assert bench.texts() == {"a", "b", "e"}
    assert summary.exit_code == 1
    schedule = bench.schedule("ada")
    assert (schedule.holder, schedule.failures) == (None, 1)
    assert schedule.error == "unexpected KeyError: 'feed' (a bug: please report it)"
    [told] = [record for record in caplog.records if record.exc_info]
    assert told.getMessage().startswith("ada: unexpected")


def test_what_the_database_refuses_ends_the_round(bench: Bench, spoken: Spoken) -> None:
    """It concerns all accounts: on with the others would only lose what is read of them."""
    bench.account("ada", "bob")
    spoken.pages = {"ada": [BusyDatabase("in use")], "bob": [["b"]]}
    with pytest.raises(BusyDatabase):
        bench.round()


def test_a_budget_that_is_raised_is_used_in_the_next_round(
    bench: Bench, spoken: Spoken, clock: Clock
) -> None:
    """That no account is served makes none wait longer: neither till next month nor for failures."""
    bench.account("ada", "bob")
    for _ in range(4):
        spoken.pages = {"ada": [BudgetSpent("spent", clock.now() + timedelta(days=20))]}
        bench.round()
    schedule = bench.schedule("ada")
    assert schedule.due_at is not None
    assert schedule.due_at - clock.now() <= EVERY * 1.1
    assert (schedule.failures, schedule.error) == (0, "spent")
    assert bench.schedule("bob").due_at is not None  # as if it had been asked for


def test_the_line_of_an_account_with_a_gap_or_a_bad_record_is_a_warning_that_says_so(
    bench: Bench, spoken: Spoken, caplog: pytest.LogCaptureFixture
) -> None:
    bench.account("ada", "bob", "eve")
    spoken.pages = {"ada": [["a"], STUCK], "bob": [["b", "bad b", "c", "d", "e"]], "eve": [["e"]]}
    with caplog.at_level("INFO"):
        bench.round()

    lines = {record.getMessage(): record.levelname for record in caplog.records}
    assert lines["ada: done; read 1 = stored 1 + known 0 + quarantined 0; GAP posts: the platform gave no way"
                 " to go on"] == "WARNING"  # fmt: skip
    assert lines["bob: done; read 5 = stored 4 + known 0 + quarantined 1"] == "WARNING"
    assert lines["eve: done; read 1 = stored 1 + known 0 + quarantined 0"] == "INFO"


def test_a_wait_that_is_cut_short_is_a_stop_and_no_limit(bench: Bench, spoken: Spoken, clock: Clock) -> None:
    bench.account("ada")
    stopped: list[bool] = []
    spoken.pages = {"ada": [["a"], TryLater("stopped while waiting", clock.now() + timedelta(hours=1))]}
    summary = bench.round(
        stop=lambda: bool(stopped) and len(bench.texts()) == 1,
        told=lambda _wanted, _page: stopped.append(True),
    )
    assert endings(summary) == {"ada": Ending.STOPPED}
    assert bench.schedule("ada").due_at is None  # due at once


@dataclass(frozen=True)
class WithHistories(FakeCollector):
    """Each page comes with a history that cannot be read, and with word of one that is not to be had."""

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        history = Page("fake:history", b"not a page", "text/plain", self.clock.now())
        missing = Reject("fake:history/2", "the server refuses it")
        for served in FakeCollector.fetch(self, web, account, stretch):
            yield replace(served, enclosed=(history,), missing=(missing,))


def test_what_belongs_to_posts_and_cannot_be_had_is_quarantined_once_and_holds_nothing_up(
    bench: Bench, spoken: Spoken
) -> None:
    bench.account("ada")
    bench = replace(bench, collector=WithHistories(spoken, bench.clock))
    spoken.pages = {"ada": [["a"]]}

    assert endings(bench.round()) == {"ada": Ending.DONE}
    assert bench.texts() == {"a"}
    with Session(bench.engine) as session:
        told = session.exec(select(Quarantine.position, Quarantine.reason)).all()
    assert sorted(told) == [
        ("fake:history/2", "the server refuses it"),
        ("page", "not a page but a riddle"),
    ]
    assert bench.round().exit_code == 0  # what is known to be missing is no news


def test_a_round_in_which_all_are_busy_made_no_progress(bench: Bench, spoken: Spoken, engine: Engine) -> None:
    """A job that goes on until some time must not try them again at once."""
    bench.account("ada")
    take_lease(engine, bench.wanted["ada"].account_id, Holder(), now=bench.clock.now())
    assert not bench.round().made_progress
    bench.account("bob")
    assert bench.round().made_progress


@dataclass(frozen=True)
class WithABadPage(FakeCollector):
    """Newest first, one text a page; the page of `2` cannot be had."""

    streams: tuple[Stream, ...] = (Stream("posts", Order.NEWEST_FIRST),)

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        texts = [text for page in self.spoken.pages["ada"] if isinstance(page, list) for text in page]
        for text in sorted(texts, reverse=True):
            if stretch.cursor is not None and text >= stretch.cursor:
                continue
            if text == "2":
                raise Unreachable("500, always")
            page = Page(f"fake:{text}", text.encode(), "text/plain", self.clock.now())
            page.context.update({"handle": "ada", "place": ""})  # type: ignore[attr-defined]
            yield Served(page, (text,), cursor=text, end=text == "1")


def test_new_posts_do_not_wait_for_a_page_that_can_never_be_read(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    bench = replace(bench, collector=WithABadPage(spoken, bench.clock))
    spoken.pages = {"ada": [["1", "2", "3", "4"]]}
    for _ in range(3):
        assert endings(bench.round()) == {"ada": Ending.FAILED}
    spoken.pages["ada"].append(["5", "6"])
    summary = bench.round()
    assert summary.collected.gaps == ("posts: a page could not be read: 500, always",)
    assert bench.texts() == {"3", "4", "5", "6"}

    spoken.pages["ada"].append(["7"])
    assert bench.round().exit_code == 0
    assert bench.texts() == {"3", "4", "5", "6", "7"}


def test_new_posts_do_not_wait_for_a_full_round_that_fails(bench: Bench, spoken: Spoken) -> None:
    bench.account("ada")
    spoken.pages = {"ada": [["a"]]}
    bench.round()
    spoken.pages = {"ada": [Unreachable("an old page is broken"), ["b"]]}

    assert endings(bench.round(full=True)) == {"ada": Ending.FAILED}
    assert bench.texts() == {"a", "b"}
