"""The index that a report's search page reads: written once, then kept up with what changed."""

from analysis.publishing.search_index.contract import TONES, IndexTally, SearchDoc, UnreadableIndex
from analysis.publishing.search_index.writing import FOLDER, write_index

__all__ = ["FOLDER", "TONES", "IndexTally", "SearchDoc", "UnreadableIndex", "write_index"]
