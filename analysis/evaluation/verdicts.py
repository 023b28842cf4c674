"""What cross-validation says of a layer over the rules, kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.contract import KindName
from analysis.statistics import Counts, Estimate, Interval


@dataclass(frozen=True, slots=True)
class Short:
    """A kind of which too little is coded."""

    kind: KindName
    positive: int
    negative: int
    authors: int
    wanted: int
    """Of positive and of negative ones."""
    authors_wanted: int

    def __str__(self) -> str:
        lacks = [
            f"{needed - have} more {what}"
            for have, needed, what in (
                (self.positive, self.wanted, "of it"),
                (self.negative, self.wanted, "that are not"),
                (self.authors, self.authors_wanted, "by other authors"),
            )
            if have < needed
        ]
        coded = f"{self.positive} of it, {self.negative} that are not, {self.authors} authors"
        return f"{self.kind}: too few codes ({coded}): needs {', '.join(lacks)}"


def lacking(short: Sequence[Short]) -> list[str]:
    """A line for each kind of which something is coded, and one for the others together."""
    lines = [str(one) for one in short if one.positive]
    never = ", ".join(one.kind for one in short if not one.positive)
    return [*lines, f"no statement is coded to be of: {never}"] if never else lines


@dataclass(frozen=True, slots=True)
class Verdict:
    """What cross-validation shows of one kind: the rules alone and with the layer, on the same statements."""

    kind: KindName
    n: int
    positive: int
    authors: int
    rules: Counts
    rules_f1: Interval | None
    layer: Counts
    layer_f1: Interval | None
    gain: Estimate | None
    """F1 with the layer less that of the rules, paired."""

    @property
    def is_better(self) -> bool:
        """The rule by which a kind's layer is kept: the whole interval of the gain lies above 0."""
        return self.gain is not None and self.gain.low > 0


def figures_of(one: Verdict) -> dict[str, object]:
    """The cross-validated figures of a kind, for a file or a program."""
    return {
        "n": one.n,
        "positive": one.positive,
        "authors": one.authors,
        "rules": _figures(one.rules, one.rules_f1),
        "layer": _figures(one.layer, one.layer_f1),
        "gain": [round(each, 4) for each in (one.gain.value, one.gain.low, one.gain.high)]
        if one.gain
        else None,
        "written": one.is_better,
    }


def _figures(counts: Counts, interval: Interval | None) -> dict[str, object]:
    precision, recall = counts.precision(), counts.recall()
    return {
        "precision": _rounded(precision.value if precision else None),
        "recall": _rounded(recall.value if recall else None),
        "f1": _rounded(counts.f1),
        "f1_interval": [_rounded(end) for end in interval] if interval else None,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
