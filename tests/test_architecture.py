"""The house stands as DESIGN says: who may import whom, and who may do what."""

import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import architecture
import pytest
from architecture import COMMANDS_ONLY, DOORS, PACKAGES, PURE, SHAPELESS, Violation, read_sources, violations

from db import open_database
from db.engine import writing
from db.models import Account

ROOT = Path(__file__).parent.parent

HEAVY = (
    *("ahocorasick_rs", "alembic", "brotli", "datasette", "httpx", "huggingface_hub", "jinja2", "msgspec"),
    *("numpy", "py3langid", "safetensors", "sqlalchemy", "sqlmodel", "torch", "transformers", "uvicorn"),
    *("markdown_it", "mako", "pydantic", "pygments", "rich", "sqlite3", "psycopg", "asyncio"),
    "rfc3161_client",
    *("pyarrow", "rapidfuzz", "rensa", "trafilatura", "vaderSentiment", "vl_convert", "zstandard"),
)
"""Libraries that no command needs to print its help."""

PLANTED = [
    ("walls", "db/planted.py", "import archive"),
    ("walls", "db/planted.py", "from analysis.contract import Reading"),
    ("walls", "db/planted.py", "import hustings"),
    ("walls", "archive/planted.py", "from analysis import text"),
    ("walls", "archive/planted.py", "def late() -> None:\n    import analysis.text"),
    ("walls", "analysis/planted.py", "from archive.contract import Post"),
    ("walls", "analysis/planted.py", "import hustings"),
    ("walls", "archive/importers/planted.py", "from db.models import Statement"),
    ("walls", "archive/importers/planted.py", "from archive.ingest import keep_posts"),
    ("walls", "archive/importers/planted.py", "from db import models"),
    ("walls", "archive/collectors/planted.py", "import db"),
    ("walls", "archive/collectors/planted.py", "from archive import registry"),
    ("purity", "analysis/text.py", "from db.models import Statement"),
    ("purity", "analysis/text.py", "import sqlite3"),
    ("purity", "analysis/language.py", "from sqlmodel import Session"),
    ("purity", "analysis/targets/planted.py", "import db"),
    ("purity", "analysis/sentiment/planted.py", "from db import writing"),
    ("purity", "analysis/kinds/planted.py", "import sqlalchemy.orm"),
    ("purity", "analysis/statistics.py", "from db.words import State"),
    ("purity", "analysis/contract.py", "import db.words"),
    ("purity", "analysis/kinds/planted.py", "from analysis.findings import analyse"),
    *(("doors", "db/planted.py", f"import {name}") for name in DOORS if "db" not in DOORS[name]),
    ("doors", "archive/planted.py", "from alembic import op"),
    ("doors", "archive/planted.py", "import sqlite3"),
    ("doors", "analysis/planted.py", "from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer"),
    ("doors", "analysis/planted.py", "import pandas"),
    ("doors", "analysis/planted.py", "from . import text"),
    ("commands", "analysis/planted.py", "print('done')"),
    ("commands", "archive/planted.py", "import os\n\nHOME = os.environ['HOME']"),
    ("commands", "archive/planted.py", "from os import getenv"),
    ("commands", "db/planted.py", "import sys\n\nsys.exit(2)"),
    ("commands", "db/planted.py", "raise SystemExit(2)"),
    *(("names", f"analysis/{name}.py", "X = 1") for name in sorted(SHAPELESS)),
    ("names", "archive/helpers/planted.py", "X = 1"),
    ("length", "analysis/planted.py", "X = 1\n" * 401),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "hustings.py", folder)
    return folder


def plant(root: Path, place: str, code: str) -> set[Violation]:
    """What is found only once `code` stands at the end of the file at `place`."""
    before, path = violations(read_sources(root)), root / place
    kept = path.read_text(encoding="utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{kept or chr(34) * 3 + 'Planted.' + chr(34) * 3}\n{code}\n", encoding="utf-8")
    try:
        return violations(read_sources(root)) - before
    finally:
        path.unlink() if kept is None else path.write_text(kept, encoding="utf-8")


def test_the_sources_break_no_rule() -> None:
    assert sorted(map(str, violations(read_sources(ROOT)))) == []


@pytest.mark.parametrize(("rule", "place", "code"), PLANTED)
def test_what_breaks_a_rule_is_found(rule: str, place: str, code: str, copy: Path) -> None:
    module = place.removesuffix(".py").replace("/", ".")
    assert (rule, module) in {(found.rule, found.module) for found in plant(copy, place, code)}


def test_a_module_without_a_docstring_is_found(copy: Path) -> None:
    (copy / "archive" / "silent.py").write_text("X = 1\n")
    found = violations(read_sources(copy))
    (copy / "archive" / "silent.py").unlink()
    assert {it.rule for it in found if it.module == "archive.silent"} == {"docstring"}


def test_a_database_that_is_reached_by_a_detour_is_found(copy: Path) -> None:
    """`analysis.text` imports a module that is not pure, which imports the database."""
    (copy / "analysis" / "detour.py").write_text('"""Planted."""\nimport db\n')
    found = plant(copy, "analysis/text.py", "from analysis import detour")
    (copy / "analysis" / "detour.py").unlink()
    assert ("purity", "analysis.text") in {(it.rule, it.module) for it in found}


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("archive/importers/planted.py", "from archive.contract import Post\nfrom db.words import State"),
        ("archive/planted.py", "import db\nfrom sqlalchemy import select"),
        ("analysis/planted.py", "import db.models\nimport json"),
        ("analysis/cli/reading.py", "import sys\n\nsys.exit(2)"),
        ("analysis/kinds/planted.py", "from analysis.text import Normalised"),
    ],
)
def test_what_is_allowed_is_not_found(place: str, code: str, copy: Path) -> None:
    assert plant(copy, place, code) == set()


def test_every_rule_was_planted() -> None:
    assert {rule for rule, _, _ in PLANTED} | {"docstring"} == set(architecture.RULES)
    assert "print" in COMMANDS_ONLY
    assert all(name.startswith("analysis.") for name in PURE)


def loaded(
    words: Sequence[str], watched: Collection[str], *, codes: Collection[int] = (0,)
) -> tuple[str, str]:
    """What a command shows, and which of the watched modules were loaded for it, behind "imported:"."""
    code = (
        "import sys, hustings\n"
        f"sys.argv = ['hustings', *{list(words)!r}]\n"
        "try:\n    hustings.main()\n"
        f"except SystemExit as ended:\n    assert (ended.code or 0) in {tuple(codes)}, ended.code\n"
        f"print('imported:', *sorted(set(sys.modules) & set({watched})))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    *page, imported = shown.stdout.splitlines()
    return "".join(page), imported


def test_help_imports_nothing_that_only_the_work_needs() -> None:
    page, imported = loaded(["--help"], HEAVY)

    assert "Usage" in page
    assert imported == "imported:"


ASKED_AT_ONCE = (
    *("alembic", "archive.collecting", "archive.registry", "db.engine", "db.models", "httpx"),
    *("rich", "sqlalchemy", "sqlmodel", "zstandard"),
)
"""What is not loaded to answer at once what an archive's file holds."""


@pytest.mark.parametrize("more", [[], ["--json"], ["--max-age", "2h"]])
def test_coverage_of_a_file_is_answered_without_the_models(tmp_path: Path, more: list[str]) -> None:
    path = tmp_path / "archive.db"
    engine = open_database(str(path), create=True)
    with writing(engine) as session:
        session.add(Account(platform="feed", home="https://ada.example/feed"))
    engine.dispose()
    page, imported = loaded(["--db", str(path), "coverage", *more], ASKED_AT_ONCE, codes=(0, 1))

    assert "https://ada.example/feed" in page
    assert imported == "imported:"
