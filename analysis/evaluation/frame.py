"""The statements that a sample is drawn from, with what one method found in them: many, and lean."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session, col

from analysis.contract import KindName, statement_key
from analysis.evaluation.errors import CodingRefused
from analysis.outcomes.ballot import Candidacy, Contest, standings_of
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.timing import Moment, Phase, Window, moment_of, phase_of
from db.models import Account, Kind, Reading, Statement

BATCH = 5_000
"""Rows that are read at a time."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Which statements are meant; everything None: all of the archive."""

    election: str | None = None
    contest: str | None = None
    before: int | None = None
    """Days before polling day from which statements belong."""
    after: int | None = None
    """Days after it until which they do."""
    kind: KindName | None = None
    """Only statements in which the method found this kind."""

    @property
    def is_exact(self) -> bool:
        """Whether only statements near a polling day are meant."""
        return any(one is not None for one in (self.election, self.contest, self.before, self.after))

    @property
    def window(self) -> Window:
        """The days that belong to a contest."""
        usual = Window()
        return Window(
            usual.before if self.before is None else timedelta(days=self.before),
            usual.after if self.after is None else timedelta(days=self.after),
        )

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a sample."""
        return asdict(self)


def extent_of(stored: Mapping[str, Any]) -> Extent:
    """The extent that was stored with a sample."""
    known: dict[str, Any] = {field.name: stored[field.name] for field in fields(Extent)}
    kind = known.pop("kind")
    return Extent(**known, kind=KindName(kind) if kind else None)


@dataclass(frozen=True, slots=True)
class FrameStatement:
    """One statement that could be drawn."""

    id: int
    key: str
    """platform:post_id."""
    text_sha256: str
    kinds: Mapping[KindName, float]
    """What the method found in it, with its confidence."""
    phase: Phase
    elected: bool | None
    """Of its author, in the contest whose polling day is nearest."""
    party: str | None
    in_contest: bool
    """Whether the author stands in any contest."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What can be drawn from, and how many statements are left out and why."""

    method: str
    statements: tuple[FrameStatement, ...]
    unread: int
    """Without a reading of their present text by the method."""
    unscored: int
    """Read, but in a language that the method does not understand, or without text."""
    reposts: int
    """Somebody else's words."""

    def left_out(self) -> str:
        """In words, for the person who draws."""
        return (
            f"left out: {self.unread:,} not read by the method, {self.unscored:,} that it cannot read, "
            f"{self.reposts:,} reposts"
        )


def frame_of(session: Session, method: str, extent: Extent, *, seen_until: datetime | None = None) -> Frame:
    """The statements of `extent` that `method` has read in their present text; reposts left out.

    `seen_until`: only those that were in the archive at that time. Raises UnknownElection and
    UnknownContest, and CodingRefused for days without a polling day to count from.
    """
    elections = find_elections(session, election=extent.election, contest=extent.contest)
    contests = [one for it in elections for one in find_contests(session, it, contest=extent.contest)]
    if extent.is_exact and not contests:
        raise CodingRefused("the archive holds no contest: there is no polling day to count days from")
    standings = standings_of(contests)
    kinds = _kinds(session, method)
    counts: defaultdict[str, int] = defaultdict(int)
    found = []
    for row in _rows(session, method, seen_until):
        published = moment_of(row.published_at, row.published_precision)
        stands = standings.get(row.by, ())
        if extent.is_exact and not _belongs(published, stands, extent.window):
            continue
        reason = _reason_to_leave(row)
        if reason:
            counts[reason] += 1
            continue
        statement = _statement(row, kinds.get(row.reading, {}), published, _nearest(published, stands))
        if extent.kind is None or extent.kind in statement.kinds:
            found.append(statement)
    return Frame(method, tuple(found), counts["unread"], counts["unscored"], counts["reposts"])


Standing = tuple[Contest, Candidacy]


def _rows(session: Session, method: str, seen_until: datetime | None) -> Iterator[Row[Any]]:
    statement, reading = Statement, Reading
    read: Any = col(reading.id)
    query: Select[Any] = (
        select(
            *(col(statement.id), col(statement.platform), col(statement.post_id)),
            *(col(statement.text_sha256), col(statement.published_at), col(statement.published_precision)),
            *(col(statement.repost_of), read.label("reading"), col(reading.unscored)),
            func.coalesce(col(statement.person_id), col(Account.person_id)).label("by"),
        )
        .outerjoin(
            reading,
            (col(reading.statement_id) == col(statement.id))
            & (col(reading.method) == method)
            & (col(reading.text_sha256) == col(statement.text_sha256)),
        )
        .outerjoin(Account, col(Account.id) == col(statement.account_id))
        .order_by(col(statement.id))
    )
    if seen_until is not None:
        query = query.where(col(statement.first_seen_at) <= seen_until)
    with session.execute(query.execution_options(yield_per=BATCH)) as found:
        yield from found


def _kinds(session: Session, method: str) -> dict[int, dict[KindName, float]]:
    """Reading -> kind -> its highest confidence; as found, without what people decided since."""
    query = (
        select(col(Kind.reading_id), col(Kind.kind), func.max(Kind.confidence))
        .join(Reading, col(Reading.id) == col(Kind.reading_id))
        .where(col(Reading.method) == method)
        .group_by(col(Kind.reading_id), col(Kind.kind))
    )
    found: defaultdict[int, dict[KindName, float]] = defaultdict(dict)
    for reading, kind, confidence in session.execute(query.execution_options(yield_per=BATCH)):
        found[reading][KindName(kind)] = confidence
    return found


def _belongs(published: Moment | None, stands: Sequence[Standing], window: Window) -> bool:
    return published is not None and any(
        window.holds(published.day_in(contest.zone), contest.election.polling_date) for contest, _ in stands
    )


def _nearest(published: Moment | None, stands: Sequence[Standing]) -> Standing | None:
    """Where the author stands, by the polling day nearest to the statement."""
    if published is None or len(stands) < 2:
        return stands[0] if stands else None
    return min(stands, key=lambda one: abs(published.day_in(one[0].zone) - one[0].election.polling_date))


def _reason_to_leave(row: Row[Any]) -> str | None:
    if row.repost_of is not None:
        return "reposts"
    if row.reading is None:
        return "unread"
    return "unscored" if row.unscored is not None else None


def _statement(
    row: Row[Any], kinds: Mapping[KindName, float], published: Moment | None, stands: Standing | None
) -> FrameStatement:
    contest, candidacy = stands or (None, None)
    return FrameStatement(
        id=row.id,
        key=statement_key(row.platform, row.post_id),
        text_sha256=row.text_sha256,
        kinds=kinds,
        phase=phase_of(published, contest.clock) if contest else Phase.UNKNOWN,
        elected=candidacy.elected if candidacy else None,
        party=(candidacy.party or candidacy.ballot_label) if candidacy else None,
        in_contest=candidacy is not None,
    )
