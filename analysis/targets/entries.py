"""What a name in a text can stand for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from analysis.contract import Basis, TargetType


class Rule(StrEnum):
    """When a spelling counts as the name (the `rule` column of the tables)."""

    ANY = "any"  # in any case
    CAPITAL = "capital"  # only with a capital letter
    EXACT = "exact"  # an abbreviation: only as it is spelled
    CUE = "cue"  # an everyday word: only with a capital letter and a cue beside it


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of a party, government, institution, medium or group."""

    who: str
    type: TargetType
    rule: Rule
    basis: Basis
    country: str = ""
    """Empty: anywhere."""
    valid_from: date | None = None
    valid_to: date | None = None
    party_id: str | None = None
    spelling: str = ""
    """For `exact`: how it must be spelled."""


@dataclass(frozen=True, slots=True)
class OfficeTitle:
    """A way to name whoever holds an office."""

    office: str
    country: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class HolderName:
    """The full name, or only the surname, of somebody who held an office."""

    name: str
    surname_only: bool


@dataclass(frozen=True, slots=True)
class RosterName:
    """The full name, or only the surname, of persons in the roster."""

    persons: tuple[int, ...]
    """Indexes into the roster's persons."""
    surname_only: bool


Entry = Alias | OfficeTitle | HolderName | RosterName
