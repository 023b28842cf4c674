"""Writes data-dictionary.md from the models: `python docs/make_data_dictionary.py`.

What is said of a table is its class's docstring; of a column, the string below its field; of a view,
what `db/views.toml` has.
"""

from pathlib import Path

from db.dictionary import ColumnSays, TableSays, said_of_tables, said_of_views

PAGE = Path(__file__).with_name("data-dictionary.md")

HEAD = """# Data dictionary

Every table and column of an archive. Made from `db/models.py` by `python docs/make_data_dictionary.py`;
a test compares. Times are UTC. `?` marks a column that may be NULL, **key** the primary key, → what it
refers to.
"""

VIEWS_HEAD = """
# Views

Tables joined for reading, the same in SQLite and PostgreSQL: names stand beside ids. Findings are those of
the newest reading of a statement's present text; reports show those of the default method (docs/methods.md).
"""


def render() -> str:
    """The whole page, Markdown."""
    tables, views = map(_section, said_of_tables()), map(_view, said_of_views())
    return HEAD + "".join(tables) + VIEWS_HEAD + "".join(views)


def _section(table: TableSays) -> str:
    rows = map(_row, table.columns)
    lines = [f"\n## {table.name}\n", table.says, "", "| column | type | meaning |", "|---|---|---|"]
    return "\n".join([*lines, *rows, ""])


def _view(view: TableSays) -> str:
    rows = (f"| `{column.name}` | {column.says} |" for column in view.columns)
    return "\n".join([f"\n### {view.name}\n", view.says, "", "| column | meaning |", "|---|---|", *rows, ""])


def _row(column: ColumnSays) -> str:
    marks = ["**key**"] if column.is_key else []
    marks += [f"→ `{name}`" for name in column.refers_to]
    return f"| `{column.name}` | {column.type} | {' '.join([*marks, column.says])}".rstrip() + " |"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
