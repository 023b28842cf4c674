"""Tombstones: what tells a forgotten post or account when it comes again, and does not say which it was."""

import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from archive.batches import batches
from archive.erasure.gone import Gone
from db.models import Erasure, Tombstone

SALT_BYTES = 32


class Of(StrEnum):
    """What a tombstone stands for."""

    POST = "post"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Fact:
    """What a retention policy keeps of a post that it forgot."""

    platform: str
    person_id: str | None
    state: str
    observed_at: datetime


def salt_of(session: Session) -> str | None:
    """The archive's salt; None where nothing was ever forgotten."""
    return session.exec(select(Erasure.salt).order_by(col(Erasure.id)).limit(1)).first()


def new_salt() -> str:
    """A salt that nobody can guess."""
    return secrets.token_hex(SALT_BYTES)


def digest_of(salt: str, of: Of, platform: str, platform_id: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of kind, platform and the platform's id, hexadecimal.

    Ids of platforms can be tried one after another by whoever has the salt: it hides them from readers, not
    from an owner of the archive who looks for one that he knows.
    """
    told = "\0".join((of, platform, platform_id)).encode("utf-8", "surrogatepass")
    return hmac.digest(bytes.fromhex(salt), told, "sha256").hex()


def keep_tombstones(
    session: Session,
    erasure: Erasure,
    of: Of,
    ids: Collection[tuple[str, str]],
    facts: Mapping[tuple[str, str], Fact] | None = None,
) -> None:
    """Set a stone for each (platform, id) that has none; `facts`: what is kept of it."""
    told = facts or {}
    stones = {digest_of(erasure.salt, of, *one): one for one in ids}
    there = known_digests(session, stones)
    rows = [
        {"digest": digest, "erasure_id": erasure.id, **_columns(told.get(one))}
        for digest, one in sorted(stones.items())
        if digest not in there
    ]
    if rows:
        session.execute(insert(Tombstone).execution_options(render_nulls=True), rows)


def drop_facts(session: Session, persons: Collection[str]) -> None:
    """Keep nothing of what policies forgot of these persons but the stones themselves."""
    for some in batches(sorted(persons)):
        theirs = update(Tombstone).where(col(Tombstone.person_id).in_(some))
        session.execute(theirs.values(_columns(None)))


def _columns(fact: Fact | None) -> dict[str, object]:
    if fact is None:
        return {"platform": None, "person_id": None, "state": None, "observed_at": None}
    return {
        "platform": fact.platform,
        "person_id": fact.person_id,
        "state": fact.state,
        "observed_at": fact.observed_at,
    }


def known_digests(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of the digests that are a stone's."""
    found: set[str] = set()
    for some in batches(sorted(digests)):
        found.update(session.exec(select(Tombstone.digest).where(col(Tombstone.digest).in_(some))))
    return found


LONGEST_ID = 512
"""Characters of a platform's id: what is longer, or has a space, is a text."""


@dataclass(slots=True)
class Stones:
    """The stones as they stand now, all read at once. Empty and quick where nothing was forgotten."""

    session: Session
    _salt: str | None = field(init=False)
    _digests: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._salt = salt_of(self.session)
        found = self.session.exec(select(Tombstone.digest)) if self._salt is not None else ()
        self._digests = frozenset(found)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def has(self, of: Of, platform: str, platform_id: str) -> bool:
        """Whether that post or account was forgotten."""
        if self._salt is None or len(platform_id) > LONGEST_ID or " " in platform_id:
            return False
        return digest_of(self._salt, of, platform, platform_id) in self._digests

    def gone(self) -> Gone:
        """What was forgotten, to be asked about by what pages say. No handle was kept: none is known."""
        return Gone(
            is_post=lambda platform, one: self.has(Of.POST, platform, one),
            is_account=lambda platform, one: self.has(Of.ACCOUNT, platform, one),
            is_handle=lambda platform, one: False,
        )
