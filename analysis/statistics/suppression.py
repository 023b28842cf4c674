"""Figures of small groups: how many stand behind them is shown, the figure is not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from analysis.statistics.intervals import Estimate

LEAST_POSTS = 10
LEAST_CANDIDATES = 5
"""Below either no estimate is shown: it would say more of who happened to post than of the group."""


class Suppressed(StrEnum):
    """Why there is no estimate."""

    FEW_POSTS = "few_posts"
    FEW_CANDIDATES = "few_candidates"
    NO_SPREAD = "no_spread"  # all candidates are alike: chance cannot be told from that


@dataclass(frozen=True, slots=True)
class Figure:
    """What is known of a group: how many it rests on, and the estimate or why there is none."""

    posts: int
    candidates: int
    estimate: Estimate | None
    suppressed: Suppressed | None


def too_few(posts: int, candidates: int) -> Suppressed | None:
    """Why so many are too few; None where they are enough."""
    if posts < LEAST_POSTS:
        return Suppressed.FEW_POSTS
    return Suppressed.FEW_CANDIDATES if candidates < LEAST_CANDIDATES else None


def figure(posts: int, candidates: int, estimate: Callable[[], Estimate | None]) -> Figure:
    """A figure from 10 posts of 5 candidates on; the estimate is asked for only then."""
    reason = too_few(posts, candidates)
    if reason is not None:
        return Figure(posts, candidates, None, reason)
    found = estimate()
    return Figure(posts, candidates, found, None if found is not None else Suppressed.NO_SPREAD)
