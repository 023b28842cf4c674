"""Two folders changing places in one step, where the system can: no reader meets neither or half of one."""

import ctypes
import os
from functools import cache
from pathlib import Path

RENAME_EXCHANGE = 2
"""Flag of Linux's renameat2(2)."""

HERE = -100
"""AT_FDCWD: paths are seen from the working folder."""


def exchange(one: Path, other: Path) -> bool:
    """Let two folders of one file system change places; False where the system cannot do it in one step."""
    rename = _renameat2()
    if rename is None:
        return False
    return bool(rename(HERE, os.fsencode(one), HERE, os.fsencode(other), RENAME_EXCHANGE) == 0)


@cache
def _renameat2() -> "ctypes._NamedFuncPointer | None":
    """The system's call, which Python's own library does not offer; None outside Linux with a recent libc."""
    try:
        found = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):  # TypeError: Windows has no library of the process itself
        return None
    found.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return found
