"""Work handed out to an executor, a few pieces ahead; the answers come back in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from itertools import islice
from typing import Generic, Protocol, TypeVar

from analysis.running.errors import WorkersDie

MOST_DEATHS = 3
"""Times that processes may die before one piece of work is done."""

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class Crew(Protocol):
    """Who does the work."""

    @property
    def ahead(self) -> int:
        """How many pieces are taken before the first of them is answered."""
        ...

    def expect(self) -> None:
        """Work will come: what is slow to begin may begin."""
        ...

    def hire(self) -> Executor:
        """A new executor: at first, and after one that broke."""
        ...

    def dismiss(self, executor: Executor) -> None:
        """End an executor's work; what is not begun is not waited for."""
        ...


@dataclass(slots=True)
class _Waiting(Generic[Piece, Answer]):
    """A piece that was taken, and its answer to come; None: to be handed out."""

    piece: Piece
    future: "Future[Answer] | None" = None

    def is_lost(self) -> bool:
        return self.future is not None and isinstance(
            self.future.exception() if self.future.done() else None, BrokenExecutor
        )


def in_order(
    crew: Crew, work: Callable[[Piece], Answer], pieces: Iterable[Piece]
) -> Generator[Answer, None, None]:
    """The answer to each piece, in the order of the pieces; only a few are taken ahead of the answers.

    What a dead process had taken is given to new ones; where they die of it, too, the first piece alone: so
    that WorkersDie, raised where that does not help, names the one at fault. Closing the iterator leaves
    what has not begun undone.
    """
    rest, line, deaths = iter(pieces), deque[_Waiting[Piece, Answer]](), 0
    executor = crew.hire()
    try:
        while True:
            try:
                line += [_Waiting(piece) for piece in islice(rest, crew.ahead - len(line))]
                for one in islice(line, None if deaths < MOST_DEATHS - 1 else 1):
                    one.future = one.future or executor.submit(work, one.piece)
                if not line:
                    return
                answer = _result(line[0])
            except BrokenExecutor as error:
                deaths += 1
                if deaths == MOST_DEATHS:
                    raise WorkersDie(f"{line[0].piece}: every process that took it died") from error
                crew.dismiss(executor)
                executor = crew.hire()
                for one in line:
                    one.future = None if one.is_lost() else one.future
                continue
            deaths = 0
            line.popleft()
            yield answer
    finally:
        crew.dismiss(executor)


def _result(first: _Waiting[Piece, Answer]) -> Answer:
    assert first.future is not None  # all that stand in line were handed out
    return first.future.result()
