"""What statements mean beside the result: when they were made, by whom, and what the ballot said.

Public: `statements_with_findings` and the values that it yields, `Window`, `Phase`, and the pure
decisions (`minutes_from_declaration`, `phase_of`, `margin_of`, `margin_to_threshold`, `turnout_of`).
"""

from analysis.outcomes.ballot import (
    Candidacy,
    Contest,
    Election,
    Margin,
    Turnout,
    margin_of,
    margin_to_threshold,
    turnout_of,
    votes_check_of,
)
from analysis.outcomes.errors import UnknownContest, UnknownElection
from analysis.outcomes.found import FoundCapture, FoundStatement, FoundTarget, Outcome
from analysis.outcomes.statements import statements_with_findings
from analysis.outcomes.timing import (
    Clock,
    Moment,
    Phase,
    Window,
    minutes_from_declaration,
    phase_of,
)

__all__ = [
    "Candidacy",
    "Clock",
    "Contest",
    "Election",
    "FoundCapture",
    "FoundStatement",
    "FoundTarget",
    "Margin",
    "Moment",
    "Outcome",
    "Phase",
    "Turnout",
    "UnknownContest",
    "UnknownElection",
    "Window",
    "margin_of",
    "margin_to_threshold",
    "minutes_from_declaration",
    "phase_of",
    "statements_with_findings",
    "turnout_of",
    "votes_check_of",
]
