"""The table of sentiment methods, and the way to one by its name."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from analysis.contract import Scorer
from analysis.sentiment.errors import UnknownMethod, UnusableMethod, UnusableModel

Factory = Callable[[str | None], Scorer]
"""Makes a scorer of the model that the user names: a file, a folder, or a name; None where none is named.

Raises a `SentimentRefused` (or an OSError of that file) where it cannot."""


# The imports stand inside: reading this table must not load vaderSentiment, NumPy or PyTorch.
def _vader(model: str | None) -> Scorer:
    from analysis.sentiment.plain import PlainVader

    _refuse_model("vader", model)
    return PlainVader()


def _vader_target(model: str | None) -> Scorer:
    from analysis.sentiment.rules import TargetRules

    _refuse_model("vader-target", model)
    return TargetRules()


def _linear(model: str | None) -> Scorer:
    from analysis.sentiment.linear import LinearScorer, load_model, shipped_model

    return LinearScorer(load_model(Path(model)) if model else shipped_model())


def _transformers(model: str | None) -> Scorer:
    from analysis.sentiment.transformer import transformer_for

    if model is None:
        raise UnusableModel("the method 'transformers' needs a model: --model FOLDER, or its name on the hub")
    return transformer_for(model)


SCORERS: dict[str, Factory] = {
    "vader": _vader,
    "vader-target": _vader_target,
    "linear": _linear,
    "transformers": _transformers,
}
"""Method, as `--method` names it -> what makes its scorer."""

DEFAULT_SCORER = "linear"

PLUGINS = "hustings.scorers"
"""Group of entry points by which other distributions add methods; each leads to a `Factory`.

One that is called as a method of ours is never used."""


def known_methods() -> tuple[str, ...]:
    """The names of all methods: ours, then those of other distributions."""
    return (*SCORERS, *sorted(_plugins()))


def scorer_for(name: str, model: str | None = None) -> Scorer:
    """The scorer of that name, with the model that the user names.

    Raises UnknownMethod (which names the known ones), UnusableMethod where it cannot be loaded, and
    UnusableModel where it cannot use the model, needs one, or takes none.
    """
    make = SCORERS.get(name) or _plugin(name)
    try:
        scorer = make(model)
    except OSError as error:
        if model is None:
            raise
        raise UnusableModel(f"{model}: {error.strerror or error}") from error
    if not (isinstance(getattr(scorer, "method", None), str) and callable(getattr(scorer, "score", None))):
        raise UnusableMethod(f"the sentiment method {name!r} makes a {type(scorer).__name__}, not a scorer")
    return scorer


def _refuse_model(name: str, model: str | None) -> None:
    if model is not None:
        raise UnusableModel(f"the sentiment method {name!r} takes no model: leave out --model {model}")


def _plugins() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=PLUGINS) if entry.name not in SCORERS}


def _plugin(name: str) -> Factory:
    entry = _plugins().get(name)
    if entry is None:
        raise UnknownMethod(f"unknown sentiment method {name!r}; known: {', '.join(known_methods())}")
    try:
        factory: Factory = entry.load()
    except (ImportError, AttributeError) as error:
        where = entry.value
        raise UnusableMethod(f"the sentiment method {name!r} ({where}) cannot be loaded: {error}") from error
    if not callable(factory):
        raise UnusableMethod(f"the sentiment method {name!r} ({entry.value}) is no function")
    return factory
