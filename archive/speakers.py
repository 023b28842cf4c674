"""Persons by their name as an article writes it."""

from collections import defaultdict
from datetime import date, timedelta

from sqlmodel import Session, col, func, select

from archive.ballots.names import words
from db.models import Candidacy, Contest, Election, Person, PersonName

NEAR = timedelta(days=366)
"""How far from polling day a candidate's name still means the candidate."""

TITLES = frozenset(
    {"captain", "cllr", "councillor", "dame", "dr", "lady", "lord", "miss", "mr", "mrs", "ms"}
    | {"mx", "prof", "professor", "rev", "sir"}
)
"""Words before a name that are no part of it."""

ROSTER = (Candidacy, Person, PersonName)
"""Tables whose growth brings new speakers."""


def name_key(name: str) -> tuple[str, ...]:
    """A name without case, accents, punctuation and titles: what two spellings of it share."""
    key = words(name)
    while len(key) > 2 and key[0] in TITLES:
        key = key[1:]
    return key


class Speakers:
    """Candidates by full name, read from the roster once; again only where it has changed since."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, ...], set[tuple[str, date]]] = {}
        self._read: tuple[int, ...] | None = None

    def refresh(self, session: Session) -> None:
        """Read the roster, unless it was read and has as many persons, names and candidacies as then."""
        size = tuple(session.exec(select(func.count()).select_from(table)).one() for table in ROSTER)
        if size != self._read:
            self._by_name, self._read = _by_name(session), size

    def find(self, name: str, on: date | None) -> str | None:
        """The one candidate of that name in an election near that day; None where none or several are."""
        entries = self._by_name.get(name_key(name), set())
        near = {person for person, polls in entries if on is None or abs(polls - on) <= NEAR}
        return near.pop() if len(near) == 1 else None


def _by_name(session: Session) -> dict[tuple[str, ...], set[tuple[str, date]]]:
    polls: dict[str, set[date]] = defaultdict(set)
    standing = (
        select(col(Candidacy.person_id), col(Election.polling_date))
        .select_from(Candidacy)
        .join(Contest)
        .join(Election)
    )
    for person_id, polling_date in session.exec(standing):
        polls[person_id].add(polling_date)
    names = [*session.exec(select(Person.id, Person.name))]
    names += [*session.exec(select(PersonName.person_id, PersonName.name))]
    index: dict[tuple[str, ...], set[tuple[str, date]]] = defaultdict(set)
    for person_id, name in names:
        index[name_key(name)].update((person_id, day) for day in polls[person_id])
    return dict(index)
