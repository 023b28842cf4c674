"""What every command shows while it works and when it refuses."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

import archive
from db.console import LONGEST_COMPLAINT, complain, progress

ERASE_LINE = b"\x1b[2K"


def shown_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, label: str, seconds: float, patience: float
) -> bytes:
    """What a terminal gets of work of so many seconds."""
    monkeypatch.setattr("db.console.PATIENCE", patience)
    reading, writing = pty.openpty()
    try:
        with os.fdopen(writing, "w") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            with progress(label) as tell:
                time.sleep(seconds)
                tell(500, 2000)
                time.sleep(seconds)
            terminal.write("end")
            terminal.flush()
            shown = b""
            while not shown.endswith(b"end"):
                shown += os.read(reading, 1 << 16)
            return shown.removesuffix(b"end")
    finally:
        os.close(reading)


def test_long_work_shows_a_bar_with_its_rate_and_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shown_on_a_terminal(monkeypatch, "posts[red]{1}.csv", seconds=0.3, patience=0.01)

    assert b"posts[red]{1}.csv" in shown
    assert b"25%" in shown
    assert b"/s" in shown
    assert shown.rstrip().endswith(ERASE_LINE)


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_on_a_terminal(monkeypatch, "posts.csv", seconds=0, patience=60) == b""


def test_a_complaint_is_one_line_that_fits_and_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    complain(f"a.csv, row 2:\n\x1b[31m{'9' * 10_000} is no number")

    said = capsys.readouterr().err
    assert said.startswith("hustings: a.csv, row 2: \ufffd[31m9")
    assert said.endswith("9 is no number\n")
    assert said.count("\n") == 1
    assert len(said) < LONGEST_COMPLAINT + 30


INTERRUPTED_AND_BROKEN = """
import logging, sys
from sqlmodel import Session, select
from db import open_database
from db.console import log_to_stderr
from db.models import Party

def interrupt(text):
    raise KeyboardInterrupt

log_to_stderr(0)
with Session(open_database("a.db", create=True)) as session:
    session.add(Party(id="a", name="A"))
    session.commit()
    session.connection().connection.dbapi_connection.text_factory = interrupt
    try:
        session.exec(select(Party)).all()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("other").exception("a real fault")
"""


def test_an_interruption_while_rows_are_read_is_no_error_in_the_log(tmp_path: Path) -> None:
    """SQLAlchemy logs that it cannot close a cursor of the connection that it has just closed."""
    script = [sys.executable, "-c", INTERRUPTED_AND_BROKEN]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path}
    result = subprocess.run(script, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)

    first, second, *_ = result.stderr.splitlines()
    assert first == "interrupted"
    assert second == "ERROR other: a real fault"


def hustings(folder: Path, *words: str, output: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "hustings", *words]
    return subprocess.run(command, cwd=folder, stdout=output, stderr=subprocess.PIPE, check=False)


def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("“We will rebuild the pier,” Ada Quill said in a speech.\n")

    with article.open("rb") as not_for_writing:
        result = hustings(tmp_path, "quotes", "article.txt", output=not_for_writing.fileno())

    assert result.returncode == 2
    assert result.stderr == b"hustings: Bad file descriptor\n"


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")

    result = hustings(tmp_path, "demo")

    assert result.returncode == 2
    assert result.stderr == b"hustings: demo: File exists\n"


COMMANDS = (
    "roster import DEMO/roster.csv",
    "import DEMO/statements.csv",
    "account add dc:143 bluesky quill.test",
    "coverage",
    "analyse",
    "search labour",
    "report report",
    "verify",
    "forget --statement 1 --reason test",
)


def test_an_archive_is_one_file_again_after_each_command(tmp_path: Path) -> None:
    """What is left in a log beside it is lost to whoever copies the file."""
    demo = Path(archive.__file__).parent / "demo"
    for line in COMMANDS:
        result = hustings(tmp_path, *line.replace("DEMO", str(demo)).split())

        assert result.returncode == 0, result.stderr
        assert [path.name for path in tmp_path.glob("hustings.db*")] == ["hustings.db"], line
