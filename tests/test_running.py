"""Work that is handed out: in order, a few pieces ahead, and done again where a process died."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest
from found_rows import keep_statements
from sqlalchemy import Engine
from sqlmodel import Session, col, update

from analysis.contract import Roster
from analysis.findings import analyse
from analysis.reader import Reader
from analysis.running.crews import WORTH_WORKERS, Alone, Processes, crew_of
from analysis.running.errors import WorkersDie
from analysis.running.unread import Due, Range, count_due, ranges
from analysis.running.window import MOST_DEATHS, in_order
from analysis.sentiment import scorer_for
from db import writing
from db.models import Statement

ROOT = Path(__file__).parent.parent


class Mortal(Executor):
    """Does work when it is asked for the answer; may die of a piece, with all that it was given."""

    def __init__(self, dies_of: set[int]) -> None:
        self.dies_of = dies_of
        self.is_dead = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        if self.is_dead:
            raise BrokenExecutor("dead")
        future: Future[Any] = Future()
        if args[0] in self.dies_of:
            self.is_dead = True
            future.set_exception(BrokenExecutor("died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


class MortalCrew:
    """The n-th executor that is hired dies of the n-th set of pieces; later ones of the last."""

    def __init__(self, *deaths: set[int], ahead: int = 4) -> None:
        self.ahead = ahead
        self.hired: list[Mortal] = []
        self.dismissed: list[Executor] = []
        self._deaths = deaths or (set(),)

    def expect(self) -> None:
        """Nothing is slow to begin."""

    def hire(self) -> Executor:
        self.hired.append(Mortal(self._deaths[min(len(self.hired), len(self._deaths) - 1)]))
        return self.hired[-1]

    def dismiss(self, executor: Executor) -> None:
        self.dismissed.append(executor)


def double(number: int) -> int:
    return 2 * number


def test_answers_come_in_the_order_of_the_pieces() -> None:
    assert list(in_order(MortalCrew(), double, range(20))) == [2 * n for n in range(20)]


def test_only_a_few_pieces_are_taken_ahead_of_the_answers() -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    answers = in_order(MortalCrew(ahead=4), double, pieces())
    for asked in range(1, 50):
        next(answers)
        assert len(taken) <= asked + 4


def test_what_a_dead_process_had_taken_is_done_again() -> None:
    crew = MortalCrew({2}, {7}, set())

    assert list(in_order(crew, double, range(20))) == [2 * n for n in range(20)]
    assert len(crew.hired) == 3
    assert crew.dismissed == crew.hired


def test_a_piece_of_which_every_process_dies_is_named() -> None:
    crew = MortalCrew({5})

    with pytest.raises(WorkersDie, match=r"^5: "):
        list(in_order(crew, double, range(20)))
    assert len(crew.hired) >= MOST_DEATHS
    assert crew.dismissed == crew.hired


def test_who_stops_asking_ends_the_crew() -> None:
    crew = MortalCrew()
    answers = in_order(crew, double, range(20))

    next(answers)
    answers.close()

    assert crew.dismissed == crew.hired


def test_what_the_work_raises_comes_through() -> None:
    def fail(_: int) -> int:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(in_order(Alone(), fail, [1]))


@pytest.mark.parametrize(
    ("workers", "work", "crew"),
    [
        (0, 10**6, Alone()),
        (1, 10**6, Alone()),
        (3, 1, Processes(3)),
        (None, WORTH_WORKERS - 1, Alone()),
        (None, WORTH_WORKERS, Processes(4)),
    ],
)
def test_processes_are_started_where_they_are_asked_for_or_pay(
    workers: int | None, work: int, crew: Alone | Processes
) -> None:
    assert crew_of(workers, work, 4) == crew


def test_ranges_hold_just_what_is_to_be_read(engine: Engine) -> None:
    keep_statements(engine, 25)
    reader = Reader(Roster(), scorer_for("vader"))
    due = Due(reader.method)

    assert list(ranges(engine, due, Range(1, 25), 10)) == [Range(1, 10), Range(11, 20), Range(21, 25)]
    analyse(engine, reader)
    with writing(engine) as session:
        session.execute(update(Statement).where(col(Statement.id).in_([3, 4, 19])).values(text_sha256="new"))

    assert list(ranges(engine, due, Range(1, 25), 2)) == [Range(3, 4), Range(19, 19)]
    assert list(ranges(engine, Due(reader.method, again=True), Range(1, 25), 100)) == [Range(1, 25)]
    with Session(engine) as session:
        assert count_due(session, due, Range(1, 25)) == 3


RULES_COMPILED = """
from analysis.kinds.default import general_layer
from analysis.kinds.finder import compiled_rules
from analysis.running.recipe import Recipe
Recipe().method()
print(compiled_rules.cache_info().currsize, general_layer.cache_info().currsize)
import analysis.running.ready
print(compiled_rules.cache_info().currsize, general_layer.cache_info().currsize)
"""


def test_rules_are_compiled_where_something_is_read_and_not_to_name_the_method() -> None:
    """An hourly job that finds nothing new ends at once; processes are forked with rules that are ready."""
    command = [sys.executable, "-c", RULES_COMPILED]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert result.stdout.split() == ["0", "0", "1", "1"]
