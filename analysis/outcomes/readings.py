"""Reading what a method found in statements from the database, many statements at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from analysis.contract import (
    AccusationType,
    Basis,
    Kind,
    KindName,
    Label,
    LeftOut,
    Reading,
    Scope,
    Sentiment,
    Strength,
    Target,
    TargetType,
    Unscored,
)
from analysis.reviews import decisions_on, reviewed
from db import models


def readings_of(
    session: Session, statements: Sequence[int], *, method: str | None = None, as_found: bool = False
) -> dict[int, Reading]:
    """Statement id -> its reading by `method`, or by the newest method where None is named.

    What people decided lies over it, unless it is wanted `as_found`: to measure the program alone.
    A reading of a text that was edited since is left out: its places would be wrong.
    """
    chosen = _chosen(session, statements, method)
    ids = [row.id for row in chosen.values()]
    targets = _targets(session, ids)
    ratings = _ratings(session, ids)
    kinds = _kinds(session, ids, targets)
    found = {
        statement: _reading(row, targets.get(row.id, {}), ratings, kinds.get(row.id, []))
        for statement, row in chosen.items()
    }
    decisions = {} if as_found else decisions_on(session, list(found))
    return found | {statement: reviewed(found[statement], made) for statement, made in decisions.items()}


def _chosen(session: Session, statements: Sequence[int], method: str | None) -> dict[int, Row[Any]]:
    reading = models.Reading
    query = (
        select(
            *(col(reading.id), col(reading.statement_id), col(reading.method)),
            *(col(reading.lang), col(reading.lang_confidence), col(reading.unscored)),
            *(col(reading.languages), col(reading.left_out)),
        )
        .join(models.Statement, col(models.Statement.id) == col(reading.statement_id))
        .where(col(reading.statement_id).in_(statements))
        .where(col(reading.text_sha256) == col(models.Statement.text_sha256))
        .order_by(col(reading.read_at), col(reading.id))
    )
    if method is not None:
        query = query.where(col(reading.method) == method)
    return {row.statement_id: row for row in session.execute(query)}


def _targets(session: Session, readings: Sequence[int]) -> dict[int, dict[int, Target]]:
    """Reading id -> target id -> target, in the order in which they were found."""
    columns = models.Target.__table__.columns  # type: ignore[attr-defined]
    query = (
        select(*columns).where(col(models.Target.reading_id).in_(readings)).order_by(col(models.Target.id))
    )
    found: defaultdict[int, dict[int, Target]] = defaultdict(dict)
    for row in session.execute(query):
        found[row.reading_id][row.id] = Target(
            start=row.start_at,
            end=row.end_at,
            mention=row.mention,
            who=row.who,
            type=TargetType(row.type),
            basis=Basis(row.basis),
            confidence=row.confidence,
            person_id=row.person_id,
            party_id=row.party_id,
            candidates=tuple(row.candidates),
        )
    return found


def _ratings(session: Session, readings: Sequence[int]) -> dict[tuple[int, int | None], Sentiment]:
    """(Reading id, target id or None for the whole text) -> sentiment."""
    rating = models.Rating
    query = select(
        *(col(rating.reading_id), col(rating.target_id), col(rating.score)),
        *(col(rating.label), col(rating.confidence), col(rating.method)),
    ).where(col(rating.reading_id).in_(readings))
    return {
        (row.reading_id, row.target_id): Sentiment(row.score, Label(row.label), row.confidence, row.method)
        for row in session.execute(query)
    }


def _kinds(
    session: Session, readings: Sequence[int], targets: Mapping[int, Mapping[int, Target]]
) -> dict[int, list[Kind]]:
    about = _kind_targets(session, readings)
    columns = models.Kind.__table__.columns  # type: ignore[attr-defined]
    query = select(*columns).where(col(models.Kind.reading_id).in_(readings)).order_by(col(models.Kind.id))
    found: defaultdict[int, list[Kind]] = defaultdict(list)
    for row in session.execute(query):
        places = {target: place for place, target in enumerate(targets.get(row.reading_id, ()))}
        found[row.reading_id].append(_kind(row, (places[target] for target in about[row.id])))
    return found


def _kind_targets(session: Session, readings: Sequence[int]) -> defaultdict[int, list[int]]:
    query = (
        select(col(models.KindTarget.kind_id), col(models.KindTarget.target_id))
        .join(models.Kind, col(models.Kind.id) == col(models.KindTarget.kind_id))
        .where(col(models.Kind.reading_id).in_(readings))
        .order_by(col(models.KindTarget.target_id))
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for kind, target in session.execute(query):
        found[kind].append(target)
    return found


def _kind(row: Row[Any], targets: Iterable[int]) -> Kind:
    return Kind(
        kind=KindName(row.kind),
        start=row.start_at,
        end=row.end_at,
        confidence=row.confidence,
        method=row.method,
        strength=Strength(row.strength) if row.strength else None,
        scope=Scope(row.scope) if row.scope else None,
        types=tuple(AccusationType(word) for word in row.types),
        incivility=row.incivility,
        targets=tuple(targets),
    )


def _reading(
    row: Row[Any],
    targets: Mapping[int, Target],
    ratings: Mapping[tuple[int, int | None], Sentiment],
    kinds: Sequence[Kind],
) -> Reading:
    return Reading(
        id=str(row.statement_id),
        method=row.method,
        lang=row.lang,
        lang_confidence=row.lang_confidence,
        unscored=Unscored(row.unscored) if row.unscored else None,
        sentiment=ratings.get((row.id, None)),
        kinds=tuple(kinds),
        targets=tuple(targets.values()),
        toward=tuple(ratings.get((row.id, target)) for target in targets),
        languages=tuple(row.languages),
        left_out=tuple(LeftOut(*part) for part in row.left_out),
    )
