"""How far a long reading of the archive is, for whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Told now and then: how many are done, of how many."""


@dataclass(slots=True)
class Steps:
    """Counts what is done, and tells it."""

    told: Progress | None
    total: int = 0
    done: int = 0

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count
        if self.told is not None:
            self.told(self.done, self.total)
