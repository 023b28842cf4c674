"""P-values that belong together, and are adjusted together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Member:
    """One comparison of a family; `p` None: it could not be made, and counts for nothing."""

    name: str
    p: float | None

    def __post_init__(self) -> None:
        """Refuse what is no p-value."""
        if self.p is not None and not 0 <= self.p <= 1:
            raise ValueError(f"{self.name}: {self.p} is no p-value")


@dataclass(frozen=True, slots=True)
class Family:
    """All comparisons that were made for one table, named before anybody looked at a single one."""

    name: str
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        """Refuse a family without a name, and two members of one name."""
        names = [member.name for member in self.members]
        if not self.name.strip():
            raise ValueError("a family of comparisons needs a name")
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"{self.name}: two comparisons are called {', '.join(twice)}")

    @property
    def size(self) -> int:
        """Comparisons that were made."""
        return sum(member.p is not None for member in self.members)

    def adjusted(self) -> Mapping[str, float | None]:
        """Name -> the p that bounds the false discovery rate (Benjamini & Hochberg 1995, JRSS B 57:289).

        That of rank i among m is the least of p * m / j over the ranks j from i on.
        """
        made = [(member.name, member.p) for member in self.members if member.p is not None]
        found: dict[str, float | None] = dict.fromkeys(member.name for member in self.members)
        if made:
            names, values = zip(*made, strict=True)
            found.update(zip(names, _stepped_up(values), strict=True))
        return found


def _stepped_up(values: tuple[float, ...]) -> list[float]:
    p = np.array(values)
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return [float(one) for one in found]
