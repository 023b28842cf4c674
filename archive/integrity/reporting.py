"""What a check of the archive found, as it is found."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Tell = Callable[[int, int], None]
"""Is told (done, all)."""


@dataclass(frozen=True, slots=True)
class Injury:
    """One thing that is not as it must be."""

    table: str
    row: str
    """Its number, or what else it goes by; empty: of the table as a whole."""
    what: str

    def __str__(self) -> str:
        return f"{' '.join(filter(None, (self.table, self.row)))}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the whole archive found."""

    injuries: tuple[Injury, ...]
    notes: Mapping[str, int]
    """What is no injury and leaves something unproven -> how often."""
    counts: Mapping[str, int]
    """What was looked at -> how many."""
    size: int
    """Entries of the log."""
    root: str
    """Of its tree, hexadecimal."""


@dataclass(slots=True)
class Findings:
    """Filled by the checks."""

    injuries: dict[Injury, None] = field(default_factory=dict)
    """In the order in which they were found, each once."""
    notes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def hurt(self, table: str, row: object, what: str) -> None:
        self.injuries[Injury(table, str(row), what)] = None

    def note(self, what: str) -> None:
        self.notes[what] += 1
