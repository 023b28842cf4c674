"""What a statement does: victory, concession, refusal, accusation and the other kinds of docs/codebook.md.

Public: `KindFinder`, `RuleError`. The rules are the tables in `rules/`; `phrases` says how to read them.
"""

from analysis.kinds.finder import KindFinder
from analysis.rule_tables import RuleError

__all__ = ["KindFinder", "RuleError"]
