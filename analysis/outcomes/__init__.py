"""What statements mean beside the result: when they were made, by whom, and what the ballot said.

Public: `statements_with_findings` and the values that it yields; `candidacy_outcomes` (victories,
concessions, refusals and accusations of every candidacy, and what backs "none found"); `Window`, `Phase`;
and the pure decisions (`minutes_from_declaration`, `phase_of`, `stage_at`, `margin_of`,
`margin_to_threshold`, `turnout_of`, `party_outcomes`, `claims_in`, `accused_by`).
"""

from analysis.outcomes.accused import Accusations, Accused, When, accused_by
from analysis.outcomes.backing import (
    UNREAD_WORDS,
    Accuracy,
    Backing,
    Level,
    Unread,
    UnreadPosts,
)
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
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.candidacies import (
    CONCESSION_WORDS,
    CandidacyOutcome,
    ConcessionStatus,
    Standing,
)
from analysis.outcomes.claims import (
    Claim,
    Contradiction,
    ContradictionReason,
    Facing,
    OtherStanding,
    claims_in,
)
from analysis.outcomes.coverage import AccountBacking, AccountGap
from analysis.outcomes.errors import UnknownContest, UnknownElection
from analysis.outcomes.facts import ElectionFacts, facts_of, stated_parties
from analysis.outcomes.found import FoundCapture, FoundStatement, FoundTarget, Outcome
from analysis.outcomes.linking import LinkedContest, Terms, candidacy_outcomes, linked
from analysis.outcomes.parties import PartyBasis, PartyOutcome, party_outcomes
from analysis.outcomes.stages import UNTIMED_WORDS, StageEvent, Untimed, stage_at
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
    "CONCESSION_WORDS",
    "UNREAD_WORDS",
    "UNTIMED_WORDS",
    "AccountBacking",
    "AccountGap",
    "Accuracy",
    "Accusations",
    "Accused",
    "Backing",
    "Candidacy",
    "CandidacyOutcome",
    "Claim",
    "Clock",
    "ConcessionStatus",
    "Contest",
    "Contradiction",
    "ContradictionReason",
    "Election",
    "ElectionFacts",
    "Facing",
    "FoundCapture",
    "FoundStatement",
    "FoundTarget",
    "Level",
    "LinkedContest",
    "Margin",
    "Moment",
    "OtherStanding",
    "Outcome",
    "PartyBasis",
    "PartyOutcome",
    "Phase",
    "StageEvent",
    "Standing",
    "Terms",
    "Turnout",
    "UnknownContest",
    "UnknownElection",
    "Unread",
    "UnreadPosts",
    "Untimed",
    "When",
    "Window",
    "accused_by",
    "candidacy_outcomes",
    "claims_in",
    "facts_of",
    "find_contests",
    "find_elections",
    "linked",
    "margin_of",
    "margin_to_threshold",
    "minutes_from_declaration",
    "party_outcomes",
    "phase_of",
    "stage_at",
    "stated_parties",
    "statements_with_findings",
    "turnout_of",
    "votes_check_of",
]
