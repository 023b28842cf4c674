"""Posts and what was found in them as Parquet files: columns, batches, a file that is whole or not there."""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.exports.errors import MissingLibrary

POST_COLUMNS = (
    "id",
    "text",
    "author",
    "author_is",
    "author_party",
    "contest",
    "election",
    "polls",
    "posted_at",
    "reply_to",
    "quoted",
    "lang",
    "spans",
)
"""Columns that are read, as `hustings tag` reads them; the first two are needed."""

NEEDED = POST_COLUMNS[:2]

Marks = Mapping[str, str]
"""What a file says of itself: name -> value."""

Values = Mapping[str, object]
"""One row: column -> value."""


class UnfitPartition(Exception):
    """A file is no Parquet file of posts."""


def posts_in(path: Path, size: int) -> Iterator[list[Values]]:
    """The rows of a file of posts, `size` at a time. Raises UnfitPartition."""
    arrow, parquet = _library()
    try:
        with parquet.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            if missing := [name for name in NEEDED if name not in names]:
                raise UnfitPartition(f"no column {' and no column '.join(missing)}")
            columns = [name for name in POST_COLUMNS if name in names]
            for batch in file.iter_batches(size, columns=columns, use_threads=False):
                yield [_as_json(row) for row in batch.to_pylist()]
    except arrow.ArrowException as error:
        raise UnfitPartition(f"not a readable Parquet file: {error}") from error


def _as_json(row: Values) -> Values:
    """Days and times as a line of NDJSON would write them."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
    }


def marks_of(path: Path) -> Marks:
    """What a file of findings says of itself; nothing where there is none, or no such file."""
    arrow, parquet = _library()
    with suppress(OSError, arrow.ArrowException):
        found = parquet.read_schema(path).metadata or {}
        return {name.decode(): value.decode() for name, value in found.items()}
    return {}


@contextmanager
def new_findings(path: Path, marks: Marks) -> "Iterator[FindingsFile]":
    """A file of findings that takes its place, on the disk, only once it is whole."""
    arrow, parquet = _library()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    schema = _schema(arrow).with_metadata(dict(marks))
    try:
        with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            yield FindingsFile(arrow, writer, schema)
        _put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)


class FindingsFile:
    """A file of findings that is being written."""

    def __init__(self, arrow: Any, writer: Any, schema: Any) -> None:
        self._arrow, self._writer, self._schema = arrow, writer, schema

    def write(self, rows: Iterable[Values]) -> None:
        """Add rows, as one group."""
        self._writer.write_table(self._arrow.Table.from_pylist(list(rows), schema=self._schema))


def _put_in_place(part: Path, path: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    for left in path.parent.glob(f".{path.name}.*.part"):  # of a worker that was killed
        left.unlink(missing_ok=True)


def _schema(arrow: Any) -> Any:
    """The columns of findings: those of `hustings tag`, with types (docs/cluster.md)."""
    text, place, number = arrow.string(), arrow.int64(), arrow.float64()
    texts = arrow.list_(text)
    score = [("score", number), ("label", text), ("confidence", number)]
    span = [("start", place), ("end", place)]
    columns = {
        "id": text,
        "error": text,
        "lang": text,
        "languages": texts,
        "left_out": arrow.list_(arrow.struct([*span, ("lang", text)])),
        "sentiment": arrow.struct([*score, ("method", text)]),
        "unscored": text,
        "kinds": arrow.list_(
            arrow.struct(
                [
                    *(("kind", text), ("strength", text), ("scope", text), ("types", texts)),
                    *(("incivility", arrow.bool_()), ("confidence", number), *span, ("method", text)),
                ]
            )
        ),
        "targets": arrow.list_(
            arrow.struct(
                [
                    *(*span, ("mention", text), ("who", text), ("type", text), ("id", text)),
                    *(("party_id", text), ("candidates", texts), ("basis", text)),
                    *(("link_confidence", number), *score),
                ]
            )
        ),
        "spans": arrow.list_(arrow.struct([*span, *score])),
    }
    return arrow.schema(list(columns.items()))


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingLibrary("Parquet needs pyarrow: pip install 'hustings[parquet]'") from error
    return pyarrow, pyarrow.parquet
