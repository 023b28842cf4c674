"""Which numbers were met: a byte each, so that a million statements take a megabyte. Pure."""

from collections.abc import Iterable


class Marks:
    """A set of numbers from 0 on that stays small."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._marked = bytearray()
        for number in numbers:
            self.add(number)

    def add(self, number: int) -> None:
        """Mark a number."""
        if number >= len(self._marked):
            self._marked.extend(bytes(number + 1 - len(self._marked) + len(self._marked) // 4))
        self._marked[number] = 1

    def __contains__(self, number: int) -> bool:
        """Whether it is marked."""
        return number < len(self._marked) and bool(self._marked[number])
