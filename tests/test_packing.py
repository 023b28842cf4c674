"""Pages that are hashed and compressed ahead: in their order, whole, and in growing groups."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import zstandard

from archive.contract import Page
from archive.packing import AHEAD, in_groups, pack_ahead

NOW = datetime(2024, 7, 5, tzinfo=UTC)


def pages(count: int) -> Iterator[Page]:
    for number in range(count):
        yield Page("a.ndjson", f"page {number} ".encode() * 1000, "text/plain", NOW, number)


@pytest.mark.parametrize("count", [0, 1, AHEAD, AHEAD + 1, 40])
def test_pages_come_in_their_order_with_what_is_stored_of_them(count: int) -> None:
    running = hashlib.sha256()
    found = list(pack_ahead(pages(count), running, whole=True))
    assert [page.number for page, _ in found] == list(range(count))
    for page, packed in found:
        assert packed.result().sha256 == hashlib.sha256(page.body).hexdigest()
        assert zstandard.ZstdDecompressor().decompress(packed.result().body or b"") == page.body
    assert running.digest() == hashlib.sha256(b"".join(page.body for page in pages(count))).digest()


def test_what_is_likely_to_be_there_is_not_compressed() -> None:
    assert [packed.result().body for _, packed in pack_ahead(pages(3), hashlib.sha256(), whole=False)] == [
        None,
        None,
        None,
    ]


def test_few_pages_are_read_ahead() -> None:
    read: list[int] = []

    def noted() -> Iterator[Page]:
        for page in pages(100):
            read.append(page.number)
            yield page

    ahead = pack_ahead(noted(), hashlib.sha256(), whole=False)
    next(ahead)
    ahead.close()
    assert len(read) == AHEAD + 1


def test_the_first_page_is_stored_alone_and_then_more_and_more_together() -> None:
    groups = list(in_groups(pack_ahead(pages(30), hashlib.sha256(), whole=False)))
    assert [len(group) for group in groups] == [1, 2, 4, 8, 8, 7]
    assert [page.number for group in groups for page, _ in group] == list(range(30))
