"""Our own CSV of what an election as a whole meant for its parties (docs/roster-format.md)."""

from functools import partial
from zoneinfo import ZoneInfo

from archive.ballots import cells
from archive.ballots.plain import Column, schemed
from archive.ballots.rows import Ballot, PartyResultRow, Request
from archive.ballots.sheet import Record, Sheet
from archive.contract import Moment, UnreadableSource
from archive.times import zone_for

COLUMNS = (
    Column("election_id", "id of an election in the archive, such as `parl.2019-12-12`", required=True),
    Column("party_id", "id of the party as in the archive, such as `ec:PP53`"),
    Column("party_name", "its name or an alias, where no id is given"),
    Column("won", "yes or no: whether the party won the election, as the source says"),
    Column("seats", "seats that it won"),
    Column("votes", "its votes"),
    Column("declared_at_local", "when that was clear, in local time of the election: `YYYY-MM-DD HH:MM`"),
    Column("source", "who says so"),
)

KNOWN = frozenset(column.name for column in COLUMNS)


def read_party_results(sheet: Sheet, request: Request) -> Ballot:
    """Read the file. Raises UnreadableSource (file, row, column) for anything wrong."""
    unknown = sorted(set(sheet.header) - KNOWN)
    if unknown:
        raise UnreadableSource(
            f"{sheet.file}, row 1: unknown column {', '.join(unknown)} in a file of party results "
            "(docs/roster-format.md lists all)"
        )
    sheet.need_columns(["election_id"])
    return Ballot(
        format="party-results",
        file=sheet.file,
        elections=(),
        contests=(),
        candidates=(),
        parties=tuple(_party(record, request) for record in sheet.headed()),
    )


def _party(record: Record, request: Request) -> PartyResultRow:
    election_id = cells.needed(record, "election_id")
    if request.election not in (None, election_id):
        raise record.wrong("election_id", f"{election_id} is not the election asked for, {request.election}")
    stated, name = cells.text(record, "party_id"), cells.text(record, "party_name")
    if stated is None and name is None:
        raise record.wrong("party_id", "is empty, and so is party_name: one of them must name the party")
    won, seats = cells.yes_no(record, "won"), cells.count(record, "seats")
    votes = cells.count(record, "votes")
    if won is None and seats is None and votes is None:
        raise record.wrong("won", "is empty, and so are seats and votes: the row says nothing")
    return PartyResultRow(
        place=record.place,
        election_id=election_id,
        party_id=schemed(stated) if stated else None,
        party_name=name,
        won=won,
        seats=seats,
        votes=votes,
        declared_in=partial(_declared, record, zone_for(request.time_zone) if request.time_zone else None),
        source=cells.text(record, "source"),
    )


def _declared(record: Record, given: ZoneInfo | None, of_election: ZoneInfo) -> Moment | None:
    return cells.iso_moment(record, "declared_at_local", given or of_election)
