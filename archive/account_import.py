"""Accounts from files into the archive, each given to the person whom its place in the file names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.account_claims import AccountFile, Claim, Owner
from archive.account_files import read_account_files
from archive.accounts import keep_accounts, shown
from archive.ballots.names import words
from archive.ballots.rows import AccountRow, Identifier
from archive.batches import batches
from archive.captures import keep_whole
from archive.persons import all_names
from db.engine import writing
from db.models import Person, PersonIdentifier, PersonName


@dataclass(frozen=True, slots=True)
class Told:
    """One place of a file of which a user should know."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class AccountImport:
    """What became of the accounts of a file: read = created + known + not known + refused."""

    format: str
    read: int
    created: int
    known: int
    """Were there already; what the file adds (owner, immutable id, handle) is added."""
    changed: int
    """Of the known."""
    not_known: tuple[Told, ...]
    """Their persons are not in the archive, or nothing says surely who they are."""
    refused: tuple[Told, ...]
    """Not a handle of the platform, or claimed by several persons."""

    def __str__(self) -> str:
        changed = f" ({self.changed:,} completed)" if self.changed else ""
        return (
            f"read {self.read:,} = created {self.created:,} + known {self.known:,}{changed}"
            f" + not known here {len(self.not_known):,} + refused {len(self.refused):,}"
        )


def import_accounts(engine: Engine, *paths: Path | str) -> list[AccountImport]:
    """Import accounts from files (docs/accounts.md); safe to repeat. One import a file, in their order.

    Raises UnreadableSource, with nothing stored, where a file is wrong as a whole.
    """
    files = read_account_files([Path(path) for path in paths])
    with writing(engine) as session:
        return [store_accounts(session, file) for file in files]


def store_accounts(session: Session, file: AccountFile) -> AccountImport:
    """Store the accounts of a file that was read, and the file's bytes."""
    keep_whole(session, Path(file.file).name, file.body, media_type=file.media_type, reader=file.format)
    people = _People(session, [claim.owner for claim in file.claims])
    owned = [(claim, people.find(claim.owner)) for claim in file.claims]
    owners: defaultdict[AccountRow, set[str]] = defaultdict(set)
    for claim, person_id in owned:
        if person_id is not None:
            owners[claim.account].add(person_id)
    tally = keep_accounts(session, owners, Path(file.file).name)
    given = [claim for claim, person_id in owned if person_id is not None]
    refused = [Told(one.place, one.reason) for one in file.unread]
    refused += [
        _told(claim, tally.refused[claim.account]) for claim in given if claim.account in tally.refused
    ]
    good = [claim.account for claim in given if claim.account not in tally.refused]
    created = len({*good} & tally.new)
    return AccountImport(
        format=file.format,
        read=len(file.claims) + len(file.unread),
        created=created,
        known=len(good) - created,
        changed=tally.changed,
        not_known=tuple(
            _told(claim, f"{claim.owner.label} is not known here")
            for claim, person_id in owned
            if person_id is None
        ),
        refused=tuple(refused),
    )


def _told(claim: Claim, what: str) -> Told:
    return Told(claim.place, f"{shown(claim.account)}: {what}")


class _People:
    """The archive's persons, as far as a file's owners may be among them."""

    def __init__(self, session: Session, owners: Sequence[Owner]) -> None:
        self._session = session
        stated = {one for owner in owners for one in (*owner.identifiers, *_as_identifier(owner.person_id))}
        self._by_identifier = self._read_identifiers(stated)
        self._ids = self._read_ids({owner.person_id for owner in owners if owner.person_id})
        self._by_name = self._read_names() if any(owner.names for owner in owners) else {}

    def find(self, owner: Owner) -> str | None:
        """The id of the person: by an id, else by full name where one person alone bears it."""
        if owner.person_id is not None:
            if owner.person_id in self._ids:
                return owner.person_id
            named = [self._by_identifier.get(one) for one in _as_identifier(owner.person_id)]
            return named[0] if named else None
        by_id = {self._by_identifier[one] for one in owner.identifiers if one in self._by_identifier}
        if by_id:
            return by_id.pop() if len(by_id) == 1 else None
        by_name = {person for name in owner.names for person in self._by_name.get(words(name), ())}
        if len(by_name) != 1:
            return None
        found = by_name.pop()
        return None if self._has_another_id(found, owner) else found

    def _has_another_id(self, person_id: str, owner: Owner) -> bool:
        """Whether a namesake's id of the same scheme is another one: then it is another person."""
        schemes = {one.scheme for one in owner.identifiers}
        query = select(PersonIdentifier).where(PersonIdentifier.person_id == person_id)
        return any(known.scheme in schemes for known in self._session.exec(query))

    def _read_identifiers(self, stated: Iterable[Identifier]) -> dict[Identifier, str]:
        wanted, found = set(stated), {}
        for values in batches(sorted({one.value for one in wanted})):
            query = select(PersonIdentifier).where(col(PersonIdentifier.value).in_(values))
            for row in self._session.exec(query):
                if Identifier(row.scheme, row.value) in wanted:
                    found[Identifier(row.scheme, row.value)] = row.person_id
        return found

    def _read_ids(self, wanted: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for ids in batches(sorted(wanted)):
            found.update(self._session.exec(select(Person.id).where(col(Person.id).in_(ids))))
        return found

    def _read_names(self) -> dict[tuple[str, ...], set[str]]:
        found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for person in self._session.exec(select(Person)):
            for name in all_names(person.name, (), person.given_name, person.family_name):
                found[words(name)].add(person.id)
        for other in self._session.exec(select(PersonName)):
            found[words(other.name)].add(other.person_id)
        found.pop((), None)
        return found


def _as_identifier(person_id: str | None) -> tuple[Identifier, ...]:
    """An id such as `dc:143`, also of a person whose id in the archive is another one."""
    scheme, sign, value = (person_id or "").partition(":")
    return (Identifier(scheme, value),) if sign else ()
