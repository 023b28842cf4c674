"""The benchmark of the report measures what it says: its figures are there, add up, and touch no archive."""

import json
import os
import shutil
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import report_archive
import report_speed
from post_authors import read_roster
from report_ballot import write_ballot
from report_pages import Folder, loaded_by, type_of
from watched_process import run_watched

from db import open_database

SIZE = ("--contests", "3", "--candidates", "9", "--statements", "20", "--new", "5")


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the script printed and left behind."""

    made: Path
    """The folder of the archive."""
    before: bytes
    """The archive, before it was measured."""
    work: Path
    printed: str

    @property
    def figures(self) -> dict[str, Any]:
        lines = self.printed.splitlines()
        found: dict[str, Any] = json.loads("\n".join(lines[lines.index("{") : lines.index("}") + 1]))
        return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """An archive made by the script, then measured as one that is given, in a folder that it only reads."""
    made, work = (tmp_path_factory.mktemp(name) for name in ("made", "work"))
    archive, new = report_speed.archive_of(report_speed.arguments(["--work", str(made), *SIZE]))
    before = archive.read_bytes()
    archive.chmod(0o444)
    with redirect_stdout(StringIO()) as printed:
        report_speed.main(["--work", str(work), "--archive", str(archive), "--new", str(new)])
    return Ran(made, before, work, printed.getvalue())


def test_every_report_has_its_figures_and_they_add_up(ran: Ran) -> None:
    figures = ran.figures
    for name in ("first", "unchanged", "updated"):
        report = figures[name]
        assert report["seconds"] > 0
        assert report["peak_bytes"] is None or report["peak_bytes"] > 10_000_000
        assert report["contests"] == 3
        assert report["candidacies"] == 9
        assert max(one["bytes"] for one in report["types"]) <= report["bytes"]
    assert [figures[name]["statements"] for name in ("first", "unchanged", "updated")] == [20, 20, 25]
    assert figures["new_statements"] == 5


def test_the_folder_is_as_large_as_its_files(ran: Ran) -> None:
    report = ran.work / "measured" / "report"
    files = [path for path in report.rglob("*") if path.is_file()]
    sizes = {(path.stat().st_dev, path.stat().st_ino): path.stat().st_size for path in files}
    updated = ran.figures["updated"]
    assert updated["bytes"] == sum(sizes.values())
    assert updated["files"] == len(files)
    pages = Counter(type_of(path.relative_to(report).as_posix()) for path in files if path.suffix == ".html")
    assert {one["type"]: one["pages"] for one in updated["types"]} == pages
    for one in updated["types"]:
        assert type_of(one["largest"]) == one["type"]
        assert one["bytes"] >= (report / one["largest"]).stat().st_size


def test_ratios_are_those_of_the_figures(ran: Ran) -> None:
    figures = ran.figures
    first, unchanged, updated = (figures[name] for name in ("first", "unchanged", "updated"))
    assert figures["ratios"] == {
        "first_seconds_per_1000_statements": pytest.approx(first["seconds"] * 50),
        "unchanged_to_first": pytest.approx(unchanged["seconds"] / first["seconds"]),
        "updated_to_first": pytest.approx(updated["seconds"] / first["seconds"]),
        "bytes_per_statement": pytest.approx(first["bytes"] / 20),
    }


def test_the_last_lines_say_which_budgets_hold(ran: Ran) -> None:
    *_, first, folder, page, again = ran.printed.splitlines()
    assert [one["what"] for one in ran.figures["budgets"]] == [
        line.partition(": ")[2] for line in (first, folder, page, again)
    ]
    assert folder.startswith("holds: it has at most 500 MB")
    assert page.startswith("holds: a page has at most 1,000 KB")
    assert "60 s" in first
    assert "5 s" in again


def test_the_table_has_a_row_for_each_report_and_each_type_of_page(ran: Ran) -> None:
    rows = [line for line in ran.printed.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 3 + len(ran.figures["updated"]["types"])


def test_a_given_archive_is_not_written_to(ran: Ran) -> None:
    left = {path.name for path in ran.made.iterdir()}
    assert left == {"archive.db", "new.ndjson", "made.json", "ballot.csv", "accounts.csv"}
    assert (ran.made / "archive.db").read_bytes() == ran.before
    assert not (ran.made / "archive.db").stat().st_mode & 0o222


def test_the_archive_is_kept_for_the_next_run_and_made_anew_for_another(ran: Ran, tmp_path: Path) -> None:
    shutil.copytree(ran.made, work := tmp_path / "made")
    (work / "archive.db").chmod(0o644)
    order = report_archive.Order(statements=20, new=5, contests=3, candidates=9, seed=7)
    told: list[str] = []

    archive, new = report_archive.kept_archive(work, order, told.append)

    assert told == [f"kept archive: {archive}"]
    assert len(new.read_text(encoding="utf-8").splitlines()) == 5
    report_archive.kept_archive(work, replace(order, statements=21), told.append)
    assert report_speed.size_of(archive).statements == 21


def test_an_archive_is_copied_with_what_is_still_in_its_log(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "a.db"), create=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO person (id, name) VALUES ('made:1', 'Ada Quill')")
    assert (tmp_path / "a.db-wal").stat().st_size > 0

    report_archive.copy_archive(tmp_path / "a.db", tmp_path / "b.db")

    engine.dispose()
    copied = open_database(str(tmp_path / "b.db"))
    with copied.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM person").all() == [("Ada Quill",)]
    copied.dispose()


COMMONS = """\
ONS ID,ONS region ID,Constituency name,County name,Region name,Country name,Constituency type,Party name,\
Party abbreviation,Electoral Commission party ID,MNIS party ID,Electoral Commission adjunct party ID,\
Candidate first name,Candidate surname,Candidate gender,Sitting MP,Former MP,Member MNIS ID,Votes,Share,\
Change,DC Person ID
E14000001,E12000001,Upper Marsh,,North,England,County,Alpha,Alp,PP1,1,,Zoë,Quill,Female,No,No,,30,0.6,,11
E14000001,E12000001,Upper Marsh,,North,England,County,Beta,Bet,PP2,2,,Bo,Tern,Male,No,No,,20,0.4,,12
"""


def test_results_of_candidates_give_the_authors_of_the_statements(tmp_path: Path) -> None:
    results, work = tmp_path / "results.csv", tmp_path / "work"
    results.write_text(COMMONS, encoding="utf-8")
    report_archive.take_folder(work)
    order = report_archive.Order(statements=12, new=1, contests=0, candidates=0, seed=1, results=(results,))

    archive, _ = report_archive.kept_archive(work, order, lambda words: None)

    engine = open_database(str(archive))
    with engine.connect() as connection:
        authors = connection.exec_driver_sql("SELECT person_id, count(*) FROM statement GROUP BY 1").all()
        readings = connection.exec_driver_sql("SELECT count(*) FROM reading").scalar_one()
    engine.dispose()
    assert {person for person, _ in authors} == {"dc:11", "dc:12"}
    assert sum(count for _, count in authors) == readings == 12


def test_the_invented_ballot_is_as_large_as_asked_and_always_the_same(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        write_ballot(tmp_path / name, contests=650, candidates=4515, seed=3)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    candidates = read_roster(tmp_path / "one.csv")
    assert len(candidates) == len({one.name for one in candidates}) == 4515
    assert len({(one.platform, one.handle) for one in candidates}) == 4515
    assert len({one.contest for one in candidates}) == 650
    surnames = Counter((one.contest, one.name.split()[-1]) for one in candidates)
    assert max(surnames.values()) == 1


@pytest.mark.parametrize(("contests", "candidates"), [(0, 9), (3, 5), (10_000, 30_000)])
def test_a_ballot_that_cannot_be_invented_is_refused(contests: int, candidates: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=str(contests)):
        write_ballot(tmp_path / "ballot.csv", contests=contests, candidates=candidates, seed=1)


TYPES = {
    "index.html": "index.html",
    "search.html": "search.html",
    "methods.html": "methods.html",
    "elections/xx.mayor.2031/index.html": "elections/*/index.html",
    "elections/xx.mayor.2031/who-whom.html": "elections/*/who-whom.html",
    "elections/e/contests/c_0a1b/index.html": "elections/*/contests/*/index.html",
    "elections/e/contests/c/statements-12.html": "elections/*/contests/*/statements-N.html",
    "elections/e/contests/c/candidates/dc-143.html": "elections/*/contests/*/candidates/*.html",
    "elections/e/contests/c/candidates/dc-143/a3.html": "elections/*/contests/*/candidates/*/N.html",
    "elections/e/parties/ec-pp1.html": "elections/*/parties/*.html",
    "parties/index.html": "parties/index.html",
}


@pytest.mark.parametrize("path", TYPES)
def test_a_page_has_a_type(path: str) -> None:
    assert type_of(path) == TYPES[path]


def test_a_page_weighs_what_it_alone_loads_and_a_file_of_two_names_counts_once(tmp_path: Path) -> None:
    own, shared = b"o" * 700, b"s" * 5_000
    (tmp_path / "a").mkdir()
    (tmp_path / "own.js").write_bytes(own)
    (tmp_path / "shared.css").write_bytes(shared)
    first = b'<link rel=stylesheet href="../shared.css?v=1"><script defer src="../own.js"></script>'
    second = b'<link href="../shared.css" rel="stylesheet"><a href="../own.js">data</a><img src="data:,">'
    (tmp_path / "a" / "one.html").write_bytes(first)
    (tmp_path / "a" / "two.html").write_bytes(second)
    os.link(tmp_path / "own.js", tmp_path / "again.js")

    folder = Folder(tmp_path)

    assert folder.weights() == {"a/one.html": len(first) + 700, "a/two.html": len(second)}
    assert folder.bytes == len(first) + len(second) + 700 + 5_000
    assert len(folder.sizes) == 5
    assert loaded_by("a/one.html", first) == {"own.js", "shared.css"}


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="ended with 3: no such thing"):
        run_watched(["/bin/sh", "-c", "echo no such thing >&2; exit 3"], {})


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="memory is read from /proc")
def test_memory_of_children_counts() -> None:
    hold = "import time; held = bytearray(b'x') * 60_000_000; time.sleep(1)"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}], check=True)"
    peak = run_watched([sys.executable, "-c", nested], {}).peak_bytes
    assert peak is not None
    assert peak > 60_000_000


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--results", "nowhere.csv"), "nowhere.csv"),
        (("--archive", "nowhere.db"), "nowhere.db"),
        (("--new", "posts.ndjson"), "--new takes a number"),
        (("--statements", "0"), "1 or more"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    words: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        report_speed.arguments(["--work", str(tmp_path / "work"), *words])
    assert says in capsys.readouterr().err


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SystemExit):
        report_speed.arguments(["--work", str(tmp_path)])
    assert "no benchmark's" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
