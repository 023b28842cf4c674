"""Which tests run on a server once more: all that can open an archive, but for those that a list names."""

import re
from pathlib import Path

import pytest
from archive_reach import all_sources, opens_archives
from archives_on_server import left_out

TESTS = Path(__file__).parent

IMPORTS = [
    ("import json", False),
    ("from analysis.text import normalise", False),
    ("from analysis import tag", False),
    ("from db.words import Platform", False),
    ("import db", True),
    ("from db import open_database", True),
    ("from db.engine import writing", True),
    ("def late() -> None:\n    from db import writing", True),
    ("from archive import import_statements", True),
    ("from archive.imports import import_statements", True),
    ("import hustings", True),
    ("from platforms import FAKES", True),
    ("from test_cli import run", True),
]


@pytest.mark.parametrize(("code", "can_open"), IMPORTS)
def test_what_a_file_imports_tells_whether_it_can_open_an_archive(code: str, can_open: bool) -> None:
    assert opens_archives("test_planted", {**all_sources(), "test_planted": code}) is can_open


def test_most_files_can_and_those_that_read_texts_alone_cannot() -> None:
    sources = all_sources()
    files = [name for name in sources if name.startswith("test_")]
    can = {name for name in files if opens_archives(name, sources)}
    assert len(can) > len(files) / 2
    assert not {"test_text", "test_markup", "test_ledger"} & can
    assert {"test_ingest", "test_reports", "test_collect_cli"} <= can


@pytest.mark.parametrize("name", left_out())
def test_what_is_left_out_on_a_server_is_there_and_could_run_there(name: str) -> None:
    file, _, test = name.partition("::")
    assert not test or re.search(rf"^def {test}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert opens_archives(file.removesuffix(".py"), all_sources())
