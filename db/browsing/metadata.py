"""What Datasette is told of an archive: titles, the meaning of columns, questions that are ready. Pure."""

import tomllib
from pathlib import Path
from typing import Any

from db.dictionary import TableSays, said_of_tables, said_of_views
from db.revisions import VERSION_TABLE
from db.search.index import INDEX

QUERIES = Path(__file__).with_name("queries.toml")

SEARCHED = ("statements_with_authors", "statements_and_results", "concessions_found", "kinds_of_statements")
"""Views with a search box: they have the number and the text of a statement."""

FEW = 10
"""Captures a page: each is read with its bytes, of which a page shows the size."""

HIDDEN = ("capture", "budget", "schedule", "spending", VERSION_TABLE)
"""Tables that the first page lists last: `captures_kept` has the captures without their bytes."""

DESCRIPTION = (
    "What candidates published, whom it speaks of, what it does, and what the ballot said. Read only. Begin"
    " with the views and the questions below; docs/data-dictionary.md explains every column. Findings are a"
    " program's unless a person reviewed them."
)


def metadata_of(database: str) -> dict[str, Any]:
    """Datasette's metadata for the archive that it knows as `database` (the file's name without ending)."""
    with QUERIES.open("rb") as file:
        queries = tomllib.load(file)
    tables = {one.name: _table(one) for one in (*said_of_tables(), *said_of_views())}
    for name in SEARCHED:
        tables[name] |= {"fts_table": INDEX, "fts_pk": "statement_id"}
    for name in HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    tables["capture"]["size"] = FEW
    return {
        "title": "Hustings archive",
        "description": DESCRIPTION,
        "license": "Unknown: the texts belong to their authors and are subject to the platforms' terms",
        "databases": {database: {"tables": tables, "queries": queries}},
    }


def _table(said: TableSays) -> dict[str, Any]:
    columns = {column.name: column.says for column in said.columns if column.says}
    found: dict[str, Any] = {"description": said.says, "columns": columns}
    if said.facets:
        found["facets"] = list(said.facets)
    if said.sort:
        found["sort_desc"] = said.sort
    return found
