"""Forgetting: what is asked for goes in one transaction; then the file is written anew without its traces.

A forget that is killed before its transaction ends has done nothing; one that is killed behind it is
finished by the next run.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.batches import batches
from archive.erasure.captures import CaptureWork, Changed, Forgotten
from archive.erasure.deleting import delete_accounts, delete_statements, release_statements
from archive.erasure.gone import gone_of
from archive.erasure.runs import Runs
from archive.erasure.subjects import Subjects, ids_of, whole
from archive.erasure.sweeping import sweep
from archive.erasure.tombstones import Fact, Of, drop_facts, keep_tombstones, new_salt, salt_of
from archive.erasure.words import handles_of, kept_texts, removed_texts
from db.engine import writing
from db.models import Account, Erasure, now
from db.scrubbing import scrub
from db.words import ErasureSubject

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Why something is forgotten, and what is kept of it."""

    subject: ErasureSubject
    reason: str | None = None
    facts: Mapping[tuple[str, str], Fact] = field(default_factory=dict)
    """Platform and id of a post -> the dated fact that stays of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What went, or would go."""

    statements: int = 0
    accounts: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    """Table -> rows that hung on them."""
    rewritten: int = 0
    emptied: int = 0
    erased: int = 0
    lost: int = 0
    """Posts that stay, whose page could not be cut without touching them: their page is gone."""
    swept: int = 0
    """Texts and rows of others out of which traces were taken."""
    unchecked: tuple[int, ...] = ()
    """Captures whose bytes are damaged, so that nobody knows what they hold."""

    def __str__(self) -> str:
        rows = ", ".join(f"{count:,} {table}" for table, count in sorted(self.rows.items()) if count)
        lost = f" ({self.lost:,} posts of others stay without their page)" if self.lost else ""
        damaged = f"; {len(self.unchecked):,} damaged captures were not looked into" if self.unchecked else ""
        return (
            f"{self.statements:,} statements, {self.accounts:,} accounts; captures: {self.rewritten:,}"
            f" rewritten, {self.emptied:,} emptied, {self.erased:,} erased{lost}; rows: {rows or 'none'};"
            f" {self.swept:,} traces elsewhere{damaged}"
        )


def forget(
    engine: Engine,
    subjects: Subjects,
    asked: Asked,
    *,
    dry_run: bool = False,
    progress: Tell = lambda done, total: None,
) -> Outcome:
    """Forget statements and accounts everywhere. `dry_run`: say what would go, and change nothing.

    Rows, captures and tombstones change in one transaction; `finish` must follow. Raises BusyDatabase,
    FullDisk: nothing has changed then.
    """
    with writing(engine) as session:
        if not dry_run:
            return _forget(session, subjects, asked, progress)
        trial = session.begin_nested()
        outcome = _forget(session, subjects, asked, progress)
        trial.rollback()
        return outcome


def unfinished(engine: Engine) -> int:
    """How many erasures were begun whose traces may still be in the file."""
    with Session(engine) as session:
        return len(session.exec(select(Erasure.id).where(col(Erasure.finished_at).is_(None))).all())


def finish(engine: Engine) -> None:
    """Take the traces of all erasures out of the database. Raises BusyDatabase, FullDisk: run it again."""
    with Session(engine) as session:
        query = select(Erasure.id).where(col(Erasure.finished_at).is_(None))
        ids = [one for one in session.exec(query) if one is not None]
    if not ids:
        return
    scrub(engine)
    with writing(engine) as session:
        for one in ids:
            session.get_one(Erasure, one).finished_at = now()


def _forget(session: Session, subjects: Subjects, asked: Asked, progress: Tell) -> Outcome:
    persons = subjects.persons
    subjects = whole(session, subjects.statements, subjects.accounts)  # what came since they were found
    erasure = Erasure(subject=asked.subject, reason=asked.reason, salt=salt_of(session) or new_salt())
    session.add(erasure)
    session.flush()
    assert erasure.id is not None  # given by the database
    erasure_id = erasure.id
    posts, accounts = ids_of(session, subjects.statements), _platform_ids(session, subjects)
    handles = handles_of(session, subjects.accounts)
    removed = removed_texts(session, subjects)
    keep_tombstones(session, erasure, Of.POST, posts, asked.facts)
    keep_tombstones(session, erasure, Of.ACCOUNT, accounts)
    drop_facts(session, persons)
    work = CaptureWork(session, subjects.statements, frozenset(one for _, one in posts))
    rows = delete_statements(session, subjects.statements)
    release_statements(session, subjects.accounts)
    rows += delete_accounts(session, subjects.accounts)
    forgotten = Forgotten(
        gone=gone_of(posts, accounts, handles),
        runs=Runs(removed, kept_texts(session)),
        names=frozenset(accounts | handles),
    )
    changed = work.run(forgotten, erasure_id, progress)
    swept = sweep(session, forgotten.runs)
    outcome = _outcome(rows, changed, swept)
    session.get_one(Erasure, erasure_id).counts = _counts(outcome)
    return outcome


def _platform_ids(session: Session, subjects: Subjects) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for ids in batches(sorted(subjects.accounts)):
        query = select(Account.platform, Account.platform_id).where(col(Account.id).in_(ids))
        found.update((platform, one) for platform, one in session.exec(query) if one is not None)
    return found


def _outcome(rows: Counter[str], changed: Changed, swept: int) -> Outcome:
    return Outcome(
        statements=rows.pop("statement", 0),
        accounts=rows.pop("account", 0),
        rows=dict(rows),
        rewritten=changed.rewritten,
        emptied=changed.emptied,
        erased=changed.erased,
        lost=changed.lost,
        swept=swept,
        unchecked=tuple(changed.unchecked),
    )


def _counts(outcome: Outcome) -> dict[str, int]:
    names = ("statements", "accounts", "rewritten", "emptied", "erased", "lost", "swept")
    return {name: getattr(outcome, name) for name in names}
