"""Invented candidacies as a report leaves them behind, without an archive."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from analysis.contract import KindName
from analysis.outcomes.timing import Window
from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.digests import CandidacyDigest, StatementDigest
from analysis.reports.accusations.candidacies import NO_ACCUSATIONS
from analysis.reports.concessions.rows import ConcessionRow
from analysis.reports.manifest import Manifest
from analysis.reports.overview import Coverage
from analysis.reports.rows import CandidateRow
from analysis.reports.tone.observed import Candidate
from analysis.reports.tone.sums import CandidateTones

PLACE = "elections/westhaven/contests/harbour"

FIRST = datetime(2023, 5, 5, 3, 0, tzinfo=UTC)
SECOND = datetime(2023, 5, 5, 4, 0, tzinfo=UTC)
THIRD = datetime(2023, 5, 5, 5, 0, tzinfo=UTC)

Value = TypeVar("Value")

EMPTY = {"str": "", "int": 0, "float": 0.0, "bool": False, "datetime": FIRST}


def filled(kind: type[Value], **values: Any) -> Value:
    """A row with the given values; of all others what is empty."""
    for one in fields(kind):  # type: ignore[arg-type]  # rows are dataclasses
        name = getattr(one.type, "__name__", "")
        values.setdefault(one.name, () if name == "tuple" else EMPTY.get(name))
    return kind(**values)


def manifest(at: datetime = FIRST, **values: Any) -> Manifest:
    """Of a report."""
    return replace(Manifest("0.1", at, Window(), 0.0, methods=("reader-1",)), **values)


def statement(key: str = "x:1", *kinds: str, **values: Any) -> StatementDigest:
    """One statement of these kinds."""
    made = StatementDigest(
        key=key,
        at=datetime(2023, 5, 5, 2, 30, tzinfo=UTC).timestamp(),
        is_exact=True,
        tone="neutral",
        kinds=kinds,
        text=f"The words of {key}.",
        url=None,
        compact="<article></article>",
    )
    return replace(made, **values)


def candidacy(
    *statements: StatementDigest,
    person: str = "maren",
    contest: str = "harbour",
    concession: str = "none_found",
    elected: bool | None = False,
    name: str = "Maren Hollis",
) -> WrittenCandidacy:
    """One candidacy with these statements."""
    row = filled(
        CandidateRow,
        contest_id=contest,
        contest="Harbour ward",
        person_id=person,
        name=name,
        party="Orchard Alliance",
        elected=elected,
        collection="collected" if statements else "not_collected",
        statements=len(statements),
    )
    digest = filled(
        CandidacyDigest,
        row=row,
        address=f"candidates/{person}.html",
        concession=filled(ConcessionRow, concession=concession),
        coverage=Coverage(),
        tones=CandidateTones(Candidate(contest, person, row.party, elected, None)),
    )
    return WrittenCandidacy(digest, statements, {}, NO_ACCUSATIONS)


def report(folder: Path, *candidacies: WrittenCandidacy, place: str = PLACE) -> Path:
    """A folder with an empty page of each candidacy."""
    for one in candidacies:
        page = folder / place / one.digest.address
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("<!doctype html>")
    folder.mkdir(exist_ok=True)
    return folder


KINDS = [kind.value for kind in KindName]
