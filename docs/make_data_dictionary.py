"""Writes data-dictionary.md from the models: `python docs/make_data_dictionary.py`.

What is said of a table is its class's docstring; of a column, the string below its field.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, Table

from db import models

PAGE = Path(__file__).with_name("data-dictionary.md")

HEAD = """# Data dictionary

Every table and column of an archive. Made from `db/models.py` by `python docs/make_data_dictionary.py`;
a test compares. Times are UTC. `?` marks a column that may be NULL, **key** the primary key, → what it
refers to.
"""


def render() -> str:
    """The whole page, Markdown."""
    source = Path(models.__file__).read_text(encoding="utf-8")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return HEAD + "".join(_section(getattr(models, node.name).__table__, node) for node in classes)


def _section(table: Table, model: ast.ClassDef) -> str:
    said = dict(_said_of_fields(model))
    rows = [_row(column, said.get(column.name, "")) for column in table.columns]
    lines = [f"\n## {table.name}\n", ast.get_docstring(model) or "", "", "| column | type | meaning |"]
    return "\n".join([*lines, "|---|---|---|", *rows, ""])


def _said_of_fields(model: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(model.body, model.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            yield field.target.id, " ".join(str(after.value.value).split())


def _row(column: Column[object], said: str) -> str:
    marks = ["**key**"] if column.primary_key else []
    marks += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
    kind = str(column.type).lower() + ("?" if column.nullable else "")
    return f"| `{column.name}` | {kind} | {' '.join([*marks, said])}".rstrip() + " |"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
