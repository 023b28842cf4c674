"""What the single words of each zone add up to under the valences that a model brings."""

from collections.abc import Mapping, Sequence
from functools import cache


def induced_evidence(zones: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Sums and extremes of the induced valences of the known words of each zone."""
    found: dict[str, float] = {}
    for zone, values in zones.items():
        good, bad = [max(value, 0.0) for value in values], [max(-value, 0.0) for value in values]
        put_induced(found, zone, good, bad)
    return found


def put_induced(found: dict[str, float], zone: str, good: Sequence[float], bad: Sequence[float]) -> None:
    """Add the evidence of one zone, of how good and how bad each of its words is (0 or more)."""
    in_favour, against = sum(good), sum(bad)
    if in_favour or against:
        names = _names(zone)
        found[names[0]], found[names[1]] = in_favour, against
        found[names[2]], found[names[3]] = max(good), max(bad)


@cache
def _names(zone: str) -> tuple[str, str, str, str]:
    return f"induced {zone} +", f"induced {zone} -", f"induced {zone} best", f"induced {zone} worst"


def induced_shares(zone: str, values: Sequence[float]) -> list[dict[str, float]]:
    """The part that each word of a zone has in what `induced_evidence` gives of it; they add up to it."""
    shares = [{f"induced {zone} {'+' if value > 0 else '-'}": abs(value)} for value in values]
    for name, extreme in (("best", max(values, default=0.0)), ("worst", min(values, default=0.0))):
        if (extreme > 0) == (name == "best") and extreme:
            shares[values.index(extreme)][f"induced {zone} {name}"] = abs(extreme)
    return shares
