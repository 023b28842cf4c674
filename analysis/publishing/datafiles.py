"""The data files with a line a statement: kept in compressed pieces, so that unchanged ones are only copied.

Pieces of gzip that stand one behind another are a file of gzip: a contest's file is made of a piece for
each candidacy, an election's of those of its contests.
"""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from analysis.reports.formats import csv_header, csv_line
from analysis.reports.rows import Row

STATEMENT_TABLES = ("statements", "targets", "kinds")
"""Data files that have lines for each statement."""

ENDING = ".csv.gz"

LEVEL = 5
"""Of compression: beyond it a large report grows slower to write than smaller."""


def packed(lines: str) -> bytes:
    """Lines of CSV as a piece of a file; nothing for no lines."""
    return gzip.compress(lines.encode("utf-8", "replace"), LEVEL, mtime=0) if lines else b""


@cache
def packed_header(table: str) -> bytes:
    """The piece with which a table's file begins."""
    return packed(csv_header(table))


def write_packed(folder: Path, table: str, pieces: Iterable[bytes]) -> None:
    """Write a table's file from pieces."""
    with (folder / f"{table}{ENDING}").open("wb") as whole:
        whole.write(packed_header(table))
        whole.writelines(pieces)


def write_rows_packed(folder: Path, table: str, rows: Iterable[Row]) -> None:
    """Write a table's file from rows."""
    write_packed(folder, table, [packed("".join(map(csv_line, rows)))])


def pieces_in(folder: Path, sizes: Sequence[Sequence[int]]) -> list[Mapping[str, bytes]]:
    """The pieces of a contest's files, candidacy by candidacy; `sizes`: of each in the order of the tables.

    Raises OSError where a file is not there, ValueError where it is not as long as its pieces.
    """
    found: list[dict[str, bytes]] = [{} for _ in sizes]
    for column, table in enumerate(STATEMENT_TABLES):
        content = (folder / f"{table}{ENDING}").read_bytes()
        at = len(packed_header(table))
        for one, size in zip(found, sizes, strict=True):
            one[table] = content[at : at + size[column]]
            at += size[column]
        if at != len(content):
            raise ValueError(f"{folder / table}{ENDING} is not as it was written")
    return [*found]


def joined(folder: Path, table: str, contests: Iterable[Path]) -> None:
    """Put the contests' files of one table together as the election's."""
    start = len(packed_header(table))
    write_packed(folder, table, ((one / f"{table}{ENDING}").read_bytes()[start:] for one in contests))


def joined_plain(folder: Path, table: str, contests: Iterable[Path]) -> None:
    """The same for a table whose files are not compressed."""
    header = csv_header(table).encode()
    with (folder / f"{table}.csv").open("wb") as whole:
        whole.write(header)
        whole.writelines((one / f"{table}.csv").read_bytes()[len(header) :] for one in contests)
