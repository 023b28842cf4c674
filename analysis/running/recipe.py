"""How a reader is made: a few words that can be sent to another process, which then makes its own."""

from dataclasses import dataclass
from pathlib import Path

from analysis.contract import Roster
from analysis.kind_rules import MayHaveLayer
from analysis.kinds.default import RulesAlone
from analysis.reader import Reader
from analysis.sentiment import DEFAULT_SCORER, scorer_for
from analysis.targets import gazetteer_with

RULES = Path("rules")
"""What is said instead of a layer's file for the rules alone."""


def kinds_by(model: Path | None) -> MayHaveLayer | None:
    """What finds kinds with the layer in a file over the rules, or by the rules alone (`RULES`); None: by
    the layer that ships. Raises OSError, UnusableLayer."""
    if model is None:
        return None
    if model == RULES:
        return RulesAlone()
    from analysis.kinds.layer import LayeredKinds, load_layer

    return LayeredKinds(load_layer(model))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a user chose of the method; all of it empty: the default."""

    scorer: str = DEFAULT_SCORER
    model: str | None = None
    """What the scorer reads with: a file, a folder, or a name."""
    gazetteers: tuple[Path, ...] = ()
    kinds_model: Path | None = None
    """A layer over the rules of kinds, or `RULES`; None: the layer that ships."""

    def reader(self, roster: Roster) -> Reader:
        """A reader by this recipe. Raises SentimentRefused, GazetteerError, UnusableLayer."""
        scorer = scorer_for(self.scorer, self.model)
        return Reader(roster, scorer, gazetteer_with(list(self.gazetteers)), kinds_by(self.kinds_model))

    def method(self) -> str:
        """Name and version of what it makes: the same for every roster."""
        return self.reader(Roster()).method
