"""What a file says of whose accounts are whose: claims, and places that cannot be read."""

from dataclasses import dataclass

from archive.ballots.rows import AccountRow, Identifier


@dataclass(frozen=True, slots=True)
class Owner:
    """The person whom a place of a file names."""

    label: str
    """As the file names the person, for messages."""
    person_id: str | None = None
    """Id in the archive, where the file gives that."""
    identifiers: tuple[Identifier, ...] = ()
    names: tuple[str, ...] = ()
    """Full names, any of which may be the archive's."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One account that is said to be a person's."""

    place: str
    """Where in the file: `row 7`, `line 12`."""
    owner: Owner
    account: AccountRow


@dataclass(frozen=True, slots=True)
class Unread:
    """One place that should name an account and does not."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountFile:
    """A whole file, read."""

    file: str
    format: str
    media_type: str
    body: bytes
    claims: tuple[Claim, ...]
    unread: tuple[Unread, ...]
