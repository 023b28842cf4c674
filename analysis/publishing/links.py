"""Taking files over from one folder to another without copying them, where the system can."""

import os
import shutil
from pathlib import Path


def link(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`; a copy where files cannot have two names.

    Neither may be written in place afterwards: files of a report are only ever made anew.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copyfile(source, target, follow_symlinks=False)
