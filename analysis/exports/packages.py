"""An export as a Frictionless data package: its description for programs, with keys, types and meanings.

After https://datapackage.org/standard/data-package/ (version 1, which every tool reads).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.exports.counting import Count
from analysis.exports.hiding import Shape
from analysis.exports.manifests import Made
from analysis.exports.places import MANIFEST, sha_of
from analysis.exports.tables import TABLES, Column
from analysis.exports.units import Unit
from db.release import release

DESCRIPTOR = "datapackage.json"

TYPES: dict[Unit, dict[str, Any]] = {
    Unit.TEXT: {"type": "string"},
    Unit.TEXTS: {"type": "string"},
    Unit.WHOLE: {"type": "integer"},
    Unit.NUMBER: {"type": "number"},
    Unit.TRUTH: {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    Unit.DAY: {"type": "date"},
    Unit.TIME: {"type": "datetime", "format": "any"},
}
"""Unit -> its type in a table schema."""

PARTED = "several values parted by `; `"

GUARDED = (
    "Texts that a spreadsheet would calculate have an apostrophe before them, which is no part of them; "
    "NUL characters are left out."
)

CITATION = "The Hustings developers: Hustings {version} (software), with which this data was made."


def package_of(made: Made, shapes: Sequence[Shape], counts: Sequence[Count], folder: Path) -> dict[str, Any]:
    """The descriptor of the CSV files in a folder; `licence`: as the user gave it, else none is said."""
    rows = {one.table: one.written for one in counts}
    names = {shape.table: shape for shape in shapes}
    licence = {"licenses": [{"name": made.licence}]} if made.licence else {}
    return {
        "profile": "tabular-data-package",
        "name": "hustings-export",
        "title": "Statements of election candidates",
        "description": GUARDED,
        "created": made.generated_at.isoformat(),
        **licence,
        "sources": _sources(made),
        "contributors": [{"title": "Hustings", "role": "wrangler"}],
        "citation": CITATION.format(version=release()),
        "hustings": {"manifest": MANIFEST, "database": dict(made.checkpoint), "hidden": made.hiding.modes},
        "resources": [_resource(shape, names, rows[shape.table], folder) for shape in shapes],
    }


def _sources(made: Made) -> list[dict[str, str]]:
    """The elections, and where their data comes from as far as that may be said."""
    return [
        {"title": one.name if one.source is None or made.hiding.modes else f"{one.name}: {one.source}"}
        for one in made.choice.elections
    ] or [{"title": "an archive without elections"}]


def _resource(shape: Shape, names: dict[str, Shape], rows: int, folder: Path) -> dict[str, Any]:
    path = folder / f"{shape.table}.csv"
    return {
        "profile": "tabular-data-resource",
        "name": shape.table,
        "title": shape.table.replace("-", " "),
        "description": (TABLES[shape.table].row.__doc__ or "").strip(),
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha_of(path)}",
        "rows": rows,
        "schema": _schema(shape, names),
    }


def _schema(shape: Shape, names: dict[str, Shape]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in shape.columns],
        "missingValues": [""],
    }
    if shape.primary:
        schema["primaryKey"] = list(shape.primary)
    references = [
        {
            "fields": list(one.columns),
            "reference": {
                "resource": one.table if one.table != shape.table else "",
                "fields": list(one.keys),
            },
        }
        for one in TABLES[shape.table].references
        if set(one.columns) <= set(shape.names)
        and one.table in names
        and set(one.keys) <= set(names[one.table].names)
    ]
    return schema | ({"foreignKeys": references} if references else {})


def _field(column: Column) -> dict[str, Any]:
    several = f"; {PARTED}" if column.unit is Unit.TEXTS else ""
    # An empty text is a text, and CSV cannot tell it from none: no text is said to be required.
    can_be_empty = column.unit in (Unit.TEXT, Unit.TEXTS)
    constraints = {"constraints": {"required": True}} if column.required and not can_be_empty else {}
    return {
        "name": column.name,
        **TYPES[column.unit],
        "description": f"{column.meaning}{several}",
        **constraints,
    }
