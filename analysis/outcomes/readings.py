"""Reading what a method found in statements from the database, many statements at a time."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Text, cast, select
from sqlmodel import Session

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
from db.rows import among, table_of

STATEMENTS, READINGS = table_of(models.Statement), table_of(models.Reading)
TARGETS, RATINGS = table_of(models.Target), table_of(models.Rating)
KINDS, ABOUT = table_of(models.Kind), table_of(models.KindTarget)

# A word of the database -> its member, looked up once: an unknown one raises ValueError.
_label, _basis, _target_type, _kind_name = cache(Label), cache(Basis), cache(TargetType), cache(KindName)
_strength, _scope, _accusation = cache(Strength), cache(Scope), cache(AccusationType)

NOTHING = "[]"
"""An empty list in a JSON column: most are."""


def readings_of(
    session: Session, statements: Sequence[int], *, method: str | None = None, as_found: bool = False
) -> dict[int, Reading]:
    """Statement id -> its reading by `method`, or by the newest method where None is named.

    What people decided lies over it, unless it is wanted `as_found`: to measure the program alone.
    A reading of a text that was edited since is left out: its places would be wrong.
    """
    if not statements:
        return {}
    chosen = _chosen(session, statements, method)
    ids = [row[0] for row in chosen.values()]
    targets = _targets(session, ids)
    ratings = _ratings(session, ids)
    kinds = _kinds(session, ids, targets)
    found = {
        statement: _reading(row, targets.get(row[0], {}), ratings, kinds.get(row[0], ()))
        for statement, row in chosen.items()
    }
    decisions = {} if as_found else decisions_on(session, list(found))
    return found | {statement: reviewed(found[statement], made) for statement, made in decisions.items()}


def _chosen(session: Session, statements: Sequence[int], method: str | None) -> dict[int, Sequence[Any]]:
    """Statement id -> the row of its reading: id, statement, then as `_reading` unpacks it."""
    query = (
        select(
            *(
                READINGS.c.id,
                READINGS.c.statement_id,
                READINGS.c.method,
                READINGS.c.lang,
                READINGS.c.lang_confidence,
            ),
            *(READINGS.c.unscored, cast(READINGS.c.languages, Text), cast(READINGS.c.left_out, Text)),
        )
        .join(STATEMENTS, STATEMENTS.c.id == READINGS.c.statement_id)
        .where(among(READINGS.c.statement_id, statements))
        .where(READINGS.c.text_sha256 == STATEMENTS.c.text_sha256)
        .order_by(READINGS.c.read_at, READINGS.c.id)
    )
    if method is not None:
        query = query.where(READINGS.c.method == method)
    return {row[1]: row for row in session.execute(query).all()}


def _targets(session: Session, readings: Collection[int]) -> dict[int, dict[int, Target]]:
    """Reading id -> target id -> target, in the order in which they were found."""
    query = (
        select(
            *(
                TARGETS.c.reading_id,
                TARGETS.c.id,
                TARGETS.c.start_at,
                TARGETS.c.end_at,
                TARGETS.c.mention,
                TARGETS.c.who,
            ),
            *(TARGETS.c.type, TARGETS.c.basis, TARGETS.c.confidence, TARGETS.c.person_id, TARGETS.c.party_id),
            cast(TARGETS.c.candidates, Text),
        )
        .where(among(TARGETS.c.reading_id, readings))
        .order_by(TARGETS.c.id)
    )
    found: defaultdict[int, dict[int, Target]] = defaultdict(dict)
    rows = session.execute(query).all()
    for reading, id_, start, end, mention, who, type_, basis, confidence, person, party, fitting in rows:
        found[reading][id_] = Target(
            *(start, end, mention, who, _target_type(type_), _basis(basis), confidence, person),
            party_id=party,
            candidates=() if fitting == NOTHING else tuple(json.loads(fitting)),
        )
    return found


def _ratings(session: Session, readings: Collection[int]) -> dict[tuple[int, int | None], Sentiment]:
    """(Reading id, target id or None for the whole text) -> sentiment."""
    query = select(
        *(
            RATINGS.c.reading_id,
            RATINGS.c.target_id,
            RATINGS.c.score,
            RATINGS.c.label,
            RATINGS.c.confidence,
            RATINGS.c.method,
        )
    ).where(among(RATINGS.c.reading_id, readings))
    return {
        (reading, target): Sentiment(score, _label(label), confidence, method)
        for reading, target, score, label, confidence, method in session.execute(query).all()
    }


def _kinds(
    session: Session, readings: Collection[int], targets: Mapping[int, Mapping[int, Target]]
) -> dict[int, list[Kind]]:
    about = _kind_targets(session, readings, targets)
    query = (
        select(
            *(
                KINDS.c.reading_id,
                KINDS.c.id,
                KINDS.c.kind,
                KINDS.c.start_at,
                KINDS.c.end_at,
                KINDS.c.confidence,
                KINDS.c.method,
            ),
            *(KINDS.c.strength, KINDS.c.scope, cast(KINDS.c.types, Text), KINDS.c.incivility),
        )
        .where(among(KINDS.c.reading_id, readings))
        .order_by(KINDS.c.id)
    )
    found: defaultdict[int, list[Kind]] = defaultdict(list)
    rows = session.execute(query).all()
    for reading, id_, name, start, end, confidence, method, strength, scope, types, uncivil in rows:
        kind = Kind(
            *(_kind_name(name), start, end, confidence, method),
            strength=_strength(strength) if strength else None,
            scope=_scope(scope) if scope else None,
            types=() if types == NOTHING else tuple(map(_accusation, json.loads(types))),
            incivility=uncivil,
            targets=tuple(about.get(id_, ())),
        )
        found[reading].append(kind)
    return found


def _kind_targets(
    session: Session, readings: Collection[int], targets: Mapping[int, Mapping[int, Target]]
) -> dict[int, list[int]]:
    """Kind id -> the places, among the targets of its reading, of those that it is about."""
    query = (
        select(ABOUT.c.kind_id, ABOUT.c.target_id)
        .join(KINDS, KINDS.c.id == ABOUT.c.kind_id)
        .where(among(KINDS.c.reading_id, readings))
        .order_by(ABOUT.c.target_id)
    )
    places = {target: place for found in targets.values() for place, target in enumerate(found)}
    about: defaultdict[int, list[int]] = defaultdict(list)
    for kind, target in session.execute(query).all():
        about[kind].append(places[target])
    return about


def _reading(
    row: Sequence[Any],
    targets: Mapping[int, Target],
    ratings: Mapping[tuple[int, int | None], Sentiment],
    kinds: Sequence[Kind],
) -> Reading:
    id_, statement, method, lang, lang_confidence, unscored, languages, left_out = row
    return Reading(
        id=str(statement),
        method=method,
        lang=lang,
        lang_confidence=lang_confidence,
        unscored=Unscored(unscored) if unscored else None,
        sentiment=ratings.get((id_, None)),
        kinds=tuple(kinds),
        targets=tuple(targets.values()),
        toward=tuple([ratings.get((id_, target)) for target in targets]),
        languages=_words(languages),
        left_out=() if left_out == NOTHING else tuple(LeftOut(*part) for part in json.loads(left_out)),
    )


@cache
def _words(listed: str) -> tuple[str, ...]:
    """The words of a JSON list. Kept: few differ."""
    return tuple(json.loads(listed))
