"""docs/security.md: each line names a test, and each named test is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")


def lines() -> list[str]:
    """The lines of all tables, without their heads."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    return [row for row in rows if not row.rstrip().endswith("| test |")]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("line", lines())
def test_every_line_names_a_test_that_is_there(line: str) -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", line)
    assert named, "a line without a test"
    for file, test in named:
        assert test in names_in(file), f"{file} has no {test}"


def test_every_kind_of_attacker_has_a_table() -> None:
    for who in ("writes posts", "runs a server", "sends a file", "gets at the machine", "edits the database"):
        section = PAGE.split(f"## Whoever {who}")[1].split("\n## ")[0]
        assert section.count("\n| ") > 3, who
        assert " can " in section, f"what whoever {who} can do"
