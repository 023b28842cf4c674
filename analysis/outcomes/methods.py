"""The methods that have read the archive's statements, and whose readings are shown where several have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from analysis.outcomes.errors import UnreadMethod
from analysis.sentiment import DEFAULT_SCORER, known_methods
from db.models import Rating, Reading


@dataclass(frozen=True, slots=True)
class ReadMethod:
    """One method that has read statements of the archive."""

    method: str
    """Of the whole reading: text, language, targets, sentiment, kinds."""
    sentiment: str
    """Of the sentiment alone, with its version; of the whole where nothing was scored."""
    statements: int
    read_at: datetime
    """When it last read one."""

    @property
    def name(self) -> str:
        """The sentiment method's name, as `--method` knows it, without its version."""
        named = (one for one in known_methods() if _is_version(self.sentiment, one))
        return max(named, key=len, default=self.sentiment)


def _is_version(sentiment: str, name: str) -> bool:
    return sentiment.startswith(name) and not sentiment[len(name) : len(name) + 1].isalnum()


def read_methods(session: Session) -> list[ReadMethod]:
    """Every method that has read a statement, the newest first."""
    query = select(Reading.method, func.count(), func.max(Reading.read_at)).group_by(Reading.method)
    found = [
        ReadMethod(method, _sentiment_of(session, method), count, read_at)
        for method, count, read_at in session.exec(query)
    ]
    return sorted(found, key=lambda one: (one.read_at, one.method), reverse=True)


def _sentiment_of(session: Session, method: str) -> str:
    query = select(Rating.method).join(Reading, col(Reading.id) == col(Rating.reading_id))
    return session.exec(query.where(Reading.method == method).limit(1)).first() or method


def chosen_method(methods: Sequence[ReadMethod], name: str | None) -> ReadMethod | None:
    """The method whose readings are shown; None where nothing was read.

    `name`: a sentiment method with or without its version, or the method of whole readings; of several
    that fit, the newest. Without it: the default method, else the one that read last.
    Raises UnreadMethod, which names those that have read something.
    """
    if name is None:
        return next((one for one in methods if one.name == DEFAULT_SCORER), methods[0] if methods else None)
    for one in methods:
        if name in (one.method, one.sentiment, one.name):
            return one
    read = ", ".join(dict.fromkeys(f"{one.sentiment} ({one.statements:,} statements)" for one in methods))
    raise UnreadMethod(f"no statement was read by the method {name!r}; read by: {read or 'none'}")


def side_by_side(methods: Sequence[ReadMethod], chosen: ReadMethod | None) -> list[ReadMethod]:
    """The newest readings of each sentiment method; of the chosen one, those that were chosen."""
    return list(_newest([*([chosen] if chosen else []), *methods]))


def _newest(methods: Sequence[ReadMethod]) -> Iterator[ReadMethod]:
    seen: set[str] = set()
    for one in methods:
        if one.sentiment not in seen:
            seen.add(one.sentiment)
            yield one
