"""Which compression dictionaries must be trained anew: they may hold fragments of what is gone. Pure."""

from collections.abc import Collection, Mapping
from typing import TypeVar

Name = TypeVar("Name")


def tainted(trained_from: Mapping[Name, Collection[int]], changed: Collection[int]) -> frozenset[Name]:
    """The dictionaries of which a sample was changed or erased.

    `trained_from`: dictionary -> the captures from which its samples were taken, as they were then. A
    dictionary of which nobody knows that must be given all captures that were there before it.
    """
    gone = frozenset(changed)
    return frozenset(name for name, samples in trained_from.items() if not gone.isdisjoint(samples))
