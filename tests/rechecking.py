"""Rechecks of archives that were filled from the fakes of platforms, in the world's time."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

from loopback import Answer, Asked, Fake, Loopback
from platforms import means_for
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.captures import plain_bytes
from archive.collecting import opening
from archive.contract import Collector
from archive.recheck.choosing import Wish
from archive.recheck.rounds import Rechecking, Summary, Surroundings, recheck
from db.models import Account, Capture, Observation, Round, Statement
from db.words import State

HOUR = 3600.0


def check(engine: Engine, loopback: Loopback, *, after: float = 0, **wish: Any) -> Summary:
    """One run, so many hours later."""
    clock = loopback.fake.world.clock
    clock.pass_(after * HOUR)
    means = means_for(loopback, clock)
    heard: list[Rechecking] = []
    around = Surroundings(engine, means.collectors(), opening(means, engine), clock.now, ended=heard.append)
    return recheck(around, Wish(**wish), version="test")


def states(engine: Engine) -> dict[str, list[str]]:
    """Post -> the states in which it was observed, oldest first."""
    found: dict[str, list[str]] = {}
    with Session(engine) as session:
        query = select(Statement.post_id, Observation.state).join(
            Observation, col(Observation.statement_id) == col(Statement.id)
        )
        for post_id, state in session.exec(query.order_by(col(Observation.id))):
            found.setdefault(post_id, []).append(state)
    return found


def deleted(engine: Engine) -> set[str]:
    """Posts that are said to be deleted."""
    return {post_id for post_id, seen in states(engine).items() if seen[-1] == State.DELETED}


def account_states(engine: Engine) -> list[str]:
    """The states in which accounts were observed, oldest first."""
    with Session(engine) as session:
        query = select(Observation.state).where(col(Observation.account_id).is_not(None))
        return list(session.exec(query.order_by(col(Observation.id))))


def evidence(engine: Engine, state: State) -> list[bytes]:
    """What was answered where a statement or an account was observed in a state."""
    with Session(engine) as session:
        query = select(Capture).join(Observation, col(Observation.capture_id) == col(Capture.id))
        return [plain_bytes(one) for one in session.exec(query.where(Observation.state == state))]


def evidence_numbers(engine: Engine) -> list[int | None]:
    """The captures in which observations of statements have their evidence."""
    with Session(engine) as session:
        query = select(Observation.capture_id).where(col(Observation.statement_id).is_not(None))
        return list(session.exec(query.order_by(col(Observation.id))))


def details(engine: Engine, state: State) -> list[str]:
    """What is said beside the observations of a state."""
    with Session(engine) as session:
        query = select(Observation.detail).where(Observation.state == state)
        return [one or "" for one in session.exec(query.order_by(col(Observation.id)))]


def round_outcomes(engine: Engine) -> list[str | None]:
    """How the runs of rechecks ended, the first one first."""
    with Session(engine) as session:
        query = select(Round.outcome).where(col(Round.command).startswith("recheck"))
        return list(session.exec(query.order_by(col(Round.id))))


def homes(engine: Engine) -> list[str | None]:
    """Where accounts are served from, as the archive knows it."""
    with Session(engine) as session:
        return list(session.exec(select(Account.home)))


def seen_times(engine: Engine) -> dict[str, tuple[timedelta | None, timedelta | None]]:
    """Post -> how long after it was first seen it was asked for again, and was last shown."""
    with Session(engine) as session:
        return {
            one.post_id: (
                one.rechecked_at - one.first_seen_at if one.rechecked_at else None,
                one.shown_at - one.first_seen_at if one.shown_at else None,
            )
            for one in session.exec(select(Statement))
        }


@contextmanager
def answering(fake: Fake, change: Callable[[Asked, Answer], Answer]) -> Iterator[None]:
    """The fake with other answers, until the end of the block."""
    own = fake.answer
    fake.answer = lambda asked: change(asked, own(asked))  # type: ignore[method-assign]
    try:
        yield
    finally:
        fake.answer = own  # type: ignore[method-assign]


class Askable:
    """A collector as far as choosing goes: its platform can be asked for posts again."""

    def recheck(self, *_: object) -> tuple[()]:
        return ()


def choosable(platforms: Iterable[str]) -> dict[str, Collector]:
    """Collectors of platforms that can be asked again."""
    return {platform: cast(Collector, Askable()) for platform in platforms}
