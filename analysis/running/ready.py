"""Loads all that a process needs to read statements as most do: each that is forked afterwards has it.

To load this and to compile the rules takes some three seconds. Only processes beside the one that was
started do (`analysis.processes`).
"""

from analysis.contract import Roster, StatementText
from analysis.running import reading
from analysis.running.recipe import Recipe

__all__ = ["reading"]

Recipe().reader(Roster()).read([StatementText(id="", text="We won this seat. Thank you to everybody!")])
