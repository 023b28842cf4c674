"""The runs behind a report that is kept up: when each was made, by what, and what it found new."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from analysis.publishing.changes.counting import Counted
from analysis.reports.manifest import Manifest
from analysis.site.wording import utc

HISTORY = "changes.json"
"""In the report's first folder."""

MOST_RUNS = 100

MOST_BYTES = 4 * 1024 * 1024
"""Of the file: more is none of ours."""

Time = Annotated[datetime, msgspec.Meta(tz=True)]


class Uncompared(StrEnum):
    """Why a report was not compared with the one before."""

    FIRST = "first"
    OTHER_PART = "other_part"


@dataclass(frozen=True, slots=True)
class Run:
    """One report: how it was made, and what was new in it."""

    at: Time
    """Until when it knows: when it was made, or the day of `--as-of`."""
    version: str
    filters: tuple[tuple[str, str], ...]
    window_days: tuple[int, int]
    """Days before polling day and after it whose statements count."""
    methods: tuple[str, ...]
    """All behind its numbers."""
    counts: tuple[tuple[str, int], ...]
    """What it holds."""
    since: Time | None = None
    """The report before."""
    methods_then: tuple[str, ...] = ()
    """Those behind its numbers."""
    changed: Counted | None = None
    why_not: Uncompared | None = None
    """Why nothing is said of what changed."""

    @property
    def sentence(self) -> str:
        """What changed, as it is told in the terminal and on top of the page."""
        if self.changed is None or self.since is None:
            return self._uncompared()
        return f"Since the report of {utc(self.since)}: {self.changed.words}.{self._by_others()}"

    def _uncompared(self) -> str:
        if self.why_not is Uncompared.OTHER_PART and self.since is not None:
            return (
                f"The report of {utc(self.since)} was about another part of the archive: "
                "what changed is not counted."
            )
        return "The first report: there is none before it to compare with."

    def _by_others(self) -> str:
        """Kinds and concessions are what a method finds: another finds others in the same words."""
        if self.methods_then == self.methods:
            return ""
        then = ", ".join(self.methods_then) or "none"
        return f" Read by other methods than then (then {then}): some of it comes from that."


@dataclass(frozen=True, slots=True)
class _History:
    runs: Annotated[tuple[Run, ...], msgspec.Meta(max_length=MOST_RUNS)]


def runs_in(report: Path | None) -> tuple[Run, ...]:
    """The runs behind a report, newest first; none where there is no change log that can be read."""
    if report is None:
        return ()
    try:
        with (report / HISTORY).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return msgspec.json.decode(content, type=_History).runs if len(content) <= MOST_BYTES else ()
    except (OSError, msgspec.DecodeError):
        return ()


def write_runs(report: Path, runs: tuple[Run, ...]) -> None:
    """Keep the newest runs, which come first."""
    content = msgspec.json.format(msgspec.json.encode(_History(runs[:MOST_RUNS])), indent=1)
    (report / HISTORY).write_bytes(content + b"\n")


def run_of(manifest: Manifest, last: Run | None, changed: Counted) -> Run:
    """The run of a manifest, compared with the last one if both are about the same."""
    run = Run(
        at=manifest.now,
        version=manifest.version,
        filters=manifest.filters,
        window_days=(manifest.window.before.days, manifest.window.after.days),
        methods=manifest.methods,
        counts=manifest.counts,
    )
    if last is None:
        return replace(run, why_not=Uncompared.FIRST)
    if (run.filters, run.window_days) != (last.filters, last.window_days):
        return replace(run, since=last.at, why_not=Uncompared.OTHER_PART)
    return replace(run, since=last.at, methods_then=last.methods, changed=changed)
