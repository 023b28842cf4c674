"""What stands behind "none found", with the ledger of rounds over a platform in small."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import example_archive as example
import pytest
from fake_feed import FakeFeed
from fake_mastodon import FakeMastodon
from loopback import Fake, Loopback, serving
from outcome_examples import METHOD
from platforms import keep_account, one_round
from sqlalchemy import Engine
from sqlmodel import Session, select
from world import START, Clock, World

from analysis.contract import KindName
from analysis.outcomes import (
    Accuracy,
    Backing,
    CandidacyOutcome,
    ConcessionStatus,
    Level,
    Unread,
    candidacy_outcomes,
    find_contests,
    find_elections,
)
from archive.contract import Choices
from archive.imports import import_statements
from db import models, writing
from db.words import State

ELECTION = "council.2024-07-04"
POLLS_CLOSE = datetime(2024, 7, 4, 21, 0, tzinfo=UTC)
DECLARED = datetime(2024, 7, 5, 3, 0, tzinfo=UTC)
WINDOW_ENDS = datetime(2024, 7, 18, 23, 0, tzinfo=UTC)
LATER = datetime(2024, 8, 1, tzinfo=UTC)
RECALL = Accuracy("kinds-test-1", KindName.CONCESSION, 0.9, 0.8, 0.95, 60, "codes of spring")


def fill(engine: Engine, *, declared: datetime | None = DECLARED) -> None:
    """An election of one ward in which Ada Quill lost."""
    with writing(engine) as session:
        session.add(
            models.Election(
                id=ELECTION,
                name="Council",
                polling_date=date(2024, 7, 4),
                time_zone="Europe/London",
                polls_close_at=POLLS_CLOSE,
            )
        )
        session.add_all(models.Person(id=f"p:{name}", name=name) for name in ("ada", "bo"))
        session.flush()
        session.add(
            models.Contest(
                id="hill",
                election_id=ELECTION,
                name="Hill",
                declared_at=declared,
                declared_precision="minute" if declared else None,
            )
        )
        session.flush()
        for name, elected in (("ada", False), ("bo", True)):
            session.add(models.Candidacy(contest_id="hill", person_id=f"p:{name}", elected=elected))


@dataclass
class Scene:
    """Ada's account on a platform in small, collected round by round."""

    engine: Engine
    loopback: Loopback
    account: int

    @property
    def world(self) -> World:
        return self.loopback.fake.world

    def go_to(self, time: datetime) -> None:
        self.world.clock.pass_((time - self.world.clock.now()).total_seconds())

    def collect(self, at: datetime) -> None:
        self.go_to(at)
        one_round(self.engine, self.loopback)

    def post(self, at: datetime, text: str = "We thank everybody who voted today.") -> None:
        self.go_to(at)
        self.world.post("ada", text)


def read_all(engine: Engine, unscored: str | None = None) -> None:
    """Let a method read every statement that it has not read."""
    with writing(engine) as session:
        done = set(session.exec(select(models.Reading.statement_id)))
        for statement in session.exec(select(models.Statement.id)).all():
            if statement not in done and statement is not None:
                example.add_reading(session, statement, [], method=METHOD, unscored=unscored)


def outcome(
    engine: Engine, now: datetime = LATER, *, accuracy: tuple[Accuracy, ...] = ()
) -> CandidacyOutcome:
    with Session(engine) as session:
        contests = find_contests(session, find_elections(session)[0])
        found = candidacy_outcomes(session, contests, now=now, accuracy=accuracy)
    return next(one for one in found if one.candidacy.person_id == "p:ada")


def backing(engine: Engine, now: datetime = LATER) -> Backing:
    return outcome(engine, now).backing


def staged(engine: Engine, fake: Callable[[World], Fake]) -> Iterator[Scene]:
    fill(engine)
    world = World(Clock(START))
    world.account("ada")
    with serving(fake(world)) as loopback:
        account = keep_account(engine, loopback.fake.ref("ada", loopback.url))
        with writing(engine) as session:
            session.get_one(models.Account, account).person_id = "p:ada"
        yield Scene(engine, loopback, account)


@pytest.fixture
def scene(engine: Engine) -> Iterator[Scene]:
    yield from staged(engine, lambda world: FakeMastodon(world, page_size=5))


@pytest.fixture
def feed(engine: Engine) -> Iterator[Scene]:
    yield from staged(engine, lambda world: FakeFeed(world, page_size=3, archives=False))


def test_an_account_that_was_read_before_polls_close_and_after_the_window_is_complete(scene: Scene) -> None:
    scene.post(POLLS_CLOSE - timedelta(days=1))
    scene.collect(POLLS_CLOSE - timedelta(hours=2))
    scene.post(DECLARED + timedelta(hours=1))
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(scene.engine)
    found = outcome(scene.engine)

    assert found.status is ConcessionStatus.NONE_FOUND
    assert (found.backing.level, found.backing.why) == (Level.COMPLETE, ())
    assert (found.backing.statements, found.backing.read, found.backing.platforms) == (2, 2, ("mastodon",))
    [account] = found.backing.accounts
    assert account.is_complete
    assert account.covered_from is None
    assert account.covered_until is not None
    assert account.covered_until >= WINDOW_ENDS


def test_an_account_that_was_first_read_long_after_is_complete_where_the_platform_shows_all(
    scene: Scene,
) -> None:
    scene.post(DECLARED + timedelta(hours=1))
    scene.collect(LATER - timedelta(days=2))
    read_all(scene.engine)
    assert backing(scene.engine).level is Level.COMPLETE


def test_an_account_that_was_not_read_to_the_end_of_the_window_is_partial_and_says_until_when(
    scene: Scene,
) -> None:
    scene.collect(DECLARED + timedelta(hours=1))
    found = backing(scene.engine)
    assert found.level is Level.PARTIAL
    assert found.why == (f"mastodon {found.accounts[0].handle}: read until 2024-07-05 04:00 UTC",)


@pytest.mark.parametrize(("minutes", "level"), [(30, Level.COMPLETE), (90, Level.PARTIAL)])
def test_while_the_window_is_open_an_account_read_within_the_hour_is_complete_so_far(
    scene: Scene, minutes: int, level: Level
) -> None:
    scene.collect(DECLARED + timedelta(hours=1))
    now = DECLARED + timedelta(hours=1, minutes=minutes)
    assert backing(scene.engine, now).level is level


def test_a_gap_near_the_result_makes_coverage_partial_with_its_reason(feed: Scene) -> None:
    feed.post(POLLS_CLOSE - timedelta(days=2))
    feed.collect(POLLS_CLOSE - timedelta(hours=1))
    for hour in range(9):  # more than the feed shows at a time
        feed.post(DECLARED + timedelta(hours=hour))
    feed.collect(DECLARED + timedelta(hours=12))
    feed.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(feed.engine)
    found = backing(feed.engine)

    assert found.level is Level.PARTIAL
    [account] = found.accounts
    assert [gap.reason for gap in account.gaps] == [
        "none of the items shown was known: others may have come and gone"
    ]


def test_a_gap_before_polls_close_takes_nothing_from_what_was_said_of_the_result(feed: Scene) -> None:
    feed.post(START + timedelta(minutes=1))
    feed.collect(START + timedelta(minutes=2))
    for minute in range(3, 12):
        feed.post(START + timedelta(minutes=minute))
    feed.collect(START + timedelta(minutes=20))
    feed.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(feed.engine)
    assert backing(feed.engine).level is Level.COMPLETE


def test_an_account_that_was_first_read_after_the_polls_closed_is_partial_where_older_items_are_hidden(
    feed: Scene,
) -> None:
    for hour in range(6):
        feed.post(DECLARED + timedelta(hours=hour))
    feed.collect(DECLARED + timedelta(hours=6))
    feed.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(feed.engine)
    found = backing(feed.engine)
    assert found.level is Level.PARTIAL
    assert "nothing is proven before" in found.why[0]


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DELETED])
def test_an_account_that_was_last_seen_taken_away_is_never_complete(scene: Scene, state: State) -> None:
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    assert backing(scene.engine).level is Level.COMPLETE
    with writing(scene.engine) as session:
        session.add(models.Observation(account_id=scene.account, state=state, observed_at=LATER))
    found = backing(scene.engine)
    assert found.level is Level.PARTIAL
    [why] = found.why
    assert why.endswith(f": the account was last seen {state} on 2024-08-01 00:00 UTC")


def test_an_account_that_came_back_is_judged_by_what_was_read(scene: Scene) -> None:
    with writing(scene.engine) as session:
        for day, state in ((1, State.SUSPENDED), (2, State.ACTIVE)):
            observed = POLLS_CLOSE + timedelta(days=day)
            session.add(models.Observation(account_id=scene.account, state=state, observed_at=observed))
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    assert backing(scene.engine).level is Level.COMPLETE


def test_a_second_account_that_is_not_collected_makes_coverage_partial(scene: Scene) -> None:
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    with writing(scene.engine) as session:
        session.add(models.Account(platform="x", platform_id="17", person_id="p:ada"))
    found = backing(scene.engine)
    assert (found.level, found.why) == (Level.PARTIAL, ("x 17: never collected",))


@pytest.mark.parametrize(
    ("when", "level"),
    [
        (POLLS_CLOSE - timedelta(hours=1), Level.COMPLETE),
        (POLLS_CLOSE + timedelta(minutes=1), Level.PARTIAL),
        (DECLARED + timedelta(days=2, hours=23), Level.PARTIAL),
        (DECLARED + timedelta(days=3, hours=1), Level.COMPLETE),
    ],
)
def test_an_unread_post_counts_against_coverage_only_near_the_result(
    scene: Scene, when: datetime, level: Level
) -> None:
    scene.post(when)
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    found = backing(scene.engine)
    assert found.level is level
    [unread] = found.unread
    assert (unread.reason, unread.count, unread.near_result) == (
        Unread.NOT_ANALYSED,
        1,
        int(level is Level.PARTIAL),
    )
    assert found.read == 0


@pytest.mark.parametrize(
    ("unscored", "reason"),
    [("no_text", Unread.NO_TEXT), ("unsupported_language", Unread.OTHER_LANGUAGE)],
)
def test_posts_that_the_method_could_not_read_are_told_by_reason(
    scene: Scene, unscored: str, reason: Unread
) -> None:
    scene.post(DECLARED + timedelta(hours=1))
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(scene.engine, unscored)
    found = backing(scene.engine)
    assert [(one.reason, one.near_result) for one in found.unread] == [(reason, 1)]
    assert found.level is Level.PARTIAL


def test_a_record_that_could_not_be_read_counts_against_coverage(scene: Scene) -> None:
    scene.loopback.fake.switches.malformed_every = 2
    scene.post(DECLARED + timedelta(hours=1))
    scene.post(DECLARED + timedelta(hours=2))
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(scene.engine)
    found = backing(scene.engine)
    assert [(one.reason, one.count) for one in found.unread] == [(Unread.NOT_PARSED, 1)]
    assert (found.level, found.read) == (Level.PARTIAL, 1)


def test_a_page_of_nothing_but_unreadable_records_counts_against_its_account(scene: Scene) -> None:
    scene.loopback.fake.switches.malformed_every = 1
    scene.post(DECLARED + timedelta(hours=1))
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    assert [(one.reason, one.count) for one in backing(scene.engine).unread] == [(Unread.NOT_PARSED, 1)]


def test_without_a_declared_time_the_days_after_polling_day_are_near_the_result(engine: Engine) -> None:
    fill(engine, declared=None)
    with writing(engine) as session:
        session.add(models.Account(id=1, platform="x", platform_id="17", person_id="p:ada"))
        session.add(
            models.Coverage(
                account_id=1, stream="posts", status="complete", until=WINDOW_ENDS + timedelta(hours=1)
            )
        )
        session.flush()
        example._captures(session)
        session.flush()
        for number, day in enumerate((3, 4, 7, 9)):
            example.add_statement(
                session,
                str(number),
                None,
                "Hello.",
                datetime(2024, 7, day, tzinfo=UTC),
                precision="day",
                account=1,
            )
    found = backing(engine)
    assert [(one.count, one.near_result) for one in found.unread] == [(4, 2)]


def imported(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(
        "id,created_at,text,username\n1,2024-07-05T04:00:00Z,Thank you all.,ada\n"
        "2,2023-01-05T04:00:00Z,Long ago.,ada\n",
        encoding="utf-8",
    )
    list(import_statements(engine, file, choices=Choices(platform="x", person="p:ada")))


def test_statements_from_a_file_prove_nothing_of_what_is_missing(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    imported(engine, tmp_path)
    read_all(engine)
    found = outcome(engine)
    assert found.status is ConcessionStatus.NONE_FOUND
    assert found.backing.level is Level.IMPORTED
    assert found.backing.statements == 1
    assert "files, which prove nothing" in found.backing.why[-1]


def test_what_an_article_quotes_makes_nobody_collected(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    imported(engine, tmp_path)
    with writing(engine) as session:
        for row in session.exec(select(models.Statement)):
            row.platform, row.cue = "news", "she said"
    found = outcome(engine)
    assert (found.status, found.backing.statements) == (ConcessionStatus.NOT_COLLECTED, 1)


def test_a_candidate_without_accounts_is_not_collected(engine: Engine) -> None:
    fill(engine)
    found = outcome(engine)
    assert found.status is ConcessionStatus.NOT_COLLECTED
    assert (found.backing.level, found.backing.why) == (Level.NOT_COLLECTED, ("no account is known",))


def test_a_candidate_whose_account_was_never_read_is_not_collected(engine: Engine) -> None:
    fill(engine)
    with writing(engine) as session:
        session.add(models.Account(id=1, platform="x", platform_id="17", person_id="p:ada"))
        session.flush()
        session.add(models.Schedule(account_id=1, failures=3, error="Unreachable: no answer"))
    found = outcome(engine)
    assert found.status is ConcessionStatus.NOT_COLLECTED
    assert found.backing.why == ("x 17: never collected: Unreachable: no answer",)


def test_a_first_round_that_was_interrupted_proves_nothing(engine: Engine) -> None:
    fill(engine)
    with writing(engine) as session:
        session.add(models.Account(id=1, platform="x", platform_id="17", person_id="p:ada"))
        session.flush()
        session.add(models.Coverage(account_id=1, stream="posts", status="pending"))
    assert backing(engine).level is Level.NOT_COLLECTED


def test_the_measured_recall_stands_beside_only_where_it_is_of_the_method_that_read(scene: Scene) -> None:
    scene.post(DECLARED + timedelta(hours=1))
    scene.collect(WINDOW_ENDS + timedelta(hours=1))
    read_all(scene.engine)
    other = Accuracy("kinds-other-2", KindName.CONCESSION, 0.5, 0.4, 0.6, 10, "codes")
    victory = Accuracy("kinds-test-1", KindName.VICTORY, 0.5, 0.4, 0.6, 10, "codes")
    assert outcome(scene.engine).backing.accuracy is None
    assert outcome(scene.engine, accuracy=(other, victory)).backing.accuracy is None
    assert outcome(scene.engine, accuracy=(other, victory, RECALL)).backing.accuracy == RECALL


def test_reposts_are_counted_apart(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    imported(engine, tmp_path)
    with writing(engine) as session:
        for row in session.exec(select(models.Statement)):
            row.repost_of = "99"
    found = backing(engine)
    assert (found.statements, found.reposts, found.unread) == (0, 1, ())
