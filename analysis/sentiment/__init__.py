"""How a text speaks of a target, or as a whole: scorers by name, on vaderSentiment's foundation."""

from analysis.sentiment.scorers import DEFAULT_SCORER, SCORERS, UnknownMethod, scorer_for

__all__ = ["DEFAULT_SCORER", "SCORERS", "UnknownMethod", "scorer_for"]
