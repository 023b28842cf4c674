"""One text by one person on several platforms: found and linked, never merged."""

from analysis.cross_posts.linking import Tally, link_cross_posts
from analysis.cross_posts.near import METHOD, Pair, Written, find_pairs

__all__ = ["METHOD", "Pair", "Tally", "Written", "find_pairs", "link_cross_posts"]
