"""The network libraries' loggers, silent while a client is open."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

TALKATIVE = ("httpcore", "httpx")
"""Loggers that write headers and addresses, secrets too, below WARNING."""


class _Open:
    """Clients that are open, in all threads, and the loggers' levels before the first of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0
        self._levels: dict[str, int] = {}

    def enter(self) -> None:
        with self._lock:
            self._count += 1
            if self._count > 1:
                return
            for logger in map(logging.getLogger, TALKATIVE):
                self._levels[logger.name] = logger.level
                logger.setLevel(max(logger.level, logging.WARNING))

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count:
                return
            for name, level in self._levels.items():
                logging.getLogger(name).setLevel(level)


_OPEN = _Open()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep them from writing what no log may hold, whatever the root logger is set to.

    From the first client that opens until the last one closes: threads open and close theirs in any order.
    """
    _OPEN.enter()
    try:
        yield
    finally:
        _OPEN.leave()
