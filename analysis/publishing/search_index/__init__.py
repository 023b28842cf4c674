"""The index that a report's search page reads: written once, then kept up with what changed."""

from analysis.publishing.search_index.arriving import BySegment, arriving_of
from analysis.publishing.search_index.contract import TONES, IndexTally, SearchDoc, UnreadableIndex
from analysis.publishing.search_index.writing import FOLDER, begin_index, write_index

__all__ = [
    "FOLDER",
    "TONES",
    "BySegment",
    "IndexTally",
    "SearchDoc",
    "UnreadableIndex",
    "arriving_of",
    "begin_index",
    "write_index",
]
