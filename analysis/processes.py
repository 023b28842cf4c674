"""Processes beside this one, in which nothing of this one's is open, and which end with it."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module

FORKED = "forkserver"
"""How processes are started where the system can; else each is spawned, and loads everything for itself."""

FIRST = "analysis.loading"
"""What a process loads first from which others are forked."""

FOR_REPORTS = "analysis.publishing.ready"
"""What a process loads that writes a part of a report."""


def load_ahead(needed: str) -> None:
    """Begin to load what other processes will need, while this one still loads its own.

    To be called where a `process_pool` of the same module will be wanted; nothing is waited for.
    """
    if FORKED in multiprocessing.get_all_start_methods():
        _is_server_running(needed)


def process_pool(count: int, needed: str) -> ProcessPoolExecutor:
    """So many processes that have loaded the module `needed`, while there is nothing to do yet.

    Never forked from this process: the database's connections are not to be inherited. Only in a program
    that may be started again (`if __name__ == "__main__"`).
    """
    if FORKED in multiprocessing.get_all_start_methods() and _is_server_running(needed):
        return ProcessPoolExecutor(count, multiprocessing.get_context(FORKED), _begin, gc.get_threshold())
    executor = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _begin, gc.get_threshold())
    for _ in range(count):
        executor.submit(import_module, needed)
    return executor


def _is_server_running(needed: str) -> bool:
    """Start the process that loads everything once, with nothing open, and from which the others are forked.

    It is not waited for: there is nothing to hand out yet. False where it cannot be reached, as where the
    folder of temporary files has too long a name for a socket.
    """
    from multiprocessing import forkserver  # cannot be loaded on Windows

    multiprocessing.get_context(FORKED).set_forkserver_preload([FIRST, needed, *_program()])
    try:
        forkserver.ensure_running()
    except OSError:
        return False
    return True


def _program() -> list[str]:
    """The module that was started as the program: each process loads it again, and finds it loaded."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    name = spec.name if spec is not None else "__main__"
    return [] if name.endswith(".__main__") else [name]


def _begin(*young: int) -> None:
    """`young`: how many new objects, as the program has it, are looked through for garbage.

    What is loaded by now is left out for good: to look through it once takes a quarter of a second.
    """
    gc.freeze()
    gc.set_threshold(*young)
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for this one decides
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
