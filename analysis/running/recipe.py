"""How a reader is made: a few words that can be sent to another process, which then makes its own."""

from dataclasses import dataclass
from pathlib import Path

from analysis.contract import Roster
from analysis.kinds.layer import LayeredKinds, load_layer
from analysis.reader import Reader
from analysis.sentiment import DEFAULT_SCORER, scorer_for
from analysis.targets import gazetteer_with


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a user chose of the method; all of it empty: the default."""

    scorer: str = DEFAULT_SCORER
    model: str | None = None
    """What the scorer reads with: a file, a folder, or a name."""
    gazetteers: tuple[Path, ...] = ()
    kinds_model: Path | None = None
    """A layer over the rules of kinds; None: the rules alone."""

    def reader(self, roster: Roster) -> Reader:
        """A reader by this recipe. Raises SentimentRefused, GazetteerError, UnusableLayer."""
        kinds = LayeredKinds(load_layer(self.kinds_model)) if self.kinds_model else None
        scorer = scorer_for(self.scorer, self.model)
        return Reader(roster, scorer, gazetteer_with(list(self.gazetteers)), kinds)

    def method(self) -> str:
        """Name and version of what it makes: the same for every roster."""
        return self.reader(Roster()).method
