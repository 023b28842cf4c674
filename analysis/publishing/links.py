"""Taking files over from one folder to another without copying them, where the system can."""

import os
import shutil
from pathlib import Path
from stat import S_ISREG


def link(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`; a copy where files cannot have two names.

    The folder of `target` is made if need be: for thousands of files it is there, and is not asked for.

    Neither may be written in place afterwards: files of a report are only ever made anew.
    """
    try:
        _link_or_copy(source, target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(source, target)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target, follow_symlinks=False)


def size_of(path: Path) -> int | None:
    """The size of a file in bytes; None for what is none, such as a link to one."""
    found = path.lstat()
    return found.st_size if S_ISREG(found.st_mode) else None
