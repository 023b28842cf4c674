"""The scorer `linear`: a small trained model over words, places and the rules of `vader-target`."""

from analysis.sentiment.linear.model import load_model, shipped_model
from analysis.sentiment.linear.scorer import LinearScorer

__all__ = ["LinearScorer", "load_model", "shipped_model"]
