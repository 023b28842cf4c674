"""How a text speaks of a target, or as a whole: scorers by name, on vaderSentiment's foundation."""

from analysis.sentiment.errors import SentimentRefused, UnknownMethod, UnusableMethod, UnusableModel
from analysis.sentiment.scorers import DEFAULT_SCORER, SCORERS, known_methods, scorer_for

__all__ = [
    "DEFAULT_SCORER",
    "SCORERS",
    "SentimentRefused",
    "UnknownMethod",
    "UnusableMethod",
    "UnusableModel",
    "known_methods",
    "scorer_for",
]
