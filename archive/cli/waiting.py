"""What a long command shows while it waits, and how it is asked to stop."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

log = logging.getLogger(__name__)


@contextmanager
def interruptible() -> Iterator[Callable[..., bool]]:
    """The first Ctrl-C (or SIGTERM) asks to stop between two pages, the second one ends at once.

    Yields a function that says whether it was asked; with a number of seconds it waits for that first.
    """
    asked = threading.Event()

    def ask(number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

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
    width, told = 0, ("", float("-inf"))

    def waiting(host: str, seconds: float, why: str) -> None:
        nonlocal width, told
        line = f"waiting {seconds:.0f} s for {host} ({why})"
        if sys.stderr.isatty():
            typer.echo(f"\r{line:<{width}}", err=True, nl=False)
            width = len(line)
        elif told[0] != host or seconds > told[1]:
            log.warning("%s", line)
        told = (host, seconds)

    try:
        yield waiting
    finally:
        if width:
            typer.echo(f"\r{' ' * width}\r", err=True, nl=False)
