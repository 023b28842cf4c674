"""One candidacy in a report: its page, the records of its statements, and the digest that others build on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.outcomes.facts import ElectionFacts
from analysis.publishing.datafiles import STATEMENT_TABLES, packed
from analysis.publishing.digests import CandidacyDigest, StatementDigest, Whom
from analysis.publishing.records import compact, files_behind, record
from analysis.reports.accusations.candidacies import OwnAccusations, own_accusations
from analysis.reports.accusations.counting import accusations_of
from analysis.reports.accusations.ingroups import InGroup
from analysis.reports.addresses import MOST_RECORDS, shelved, slug
from analysis.reports.concessions.candidacies import claim_row, concession_row
from analysis.reports.contests.parts import CandidatePart, ShownStatement, kind_counts
from analysis.reports.contests.who_whom import who_whom
from analysis.reports.folder import write_text
from analysis.reports.formats import csv_line
from analysis.reports.manifest import Manifest
from analysis.reports.overview import coverage_of, methods_of
from analysis.reports.rows import AgreementRow, Row
from analysis.reports.tone.candidates import candidacy_tones
from analysis.reports.tone.counts import hour_tones, spoken_of
from analysis.site import render_page
from analysis.site.wording import truncated

FOLDER = "candidates"
"""Beside a contest's page: the pages of its candidacies."""

FROM_CANDIDATE = "../../../../../"
"""From a candidacy's page to the report's first."""

LONGEST_EXCERPT = 300
"""Characters of a statement's words that feeds show."""


@dataclass(frozen=True, slots=True)
class WrittenCandidacy:
    """What one candidacy left behind."""

    digest: CandidacyDigest
    statements: tuple[StatementDigest, ...]
    packed: Mapping[str, bytes]
    """Table -> its lines, compressed."""
    accused: OwnAccusations


def write_candidacy(
    part: CandidatePart,
    folder: Path,
    manifest: Manifest,
    facts: ElectionFacts,
    *,
    in_group: InGroup,
    fingerprint: str,
    agreement: Sequence[AgreementRow],
    why_none: str | None,
) -> WrittenCandidacy:
    """Write a candidacy's page and its records into a contest's folder.

    `in_group`: the parties of the election. `why_none`: why no reasons are shown beside the labels, if so.
    """
    address = f"{FOLDER}/{slug(part.row.person_id)}.html"
    _write_pages(part, folder, address, manifest, why_none)
    return WrittenCandidacy(
        digest=_digest(part, address, manifest, facts, fingerprint, agreement),
        statements=tuple(_statement(one, part, address) for one in part.statements),
        packed=_packed(part.statements),
        accused=_accused(part, manifest, facts, in_group),
    )


def _write_pages(
    part: CandidatePart, folder: Path, address: str, manifest: Manifest, why_none: str | None
) -> None:
    by_key = {one.statement.key: one for one in part.statements}
    pages = shelved(by_key, address)
    found = manifest.of(methods_of(part.statements), statements=len(by_key))
    context = {
        "part": part,
        "contest": part.outcome.contest,
        "manifest": found,
        "why_none": why_none,
        "explained": _explained(part.statements),
    }
    is_alone = len(by_key) <= MOST_RECORDS
    alone = [by_key[key] for key in pages[address]] if is_alone else []
    shelves = {} if is_alone else _shelves(pages, address)
    page = render_page("candidate", root=FROM_CANDIDATE, shelves=shelves, **_records(alone, part), **context)
    (folder / FOLDER).mkdir(exist_ok=True)
    write_text(folder / address, page)
    for place, keys in ({} if is_alone else pages).items():
        (folder / place).parent.mkdir(exist_ok=True)
        some = _records([by_key[key] for key in keys], part)
        page = render_page("shelf", root=FROM_CANDIDATE + "../", first=address, **some, **context)
        write_text(folder / place, page)


def _explained(statements: Sequence[ShownStatement]) -> int | None:
    """Beside how many of the ratings the reasons stand; None where they stand beside all or none."""
    rated = [one.statement.reading for one in statements]
    total = sum(one is not None and not one.unscored for one in rated)
    found = sum(one.why is not None for one in statements)
    return found if 0 < found < total else None


def _records(some: Sequence[ShownStatement], part: CandidatePart) -> dict[str, Any]:
    """Statements in full, and the files behind them, as the templates take them."""
    records = [record(shown, part.outcome.contest) for shown in some]
    return {"records": records, "files": files_behind(some)}


def pages_of_candidacy(folder: Path, address: str) -> list[str]:
    """The pages of a candidacy in a contest's folder, as paths from it."""
    shelves = (folder / address).with_suffix("")
    return [address, *sorted(f"{FOLDER}/{shelves.name}/{one.name}" for one in shelves.glob("*.html"))]


def _shelves(pages: Mapping[str, Iterable[str]], address: str) -> dict[str, str]:
    """Statement -> its record page, seen from the candidacy's."""
    below = f"{FOLDER}/"
    return {key: place.removeprefix(below) for place, keys in pages.items() for key in keys}


def _digest(
    part: CandidatePart,
    address: str,
    manifest: Manifest,
    facts: ElectionFacts,
    fingerprint: str,
    agreement: Sequence[AgreementRow],
) -> CandidacyDigest:
    outcome, found = part.outcome, [one.statement for one in part.statements]
    threshold = manifest.threshold
    return CandidacyDigest(
        fingerprint=fingerprint,
        row=part.row,
        address=address,
        on_ballot=part.candidacy.is_standing,
        concession=concession_row(outcome),
        claims=tuple(claim_row(outcome, claim) for claim in outcome.all_claims),
        party_claims=tuple(claim_row(outcome, claim) for claim in outcome.party_claims),
        whom=tuple(Whom.of(row) for row in who_whom(found, threshold=threshold)),
        agreement=tuple(agreement),
        coverage=coverage_of(part),
        kind_counts=kind_counts(found),
        reposts=sum(one.repost_of is not None for one in found),
        methods=tuple(sorted(methods_of(part.statements))),
        tones=candidacy_tones(part, facts, threshold=threshold),
        hours=hour_tones(part, threshold=threshold),
        spoken_of=spoken_of(part, facts.parties, threshold=threshold),
    )


def _accused(
    part: CandidatePart, manifest: Manifest, facts: ElectionFacts, in_group: InGroup
) -> OwnAccusations:
    found = [
        accusation
        for one in part.statements
        for accusation in accusations_of(one.statement, threshold=manifest.threshold)
    ]
    others = facts.others.get(part.row.person_id, ())
    elsewhere = any(
        one.election_id == part.row.election_id and one.contest_id != part.row.contest_id for one in others
    )
    return own_accusations(found, in_group, stands_elsewhere=elsewhere)


def _statement(shown: ShownStatement, part: CandidatePart, address: str) -> StatementDigest:
    published = shown.statement.published
    return StatementDigest(
        key=shown.statement.key,
        at=published.at.timestamp() if published else None,
        is_exact=published is not None and published.is_exact,
        kinds=tuple(dict.fromkeys(shown.row.kinds)),
        tone=shown.row.counted_as if shown.statement.repost_of is None else None,
        text=truncated(shown.statement.text, LONGEST_EXCERPT),
        url=shown.statement.url,
        compact=compact(shown, part, f"{address}#{shown.anchor}"),
    )


def _packed(statements: Sequence[ShownStatement]) -> dict[str, bytes]:
    lines = {
        "statements": _lines(one.row for one in statements),
        "targets": _lines(row for one in statements for row in one.targets),
        "kinds": _lines(row for one in statements for row in one.kinds),
    }
    return {table: packed(lines[table]) for table in STATEMENT_TABLES}


def _lines(rows: Iterable[Row]) -> str:
    return "".join(map(csv_line, rows))
