"""What waits for a reviewer: the findings of statements that nobody has looked at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlmodel import Session

from analysis.contract import Kind, KindName, Target
from analysis.outcomes import FoundStatement, statements_with_findings


@dataclass(frozen=True, slots=True)
class Pending:
    """One finding of one statement; exactly one of `kind` and `target` is there."""

    statement: FoundStatement
    kind: Kind | None = None
    target: Target | None = None


def pending(
    session: Session,
    *,
    kinds: Collection[KindName],
    targets: bool = False,
    election: str | None = None,
    contest: str | None = None,
    method: str | None = None,
    also_reviewed: bool = False,
) -> Iterator[Pending]:
    """The findings of these kinds (and the targets, if asked for), a statement once, as stored.

    Raises UnknownElection, UnknownContest.
    """
    last = None
    for statement in statements_with_findings(session, election=election, contest=contest, method=method):
        if statement.id == last or statement.reading is None:
            continue
        last = statement.id
        for kind in statement.reading.kinds:
            if kind.kind in kinds and (also_reviewed or kind.reviewed is None):
                yield Pending(statement, kind=kind)
        for found in statement.targets if targets else ():
            if also_reviewed or found.target.reviewed is None:
                yield Pending(statement, target=found.target)
