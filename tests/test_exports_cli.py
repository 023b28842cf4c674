"""The command says what it did, refuses what it cannot do, and leaves nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import exported as archive
import pytest
from archives_on_server import address_of
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

import hustings

KEY = "HUSTINGS_PSEUDONYM_KEY"
SECRET = "a key of thirty-two bytes or more"


@pytest.fixture
def address(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    archive.fill(engine)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(KEY, raising=False)
    return str(tmp_path / "archive.db")


def run(address: str, *words: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(hustings.app, ["--db", address, "export", *words], env=env)


def test_every_table_is_shown_with_its_counts(address: str) -> None:
    done = run(address, "out")

    assert done.exit_code == 0, done.output
    [line] = [line for line in done.output.splitlines() if line.startswith("statements ")]
    _, in_database, left_out, added, written = line.split()
    assert (in_database, left_out, added) == (written, "0", "0")
    assert "every row is accounted for: out/hustings-export.json" in done.output
    assert "targets: 2 rejected or replaced by reviewers" in done.output


def test_programs_get_the_same_as_json(address: str) -> None:
    done = run(address, "out", "--format", "jsonl", "--json")

    told = json.loads(done.stdout)
    assert told["tables"] == json.loads(Path(told["manifest"]).read_text())["tables"]
    assert (told["out"], told["format"]) == ("out", "jsonl")


@pytest.mark.parametrize("out", ["n.gexf", "n.graphml"])
def test_the_ending_names_the_format(out: str, address: str) -> None:
    assert run(address, out).exit_code == 0
    assert Path(out).read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("out", ["n.sqlite", "n.DB"])
def test_the_ending_of_a_database_makes_one(out: str, address: str) -> None:
    assert run(address, out).exit_code == 0
    assert Path(out).read_bytes().startswith(b"SQLite")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("out.csv",), "name a folder"),
        (("out.parquet", "--format", "parquet"), "name a folder"),
        (("out.gexf", "--format", "csv"), "ends as gexf"),
        (("out", "--with-texts"), "goes with --pseudonymise"),
        (("out", "--with-captures"), "only a database"),
        (("out.sqlite", "--dehydrated"), "holds texts and names"),
        (("out", "--election", "parl.1832"), "there is no election"),
        (("out", "--contest", "nowhere"), "there is no contest"),
        (("out", "--method", "astrology"), "no statement was read by"),
        (("out", "--from", "2024-02-30"), "--from"),
        (("no/such/folder/out",), "there is no such folder"),
        ((".",), "the folder you are in"),
        (("out", "--pseudonymise"), f"into {KEY}"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(words: tuple[str, ...], said: str, address: str) -> None:
    before = sorted(path.name for path in Path().iterdir())

    done = run(address, *words)

    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
    assert sorted(path.name for path in Path().iterdir()) == before


def test_the_key_comes_from_the_environment(address: str) -> None:
    assert run(address, "short", "--pseudonymise", env={KEY: "short"}).exit_code == 2
    assert run(address, "out", "--pseudonymise", env={KEY: SECRET}).exit_code == 0

    assert archive.cells_of(Path("out"), "persons")[0]["person_id"].startswith("person-")
    assert not Path("short").exists()


def test_days_and_kinds_choose_statements(address: str) -> None:
    words = ("--from", "2023-05-05", "--to", "2023-05-06", "--kind", "victory", "--method", "reader-1")
    assert run(address, "out", "--format", "jsonl", *words).exit_code == 0

    kinds = {
        row["statement"]: row["kind"]
        for row in archive.rows_of(Path("out"), "kinds")
        if row["kind"] == "victory"
    }
    statements = archive.rows_of(Path("out"), "statements")
    assert statements
    assert all(row["statement"] in kinds for row in statements)
    assert all("2023-05-05" <= row["published_at"][:10] <= "2023-05-06" for row in statements)


STOPPED = """
import os, signal, sys
from analysis.exports import writers
write, seen = writers.CsvFile.write, []
def stop(self, rows):
    seen.append(1)
    if len(seen) == 8:
        print("half-written", *os.listdir("."), flush=True)
        os.kill(os.getpid(), signal.{name})
    return write(self, rows)
writers.CsvFile.write = stop
import hustings
sys.argv = ["hustings", "--db", {address!r}, "export", "out"]
hustings.main()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_whoever_is_interrupted_leaves_nothing(name: str, address: str) -> None:
    code = STOPPED.format(name=name, address=address_of(address))
    root = str(Path(hustings.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": root}
    )

    assert "half-written" in done.stdout
    assert ".out.partial" in done.stdout
    assert done.returncode != 0
    assert not list(Path().glob("*out*")), list(Path().iterdir())
