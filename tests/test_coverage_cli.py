"""`hustings coverage` and `hustings watch`: what a person reads, a program parses, and a monitor obeys."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from archives_on_server import address_of
from fake_feed import FakeFeed
from fake_mastodon import FakeMastodon
from loopback import Fake, Loopback, serving
from platforms import keep_account
from test_cli import Result, refused, run
from world import Clock, World, filled

import hustings
from archive.cli.covering import HEADER
from archive.leases import Holder
from archive.schedules import take_lease
from db import open_database
from db.console import Exit
from db.engine import writing
from db.models import Account, Coverage, Schedule
from db.screens import Table, aligned, fitted
from db.words import CoverageStatus

ARCHIVE = Path("archive.db")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUSTINGS_DB", str(ARCHIVE))
    open_database(str(ARCHIVE), create=True).dispose()


@dataclass
class Desk:
    """An archive in this folder, and platforms that its accounts are on."""

    monkeypatch: pytest.MonkeyPatch
    platforms: ExitStack

    def serve(self, fake: Fake) -> Loopback:
        """Let a platform be reached, and have Ada's account on it."""
        loopback = self.platforms.enter_context(serving(fake))
        for name, value in loopback.settings.items():
            self.monkeypatch.setenv(name, value.replace("{url}", loopback.url))
        allowed = os.environ.get("HUSTINGS_ALLOW_HOSTS", "")
        self.monkeypatch.setenv("HUSTINGS_ALLOW_HOSTS", f"{allowed},127.0.0.1:{loopback.port}")
        with _engine() as engine:
            keep_account(engine, fake.ref("ada", loopback.url))
        return loopback


@pytest.fixture(name="desk")
def _desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with ExitStack() as platforms:
        yield Desk(monkeypatch, platforms)


@contextmanager
def _engine() -> Iterator[Any]:
    engine = open_database(str(ARCHIVE))
    try:
        yield engine
    finally:
        engine.dispose()


def today(posts: int) -> World:
    """Ada's world as it has been for two hours: commands read the real clock."""
    return filled(posts, clock=Clock(datetime.now(UTC).replace(microsecond=0) - 2 * HOUR))


def change(number: int, **values: Any) -> None:
    """Write into the schedule of an account."""
    with _engine() as engine, writing(engine) as session:
        schedule = session.get(Schedule, number) or Schedule(account_id=number)
        for name, value in values.items():
            setattr(schedule, name, value)
        session.add(schedule)


def accounts(*homes: str, platform: str = "feed") -> None:
    """Accounts that were never collected, numbered from 1."""
    with _engine() as engine, writing(engine) as session:
        session.add_all([Account(platform=platform, home=home) for home in homes])


def rows_of(result: Result) -> list[dict[str, str]]:
    """The table that was printed: column -> cell, of each account."""
    header, rule, *lines = result.stdout.splitlines()
    assert header.split("  ")[0] == "account"
    starts = [0, *(at + 2 for at in range(len(rule)) if rule.startswith("  ", at))]
    ends = [*(start - 2 for start in starts[1:]), None]
    places = list(zip(starts, ends, strict=True))
    body = [line for line in lines if ":" in line[: ends[0]] and not line.startswith(("GAP ", "FAILED "))]
    return [
        dict(zip(HEADER, (line[start:end].strip() for start, end in places), strict=True)) for line in body
    ]


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


# ---- after a collection -----------------------------------------------------------------------------


def test_after_a_collection_the_table_says_what_is_proven_of_each_account(desk: Desk) -> None:
    feed = desk.serve(FakeFeed(today(6), page_size=4))
    mastodon = desk.serve(FakeMastodon(today(9), page_size=4))
    began = datetime.now(UTC).replace(second=0, microsecond=0)
    assert run("collect").exit_code == Exit.DONE
    result = run("coverage")

    assert result.exit_code == Exit.DONE
    assert result.stderr == ""
    blog, account = rows_of(result)
    assert blog["account"] == f"feed:{feed.url}/ada/feed"
    assert account["account"] == f"mastodon:ada@127.0.0.1:{mastodon.port}"
    assert (blog["posts"], account["posts"]) == ("6", "9")
    assert blog["complete since"] == written(feed.fake.world.posts[0].published_at)
    assert account["complete since"] == "its beginning"
    for row in (blog, account):
        assert (row["state"], row["gaps"]) == ("active", "0")
        for column in ("until", "last success"):
            assert written(began) <= row[column] <= written(datetime.now(UTC))
        assert row["next"] > row["last success"]
        assert row["remark"] == ""
    assert result.stdout.splitlines()[-1] == "2 accounts; times in UTC"


def test_programs_get_a_line_of_json_for_each_account(desk: Desk) -> None:
    feed = desk.serve(FakeFeed(today(6), page_size=4))
    desk.serve(FakeMastodon(today(9), page_size=4))
    before = datetime.now(UTC)
    run("collect")
    told = [json.loads(line) for line in run("coverage", "--json").stdout.splitlines()]

    assert [one["platform"] for one in told] == ["feed", "mastodon"]
    for one, statements in zip(told, (6, 9), strict=True):
        [stream] = one["streams"]
        assert (one["statements"], one["gaps"], one["failures"], one["error"]) == (statements, 0, 0, None)
        assert (one["collectable"], one["busy"], one["stale"]) == (True, False, False)
        assert (stream["complete"], stream["unread"], stream["gaps"]) == (True, False, [])
        for time in (stream["until"], one["succeeded_at"], one["known_at"]):
            assert before <= datetime.fromisoformat(time) <= datetime.now(UTC)
    entries, statuses = (one["streams"][0] for one in told)
    assert datetime.fromisoformat(entries["since"]) == feed.fake.world.posts[0].published_at
    assert statuses["since"] is None


def rolled_over(desk: Desk) -> World:
    """A feed whose window holds four entries: six appeared after it was read, two of them are lost."""
    world = today(3)
    desk.serve(FakeFeed(world, page_size=4, archives=False))
    run("collect")
    world.clock.pass_((datetime.now(UTC) - world.clock.now()).total_seconds())
    for number in range(6):
        world.post("ada", f"Later statement {number}.")
    return world


def test_a_window_that_rolled_over_is_a_gap_with_its_times_and_its_reason(desk: Desk) -> None:
    rolled_over(desk)
    assert run("collect").exit_code == Exit.PARTLY
    result = run("coverage")

    [row] = rows_of(result)
    assert (row["gaps"], row["posts"]) == ("1", "7")
    [line] = [line for line in result.stdout.splitlines() if line.startswith("GAP ")]
    assert line.startswith(f"GAP {row['account']} entries, ")
    [told] = [json.loads(line) for line in run("coverage", "--json").stdout.splitlines()]
    assert told["gaps"] == 1
    [gap] = told["streams"][0]["gaps"]
    since, until = (datetime.fromisoformat(gap[name]) for name in ("since", "until"))
    assert since < until
    assert gap["reason"]
    assert line.endswith(f"entries, {written(since)} to {written(until)}: {gap['reason']}")


def test_why_an_account_failed_is_told_in_full_below_the_table() -> None:
    accounts("https://ada.example/feed")
    error = "SourceRefused: " + " ".join(f"word{number}" for number in range(40))
    change(1, failures=3, error=f"{error}\x1b[2J")
    result = run("coverage")
    assert rows_of(result)[0]["remark"].startswith("failed 3x: SourceRefused")
    assert result.stdout.splitlines()[-1] == (
        f"FAILED feed:https://ada.example/feed, 3 times: {error}\ufffd[2J"
    )


def test_an_account_without_a_collector_is_shown_as_imported() -> None:
    accounts("https://forum.example/ada", platform="forum")
    [row] = rows_of(run("coverage"))
    assert (row["complete since"], row["posts"], row["last success"]) == ("import only", "0", "-")


# ---- a monitor --------------------------------------------------------------------------------------


def test_a_monitor_is_content_while_every_account_is_known(desk: Desk) -> None:
    desk.serve(FakeFeed(today(3)))
    run("collect")
    result = run("coverage", "--max-age", "2h")
    assert (result.exit_code, result.stderr) == (Exit.DONE, "")


def test_a_monitor_names_the_account_whose_last_success_is_too_old(desk: Desk) -> None:
    desk.serve(FakeFeed(today(3)))
    mastodon = desk.serve(FakeMastodon(today(3)))
    run("collect")
    change(2, succeeded_at=datetime.now(UTC) - 3 * HOUR)

    result = run("coverage", "--max-age", "2h")
    name = f"mastodon:ada@127.0.0.1:{mastodon.port}"
    refused(result, "1 account", "longer than 2h", name, code=Exit.PARTLY)
    assert "feed:" not in result.stderr
    assert [row["remark"] for row in rows_of(result)] == ["", "stale"]
    assert run("coverage", "--max-age", "4h").exit_code == Exit.DONE


def test_a_monitor_names_a_few_of_many_and_counts_the_others() -> None:
    accounts(*(f"https://{number}.example/feed" for number in range(7)))
    result = run("coverage", "--max-age", "2h")
    refused(result, "7 accounts", "https://4.example/feed and 2 more", code=Exit.PARTLY)
    assert "https://5.example/feed" not in result.stderr


def test_a_success_in_the_future_does_not_keep_a_monitor_content(desk: Desk) -> None:
    desk.serve(FakeFeed(today(3)))
    run("collect")
    change(1, succeeded_at=datetime.now(UTC) + 30 * DAY)

    result = run("coverage", "--max-age", "2h")
    assert result.exit_code == Exit.PARTLY
    assert rows_of(result)[0]["remark"] == "stale; clock: last success lies in the future"
    assert rows_of(run("coverage"))[0]["remark"] == "clock: last success lies in the future"


def test_a_monitor_of_an_empty_archive_says_that_it_watches_nothing() -> None:
    with _engine() as engine:
        name = str(engine.url.database)
    refused(run("coverage", "--max-age", "2h"), "nothing to watch", name, code=Exit.PARTLY)
    refused(run("coverage", "--max-age", "2h", "--json"), "nothing to watch", code=Exit.PARTLY)
    assert run("coverage").exit_code == Exit.DONE


def test_a_monitor_of_imported_accounts_alone_says_that_it_watches_nothing() -> None:
    accounts("https://forum.example/ada", platform="forum")
    refused(run("coverage", "--max-age", "2h"), "nothing to watch", "1 account", code=Exit.PARTLY)
    assert run("coverage").exit_code == Exit.DONE


def test_a_length_of_time_that_is_none_is_refused() -> None:
    for command in ("coverage", "watch"):
        refused(run(command, "--max-age", "soon"), "soon", "2h")


# ---- watching ---------------------------------------------------------------------------------------


def test_watching_into_a_pipe_prints_the_table_once(desk: Desk) -> None:
    desk.serve(FakeFeed(today(3)))
    run("collect")
    result = run("watch")
    assert result.exit_code == Exit.DONE
    assert result.stdout == run("coverage").stdout
    assert "\x1b" not in result.stdout


def worrying() -> list[str]:
    """Seven accounts, the ones that need a look last; their names in the order that watching shows."""
    names = ["well", "new", "unread", "gapped", "ahead", "old", "failing", "busy"]
    accounts(*names)
    now = datetime.now(UTC)
    for number, _ in enumerate(names, start=1):
        change(number, succeeded_at=now)
    change(2, succeeded_at=now - HOUR)
    change(5, succeeded_at=now + DAY)
    change(6, succeeded_at=now - 9 * HOUR)
    change(7, failures=3, error="Unreachable: no answer")
    with _engine() as engine:
        take_lease(engine, 8, Holder(), now=now)
        with writing(engine) as session:
            session.add(
                Coverage(account_id=3, stream="entries", status=CoverageStatus.PENDING, cursor="2", high="9")
            )
            session.add(
                Coverage(
                    account_id=4,
                    stream="entries",
                    status=CoverageStatus.SUSPECTED,
                    low="1",
                    reason="rolled over",
                )
            )
    return ["busy", "failing", "ahead", "old", "gapped", "unread", "well", "new"]


def test_watching_shows_worries_first_and_coverage_keeps_the_order_of_the_accounts() -> None:
    wanted = worrying()
    shown = [row["account"].removeprefix("feed:") for row in rows_of(run("watch", "--max-age", "2h"))]
    assert shown == wanted
    shown = [row["account"].removeprefix("feed:") for row in rows_of(run("coverage", "--max-age", "2h"))]
    assert shown == ["well", "new", "unread", "gapped", "ahead", "old", "failing", "busy"]


def test_watching_without_an_age_does_not_call_an_account_stale() -> None:
    worrying()
    assert "stale" not in run("watch").stdout
    remarks = {row["account"]: row["remark"] for row in rows_of(run("watch", "--max-age", "2h"))}
    assert remarks["feed:old"] == "stale"
    assert remarks["feed:busy"] == "collecting"
    assert remarks["feed:failing"] == "failed 3x: Unreachable: no answer"
    assert remarks["feed:unread"] == "to be continued"


def on_a_terminal(*words: str, columns: int, lines: int, until: Callable[[str], bool]) -> str:
    """What a command draws on a terminal of that size; once it has drawn enough, Ctrl-C ends it."""
    main, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, hustings.__file__, *words],
        stdout=terminal,
        stdin=terminal,
        stderr=terminal,
        env={**environment, "HUSTINGS_DB": address_of(ARCHIVE), "TERM": "xterm-256color"},
    )
    os.close(terminal)
    drawn, patience = b"", Timer(60, process.kill)
    patience.start()
    try:
        while not until(drawn.decode(errors="replace")):
            drawn += os.read(main, 1 << 16)
        process.send_signal(signal.SIGINT)
        _read_to_its_end(main)
        assert process.wait() == Exit.DONE
    finally:
        patience.cancel()
        process.kill()
        process.wait()
        os.close(main)
    return drawn.decode(errors="replace")


def _read_to_its_end(terminal: int) -> None:
    """Who writes to a terminal that nobody reads waits for ever."""
    with suppress(OSError):  # Linux's way to say that the other side is closed
        while os.read(terminal, 1 << 16):
            pass


def test_a_watched_table_leaves_its_caption_on_the_terminal_and_ends_with_ctrl_c() -> None:
    accounts(*(f"https://c{number}.example/feed" for number in range(60)))
    change(57, failures=2, error="Unreachable: no answer")
    drawn = on_a_terminal("watch", columns=80, lines=24, until=lambda text: "60 accounts" in text)

    lines = drawn.splitlines()
    assert "account" in lines[0]
    assert "feed:c56.exam" in lines[2]
    assert lines[-2].strip() == "... and 41 more"
    assert "60 accounts; times in UTC" in lines[-1]
    assert len(lines) <= 23


# ---- what fits a terminal ---------------------------------------------------------------------------

WIDE = (
    "mastodon:a-rather-long-handle@social.example",
    "active",
    "2024-07-01 09:00",
    "2024-07-05 12:00",
    "12,345",
    "17",
    "2024-07-05 12:00",
    "2024-07-05 13:00",
    "failed 3x: Unreachable: no answer at all",
)


def table(rows: int = 1) -> Table:
    """A table as the commands make it."""
    return Table(
        HEADER,
        [WIDE] * rows,
        "accounts",
        least={"remark": 12, "state": 6, "account": 16},
        spared=("next", "until", "state", "last success"),
    )


def test_a_table_that_fits_is_the_same_on_a_terminal() -> None:
    assert fitted(table(), width=250, height=50) == aligned(table())


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 160, 200])
def test_on_a_narrow_terminal_the_numbers_stay_readable(width: int) -> None:
    text = fitted(table(), width=width)
    assert all(len(line) <= width for line in text.splitlines())
    for whole in ("12,345", " 17 ", "2024-07-01 09:00"):
        assert whole in text
    assert "mastodon:a-" in text
    assert "failed 3x" in text


def test_names_and_remarks_are_cut_before_a_column_is_left_out() -> None:
    text = fitted(table(), width=140)
    assert "no room for" not in text
    assert "…" in text


def test_columns_that_are_left_out_are_named() -> None:
    assert fitted(table(), width=100).splitlines()[-1] == "accounts; no room for: next, until"
    assert "last success" not in fitted(table(), width=100).splitlines()[-1]


@pytest.mark.parametrize(("rows", "shown"), [(20, 20), (21, 21), (22, 20), (1000, 20)])
def test_a_high_table_shows_the_first_rows_and_counts_the_others(rows: int, shown: int) -> None:
    lines = fitted(table(rows), width=250, height=24).splitlines()
    assert len(lines) <= 24
    assert sum("mastodon:" in line for line in lines) == shown
    more = [f"... and {rows - shown:,} more"] if rows > shown else []
    assert lines[2 + shown :] == [*more, "accounts"]


def test_an_address_loses_its_scheme_before_its_host() -> None:
    long = Table(("account",), [("feed:https://ada.example/feed",)], least={"account": 12})
    assert fitted(long, width=17).splitlines()[-1] == "feed:ada.example…"


def test_characters_of_two_columns_are_cut_by_what_they_take() -> None:
    wide = Table(("account", "gaps"), [("選挙" * 10, "3")], least={"account": 12})
    _, _, row = fitted(wide, width=20).splitlines()
    assert row == "選挙選挙選挙…   3"


def test_a_terminal_is_not_steered_by_what_is_shown() -> None:
    assert "\x1b" not in fitted(Table(("account",), [("\x1b[2J",)]), width=80)
