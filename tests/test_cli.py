"""The command line, from end to end: what a user types, sees and gets back."""

import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import ballot_files
import pytest
from archives_on_server import held, is_archive, rows_in
from report_reading import rows
from typer.testing import CliRunner

import archive
import hustings
from db.console import Exit

DEMO = Path(archive.__file__).parent / "demo"
POLLING = "parl.2024-07-04"
CONTEST = "parl.bethnal-green-and-stepney.2024-07-04"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUSTINGS_DB", raising=False)


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str


def run(*words: str | Path, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(hustings.app, [str(word) for word in words], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Result(result.exit_code, result.stdout, result.stderr)


def refused(result: Result, *said: str, code: int = Exit.BAD_INPUT) -> None:
    """One line on standard error that says these things, this exit code, and nothing else."""
    assert result.exit_code == code, result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    for part in said:
        assert part in lines[0]


def posts(*lines: str, name: str = "posts.csv", header: str = "id,created_at,author_handle,text") -> Path:
    path = Path(name)
    path.write_text("\n".join([header, *lines, ""]))
    return path


@pytest.fixture(scope="module", name="site")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one run of `hustings demo` makes."""
    folder = tmp_path_factory.mktemp("demo")
    result = run("demo", folder)
    assert result.exit_code == 0, result.stderr
    return folder


# ---- the demonstration ------------------------------------------------------------------------------


def test_the_demo_prints_the_path_of_its_report(tmp_path: Path) -> None:
    result = run("demo")

    assert result.exit_code == 0
    path = Path(result.stdout.strip().splitlines()[-1].split()[-1])
    assert path.is_file()
    assert path.suffix == ".html"


def test_the_demo_can_be_run_again(site: Path) -> None:
    assert run("demo", site).exit_code == 0


def statements(site: Path) -> list[dict[str, str]]:
    found = rows_in(
        site / "hustings.db",
        "SELECT person.name, statement.text, target.who, target.basis, rating.label"
        " FROM statement JOIN person ON person.id = statement.person_id"
        " JOIN reading ON reading.statement_id = statement.id"
        " LEFT JOIN target ON target.reading_id = reading.id AND target.basis <> 'own_side'"
        " LEFT JOIN rating ON rating.target_id = target.id",
    )
    return [dict(zip(("author", "text", "who", "basis", "label"), row, strict=True)) for row in found]


def test_masroor_targets_labour_negatively(site: Path) -> None:
    found = [row for row in statements(site) if row["author"] == "Ajmal Masroor"]

    assert [row["label"] for row in found if row["who"] == "Labour"] == ["negative"]


def test_both_of_akunjees_statements_target_masroor_negatively_one_by_its_addressee(site: Path) -> None:
    found = [
        row
        for row in statements(site)
        if row["author"] == "Tasnime Akunjee" and row["who"] == "Ajmal Masroor"
    ]

    assert {row["label"] for row in found} == {"negative"}
    assert len({row["text"] for row in found}) == 2
    assert {row["basis"] for row in found if row["text"].startswith("You lost")} == {"addressee"}


def test_ali_thanks_and_claims_victory(site: Path) -> None:
    kinds = rows_in(
        site / "hustings.db",
        "SELECT kind.kind FROM kind JOIN reading ON reading.id = kind.reading_id"
        " JOIN statement ON statement.id = reading.statement_id"
        " JOIN person ON person.id = statement.person_id"
        " WHERE person.name = 'Rushanara Ali'",
    )

    assert {"thanks", "victory"} <= {kind for (kind,) in kinds}


def test_the_contests_page_says_what_the_ballot_said(site: Path) -> None:
    page = site / "report" / "elections" / POLLING / "contests" / CONTEST / "index.html"
    text = page.read_text()

    for said in ("1,689", "15,896", "14,207", "Rushanara Ali", "Tasnime Akunjee", "not collected"):
        assert said in text
    assert "No declaration time" in text or "no declaration time" in text


def test_a_statement_dated_to_a_day_gets_no_minutes(site: Path) -> None:
    found = rows(next((site / "report").rglob("contests/*/statements.csv.gz")).parent, "statements")

    assert {row["minutes_from_declaration"] for row in found} == {None}


# ---- finding the archive ----------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("analyse",), ("report", "out"), ("account", "add", "dc:1", "x", "ada")])
def test_a_command_that_reads_does_not_start_an_archive(command: tuple[str, ...]) -> None:
    refused(run(*command), "there is no database at hustings.db")

    assert not is_archive("hustings.db")
    assert not Path("out").exists()


def test_init_creates_an_archive_and_may_be_repeated() -> None:
    assert run("init").exit_code == 0
    assert run("init").exit_code == 0
    assert run("analyse").exit_code == 0


def test_the_archive_is_found_by_option_before_or_after_the_command_and_by_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run("--db", "a.db", "init").exit_code == 0
    assert run("init", "--db", "b.db").exit_code == 0
    monkeypatch.setenv("HUSTINGS_DB", "c.db")
    assert run("init").exit_code == 0

    names = ("a.db", "b.db", "c.db", "hustings.db")
    assert [name for name in names if is_archive(name)] == ["a.db", "b.db", "c.db"]


def test_a_file_that_is_not_ours_is_left_alone() -> None:
    with sqlite3.connect("other.db") as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = Path("other.db").read_bytes()

    refused(
        run("import", posts("1,2024-07-05,ada,hi"), "--platform", "x", "--db", "other.db"), "not a Hustings"
    )

    assert Path("other.db").read_bytes() == before


def test_a_read_only_archive_is_refused() -> None:
    run("init")
    os.chmod("hustings.db", 0o444)

    refused(run("import", posts("1,2024-07-05,ada,hi"), "--platform", "x"), "read-only")


def test_a_locked_archive_is_to_be_tried_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine.BUSY_SECONDS", 0.1)
    run("init")

    with held("hustings.db"):
        refused(run("import", posts("1,2024-07-05,ada,hi"), "--platform", "x"), "in use", code=Exit.TRY_LATER)


def test_results_that_do_not_add_up_leave_no_empty_archive_behind() -> None:
    rows = (DEMO / "results.csv").read_text().replace(",46647,", ",46648,")
    Path("wrong.csv").write_text(rows)

    refused(run("results", "import", "wrong.csv"), "wrong.csv", "46648")

    assert list(Path().glob("*.db*")) == []


# ---- importing --------------------------------------------------------------------------------------


def test_an_import_adds_up_and_says_so() -> None:
    path = posts("1,2024-07-05,ada,We won.", "2,2024-07-05,ada,Thanks.")

    first = run("import", path, "--platform", "x")
    second = run("import", path, "--platform", "x", "--json")

    assert first.exit_code == 0
    assert first.stdout.strip() == "posts.csv: read 2 = stored 2 + known 0 + quarantined 0"
    assert json.loads(second.stdout) == {
        "file": "posts.csv", "read": 2, "stored": 0, "known": 2, "quarantined": 0, "edited": 0, "noted": 0,
        "left_out": {},
    }  # fmt: skip


def test_a_bad_row_is_quarantined_the_others_stored_and_the_exit_code_is_one() -> None:
    result = run("import", posts("1,2024-07-05,ada,We won.", "2,2024-02-30,ada,x"), "--platform", "x")

    refused(result, "1 records could not be read", code=Exit.PARTLY)
    assert "stored 1 + known 0 + quarantined 1" in result.stdout


def test_one_wrong_file_stops_all_before_anything_is_stored() -> None:
    good, wrong = posts("1,2024-07-05,ada,We won."), posts("1,hi", header="id,body", name="wrong.csv")

    refused(run("import", good, wrong, "--platform", "x"), "wrong.csv", "--map text=COLUMN")

    assert not is_archive("hustings.db")


def test_naive_times_need_a_timezone() -> None:
    path = posts("1,2024-07-05 04:12:44,ada,We won.")

    refused(run("import", path, "--platform", "x"), "posts.csv", "line 2", "created_at", "--timezone")
    assert run("import", path, "--platform", "x", "--timezone", "Europe/London").exit_code == 0


@pytest.mark.parametrize("mapping", ["text", "=x", "text=", "a=b,c"])
def test_a_mapping_that_is_none_is_refused(mapping: str) -> None:
    refused(run("import", posts("1,2024-07-05,ada,hi"), "--platform", "x", "--map", mapping), "--map")


def test_an_article_is_imported_as_statements_of_its_speakers() -> None:
    run("roster", "import", DEMO / "roster.csv")
    Path("a.txt").write_text(
        "Rushanara Ali kept her seat.\n\n"
        "“We will open the library again on Sundays,” Ali said in a post on X.\n"
    )

    result = run("import", "a.txt", "--published", "2024-07-06", "--url", "https://example.org/a")

    assert result.exit_code == 0, result.stderr
    [row] = rows_in("hustings.db", "SELECT person_id, channel, published_precision, url FROM statement")
    assert row == ("dc:143", "social", "day", "https://example.org/a")


def test_an_article_without_a_quotation_says_so() -> None:
    Path("a.txt").write_text("Nothing was said.\n")

    result = run("quotes", "a.txt")

    assert result.exit_code == 0
    assert "no quotation" in result.stdout


def test_quotes_prints_a_line_of_json_a_quotation() -> None:
    Path("a.txt").write_text("“I accept this result in full,” Ada Example said in a speech.\n")

    [line] = run("quotes", "--json", "a.txt").stdout.splitlines()

    found = json.loads(line)
    assert (found["speaker"], found["channel"]) == ("Ada Example", "speech")
    assert found["text"].strip("“”,") == "I accept this result in full"


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x89PNG\r\n"])
def test_what_is_no_article_is_refused(body: bytes) -> None:
    Path("a.txt").write_bytes(body)

    refused(run("quotes", "a.txt"), "a.txt")


# ---- accounts ---------------------------------------------------------------------------------------


def test_an_account_given_an_owner_gives_its_statements_the_author() -> None:
    run("roster", "import", DEMO / "roster.csv")
    run("import", posts("1,2024-07-05,RushanaraAli,We won."), "--platform", "x")

    assert run("account", "add", "dc:143", "x", "@rushanaraali").exit_code == 0

    assert rows_in("hustings.db", "SELECT person_id FROM statement") == [("dc:143",)]


def test_an_account_of_nobody_in_the_archive_is_refused() -> None:
    run("init")

    refused(run("account", "add", "dc:999", "x", "ada"), "dc:999")


# ---- analysing and tagging --------------------------------------------------------------------------


def test_what_is_done_is_logged_on_standard_error_where_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "archive")
    result = run("-v", "import", posts("1,2024-07-05,ada,We won."), "--platform", "x", "--json")

    assert len(result.stdout.splitlines()) == 1
    [line] = [entry.getMessage() for entry in caplog.records if entry.name.startswith("archive")]
    assert line.startswith("posts.csv: read 1 = stored 1")


def test_an_author_who_is_nobody_in_the_archive_is_refused_or_quarantined() -> None:
    run("roster", "import", DEMO / "roster.csv")
    path = posts("1,2024-07-05,ada,We won.")

    refused(run("import", path, "--platform", "x", "--person", "dc:nobody"), "--person", "dc:nobody")
    named = posts(
        "1,2024-07-05,dc:nobody,We won.",
        "2,2024-07-05,dc:143,Thanks.",
        header="id,created_at,person_id,text",
    )
    result = run("import", named, "--platform", "x")

    assert result.stdout.strip() == "posts.csv: read 2 = stored 1 + known 0 + quarantined 1"
    [reason] = rows_in("hustings.db", "SELECT position, reason FROM quarantine")
    assert reason == ("line 2", "person_id: there is no person dc:nobody in the archive")


def test_an_article_without_a_quotation_is_imported_as_nothing_and_that_is_said() -> None:
    Path("a.txt").write_text("Nothing was said.\n")

    result = run("import", "a.txt")

    assert result.exit_code == 0
    assert "no quotation found" in result.stdout


def test_analyse_reads_only_what_is_new_unless_told_again() -> None:
    run("import", posts("1,2024-07-05,ada,We won."), "--platform", "x")

    def read(*options: str) -> int:
        return int(json.loads(run("analyse", "--json", *options).stdout)["read"])

    assert [read(), read(), read("--again"), read("--method", "vader")] == [1, 0, 1, 1]
    run("import", posts("2,2024-07-05,ada,Thanks."), "--platform", "x")
    assert read() == 1


def test_an_unknown_method_is_refused_and_the_known_are_named() -> None:
    run("init")

    refused(run("analyse", "--method", "tarot"), "tarot", "vader-target")


def test_tag_answers_a_line_with_a_line() -> None:
    lines = '{"id": "1", "text": "Labour failed us."}\nnot json\n{"id": 3, "text": "Thank you all!"}\n'

    result = run("tag", "-", stdin=lines)

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["1", None, 3]
    assert "error" in answers[1]
    refused(result, "1 of 3 lines could not be read", code=Exit.PARTLY)


def test_tag_links_to_the_candidates_of_a_roster_file() -> None:
    line = json.dumps({"id": "1", "text": "Ajmal Masroor was a hard sell.", "contest": CONTEST})

    [answer] = run("tag", "-", "--roster", DEMO / "roster.csv", stdin=line + "\n").stdout.splitlines()

    assert [target["id"] for target in json.loads(answer)["targets"]] == ["142"]


def test_tag_looks_candidates_up_in_a_file_that_leaves_election_or_zone_unsaid() -> None:
    plain = ballot_files.write(
        Path(),
        "plain.csv",
        "election_id,polling_date,contest_id,contest_name,person_name,person_id",
        "xx.1,2031-05-04,xx.1.a,Exampleton,Ada Quill,801",
    )
    line = json.dumps({"id": "1", "text": "Ada Quill failed this town."})

    for file in (plain, ballot_files.candidacies(Path())):
        result = run("tag", "-", "--roster", file, stdin=line + "\n")
        assert result.exit_code == 0, result.stderr
        assert [target["id"] for target in json.loads(result.stdout)["targets"]] == ["801"]


# ---- reporting --------------------------------------------------------------------------------------


def test_an_unknown_contest_is_refused_and_a_near_one_is_named(site: Path, tmp_path: Path) -> None:
    near = CONTEST.replace("bethnal-green", "bethnel-green")

    refused(run("report", tmp_path / "out", "--contest", near, "--db", site / "hustings.db"), CONTEST)


def test_a_folder_with_other_files_is_not_overwritten(site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")

    refused(run("report", tmp_path / "mine", "--db", site / "hustings.db"), "mine")

    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


# ---- habits -----------------------------------------------------------------------------------------


def test_the_version_is_the_installed_one() -> None:
    from importlib.metadata import version

    assert run("--version").stdout.strip() == f"hustings {version('hustings')}"


@pytest.mark.parametrize("words", [("nosuch",), ("import",), ("report",), ("--nosuch",)])
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == Exit.BAD_INPUT


def test_the_help_says_in_full_what_each_command_does() -> None:
    narrow = CliRunner().invoke(hustings.app, ["--help"], env={"COLUMNS": "60"}).stdout
    assert "..." not in narrow.partition("Commands:")[2]
    said = " ".join(narrow.split())
    assert "verify Check that the archive is what it was: bytes, log, statements, references, search" in said
    within = CliRunner().invoke(hustings.app, ["account", "--help"], env={"COLUMNS": "60"}).stdout
    assert "all with evidence and history." in " ".join(within.split())
