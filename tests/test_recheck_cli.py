"""The command `hustings recheck`: summaries, exit codes, refusals; and the docs say what the tables say."""

import json
import re
from pathlib import Path

import pytest
from platforms import fake_of, keep_account
from rechecking import deleted
from test_cli import run
from world import World

from archive.recheck.tables import rows_of
from db import open_database

PAGE = (Path(__file__).parent.parent / "docs" / "recheck.md").read_text(encoding="utf-8")


def test_the_command_says_what_it_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, path = World(), tmp_path / "archive.db"
    world.account("ada")
    posts = [world.post("ada", f"Statement {number}.") for number in range(3)]
    with fake_of("bluesky", world) as loopback:
        engine = open_database(str(path), create=True)
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        for name, value in loopback.settings.items():
            monkeypatch.setenv(name, value)
        allowed = ("--allow-host", f"127.0.0.1:{loopback.port}")
        assert run("--db", str(path), "collect", *allowed).exit_code == 0
        world.delete(posts[0])
        world.edit(posts[1], "Corrected.")

        told = run("--db", str(path), "recheck", "--json", *allowed)
        said = json.loads(told.stdout)
        again = run("--db", str(path), "recheck", "--due", *allowed)
        short = run("--db", str(path), "recheck", "--budget", "1", *allowed)

        assert (told.exit_code, again.exit_code, short.exit_code) == (0, 0, 1)
        assert (said["checked"], said["edited"], said["observed"]) == (3, 1, {"missing": 1})
        assert "0 of 0 statements answered" in again.stdout
        assert "no request is left" in short.stdout
        assert deleted(engine) == set()
        engine.dispose()


@pytest.mark.parametrize("words", [("--apart", "10m"), ("--apart", "soon"), ("--budget", "0")])
def test_what_cannot_be_meant_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run("--db", str(tmp_path / "archive.db"), "recheck", *words).exit_code == 2


def test_an_archive_without_a_platform_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "archive.db")
    open_database(path, create=True).dispose()
    done = run("--db", path, "recheck", "--platform", "x")
    assert done.exit_code == 2
    assert "no account of the platform x" in done.stderr


def test_the_docs_repeat_the_rhythm() -> None:
    words = {"15": "15 minutes", "60": "hour", "1440": "day", "10080": "week"}
    rows = [(row["from"], row["until"], words[row["every"]]) for row in rows_of("rhythm.tsv")]
    told = re.findall(r"^\| (-?\d+) to (\d+) \| (.+) \|$", PAGE, re.M)
    assert told == [row for row in rows if row[0]]
    assert f"| all others, and later | {rows[-1][2]} |" in PAGE


def test_the_docs_repeat_what_each_platform_proves() -> None:
    section = PAGE.partition("## What each platform can prove")[2].partition("\n## ")[0]
    told = {
        cells[1].strip().lower(): cells[3] for line in section.splitlines() if (cells := line.split("|"))[2:]
    }
    for row in rows_of("proof.tsv"):
        name = "feeds" if row["platform"] == "feed" else row["platform"]
        assert row["proves"] in told[name]
