"""What holds for every file about elections in the United Kingdom: zone, close of poll, ids, parties."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from archive.ballots.names import slug, word_slug, words
from archive.ballots.rows import ElectionRow, PartyRow, Request
from archive.contract import UnreadableSource

ZONE = ZoneInfo("Europe/London")

POLLS_CLOSE = time(22, 0)
"""Representation of the People Act 1983, schedule 1, rule 1: the poll is open from 7 a.m. to 10 p.m."""

NO_PARTY = frozenset({"independent", "speaker", "speaker seeking re election", "no description"})
"""Descriptions on the ballot that name no party."""

JOINT = {"labour and co operative": "ec:PP53", "labour and co operative party": "ec:PP53"}
"""Joint descriptions that some files give without an id -> the party under which the Electoral Commission's
id stands elsewhere (House of Commons Library: PP53 with the adjunct PP119)."""

_ELECTION_ID = re.compile(r"(?P<kind>[a-z0-9.-]+)\.(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})")
_PARTY_ID = re.compile(r"(?:PP|party:|joint-party:)(?P<number>[0-9]+)(?:-[0-9]+)?")


def requested_election(request: Request, file: str) -> ElectionRow:
    """The election that the user names for a file that names none; its date is the tail of its id."""
    election_id = request.election or request.default_election
    if election_id is None:
        raise UnreadableSource(
            f"{file} does not say which election it is about: give its id with --election, "
            "such as parl.2015-05-07"
        )
    return election_row(election_id, request, file)


def election_row(election_id: str, request: Request, file: str) -> ElectionRow:
    """An election by Democracy Club's form of id, such as `parl.2015-05-07`."""
    shape = _ELECTION_ID.fullmatch(election_id)
    polling_date = _date(shape["date"]) if shape else None
    if shape is None or polling_date is None:
        raise UnreadableSource(
            f"{file}: {election_id!r} is not an election's id such as parl.2015-05-07 (it ends in the date)"
        )
    if request.time_zone not in (None, ZONE.key):
        raise UnreadableSource(f"{file}: its times are in {ZONE.key}, not in {request.time_zone}")
    return ElectionRow(
        id=election_id,
        polling_date=polling_date,
        fallback_name=_name(shape["kind"], polling_date),
        name=request.name,
        time_zone=ZONE.key,
        polls_close_at=_polls_close(shape["kind"], polling_date),
        country="United Kingdom",
    )


def contest_id(election_id: str, area: str) -> str:
    """The id of an area's contest: `parl.2015-05-07` and `Witney` make `parl.witney.2015-05-07`."""
    kind, _, day = election_id.rpartition(".")
    return f"{kind}.{slug(area)}.{day}"


def party_row(name: str | None, party_id: str | None, abbreviation: str | None = None) -> PartyRow | None:
    """A party by the Electoral Commission's id, else by its name; None for independents and the Speaker."""
    key = " ".join(words(name or ""))
    if not key or key in NO_PARTY or (party_id or "").startswith("ynmp-party:"):
        return None
    shape = _PARTY_ID.fullmatch(party_id or "")
    known = f"ec:PP{shape['number']}" if shape else JOINT.get(key)
    return PartyRow(known or f"name:{word_slug(key)}", name or key, abbreviation)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(kind: str, polling_date: date) -> str:
    what = "UK Parliament" if kind == "parl" else kind
    return f"{what}, {polling_date.day} {polling_date:%B %Y}"


def _polls_close(kind: str, polling_date: date) -> datetime | None:
    if kind.split(".")[0] != "parl":
        return None
    return datetime.combine(polling_date, POLLS_CLOSE, ZONE).astimezone(UTC)
