"""Rounds in processes that are killed: a parent that imported everything forks a child for each round.

Run as a program it reads a JSON order a line, forks, and answers with how the child ended. The child is a
process of its own with a database connection, sockets and locks of its own; SIGKILL ends it at the step
that was ordered, as it would end any other.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archives_on_server import SETTING, address_of

from archive.streams import Step


@dataclass(frozen=True)
class Cell:
    """Where a round is killed: the n-th time (from 1) that it comes to a step."""

    step: Step
    occurrence: int

    def __str__(self) -> str:
        return f"{self.step} {self.occurrence}"


@dataclass(frozen=True)
class Ended:
    """How a child ended, and how often it came to each step (where it was not killed)."""

    killed: bool
    exit_code: int
    steps: dict[str, int]


class Killer:
    """The parent of the children."""

    def __enter__(self) -> Self:
        here = Path(__file__).parent
        paths = (str(here.parent), str(here), *filter(None, [os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def round(self, path: Path, settings: dict[str, Any], cell: Cell | None) -> Ended:
        """One round on the archive at `path` in a process of its own, killed at `cell`."""
        order = {
            "path": str(path),
            "address": address_of(path),
            "kill": [cell.step.value, cell.occurrence] if cell else None,
            **settings,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ended(**answer)


class QuickClock:
    """The time that it is, except that waiting takes none: our pauses are tested elsewhere."""

    def __init__(self) -> None:
        self._skipped = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += timedelta(seconds=seconds)


def _child(order: dict[str, Any], report: Path) -> int:
    from archive.collecting import Means
    from archive.jobs import Wish, run
    from db import open_database

    steps: Counter[str] = Counter()

    def watch(step: Step) -> None:
        steps[step.value] += 1
        if order["kill"] == [step.value, steps[step.value]]:
            os.kill(os.getpid(), signal.SIGKILL)

    means = Means(
        environment=order["environment"],
        allow=tuple(order["allow"]),
        chosen=tuple(order["chosen"]),
        clock=QuickClock(),
    )
    engine = open_database(order["address"])
    summary = next(iter(run(engine, means, Wish(workers=1), watch=watch)))
    report.write_text(json.dumps(steps))
    for outcome in summary.outcomes:
        if outcome.message:
            sys.stderr.write(f"{outcome.message}\n")
    return summary.exit_code


def _die(order: dict[str, Any], report: Path) -> None:
    """Do what was ordered in this process, which never returns from here."""
    code = 70
    try:
        code = _child(order, report)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def _warm_up() -> None:
    """Import all that a child needs before the first fork, so that it begins within milliseconds."""
    from importlib import import_module

    import keyring

    import archive.jobs  # noqa: F401
    from archive.collectable import COLLECTORS
    from db import open_database

    for built_in in COLLECTORS.values():
        import_module(built_in.module)
    open_database(":memory:", create=True).dispose()
    if SETTING in os.environ:
        import_module("psycopg")
    keyring.get_keyring()


def _serve() -> None:
    _warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        report = Path(f"{order['path']}.steps")
        report.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            _die(order, report)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        answer = {
            "killed": killed,
            "exit_code": 0 if killed else os.WEXITSTATUS(status),
            "steps": json.loads(report.read_text()) if report.exists() else {},
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
