"""The pages of an election's parties: one of all, one each, and the data file of each one's candidates."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.outcomes.ballot import Election
from analysis.publishing.candidacy_rows import candidacy_rows
from analysis.publishing.digests import ContestDigest
from analysis.publishing.party_answers import (
    FOLDER,
    PartyAnswer,
    PartyLine,
    candidate_lines,
    party_answers,
)
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.formats import csv_text
from analysis.reports.manifest import Manifest
from analysis.reports.overview import summed
from analysis.reports.tones import SMALLEST_MEAN
from analysis.site import render_page

MOST_LISTED = 1_000
"""Rows of a table of parties or candidates; the data files hold all."""

FROM_PARTY = FROM_ELECTION + "../"
"""From a party's page to the report's first."""


def write_parties(
    folder: Path,
    election: Election,
    contests: Sequence[ContestDigest],
    addresses: Mapping[str, str],
    manifest: Manifest,
) -> list[PartyLine]:
    """Write `parties.html` and a page and a data file a party into an election's folder.

    `addresses`: contest id -> its folder, seen from the election's. The lines come most seats first.
    """
    answers = party_answers(list(candidate_lines(contests, addresses)), election.country)
    lines = [answer.line for answer in answers]
    (folder / FOLDER).mkdir(exist_ok=True)
    for answer in answers:
        _write_party(folder, election, answer, manifest)
    methods = {method for answer in answers for method in answer.methods}
    page = render_page(
        "parties",
        root=FROM_ELECTION,
        manifest=manifest.of(methods, parties=len(lines)),
        election=election,
        coverage=summed(line.coverage for line in lines),
        lines=lines[:MOST_LISTED],
        total=len(lines),
    )
    write_text(folder / "parties.html", page)
    return lines


def _write_party(folder: Path, election: Election, answer: PartyAnswer, manifest: Manifest) -> None:
    line, shown = answer.line, answer.candidacies[:MOST_LISTED]
    data = line.address.removesuffix(".html")
    page = render_page(
        "party",
        root=FROM_PARTY,
        manifest=manifest.of(answer.methods, candidates=len(answer.candidacies), statements=line.statements),
        election=election,
        answer=answer,
        line=line,
        candidates=candidacy_rows(shown, "../", show_party=False),
        listed=len(shown),
        smallest_mean=SMALLEST_MEAN,
        data=data.removeprefix(f"{FOLDER}/"),
    )
    write_text(folder / line.address, page)
    with (folder / f"{data}.csv").open("w", encoding="utf-8", errors="replace", newline="") as stream:
        stream.write(csv_text("candidates", (one.row for one in answer.candidacies)))
