"""The page of the data dictionary: what every column of the report's files and of the database means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from analysis.publishing.methods_page import pieces
from analysis.reports.columns import TABLES, column_rows
from analysis.reports.folder import write_text
from analysis.reports.formats import write_table
from analysis.reports.manifest import Manifest
from analysis.site import render_page
from db.dictionary import ColumnSays, TableSays, said_of_tables, said_of_views

PAGE = "dictionary.html"

_BLANK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table, as the page shows it."""

    anchor: str
    name: str
    paragraphs: tuple[str, ...]
    columns: tuple[ColumnSays, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Tables of one sort."""

    anchor: str
    title: str
    says: str
    entries: tuple[Entry, ...]


def write_dictionary(folder: Path, manifest: Manifest) -> int:
    """Write `dictionary.html` and `columns.csv` into a report's folder; gives the number of columns."""
    found = chapters()
    page = render_page("dictionary", root="", manifest=manifest, chapters=found, pieces=pieces)
    write_text(folder / PAGE, page)
    write_table(folder, "columns", column_rows())
    return sum(len(entry.columns) for chapter in found for entry in chapter.entries)


def chapters() -> tuple[Chapter, ...]:
    """Everything that the page explains, each table and column with a place of its own."""
    return (
        Chapter(
            "files",
            "Data files of the report",
            "CSV files beside the pages of contests, elections and parties. A file of one name has the same"
            " columns wherever it stands. Ids are text, times UTC unless the column says otherwise; several"
            " values in one cell are parted by semicolons.",
            tuple(_files()),
        ),
        Chapter(
            "database",
            "Tables of the database",
            "What the report was made from. A question mark behind a type: the cell may be empty.",
            _entries("db", said_of_tables()),
        ),
        Chapter(
            "views",
            "Views of the database",
            "Tables joined for reading: names stand beside ids. Findings are those of the newest reading of a"
            " statement’s present text; a report shows those of the method that it names.",
            _entries("view", said_of_views()),
        ),
    )


def _files() -> list[Entry]:
    return [
        _entry("csv", name, TABLES[name].__doc__ or "", [ColumnSays(row.column, row.meaning) for row in rows])
        for name, rows in groupby(column_rows(), key=lambda row: row.table)
    ]


def _entries(sort: str, tables: Sequence[TableSays]) -> tuple[Entry, ...]:
    return tuple(_entry(sort, one.name, one.says, one.columns) for one in tables)


def _entry(sort: str, name: str, says: str, columns: Sequence[ColumnSays]) -> Entry:
    paragraphs = tuple(" ".join(part.split()) for part in _BLANK.split(says) if part.strip())
    return Entry(f"{sort}-{name}", name, paragraphs, tuple(columns))
