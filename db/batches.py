"""Values cut into lists, such as those that fit into one SQL statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

BATCH = 500
"""Below the number of parameters that every database takes."""


def batches(values: Iterable[Value], size: int = BATCH) -> Iterator[list[Value]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
