"""Python's search for cycles of objects, left out where much is made that holds none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cycles_left_alone() -> Iterator[None]:
    """The work makes millions of values and no cycle to speak of: to look for cycles takes up to a fifth of
    its time.

    Best before a function (`@cycles_left_alone()`): its values are gone when cycles are looked for again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
