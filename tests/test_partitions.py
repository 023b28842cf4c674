"""Parquet files of posts in, Parquet files of findings out."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

import hustings
from analysis.contract import Contest, Roster
from analysis.reader import Reader
from analysis.running.crews import Alone
from analysis.running.partitions import Tally, UnfitFolder, analyse_partitions, partitions_of
from analysis.running.recipe import Recipe
from analysis.sentiment import scorer_for
from analysis.tagging import tag_stream

PLAIN = Recipe(scorer="vader")
POSTS: list[dict[str, Any]] = [
    {"id": "a", "text": "Labour betrayed this town.", "author": "@kelby", "polls": date(2023, 5, 4)},
    {"id": "b", "text": "Merci à toutes et à tous pour votre confiance.", "author": None, "polls": None},
    {"id": "c", "text": None, "author": None, "polls": None},
    {"id": None, "text": "Thank you!", "author": "Ada Sorrel", "polls": None},
    {"id": "e", "text": "I concede. Congratulations to the Greens.", "author": "@kelby", "polls": None},
]


def write(path: Path, posts: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(posts), path)
    return path


def run(source: Path, out: Path, roster: Roster | None = None) -> Tally:
    return analyse_partitions(source, out, roster or Roster(), PLAIN, Alone())


def test_findings_are_those_of_tag_a_row_for_a_row(tmp_path: Path) -> None:
    write(tmp_path / "in" / "2023" / "may.parquet", POSTS)
    lines = "".join(json.dumps(post, default=str) + "\n" for post in POSTS)
    tagged = StringIO()
    tag_stream(BytesIO(lines.encode()), tagged, Reader(Roster(), scorer_for("vader")))

    tally = run(tmp_path / "in", tmp_path / "out")

    found = pyarrow.parquet.read_table(tmp_path / "out" / "2023" / "may.parquet").to_pylist()
    assert (tally.files, tally.posts, tally.unreadable) == (1, 5, 2)
    for row, line in zip(found, tagged.getvalue().splitlines(), strict=True):
        told = json.loads(line)
        assert {name: row[name] for name in told} == told
        assert all(row[name] is None for name in row.keys() - told.keys())


def test_times_and_spans_are_read_as_the_columns_hold_them(tmp_path: Path) -> None:
    post = {
        "id": 7,
        "text": "Labour failed us.",
        "posted_at": datetime(2023, 5, 5, 3, tzinfo=UTC),
        "spans": [[0, 6]],
    }
    write(tmp_path / "in.parquet", [post])

    run(tmp_path / "in.parquet", tmp_path / "out")

    [row] = pyarrow.parquet.read_table(tmp_path / "out" / "in.parquet").to_pylist()
    assert (row["id"], row["error"]) == ("7", None)
    assert [(span["start"], span["end"]) for span in row["spans"]] == [(0, 6)]


def test_what_is_done_is_left_until_posts_candidates_or_method_change(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    write(source / "a.parquet", POSTS[:1])
    write(source / "b.parquet", POSTS[:2])
    roster = Roster(contests=(Contest("c", "Harbour ward", "e", date(2023, 5, 4)),))

    def did(tally: Tally) -> tuple[int, int]:
        return tally.files, tally.skipped

    assert did(run(source, out)) == (2, 0)
    assert did(run(source, out)) == (0, 2)
    write(source / "b.parquet", POSTS[:1])
    assert did(run(source, out)) == (1, 1)
    assert did(run(source, out, roster)) == (2, 0)
    other = replace(PLAIN, scorer="vader-target")
    assert did(analyse_partitions(source, out, roster, other, Alone())) == (2, 0)


def test_an_error_midway_leaves_no_file_and_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    write(source / "a.parquet", POSTS[:1])
    run(source, out)
    before = (out / "a.parquet").read_bytes()
    write(source / "a.parquet", POSTS)
    write(source / "b.parquet", POSTS)

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("analysis.running.parquet.FindingsFile.write", fail)
    with pytest.raises(OSError, match="no space"):
        run(source, out)

    assert [path.name for path in out.iterdir()] == ["a.parquet"]
    assert (out / "a.parquet").read_bytes() == before


def test_a_file_that_a_killed_worker_left_is_removed(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.parquet", POSTS[:1])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".a.parquet.0123abcd.part").write_bytes(b"half")

    run(tmp_path / "in", tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.parquet"]


def test_files_that_cannot_be_read_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    source = tmp_path / "in"
    write(source / "a.parquet", [{"id": "1", "words": "no text"}])
    (source / "b.parquet").write_bytes(b"PAR1 but not really")
    write(source / "c.parquet", POSTS[:1])

    result = CliRunner().invoke(
        hustings.app,
        [
            "analyse",
            "--method",
            "vader",
            "--workers",
            "1",
            "--json",
            "--parquet",
            str(source),
            str(tmp_path / "out"),
        ],
    )

    assert result.exit_code == 1
    assert "a.parquet: no column text" in result.stderr
    assert "b.parquet: not a readable Parquet file" in result.stderr
    assert json.loads(result.stdout)["files"] == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["c.parquet"]


def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "in" / f"{number}.parquet", POSTS[number:] + POSTS)
    command = ["analyse", "--method", "vader", "--parquet", str(tmp_path / "in")]

    for workers in ("1", "2"):
        out = str(tmp_path / f"out{workers}")
        done = CliRunner().invoke(hustings.app, [*command, out, "--workers", workers])
        assert done.exit_code == 1, done.output

    for path in (tmp_path / "out1").iterdir():
        assert path.read_bytes() == (tmp_path / "out2" / path.name).read_bytes()


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.parquet", POSTS)
    (tmp_path / "empty").mkdir()

    for source, out in (
        ("missing", "out"),
        ("empty", "out"),
        ("in", "in"),
        ("in", "in/out"),
        ("in", "in/a.parquet"),
    ):
        with pytest.raises(UnfitFolder):
            partitions_of(tmp_path / source, tmp_path / out)
