"""The table of sentiment methods, and the way to one by its name."""

from collections.abc import Callable

from analysis.contract import Scorer


class UnknownMethod(ValueError):
    """Nobody offers a sentiment method of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown sentiment method {name!r}; known: {', '.join(sorted(SCORERS))}")


# The imports stand inside: reading this table must not load vaderSentiment and its lexicon.
def _vader() -> Scorer:
    from analysis.sentiment.plain import PlainVader

    return PlainVader()


def _vader_target() -> Scorer:
    from analysis.sentiment.rules import TargetRules

    return TargetRules()


SCORERS: dict[str, Callable[[], Scorer]] = {
    "vader": _vader,
    "vader-target": _vader_target,
}
DEFAULT_SCORER = "vader-target"


def scorer_for(name: str) -> Scorer:
    """The scorer of that name; raises `UnknownMethod`, which names the known ones."""
    try:
        make = SCORERS[name]
    except KeyError:
        raise UnknownMethod(name) from None
    return make()
