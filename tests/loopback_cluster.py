"""A Dask scheduler and its workers as processes of the tests' own, on loopback."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LISTENS = re.compile(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class LoopbackCluster:
    """Where the scheduler listens, and its workers' processes."""

    address: str
    workers: list[subprocess.Popen[str]]


@contextmanager
def loopback_cluster(folder: Path, workers: int = 2) -> Iterator[LoopbackCluster]:
    """Start a scheduler and so many workers of one thread; all are ended at the end."""
    log = folder / "scheduler.log"
    scheduler = _start(["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], log)
    started = [scheduler]
    try:
        address = _address(log, scheduler)
        for number in range(workers):
            options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
            options += ["--local-directory", str(folder), "--death-timeout", "60"]
            started.append(_start(["worker", address, *options], folder / f"worker{number}.log"))
        yield LoopbackCluster(address, started[1:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _start(command: list[str], log: Path) -> "subprocess.Popen[str]":
    module = f"distributed.cli.dask_{command[0]}"
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with log.open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", module, *command[1:]],
            stdout=said,
            stderr=said,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )


def _address(log: Path, scheduler: "subprocess.Popen[str]") -> str:
    """What the scheduler says once it listens."""
    while scheduler.poll() is None:
        if found := LISTENS.search(log.read_text()):
            return found[1]
        try:
            scheduler.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(log.read_text())
