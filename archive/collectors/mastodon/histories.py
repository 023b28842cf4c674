"""The earlier versions of edited posts: what was to be had of them, and what was not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.collectors.mastodon.accounts import EVIDENCE, OK, get, words_of
from archive.collectors.mastodon.addresses import Home
from archive.collectors.mastodon.statuses import (
    Whose,
    addresses_of,
    history_context,
    listed,
    wants_history,
)
from archive.contract import (
    CollectingError,
    Page,
    Reject,
    Setup,
    SourceRefused,
    TryLater,
    UnreadablePage,
    Web,
)
from archive.contract.web import read_json
from archive.entities import WrongRecord

GIVES_UP = 3
"""Histories without any answer after which the others of a page are not asked for: each is tried for long,
and an account's lease is no longer than half an hour."""

Context = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Histories:
    """What belongs to the edited posts of one page."""

    pages: tuple[Page, ...] = ()
    missing: tuple[Reject, ...] = ()
    """One for each post whose earlier versions were not to be had."""


def histories_of(web: Web, setup: Setup, whose: Whose, records: Sequence[Any]) -> Histories:
    """The versions of those posts that were edited, as far as the server shows them (from 3.5 on).

    The posts themselves are on the page: a history that fails holds up nothing. Raises TryLater and
    SourceRefused, which speak of more than one history.
    """
    pages: list[Page] = []
    missing: list[Reject] = []
    unanswered = 0
    for position, url, context in _wanted(whose, records):
        if unanswered == GIVES_UP:
            missing.append(_missing(position, url, "not asked for: others were not answered"))
            continue
        try:
            page, why = _history(web, setup, whose, url, context)
        except (TryLater, SourceRefused):
            raise
        except CollectingError as error:
            page, why = None, str(error)
            unanswered += 1
        if page is not None:
            pages.append(page)
        if why is not None:
            missing.append(_missing(position, url, why))
    return Histories(tuple(pages), tuple(missing))


def _wanted(whose: Whose, records: Sequence[Any]) -> Iterator[tuple[str, str, Context]]:
    """Position, address and context of each history. A record that cannot be read is parse's business."""
    addresses = addresses_of(records)
    for number, record in enumerate(records, start=1):
        if not wants_history(record):
            continue
        try:
            context = history_context(record, whose, addresses)
        except WrongRecord:
            continue
        url = f"{Home(whose.server).status(record['id'])}/history"
        yield f"versions of item {number}", url, context


def _history(
    web: Web, setup: Setup, whose: Whose, url: str, context: Context
) -> tuple[Page | None, str | None]:
    """The page to be kept, if any, and why it is not what it should be."""
    response = get(web, setup, whose.server, url)
    if response.status != OK:
        return None, f"answers {response.status} ({words_of(response)})"
    page = response.page(**context)
    try:
        listed(page, read_json(page))
    except UnreadablePage as error:
        return response.page(holds=EVIDENCE), str(error)
    return page, None


def _missing(position: str, url: str, why: str) -> Reject:
    return Reject(position, why if url in why else f"{url}: {why}")
