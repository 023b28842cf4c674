"""What was collected of a candidate, in words that never claim more than is known. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Collection(StrEnum):
    """What the archive holds of one candidate for one contest. Never `none`: that would need proof."""

    COLLECTED = "collected"
    OUTSIDE = "outside_window"  # only statements from other times
    EMPTY = "nothing_kept"  # an account was asked for its statements, none is kept
    NOT_COLLECTED = "not_collected"


@dataclass(frozen=True, slots=True)
class Collected:
    """How many statements of a candidate the archive holds, seen from one contest."""

    in_window: int
    undated: int
    elsewhere: int
    """Outside the window, whenever."""
    was_tried: bool = False
    """Whether a stream of one of their accounts was asked for."""

    @property
    def state(self) -> Collection:
        """What can be said of it."""
        if self.in_window or self.undated:
            return Collection.COLLECTED
        if self.elsewhere:
            return Collection.OUTSIDE
        return Collection.EMPTY if self.was_tried else Collection.NOT_COLLECTED
