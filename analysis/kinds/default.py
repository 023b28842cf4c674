"""What finds kinds where nobody chose anything else, and the rules by themselves.

Nothing is compiled or read from a file before the first text is to be read.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.contract import Kind, Sentiment, Span, StatementText, Target
from analysis.kinds.finder import KindFinder, compiled_rules
from analysis.text import Normalised

if TYPE_CHECKING:
    from analysis.kinds.layer import LayeredKinds

LAYER = Path(__file__).parent / "layer" / "general.npz"
"""Written by benchmarks/fit_kinds.py."""
LAYER_NAME = "layer-b1adae38"
"""What that file is called by: the beginning of its SHA-256."""


class RulesAlone:
    """The kinds by the rules."""

    method = KindFinder.method

    def find(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
        names: Sequence[Span],
    ) -> tuple[Kind, ...]:
        """As `KindFinder.find`, which knows by itself whom its rules may name."""
        return compiled_rules().find(statement, text, targets, toward)

    def layered(self) -> None:
        """No layer."""


class GeneralKinds:
    """The kinds by the rules with the layer over them that ships."""

    method = f"{KindFinder.method}~{LAYER_NAME}"

    def find(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
        names: Sequence[Span],
    ) -> tuple[Kind, ...]:
        """As `LayeredKinds.find`."""
        return general_layer().find(statement, text, targets, toward, names)

    def layered(self) -> "LayeredKinds":
        """The layer that ships, over the rules."""
        return general_layer()


@cache
def general_layer() -> "LayeredKinds":
    """The layer that ships, read when the first text is read."""
    from analysis.kinds.layer import LayeredKinds, load_layer

    return LayeredKinds(load_layer(LAYER))
