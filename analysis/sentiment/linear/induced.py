"""What the single words of each zone add up to under the valences that a model brings."""

from collections.abc import Mapping, Sequence


def induced_evidence(zones: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Sums and extremes of the induced valences of the known words of each zone."""
    found: dict[str, float] = {}
    for zone, values in zones.items():
        good = [value for value in values if value > 0]
        bad = [-value for value in values if value < 0]
        found[f"induced {zone} +"] = sum(good)
        found[f"induced {zone} -"] = sum(bad)
        found[f"induced {zone} best"] = max(good, default=0.0)
        found[f"induced {zone} worst"] = max(bad, default=0.0)
    return found


def induced_shares(zone: str, values: Sequence[float]) -> list[dict[str, float]]:
    """The part that each word of a zone has in what `induced_evidence` gives of it; they add up to it."""
    shares = [{f"induced {zone} {'+' if value > 0 else '-'}": abs(value)} for value in values]
    for name, extreme in (("best", max(values, default=0.0)), ("worst", min(values, default=0.0))):
        if (extreme > 0) == (name == "best") and extreme:
            shares[values.index(extreme)][f"induced {zone} {name}"] = abs(extreme)
    return shares
