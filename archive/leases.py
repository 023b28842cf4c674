"""Who holds an account just now, and which of the holders are gone: read off what a lease says of itself."""

import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

LEASE = timedelta(minutes=30)
"""How long an account stays with a process that says nothing of itself; each page renews it."""

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When an account is due that is gone for good: only who names it asks for it again."""

AHEAD = timedelta(minutes=5)
"""A time that lies so far in the future was written by a clock that went wrong."""


_WORDS: set[str] = set()
"""Of the holders that this process made: a process with our number that has none of them is gone."""


def _new_word() -> str:
    word = secrets.token_hex(4)
    _WORDS.add(word)
    return word


@dataclass(frozen=True, slots=True)
class Holder:
    """This process, told from all others: also from a later one with its number."""

    machine: str = field(default_factory=platform.node)
    process: int = field(default_factory=os.getpid)
    word: str = field(default_factory=_new_word)

    def __str__(self) -> str:
        return f"{self.machine}/{self.process}/{self.word}"


@contextmanager
def one_holder() -> Iterator[Holder]:
    """A holder until the end of the block: what it still holds then is free, however the block ended."""
    holder = Holder()
    try:
        yield holder
    finally:
        _WORDS.discard(holder.word)


class Held(Protocol):
    """What a schedule says of who has its account."""

    @property
    def holder(self) -> str | None:
        """The process that collects it: machine, process id, a random word."""
        ...

    @property
    def held_until(self) -> datetime | None:
        """When its lease ends."""
        ...


def is_held(schedule: Held, *, now: datetime, seen_by: Holder | None = None) -> bool:
    """Whether a process has the account now, and is not known to be gone.

    A lease that lasts longer than any was written by a clock that was ahead: nobody can say when it ends.
    """
    if schedule.holder is None or schedule.held_until is None:
        return False
    if not now < schedule.held_until <= now + LEASE + AHEAD:
        return False
    return not _is_dead(schedule.holder, seen_by or Holder(word=""))


def _is_dead(held_by: str, holder: Holder) -> bool:
    """Whether the process that holds a lease is known to be gone: it ran on this machine and does no more."""
    where, _, word = held_by.rpartition("/")
    machine, _, process = where.rpartition("/")
    if machine != holder.machine or not process.isdigit():
        return False
    if int(process) == holder.process:
        return word not in _WORDS
    return os.name == "posix" and not _runs(int(process))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
