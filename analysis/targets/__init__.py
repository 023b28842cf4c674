"""Whom a statement targets."""

from analysis.targets.finder import METHOD, Found, TargetFinder

__all__ = ["METHOD", "Found", "TargetFinder"]
