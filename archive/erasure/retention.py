"""Retention: what platforms' terms want forgotten, by a table that everybody can check."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from archive.batches import batches
from archive.erasure.subjects import whole
from archive.erasure.tombstones import Fact
from archive.recheck.deciding import APART
from db.errors import Refusal
from db.models import Observation, Statement
from db.words import State

POLICIES = "policies.tsv"
HEADER = ("platform", "state", "hours", "because")
ANY = "*"
KEEP = "keep"

GONE = frozenset({State.DELETED, State.DEACTIVATED, State.SUSPENDED, State.PROTECTED, State.NOT_FOUND})
"""States that a policy may speak of."""


class WrongPolicies(Refusal):
    """A table of policies cannot be read; the message names the row, and what would do."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of statements of one platform of which one state was observed."""

    platform: str
    state: State
    within: timedelta | None
    """Of the observation; None: they stay."""
    because: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A statement of which a state was observed last, or whose account's state was."""

    statement_id: int
    platform: str
    post_id: str
    person_id: str | None
    state: State
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What policies want forgotten."""

    statements: frozenset[int] = field(default_factory=frozenset)
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)
    """Platform and id -> the dated fact that stays."""
    by_policy: dict[Policy, int] = field(default_factory=dict)
    late: int = 0
    """Of the statements: those whose time had run out before."""


def read_policies(path: Path | None = None) -> tuple[Policy, ...]:
    """The policies of a file; ours without one. Raises WrongPolicies, naming the row."""
    name = str(path or POLICIES)
    try:
        source = path or files("archive.erasure").joinpath(POLICIES)
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongPolicies(f"{name} cannot be read: {error}") from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    rows = [(number, line.split("\t")) for number, line in lines if not line.startswith("#")]
    if not rows or tuple(rows[0][1]) != HEADER:
        raise WrongPolicies(f"{name}: its first row is {', '.join(HEADER)}, with tabs between")
    found = [_policy(f"{name}, line {number}", cells) for number, cells in rows[1:]]
    if len({(one.platform, one.state) for one in found}) != len(found):
        raise WrongPolicies(f"{name}: a platform and state stand there twice")
    return tuple(found)


def _policy(place: str, cells: Sequence[str]) -> Policy:
    if len(cells) != len(HEADER) or not all(cell.strip() for cell in cells):
        raise WrongPolicies(f"{place}: {len(HEADER)} cells are needed: {', '.join(HEADER)}")
    platform, state, hours, because = (cell.strip() for cell in cells)
    if state not in GONE:
        raise WrongPolicies(f"{place}: {state!r} is no state: known are {', '.join(sorted(GONE))}")
    if hours != KEEP and not (hours.isascii() and hours.isdigit() and len(hours) < 7):
        raise WrongPolicies(f"{place}: hours are a whole number, or {KEEP}, not {hours!r}")
    within = None if hours == KEEP else timedelta(hours=int(hours))
    return Policy(platform, State(state), within, because)


def find_due(session: Session, policies: Sequence[Policy], *, now: datetime) -> Due:
    """What is to be forgotten now. Nothing waits for its time to run out: each run takes what it finds."""
    by_key = {(one.platform, one.state): one for one in policies}
    statements: set[int] = set()
    facts: dict[tuple[str, str], Fact] = {}
    counted: defaultdict[Policy, int] = defaultdict(int)
    late = 0
    for seen in gone_since(session):
        policy = by_key.get((seen.platform, seen.state)) or by_key.get((ANY, seen.state))
        if policy is None or policy.within is None or seen.statement_id in statements:
            continue
        statements.add(seen.statement_id)
        fact = Fact(seen.platform, seen.person_id, seen.state, seen.observed_at)
        facts[seen.platform, seen.post_id] = fact
        counted[policy] += 1
        late += now - seen.observed_at > policy.within
    return Due(whole(session, statements).statements, facts, dict(counted), late)


def gone_since(session: Session, since: datetime | None = None) -> Iterator[Seen]:
    """Statements that are gone where they stood, by the newest observation of them or of their account.

    `since`: only observations from then on. What a policy may act on is what was observed as `deleted` and
    the like: how an observation comes to be one, archive.recheck decides.
    """
    for seen in _of_statements(session):
        if since is None or seen.observed_at >= since:
            yield seen
    for seen in _of_accounts(session):
        if since is None or seen.observed_at >= since:
            yield seen


def _of_statements(session: Session) -> list[Seen]:
    query = (
        select(Statement, Observation)
        .join(Observation, col(Observation.statement_id) == col(Statement.id))
        .where(
            col(Observation.id).in_(_newest(col(Observation.statement_id))),
            Observation.state == State.DELETED,  # which alone is stated after two checks
        )
    )
    return [_seen(statement, observation) for statement, observation in session.exec(query)]


def _of_accounts(session: Session) -> Iterator[Seen]:
    query = select(Observation).where(
        col(Observation.id).in_(_newest(col(Observation.account_id))), col(Observation.state).in_(GONE)
    )
    by_account = {one.account_id: one for one in session.exec(query) if _is_sure(session, one)}
    for ids in batches(sorted(one for one in by_account if one is not None)):
        for statement in session.exec(select(Statement).where(col(Statement.account_id).in_(ids))):
            yield _seen(statement, by_account[statement.account_id])


def _is_sure(session: Session, last: Observation) -> bool:
    """Whether an account was seen in one state twice, hours apart, and in no other between: what is forgotten
    cannot be brought back, and one answer may be wrong.
    """
    same = select(Observation).where(Observation.account_id == last.account_id)
    for earlier in session.exec(same.order_by(col(Observation.id).desc())):
        if earlier.state != last.state:
            return False
        if last.observed_at - earlier.observed_at >= APART:
            return True
    return False


def _newest(subject: Any) -> SelectOfScalar[int | None]:
    """The number of the newest observation of each subject: they are written in the order of time."""
    newest = select(func.max(Observation.id)).where(subject.is_not(None))
    return newest.group_by(subject)


def _seen(statement: Statement, observation: Observation) -> Seen:
    assert statement.id is not None  # stored
    return Seen(
        statement.id,
        statement.platform,
        statement.post_id,
        statement.person_id,
        State(observation.state),
        observation.observed_at,
    )
