"""Into which stratum a statement falls, how many are drawn from each, and which. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from analysis.contract import KindName
from analysis.evaluation.frame import FrameStatement
from analysis.outcomes.timing import Phase
from db.words import SampleDesign

EVERYTHING = "all"
NOTHING_FOUND = "no kind found"
BANDS = ((0.6, "below 0.6"), (0.8, "0.6 to 0.8"), (1.01, "0.8 and more"))
"""Confidences below which a statement falls into a band, and the band's name."""

LEAST = 2
"""Statements that every stratum gets, as far as it and the sample have them: one shows no spread."""


class Allocation(StrEnum):
    """How a sample is divided among strata."""

    EQUAL = "equal"
    PROPORTIONAL = "proportional"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One statement that was drawn."""

    statement: FrameStatement
    stratum: str
    probability: float | None
    """None where chance did not decide."""


def strata_of(statements: Sequence[FrameStatement], design: SampleDesign) -> list[str]:
    """The stratum of each statement, in their order. One with several kinds goes to the rarest's."""
    if design is SampleDesign.BY_KIND:
        frequency = Counter(kind for one in statements for kind in one.kinds)
        return [_rarest(one.kinds, frequency) for one in statements]
    return [_STRATUM[design](one) for one in statements]


def _rarest(kinds: Iterable[KindName], frequency: Mapping[KindName, int]) -> str:
    order = list(KindName)
    found = sorted(kinds, key=lambda kind: (frequency[kind], order.index(kind)))
    return str(found[0]) if found else NOTHING_FOUND


def _by_outcome(statement: FrameStatement) -> str:
    if not statement.in_contest:
        return "author stands nowhere"
    won = {True: "elected", False: "not elected", None: "result unknown"}[statement.elected]
    when = "time unclear" if statement.phase is Phase.UNKNOWN else statement.phase.replace("_", " ")
    return f"{won}, {when}"


def _by_confidence(statement: FrameStatement) -> str:
    if not statement.kinds:
        return NOTHING_FOUND
    least = min(statement.kinds.values())
    return next(name for below, name in BANDS if least < below)


_STRATUM: Mapping[SampleDesign, Callable[[FrameStatement], str]] = {
    SampleDesign.RANDOM: lambda _: EVERYTHING,
    SampleDesign.BY_OUTCOME: _by_outcome,
    SampleDesign.BY_CONFIDENCE: _by_confidence,
    SampleDesign.UNCERTAIN_FIRST: lambda _: EVERYTHING,
}


def allocated(sizes: Mapping[str, int], wanted: int, how: Allocation) -> dict[str, int]:
    """How many statements are drawn from each stratum: never more than it has, together `wanted`.

    Equal: what a small stratum lacks is divided among the others. Proportional: by size (largest
    remainders), but LEAST from each where the sample is large enough.
    """
    wanted = min(wanted, sum(sizes.values()))
    return _equally(sizes, wanted) if how is Allocation.EQUAL else _proportionally(sizes, wanted)


def _equally(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    given, left = dict.fromkeys(sizes, 0), wanted
    smallest_first = sorted(sizes, key=lambda stratum: (sizes[stratum], stratum))
    for number, stratum in enumerate(smallest_first):
        given[stratum] = min(sizes[stratum], left // (len(sizes) - number))
        left -= given[stratum]
    return given


def _proportionally(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    given = _shared(sizes, wanted)
    least = LEAST if wanted >= LEAST * len(sizes) else 0
    for stratum in sorted(sizes):
        while given[stratum] < min(least, sizes[stratum]):
            given[max(sorted(given), key=lambda one: given[one])] -= 1
            given[stratum] += 1
    return given


def _shared(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """A total divided by weights, in whole numbers (largest remainders; of equals the first by name)."""
    whole = sum(weights.values())
    shares = {stratum: total * weight // whole for stratum, weight in weights.items()}
    rest = sorted(weights, key=lambda stratum: (-(total * weights[stratum] % whole), stratum))
    for stratum in rest[: total - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def rank_of(key: str, seed: int) -> bytes:
    """A number that chance gave to a statement once and for all, by the seed.

    Permanent random numbers (Ohlsson 1995, in: Business Survey Methods, 153): the lowest of a stratum
    are a simple random sample of it, the same on every machine and in whatever order rows are stored.
    """
    return sha256(f"{seed}\n{key}".encode()).digest()


def drawn_from(
    statements: Sequence[FrameStatement],
    design: SampleDesign,
    *,
    wanted: int,
    seed: int,
    allocation: Allocation = Allocation.EQUAL,
    thresholds: Mapping[KindName, float] | None = None,
) -> tuple[list[Drawn], dict[str, int]]:
    """The sample in the order of coding, and the size of every stratum.

    `thresholds` (uncertain first): the confidence from which a kind is found; statements in which
    nothing was found have no confidence and are not drawn. The order is chance's but there.
    """
    if design is SampleDesign.UNCERTAIN_FIRST:
        known = _lowest(statements, thresholds or {})
        unsure = [one for one in statements if any(kind in known for kind in one.kinds)]
        unsure.sort(key=lambda one: (_distance(one, known), rank_of(one.key, seed)))
        return [Drawn(one, EVERYTHING, None) for one in unsure[:wanted]], {EVERYTHING: len(unsure)}
    cells: defaultdict[str, list[FrameStatement]] = defaultdict(list)
    for one, stratum in zip(statements, strata_of(statements, design), strict=True):
        cells[stratum].append(one)
    sizes = {stratum: len(cells[stratum]) for stratum in sorted(cells)}
    counts = allocated(sizes, wanted, allocation)
    found = [
        Drawn(one, stratum, counts[stratum] / size)
        for stratum, size in sizes.items()
        for one in sorted(cells[stratum], key=lambda it: rank_of(it.key, seed))[: counts[stratum]]
    ]
    # A second number for the order: by the first, small strata would come late.
    found.sort(key=lambda it: rank_of(f"order\n{it.statement.key}", seed))
    return found, sizes


def _lowest(
    statements: Sequence[FrameStatement], thresholds: Mapping[KindName, float]
) -> dict[KindName, float]:
    """The threshold of each kind; where a method has lower ones (a trained layer), what it let through."""
    found = dict(thresholds)
    for one in statements:
        for kind, confidence in one.kinds.items():
            if confidence < found.get(kind, 0.0):
                found[kind] = confidence
    return found


def _distance(statement: FrameStatement, thresholds: Mapping[KindName, float]) -> float:
    return min(abs(sure - thresholds[kind]) for kind, sure in statement.kinds.items() if kind in thresholds)
