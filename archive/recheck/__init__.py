"""Asking again for what is archived: edits become versions, deletions are stated once proven."""
