"""The processes beside this one that share the work on a report; where there are none, this one does it."""

import hashlib
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from analysis.processes import FOR_REPORTS, process_pool

WORTH_WORKERS = 300
"""Candidacies of an archive below which starting other processes takes longer than they save."""

P = ParamSpec("P")
Result = TypeVar("Result")


class Shared(Generic[Result]):
    """A large value that several pieces of work need: packed once, and unpacked once by each process."""

    def __init__(self, value: Result) -> None:
        """Packed where it is first handed to another process."""
        self.value = value
        self._packed: tuple[str, bytes] | None = None

    def __reduce__(self) -> tuple[Callable[[str, bytes], "Shared[Any]"], tuple[str, bytes]]:
        """What another process is given."""
        if self._packed is None:
            packed = pickle.dumps(self.value)
            self._packed = hashlib.sha256(packed).hexdigest(), packed
        return _received, self._packed


_known: dict[str, Shared[Any]] = {}
"""What this process was given last, by its digest."""


def _received(key: str, packed: bytes) -> Shared[Any]:
    if key not in _known:
        _known.clear()
        _known[key] = Shared(pickle.loads(packed))  # noqa: S301  # only ever from the process that started this
    return _known[key]


class Workers:
    """Some processes, or none. Use it as a context.

    Processes only in a program that may be started again (`if __name__ == "__main__"`). Work is a function
    of a module; what it takes and gives can be pickled.
    """

    def __init__(self, count: int, database: str | None = None) -> None:
        """`count`: 0 for none. What they need is loaded at once, while there is nothing to do yet.

        `database`: where they find the archive.
        """
        self.count = count
        self.database = database if count else None
        self._executor = process_pool(count, FOR_REPORTS) if count else None

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


NOBODY = Workers(0)
"""This process does all the work."""
