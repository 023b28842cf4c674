"""What finds kinds where nobody chose anything else, and the rules by themselves.

Nothing is compiled or read from a file before the first text is to be read.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.contract import Kind
from analysis.kinds.finder import KindFinder, Scored, compiled_rules

if TYPE_CHECKING:
    from analysis.kinds.layer import LayeredKinds

LAYER = Path(__file__).parent / "layer" / "general.npz"
"""Written by benchmarks/fit_kinds.py."""
LAYER_NAME = "layer-56868b33"
"""What that file is called by: the beginning of its SHA-256."""


class RulesAlone:
    """The kinds by the rules."""

    method = KindFinder.method

    def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
        """As `KindFinder.find`, which knows by itself whom its rules may name."""
        rules = compiled_rules()
        return [rules.find(one.statement, one.text, one.targets, one.toward) for one in scored]

    def layered(self) -> None:
        """No layer."""


class GeneralKinds:
    """The kinds by the rules with the layer over them that ships."""

    method = f"{KindFinder.method}~{LAYER_NAME}"

    def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
        """As `LayeredKinds.find`."""
        return general_layer().find(scored)

    def layered(self) -> "LayeredKinds":
        """The layer that ships, over the rules."""
        return general_layer()


@cache
def general_layer() -> "LayeredKinds":
    """The layer that ships, read when the first text is read."""
    from analysis.kinds.layer import LayeredKinds, load_layer

    return LayeredKinds(load_layer(LAYER))
