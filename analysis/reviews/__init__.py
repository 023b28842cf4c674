"""What people confirm or correct of what the program found; it wins over the program's, whatever runs again.

Public: `Decision` and the values that it carries, `reviewed` (lays decisions over a reading),
`decisions_on`, `keep_decisions`; `listing`, `sheet`, `owners` and `deciding` hold the rest.
"""

from analysis.reviews.decisions import (
    Decision,
    KindValue,
    ReviewRefused,
    TargetValue,
    in_force,
    place_of_target,
)
from analysis.reviews.overlay import reviewed
from analysis.reviews.stored import Signed, decisions_on, keep_decisions

__all__ = [
    "Decision",
    "KindValue",
    "ReviewRefused",
    "Signed",
    "TargetValue",
    "decisions_on",
    "in_force",
    "keep_decisions",
    "place_of_target",
    "reviewed",
]
