"""Hits as lines for a terminal and as CSV. Pure."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import fields

from analysis.search.hits import Hit, HitTarget
from analysis.spreadsheets.cells import csv_cell, plain

PHASES = {
    "before_polls_close": "before the polls closed",
    "between": "between polls and declaration",
    "after_declaration": "after the declaration",
    "unknown": "phase unknown",
}

OUTCOMES = {True: "elected", False: "not elected"}


def about(hit: Hit) -> str:
    """One line: when, who, for whom, where, with what result."""
    when = hit.local_time.replace("T", " ") if hit.local_time else "no time known"
    parts = [
        f"{when} {hit.time_zone or ('' if hit.precision == 'day' else 'UTC')}".strip(),
        hit.author or "author unknown",
        hit.party,
        hit.contest,
        OUTCOMES.get(hit.elected) if hit.elected is not None else None,
        PHASES[hit.phase] if hit.phase else None,
    ]
    return " · ".join(part for part in parts if part)


def findings(hit: Hit) -> Iterator[str]:
    """What was found in it, a line each: its kinds, whom it speaks of."""
    if hit.method is None:
        yield "not analysed"
    if hit.kinds:
        yield ", ".join(hit.kinds)
    if hit.targets:
        yield "speaks of " + ", ".join(map(_target, hit.targets))


def _target(target: HitTarget) -> str:
    return f"{target.who} ({target.label} {target.score:+.2f})" if target.score is not None else target.who


def as_csv(hits: Sequence[Hit]) -> str:
    """A row a hit, with a header; targets as `name: label`."""
    names = [field.name for field in fields(Hit)]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(names)
    for hit in hits:
        cells = {name: getattr(hit, name) for name in names}
        cells["targets"] = tuple(f"{one.who}: {one.label or 'not scored'}" for one in hit.targets)
        writer.writerow([csv_cell(plain(cells[name])) for name in names])
    return file.getvalue()
