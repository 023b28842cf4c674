"""Pages hashed and compressed beside the work of storing those before them: both let other threads run."""

import hashlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from archive.captures import compress
from archive.contract import Page

AHEAD = 8
"""Pages that are read before the first of them is asked for; of a megabyte each."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What is stored of a page's bytes."""

    sha256: str
    body: bytes | None
    """Compressed; None where the page is likely to be there."""


class Digest(Protocol):
    """What takes in bytes to be hashed."""

    def update(self, body: bytes, /) -> None:
        """Take in the next bytes."""
        ...


def packed(body: bytes, running: Digest, *, whole: bool = True) -> Packed:
    """The hash of a page's bytes, which `running` takes in, too; and (`whole`) what is stored of them."""
    running.update(body)
    return Packed(hashlib.sha256(body).hexdigest(), compress(body) if whole else None)


def pack_ahead(
    pages: Iterable[Page], running: Digest, *, whole: bool
) -> Generator[tuple[Page, Future[Packed]]]:
    """Each page with what becomes of its bytes, made by another thread while earlier pages are stored.

    `running` takes in the bytes of all pages in their order, no later than the result of each is there.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="packing") as thread:
        waiting: deque[tuple[Page, Future[Packed]]] = deque()
        try:
            for page in pages:
                waiting.append((page, thread.submit(packed, page.body, running, whole=whole)))
                if len(waiting) > AHEAD:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        except GeneratorExit:  # nobody asks for the rest
            thread.shutdown(cancel_futures=True)
            raise


def in_groups(
    pages: Iterable[tuple[Page, Future[Packed]]], most: int = AHEAD
) -> Iterator[list[tuple[Page, Future[Packed]]]]:
    """Pages that are stored in one transaction: one, then two, four, at most so many."""
    group: list[tuple[Page, Future[Packed]]] = []
    wanted = 1
    for one in pages:
        group.append(one)
        if len(group) == wanted:
            yield group
            group, wanted = [], min(2 * wanted, most)
    if group:
        yield group
