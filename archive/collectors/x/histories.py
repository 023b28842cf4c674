"""The earlier versions of edited posts: which to ask for, and the pages that hold them."""

import json
from collections.abc import Iterable, Iterator, Sequence

from archive.collectors.x.addresses import posts
from archive.collectors.x.answers import WrongRecord, chain_of
from archive.collectors.x.asking import LOOKUP, Asking
from archive.collectors.x.posts import Shows
from archive.collectors.x.problems import problems_of, refusal
from archive.contract import AccountRef, Page
from archive.contract.web import HTTP_OK

MOST_IDS = 100
"""Ids that one look-up takes."""

Chain = tuple[str, ...]


def edited_chains(entries: Iterable[object]) -> list[Chain]:
    """The chains of versions of those posts that were edited. A record without one is parse's business."""
    found: dict[str, Chain] = {}
    for entry in entries:
        try:
            chain = chain_of(entry) if isinstance(entry, dict) else ()
        except WrongRecord:
            continue
        if len(chain) > 1:
            found[chain[0]] = chain if len(chain) <= MOST_IDS else (chain[0], *chain[1 - MOST_IDS :])
    return list(found.values())


def history_pages(
    asking: Asking, api: str, chains: Sequence[Chain], account: AccountRef | None
) -> Iterator[Page]:
    """Pages that hold every version of each chain, the newest too: each page alone tells the whole story.

    The newest ones were charged for already on the same UTC day. Without an `account` whose posts they are,
    the authors are asked for too. Raises CollectingError.
    """
    for together in _batches(chains):
        ids = [post_id for chain in together for post_id in chain]
        response = asking.posts(posts(api), {"ids": ",".join(ids)}, LOOKUP, len(ids), authors=account is None)
        if response.status != HTTP_OK:
            raise refusal(response, f"X posts {ids[0]} ... {ids[-1]}", problems_of(response))
        yield response.page(
            shows=Shows.HISTORY,
            account=account.platform_id if account else None,
            handle=account.handle if account else None,
            chains=json.dumps({chain[0]: chain[-1] for chain in together}),
        )


def _batches(chains: Iterable[Chain]) -> Iterator[list[Chain]]:
    """Chains whose ids fit into one look-up; none is cut in two."""
    together: list[Chain] = []
    for chain in chains:
        if sum(map(len, together)) + len(chain) > MOST_IDS:
            yield together
            together = []
        together.append(chain)
    if together:
        yield together
