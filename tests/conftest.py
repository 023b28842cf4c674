"""What many tests start from."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from accessibility import chromium
from archives_on_server import Archives, archives_on_server, leave_out
from hypothesis import settings
from sqlalchemy import Engine

from db import open_database

# As the command has it: how NumPy's threads add up hangs on how much they are given.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

KILLS = "kills"
"""Property of a test's report: collector, round, cells that were killed, pages fetched again at most."""

settings.register_profile("hustings", deadline=None, max_examples=60)  # a test never asserts a time
settings.load_profile("hustings")


@pytest.fixture(scope="session", autouse=True)
def archives() -> Iterator[Archives | None]:
    """Where archives lie: in files, unless HUSTINGS_TEST_DB names a PostgreSQL server."""
    with archives_on_server() as found:
        yield found


@pytest.fixture(autouse=True)
def _archives_of_one_test(archives: Archives | None, request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test made on a server goes with it."""
    folder = request.getfixturevalue("tmp_path") if archives else None
    yield
    if archives:
        archives.drop(folder)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A new, empty archive in a file."""
    opened = open_database(str(tmp_path / "archive.db"), create=True)
    yield opened
    opened.dispose()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where tests write what README and docs show."""
    parser.addoption(
        "--write-screenshots", action="store_true", help="write the pictures of pages into docs/images"
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for tests marked `real`."""
    with chromium() as opened:
        yield opened


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server, leave out what opens no archive or is about files."""
    leave_out(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many times rounds were killed; the reports come from all processes that run tests."""
    kills = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == KILLS
    ]
    if not kills:
        return
    terminalreporter.section("kill matrix")
    for collector, stage, cells, again in sorted(kills):
        terminalreporter.line(f"{collector}, {stage}: {cells} cells, fetched again at most {again} page")
    terminalreporter.line(
        f"{sum(cells for _, _, cells, _ in kills)} cells, each killed by SIGKILL and started again: lost 0,"
        f" doubled 0, fetched again at most {max(again for _, _, _, again in kills)} page"
    )
