"""Values cut into lists that fit into one SQL statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

BATCH = 500
"""Below the number of parameters that every database takes."""


def batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values in lists of at most BATCH."""
    rest = iter(values)
    while batch := list(islice(rest, BATCH)):
        yield batch
