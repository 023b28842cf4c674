"""Reading statements, and linking what they say to what the ballot said.

Public: `tag` (one text, no database), `Reader` and `analyse` (an archive's statements), `load_roster`,
`statements_with_findings` (statements with targets, sentiment, kinds and outcome), `write_report`, and
the values of `analysis.contract`. Names are loaded when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.contract import Reading, Roster, StatementText
    from analysis.findings import analyse
    from analysis.outcomes import FoundStatement, Window, statements_with_findings
    from analysis.publishing import write_report
    from analysis.reader import Reader
    from analysis.roster import load_roster
    from analysis.sentiment import scorer_for
    from analysis.tagging import tag

__all__ = [
    "FoundStatement",
    "Reader",
    "Reading",
    "Roster",
    "StatementText",
    "Window",
    "analyse",
    "load_roster",
    "scorer_for",
    "statements_with_findings",
    "tag",
    "write_report",
]

_ROOMS = {
    "FoundStatement": "analysis.outcomes",
    "Reader": "analysis.reader",
    "Reading": "analysis.contract",
    "Roster": "analysis.contract",
    "StatementText": "analysis.contract",
    "Window": "analysis.outcomes",
    "analyse": "analysis.findings",
    "load_roster": "analysis.roster",
    "scorer_for": "analysis.sentiment",
    "statements_with_findings": "analysis.outcomes",
    "tag": "analysis.tagging",
    "write_report": "analysis.publishing",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
