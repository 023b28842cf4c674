"""Collecting from a real Bluesky network: nothing that was visible at a round is missing from the archive.

Through the accounts' own server (PDS) and through the AppView, by the real command in processes of its own.
"""

import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from real_archive import COLLECTORS, RealArchive, collect_all, copies, finished, new_archives
from real_bluesky import Draft, RateLimit, RealAccount, RealNetwork, Record, ask, bluesky_network, until
from real_observer import Observer, wait_for_view
from sqlmodel import Session, col, select

from archive.captures import plain_bytes
from db import open_database
from db.models import Capture, Observation
from db.words import State

pytestmark = pytest.mark.real

DID_NOT_CHECK = "a-key-of-its-own"
"""A key that no server would make: it sorts after all that servers make."""

OLD_KEY = "3jzfcijpj2z2a"
"""The key of a post of 2023."""

LONG_AGO = datetime(2019, 12, 12, 22, 0, tzinfo=UTC)
ANNA, BEN, CORA = "anna.test", "ben.test", "cora.test"
COUNTS = {ANNA: 130, BEN: 100, CORA: 70}
AT_ONCE = range(20, 40)
"""Posts of an account that claim one time: among Anna's, a page of the AppView ends."""

EMPTY = ("emptyhall.test", "active", True, 0)

KILLED_AT = (1, 150)
"""Statements in the archive at which collecting is killed."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Three accounts, and their posts in the order in which they were published."""

    network: RealNetwork
    accounts: Mapping[str, RealAccount]
    posts: Mapping[str, list[Record]]
    archives: tuple[RealArchive, RealArchive]
    """They know the accounts and nothing else; to be copied."""

    def post(self, handle: str, *drafts: Draft) -> Record:
        """Publish, and return the last."""
        self.posts[handle].extend(self.accounts[handle].post_all(drafts))
        return self.posts[handle][-1]

    def edit(self, handle: str, number: int, text: str) -> None:
        self.accounts[handle].edit(self.posts[handle][number], text)

    def delete(self, handle: str, post: Record) -> None:
        self.accounts[handle].delete(post)

    def observer(self) -> Observer:
        return Observer(self.network, tuple(self.accounts.values()))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNetwork]:
    with bluesky_network(tmp_path_factory.mktemp("bluesky")) as started:
        yield started


@pytest.fixture(scope="module")
def campaign(network: RealNetwork, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """300 posts by three accounts: replies, reposts, back-dated ones, one time for many, a key of its own."""
    accounts = {handle: network.create_account(handle) for handle in COUNTS}
    archives = new_archives(tmp_path_factory.mktemp("archives"), network, accounts.values())
    campaign = Campaign(network, accounts, {handle: [] for handle in COUNTS}, archives)
    for handle, count in COUNTS.items():
        parent = campaign.posts[ANNA][0] if campaign.posts[ANNA] else None
        campaign.post(handle, *drafts(handle, count - 1, parent))
        campaign.post(handle, Draft(f"{handle} by another program", rkey=DID_NOT_CHECK))
    for number in (0, 21, 50):
        accounts[BEN].repost(campaign.posts[ANNA][number])
        accounts[CORA].repost(campaign.posts[BEN][number])
    return campaign


def drafts(handle: str, count: int, parent: Record | None) -> Iterator[Draft]:
    at_once = datetime.now(UTC)
    for number in range(count):
        text = f"{handle}, notice {number}:\n<b>ward {number % 7}</b> & more \N{BALLOT BOX WITH BALLOT}"
        if number in AT_ONCE:
            yield Draft(text, at_once)
        elif number % 25 == 3:
            yield Draft(text, LONG_AGO + timedelta(days=number))
        else:
            yield Draft(text, reply_to=parent if number % 7 == 0 else None)


def begin(campaign: Campaign) -> None:
    """What is there at the first round."""
    campaign.edit(ANNA, 1, "Edited before anybody looked")
    assert sum(len(posts) for posts in campaign.posts.values()) == 300


def go_on(campaign: Campaign) -> None:
    """News, corrections of what is recent, and what nobody can have seen."""
    for handle in COUNTS:
        campaign.edit(handle, -3, f"{handle} corrects the last but two")
        campaign.post(handle, Draft(f"{handle} after the first round"))
    thanks = campaign.post(BEN, Draft("Thank you", reply_to=campaign.posts[ANNA][-1]))
    campaign.accounts[CORA].repost(thanks)
    campaign.delete(ANNA, campaign.posts[ANNA][60])
    campaign.delete(ANNA, campaign.post(ANNA, Draft("Gone before the second round")))


def rewrite_the_past(campaign: Campaign) -> None:
    """What no head of a list shows: old posts that are edited, new posts that say they are old."""
    for handle in COUNTS:
        campaign.edit(handle, 2, f"{handle} has always said so")
        campaign.edit(handle, 4, f"{handle} has never said so")
        campaign.post(handle, Draft(f"{handle} said so years ago", LONG_AGO))
        campaign.post(handle, Draft(f"{handle} says so with an old key", rkey=OLD_KEY))
    repost = campaign.accounts[BEN].repost(campaign.posts[CORA][5])
    campaign.delete(BEN, repost)
    campaign.accounts[BEN].repost(campaign.posts[CORA][6])


def clear_away(campaign: Campaign) -> None:
    """A second correction, a last word, and an account that deletes much."""
    campaign.edit(ANNA, -1, f"{ANNA} says it with an old key and other words")
    campaign.post(ANNA, Draft(f"{ANNA} closes the count"))
    for post in campaign.posts[CORA][10:20]:
        campaign.delete(CORA, post)


Change = Callable[[Campaign], None]
ROUNDS: tuple[tuple[Change, Mapping[str, tuple[str, ...]]], ...] = (
    (begin, {}),
    (go_on, {}),
    (rewrite_the_past, {"bluesky": ("--no-full",), "bluesky-appview": ("--full",)}),
    (clear_away, {}),
)
"""What happens before a round, and what is said to each collector: the AppView is to be read in full where
the past changed."""


@pytest.mark.parametrize("collector", COLLECTORS)
def test_collecting_that_is_killed_twice_goes_on_without_losing_or_doubling(
    collector: str, campaign: Campaign, tmp_path: Path
) -> None:
    observer = campaign.observer()
    observer.look()
    archive = copies(campaign.archives, tmp_path)[COLLECTORS.index(collector)]
    for statements in KILLED_AT:
        kill_at(statements, archive)
        assert statements <= archive.count() < len(observer.posts)
    with archive.collecting() as process:
        finished(process)

    assert archive.posts() == observer.posts
    assert archive.reposts() == sorted(observer.reposts)
    assert archive.count() == len(observer.posts) + len(observer.reposts) == 306
    assert archive.rows("SELECT outcome FROM round ORDER BY id") == [(None,), (None,), ("done",)]
    assert proven(archive) == {("complete",)}


def kill_at(statements: int, archive: RealArchive) -> None:
    """Begin a round, and end it by SIGKILL once so many statements are stored."""
    with archive.collecting() as process:
        until(lambda: archive.count() >= statements)
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_the_archive_holds_all_that_was_visible_at_each_round(campaign: Campaign, tmp_path: Path) -> None:
    """With the earlier texts of what was edited between rounds, and what was deleted since."""
    observer, archives = campaign.observer(), copies(campaign.archives, tmp_path)
    for change, words in ROUNDS:
        change(campaign)
        observer.look()
        collect_all(archives, words)
        for archive in archives:
            assert archive.posts() == observer.posts, f"{change.__name__}, {archive.collector}"
            assert archive.reposts() == sorted(observer.reposts), f"{change.__name__}, {archive.collector}"

    for archive in archives:
        assert proven(archive) == {("complete",)}
        assert archive.rows("SELECT * FROM quarantine") == []
    assert sum(len(texts) > 1 for texts in observer.posts.values()) == 10
    assert len(observer.posts) == 300 + 4 + 6 + 1


def proven(archive: RealArchive) -> set[tuple[str]]:
    """The states of all intervals in the ledger."""
    return set(archive.rows("SELECT status FROM coverage"))


def test_a_deactivated_account_is_told_from_an_empty_one_and_followed_when_it_returns_renamed(
    network: RealNetwork, tmp_path: Path
) -> None:
    dora, empty = network.create_account("dora.test"), network.create_account("emptyhall.test")
    dora.post("Polls close at ten")
    archives = new_archives(tmp_path, network, (dora, empty))
    wait_for_view(network, dora)
    until(lambda: profile_is_shown(network, empty))
    collect_all(archives, {})

    dora.deactivate()
    until(lambda: not profile_is_shown(network, dora))
    collect_all(archives, {})
    for archive in archives:
        assert covered(archive) == [("dora.test", "deactivated", True, 1), EMPTY]
        assert "deactivated" in evidence(archive).lower()

    dora.activate()
    dora.rename("theodora.test")
    dora.post("We are back")
    until(
        lambda: ask(network.appview, "com.atproto.identity.resolveHandle", handle="theodora.test").is_success
    )
    wait_for_view(network, dora)
    collect_all(archives, {})
    for archive in archives:
        assert covered(archive) == [("theodora.test", "active", True, 2), EMPTY]
        known = archive.rows(
            "SELECT platform_id, handle, valid_to IS NULL FROM account JOIN account_handle"
            " ON account_id = account.id WHERE platform_id = ? ORDER BY account_handle.id",
            dora.did,
        )
        assert known == [(dora.did, "dora.test", 0), (dora.did, "theodora.test", 1)]


def profile_is_shown(network: RealNetwork, account: RealAccount) -> bool:
    return ask(network.appview, "app.bsky.actor.getProfile", actor=account.did).is_success


def covered(archive: RealArchive) -> list[tuple[str, str, bool, int]]:
    """Handle, state, whether its streams are complete, and statements of each account."""
    return [
        (one["handle"], one["state"], all(stream["complete"] for stream in one["streams"]), one["statements"])
        for one in archive.said("coverage")
    ]


def evidence(archive: RealArchive) -> str:
    """What the server answered that shows that an account is deactivated."""
    engine = open_database(str(archive.path))
    with Session(engine) as session:
        query = select(Capture).join(Observation, col(Observation.capture_id) == Capture.id)
        capture = session.exec(query.where(Observation.state == State.DEACTIVATED)).one()
        body = plain_bytes(capture).decode()
    engine.dispose()
    return body


def test_a_real_429_is_obeyed(tmp_path: Path) -> None:
    """Somebody at our address uses up what the server allows it; we wait until it allows more."""
    with bluesky_network(tmp_path, rate_limit=RateLimit(5, 3)) as network:
        accounts = [network.create_account(handle) for handle in (ANNA, BEN)]
        published = [account.post(f"{account.handle} counts") for account in accounts]
        archive, _ = new_archives(tmp_path, network, accounts)
        with archive.collecting("--workers", "1") as process:
            until(lambda: ask(network.pds, "com.atproto.sync.listRepos") and refusals(network))
            printed = finished(process)
        answers = [answer for answer in network.limited() if answer.agent.startswith("hustings/")]

    assert "2 done" in printed
    assert set(archive.posts()) == {post.uri for post in published}
    [refused] = [number for number, answer in enumerate(answers) if answer.status == 429]
    assert {answer.status for answer in answers[refused + 1 :]} == {200}
    # The header's time is cut to whole seconds: the limit may end up to one second later.
    assert answers[refused + 1].came_at >= answers[refused].reset + 1


def refusals(network: RealNetwork) -> list[str]:
    """What was refused to the archive's command for its number of requests."""
    told = network.limited()
    return [one.path for one in told if one.status == 429 and one.agent.startswith("hustings/")]
