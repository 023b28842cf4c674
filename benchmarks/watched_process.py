"""Runs a command in a process of its own: how long it takes, and how much memory it and its children hold."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

PROCESSES = Path("/proc")
EVERY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Watched:
    """What one run took."""

    seconds: float
    peak_bytes: int | None
    """Most resident memory of all its processes at one moment, looked at every 0.05 s; memory that processes
    share counts for each. None where the system does not tell."""
    output: str


def run_watched(command: Sequence[str], environment: Mapping[str, str]) -> Watched:
    """Run a command to its end. Raises RuntimeError with its complaints where it fails."""
    pipe = subprocess.PIPE
    begins = perf_counter()
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        memory = _Memory(process.pid)
        memory.start()
        output, complaints = process.communicate()
        seconds = perf_counter() - begins
        memory.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {complaints.strip()}")
    return Watched(seconds, memory.peak or None, output)


class _Memory(Thread):
    """Looks again and again how much memory a process and all below it hold."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = Event()
        self.peak = 0

    def run(self) -> None:
        while not self._ended.is_set():
            self.peak = max(self.peak, sum(map(_resident, _family(self._pid))))
            self._ended.wait(EVERY_SECONDS)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int) -> Iterator[int]:
    """A process and all that it started, directly or not, as far as they are still there."""
    yield pid
    for thread in _threads(pid):
        for child in _read(PROCESSES / str(pid) / "task" / thread / "children").split():
            yield from _family(int(child))


def _threads(pid: int) -> list[str]:
    try:
        return os.listdir(PROCESSES / str(pid) / "task")
    except OSError:  # it ended meanwhile
        return []


def _resident(pid: int) -> int:
    """Bytes of a process that are in memory now; 0 once it has ended."""
    fields = _read(PROCESSES / str(pid) / "statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile, or there is no such thing on this system
        return ""
