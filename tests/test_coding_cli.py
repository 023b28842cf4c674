"""The commands of hand coding, as a coder and a researcher use them."""

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import coded_archive as archive
import example_archive as example
import pytest
from archives_on_server import address_of
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

import hustings
from analysis.contract import KindName
from analysis.evaluation.entering import HELP_TEXT, KINDS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """60 statements that a method has read."""
    archive.filled(engine)
    return engine


def run(engine: Engine, *arguments: str, typed: str | None = None, code: int = 0) -> Result:
    result = CliRunner().invoke(
        hustings.app, ["--db", str(engine.url.database), "code", *arguments], input=typed
    )
    assert result.exit_code == code, (result.output, result.exception)
    return result


def drawn(engine: Engine, folder: Path, *more: str) -> Path:
    out = folder / "sheet.csv"
    run(engine, "sample", str(out), "--name", "first", "--n", "20", *more)
    return out


def code_all(engine: Engine, sheet: Path, coder: str, *, wrong: int = 0) -> None:
    """Fill in a sheet: statements whose number ends in 0 or 1 thank; the first `wrong` rows otherwise."""
    rows = archive.rows_in(sheet)
    for place, row in enumerate(rows):
        there = row["statement"][-1] in "01"
        row["thanks" if there is (place >= wrong) else "other"] = "yes"
        row["coder"] = coder
    filled_in = archive.write_rows(sheet.parent / f"{coder}.csv", rows)
    run(engine, "load", str(filled_in))


def test_from_drawing_to_a_corrected_count(filled: Engine, tmp_path: Path) -> None:
    sheet = drawn(filled, tmp_path, "--by", "kind")
    code_all(filled, sheet, "ada")
    code_all(filled, sheet, "bo", wrong=2)
    agreement = run(filled, "agreement", "first", "--disagreements", str(tmp_path / "differ.csv"))
    assert "kind:thanks" in agreement.stdout
    assert "4 disagreements" in agreement.stdout
    assert {row["code"] for row in archive.rows_in(tmp_path / "differ.csv")} == {"kind:thanks", "kind:other"}
    evaluated = run(filled, "evaluate", "--reference", "ada")
    assert "against ada of sample first" in evaluated.stdout
    assert "weighted" in evaluated.stdout
    corrected = json.loads(
        run(filled, "correct", "first", "--kind", "thanks", "--reference", "ada", "--json").stdout
    )
    row = corrected["rows"][0]
    assert (row["statements"], row["machine"], row["corrected_count"]["value"]) == (60, 12, 12)


def test_a_sample_says_what_it_was_drawn_from(filled: Engine, tmp_path: Path) -> None:
    out = tmp_path / "sheet.csv"
    said = run(filled, "sample", str(out), "--name", "first", "--n", "500", "--by", "kind", "--json")
    summary = json.loads(said.stdout)
    assert summary["drawn"] == 60
    assert summary["strata"]["accusation"] == {"drawn": 6, "of": 6}
    assert summary["unread"] == 9, "the example archive has others, which another method has read"
    assert "there are only 60 statements" in said.stderr
    assert len(archive.rows_in(out)) == 60


def test_a_sample_too_small_for_its_strata_says_what_cannot_be_known(filled: Engine, tmp_path: Path) -> None:
    said = run(filled, "sample", str(tmp_path / "sheet.csv"), "--name", "few", "--n", "2", "--by", "kind")
    assert said.exit_code == 0
    assert "nothing was drawn from" in said.stderr
    assert "accusation" in said.stderr


def test_a_sheet_is_never_written_over_a_file(filled: Engine, tmp_path: Path) -> None:
    sheet = drawn(filled, tmp_path)
    before = sheet.read_bytes()
    for command in (["sample", str(sheet), "--name", "first", "--n", "20"], ["sheet", "first", str(sheet)]):
        assert "may hold codes" in run(filled, *command, code=2).stderr
    assert sheet.read_bytes() == before
    run(filled, "sheet", "first", str(tmp_path / "again.csv"))
    assert (tmp_path / "again.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "OUT.ods", "--name", "x"], ".csv or .xlsx"),
        (["sample", "OUT.csv", "--name", "x", "--election", "nope"], "there is no election 'nope'"),
        (["sample", "OUT.csv", "--name", "x", "--method", "nope"], "no statement was read by the method"),
        (["sample", "OUT.csv", "--name", "x", "--kind", "mood"], "--kind is one of: victory"),
        (["sample", "OUT.csv", "--name", "x", "--allocation", "x"], "--allocation is one of: equal"),
        (["sheet", "nope", "OUT.csv"], "there is no sample 'nope'"),
        (["enter", "nope", "--coder", "ada"], "there is no sample 'nope'"),
        (["enter", "nope", "--coder", "majority"], "is no name of a coder"),
        (["load", "OUT.csv"], "No such file"),
        (["load", "OUT.csv", "--coder", " "], "is no name of a coder"),
        (["agreement"], "no statement was coded by two people"),
        (["agreement", "nope"], "there is no sample 'nope'"),
        (["evaluate"], "nothing can be compared"),
        (["correct", "nope", "--kind", "thanks"], "there is no sample 'nope'"),
        (["correct", "nope", "--kind", "thanks", "--by", "age"], "--by is one of: party"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    filled: Engine, tmp_path: Path, arguments: list[str], message: str
) -> None:
    placed = [str(tmp_path / one) if one.startswith("OUT") else one for one in arguments]
    output = run(filled, *placed, code=2).stderr
    assert message in " ".join(output.replace("│", " ").split())


def test_before_anything_was_read_nothing_is_drawn(engine: Engine, tmp_path: Path) -> None:
    out = str(tmp_path / "sheet.csv")
    assert "hustings analyse" in run(engine, "sample", out, "--name", "x", code=2).stderr


def test_a_wrong_sheet_is_refused_and_an_edited_text_is_told(filled: Engine, tmp_path: Path) -> None:
    sheet = drawn(filled, tmp_path)
    rows = archive.rows_in(sheet)
    rows[0]["thanks"] = "perhaps"
    bad = archive.write_rows(tmp_path / "bad.csv", rows)
    refused = run(filled, "load", str(bad), "--coder", "ada", "--json", code=2)
    assert json.loads(refused.stdout)["exit_code"] == 2
    assert "bad.csv row 2, column thanks" in refused.stderr
    rows[0]["thanks"] = "yes"
    archive.edit(filled, int(rows[0]["id"]), "Edited.")
    good = archive.write_rows(tmp_path / "good.csv", rows)
    assert "1 statements were edited" in run(filled, "load", str(good), "--coder", "ada", code=1).stderr


# ---- in the terminal ------------------------------------------------------------------------------


def enter(engine: Engine, typed: str) -> Result:
    return run(engine, "enter", "first", "--coder", "ada", typed=typed)


def test_coding_in_the_terminal_keeps_every_answer_and_goes_on_where_it_stopped(
    filled: Engine, tmp_path: Path
) -> None:
    ids = [int(row["id"]) for row in archive.rows_in(drawn(filled, tmp_path))]
    first = enter(filled, "n quite clear\nvt?\no\nq\n")
    assert "1 coded by ada now; 19 of first are left" in first.stdout
    codes = archive.stored(filled, "ada")[ids[0]]
    assert {name for name, value in codes.items() if value == "yes"} == {
        "kind:victory",
        "kind:thanks",
        "unsure",
    }
    assert codes["scope:victory"] == "own_contest"
    assert codes["note"] == "quite clear"
    second = enter(filled, "c\np\nw\na\nci\ny\n")
    assert "[2 of 20]" in second.stdout
    assert "2 coded by ada now; 17 of first are left" in second.stdout
    found = archive.stored(filled, "ada")
    assert (found[ids[1]]["concession_strength"], found[ids[1]]["scope:concession"]) == ("weak", "party")
    third = found[ids[2]]
    assert (third["accusation:character"], third["accusation:integrity"]) == ("yes", "yes")
    assert (third["accusation:policy"], third["incivility"]) == ("no", "yes")


def test_an_answer_can_be_taken_back_also_in_a_later_sitting(filled: Engine, tmp_path: Path) -> None:
    ids = [int(row["id"]) for row in archive.rows_in(drawn(filled, tmp_path))]
    enter(filled, "t\nt\nu\nm\n")
    codes = archive.stored(filled, "ada")
    assert codes[ids[1]]["kind:mobilisation"] == "yes"
    assert codes[ids[1]]["kind:thanks"] == "no"
    assert "Undone" in enter(filled, "u\nq\n").stdout
    assert set(archive.stored(filled, "ada")) == {ids[0]}
    assert "nothing to undo" in enter(filled, "u\nu\nq\n").stdout
    assert archive.stored(filled, "ada") == {}


def test_undo_within_a_statement_leaves_it_uncoded(filled: Engine, tmp_path: Path) -> None:
    drawn(filled, tmp_path)
    enter(filled, "c\nu\nq\n")
    assert archive.stored(filled, "ada") == {}


def test_what_is_skipped_comes_again_in_the_next_sitting(filled: Engine, tmp_path: Path) -> None:
    ids = [int(row["id"]) for row in archive.rows_in(drawn(filled, tmp_path))]
    enter(filled, "s\nt\nq\n")
    assert set(archive.stored(filled, "ada")) == {ids[1]}
    enter(filled, "p\nq\n")
    assert set(archive.stored(filled, "ada")) == {ids[0], ids[1]}


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("z", "'z' is no answer"),
        ("ot", "other: stands alone"),
        ("?", "is no answer"),
        ("h", HELP_TEXT[0][:40]),
    ],
)
def test_a_key_that_is_none_is_asked_for_again(
    filled: Engine, tmp_path: Path, typed: str, answer: str
) -> None:
    drawn(filled, tmp_path)
    said = enter(filled, f"{typed}\nq\n").stdout
    assert answer in said
    assert said.count("kinds>") == 2
    assert archive.stored(filled, "ada") == {}


def test_a_sample_that_is_coded_through_asks_nothing(filled: Engine, tmp_path: Path) -> None:
    drawn(filled, tmp_path)
    assert "20 coded by ada now; 0 of first are left" in enter(filled, "t\n" * 20).stdout
    assert "0 coded by ada now; 0 of first are left" in enter(filled, "").stdout


def test_a_text_cannot_steer_the_terminal(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    archive.add_read(engine, [(f"{example.HOSTILE}\nsecond\rline", {})])
    run(engine, "sample", str(tmp_path / "x.csv"), "--name", "first", "--method", archive.METHOD)
    said = enter(engine, "").stdout
    assert "second" in said
    assert all(one.isprintable() or one == "\n" for one in said)


def test_every_kind_has_a_key() -> None:
    assert set(KINDS.values()) == set(KindName)
    assert not {"q", "u", "s", "n", "h", "?"} & set(KINDS)


def test_coding_works_in_a_real_terminal_and_ctrl_c_keeps_what_was_answered(
    filled: Engine, tmp_path: Path
) -> None:
    drawn(filled, tmp_path)
    filled.dispose()
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "hustings", "--db", address_of(filled.url.database)]
    child = subprocess.Popen(
        [*command, "code", "enter", "first", "--coder", "ada"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=lambda: _own(terminal),
    )
    os.close(terminal)
    seen = _until(screen, b"kinds> ")
    os.write(screen, b"t\r")
    seen += _until(screen, b"kinds> ")
    seen += _interrupted(screen)
    os.close(screen)
    assert child.wait(timeout=60) == 0
    assert b"[2 of 20]" in seen
    assert b"1 coded by ada now; 19 of first are left" in seen
    assert len(archive.stored(filled, "ada")) == 1


def _own(terminal: int) -> None:
    """Make it the child's controlling terminal, so that Ctrl-C reaches the child."""
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def _until(screen: int, prompt: bytes) -> bytes:
    seen = b""
    while prompt not in seen:
        ready, _, _ = select.select([screen], [], [], 60)
        assert ready, seen
        seen += os.read(screen, 4096)
    return seen


def _interrupted(screen: int) -> bytes:
    """What is shown until the child is gone. Ctrl-C is pressed again as a person would: one that comes in
    the moment before Python begins to wait for a line is only noticed when something else comes."""
    seen = b""
    for _ in range(12):
        os.write(screen, b"\x03")
        while select.select([screen], [], [], 10)[0]:
            try:
                read = os.read(screen, 4096)
            except OSError:  # Linux: the child has closed its side
                return seen
            if not read:
                return seen
            seen += read
    raise AssertionError(seen)
