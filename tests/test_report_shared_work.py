"""A report shares its work without losing any: what is loaded, counted and written beside the rest."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from analysis.outcomes.ballots import find_elections
from analysis.outcomes.fingerprints import Asked, Marks
from analysis.publishing import candidates_pages, planning, write_report, writing
from analysis.publishing.candidates_pages import LetterPage
from analysis.publishing.crew import CONTESTS_AT_ONCE, pieces
from analysis.publishing.digests import DIGEST, UnreadableDigest, Whom
from analysis.publishing.party_answers import CandidateLine
from analysis.publishing.people import begin_people
from analysis.publishing.planning import Plan, plan_of
from analysis.publishing.workers import Shared, Workers
from analysis.reports.addresses import slug
from analysis.reports.folder import files_in
from analysis.reports.overview import COUNTED, Coverage, summed
from db import open_database
from db import writing as writing_to
from db.console import Console
from db.models import Statement

ROOT = Path(__file__).parent.parent
NOW = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2023, 8, 2, 10, 45, tzinfo=UTC)
WORDS = "These lanterns were lit while everybody was counting."

ELECTION = f"elections/{slug(example.ELECTION)}"
HARBOUR = f"{ELECTION}/contests/{slug(example.HARBOUR)}"


def write(engine: Engine, out: Path, at: datetime = NOW, processes: int = 1) -> None:
    write_report(engine, out, generated_at=at, processes=processes)


def a_statement(engine: Engine) -> None:
    """Stored once, however often it arrives."""
    with writing_to(engine) as session:
        if session.exec(select(Statement).where(Statement.post_id == "lanterns")).first() is None:
            example.add_statement(session, "lanterns", "ines", WORDS, example.after(30))


def contents(out: Path) -> dict[str, bytes]:
    """Of all files but those that tell of a report's own past."""
    names = (name for name in files_in(out) if not name.startswith(("changes.", "feeds/")))
    return {name: (out / name).read_bytes() for name in names}


def loaded_by(code: str, *arguments: str) -> list[str]:
    """The modules that a new process has loaded once it has run some code."""
    told = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", told, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(ran.stdout)
    return found


# ---- what is loaded ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heavy", ["alembic", "analysis.kinds.finder", "analysis.targets", "analysis.reader", "db.as_of"]
)
def test_a_report_without_reasons_loads_nothing_that_reads_texts_or_changes_tables(heavy: str) -> None:
    assert heavy not in loaded_by("import analysis.publishing")


def test_an_archive_that_is_up_to_date_is_opened_without_alembic(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    open_database(str(archive), create=True).dispose()

    code = "import sys\nfrom db import open_database\nopen_database(sys.argv[1])"
    assert "alembic" not in loaded_by(code, str(archive))


def test_only_an_archive_that_is_a_file_has_a_size(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"12345")

    assert Console(str(tmp_path / "archive.db")).file_size() == 5
    assert Console(str(tmp_path / "none.db")).file_size() == 0
    assert Console("postgresql+psycopg://nobody@127.0.0.1/none").file_size() == 0


# ---- statements that arrive while a report is made --------------------------------------------------


def counted_elsewhere(monkeypatch: pytest.MonkeyPatch, before: Any = None, after: Any = None) -> None:
    """Let statements be counted by other processes, with something happening on either side."""
    begin = planning.begin_counting

    def counting(session: Session, asked: Asked, workers: Workers) -> Callable[[], Marks]:
        assert workers.database is not None
        if before:
            before()
        wait = begin(session, asked, workers)

        def waiting() -> Marks:
            marks = wait()
            if after:
                after()
            return marks

        return waiting

    monkeypatch.setattr(writing, "WORTH_WORKERS", 1)
    monkeypatch.setattr(planning, "begin_counting", counting)


def test_what_was_counted_is_on_the_page(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.fill(engine)
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        counted_elsewhere(patched, before=lambda: a_statement(engine))
        write(engine, out, processes=2)

    assert WORDS in (out / HARBOUR / "index.html").read_text(encoding="utf-8")
    write(engine, tmp_path / "anew")
    assert contents(tmp_path / "anew")[f"{HARBOUR}/index.html"] == contents(out)[f"{HARBOUR}/index.html"]


def test_what_arrives_after_the_count_is_seen_by_the_next_report(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.fill(engine)
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        counted_elsewhere(patched, after=lambda: a_statement(engine))
        write(engine, out, processes=2)
    write(engine, out)

    write(engine, tmp_path / "anew")
    assert contents(tmp_path / "anew") == contents(out)


# ---- pages of parties and candidates ----------------------------------------------------------------


@pytest.fixture
def plan(engine: Engine, tmp_path: Path) -> Plan:
    """What is to be done where nothing changed since the report in `out`."""
    example.fill(engine)
    write(engine, tmp_path / "out")
    with Session(engine) as session:
        terms = writing._terms(session, writing.Asked(), NOW)
        election = find_elections(session)[0]
        return plan_of(session, election, None, terms, tmp_path / "new", tmp_path / "out")


def people_in(out: Path, plan: Plan, workers: Workers) -> dict[str, bytes]:
    """The pages of parties and candidates, written anew into a report's folder."""
    digests = [plan.kept[one.id] for one in plan.contests]
    folder = out / plan.address
    with Session(open_database(str(out.parent / "archive.db"))) as session:
        manifest = writing._terms(session, writing.Asked(), NOW).manifest
    begin_people(workers, folder, plan, digests, manifest)()
    names = (name for name in files_in(folder) if name.startswith(("parties", "candidates")))
    return {name: (folder / name).read_bytes() for name in names}


def test_another_process_writes_the_same_pages_of_parties_and_candidates(plan: Plan, tmp_path: Path) -> None:
    with Workers(0) as nobody, Workers(1) as one:
        alone = people_in(tmp_path / "out", plan, nobody)
        assert people_in(tmp_path / "out", plan, one) == alone
    assert len(alone) > 4


def test_a_digest_that_is_gone_is_not_passed_over(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "out" / HARBOUR / DIGEST).unlink()

    with Workers(1) as one, pytest.raises(UnreadableDigest, match="not as it was written"):
        people_in(tmp_path / "out", plan, one)


# ---- pieces of work ---------------------------------------------------------------------------------


@given(st.integers(0, 700), st.integers(1, 16))
def test_pieces_of_work_hold_everything_once_and_grow_smaller(count: int, processes: int) -> None:
    sizes = [len(piece) for piece in pieces(range(count), processes)]

    assert [one for piece in pieces(range(count), processes) for one in piece] == list(range(count))
    assert sizes == sorted(sizes, reverse=True)
    assert all(0 < size <= CONTESTS_AT_ONCE for size in sizes)


def test_at_the_end_no_process_waits_for_a_large_piece_of_another() -> None:
    assert [len(piece) for piece in pieces(range(90), 2)][-3:] == [3, 3, 2]


# ---- sums -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3]])
def test_coverages_are_added_up_field_by_field(numbers: Sequence[int]) -> None:
    some = [Coverage(*(number * place for place in range(len(COUNTED)))) for number in numbers]

    expected = Coverage(*(sum(numbers) * place for place in range(len(COUNTED))))
    assert summed(some) == expected


# ---- what is handed over, and what is let go --------------------------------------------------------


def _number_of(shared: Shared[list[int]]) -> tuple[int, int]:
    """Where the value lies in another process's memory, and what it is."""
    return id(shared.value), sum(shared.value)


def test_a_value_that_much_work_needs_is_unpacked_once_by_a_process() -> None:
    large: Shared[list[int]] = Shared([1, 2, 3])
    with Workers(1) as one:
        first, second = (one.begin(_number_of, large)() for _ in range(2))
        _, total = one.begin(_number_of, Shared([4]))()
    assert first == second
    assert first[1] == 6
    assert total == 4


def test_a_rendered_page_keeps_nothing_of_what_it_was_told(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digests of hundreds of contests would stay until Python looks for garbage, and then take long."""
    monkeypatch.setattr(candidates_pages, "MOST_ALONE", 0)  # so that there are pages of letters
    with Session(open_database(str(tmp_path / "archive.db"))) as session:
        manifest = writing._terms(session, writing.Asked(), NOW).manifest
    digests = [plan.kept[one.id] for one in plan.contests]
    folder = tmp_path / "out" / plan.address
    gc.collect()
    gc.disable()
    try:
        with Workers(0) as nobody:
            begin_people(nobody, folder, plan, digests, manifest)()
        assert [*(folder / "candidates").glob("*.html")]
        assert not [one for one in gc.get_objects() if isinstance(one, LetterPage | CandidateLine)]
    finally:
        gc.enable()


def test_a_row_of_who_speaks_of_whom_is_kept_without_its_author_and_comes_back_whole(plan: Plan) -> None:
    every = [one for digest in plan.kept.values() for one in digest.candidacies]
    rows = [(one.row, row) for one in every for row in one.who_whom]
    assert rows
    assert all(Whom.of(row).by(author) == row for author, row in rows)
    assert {row.author_id for _, row in rows} <= {one.row.person_id for one in every}
