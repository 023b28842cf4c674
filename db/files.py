"""Files of an archive: whose they are, and what a disk holds of them when they get their names."""

import os
import sys
from contextlib import suppress
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
