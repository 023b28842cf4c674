"""Full-text search in the texts of statements: one syntax, whichever database holds the archive."""

from db.search.index import fill_index, is_of_models, repair_index
from db.search.matching import found_by, newest_found_by, ranked
from db.search.query import BadQuery, Query, fold, parse_query

__all__ = [
    "BadQuery",
    "Query",
    "fill_index",
    "fold",
    "found_by",
    "is_of_models",
    "newest_found_by",
    "parse_query",
    "ranked",
    "repair_index",
]
