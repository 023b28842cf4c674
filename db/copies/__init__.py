"""Copying a whole archive into another database: SQLite, PostgreSQL, either way; proven to be the same."""

from db.copies.copying import Copied, CopiedTable, copy_archive, open_target

__all__ = ["Copied", "CopiedTable", "copy_archive", "open_target"]
