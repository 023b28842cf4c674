"""What a chart is in flight: what it shows, what it says, and the table behind both."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from analysis.site import wording

FEWEST_STATEMENTS = 10
FEWEST_CANDIDATES = 5
"""Below either, no mean, share or rate is shown (docs/methods.md)."""

Value = str | int | float | None
Form = Literal["text", "count", "score", "share", "rate", "hours"]

NUMERIC: frozenset[Form] = frozenset({"count", "score", "share", "rate", "hours"})
SAFE_ID = re.compile(r"[a-z][a-z0-9-]*")
SAFE_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.csv")

_UNSAFE = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


class ChartError(ValueError):
    """Rows from which no chart can be made: the message names the chart and the value."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart's rows. What only the drawing needs has no label, and is in no table."""

    key: str
    label: str | None = None
    form: Form = "text"

    @property
    def is_numeric(self) -> bool:
        """True where the table aligns its values to the right."""
        return self.form in NUMERIC


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key above a drawing: a shape with its fill, and what it stands for."""

    label: str
    fill: str
    shape: str = "square"
    """A name in `SHAPES`."""

    @property
    def path(self) -> str:
        """The shape as the `d` of an SVG path in a box of 12 units."""
        return SHAPES[self.shape]


SHAPES = {
    "square": "M0 0H12V12H0Z",
    "circle": "M6 1.5A4.5 4.5 0 1 1 6 10.5A4.5 4.5 0 1 1 6 1.5Z",
    "triangle-up": "M6 1L11 10.5H1Z",
    "triangle-down": "M6 11L1 1.5H11Z",
    "diamond": "M6 0.5L11.5 6L6 11.5L0.5 6Z",
    "cross": "M4.5 1H7.5V4.5H11V7.5H7.5V11H4.5V7.5H1V4.5H4.5Z",
    "dash": "M0 5H12V7H0Z",
}
"""The shapes of keys; those of points bear Vega's names."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for one page: `templates/chart.html` renders it, `assets/charts.js` draws it."""

    id: str
    """Unique on its page: lower-case letters, digits, hyphens."""
    kind: str
    """The name of its spec: `specs/KIND.json`."""
    title: str
    finding: str
    """One or two sentences that state the finding with its n; also the text alternative."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    csv: str
    """The name of the file, beside the page, that holds the table."""
    unit: str = ""
    """What is counted, in what, from when: the line under the finding."""
    notes: tuple[str, ...] = ()
    """What is left out or suppressed, and why."""
    keys: tuple[Key, ...] = ()
    parameters: tuple[tuple[str, Value], ...] = ()
    """Values for the spec's `params`, by name."""
    is_drawn: bool = True
    """False where everything is suppressed: then the finding says so, and the table stands alone."""

    def __post_init__(self) -> None:
        """Raise ChartError where a page could not hold the chart."""
        if not SAFE_ID.fullmatch(self.id):
            raise ChartError(f"chart id {self.id!r}: wants lower-case letters, digits and hyphens")
        if not SAFE_FILE.fullmatch(self.csv):
            raise ChartError(f"chart {self.id}: {self.csv!r} is no plain name of a CSV file")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ChartError(f"chart {self.id}: a row has {len(row)} values, wants {len(self.columns)}")

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns of the table."""
        return tuple(column for column in self.columns if column.label)

    @property
    def table(self) -> list[list[str]]:
        """The table's cells as readers see them."""
        places = [(place, column) for place, column in enumerate(self.columns) if column.label]
        return [[told(row[place], column.form) for place, column in places] for row in self.rows]

    @property
    def embedded(self) -> Markup:
        """The data as JSON for a script element: no text in it can end the element."""
        data = {
            "columns": [column.key for column in self.columns],
            "rows": self.rows,
            "parameters": dict(self.parameters),
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return Markup(text.translate(_UNSAFE))  # noqa: S704  # `<`, `>` and `&` are gone


def told(value: Value, form: Form) -> str:
    """A value in a table: a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    match form:
        case "score":
            return wording.score(value)
        case "share":
            return wording.percent(value)
        case "rate":
            return f"{value:.2f}"
        case "hours":
            return hours(value)
        case _:
            return wording.number(int(value))


def hours(value: float) -> str:
    """-3 -> `−3 h`, 2 -> `+2 h`; number and unit stay on one line."""
    sign = wording.MINUS if value < 0 else "+" if value > 0 else ""
    return f"{sign}{abs(value):g}\u00a0h"


def is_enough(statements: int, candidates: int | None) -> bool:
    """Whether a mean may be shown. `candidates` is None where one author alone is meant."""
    return statements >= FEWEST_STATEMENTS and (candidates is None or candidates >= FEWEST_CANDIDATES)
