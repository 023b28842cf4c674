"""Files of an archive: whose they are, and what a disk holds of them when they get their names."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE = 0o600
"""Permissions of a new archive: whoever may read it gets more than anybody published."""


def make_private(path: Path) -> None:
    """An empty file that only its owner may read, unless it is there: SQLite gives its log the same mode.

    It is made without being opened: a process that closes a file loses all locks that it has on it, and
    another process could then take away the log of a connection that is still in use.
    """
    with suppress(FileExistsError):
        if sys.platform == "linux":
            os.mknod(path, PRIVATE)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, PRIVATE))


def flush(path: Path) -> None:
    """Have the disk hold a file that no connection has open."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_names(folder: Path) -> None:
    """Have the disk hold the names in a folder, where the system can do that."""
    with suppress(OSError):
        flush(folder)


@contextmanager
def whole_or_not(path: Path) -> Iterator[Path]:
    """Where to write a file that gets its name once it is whole; where that fails, nothing is left of it.

    Raises OSError, which names the file that was meant.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        os.replace(partial, path)
    except OSError as error:
        _drop(partial)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except ValueError:
        _drop(partial)
        raise


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
