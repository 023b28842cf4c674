"""The House of Commons Library's constituencies: one row a contest, with totals, member and time."""

from archive.ballots import cells, uk
from archive.ballots.rows import Ballot, CandidateRow, ContestRow, ElectionRow, Request
from archive.ballots.sheet import Record, Sheet, numbered
from db.words import ResultStage

NAMED = (
    "ONS ID",
    "ONS region ID",
    "Constituency name",
    "County name",
    "Region name",
    "Country name",
    "Constituency type",
    "Declaration time",
    "Member first name",
    "Member surname",
    "Member gender",
    "Result",
    "First party",
    "Second party",
    "Electorate",
    "Valid votes",
    "Invalid votes",
    "Majority",
)
"""The same in every year. What follows are votes by party, which differ by year."""

PARTY_COLUMNS = 13
"""Columns of votes by party, the last for all other candidates; a further column repeats some of the last."""

HEADLESS = (*NAMED, *(f"votes by party {number}" for number in range(1, PARTY_COLUMNS + 1)), "Of which")

NEEDED = tuple(column for column in NAMED if column not in ("County name", "Member gender", "Second party"))

TIME_PATTERN = "%d/%m/%Y %H:%M"
"""Local UK time."""

SOURCE = "House of Commons Library"

LABELS = {
    "valid_votes": "Valid votes",
    "majority": "Majority",
    "electorate": "Electorate",
    "invalid_votes": "Invalid votes",
    "votes": "Valid votes",
    "elected": "Member surname",
    "name": "Member surname",
    "contest_name": "Constituency name",
    "area_id": "ONS ID",
}


def read_headed(sheet: Sheet, request: Request) -> Ballot:
    """The file of 2024 and later."""
    sheet.need_columns(NEEDED)
    return _ballot(sheet, list(sheet.headed()), request, "commons-constituencies", LABELS)


def read_headless(sheet: Sheet, request: Request) -> Ballot:
    """The files of 2015, 2017 and 2019."""
    label = numbered(HEADLESS)
    labels = {name: label[column] for name, column in LABELS.items()}
    return _ballot(sheet, list(sheet.headless(HEADLESS)), request, "commons-constituencies-headless", labels)


def _ballot(
    sheet: Sheet, records: list[Record], request: Request, name: str, labels: dict[str, str]
) -> Ballot:
    election = uk.requested_election(request, sheet.file)
    for record in records:
        _check_party_votes(record)
    return Ballot(
        format=name,
        file=sheet.file,
        elections=(election,),
        contests=tuple(_contest(record, election) for record in records),
        candidates=tuple(_member(record, election) for record in records),
        labels=labels,
        winners_only=True,
    )


def _check_party_votes(record: Record) -> None:
    columns = list(record.cells)[len(NAMED) : len(NAMED) + PARTY_COLUMNS]
    total = sum(cells.count(record, column) or 0 for column in columns)
    valid = cells.count(record, "Valid votes")
    if len(columns) == PARTY_COLUMNS and valid is not None and total != valid:
        raise record.wrong("Valid votes", f"{valid}, but the parties' votes add up to {total}")


def _contest(record: Record, election: ElectionRow) -> ContestRow:
    area = cells.needed(record, "Constituency name")
    declared = cells.clock_moment(record, "Declaration time", TIME_PATTERN, uk.ZONE)
    return ContestRow(
        place=record.place,
        id=uk.contest_id(election.id, area),
        election_id=election.id,
        name=area,
        seats=1,
        area_id=cells.needed(record, "ONS ID"),
        region=cells.text(record, "Region name"),
        country=cells.text(record, "Country name"),
        electorate=cells.count(record, "Electorate"),
        valid_votes=cells.count(record, "Valid votes"),
        invalid_votes=cells.count(record, "Invalid votes"),
        majority=cells.count(record, "Majority"),
        declared=declared,
        declared_zone=uk.ZONE.key if declared else None,
        declared_source=SOURCE if declared else None,
        result_stage=ResultStage.DECLARED,
        result_summary=cells.text(record, "Result"),
    )


def _member(record: Record, election: ElectionRow) -> CandidateRow:
    given, family = cells.text(record, "Member first name"), cells.needed(record, "Member surname")
    return CandidateRow(
        place=record.place,
        contest_id=uk.contest_id(election.id, cells.needed(record, "Constituency name")),
        name=f"{given or ''} {family}".strip(),
        given_name=given,
        family_name=family,
        party_hint=cells.text(record, "First party"),
        elected=True,
    )
