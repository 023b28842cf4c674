"""Shares in a whole frame by a hand-coded sample from it, beside what a method counted in the frame.

The sample is stratified (one stratum: simple random), drawn without replacement within strata. Every
estimate is a sum over strata of shares among their coded statements, weighed by the strata's sizes
(Horvitz & Thompson 1952, JASA 47:663; Cochran 1977, Sampling Techniques, 5.3), whose limits are
Wilson's with finite population correction, added up by MOVER (`intervals.total`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from analysis.statistics.accuracy import Counts
from analysis.statistics.intervals import LEVEL, Estimate, difference, fraction, total, wilson


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: what it holds in the frame, and what was coded of it.

    A domain (such as one party's statements) is a part of the frame: `members` and `found` count those
    of the domain, `counts` holds those coded that are in it, and `size` and `coded` stay the stratum's.
    """

    size: int
    """Statements of the frame in it."""
    found: int
    """Of these, the method's: it said that they are of the kind."""
    coded: int
    """Statements drawn and coded."""
    counts: Counts
    """The coded ones by what the coders say and what the method found."""
    members: int | None = None
    """Of the domain; None: all."""

    @property
    def population(self) -> int:
        """Statements about which something is asked."""
        return self.size if self.members is None else self.members


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right a method is in the frame; None where nothing is there or was found."""

    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None


def machine_share(strata: Sequence[Stratum]) -> float | None:
    """The share that the method found, counted in the whole frame; None of an empty one."""
    population = sum(stratum.population for stratum in strata)
    return sum(stratum.found for stratum in strata) / population if population else None


def hand_share(strata: Sequence[Stratum], *, level: float = LEVEL) -> Estimate | None:
    """The share in the frame by the hand codes alone; None where a stratum has none coded."""
    parts = [
        _part(one, one.counts.both + one.counts.missed, one.population, level) for one in strata if one.size
    ]
    return _share(parts, strata)


def corrected_share(strata: Sequence[Stratum], *, level: float = LEVEL) -> Estimate | None:
    """The method's share, corrected by how far coders differ from it in the sample; None as above.

    The difference estimator (Cochran 1977, 7.2; Särndal, Swensson & Wretman 1992, 6.3; for text labels:
    Egami et al. 2023, Design-based supervised learning, NeurIPS 36): the method's share in the frame,
    plus the weighted share that it missed, minus the weighted share that it found wrongly. Unbiased
    whatever the method's faults, because chance drew the sample.
    """
    parts = [_missed_less_wrong(one, level) for one in strata if one.size]
    share = _share(parts, strata, inside=False)
    machine = machine_share(strata)
    if share is None or machine is None:
        return None
    return Estimate(machine + share.value, machine + share.low, machine + share.high).within(0.0, 1.0)


def weighted_accuracy(strata: Sequence[Stratum], *, level: float = LEVEL) -> Accuracy | None:
    """Precision, recall and F1 in the frame, each coded statement weighed by how many it stands for.

    Strata are divided by what the method found, whose numbers in the frame are known (post-stratification;
    Cochran 1977, 5A.9), so that right and missed ones are totals of different statements: recall and F1
    are functions of their ratio, with its limits (`intervals.fraction`). There is no finite population
    correction: how right a method is should hold for statements to come, too. Where nothing of a cell
    was coded, it is taken to be as the others, with limits from none to all. None where a stratum has
    none coded.
    """
    used = [one for one in strata if one.size]
    if not used or any(one.coded == 0 for one in used):
        return None
    right = _cells([(one.counts.both, one.counts.found_only, one.found) for one in used], level)
    missed = _cells(
        [(one.counts.missed, one.counts.neither, one.population - one.found) for one in used], level
    )
    found = sum(one.found for one in used)
    if not found:
        return _of_nothing_found(sum(one.counts.missed for one in used), level)
    if missed is None or right is None:
        return Accuracy(None, None, None)
    rest = Estimate(*(found + one for one in (missed.value, missed.low, missed.high)))  # FN + TP + FP
    half = fraction(right, rest)  # TP / (2 TP + FP + FN)
    return Accuracy(
        precision=right.times(1 / found).within(0, 1),
        recall=fraction(right, missed),
        f1=half.times(2).within(0, 1) if half else None,
    )


def _of_nothing_found(missed: int, level: float) -> Accuracy:
    """A method that found nothing anywhere: it misses what there is; how much it would find is Wilson's."""
    recall = wilson(0, missed, level=level)
    f1 = Estimate(0.0, 0.0, 2 * recall.high / (1 + recall.high)) if recall else None
    return Accuracy(None, recall, f1)


def _cells(cells: Sequence[tuple[int, int, int]], level: float) -> Estimate | None:
    """How many are so in all cells of (coded and so, coded and not, in the frame); None: none was coded."""
    of_any = [(yes, no) for yes, no, size in cells if size]
    if not of_any:
        return Estimate(0.0, 0.0, 0.0)
    parts, unseen = [], 0
    for yes, no, size in cells:
        share = wilson(yes, yes + no, level=level)
        if share is not None:
            parts.append(share.times(size))
        else:
            unseen += size
    if not parts:
        return None
    seen = sum(size for yes, no, size in cells if yes + no)
    like = sum(part.value for part in parts) / seen * unseen if seen else 0.0
    return total([*parts, Estimate(like, 0.0, unseen)])


def _part(stratum: Stratum, seen: int, most: int, level: float) -> Estimate | None:
    """How many of a stratum are like `seen` of its coded ones; `most`: how many there can be.

    That caps the limit, not the estimate, which would no longer be unbiased.
    """
    share = wilson(seen, stratum.coded, level=level, population=stratum.size)
    if share is None:
        return None
    part = share.times(stratum.size)
    return Estimate(part.value, part.low, max(part.value, min(part.high, most)))


def _missed_less_wrong(stratum: Stratum, level: float) -> Estimate | None:
    missed = _part(stratum, stratum.counts.missed, stratum.population - stratum.found, level)
    wrong = _part(stratum, stratum.counts.found_only, stratum.found, level)
    if missed is None or wrong is None:
        return None
    return difference(missed, wrong, _correlation(stratum))


def _correlation(stratum: Stratum) -> float:
    """Of two shares of the same statements that exclude one another (multinomial)."""
    p, q = (seen / stratum.coded for seen in (stratum.counts.missed, stratum.counts.found_only))
    return -sqrt(p * q / ((1 - p) * (1 - q))) if p < 1 and q < 1 else -1.0


def _share(
    parts: Sequence[Estimate | None], strata: Sequence[Stratum], *, inside: bool = True
) -> Estimate | None:
    """Totals of strata as a share of the whole; None where one is missing."""
    known = [part for part in parts if part is not None]
    population = sum(stratum.population for stratum in strata)
    if not population or len(known) < len(parts):
        return None
    share = total(known).times(1 / population)
    return share.within(0.0, 1.0) if inside else share
