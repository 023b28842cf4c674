"""A report's data files and pages as tests read them."""

import csv
import gzip
import io
from html.parser import HTMLParser
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from analysis.publishing.datafiles import STATEMENT_TABLES
from analysis.reports.columns import TABLES, names_of

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})


def text_of(folder: Path, table: str) -> str:
    """A table's file as text; the large ones are compressed."""
    if table in (*STATEMENT_TABLES, "who-whom"):
        return gzip.decompress((folder / f"{table}.csv.gz").read_bytes()).decode()
    return (folder / f"{table}.csv").read_text(encoding="utf-8")


def cells(folder: Path, table: str) -> list[dict[str, str]]:
    """A table's rows as they stand in its file. Fails where the columns are not the table's, in order."""
    reader = csv.DictReader(io.StringIO(text_of(folder, table), newline=""), strict=True)
    found = list(reader)
    assert tuple(reader.fieldnames or ()) == names_of(TABLES[table])
    return found


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """A table's rows, each cell as what its column is said to be: an empty one is None. Times stay texts."""
    kinds = get_type_hints(TABLES[table])
    return [{name: _value(cell, kinds[name]) for name, cell in one.items()} for one in cells(folder, table)]


def _value(cell: str, kind: Any) -> Any:
    options = set(get_args(kind)) if isinstance(kind, UnionType) else {kind}
    [plain] = {get_origin(one) or one for one in options} - {type(None)}
    if plain is tuple:
        return cell.split("; ") if cell else []
    if plain is not str and not cell:
        assert type(None) in options, f"an empty cell, where there must be a {plain.__name__}"
        return None
    if plain is bool:
        return {"true": True, "false": False}[cell]
    if plain in (int, float):
        return plain(cell)
    return None if not cell and type(None) in options else cell


class Outline(HTMLParser):
    """What a test needs to know of a page: its tags, ids, links, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def values(self, attribute: str, tag: str | None = None) -> list[str]:
        return [
            str(attrs[attribute])
            for name, attrs in self.tags
            if attribute in attrs and (tag is None or name == tag)
        ]
