"""The coded statements of benchmarks/: each can be read, is there once, and is coded by the codebook."""

import importlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analysis.contract import KindName, Roster
from analysis.running.recipe import RULES, Recipe
from analysis.tagging import tag_lines

STATEMENTS = Path(__file__).parent.parent / "benchmarks" / "statements"
FILES = sorted(STATEMENTS.rglob("*.jsonl"))
ENDED = re.compile(r"\b(re-?elected|\w+-elect|lost|defeated|ousted|unseated|winner|loser)\b", re.IGNORECASE)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_there_are_some() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_statement_can_be_read(path: Path) -> None:
    lines = path.read_bytes().splitlines()
    errors = [
        one.error
        for one in tag_lines(lines, Recipe(scorer="vader", kinds_model=RULES).reader(Roster()))
        if one.error
    ]
    assert errors == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_statement_is_coded_by_the_codebook_and_says_what_it_may_be_used_for(path: Path) -> None:
    known = {str(kind) for kind in KindName}
    for row in rows_of(path):
        assert {*row["kinds"], *row.get("judged", ())} <= known, row["id"]
        assert set(row["kinds"]) <= set(row.get("judged", known)), row["id"]
        assert row["split"] in {"fit", "test"}, row["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_who_somebody_is_does_not_tell_how_it_ended(path: Path) -> None:
    """An encoder once learned from "Labour MP, lost his seat", which no archive's roster says."""
    told = [row["author_is"] for row in rows_of(path) if ENDED.search(row.get("author_is") or "")]
    assert told == []


def test_no_statement_is_there_twice() -> None:
    rows = [row for path in FILES for row in rows_of(path)]
    assert [id_ for id_, count in Counter(row["id"] for row in rows).items() if count > 1] == []
    assert [text for text, count in Counter(row["text"] for row in rows).items() if count > 1] == []


def test_two_writers_files_of_one_name_are_read_as_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer was once fitted on one writer's words with the other's codes: both files were `uk.jsonl`."""
    monkeypatch.syspath_prepend(str(STATEMENTS.parent))
    coded_lines = importlib.import_module("coded_lines")
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / "uk.jsonl").write_text('{"text": "We won!", "kinds": ["victory"]}\n', encoding="utf-8")
    lines = list(coded_lines.coded_lines(folder / "uk.jsonl" for folder in folders))
    assert len({line.coded.text.id for line in lines}) == len({line.source for line in lines}) == len(folders)


def test_statements_are_learned_without_their_day_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(STATEMENTS.parent))
    coded_lines = importlib.import_module("coded_lines")
    path = tmp_path / "a.jsonl"
    known = '{"text": "We won!", "kinds": ["victory"], "polls": "2024-07-04", "posted_at": "2024-07-05"}\n'
    path.write_text(known + '{"text": "We lost.", "kinds": ["concession"]}\n', encoding="utf-8")
    [line] = coded_lines.undated(coded_lines.coded_lines([path]))
    assert (line.coded.text.text, line.coded.text.polls, line.coded.text.posted_at) == ("We won!", None, None)
    assert line.coded.kinds == {KindName.VICTORY}
