"""Writing down what changed since the last report: the change log, its page, and the feeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.publishing.changes.counting import Tally
from analysis.publishing.changes.deltas import CandidacyDelta
from analysis.publishing.changes.feeds import FEEDS, FOLDER, Feeds, state_in, title_of
from analysis.publishing.changes.history import Run, run_of, runs_in, write_runs
from analysis.publishing.changes.published import checked_base
from analysis.reports.folder import write_text
from analysis.reports.manifest import Manifest
from analysis.site import render_page

PAGE = "changes.html"
"""In the report's first folder."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a report found new, and where it says so."""

    sentence: str
    """For the terminal: one line of plain text."""
    run: Run
    files: tuple[str, ...]
    """What was written, as paths from the report's first folder."""


class ChangeLog:
    """Takes in what changed, one candidacy after the other, and holds no more than is shown of it."""

    def __init__(self, old: Path | None, manifest: Manifest) -> None:
        """`old`: the report to compare with, whatever the terms by which it was made; None: there is none.

        `manifest`: of this run; nothing need be counted yet.
        """
        self._old = old
        self._runs = runs_in(old)
        before = state_in(old)
        self._has_feeds = before is not None
        self._feeds = Feeds(before, manifest.generated_at)
        self._tally = Tally()

    @property
    def fed(self) -> frozenset[str]:
        """Ids of the entries that feeds hold: `delta_of` wants them. To be asked before anything is added."""
        return self._feeds.known

    def add(self, delta: CandidacyDelta) -> None:
        """Take in one candidacy that was read again, is new, or is gone."""
        is_compared = not self._is_unreadable(delta)
        if is_compared:
            self._tally.add(delta)
        else:
            self._tally.leave_out()
        self._feeds.add(delta, is_news=is_compared or not self._has_feeds)

    def add_all(self, deltas: Iterable[CandidacyDelta]) -> None:
        """Take in several."""
        for delta in deltas:
            self.add(delta)

    def _is_unreadable(self, delta: CandidacyDelta) -> bool:
        """Whether the last report has the candidacy, and still nothing was read: none of it is news."""
        return delta.is_new and self._old is not None and (self._old / delta.page).is_file()

    def write(self, new: Path, manifest: Manifest, *, base: str | None = None) -> Changes:
        """Write everything into a report's folder, in which the pages of all candidacies are by now.

        `manifest`: of the whole report, counted. `base`: the address under which it will be published.
        Raises BadBaseUrl.
        """
        base = checked_base(base)
        run = run_of(manifest, next(iter(self._runs), None), self._tally.counted)
        write_runs(new, (run, *self._runs))
        counts = self._feeds.write(new, self._old, base)
        self._write_page(new, manifest, run, counts)
        feeds = tuple(f"{FOLDER}/{name}.atom" for name in FEEDS)
        return Changes(run.sentence, run, ("changes.json", PAGE, *feeds, f"{FOLDER}/entries.json"))

    def _write_page(self, new: Path, manifest: Manifest, run: Run, counts: dict[str, int]) -> None:
        shown = self._tally.shown if run.changed else []
        page = render_page(
            "changes",
            root="",
            manifest=manifest,
            run=run,
            rows=shown,
            left_out=self._tally.changed - len(shown) if run.changed else 0,
            earlier=self._runs,
            feeds=[(title_of(name), f"{FOLDER}/{name}.atom", counts[name]) for name in FEEDS],
        )
        write_text(new / PAGE, page)


def write_changes(
    new: Path,
    old: Path | None,
    deltas: Iterable[CandidacyDelta],
    manifest: Manifest,
    *,
    base: str | None = None,
) -> Changes:
    """Write what changed between the report in `old` and the one that is being made in `new`.

    `deltas`: of the candidacies that were read again, are new, or are gone. Raises BadBaseUrl.
    """
    base = checked_base(base)
    log = ChangeLog(old, manifest)
    log.add_all(deltas)
    return log.write(new, manifest, base=base)
