"""Loads all that a process needs to write a part of a report: each that is forked afterwards has it.

To load this takes a second or two. Only processes beside the one that was started do (`analysis.processes`).
"""

from analysis.publishing import work
from analysis.site.rendering import compile_templates

__all__ = ["work"]

compile_templates(
    *("page", "parts", "listing", "candidacies", "chart", "chart-head", "why"),
    *("accusations", "candidate", "candidates", "concessions", "contest"),
    *("parties", "party", "shelf", "statements"),
)
