"""Reads the rule tables that ship with analysis: a header, a row a line, `# ` before a comment."""

import csv
from collections.abc import Iterator
from importlib.resources import files


class _Commas(csv.excel):
    strict = True


class _Tabs(csv.excel_tab):
    strict = True
    quoting = csv.QUOTE_NONE


DIALECTS: dict[str, type[csv.Dialect]] = {"csv": _Commas, "tsv": _Tabs}
"""Ending of the file -> how its cells are parted; in a `.tsv` quotation marks are signs as any other."""
COMMENT = "# "
"""With the space: '#sarcasm' is a hashtag."""


class RuleError(ValueError):
    """A rule table cannot be read: the message names the phrase, or file and row."""


def read_table(package: str, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a table, by the names in its header, each behind the place that a message can name.

    `path` leads from the package to the file (`rules/words.csv`); cells lose the white space round them.
    Raises RuleError where a line is no row, or has more or fewer cells than the header.
    """
    text = files(package).joinpath(path).read_text(encoding="utf-8")
    yield from parse_table(path, text)


def parse_table(path: str, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a table that is at hand as text, as `read_table` gives them."""
    name = path.rpartition("/")[2]
    header: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.startswith(COMMENT):
            continue
        cells = _cells(line, f"{name}:{number}")
        if header and len(cells) != len(header):
            raise RuleError(f"{name}:{number}: wants {len(header)} cells, has {len(cells)}")
        if header:
            yield f"{name}:{number}", dict(zip(header, cells, strict=True))
        header = header or cells


def _cells(line: str, place: str) -> list[str]:
    ending = place.partition(":")[0].rpartition(".")[2]
    try:
        return [cell.strip() for cell in next(csv.reader([line], dialect=DIALECTS[ending]))]
    except csv.Error as error:
        raise RuleError(f"{place}: {error}") from error
