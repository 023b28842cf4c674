"""Who reads: this process alone, or processes beside it."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from analysis.processes import load_ahead, process_pool

NEEDED = "analysis.running.ready"
"""What every process loads at its start."""

WORTH_WORKERS = 2_000
"""Statements below which other processes are not worth their start: each builds its matcher first."""

P = ParamSpec("P")
Result = TypeVar("Result")


class HereAndNow(Executor):
    """Does what it is given at once, in this process."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> "Future[Result]":
        """The answer, ready. What the work raises is raised here."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass(frozen=True, slots=True)
class Alone:
    """This process."""

    size: int = 1
    ahead: int = 1
    """Nothing is read before what was read is stored."""

    def expect(self) -> None:
        """It is there."""

    def hire(self) -> Executor:
        """Itself."""
        return HereAndNow()

    def dismiss(self, executor: Executor) -> None:
        """Nothing is going on."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine."""

    size: int

    @property
    def ahead(self) -> int:
        """Pieces that wait, or whose answers do: so memory stays as it is however much there is."""
        return 3 * self.size

    def expect(self) -> None:
        """Begin to load what they need."""
        load_ahead(NEEDED)

    def hire(self) -> Executor:
        """Start them."""
        return process_pool(self.size, NEEDED)

    def dismiss(self, executor: Executor) -> None:
        """End them; what they are at is waited for."""
        executor.shutdown(cancel_futures=True)


def crew_of(workers: int | None, work: int, processors: int) -> Alone | Processes:
    """So many processes for so much work (statements); None: as many as pay."""
    if workers is None:
        workers = processors if work >= WORTH_WORKERS else 1
    return Processes(workers) if workers > 1 else Alone()
