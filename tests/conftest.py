"""What many tests start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from db import open_database

settings.register_profile("hustings", deadline=None, max_examples=60)  # a test never asserts a time
settings.load_profile("hustings")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A new, empty archive in a file."""
    opened = open_database(str(tmp_path / "archive.db"), create=True)
    yield opened
    opened.dispose()
