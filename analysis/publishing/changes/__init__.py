"""What a report says that the last one did not: a change log, and Atom feeds of new statements.

`delta_of` compares one candidacy where its statements are at hand, in whatever process. `ChangeLog` takes
the differences in, one after the other, and writes `changes.json`, `changes.html` and `feeds/` at the end.
"""

from analysis.publishing.changes.counting import Counted
from analysis.publishing.changes.deltas import ALL, CandidacyDelta, delta_of
from analysis.publishing.changes.entries import FeedEntry
from analysis.publishing.changes.feeds import FEEDS
from analysis.publishing.changes.held import held_in
from analysis.publishing.changes.history import Run
from analysis.publishing.changes.published import BadBaseUrl, checked_base
from analysis.publishing.changes.writing import ChangeLog, Changes, write_changes

__all__ = [
    "ALL",
    "FEEDS",
    "BadBaseUrl",
    "CandidacyDelta",
    "ChangeLog",
    "Changes",
    "Counted",
    "FeedEntry",
    "Run",
    "checked_base",
    "delta_of",
    "held_in",
    "write_changes",
]
