"""Making one person of two, in every table that speaks of persons."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, case, delete, update
from sqlmodel import Session, SQLModel, col, select

from archive.batches import batches
from archive.contract import UnreadableSource
from db.models import Candidacy, Person, PersonName


def merge_persons(session: Session, keep_by_drop: Mapping[str, str]) -> None:
    """Point every row that is about a dropped person to the kept one, and remove the dropped.

    The names of a dropped person go with it: the caller gives them to the kept one. Kept persons must
    be stored, and no two may stand in one contest (`refuse_rivals`).
    """
    for drops in batches(keep_by_drop):
        session.exec(delete(PersonName).where(col(PersonName.person_id).in_(drops)))
        renamed = {drop: keep_by_drop[drop] for drop in drops}
        for column in _person_columns():
            changed = case(renamed, value=column)
            session.exec(update(column.table).where(column.in_(drops)).values({column.name: changed}))
        session.exec(delete(Person).where(col(Person.id).in_(drops)))


def _person_columns() -> Iterator[Column[str]]:
    """Every column that holds a person's id."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "person.id" for key in column.foreign_keys):
                yield column


def refuse_rivals(session: Session, keep_by_drop: Mapping[str, str]) -> None:
    """Raise UnreadableSource where two who are to be one stand in one contest: no id can make them one."""
    seen: dict[tuple[str, str], str] = {}
    for persons in batches(sorted({*keep_by_drop, *keep_by_drop.values()})):
        query = select(Candidacy.contest_id, Candidacy.person_id).where(col(Candidacy.person_id).in_(persons))
        for contest_id, person_id in session.exec(query):
            key = contest_id, keep_by_drop.get(person_id, person_id)
            if seen.setdefault(key, person_id) != person_id:
                raise UnreadableSource(
                    f"{seen[key]} and {person_id} are one person by the ids in this file, "
                    f"but both stand in {contest_id}"
                )
