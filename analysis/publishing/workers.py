"""The processes beside this one that share the work on a report; where there are none, this one does it."""

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import ParamSpec, TypeVar

WORTH_WORKERS = 300
"""Candidacies of an archive below which starting other processes takes longer than they save."""

FORKED = "forkserver"
"""How processes are started where the system can; else each is spawned, and loads everything for itself."""

NEEDED = "analysis.publishing"
"""What nearly all work needs."""

P = ParamSpec("P")
Result = TypeVar("Result")


class Workers:
    """Some processes, or none. Use it as a context.

    Processes only in a program that may be started again (`if __name__ == "__main__"`). Work is a function
    of a module; what it takes and gives can be pickled.
    """

    def __init__(self, count: int) -> None:
        """`count`: 0 for none. What they need is loaded at once, while there is nothing to do yet."""
        self.count = count
        self._executor = _executor(count) if count else None

    def __enter__(self) -> "Workers":
        """Ready."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them; what is not begun is not waited for."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def submit(self, work: Callable[P, Result], *args: P.args, **options: P.kwargs) -> Future[Result]:
        """Have work done by another process; only where there is one."""
        assert self._executor is not None
        return self._executor.submit(work, *args, **options)

    def begin(self, work: Callable[P, Result], *args: P.args, **options: P.kwargs) -> Callable[[], Result]:
        """Begin with work elsewhere; the function that comes back waits for it.

        Without other processes it is done here, when it is waited for.
        """
        if self._executor is None:
            return partial(work, *args, **options)
        return self.submit(work, *args, **options).result


def _executor(count: int) -> ProcessPoolExecutor:
    """Never forked from this process: the database's connections are not to be inherited."""
    if FORKED in multiprocessing.get_all_start_methods() and _is_server_running():
        return ProcessPoolExecutor(count, multiprocessing.get_context(FORKED), _begin)
    executor = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _begin)
    for _ in range(count):
        executor.submit(_load)
    return executor


def _is_server_running() -> bool:
    """Start the process that loads everything once, with nothing open, and from which the others are forked.

    It is not waited for: there is nothing to hand out yet. False where it cannot be reached, as where the
    folder of temporary files has too long a name for a socket.
    """
    from multiprocessing import forkserver  # cannot be loaded on Windows

    multiprocessing.get_context(FORKED).set_forkserver_preload([NEEDED])
    try:
        forkserver.ensure_running()
    except OSError:
        return False
    return True


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for this one decides


def _load() -> None:
    import_module(NEEDED)
