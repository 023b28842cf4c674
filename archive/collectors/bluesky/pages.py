"""Pages of a personal data server (listings, single records, repository exports), read as posts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from archive.atproto.addresses import POST, REPOST, RecordAddress, record_address
from archive.atproto.car import commit_of, new_records, read_export
from archive.atproto.reading import excerpt, read_block, read_value
from archive.collectors.bluesky.xrpc import ACCOUNT
from archive.contract import Page, Post, Reject, UnreadablePage
from archive.contract.web import read_json

COMMIT, EXPORT, LISTING, RECORD = "commit", "export", "listing", "record"
"""What a page holds, besides `account`, kept as `holds` in its context."""

COLLECTIONS = frozenset({POST, REPOST})
LONGEST_CURSOR = 2_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of com.atproto.repo.listRecords."""

    records: list[Any]
    cursor: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its records in their order; what has no address has no place."""
        addresses = (_address(record) for record in self.records)
        return tuple(address.key for address in addresses if address)


def read_listing(page: Page) -> Listing:
    """Raises UnreadablePage where the page is no listing."""
    said = _object(page)
    records = said.get("records")
    if not isinstance(records, list):
        raise UnreadablePage(f"{page.source}: not a list of records but {excerpt(said)}")
    return Listing(records, cursor_of(said, page))


def cursor_of(said: dict[str, Any], page: Page) -> str | None:
    """The cursor that a page gives; an empty one is none. Raises UnreadablePage where it cannot be kept."""
    cursor = said.get("cursor")
    if cursor is None or cursor == "":
        return None
    if not isinstance(cursor, str) or len(cursor) > LONGEST_CURSOR or not cursor.isprintable():
        raise UnreadablePage(f"{page.source}: the cursor is {excerpt(cursor)}")
    return cursor


def parse_page(page: Page) -> Iterator[Post | Reject]:
    """The posts of any page that the collector keeps. Raises UnreadablePage."""
    holds = page.context.get("holds")
    if holds not in _READERS:
        raise UnreadablePage(f"{page.source}: kept without saying what it holds")
    return _READERS[holds](page)


def _listed(page: Page) -> Iterator[Post | Reject]:
    did, collection = _context(page, "did"), _context(page, "collection")
    for number, record in enumerate(read_listing(page).records, start=1):
        yield _read(record, did, collection, f"item {number}")


def _single(page: Page) -> Iterator[Post | Reject]:
    yield _read(_object(page), _context(page, "did"), POST, "item 1")


def _read(record: Any, did: str, collection: str, position: str) -> Post | Reject:
    """One entry `{"uri", "cid", "value"}`."""
    address = _address(record)
    if address is None:
        return Reject(position, "uri: no address of a record", excerpt(record))
    if (address.repo, address.collection) != (did, collection):
        return Reject(position, f"uri: {str(address)[:200]} is not of {did}/{collection}", excerpt(record))
    return read_value(record.get("value"), address, position)


def _exported(page: Page) -> Iterator[Post | Reject]:
    did = _context(page, "did")
    export = read_export(page.body)
    commit = commit_of(export, did)
    if commit is None:
        return
    for collection, key, body in new_records(export, commit.tree, COLLECTIONS):
        yield read_block(RecordAddress(did, collection, key), body)


def _none(_page: Page) -> Iterator[Post | Reject]:
    """Answers that are evidence only."""
    return iter(())


_READERS: dict[str, Callable[[Page], Iterator[Post | Reject]]] = {
    ACCOUNT: _none,
    COMMIT: _none,
    EXPORT: _exported,
    LISTING: _listed,
    RECORD: _single,
}


def _object(page: Page) -> dict[str, Any]:
    said = read_json(page)
    if not isinstance(said, dict):
        raise UnreadablePage(f"{page.source}: not an object but {excerpt(said)}")
    return said


def _address(record: Any) -> RecordAddress | None:
    return record_address(record.get("uri")) if isinstance(record, dict) else None


def _context(page: Page, name: str) -> str:
    if name not in page.context:
        raise UnreadablePage(f"{page.source}: kept without its {name}")
    return page.context[name]
