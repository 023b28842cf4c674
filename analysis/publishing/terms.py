"""What is the same for every page of one report: how statements are read, counted and shown."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import analysis
from analysis.evaluation.accuracy import Measured
from analysis.outcomes.linking import Terms
from analysis.outcomes.methods import ReadMethod
from analysis.reports.manifest import Manifest
from analysis.reports.measuring import recall_of_concessions

SOURCES = ("*.py", "*.html", "*.css", "*.js", "*.json", "*.csv", "*.tsv", "*.toml")
"""Files of this package that decide what a page looks like."""


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """How one report reads the archive. Plain values, that other processes may be given."""

    manifest: Manifest
    method: ReadMethod | None
    """Whose ratings are shown."""
    compared: tuple[ReadMethod, ...]
    """The methods that stand side by side."""
    measured: Measured | None
    """How right the method is, where people have coded statements."""
    explained: int
    """Statements of one candidacy beside whose labels the reasons stand."""
    roster: str = ""
    """Digest of all names and handles, by which reasons are found again; empty where none are shown."""

    @property
    def reading(self) -> str | None:
        """The method of the readings that count."""
        return self.method.method if self.method else None

    @property
    def linking(self) -> Terms:
        """By what statements are linked to results."""
        return Terms(
            now=self.manifest.now,
            method=self.reading,
            accuracy=tuple(recall_of_concessions(self.measured)),
        )

    @property
    def key(self) -> str:
        """A digest of all this but the time: pages that were made by other terms are made again."""
        manifest, told = self.manifest, hashlib.sha256()
        for part in (
            _sources(),
            manifest.version,
            repr(manifest.window),
            repr(manifest.as_of),
            repr(manifest.threshold),
            repr(manifest.filters),
            repr(self.reading),
            repr([one.method for one in self.compared]),
            repr(self.measured),
            repr(self.explained),
            self.roster,
        ):
            told.update(part.encode() + b"\0")
        return told.hexdigest()


@cache
def _sources() -> str:
    """A digest of what makes pages: an upgraded program makes them anew, whatever its version says."""
    root, told = Path(analysis.__file__).parent, hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in root.rglob(pattern)):
        told.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return told.hexdigest()
