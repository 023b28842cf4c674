"""Whom a statement targets."""

from analysis.targets.additions import GazetteerError, gazetteer_with
from analysis.targets.finder import METHOD, Found, TargetFinder
from analysis.targets.gazetteer import Gazetteer

__all__ = ["METHOD", "Found", "Gazetteer", "GazetteerError", "TargetFinder", "gazetteer_with"]
