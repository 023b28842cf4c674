"""Tables of facts that a user adds: read, checked, and laid over the built-in ones."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.rule_tables import RuleError, parse_table
from analysis.targets.facts import FACTS, Row, WrongCell
from analysis.targets.gazetteer import Gazetteer, built_in_rows

KEYS: dict[str, tuple[str, ...]] = {
    "parties": ("country", "alias", "valid_from"),
    "offices": ("country", "office", "name", "valid_from"),
    "office_titles": ("country", "title"),
    "actors": ("country", "mention"),
    "handles": ("handle",),
    "countries": ("cue",),
    "nationalities": ("word",),
    "polling_days": ("country", "day"),
}
"""The columns that make a row: one of the user's takes the place of a built-in one that is alike in them."""
SHOWN = 6
"""Characters of the hash that stand in the method's name."""

_Placed = tuple[str, Row]
"""A row behind the place that a message can name."""


class GazetteerError(ValueError):
    """A folder of tables cannot be used: the message names the file, the row and the column."""


def gazetteer_with(folders: Sequence[Path]) -> Gazetteer:
    """The built-in tables under those of these folders, a later folder over an earlier one.

    A folder holds CSV files named and headed like the built-in ones (docs/targets.md); any of them may be
    missing, and other kinds of files are passed over. Raises GazetteerError for a table that nobody knows, a
    header that is not the built-in one, a cell that is wrong, and a party or office that stands nowhere.
    """
    rows, digest = built_in_rows(), hashlib.sha256()
    added: dict[str, list[_Placed]] = {table: [] for table in FACTS}
    for folder in folders:
        for path in _tables(folder):
            content = path.read_bytes()
            digest.update(path.name.encode() + b"\0" + content + b"\0")
            placed = list(_rows(path, content, header=list(rows[path.stem][0])))
            added[path.stem] += placed
            rows[path.stem] = _laid_over(rows[path.stem], [row for _, row in placed], KEYS[path.stem])
    _check_references(rows, added)
    return Gazetteer(rows, version=digest.hexdigest()[:SHOWN] if folders else "")


def _tables(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise GazetteerError(f"{folder}: no folder")
    found = sorted(folder.glob("*.csv"))
    known = ", ".join(f"{table}.csv" for table in FACTS)
    if not found:
        raise GazetteerError(f"{folder}: holds none of {known}")
    for path in found:
        if path.stem not in FACTS:
            raise GazetteerError(f"{path.name}: no table of this name; known: {known}")
    return found


def _rows(path: Path, content: bytes, header: list[str]) -> Iterator[_Placed]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        placed = list(parse_table(path.name, text))
    except UnicodeDecodeError as error:
        raise GazetteerError(f"{path.name}: not UTF-8 at byte {error.start}") from error
    except RuleError as error:
        raise GazetteerError(str(error)) from error
    for place, row in placed:
        if list(row) != header:
            raise GazetteerError(f"{path.name}: the header must be {','.join(header)}")
        _check(path.stem, place, row)
        yield place, row


def _check(table: str, place: str, row: Row) -> None:
    if not row["source"]:
        raise GazetteerError(f"{place}: column source: is empty")
    try:
        FACTS[table](row)
    except WrongCell as error:
        raise GazetteerError(f"{place}: {error}") from error


def _laid_over(below: Sequence[Row], above: Sequence[Row], columns: tuple[str, ...]) -> tuple[Row, ...]:
    """What is laid on top stands first: where two names are spelled alike, the first counts."""
    taken = {_key(row, columns) for row in above}
    return (*above, *(row for row in below if _key(row, columns) not in taken))


def _key(row: Row, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row[column].lower() for column in columns)


def _check_references(rows: dict[str, tuple[Row, ...]], added: dict[str, list[_Placed]]) -> None:
    parties = {row["who"] for row in rows["parties"]}
    offices = {row["office"] for row in rows["offices"]} | {"leader"}
    for place, row in added["offices"]:
        led = row["office"].removeprefix("leader of ")
        if led != row["office"] and led not in parties:
            raise GazetteerError(f"{place}: column office: parties.csv has no party {led!r}")
        if row["party"] and row["party"] not in parties:
            raise GazetteerError(f"{place}: column party: parties.csv has no party {row['party']!r}")
    for place, row in added["office_titles"]:
        if row["office"] not in offices:
            raise GazetteerError(f"{place}: column office: offices.csv has nobody in {row['office']!r}")
