"""Which results were known at a time; what was not is taken out of the rebuilt archive."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Session, col

from db import models
from db.as_of.rules import NOW
from db.as_of.times import end_of_day, known_from, undated_known_from
from db.batches import batches
from db.rows import among
from db.words import CaptureKind, ResultStage

FIGURES = ("votes", "share", "change", "elected", "elected_basis")
"""What is empty in a candidacy while the contest's figures are not known."""

TOTALS = ("valid_votes", "invalid_votes", "majority", "result_source", "result_summary")
"""What is empty in the contest then, and `totals_checked` false. The register is known before."""

DECLARATION = ("declared_at", "declared_precision", "declared_zone", "declared_source", "result_stage")
"""What is empty, too, while it is not known that there is a result."""


AFTER_DECLARATION = frozenset({ResultStage.RECOUNT, ResultStage.CERTIFIED})
"""Stages before which a result was declared."""


class Known(StrEnum):
    """What was known of a contest's result."""

    NOTHING = "nothing"
    DECLARED = "declared"  # that there was a result; its figures were replaced since by a recount's
    ALL = "all"


def known_of(known_from: datetime, later: Collection[str], when: datetime) -> Known:
    """What was known of a result. `later`: the stages that it reached after `when`.

    Figures are stored once: those of a later recount (or correction) are not those of then.
    """
    if known_from > when:
        return Known.NOTHING
    return Known.DECLARED if ResultStage.RECOUNT in later else Known.ALL


@dataclass(frozen=True, slots=True)
class Polls:
    """When an election's polls were over (UTC), and its zone."""

    end: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Event:
    id: int
    contest: str
    stage: str
    known_from: datetime


@dataclass(frozen=True, slots=True)
class _Sources:
    """By what results are dated."""

    polls: Mapping[str, Polls]
    """By election."""
    imports: Mapping[str, list[datetime]]
    """Name of a file -> when it was imported, each time with other bytes."""

    def known_from(
        self, election: str, at: datetime | None, precision: str | None, zone: str | None, source: str | None
    ) -> datetime:
        polls = self.polls[election]
        if at is None:
            return undated_known_from(polls.end, self.imports.get(source or "", []))
        return known_from(at, precision, ZoneInfo(zone) if zone else polls.zone)


def hide_results(session: Session, now: Connection, when: datetime) -> None:
    """Take out of the rebuilt archive what was not known of results. `now` reads the archive as it is.

    What is declared counts from its declaration, whenever the archive learnt of it; what has no time, from
    the import of its source.
    """
    sources = _Sources(_polls(session), _imports(now))
    events = _events(session, sources)
    _hide_contests(session, sources, events, when)
    _delete(session, models.ResultEvent, (event.id for event in events if event.known_from > when))
    _delete(session, models.PartyResult, _later_party_results(session, sources, when))


def _polls(session: Session) -> dict[str, Polls]:
    """Election id -> its polls. Without a closing time they end with the day."""
    found, row = {}, models.Election
    query = select(col(row.id), col(row.polling_date), col(row.time_zone), col(row.polls_close_at))
    for election, day, name, close in session.execute(query):
        zone = ZoneInfo(name)
        found[election] = Polls(end_of_day(day, zone) if close is None else close, zone)
    return found


def _imports(now: Connection) -> dict[str, list[datetime]]:
    capture, contest, party = NOW["capture"].c, NOW["contest"].c, NOW["party_result"].c
    named = select(contest.result_source).union(select(party.source))
    query = select(capture.source, capture.retrieved_at).where(
        capture.kind == CaptureKind.FILE, capture.source.in_(named)
    )
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for source, at in now.execute(query):
        found[source].append(at)
    return found


def _events(session: Session, sources: _Sources) -> list[_Event]:
    """The stages that results reached."""
    event, contest = models.ResultEvent, models.Contest
    query = select(
        *(col(event.id), col(event.contest_id), col(event.stage), col(event.happened_at)),
        *(col(event.precision), col(contest.election_id), col(contest.declared_zone)),
    ).join(contest, col(contest.id) == col(event.contest_id))
    return [
        _Event(id_, contest_id, stage, sources.known_from(election, at, precision, zone, None))
        for id_, contest_id, stage, at, precision, election, zone in session.execute(query)
    ]


def _hide_contests(session: Session, sources: _Sources, events: Iterable[_Event], when: datetime) -> None:
    row = models.Contest
    query = select(
        *(col(row.id), col(row.result_stage), col(row.election_id), col(row.declared_at)),
        *(col(row.declared_precision), col(row.declared_zone), col(row.result_source)),
    )
    later: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        if event.known_from > when:
            later[event.contest].append(event.stage)
    by_known: defaultdict[Known, list[str]] = defaultdict(list)
    not_yet = []
    for contest, stage, *told in session.execute(query):
        known = known_of(sources.known_from(*told), later[contest], when)
        by_known[known].append(contest)
        if known is not Known.NOTHING and stage in AFTER_DECLARATION and stage in later[contest]:
            not_yet.append(contest)
    _hide_figures(session, [*by_known[Known.NOTHING], *by_known[Known.DECLARED]])
    _set(session, by_known[Known.NOTHING], dict.fromkeys(DECLARATION))
    _set(session, not_yet, {"result_stage": ResultStage.DECLARED})


def _hide_figures(session: Session, contests: Iterable[str]) -> None:
    ids = list(contests)
    _set(session, ids, {**dict.fromkeys(TOTALS), "totals_checked": False})
    stands = models.Candidacy
    for batch in batches(ids):
        session.execute(
            update(stands).where(col(stands.contest_id).in_(batch)).values(dict.fromkeys(FIGURES))
        )


def _set(session: Session, contests: Iterable[str], values: Mapping[str, object]) -> None:
    row = models.Contest
    for batch in batches(contests):
        session.execute(update(row).where(col(row.id).in_(batch)).values(values))


def _later_party_results(session: Session, sources: _Sources, when: datetime) -> list[int]:
    row = models.PartyResult
    query = select(
        *(col(row.id), col(row.election_id), col(row.declared_at), col(row.declared_precision)),
        col(row.source),
    )
    return [
        id_
        for id_, election, at, precision, source in session.execute(query)
        if sources.known_from(election, at, precision, None, source) > when
    ]


def _delete(
    session: Session, model: type[models.ResultEvent | models.PartyResult], rows: Iterable[int]
) -> None:
    for ids in batches(rows):
        session.execute(delete(model).where(among(col(model.id), ids)))
