"""Our own CSV, good for any election in the world (docs/roster-format.md)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from archive.ballots import cells
from archive.ballots.names import word_slug
from archive.ballots.rows import (
    AccountRow,
    Ballot,
    CandidateRow,
    ContestRow,
    ElectionRow,
    Identifier,
    PartyRow,
    Request,
)
from archive.ballots.sheet import Record, Sheet
from archive.contract import UnreadableSource, platform_key
from archive.times import zone_for
from db.words import CandidacyStatus, Precision, ResultStage


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the format, as documented."""

    name: str
    meaning: str
    required: bool = False


COLUMNS = (
    Column("election_id", "your id of the election, such as `xx.mayor.2031-05-04`", required=True),
    Column("election_name", "its name"),
    Column("polling_date", "YYYY-MM-DD", required=True),
    Column("time_zone", "IANA zone of the election's local times; without it, give `--timezone`"),
    Column("polls_close_local", "when the last polls of the election close, local time: `YYYY-MM-DD HH:MM`"),
    Column("country", "country of the election"),
    Column("contest_id", "your id of the contest (one ballot paper's decision)", required=True),
    Column("contest_name", "its name", required=True),
    Column("seats", "how many are elected in it; 1 where empty"),
    Column("area_id", "official code of its area"),
    Column("region", "region that the area lies in"),
    Column("person_name", "the candidate's name as on the ballot", required=True),
    Column("person_id", "your id of the person, `scheme:value`; without a scheme it is `roster:value`"),
    Column("given_name", "given name"),
    Column("family_name", "family name"),
    Column("other_names", "further names, separated by `|`"),
    Column("party_name", "the party; empty, or `Independent`, for none"),
    Column("party_id", "your id of the party, `scheme:value`, such as `ec:PP53`"),
    Column("party_abbreviation", "its abbreviation"),
    Column("ballot_label", "description on the ballot, where it differs from the party's name"),
    Column("status", "`standing` (where empty), `withdrawn`, `disqualified` or `deceased`"),
    Column("incumbent", "yes or no: held the seat before"),
    Column("account_platform", "platform of an account of the candidate, such as `x` or `mastodon`"),
    Column("account_handle", "its handle"),
    Column("account_id", "the platform's own immutable id of the account"),
    Column("votes", "the candidate's votes"),
    Column("share", "fraction of the valid votes: 34.1 % is 0.341"),
    Column("change", "change of the share since the previous election, as a fraction"),
    Column("elected", "yes or no"),
    Column("electorate", "voters on the register of the contest"),
    Column("valid_votes", "valid votes of the contest"),
    Column("invalid_votes", "invalid votes of the contest"),
    Column("majority", "first less second candidate's votes, as stated (contests of one seat)"),
    Column("declared_at_local", "when the result was declared, local time: `YYYY-MM-DD HH:MM`"),
    Column("declared_source", "who says so"),
    Column(
        "projected_at_local", "when the result was projected (called), local time, before it was declared"
    ),
    Column("recount_at_local", "when a recount or a correction of the result was declared, local time"),
    Column("certified_at_local", "when the result was certified, local time"),
    Column("result_stage", f"one of {', '.join(f'`{stage}`' for stage in ResultStage)}"),
    Column("result_source", "where the contest's result comes from; without it, the file's name is shown"),
    Column("all_candidates_listed", "yes or no: whether the file lists every candidate of the contest"),
    Column("source", "where the row's figures come from"),
)

REQUIRED = tuple(column.name for column in COLUMNS if column.required)

KNOWN = frozenset(column.name for column in COLUMNS)

NO_PARTY = frozenset({"independent"})

_SCHEMED = re.compile(r"[a-z][a-z0-9_-]*:\S.*")

ELECTION_LABELS = {"name": "election_name", "polls_close_at": "polls_close_local"}
"""Field of an election -> column, where they differ."""

LABELS = {
    "name": "person_name",
    "party": "party_name",
    "declared": "declared_at_local",
    "declared_zone": "time_zone",
    "projected": "projected_at_local",
    "recount": "recount_at_local",
    "certified": "certified_at_local",
}
"""Our field -> column, for messages, where they differ."""


def read_plain(sheet: Sheet, request: Request) -> Ballot:
    """Read the file. Raises UnreadableSource for an unknown column: it may be a slip in a known one."""
    unknown = sorted(set(sheet.header) - KNOWN)
    if unknown:
        raise UnreadableSource(
            f"{sheet.file}, row 1: unknown column {', '.join(unknown)} (docs/roster-format.md lists all)"
        )
    sheet.need_columns(REQUIRED)
    records = list(sheet.headed())
    return Ballot(
        format="plain",
        file=sheet.file,
        elections=_elections(records, request),
        contests=tuple(_contest(record, request) for record in records),
        candidates=tuple(_candidate(record) for record in records),
        labels=LABELS,
    )


def _elections(records: list[Record], request: Request) -> tuple[ElectionRow, ...]:
    """Each election once; rows that say different things about one are an error."""
    found: dict[str, ElectionRow] = {}
    for record in records:
        election = _election(record, request)
        known = found.setdefault(election.id, election)
        for column in ("name", "polling_date", "time_zone", "polls_close_at", "country"):
            if getattr(known, column) != getattr(election, column):
                label = ELECTION_LABELS.get(column, column)
                raise record.wrong(label, f"differs from an earlier row about the election {election.id}")
    return tuple(found.values())


def _election(record: Record, request: Request) -> ElectionRow:
    election_id = cells.needed(record, "election_id")
    if request.election not in (None, election_id):
        raise record.wrong("election_id", f"{election_id} is not the election asked for, {request.election}")
    zone = _zone(record, request)
    return ElectionRow(
        id=election_id,
        polling_date=cells.day(record, "polling_date"),
        fallback_name=election_id,
        name=request.name or cells.text(record, "election_name"),
        time_zone=zone.key if zone else None,
        polls_close_at=_polls_close(record, zone),
        country=cells.text(record, "country"),
    )


def _polls_close(record: Record, zone: ZoneInfo | None) -> datetime | None:
    closed = cells.iso_moment(record, "polls_close_local", zone)
    if closed is None:
        return None
    if closed.precision == Precision.DAY:
        raise record.wrong("polls_close_local", "says the day only: write YYYY-MM-DD HH:MM")
    if closed.at.astimezone(zone or UTC).date() < cells.day(record, "polling_date"):
        raise record.wrong("polls_close_local", "lies before polling day")
    return closed.at


def _zone(record: Record, request: Request) -> ZoneInfo | None:
    stated = cells.zone(record, "time_zone")
    return stated or (zone_for(request.time_zone) if request.time_zone else None)


def _contest(record: Record, request: Request) -> ContestRow:
    seats = cells.count(record, "seats")
    if seats == 0:
        raise record.wrong("seats", "0 seats")
    zone = _zone(record, request)
    declared = cells.iso_moment(record, "declared_at_local", zone)
    return ContestRow(
        place=record.place,
        id=cells.needed(record, "contest_id"),
        election_id=cells.needed(record, "election_id"),
        name=cells.needed(record, "contest_name"),
        seats=seats,
        area_id=cells.text(record, "area_id"),
        region=cells.text(record, "region"),
        country=cells.text(record, "country"),
        electorate=cells.count(record, "electorate"),
        valid_votes=cells.count(record, "valid_votes"),
        invalid_votes=cells.count(record, "invalid_votes"),
        majority=cells.count(record, "majority"),
        declared=declared,
        declared_zone=zone.key if declared and zone else None,
        declared_source=_declared_source(record) if declared else None,
        projected=cells.iso_moment(record, "projected_at_local", zone),
        recount=cells.iso_moment(record, "recount_at_local", zone),
        certified=cells.iso_moment(record, "certified_at_local", zone),
        result_source=cells.text(record, "result_source"),
        result_stage=cells.word(record, "result_stage", ResultStage),
        all_candidates_listed=cells.yes_no(record, "all_candidates_listed"),
    )


def _declared_source(record: Record) -> str | None:
    return cells.text(record, "declared_source") or cells.text(record, "source")


def _candidate(record: Record) -> CandidateRow:
    name = cells.needed(record, "person_name")
    if not word_slug(name):
        raise record.wrong("person_name", f"{name!r} holds no letter")
    party = _party(record)
    return CandidateRow(
        place=record.place,
        contest_id=cells.needed(record, "contest_id"),
        name=name,
        given_name=cells.text(record, "given_name"),
        family_name=cells.text(record, "family_name"),
        other_names=_other_names(record),
        identifiers=_identifiers(record),
        party=party,
        ballot_label=cells.text(record, "ballot_label") or cells.text(record, "party_name"),
        status=cells.word(record, "status", CandidacyStatus),
        votes=cells.count(record, "votes"),
        share=cells.fraction(record, "share", low=0),
        change=cells.fraction(record, "change", low=-1),
        elected=cells.yes_no(record, "elected"),
        incumbent=cells.yes_no(record, "incumbent"),
        source=cells.text(record, "result_source"),
        accounts=_accounts(record),
    )


def _other_names(record: Record) -> tuple[str, ...]:
    parts = (part.strip() for part in (cells.text(record, "other_names") or "").split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _identifiers(record: Record) -> tuple[Identifier, ...]:
    stated = cells.text(record, "person_id")
    if stated is None:
        return ()
    scheme, _, value = stated.partition(":") if _SCHEMED.fullmatch(stated) else ("roster", "", stated)
    return (Identifier(scheme, value),)


def _party(record: Record) -> PartyRow | None:
    name, stated = cells.text(record, "party_name"), cells.text(record, "party_id")
    abbreviation = cells.text(record, "party_abbreviation")
    if name is None:
        if stated or abbreviation:
            raise record.wrong("party_name", "is empty, but the party has an id or an abbreviation")
        return None
    if stated is None:
        if name.casefold() in NO_PARTY:
            return None
        if not word_slug(name):
            raise record.wrong("party_name", f"{name!r} holds no letter: give a party_id")
        return PartyRow(f"name:{word_slug(name)}", name, abbreviation)
    return PartyRow(schemed(stated), name, abbreviation)


def schemed(stated: str) -> str:
    """An id with its scheme: one of the file's own where it states none."""
    return stated if _SCHEMED.fullmatch(stated) else f"roster:{stated}"


def _accounts(record: Record) -> tuple[AccountRow, ...]:
    platform, handle = cells.text(record, "account_platform"), cells.text(record, "account_handle")
    platform_id = cells.text(record, "account_id")
    if platform is None and handle is None and platform_id is None:
        return ()
    if platform is None:
        raise record.wrong("account_platform", "is empty, but the row names an account")
    if handle is None:
        raise record.wrong("account_handle", "is empty, but the row names a platform")
    return (AccountRow(platform_key(platform), handle, platform_id),)
