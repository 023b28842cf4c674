"""An archive with files, pages, edits and observations, whose log and statements can be verified."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from injuries import build, readers
from sqlalchemy import Engine

from archive.integrity.checkpoints import Checkpoint
from archive.integrity.reporting import Verified
from archive.integrity.verifying import verify
from db import open_database


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    engine = open_database(str(path))
    try:
        yield engine
    finally:
        engine.dispose()


def verified(path: Path, checkpoint: Checkpoint | None = None, *, quick: bool = False) -> Verified:
    with opened(path) as engine:
        return verify(engine, readers(), checkpoint, quick=quick)


def said(found: Verified) -> list[str]:
    return [str(one) for one in found.injuries]


__all__ = ["build", "opened", "readers", "said", "verified"]
