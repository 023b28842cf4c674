"""What a long command shows while it waits, and how it is asked to stop."""

import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from db.console import complain
from db.stopping import StopRequest

log = logging.getLogger(__name__)

ENDED_AT_ONCE = 130
"""Exit code of a process that was asked to stop twice."""

WORTH_A_WORD = 1.0
"""Seconds of a wait that is told at all."""

SHORT = 10.0
"""Seconds of a wait that no journal needs to be warned of."""


@contextmanager
def interruptible(announce: str = "") -> Iterator[Callable[..., bool]]:
    """The first Ctrl-C (or SIGTERM) asks to stop between two pages, the second one ends the process at once.

    That is safe at any moment, as a power cut is. Yields a function that says whether it was asked; with a
    number of seconds it waits for that first. `announce` is said when it is asked.
    """
    stop = StopRequest()

    def ask(number: int, _frame: object) -> None:
        if stop.is_made():
            os._exit(ENDED_AT_ONCE)  # threads that wait for a server would keep any other end waiting
        stop.make()
        if announce:
            typer.echo("", err=True, nl=sys.stderr.isatty())  # what stands in the line is not finished
            complain(announce)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in numbers]
    try:
        yield lambda seconds=0.0: stop.wait(seconds)
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def passing_line() -> "Iterator[PassingLine]":
    """A line of the terminal that is written anew, and gone at the end."""
    line = PassingLine()
    try:
        yield line
    finally:
        line.clear()


class PassingLine:
    """What a command does just now: on a terminal what is read and how long is waited, and for whom; in a
    journal each wait once. Several threads write, each for another host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._width = 0
        self._left: dict[tuple[str, str], float] = {}

    def waiting(self, host: str, seconds: float, why: str) -> None:
        """Told about once a second; the pauses between two requests are not worth a word."""
        if seconds < WORTH_A_WORD:
            return
        text = f"waiting {seconds:.0f} s for {host} ({why})"
        with self._lock:
            if sys.stderr.isatty():
                self._write(text)
            elif seconds > self._left.get((host, why), 0.0):
                log.log(logging.WARNING if seconds >= SHORT else logging.INFO, "%s", text)
            self._left[host, why] = seconds

    def reading(self, account: str, pages: int, records: int) -> None:
        """Told of each page."""
        with self._lock:
            if sys.stderr.isatty():
                self._write(f"reading {account}: {pages:,} pages, {records:,} records")

    def clear(self) -> None:
        """Make room for a line that stays."""
        with self._lock:
            if self._width:
                typer.echo(f"\r{' ' * self._width}\r", err=True, nl=False)
                self._width = 0

    def _write(self, text: str) -> None:
        most = shutil.get_terminal_size().columns - 1
        shown = "".join(one if one.isprintable() else "\ufffd" for one in text)[:most]
        typer.echo(f"\r{shown:<{self._width}}", err=True, nl=False)
        self._width = len(shown)
