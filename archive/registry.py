"""Which importer reads which file."""

from collections.abc import Callable
from pathlib import Path

from archive.contract import Importer, UnreadableSource
from archive.importers.articles import ArticleImporter
from archive.importers.csv_rows import CsvImporter
from archive.importers.ndjson import NdjsonImporter

IMPORTERS: dict[str, Callable[[], Importer]] = {
    "csv": CsvImporter,
    "ndjson": NdjsonImporter,
    "article": ArticleImporter,
}
"""Format, as `--format` names it -> what reads it."""

BY_SUFFIX: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".txt": "article",
    ".md": "article",
    ".html": "article",
    ".htm": "article",
}


def importer_for(path: Path, name: str | None = None) -> Importer:
    """The importer of that name; without one, by the file's suffix.

    Raises UnreadableSource where there is no such file, no such format, or the suffix says nothing.
    """
    if not path.is_file():
        there = "this is no regular file" if path.exists() else "there is no such file"
        raise UnreadableSource(f"{path}: {there}")
    chosen = name or BY_SUFFIX.get(path.suffix.lower())
    if chosen is None:
        raise UnreadableSource(f"{path}: what is it? Say so with --format {'|'.join(IMPORTERS)}")
    if chosen not in IMPORTERS:
        raise UnreadableSource(f"no format {chosen!r}: known are {', '.join(IMPORTERS)}")
    return IMPORTERS[chosen]()
