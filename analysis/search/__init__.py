"""Finding statements by their words, their authors, their results and what was found in them."""

from analysis.search.asking import Order, Result, Search, SearchRefused
from analysis.search.finding import find_hits
from analysis.search.hits import Hit, HitTarget
from analysis.search.snippets import Piece, snippet_of

__all__ = [
    "Hit",
    "HitTarget",
    "Order",
    "Piece",
    "Result",
    "Search",
    "SearchRefused",
    "find_hits",
    "snippet_of",
]
