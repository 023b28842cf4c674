"""Taking files over from one folder to another without copying them, where the system can."""

import os
import shutil
from pathlib import Path
from stat import S_ISREG

from analysis.reports.folder import files_in


def link(source: str | Path, target: str | Path) -> None:
    """Make `target` the same file as `source`; a copy where files cannot have two names.

    The folder of `target` is made if need be: for thousands of files it is there, and is not asked for.

    Neither may be written in place afterwards: files of a report are only ever made anew.
    """
    try:
        _link_or_copy(source, target)
    except FileNotFoundError:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(source, target)


def _link_or_copy(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target, follow_symlinks=False)


def sizes_in(folder: Path) -> dict[str, int | None]:
    """Every file below a folder (as `files_in` has them), with its size in bytes; None for what is no file,
    such as a link to one.
    """
    top = f"{folder}{os.sep}"
    return {name: size_of(top + name) for name in files_in(folder)}


def size_of(path: str | Path) -> int | None:
    """The size of a file in bytes; None for what is none."""
    found = os.lstat(path)
    return found.st_size if S_ISREG(found.st_mode) else None
