"""Who looks at a real Bluesky network before each round, by the network's own answers alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from real_bluesky import REPOST, RealAccount, RealNetwork, answer, ask, until


@dataclass(frozen=True, slots=True)
class Observer:
    """All that was visible whenever it looked."""

    network: RealNetwork
    accounts: Sequence[RealAccount]
    posts: dict[str, list[str]] = field(default_factory=dict)
    """Address -> the texts that it had, oldest first."""
    reposts: set[tuple[str, str]] = field(default_factory=set)
    """DID of who reposted, and the address of what."""

    def look(self) -> None:
        """Note what the PDS lists, and wait until the AppView shows the same."""
        for account in self.accounts:
            posts, reposts = wait_for_view(self.network, account)
            for address, text in posts.items():
                texts = self.posts.setdefault(address, [])
                if texts[-1:] != [text]:
                    texts.append(text)
            self.reposts.update((account.did, subject) for subject in reposts)


def wait_for_view(network: RealNetwork, account: RealAccount) -> tuple[dict[str, str], set[str]]:
    """What the PDS lists of an account, once the AppView shows the same."""
    both = listed(account)
    until(lambda: shown(network, account) == both, seconds=60)
    return both


def listed(account: RealAccount) -> tuple[dict[str, str], set[str]]:
    """Posts (address -> text) and addresses of what is reposted, as the PDS lists them."""
    posts = {record["uri"]: record["value"]["text"] for record in account.records()}
    return posts, {record["value"]["subject"]["uri"] for record in account.records(REPOST)}


def shown(network: RealNetwork, account: RealAccount) -> tuple[dict[str, str], set[str]]:
    """The same as the AppView shows it."""
    posts, reposts = {}, set()
    for item in _feed(network, account):
        post = item["post"]
        if "reason" in item:
            reposts.add(post["uri"])
        else:
            posts[post["uri"]] = post["record"]["text"]
    return posts, reposts


def _feed(network: RealNetwork, account: RealAccount) -> list[dict[str, Any]]:
    query = {"actor": account.did, "limit": "100"}
    items: list[dict[str, Any]] = []
    while True:
        response = ask(network.appview, "app.bsky.feed.getAuthorFeed", **query)
        page = (
            answer(response) if response.is_success else {"feed": []}
        )  # an account that it does not know yet
        items += page["feed"]
        if "cursor" not in page:
            return items
        query["cursor"] = page["cursor"]
