"""The person or party that a reviewer names as a target, looked up in the archive."""

from dataclasses import replace

from sqlmodel import Session

from analysis.contract import TargetType
from analysis.reviews.deciding import TargetChange
from analysis.reviews.decisions import ReviewRefused
from db.models import Party, Person


def completed(session: Session, change: TargetChange) -> TargetChange:
    """The change with the name and type of the person or party that it links to, where it says neither.

    Raises ReviewRefused for a person or party that the archive does not hold.
    """
    person, party = change.person_id, change.party_id
    if not (person or party):
        return change
    named = session.get(Person, person) if person else session.get(Party, party)
    if named is None:
        raise ReviewRefused(f"there is no {person or party} in the archive (hustings roster import)")
    type_ = TargetType.PERSON if person else TargetType.PARTY
    return replace(change, who=change.who or named.name, type=change.type or type_)
