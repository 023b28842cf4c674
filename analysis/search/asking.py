"""What a search asks for, with its words checked against the archive."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from analysis.contract import KindName, Label
from analysis.outcomes.ballots import find_elections
from analysis.outcomes.errors import unknown
from db.errors import Refusal
from db.models import Candidacy, Party, PartyAlias, Person, PersonName, Statement
from db.search import fold


class SearchRefused(Refusal):
    """A search asks for what cannot be; the message says for what."""


class Order(StrEnum):
    """Which hits come first."""

    NEWEST = "newest"
    RANK = "rank"


class Result(StrEnum):
    """What the ballot said of an author."""

    ELECTED = "elected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for. Each filter that is set narrows; None leaves open."""

    query: str | None = None
    election: str | None = None
    contest: str | None = None
    party: str | None = None
    """The author's on the ballot: an id, a name, an abbreviation."""
    person: str | None = None
    """The author: an id, or a part of a name."""
    platform: str | None = None
    kind: KindName | None = None
    target: str | None = None
    """Whom it speaks of: an id, or a part of the name."""
    label: Label | None = None
    """How it speaks of `target`, without one: of anybody."""
    outcome: Result | None = None
    since: date | None = None
    """The first day, by the clock of the author's contest (else UTC)."""
    until: date | None = None
    """The last day."""
    order: Order = Order.NEWEST
    limit: int = 20
    party_ids: frozenset[str] = frozenset()
    """The parties that `party` names; filled in by `checked`, as `person_ids` is for `person`."""
    person_ids: frozenset[str] = frozenset()

    @property
    def of_contests(self) -> bool:
        """Whether only statements of a contest can be meant."""
        return any((self.election, self.contest, self.party, self.outcome))

    @property
    def of_findings(self) -> bool:
        """Whether it depends on what a method found."""
        return any((self.kind, self.target, self.label))


def checked(session: Session, search: Search) -> Search:
    """The search, whose ids and names the archive knows.

    Raises UnknownElection, UnknownContest; SearchRefused with the closest that exist.
    """
    if search.order is Order.RANK and not search.query:
        raise SearchRefused("--by rank goes with a query: without words there is nothing to rank by")
    if search.since and search.until and search.until < search.since:
        raise SearchRefused(f"the last day, {search.until}, lies before the first, {search.since}")
    if search.election or search.contest:
        find_elections(session, election=search.election, contest=search.contest)
    if search.platform:
        _check("platform", search.platform, session.exec(select(Statement.platform).distinct()))
    return replace(
        search,
        party_ids=_parties(session, search.party) if search.party else frozenset(),
        person_ids=_persons(session, search.person) if search.person else frozenset(),
    )


def _check(what: str, wanted: str, known: Iterable[str]) -> None:
    words = set(known)
    if wanted not in words:
        raise SearchRefused(unknown(what, wanted, words))


def _persons(session: Session, person: str) -> frozenset[str]:
    """The ids of all who have this id, or a name with this part; none: the source alone names the author."""
    part = fold(person)
    named = [*session.exec(select(Person.id, Person.name)), *session.exec(_OTHER_NAMES)]
    ids = frozenset(id for id, name in named if id == person or part in fold(name))
    written = select(Statement.id).where(is_written(person)).limit(1)
    if not ids and session.exec(written).first() is None:
        raise SearchRefused(f"nobody in the archive is called {person!r}, as a name or an id")
    return ids


_OTHER_NAMES = select(PersonName.person_id, PersonName.name)


def is_written(person: str) -> ColumnElement[bool]:
    """That a source names the author so, whom no person of the archive is known to be."""
    written: ColumnElement[bool] = col(Statement.attribution_text).icontains(person, autoescape=True)
    return and_(written, col(Statement.person_id).is_(None))


def _parties(session: Session, party: str) -> frozenset[str]:
    """The ids of the parties that go by this id, name or abbreviation."""
    word = party.casefold()
    called = [
        *session.exec(select(Party.id, Party.id)),
        *session.exec(select(Party.id, Party.name)),
        *session.exec(select(Party.id, Party.abbreviation)),
        *session.exec(select(PartyAlias.party_id, PartyAlias.alias)),
    ]
    ids = frozenset(id for id, name in called if name and name.casefold() == word)
    printed = select(Candidacy.id).where(is_printed(party)).limit(1)
    if not ids and session.exec(printed).first() is None:
        raise SearchRefused(unknown("party", party, {name for _, name in called if name}))
    return ids


def is_printed(party: str) -> ColumnElement[bool]:
    """That a ballot calls the candidate's party so, such as Independent."""
    label = col(Candidacy.ballot_label)
    return or_(func.lower(label) == party.lower(), label == party)
