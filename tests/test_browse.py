"""An archive in a browser: `hustings browse` and a plain Datasette, both over HTTP on loopback."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import example_archive
import httpx
import pytest
from exported import exported
from sqlalchemy import Engine, inspect
from typer.testing import CliRunner

import hustings
from analysis.exports import Wish
from db import open_database, writing
from db.browsing.metadata import HIDDEN, QUERIES
from db.dictionary import said_of_tables, said_of_views
from db.search import fill_index

PATIENCE = 60.0
"""Seconds until the test gives up waiting for a server."""

VIEWS = [view.name for view in said_of_views()]
with QUERIES.open("rb") as _file:
    QUESTIONS = list(tomllib.load(_file))

BODY = "some rows"
"""The bytes of the example's capture."""


@dataclass(frozen=True)
class Served:
    """A server with the archive `example`."""

    url: str
    name: str

    def get(self, path: str, **parameters: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", params=parameters, timeout=PATIENCE)

    def json(self, path: str, **parameters: str) -> Any:
        answer = self.get(f"{path}.json", _shape="array", **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, port: int, *command: str | Path) -> Iterator[Served]:
    """A server of its own process, ready to answer; ended by Ctrl-C, as a person would."""
    process = subprocess.Popen(
        [sys.executable, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    served = Served(f"http://127.0.0.1:{port}/", name)
    gives_up_at = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                served.get("-/versions.json")
                break
            except httpx.TransportError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                assert time.monotonic() < gives_up_at
                time.sleep(0.1)
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("browse") / "example.db"
    engine = open_database(str(path), create=True)
    example_archive.fill(engine)
    with writing(engine) as session:
        fill_index(session)
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def ours(file: Path) -> Iterator[Served]:
    port = free_port()
    command = (hustings.__file__, "--db", file, "browse", "--port", str(port), "--no-open")
    with running("browse", port, *command) as served:
        yield served


@pytest.fixture(scope="module")
def plain(file: Path) -> Iterator[Served]:
    port = free_port()
    with running("plain", port, "-m", "datasette", "serve", file, "--port", str(port)) as served:
        yield served


@pytest.fixture(scope="module")
def part(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """What `hustings export` makes a smaller archive of opens like the whole."""
    port, smaller = free_port(), tmp_path_factory.mktemp("part") / "example.db"
    engine = open_database(str(file))
    exported(engine, smaller, Wish(form="sqlite"))
    engine.dispose()
    with running("part", port, "-m", "datasette", "serve", smaller, "--port", str(port)) as served:
        yield served


@pytest.fixture(params=["ours", "plain", "part"])
def served(request: pytest.FixtureRequest) -> Served:
    found: Served = request.getfixturevalue(request.param)
    return found


# ---- the views ------------------------------------------------------------------------------------


def test_every_view_and_column_is_explained(engine: Engine) -> None:
    """Red? The views of the migrations and db/views.toml differ."""
    inspector = inspect(engine)
    found = {
        view: [column["name"] for column in inspector.get_columns(view)]
        for view in inspector.get_view_names()
    }
    said = {view.name: [column.name for column in view.columns] for view in said_of_views()}
    assert found == said
    for view in said_of_views():
        assert {*view.facets, view.sort or view.columns[0].name} <= set(said[view.name])


# ---- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [table.name for table in said_of_tables()] + VIEWS)
def test_every_table_and_view_is_a_page_and_json(served: Served, table: str) -> None:
    page = served.get(f"example/{table}")
    assert page.status_code == 200, page.text
    assert isinstance(served.json(f"example/{table}"), list)


def test_the_view_of_candidates_says_names_and_results(served: Served) -> None:
    rows = served.json("example/candidates_and_results", candidate="Maren Hollis", contest="Harbour ward")
    assert [(row["party"], row["votes"], row["elected"]) for row in rows] == [("Harbour Party", 1_500, 1)]


def test_the_view_of_concessions_counts_minutes_as_reports_do(served: Served) -> None:
    [concession] = served.json("example/concessions_found")
    assert concession["author"] == "Tobias Quill"
    assert concession["minutes_from_declaration"] is None, "its time is known to the day"
    rows = served.json("example/statements_and_results", author="Maren Hollis")
    assert sorted(row["minutes_from_declaration"] for row in rows if row["contest"] == "Harbour ward") == [
        76,
        90,
    ]
    attack = served.json("example/statements_and_results", author="Tobias Quill", address="x:1001")
    assert [row["minutes_from_declaration"] for row in attack] == [-1_000], (
        "16 h 39 min 59 s before, rounded down"
    )


def test_both_serve_full_text_search(served: Served) -> None:
    rows = served.json("example/statement", _search="harbour")
    assert [row["post_id"] for row in rows] == ["1911111111111111113"]
    assert "_search" in served.get("example/statement").text, "no search box"
    rows = served.json("example/statement", _search="promise OR sheets", _searchmode="raw")
    assert {row["post_id"] for row in rows} == {"1001", "1003"}


def test_the_bytes_of_captures_are_not_dumped_into_pages(served: Served) -> None:
    for page in ("example/capture", "example/captures_kept", "example/capture/2"):
        answer = served.get(page)
        assert answer.status_code == 200
        assert BODY not in answer.text


def test_a_hostile_text_harms_no_page(served: Served) -> None:
    page = served.get("example/statements_with_authors")
    assert "<script>document.title" not in page.text
    assert "&lt;script&gt;document.title" in page.text


@pytest.mark.parametrize(
    "sql", ["delete from statement", "insert into party (id, name) values ('a', 'b')", "drop table party"]
)
def test_nothing_can_be_written(served: Served, file: Path, sql: str) -> None:
    assert served.get("example", sql=sql).status_code == 400
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM party").fetchone()[0] > 0


# ---- what hustings browse adds --------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered(ours: Served, question: str) -> None:
    asked = {"words": "harbour", "name": "Hollis", "election": ""}
    page = ours.get(f"example/{question}", **asked)
    assert page.status_code == 200, page.text
    assert "message-error" not in page.text
    assert isinstance(ours.json(f"example/{question}", **asked), list)


def test_questions_find_what_is_there(ours: Served) -> None:
    assert [row["author"] for row in ours.json("example/who_conceded_first", election="")] == ["Tobias Quill"]
    assert ours.json("example/who_conceded_first", election="another") == []
    [hit] = ours.json("example/search_statements", words="hárbour won")
    assert "[won] [Harbour]" in hit["found"]
    about = ours.json("example/statements_about", name="Hollis")
    assert about[0]["sentiment"] == min(row["sentiment"] for row in about if row["sentiment"] is not None)
    accused = {row["who"]: row["accusations"] for row in ours.json("example/accusations_by_target")}
    assert accused == {"Maren Hollis": 1, "Hollis": 1}
    assert "Cy Wend" not in {row["owner"] for row in ours.json("example/coverage_gaps")}


def test_views_have_a_search_box_and_facets(ours: Served) -> None:
    page = ours.get("example/statements_with_authors", _search="harbour")
    assert "1 row" in page.text
    assert ours.get("example/candidates_and_results").text.count("facet-info") >= 2


def test_columns_and_tables_are_explained(ours: Served) -> None:
    assert "Fraction of the valid votes, 0..1." in ours.get("example/candidacy").text
    first = ours.get("").text
    assert "Hustings archive" in first
    assert "Unknown: the texts belong to their authors" in first


def test_the_first_page_hides_what_is_for_machines(ours: Served) -> None:
    tables = {table["name"]: table for table in ours.get("example.json").json()["tables"]}
    assert all(tables[name]["hidden"] for name in HIDDEN)
    assert all(table["hidden"] for name, table in tables.items() if name.startswith("statement_text"))
    assert not tables["statement"]["hidden"]


def test_the_file_itself_is_not_handed_out(ours: Served) -> None:
    assert ours.get("example.db").status_code in (403, 404)


def test_ctrl_c_ends_it_as_done(file: Path) -> None:
    port = free_port()
    command = [sys.executable, hustings.__file__, "--db", str(file), "browse", "--immutable", "--no-open"]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
    served, gives_up_at = Served(f"http://127.0.0.1:{port}/", "immutable"), time.monotonic() + PATIENCE
    while True:
        try:
            assert served.json("example/statement", _search="harbour")
            break
        except httpx.TransportError:
            assert time.monotonic() < gives_up_at
            time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


# ---- what is refused ------------------------------------------------------------------------------


def refused(*words: str | Path, said: str) -> None:
    result = CliRunner().invoke(hustings.app, [str(word) for word in words])
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_without_datasette_it_says_how_to_install_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasette", None)
    refused("--db", file, "browse", said="pip install 'hustings[browse]'")


def test_a_server_database_is_refused_with_a_reason() -> None:
    refused(
        "--db", "postgresql+psycopg://nobody@127.0.0.1:9/none", "browse", said="Datasette reads SQLite files"
    )


def test_a_missing_archive_is_refused(tmp_path: Path) -> None:
    refused("--db", tmp_path / "none.db", "browse", said="hustings init")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_refused(file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused("--db", file, "browse", "--no-open", "--port", port, said="another --port")


def test_an_archive_that_is_being_read_is_not_served_as_immutable(file: Path) -> None:
    engine = open_database(str(file))
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM party").fetchone()
        with writing(engine) as session:
            session.connection().exec_driver_sql("UPDATE party SET source = 'x' WHERE id = 'x:hp'")
        port = str(free_port())
        refused("--db", file, "browse", "--immutable", "--no-open", "--port", port, said="--live")
    engine.dispose()


def test_the_summary_of_a_page_is_json(ours: Served) -> None:
    assert json.loads(ours.get("-/metadata.json").text)["title"] == "Hustings archive"
