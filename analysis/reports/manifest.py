"""What a report and each of its pages say of how they were made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from analysis.outcomes.timing import Window


@dataclass(frozen=True, slots=True)
class Manifest:
    """Version, methods, filters and counts behind a page or a whole report."""

    version: str
    generated_at: datetime
    window: Window
    threshold: float
    as_of: datetime | None = None
    """What was known then is told; None: what is known now."""
    method: str | None = None
    """Of the sentiment whose ratings are shown."""
    other_methods: tuple[str, ...] = ()
    """Those that stand beside it in the archive, and are not shown."""
    filters: tuple[tuple[str, str], ...] = ()
    methods: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()

    @property
    def now(self) -> datetime:
        """When we last could know."""
        return self.as_of or self.generated_at

    def of(self, methods: Iterable[str], **counts: int) -> "Manifest":
        """The same run, seen from one page."""
        named = tuple((name.replace("_", " "), count) for name, count in counts.items())
        return replace(self, methods=tuple(sorted(methods)), counts=named)

    def as_json(self, files: Iterable[str]) -> dict[str, Any]:
        """For the report's marker file, with the list of its other files."""
        return {
            "made_by": "hustings report",
            "version": self.version,
            "generated_at": self.generated_at.isoformat(),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "filters": dict(self.filters),
            "window_days": {"before": self.window.before.days, "after": self.window.after.days},
            "threshold": self.threshold,
            "sentiment_method": self.method,
            "other_sentiment_methods": list(self.other_methods),
            "methods": list(self.methods),
            "counts": dict(self.counts),
            "files": list(files),
        }


def manifest_of(
    *,
    generated_at: datetime,
    window: Window,
    threshold: float,
    methods: Sequence[str] = (),
    election: str | None = None,
    contest: str | None = None,
    as_of: datetime | None = None,
) -> Manifest:
    """The manifest of a run, before anything is counted; of `methods`, the first is shown."""
    filters = (("election", election), ("contest", contest))
    return Manifest(
        version=version("hustings"),
        generated_at=generated_at,
        window=window,
        threshold=threshold,
        as_of=as_of,
        method=next(iter(methods), None),
        other_methods=tuple(sorted(methods[1:])),
        filters=tuple((name, value) for name, value in filters if value is not None),
    )
