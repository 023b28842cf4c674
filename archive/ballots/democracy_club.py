"""Democracy Club's candidate files: today's export, and the layout of 2015. Contact data is never read."""

from collections.abc import Iterator

from archive.ballots import cells, uk
from archive.ballots.rows import (
    AccountRow,
    Ballot,
    CandidateRow,
    ContestRow,
    ElectionRow,
    Identifier,
    Request,
)
from archive.ballots.sheet import Record, Sheet
from archive.contract import UnreadableSource
from archive.platforms import FEED, find_account, looks_like_feed

NEEDED = (
    "person_id",
    "person_name",
    "election_id",
    "ballot_paper_id",
    "election_date",
    "party_name",
    "party_id",
    "post_label",
)
"""Of today's export (candidates.democracyclub.org.uk, `data_exports/csv_fields.py`: the core columns)."""

NEEDED_2015 = ("name", "id", "party", "party_id", "constituency", "gss_code")

ACCOUNTS = {
    "twitter_username": "x",
    "mastodon_username": "mastodon",
    "blue_sky_url": "bluesky",
    "facebook_page_url": "facebook",
    "instagram_url": "instagram",
    "youtube_profile": "youtube",
    "threads_url": "threads",
    "tiktok_url": "tiktok",
}
"""Column -> platform of the account in it (yournextrepresentative, `PersonIdentifierFields`).

Handles stand bare on X; everywhere else there are addresses, also in `mastodon_username`."""

PAGES = ("blog_url", "homepage_url")
"""Columns with pages of any kind: accounts only where they are feeds."""

READ = frozenset(
    (
        *NEEDED,
        *("cancelled_poll", "seats_contested", "sopn_first_names", "sopn_last_name", "gender", "gss"),
        *("votes_cast", "elected", "total_electorate", "spoilt_ballots", "results_source"),
        *("mnis_id", "wikidata_id", *ACCOUNTS, *PAGES),
    )
)
"""Columns of today's export that are used; the others (birth dates, e-mail addresses, ...) are not."""

READ_2015 = frozenset(
    (*NEEDED_2015, "twitter_username", "facebook_page_url", "homepage_url", "elected", "parlparse_id")
)

SCHEMES = {"person_id": "dc", "id": "dc", "mnis_id": "mnis", "wikidata_id": "wikidata"}
"""Column -> scheme of the person's id in it."""

LABELS = {
    "name": "person_name",
    "votes": "votes_cast",
    "electorate": "total_electorate",
    "contest_name": "post_label",
    "area_id": "gss",
    "seats": "seats_contested",
}
"""Our field -> column, for messages."""


def read_export(sheet: Sheet, request: Request) -> Ballot:
    """Today's export; it says which election each row is about."""
    sheet.need_columns(NEEDED)
    records = list(sheet.headed())
    elections = {record.cells["election_id"]: _election(record, request) for record in records}
    return Ballot(
        format="democracy-club",
        file=sheet.file,
        elections=tuple(elections.values()),
        contests=tuple(_contest(record) for record in records),
        candidates=tuple(_candidate(record) for record in records),
        labels=LABELS,
    )


def read_2015(sheet: Sheet, request: Request) -> Ballot:
    """The layout of 2015; the user says which election."""
    sheet.need_columns(NEEDED_2015)
    election = uk.requested_election(request, sheet.file)
    records = list(sheet.headed())
    return Ballot(
        format="democracy-club-2015",
        file=sheet.file,
        elections=(election,),
        contests=tuple(_contest_2015(record, election) for record in records),
        candidates=tuple(_candidate_2015(record, election) for record in records),
        labels={"name": "name", "contest_name": "constituency", "area_id": "gss_code"},
    )


def _election(record: Record, request: Request) -> ElectionRow:
    election_id = cells.needed(record, "election_id")
    if request.election not in (None, election_id):
        raise record.wrong("election_id", f"{election_id} is not the election asked for, {request.election}")
    election = uk.election_row(election_id, request, record.place.file)
    polling_date = cells.day(record, "election_date")
    if polling_date != election.polling_date:
        raise record.wrong("election_date", f"{polling_date} is not the date in {election_id}")
    return election


def _contest(record: Record) -> ContestRow:
    seats = cells.count(record, "seats_contested")
    if seats == 0:
        raise record.wrong("seats_contested", "0 seats")
    return ContestRow(
        place=record.place,
        id=cells.needed(record, "ballot_paper_id"),
        election_id=cells.needed(record, "election_id"),
        name=cells.needed(record, "post_label"),
        seats=seats,
        area_id=cells.text(record, "gss"),
        electorate=cells.count(record, "total_electorate"),
        invalid_votes=cells.count(record, "spoilt_ballots"),
        result_source=cells.text(record, "results_source"),
    )


def _candidate(record: Record) -> CandidateRow:
    party = cells.text(record, "party_name")
    return CandidateRow(
        place=record.place,
        contest_id=cells.needed(record, "ballot_paper_id"),
        name=cells.needed(record, "person_name"),
        given_name=cells.text(record, "sopn_first_names"),
        family_name=cells.text(record, "sopn_last_name"),
        gender=cells.text(record, "gender"),
        identifiers=identifiers(record),
        party=uk.party_row(party, cells.text(record, "party_id")),
        ballot_label=party,
        votes=cells.count(record, "votes_cast"),
        elected=cells.yes_no(record, "elected"),
        accounts=accounts(record),
    )


def _contest_2015(record: Record, election: ElectionRow) -> ContestRow:
    area = cells.needed(record, "constituency")
    return ContestRow(
        place=record.place,
        id=uk.contest_id(election.id, area),
        election_id=election.id,
        name=area,
        seats=1,
        area_id=cells.needed(record, "gss_code"),
    )


def _candidate_2015(record: Record, election: ElectionRow) -> CandidateRow:
    party = cells.text(record, "party")
    return CandidateRow(
        place=record.place,
        contest_id=uk.contest_id(election.id, cells.needed(record, "constituency")),
        name=cells.needed(record, "name"),
        identifiers=identifiers(record),
        party=uk.party_row(party, cells.text(record, "party_id")),
        ballot_label=party,
        elected=cells.yes_no(record, "elected"),
        accounts=accounts(record),
    )


def identifiers(record: Record) -> tuple[Identifier, ...]:
    """The person's ids in the row."""
    found = ((scheme, _plain(record, column)) for column, scheme in SCHEMES.items())
    kept = tuple(Identifier(scheme, value) for scheme, value in found if value)
    if not any(identifier.scheme == "dc" for identifier in kept):
        raise UnreadableSource(f"{record.place.file}, row {record.place.row}: no person id")
    return kept


def accounts(record: Record) -> tuple[AccountRow, ...]:
    """The accounts that the row's cells name."""
    return tuple(account for _, account in account_cells(record) if account is not None)


def account_cells(record: Record) -> Iterator[tuple[str, AccountRow | None]]:
    """Each column with a cell for an account, and the account; None where the cell names none.

    A group or an event on Facebook is none, nor is a page of any kind that is no feed.
    """
    for column, platform in ACCOUNTS.items():
        if cell := _plain(record, column):
            yield column, find_account(platform, cell)
    for column in PAGES:
        cell = _plain(record, column)
        if cell and looks_like_feed(cell):
            yield column, find_account(FEED, cell)


def _plain(record: Record, column: str) -> str | None:
    """A cell without the quotation marks that some exports leave around handles and ids (JSON's)."""
    return (cells.text(record, column) or "").strip('"') or None
