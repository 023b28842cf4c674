"""`hustings review`, from end to end: in the terminal, by file, and for owners of accounts."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import ballot_files
import example_archive as example
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from test_cli import refused, run

from analysis.findings import analyse
from analysis.outcomes import FoundStatement, statements_with_findings
from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.sentiment import scorer_for
from db import models, writing
from db.console import Exit

CONCEDED = "x:1002"
ATTACK = "x:1001"


@pytest.fixture(autouse=True)
def _named_archive(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example.fill(engine)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUSTINGS_DB", str(tmp_path / "archive.db"))
    monkeypatch.setenv("HUSTINGS_REVIEWER", "Ann")


def statement(engine: Engine, key: str) -> FoundStatement:
    with Session(engine) as session:
        return next(one for one in statements_with_findings(session) if one.key == key)


def kinds(engine: Engine, key: str) -> dict[str, str | None]:
    """Kind -> who reviewed it."""
    reading = statement(engine, key).reading
    assert reading is not None
    return {kind.kind.value: kind.reviewed.by if kind.reviewed else None for kind in reading.kinds}


def read_again(engine: Engine) -> None:
    with Session(engine) as session:
        reader = Reader(load_roster(session), scorer_for("linear"))
    analyse(engine, reader, again=True)


def test_a_review_survives_that_everything_is_read_again_by_another_method(engine: Engine) -> None:
    assert run("review", "kind", CONCEDED, "concession", "rejected").exit_code == 0
    assert (
        run("review", "kind", CONCEDED, "congratulation", "added", "--words", "Congratulations").exit_code
        == 0
    )
    before = kinds(engine, CONCEDED)
    assert before == {"congratulation": "Ann"}
    read_again(engine)
    reading = statement(engine, CONCEDED).reading
    assert reading is not None
    assert reading.method != example.METHOD
    assert kinds(engine, CONCEDED) == before


def test_a_review_of_an_edited_text_counts_no_more_and_is_listed_as_stale(engine: Engine) -> None:
    assert run("review", "kind", CONCEDED, "concession", "confirmed").exit_code == 0
    with writing(engine) as session:
        row = session.exec(select(models.Statement).where(col(models.Statement.post_id) == "1002")).one()
        row.text, row.text_sha256 = "I concede nothing.", "0" * 64
        session.add(row)
    read_again(engine)
    assert "Ann" not in kinds(engine, CONCEDED).values()
    listed = json.loads(run("review", "list", "--stale", "--json").stdout)["reviews"]
    assert [(one["of"], one["counts"]) for one in listed] == [(CONCEDED, "stale")]


def test_a_target_gets_name_and_type_from_the_person_in_the_archive(engine: Engine) -> None:
    said = run("review", "target", ATTACK, "Hollis broke", "added", "--person", "p:ines")
    assert said.exit_code == 0, said.stderr
    found = statement(engine, ATTACK).targets
    assert [(one.target.who, one.target.basis) for one in found if one.target.reviewed] == [
        ("Ines Farrow", "review")
    ]


def test_a_target_of_an_unknown_person_is_refused() -> None:
    refused(run("review", "target", ATTACK, "Hollis must", "corrected", "--person", "p:nobody"), "p:nobody")


def test_without_a_name_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_REVIEWER", " ")
    refused(run("review", "kind", CONCEDED, "concession", "confirmed"), "--reviewer")


def test_a_statement_that_nothing_has_read_cannot_be_reviewed() -> None:
    refused(run("review", "kind", "x:1004", "concession", "added"), "x:1004", "hustings analyse")


def filled_in(sheet: Path, **answers: str) -> list[dict[str, str]]:
    """The rows of a sheet, with the same answers in each, written back."""
    with sheet.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    with sheet.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.DictWriter(sink, rows[0])
        writer.writeheader()
        writer.writerows({**row, **answers} for row in rows)
    return rows


def test_a_sheet_comes_back_with_verdicts_and_a_second_one_holds_nothing_more(engine: Engine) -> None:
    sheet = Path("sheet.csv")
    assert run("review", "sheet", sheet).exit_code == 0
    rows = filled_in(sheet, verdict="confirmed", note="seen")
    assert {(row["statement"], row["place"]) for row in rows} == {
        ("x:1911111111111111113", "victory"),
        (CONCEDED, "concession"),
    }
    assert run("review", "load", sheet).exit_code == 0
    assert kinds(engine, CONCEDED) == {"concession": "Ann"}
    assert json.loads(run("review", "sheet", sheet, "--json").stdout)["rows"] == 0


def test_an_edited_cell_of_a_sheet_is_a_correction(engine: Engine) -> None:
    sheet = Path("sheet.csv")
    run("review", "sheet", sheet)
    filled_in(sheet, verdict="corrected", scope="other")
    assert run("review", "load", sheet).exit_code == 0
    reading = statement(engine, CONCEDED).reading
    assert reading is not None
    assert [(kind.scope, kind.strength) for kind in reading.kinds] == [("other", "strong")]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"verdict": "yes"}, "verdict 'yes' is none of"),
        ({"verdict": "confirmed", "scope": "party"}, "only what is corrected"),
        ({"verdict": "corrected"}, "not in what"),
        ({"verdict": "corrected", "scope": "mine"}, "scope 'mine' is none of"),
        ({"verdict": "confirmed", "statement": "x:none"}, "no statement of the archive"),
        ({"verdict": "confirmed", "subject": "owner"}, "review owner"),
    ],
)
def test_a_sheet_with_a_wrong_row_is_refused_whole_and_names_the_row(
    engine: Engine, answers: dict[str, str], said: str
) -> None:
    sheet = Path("sheet.csv")
    run("review", "sheet", sheet)
    filled_in(sheet, **answers)
    refused(run("review", "load", sheet), "sheet.csv row 2", said)
    assert kinds(engine, CONCEDED) == {"concession": None}


def test_a_file_that_is_no_sheet_is_refused() -> None:
    Path("sheet.csv").write_bytes(b"a,b\n\xff,1\n")
    refused(run("review", "load", "sheet.csv"), "sheet.csv")
    Path("sheet.csv").write_text("statement,subject,place,verdict,note,mood\n")
    refused(run("review", "load", "sheet.csv"), "unknown column mood")


def test_a_sheet_that_a_spreadsheet_saved_with_semicolons_is_read(engine: Engine) -> None:
    sheet = Path("sheet.csv")
    run("review", "sheet", sheet)
    rows = filled_in(sheet, verdict="confirmed")
    with sheet.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.DictWriter(sink, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows({**row, "verdict": "confirmed"} for row in rows)
    assert run("review", "load", sheet).exit_code == 0
    assert kinds(engine, CONCEDED) == {"concession": "Ann"}


def test_a_sheet_cannot_link_a_target_to_a_person_whom_the_archive_does_not_hold() -> None:
    sheet = Path("sheet.csv")
    run("review", "sheet", sheet, "--targets", "--kind", "other")
    filled_in(sheet, verdict="corrected", person_id="p:nobody", party_id="")
    refused(run("review", "load", sheet), "sheet.csv row 2", "there is no p:nobody in the archive")


def test_a_formula_in_a_text_is_kept_from_running_and_comes_back_as_it_was(engine: Engine) -> None:
    with writing(engine) as session:
        made = example.add_statement(session, "2001", "ines", "=1+1 we lost", example.after(9))
        example.add_reading(session, made, [], kinds=("concession",))
    run("review", "sheet", "sheet.csv")
    rows = filled_in(Path("sheet.csv"), verdict="confirmed")
    assert [row["text"] for row in rows if row["statement"] == "x:2001"] == ["'=1+1 we lost"]
    assert run("review", "load", "sheet.csv").exit_code == 0
    assert kinds(engine, "x:2001") == {"concession": "Ann"}


def answers(*keys: str) -> Iterator[str]:
    yield from (f"{key}\n" for key in keys)


def test_in_the_terminal_each_answer_is_stored_at_once(engine: Engine) -> None:
    result = run("review", "run", stdin="".join(answers("y", "q")))
    assert "1 of 2 findings reviewed by Ann" in result.stdout
    assert kinds(engine, "x:1911111111111111113")["victory"] == "Ann"
    assert kinds(engine, CONCEDED) == {"concession": None}


def test_an_answer_can_be_undone_and_given_again(engine: Engine) -> None:
    run("review", "run", stdin="".join(answers("n", "u", "y", "c", "weak", "", "q")))
    assert kinds(engine, "x:1911111111111111113")["victory"] == "Ann"
    reading = statement(engine, CONCEDED).reading
    assert reading is not None
    assert [(kind.strength, kind.scope) for kind in reading.kinds] == [("weak", "own_contest")]


def test_an_empty_correction_is_asked_again_and_nothing_is_stored(engine: Engine) -> None:
    result = run("review", "run", stdin="".join(answers("c", "", "q")))
    assert "not in what" in result.stderr
    assert kinds(engine, "x:1911111111111111113")["victory"] is None


def test_an_owner_that_a_person_names_is_the_author_of_what_the_account_published(engine: Engine) -> None:
    said = run("review", "owner", "2", "--person", "p:cy", "--json")
    assert json.loads(said.stdout)["verdict"] == "corrected"
    found = statement(engine, ATTACK)
    assert found.person_id == "p:cy"


def import_accounts(tmp_path: Path, person: str) -> int:
    file = ballot_files.write(
        tmp_path, "accounts.csv", "person_id,platform,handle,platform_id", f"{person},x,,12"
    )
    return run("account", "import", file).exit_code


def test_no_import_gives_an_account_back_to_whom_it_was_taken_from(engine: Engine, tmp_path: Path) -> None:
    assert run("review", "owner", "2", "--nobody", "--note", "a parody").exit_code == 0
    assert statement(engine, ATTACK).person_id is None
    assert import_accounts(tmp_path, "p:tobias") == Exit.PARTLY
    refused(run("account", "add", "p:tobias", "x", "--id", "12"), "a reviewer says", "p:tobias")
    with Session(engine) as session:
        account = session.get(models.Account, 2)
        assert account is not None
        assert account.person_id is None


def test_no_import_takes_an_account_from_whom_a_person_named(engine: Engine, tmp_path: Path) -> None:
    assert run("review", "owner", "2", "--person", "p:cy").exit_code == 0
    assert import_accounts(tmp_path, "p:tobias") == Exit.PARTLY
    assert statement(engine, ATTACK).person_id == "p:cy"


def test_naming_the_same_owner_confirms_it(engine: Engine) -> None:
    assert json.loads(run("review", "owner", "2", "--person", "p:tobias", "--json").stdout) == {
        "account": 2,
        "verdict": "confirmed",
        "person": "p:tobias",
        "before": "p:tobias",
        "statements": 0,
    }


@pytest.mark.parametrize(
    ("account", "said"), [("99", "no account"), ("x:none", "no account"), ("1" * 30, "no account")]
)
def test_an_unknown_account_is_refused(account: str, said: str) -> None:
    refused(run("review", "owner", account, "--person", "p:cy"), said, "hustings account list")
