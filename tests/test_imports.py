"""Files of statements, from the first look at them to the end of their round."""

import gc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, func, select

from archive.contract import Choices
from archive.imports import import_planned, import_statements, plan_files
from db import open_database
from db.models import Round, Statement

X = Choices(platform="x")


def test_an_interrupted_import_ends_at_once_and_goes_on_the_next_time(tmp_path: Path) -> None:
    """An interruption within a write leaves the lock behind: whoever writes once more waits for himself."""
    path = tmp_path / "posts.csv"
    path.write_text("id,created_at,text\n" + "".join(f"{n},2024-07-05,We won.\n" for n in range(50)))
    address = str(tmp_path / "a.db")
    engine = open_database(address, create=True, busy_seconds=0.1)

    def interrupt(_connection: Any, _cursor: Any, query: str, *_more: Any) -> None:
        if query.startswith("INSERT INTO statement "):
            raise KeyboardInterrupt

    event.listen(engine, "after_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        import_planned(engine, plan_files([path], choices=X))
    engine.dispose()
    gc.collect()  # as the end of the process would: what was cut short lets go of the lock
    engine = open_database(address)
    [again] = import_statements(engine, path, choices=X)

    assert again.tally.stored == 50
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Statement)).one() == 50
        assert session.exec(select(Round.outcome).order_by("id")).all() == [None, "done"]
    engine.dispose()
