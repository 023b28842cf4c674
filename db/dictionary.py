"""What is said of every table, view and column: read off the models' source and `views.toml`."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from db import models

VIEWS = Path(__file__).with_name("views.toml")


@dataclass(frozen=True, slots=True)
class ColumnSays:
    """One column."""

    name: str
    says: str
    type: str = ""
    """Of a table's column, with `?` where it may be NULL."""
    is_key: bool = False
    refers_to: tuple[str, ...] = ()
    """`table.column` of what it refers to."""


@dataclass(frozen=True, slots=True)
class TableSays:
    """One table or view."""

    name: str
    says: str
    columns: tuple[ColumnSays, ...]
    facets: tuple[str, ...] = ()
    """Columns worth counting by."""
    sort: str | None = None
    """Column whose highest values come first."""


def said_of_tables() -> list[TableSays]:
    """Every table in the models' order: its class's docstring, and the string below each field."""
    source = Path(models.__file__).read_text(encoding="utf-8")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return [_table(getattr(models, node.name).__table__, node) for node in classes]


def said_of_views() -> list[TableSays]:
    """Every view."""
    with VIEWS.open("rb") as file:
        return [_view(name, cells) for name, cells in tomllib.load(file).items()]


def _table(table: Table, model: ast.ClassDef) -> TableSays:
    said = dict(_said_of_fields(model))
    columns = tuple(_column(column, said.get(column.name, "")) for column in table.columns)
    return TableSays(table.name, ast.get_docstring(model) or "", columns)


def _said_of_fields(model: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(model.body, model.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            yield field.target.id, " ".join(str(after.value.value).split())


def _column(column: Column[object], said: str) -> ColumnSays:
    return ColumnSays(
        name=column.name,
        says=said,
        type=str(column.type).lower() + ("?" if column.nullable else ""),
        is_key=column.primary_key,
        refers_to=tuple(key.target_fullname for key in column.foreign_keys),
    )


def _view(name: str, cells: dict[str, Any]) -> TableSays:
    columns = tuple(ColumnSays(column, says) for column, says in cells["columns"].items())
    return TableSays(name, cells["says"], columns, tuple(cells.get("facets", ())), cells.get("sort"))
