"""Showing the concession tracker, once or whenever the archive changed."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from analysis.cli.screens import on_screen
from db.stopping import StopRequest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from analysis.outcomes import Window
    from analysis.reports.concessions.elections import ElectionConcessions
    from analysis.reports.concessions.following import Follower


@dataclass(frozen=True, slots=True)
class Look:
    """What the tracker is asked for."""

    election: str | None
    contest: str | None
    window: "Window"
    method: str | None

    def at(
        self, engine: "Engine", tell: Callable[[int, int], None] | None = None
    ) -> "list[ElectionConcessions]":
        """What the archive says now."""
        from sqlmodel import Session

        from analysis.reports.concessions.elections import find_concessions

        with Session(engine) as session:
            return find_concessions(
                session,
                now=datetime.now(UTC),
                election=self.election,
                contest=self.contest,
                window=self.window,
                method=self.method,
                progress=tell,
            )


def show_concessions(
    found: "list[ElectionConcessions]",
    *,
    everything: bool,
    new: "dict[str, set[tuple[str, str]]] | None" = None,
) -> None:
    """The tracker on the screen; with `new` only the contests in which something is (election -> where)."""
    from analysis.reports.concessions.screen import screen_lines

    if not found:
        typer.echo("the archive holds no election")
    for number, one in enumerate(one for one in found if new is None or one.election.id in new):
        places = None if new is None else new[one.election.id]
        lines = screen_lines(one, text=on_screen, everything=everything, new=places)
        typer.echo(("\n" if number else "") + "\n".join(lines))


def tell_news(engine: "Engine", look: Look, *, every: float, as_json: bool, everything: bool) -> None:
    """Tell what is new each time the archive changed, until Ctrl-C."""
    with _until_ctrl_c() as asked:
        from sqlmodel import Session

        from analysis.outcomes.pulse import pulse_of
        from analysis.reports.concessions.following import Follower

        follower, last = Follower(), None
        while not asked.is_made():
            with Session(engine) as session:
                pulse = pulse_of(session)
            if pulse != last:
                _tell_new(follower, look.at(engine), as_json=as_json, everything=everything)
                last = pulse
            asked.wait(every)


@contextmanager
def _until_ctrl_c() -> Iterator[StopRequest]:
    """Ends what is within at Ctrl-C, also in a process that was started with the signal ignored."""
    asked = StopRequest()

    def ask(_number: int, _frame: object) -> None:
        asked.make()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_new(
    follower: "Follower", found: "list[ElectionConcessions]", *, as_json: bool, everything: bool
) -> None:
    """On a terminal the contests in which something is new; else a line a new claim, at once."""
    from analysis.reports.concessions.screen import claim_line
    from analysis.reports.formats import as_object
    from db.screens import minute

    is_first = follower.is_first
    claims, changed = follower.new_claims(found), follower.changed(found)
    if not as_json and sys.stdout.isatty():
        if is_first or changed:
            if not is_first:
                typer.echo(f"\n--- new at {minute(datetime.now(UTC))} UTC")
            show_concessions(found, everything=everything, new=None if is_first else changed)
        return
    zones = {row.contest_id: row.declared_zone for one in found for row in one.rows}
    for one in claims:
        line = (
            json.dumps(as_object(one), ensure_ascii=False)
            if as_json
            else claim_line(one, zones[one.contest_id])
        )
        typer.echo(line)
    sys.stdout.flush()
