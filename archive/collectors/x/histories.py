"""The earlier versions of edited posts: which to ask for, what was to be had of them, and what was not."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.collectors.x.addresses import posts
from archive.collectors.x.answers import read_answer
from archive.collectors.x.asking import LOOKUP, Asking
from archive.collectors.x.posts import Shows
from archive.collectors.x.problems import problems_of, refusal
from archive.contract import (
    AccountRef,
    CollectingError,
    Page,
    Reject,
    SourceRefused,
    TryLater,
    UnreadablePage,
)
from archive.contract.web import HTTP_OK
from archive.x_posts.answers import WrongRecord, chain_of

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


@dataclass(frozen=True, slots=True)
class Histories:
    """What belongs to the edited posts of one page."""

    pages: tuple[Page, ...] = ()
    """Each holds every version of some chains, the newest too: each alone tells the whole story."""
    missing: tuple[Reject, ...] = ()
    """One for each post whose earlier versions were not to be had."""


def histories_of(asking: Asking, api: str, chains: Sequence[Chain], account: AccountRef | None) -> Histories:
    """All versions of these chains.

    The newest ones were charged for already on the same UTC day. Without an `account` whose posts they are,
    the authors are asked for too. The posts themselves are on their page: what is refused holds up nothing.
    Raises TryLater, SourceRefused and BudgetSpent, which speak of more than these posts.
    """
    pages: list[Page] = []
    missing: list[Reject] = []
    for together in _batches(chains):
        try:
            page, why = _history(asking, api, together, account)
        except (TryLater, SourceRefused):
            raise
        except CollectingError as error:
            page, why = None, str(error)
        if page is not None:
            pages.append(page)
        if why is not None:
            missing += [Reject(f"versions of {chain[0]}", f"{posts(api)}: {why}") for chain in together]
    return Histories(tuple(pages), tuple(missing))


def _history(
    asking: Asking, api: str, together: Sequence[Chain], account: AccountRef | None
) -> tuple[Page | None, str | None]:
    """The page to be kept, if any, and why it is not what it should be."""
    ids = [post_id for chain in together for post_id in chain]
    response = asking.posts(posts(api), {"ids": ",".join(ids)}, LOOKUP, len(ids), authors=account is None)
    if response.status != HTTP_OK:
        return None, str(refusal(response, f"{len(ids)} versions", problems_of(response)))
    page = response.page(
        shows=Shows.HISTORY,
        account=account.platform_id if account else None,
        handle=account.handle if account else None,
        chains=json.dumps({chain[0]: chain[-1] for chain in together}),
    )
    try:
        read_answer(page)
    except UnreadablePage as error:
        return response.page(shows=Shows.EVIDENCE), str(error)
    return page, None


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
