"""Whole numbers as short text: five bits in each sign, lowest first, the sixth says that more follow."""

from collections.abc import Iterable, Sequence
from operator import sub

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FIRST_TWO = [ALPHABET[32 | number & 31] + ALPHABET[32 | number >> 5] for number in range(1024)]


class _Codes(dict[int, str]):
    """Number -> its text; those of small numbers are kept."""

    def __missing__(self, number: int) -> str:
        if number < 0:
            raise ValueError(f"{number} is below 0 and cannot be coded")
        if number < 32:
            text = ALPHABET[number]
        elif number < 1024:
            text = ALPHABET[32 | number & 31] + ALPHABET[number >> 5]
        else:
            return _FIRST_TWO[number & 1023] + self[number >> 10]
        self[number] = text
        return text


_CODES = _Codes()


def coded(numbers: Iterable[int]) -> str:
    """Numbers from 0 up, one after the other."""
    return "".join(map(_CODES.__getitem__, numbers))


def coded_rising(numbers: Sequence[int]) -> str:
    """Numbers that never fall, as the steps between them."""
    return coded((numbers[0], *map(sub, numbers[1:], numbers)))


def signed(number: int | None) -> int:
    """A number of either sign, or none, as one from 0 up: None is 0, 0 is 1, -1 is 2, 1 is 3."""
    if number is None:
        return 0
    return 2 * number + 1 if number >= 0 else -2 * number
