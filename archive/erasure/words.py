"""The texts of what is forgotten, and those that stay: what the two have in common is no trace."""

from collections.abc import Collection, Iterator

from sqlmodel import Session, SQLModel, col, select

from archive.batches import batches
from archive.erasure.subjects import Subjects
from archive.erasure.sweeping import How, rules, texts_of
from db.models import Account, AccountHandle, Statement, StatementVersion

AT_ONCE = 5_000


def removed_texts(session: Session, subjects: Subjects) -> set[str]:
    """Texts and earlier texts of statements, names of their authors in the source, handles, display names."""
    found: set[str | None] = set()
    for ids in batches(sorted(subjects.statements)):
        own = select(Statement.text, Statement.attribution_text, Statement.quoted)
        for row in session.exec(own.where(col(Statement.id).in_(ids))):
            found.update(row)
        earlier = select(StatementVersion.text).where(col(StatementVersion.statement_id).in_(ids))
        found.update(session.exec(earlier).all())
    for ids in batches(sorted(subjects.accounts)):
        names = select(Account.display_name).where(col(Account.id).in_(ids))
        found.update(session.exec(names).all())
    found.update(handle for _, handle in handles_of(session, subjects.accounts))
    return {one for one in found if one}


def handles_of(session: Session, accounts: Collection[int]) -> set[tuple[str, str]]:
    """Platform and every handle that accounts have or had, as written and as compared."""
    found: set[tuple[str, str]] = set()
    for ids in batches(sorted(accounts)):
        query = select(Account.platform, AccountHandle.handle, AccountHandle.handle_key).join(AccountHandle)
        for platform, handle, key in session.exec(query.where(col(Account.id).in_(ids))):
            found |= {(platform, handle), (platform, key)}
    return found


def kept_texts(session: Session) -> Iterator[str]:
    """Every text that stays as it is, once what is forgotten is gone: columns.tsv says which these are."""
    for table in SQLModel.metadata.sorted_tables:
        for column in texts_of(table):
            if rules()[f"{table.name}.{column.name}"] is How.KEPT:
                query = select(column).where(column.is_not(None))
                with session.execute(query.execution_options(yield_per=AT_ONCE)).scalars() as texts:
                    yield from texts
