"""The House of Commons Library's candidacies: one row a candidate, with a header row or without."""

from archive.ballots import cells, uk
from archive.ballots.rows import Ballot, CandidateRow, ContestRow, ElectionRow, Identifier, PartyRow, Request
from archive.ballots.sheet import Record, Sheet, numbered
from db.words import ResultStage

COLUMNS = (
    "ONS ID",
    "ONS region ID",
    "Constituency name",
    "County name",
    "Region name",
    "Country name",
    "Constituency type",
    "Party name",
    "Party abbreviation",
    "Electoral Commission party ID",
    "MNIS party ID",
    "Electoral Commission adjunct party ID",
    "Candidate first name",
    "Candidate surname",
    "Candidate gender",
    "Sitting MP",
    "Former MP",
    "Member MNIS ID",
    "Votes",
    "Share",
    "Change",
    "DC Person ID",
)
"""In order; files without header lack the last."""

NEEDED = tuple(column for column in COLUMNS if column not in ("County name", "MNIS party ID", "DC Person ID"))

SCHEMES = {"DC Person ID": "dc", "Member MNIS ID": "mnis"}
"""Column -> scheme of the person's id in it. The first that a person has names the person."""

LABELS = {
    "name": "Candidate surname",
    "votes": "Votes",
    "share": "Share",
    "elected": "Votes",
    "valid_votes": "Votes",
    "contest_name": "Constituency name",
    "area_id": "ONS ID",
    "region": "Region name",
    "country": "Country name",
}
"""Our field -> column, for messages."""


def read_headed(sheet: Sheet, request: Request) -> Ballot:
    """The file of 2024 and later."""
    sheet.need_columns(NEEDED)
    return _ballot(sheet, list(sheet.headed()), request, "commons-candidacies", LABELS)


def read_headless(sheet: Sheet, request: Request) -> Ballot:
    """The files of 2015, 2017 and 2019."""
    label = numbered(COLUMNS)
    labels = {name: label[column] for name, column in LABELS.items()}
    return _ballot(sheet, list(sheet.headless(COLUMNS)), request, "commons-candidacies-headless", labels)


def _ballot(
    sheet: Sheet, records: list[Record], request: Request, name: str, labels: dict[str, str]
) -> Ballot:
    election = uk.requested_election(request, sheet.file)
    return Ballot(
        format=name,
        file=sheet.file,
        elections=(election,),
        contests=tuple(contest_row(record, election) for record in records),
        candidates=tuple(_candidate(record, election) for record in records),
        labels=labels,
        # In 2019 two candidates bear the MNIS id of the sitting member against whom they stood.
        own_ids=False,
    )


def contest_row(record: Record, election: ElectionRow) -> ContestRow:
    """A candidacies row's contest. The Library lists every candidate on the ballot."""
    area = cells.needed(record, "Constituency name")
    return ContestRow(
        place=record.place,
        id=uk.contest_id(election.id, area),
        election_id=election.id,
        name=area,
        seats=1,
        area_id=cells.needed(record, "ONS ID"),
        region=cells.text(record, "Region name"),
        country=cells.text(record, "Country name"),
        result_stage=ResultStage.DECLARED,
        all_candidates_listed=True,
    )


def _candidate(record: Record, election: ElectionRow) -> CandidateRow:
    given, family = cells.text(record, "Candidate first name"), cells.needed(record, "Candidate surname")
    return CandidateRow(
        place=record.place,
        contest_id=uk.contest_id(election.id, cells.needed(record, "Constituency name")),
        name=f"{given or ''} {family}".strip(),
        given_name=given,
        family_name=family,
        gender=cells.text(record, "Candidate gender"),
        identifiers=identifiers(record),
        party=_party(record),
        ballot_label=cells.needed(record, "Party name"),
        votes=cells.count(record, "Votes"),
        share=cells.fraction(record, "Share", low=0),
        change=cells.fraction(record, "Change", low=-1),
        incumbent=cells.yes_no(record, "Sitting MP"),
    )


def identifiers(record: Record) -> tuple[Identifier, ...]:
    """The person's ids in the row."""
    found = ((scheme, cells.text(record, column)) for column, scheme in SCHEMES.items())
    return tuple(Identifier(scheme, value) for scheme, value in found if value)


def _party(record: Record) -> PartyRow | None:
    """The adjunct (Co-operative Party) is told by the ballot label; the party is the main one."""
    return uk.party_row(
        cells.needed(record, "Party name"),
        cells.text(record, "Electoral Commission party ID"),
        cells.text(record, "Party abbreviation"),
    )
