"""How often chance alone would give such a difference: p-values by exchanging whole candidates."""

import numpy as np

from analysis.statistics.bootstrap import AT_ONCE, Floats, Seed
from analysis.statistics.replicates import FEW

PERMUTATIONS = 9_999
"""How often candidates change places."""

ALIKE = 1e-9
"""Relative distance of two statistics within which they are the same: sums in another order differ."""


def permutation_p(
    first: Floats, second: Floats, *, draws: int = PERMUTATIONS, seed: Seed = 0
) -> float | None:
    """Two-sided p of a difference of means between two groups of candidates, a value each.

    Candidates change groups at random. The statistic is Welch's t, so that groups may vary differently
    (Janssen 1997, Stat. Probab. Lett. 36:9; Chung & Romano 2013, Ann. Stat. 41:484); what is observed
    counts as one of the draws (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39), so p is never 0.
    None below two values in a group, or where all are alike.
    """
    return permutation_ps(first[:, None], second[:, None], draws=draws, seed=seed)[0]


def permutation_ps(
    first: Floats, second: Floats, *, draws: int = PERMUTATIONS, seed: Seed = 0
) -> tuple[float | None, ...]:
    """The same for each column of two tables (candidates x columns); nan: the candidate says nothing there.

    Columns share their draws, except where fewer than `FEW` candidates say something.
    """
    small, large = sorted((first, second), key=len)
    present = [int(one) for one in (~np.isnan(first)).sum(axis=0) + (~np.isnan(second)).sum(axis=0)]
    found: list[float | None] = [None] * len(present)
    many = [column for column, count in enumerate(present) if count >= FEW]
    if many:
        for column, p in zip(many, _p_values(small[:, many], large[:, many], draws, seed), strict=True):
            found[column] = p
    for column, count in enumerate(present):
        if count < FEW:
            sides = [side[~np.isnan(side[:, column]), column][:, None] for side in (small, large)]
            fewer, more = sorted(sides, key=len)
            found[column] = _p_values(fewer, more, draws, seed)[0]
    return tuple(found)


def sign_flip_p(changes: Floats, *, draws: int = PERMUTATIONS, seed: Seed = 0) -> float | None:
    """Two-sided p of a mean change within candidates: each may as well have changed the other way.

    Fisher's randomisation of signs (1935, Design of Experiments, 21). None below two changes, or where
    nothing changed.
    """
    count = len(changes)
    if count < 2 or not changes.any():
        return None
    random, whole = np.random.default_rng(seed), float(changes.sum())
    step, found = max(1, AT_ONCE // count), []
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        bits = np.frombuffer(random.bytes((rows * count + 7) // 8), dtype=np.uint8)
        flipped = np.unpackbits(bits, count=rows * count).reshape(rows, count)
        found.append(whole - 2 * (flipped.astype(np.float64) @ changes))
    return _p(np.abs(np.concatenate(found)), abs(whole))


def _p_values(small: Floats, large: Floats, draws: int, seed: Seed) -> list[float | None]:
    """Of each column; the smaller table is the one that is drawn anew."""
    both = np.vstack([small, large])
    here = ~np.isnan(both)
    counts = here.sum(axis=0)
    values = np.where(here, both, 0.0)
    scale = np.abs(values).max(axis=0, initial=0.0)
    values = np.where(here, values - values.sum(axis=0) / np.maximum(counts, 1), 0.0)
    columns = np.hstack([values, values**2, here])
    whole = columns.sum(axis=0)
    seen = _welch(columns[: len(small)].sum(axis=0)[None], whole)[0]
    found = _welch(_subset_sums(columns, len(small), draws, seed), whole)
    enough = (here[: len(small)].sum(axis=0) >= 2) & (here[len(small) :].sum(axis=0) >= 2)
    varies = np.abs(values).max(axis=0, initial=0.0) > ALIKE * scale
    return [
        _p(found[:, column], float(seen[column])) if enough[column] and varies[column] else None
        for column in range(both.shape[1])
    ]


def _subset_sums(columns: Floats, size: int, draws: int, seed: Seed) -> Floats:
    """Column sums (draws x columns) over so many random subsets of that size.

    Floyd's sampling without replacement (Bentley & Floyd 1987, Commun. ACM 30:754), all draws abreast.
    """
    random = np.random.default_rng(seed)
    count, each = len(columns), np.arange(draws)
    taken = np.zeros((draws, count), dtype=np.bool_)
    for last in range(count - size, count):
        place = random.integers(0, last + 1, size=draws)
        place[taken[each, place]] = last
        taken[each, place] = True
    step = max(1, AT_ONCE // max(1, count))
    parts = (taken[start : start + step].astype(np.float64) @ columns for start in range(0, draws, step))
    return np.concatenate(list(parts))


def _welch(part: Floats, whole: Floats) -> Floats:
    """The absolute value of Welch's t (rows x columns) from sums of x, xx and counts of a part and of all.

    A part in which fewer than two say something tells nothing: 0.
    """
    sides = [np.hsplit(sums, 3) for sums in (part, whole[None] - part)]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [sums / counts for sums, _, counts in sides]
        variances = [
            np.maximum(squares / counts - mean**2, 0) / (counts - 1)
            for (_, squares, counts), mean in zip(sides, means, strict=True)
        ]
        found = np.abs(means[0] - means[1]) / np.sqrt(variances[0] + variances[1])
    return np.where(np.isnan(found), 0.0, found)


def _p(found: Floats, seen: float) -> float:
    as_far = int((found >= seen * (1 - ALIKE)).sum()) if np.isfinite(seen) else int(np.isinf(found).sum())
    return (as_far + 1) / (len(found) + 1)
