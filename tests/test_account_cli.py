"""`hustings account`, from end to end."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import ballot_files
import pytest
from archives_on_server import rows_in
from test_cli import refused, run

from archive.collectable import BuiltIn
from archive.contract import (
    AccountRef,
    AccountSeen,
    Order,
    Page,
    Policy,
    Post,
    Reject,
    Served,
    Setup,
    SourceRefused,
    Stream,
    Stretch,
    Unreachable,
    Web,
)
from db.console import Exit
from db.words import State

ROSTER = (
    "election_id,polling_date,time_zone,contest_id,contest_name,person_name,person_id",
    "xx.1,2031-05-04,Europe/Lisbon,xx.1.a,Exampleton,Ada Quill,dc:801",
    "xx.1,2031-05-04,Europe/Lisbon,xx.1.a,Exampleton,Bo Lind,dc:802",
)


@pytest.fixture(autouse=True)
def _an_archive_with_two_persons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUSTINGS_DB", raising=False)
    assert run("roster", "import", ballot_files.write(tmp_path, "roster.csv", *ROSTER)).exit_code == 0


def rows(query: str) -> list[tuple[object, ...]]:
    return rows_in("hustings.db", query)


# ---- add --------------------------------------------------------------------------------------------


def test_an_account_is_added_with_id_page_and_interval() -> None:
    words = ("--id", "77", "--url", "https://x.com/adaquill", "--every", "30m", "--json")
    result = run("account", "add", "dc:801", "x", "@adaquill", *words)

    assert json.loads(result.stdout) == {
        "account": 1, "person": "dc:801", "platform": "x", "handle": "adaquill", "id": "77",
    }  # fmt: skip
    assert rows("SELECT platform_id, person_id, url FROM account") == [
        ("77", "dc:801", "https://x.com/adaquill")
    ]
    assert rows("SELECT account_id, every_seconds FROM schedule") == [(1, 1800)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://bsky.app/profile/ada.example", "bluesky ada.example is dc:801's (account 1)"),
        ("https://social.example/@ada", "mastodon ada@social.example is dc:801's (account 1)"),
        ("https://t.me/adaquill", "telegram adaquill is dc:801's (account 1)"),
        ("https://www.youtube.com/@adaquill", "youtube adaquill is dc:801's (account 1)"),
        ("https://ada.example/feed.xml", "feed https://ada.example/feed.xml is dc:801's (account 1)"),
    ],
)
def test_the_address_of_its_page_says_which_account(address: str, said: str) -> None:
    assert run("account", "add", "dc:801", address).stdout.strip() == said


def test_any_address_may_be_a_feed() -> None:
    assert run("account", "add", "dc:801", "feed", "https://ada.example/?feed=rss2").exit_code == 0
    assert rows("SELECT home FROM account") == [("https://ada.example/?feed=rss2",)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x", "two words"), "letters, digits and _"),
        (("mastodon", "ada"), "user@server"),
        (("twitter", "ada"), "write x"),
        (("x",), "a handle, or the platform's immutable id"),
        (("https://ada.example/",), "write PLATFORM HANDLE"),
        (("x", "ada", "--every", "often"), "not a length of time"),
        (("x", "ada", "--every", "1s"), "an interval lies between"),
        (("bluesky", "ada.example", "--id", "77"), "no immutable id"),
    ],
)
def test_what_names_no_account_is_refused_and_nothing_is_stored(words: tuple[str, ...], said: str) -> None:
    refused(run("account", "add", "dc:801", *words), said)

    assert rows("SELECT * FROM account") == []


def test_an_account_of_somebody_else_is_refused() -> None:
    run("account", "add", "dc:801", "x", "ada")

    refused(run("account", "add", "dc:802", "x", "Ada"), "belongs to dc:801")


# ---- import -----------------------------------------------------------------------------------------


def test_an_import_adds_up_and_tells_what_is_missing() -> None:
    Path("a.csv").write_text("person_id,platform,handle\ndc:801,x,ada\ndc:9,x,nobody\ndc:802,x,b b\n")
    result = run("account", "import", "a.csv")

    refused(result, "1 accounts were refused", code=Exit.PARTLY)
    assert result.stdout.splitlines()[0] == (
        "a.csv: read 3 = created 1 + known 0 + not known here 1 + refused 1"
    )
    assert "row 4: x: 'b b' is no handle" in result.stdout
    assert "row 3: x nobody: dc:9 is not known here" in result.stdout


def test_persons_that_are_not_known_are_no_failure_and_not_all_told_to_a_person() -> None:
    strangers = "".join(f"dc:9{number},x,ada{number}\n" for number in range(30))
    Path("a.csv").write_text(f"person_id,platform,handle\n{strangers}")
    result = run("account", "import", "a.csv")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "  not known here: 10 more (--json tells all)"
    told = json.loads(run("account", "import", "a.csv", "--json").stdout)
    assert (told["read"], len(told["not_known"])) == (30, 30)


def test_a_file_that_is_no_list_of_accounts_is_refused() -> None:
    Path("a.yaml").write_text("a: b\n")

    refused(run("account", "import", "a.yaml"), "a.yaml, line 1", "not a list of legislators")


# ---- list -------------------------------------------------------------------------------------------


def test_accounts_are_listed_aligned_with_whose_they_are() -> None:
    run("account", "add", "dc:801", "x", "ada", "--id", "77")
    run("account", "add", "dc:802", "bluesky", "bo.example")

    header, _, first, second, caption = run("account", "list").stdout.splitlines()
    assert header.split("  ")[0] == "account"
    assert first.split() == ["1", "x", "ada", "77", "Ada", "Quill", "(dc:801)", "-", "-", "-"]
    assert second.index("bluesky") == header.index("platform")
    assert caption.startswith("2 accounts")


def test_a_list_can_be_narrowed_and_told_to_programs() -> None:
    run("account", "add", "dc:801", "x", "ada", "--id", "77")
    run("account", "add", "dc:802", "bluesky", "bo.example", "--every", "2h")

    [line] = run("account", "list", "--person", "dc:802", "--json").stdout.splitlines()
    assert json.loads(line) == {
        "id": 2, "platform": "bluesky", "handle": "bo.example", "platform_id": None, "person": "dc:802",
        "name": "Bo Lind", "state": None, "checked_at": None, "succeeded_at": None, "every_seconds": 7200,
    }  # fmt: skip
    assert len(run("account", "list", "--platform", "x", "--json").stdout.splitlines()) == 1
    refused(run("account", "list", "--platform", "telegram"), "telegram", "bluesky, x")


# ---- check ------------------------------------------------------------------------------------------

ANSWERS: dict[str, AccountSeen | Exception] = {}
"""What the platform `fake` says of each handle; each test sets it."""


class FakeCollector:
    """A platform that is asked over no network."""

    name = "fake-1"
    platform = "fake"
    streams = (Stream("posts", Order.OLDEST_FIRST),)
    policies: Mapping[str, Policy] = {"": Policy(1, 1.0)}
    looks_first = True

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        answer = ANSWERS[account.handle or ""]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        return iter(())

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        return iter(())


def collector(setup: Setup) -> FakeCollector:
    return FakeCollector()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, AccountSeen | Exception]]:
    """Only the fake platform is collected, and this is what it says."""
    monkeypatch.setattr("archive.registry.COLLECTORS", {"fake": BuiltIn("fake", "test_account_cli")})
    ANSWERS.clear()
    for person, platform, handle in (
        ("dc:801", "fake", "ada"),
        ("dc:802", "fake", "bo"),
        ("dc:801", "x", "a"),
    ):
        run("account", "add", person, platform, handle)
    yield ANSWERS
    ANSWERS.clear()


Answers = dict[str, AccountSeen | Exception]


def seen(platform_id: str, handle: str, state: State = State.ACTIVE) -> AccountSeen:
    page = Page(f"https://fake.example/{platform_id}", b"{}", "application/json", datetime.now(UTC))
    return AccountSeen(state=state, platform_id=platform_id, handle=handle, pages=(page,))


def test_a_check_says_what_changed_and_keeps_it_with_its_evidence(answers: Answers) -> None:
    answers.update({"ada": seen("1", "mayor"), "bo": seen("2", "bo", State.SUSPENDED)})
    result = run("account", "check")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "resolved: fake @ada is 1",
        "renamed: fake @ada is @mayor now",
        "resolved: fake @bo is 2",
        "state: fake @bo: suspended",
        "checked 2 accounts, 4 changes, 0 failed; 1 on platforms that nothing asks",
    ]
    assert rows("SELECT state, source, reader FROM observation JOIN capture ON capture.id = capture_id") == [
        ("active", "https://fake.example/1", "fake-1"),
        ("suspended", "https://fake.example/2", "fake-1"),
    ]
    [line] = run("account", "list", "--person", "dc:802", "--json").stdout.splitlines()
    assert json.loads(line)["state"] == "suspended"


def test_one_that_fails_stops_no_other_and_is_told(answers: Answers) -> None:
    answers.update({"ada": Unreachable("no answer"), "bo": seen("2", "bo")})
    result = run("account", "check", "--json")

    refused(result, "fake @ada: no answer", code=Exit.PARTLY)
    assert json.loads(result.stdout) == {
        "checked": 1,
        "changes": [{"news": "resolved", "text": "fake @bo is 2"}],
        "failed": [{"account": 1, "name": "fake @ada", "error": "no answer"}],
        "not_asked": 1,
    }


def test_missing_credentials_have_their_own_exit_code(answers: Answers) -> None:
    answers["ada"] = SourceRefused("no token")

    refused(run("account", "check", "--account", "fake:ada"), "no token", code=Exit.CREDENTIALS)


def test_only_the_accounts_that_are_named_are_checked(answers: Answers) -> None:
    answers["bo"] = seen("2", "bo")

    assert "checked 1 accounts" in run("account", "check", "--account", "fake:@bo").stdout
    refused(run("account", "check", "--account", "fake:bob"), "'fake:bob'", "fake:bo")
