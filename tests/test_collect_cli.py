"""`hustings collect` and `hustings add`, from end to end, on platforms that are served on loopback."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from archives_on_server import held, rows_in
from fake_bluesky import FakeBluesky
from fake_feed import FakeFeed
from fake_mastodon import FakeMastodon
from fake_telegram import FakeTelegram
from fake_x import FakeX
from fake_youtube import FakeYouTube
from loopback import Fake, Loopback, server_error, serving
from test_cli import refused, run
from world import World, filled

import hustings
from archive.secrets import settings_in
from db.console import Exit

ROSTER = (
    "election_id,polling_date,time_zone,contest_id,contest_name,person_name,person_id\n"
    "xx.1,2031-05-04,Europe/Lisbon,xx.1.a,Exampleton,Ada Quill,dc:801\n"
)


@pytest.fixture(autouse=True)
def _an_archive_with_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUSTINGS_DB", raising=False)
    Path("roster.csv").write_text(ROSTER)
    run("roster", "import", "roster.csv")


@pytest.fixture(name="blog")
def _blog(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with serving(FakeFeed(filled(5), page_size=20)) as loopback:
        monkeypatch.setenv("HUSTINGS_ALLOW_HOSTS", f"127.0.0.1:{loopback.port}")
        run("account", "add", "dc:801", "feed", f"{loopback.url}/ada/feed")
        yield loopback


def told(*words: str, code: int = 0) -> dict[str, Any]:
    """What a command tells programs: exactly one line."""
    result = run(*words, "--json")
    assert result.exit_code == code, result.stdout + result.stderr
    [line] = result.stdout.splitlines()
    said: dict[str, Any] = json.loads(line)
    assert said["exit_code"] == code
    return said


def rows(query: str) -> list[tuple[Any, ...]]:
    return rows_in("hustings.db", query)


# ---- collect ----------------------------------------------------------------------------------------


def test_a_person_is_told_of_each_account_and_a_program_gets_one_line(blog: Loopback) -> None:
    first, second = run("collect").stdout.splitlines()
    assert first == f"feed @{blog.url}/ada/feed: done; read 5 = stored 5 + known 0 + quarantined 0"
    assert second.startswith("round 1: accounts: 1 done; 1 pages; read 5 = stored 5")

    said = told("collect")
    assert (said["accounts"], said["pages"], said["gaps"], said["short"]) == ({"done": 1}, 0, 0, [])
    assert said["interrupted"] is False


def test_only_what_is_due_is_collected_by_due(blog: Loopback) -> None:
    assert told("collect", "--due")["accounts"] == {"done": 1}
    assert told("collect", "--due")["accounts"] == {}
    assert "none due" in run("collect", "--due").stdout
    assert told("collect", "--account", f"feed:{blog.url}/ada/feed")["accounts"] == {"done": 1}
    assert rows("SELECT command FROM round ORDER BY id")[:2] == [("collect --due",), ("collect --due",)]


def test_what_is_short_is_named_with_its_reason(blog: Loopback) -> None:
    run("collect")
    for number in range(30):
        blog.fake.world.post("ada", f"Later {number}")
    assert isinstance(blog.fake, FakeFeed)
    blog.fake.archives = False

    said = told("collect", code=Exit.PARTLY)
    [short] = said["short"]
    assert short["gaps"] == ["entries: none of the items shown was known: others may have come and gone"]
    assert said["gaps"] == 1


def test_a_server_that_is_down_is_told_and_the_account_comes_due_again(blog: Loopback) -> None:
    for number in range(8):
        blog.fail(number, "down", server_error)
    said = told("collect", code=Exit.PARTLY)
    assert said["accounts"] == {"failed": 1}
    assert "answers 503" in said["short"][0]["message"]


def test_until_goes_on_with_what_comes_due_and_tells_programs_once(blog: Loopback) -> None:
    said = told("collect", "--until", "2s")
    assert (said["accounts"], said["rounds"]) == ({"done": 1}, 1)


def test_a_locked_archive_ends_a_round_but_not_a_job(blog: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine.BUSY_SECONDS", 0.1)
    run("collect")
    with held("hustings.db"):
        refused_line = run("collect", "--json")
        assert refused_line.exit_code == Exit.TRY_LATER
        assert json.loads(refused_line.stdout)["exit_code"] == Exit.TRY_LATER
        said = told("collect", "--until", "2s", code=Exit.TRY_LATER)
        assert said["rounds"] == 0
    assert told("collect")["accounts"] == {"done": 1}


@pytest.mark.parametrize("amount", ["nan", "-1", "inf", "much"])
def test_a_budget_that_is_no_amount_is_refused(amount: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run("account", "add", "dc:801", "x", "ada")
    monkeypatch.setenv("HUSTINGS_X_BUDGET", amount)
    refused(run("collect"), "HUSTINGS_X_BUDGET", "US dollars")


def test_an_estimate_says_what_was_spent_and_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    run("account", "add", "dc:801", "x", "ada")
    monkeypatch.setenv("HUSTINGS_X_BUDGET", "20")
    first, *others = run("collect", "--estimate").stdout.splitlines()
    assert first == "spent on X this month (UTC): $0.00 of $20.00"
    assert any(line.startswith("x @ada: about $") for line in others)


def test_an_archive_without_accounts_says_how_to_add_one() -> None:
    result = run("collect", "--json")
    assert result.exit_code == Exit.BAD_INPUT
    assert "hustings account add" in json.loads(result.stdout)["error"]


def test_the_first_interruption_stops_between_pages_and_the_second_at_once(blog: Loopback) -> None:
    """In a process of its own, as Ctrl-C would: the server hangs, so only the second one can end it."""
    script = (
        "import os, signal, sys, threading, time\n"
        "from archive.cli.waiting import interruptible\n"
        "with interruptible('stopping') as asked:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    assert asked()\n"
        "    threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(600)\n"
    )
    root = Path(hustings.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (130, "hustings: stopping\n")


def test_ctrl_c_is_heard_at_every_line_of_the_wait_for_it() -> None:
    """Once it came between two lines of the wait itself, and nothing but a kill ended the process."""
    script = (
        "import os, signal, sys\n"
        "from archive.cli.waiting import interruptible\n"
        "def heard(line):\n"
        "    passed = 0\n"
        "    def trace(frame, event, argument):\n"
        "        nonlocal passed\n"
        "        passed += 1\n"
        "        if passed == line:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "        return trace if passed < line else None\n"
        "    with interruptible() as asked:\n"
        "        sys.settrace(trace)\n"
        "        at_once = asked(0.5)\n"
        "        sys.settrace(None)\n"
        "        return at_once, asked(0.0)\n"
        "answers = [heard(line) for line in range(1, 13)]\n"
        "print(answers[:5] == [(True, True)] * 5, sorted(set(answers)))\n"
    )
    root = Path(hustings.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    never_sent_sent_late_sent_in_time = "[(False, False), (False, True), (True, True)]"
    assert (done.stdout, done.stderr) == (f"True {never_sent_sent_late_sent_in_time}\n", "")


# ---- secrets and addresses --------------------------------------------------------------------------


def test_an_address_with_a_password_is_no_account() -> None:
    result = run("account", "add", "dc:801", "feed", "https://ada:open-sesame@blog.example/feed")
    assert result.exit_code == Exit.BAD_INPUT
    assert rows("SELECT count(*) FROM account") == [(0,)]


# ---- add --------------------------------------------------------------------------------------------

ADDRESSES: dict[str, tuple[Callable[[World], Fake], str]] = {
    "bluesky": (FakeBluesky, "https://bsky.app/profile/{did}/post/{key}"),
    "mastodon": (FakeMastodon, "{url}/@ada/{status}"),
    "x": (FakeX, "https://x.com/ada/status/{id}"),
    "telegram": (FakeTelegram, "https://t.me/ada/{serial}"),
    "youtube": (FakeYouTube, "https://www.youtube.com/watch?v={id}"),
}
"""Platform -> its fake, and how people write the address of a post there. A feed's entries are pages of any
site: nothing in such an address says of which feed."""


@pytest.mark.parametrize("platform", ADDRESSES)
def test_one_post_of_any_platform_is_archived_by_its_address(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, form = ADDRESSES[platform]
    world = filled(3)
    with serving(make(world)) as loopback:
        allow(loopback, monkeypatch)
        post = world.posts[1]
        known = loopback.fake.post_id(post)
        status = loopback.fake.status_id(post) if isinstance(loopback.fake, FakeMastodon) else ""
        did, key = known.removeprefix("at://").split("/")[0], known.rpartition("/")[2]
        address = form.format(url=loopback.url, did=did, key=key, id=known, serial=post.serial, status=status)

        assert told_of_one(address) == (1, 1, 0)
        assert told_of_one(address) == (1, 0, 1)
        assert rows("SELECT post_id, text FROM statement") == [(known, loopback.fake.text(post))]
        assert rows("SELECT count(*) FROM coverage") == [(0,)]  # one post proves no interval


def allow(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_ALLOW_HOSTS", f"127.0.0.1:{loopback.port}")
    monkeypatch.setenv("HUSTINGS_X_BUDGET", "20")
    for name, value in loopback.settings.items():
        monkeypatch.setenv(name, value)


def told_of_one(address: str) -> tuple[int, int, int]:
    """What was read, stored, known."""
    result = run("add", address, "--json")
    assert result.exit_code == 0, result.stdout + result.stderr
    said = json.loads(result.stdout)
    return said["read"], said["stored"], said["known"]


def test_what_is_no_post_is_refused_before_an_archive_is_made() -> None:
    refused(run("--db", "typo.db", "add", "https://blog.example/2024/thanks"), "not the address of a post")
    assert not Path("typo.db").exists()


def test_a_post_of_a_server_that_is_down_is_to_be_tried_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_TELEGRAM", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("HUSTINGS_ALLOW_HOSTS", "127.0.0.1:9")
    monkeypatch.setattr("archive.web.polite.LONGEST_BACKOFF", 0.5)

    result = run("add", "https://t.me/ada/1", "--json")

    assert result.exit_code == Exit.TRY_LATER
    assert json.loads(result.stdout)["exit_code"] == Exit.TRY_LATER
    assert rows("SELECT outcome FROM round ORDER BY id DESC LIMIT 1") == [("failed",)]


# ---- plug-ins ---------------------------------------------------------------------------------------


@pytest.fixture
def broken_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution whose collector for the platform `bulletin` cannot be imported."""
    installed = tmp_path / "site" / "broken-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(
        "[hustings.collectors]\nbulletin = no_such_module:collector\n"
    )
    monkeypatch.syspath_prepend(str(installed.parent))


@pytest.mark.usefixtures("broken_plugin")
def test_a_broken_plug_in_costs_the_accounts_of_its_platform_alone(blog: Loopback) -> None:
    run("account", "add", "dc:801", "bulletin", "ada")
    said = told("collect", code=Exit.PARTLY)
    assert said["accounts"] == {"done": 1, "failed": 1}
    [short] = said["short"]
    assert short["account"] == "bulletin @ada"
    assert "'bulletin' (no_such_module:collector) cannot be loaded" in short["message"]
    assert run("coverage").exit_code == 0


@pytest.mark.usefixtures("broken_plugin")
def test_a_broken_plug_in_is_no_hindrance_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    world = filled(2)
    with serving(FakeTelegram(world)) as loopback:
        allow(loopback, monkeypatch)
        assert told_of_one(f"https://t.me/ada/{world.posts[0].serial}") == (1, 1, 0)
    refused(run("add", "https://blog.example/2024/thanks"), "cannot be loaded")  # it may be that one's


def test_collectors_see_settings_and_no_secrets() -> None:
    """Nor the archive's address, which may hold a password, nor a token for a server of an odd name."""
    environment = {
        "HUSTINGS_BLUESKY_PLC": "https://plc.example",
        "HUSTINGS_DB": "postgresql://ada:open-sesame@db.example/archive",
        "HUSTINGS_X_TOKEN": "open-sesame",
        "HUSTINGS_MASTODON_TOKEN_NEWS_HOST": "open-sesame",
        "HUSTINGS_MASTODON_TOKEN_HOST": "social.example",
        "PATH": "/bin",
    }
    assert settings_in(environment) == {
        "HUSTINGS_BLUESKY_PLC": "https://plc.example",
        "HUSTINGS_MASTODON_TOKEN_HOST": "social.example",
    }
