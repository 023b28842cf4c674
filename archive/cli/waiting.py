"""What a long command shows while it waits, and how it is asked to stop."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from db.console import complain

log = logging.getLogger(__name__)

ENDED_AT_ONCE = 130
"""Exit code of a process that was asked to stop twice."""

SHORT = 10.0
"""Seconds of a wait that no journal needs to be warned of."""


@contextmanager
def interruptible(announce: str = "") -> Iterator[Callable[..., bool]]:
    """The first Ctrl-C (or SIGTERM) asks to stop between two pages, the second one ends the process at once.

    That is safe at any moment, as a power cut is. Yields a function that says whether it was asked; with a
    number of seconds it waits for that first. `announce` is said when it is asked.
    """
    asked = threading.Event()

    def ask(number: int, _frame: object) -> None:
        if asked.is_set():
            os._exit(ENDED_AT_ONCE)  # threads that wait for a server would keep any other end waiting
        asked.set()
        if announce:
            complain(announce)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in numbers]
    try:
        yield lambda seconds=0.0: asked.wait(seconds)
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def countdown() -> Iterator[Callable[[str, float, str], None]]:
    """Shows on a terminal how long is waited, and for whom; in a journal once per wait."""
    shown = _Shown()
    try:
        yield shown.tell
    finally:
        shown.clear()


class _Shown:
    """What was told of waits: several threads wait, each for another host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._width = 0
        self._left: dict[tuple[str, str], float] = {}

    def tell(self, host: str, seconds: float, why: str) -> None:
        line = f"waiting {seconds:.0f} s for {host} ({why})"
        with self._lock:
            if sys.stderr.isatty():
                typer.echo(f"\r{line:<{self._width}}", err=True, nl=False)
                self._width = len(line)
            elif seconds > self._left.get((host, why), 0.0):
                log.log(logging.WARNING if seconds >= SHORT else logging.INFO, "%s", line)
            self._left[host, why] = seconds

    def clear(self) -> None:
        if self._width:
            typer.echo(f"\r{' ' * self._width}\r", err=True, nl=False)
