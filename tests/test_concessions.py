"""The concession tracker: rows, summary, evidence, screen, files, pages, and the command that follows."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import example_archive as example
import pytest
import report_reading
from archives_on_server import address_of
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

import hustings
from analysis.outcomes import CONCESSION_WORDS, ConcessionStatus, Level, Untimed
from analysis.outcomes.pulse import pulse_of
from analysis.publishing import write_report
from analysis.reports.addresses import slug
from analysis.reports.concessions.elections import ElectionConcessions, find_concessions
from analysis.reports.concessions.evidence import LEVEL_WORDS
from analysis.reports.concessions.following import Follower
from analysis.reports.concessions.ranking import by_contest, shown_on_page, worth_showing
from analysis.reports.concessions.rows import ConcessionRow, ConcessionSummaryRow
from analysis.reports.concessions.screen import (
    NO_MINUTES,
    SHORT,
    claim_line,
    contest_table,
    screen_lines,
)
from analysis.reports.concessions.summary import summary_rows
from analysis.site import wording
from db import models, open_database, writing
from db.screens import aligned, fitted

NOW = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)
HARBOUR_ENDS = datetime(2023, 5, 20, tzinfo=UTC)


def fill(engine: Engine) -> None:
    """The example, with claims of every sort, an account that is proven, one that is not, a lost party."""
    example.fill(engine)
    with writing(engine) as session:
        _proven(session, account=3, until=HARBOUR_ENDS)
        _proven(session, account=2, until=example.after(60))
        claim(session, "4001", "maren", "We have won Harbour!", -40, "victory", scope="own_contest")
        claim(
            session,
            "4002",
            "maren",
            "The country chose others.",
            120,
            "concession",
            scope="party",
            strength="strong",
        )
        claim(session, "4003", "tobias", "Rigged! I take it back.", 20, "refusal", scope="own_contest")
        claim(session, "4004", "cy", "I won Hill ward.", 30, "victory", scope="own_contest")
        example.add_statement(session, "4005", "ines", "Counting goes on.", example.after(10), account=3)
        statement = example.add_statement(session, "4006", "ines", "Pizza now.", example.after(15), account=3)
        example.add_reading(session, statement, [], kinds=("other",))
        session.add(
            models.PartyResult(
                election_id=example.ELECTION,
                party_id="x:hp",
                won=False,
                declared_at=example.after(100),
                declared_precision="minute",
                source="council",
            )
        )


def claim(
    session: Session,
    post: str,
    person: str,
    text: str,
    minutes: int,
    kind: str,
    *,
    scope: str | None = None,
    strength: str | None = None,
) -> int:
    """A statement with one claim; returns its number."""
    statement = example.add_statement(session, post, person, text, example.after(minutes))
    reading = example.add_reading(session, statement, [], read_at=datetime(2023, 6, 2, tzinfo=UTC))
    session.add(
        models.Kind(
            reading_id=reading,
            kind=kind,
            method="kinds-1",
            start_at=0,
            end_at=len(text),
            confidence=0.8,
            scope=scope,
            strength=strength,
        )
    )
    session.flush()
    return statement


def _proven(session: Session, *, account: int, until: datetime) -> None:
    """That an account's posts are complete from its beginning on."""
    session.add(models.Coverage(account_id=account, stream="posts", status="complete", until=until))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(str(tmp_path_factory.mktemp("concessions") / "archive.db"), create=True)
    fill(engine)
    yield engine
    engine.dispose()


def found(engine: Engine) -> ElectionConcessions:
    with Session(engine) as session:
        [one] = find_concessions(session, now=NOW, election=example.ELECTION)
    return one


@pytest.fixture(scope="module")
def tracked(archive: Engine) -> ElectionConcessions:
    return found(archive)


@pytest.fixture(scope="module")
def rows(tracked: ElectionConcessions) -> dict[str, ConcessionRow]:
    return {row.name: row for row in tracked.rows}


# ---- rows -----------------------------------------------------------------------------------------


def test_a_claim_stands_with_its_words_local_time_and_minutes(rows: dict[str, ConcessionRow]) -> None:
    maren = rows["Maren Hollis"]
    assert (maren.concession, maren.kind, maren.minutes_from_declaration) == ("not_due", "victory", -40)
    assert (maren.words, maren.statement, maren.review) == ("We have won Harbour!", "x:4001", "machine")
    assert maren.published_local == "2023-05-05T03:57:30+01:00"  # summer time in London
    assert (maren.margin_votes, maren.margin_share) == (300, 0.1)


def test_a_premature_claim_says_how_long_before_the_declaration(rows: dict[str, ConcessionRow]) -> None:
    assert rows["Maren Hollis"].premature == ("claims victory 40 min before the declaration [x:4001]",)
    assert rows["Tobias Quill"].premature == ()


def test_a_loser_who_claims_victory_contradicts_the_result_and_has_conceded_nothing(
    rows: dict[str, ConcessionRow],
) -> None:
    cy = rows["Cy Wend"]
    [contradiction] = cy.contradictions
    assert "claims victory in Hill ward" in contradiction
    assert contradiction.endswith("[x:4004]")
    assert (cy.concession, cy.kind, cy.untimed) == ("none_found", "victory", "no_declared_time")


def test_a_claim_of_a_day_has_no_minutes_and_no_order_within_it(rows: dict[str, ConcessionRow]) -> None:
    tobias = rows["Tobias Quill"]
    assert tobias.concession == "order_unknown"  # conceded on the day on which he refused
    assert (tobias.concession_minutes, tobias.refusal_minutes) == (None, 20)
    assert (tobias.concession_statement, tobias.refusal_statement) == ("x:1002", "x:4003")


def test_none_found_says_in_how_many_posts_of_how_many_accounts_and_what_is_proven(
    rows: dict[str, ConcessionRow],
) -> None:
    ines = rows["Ines Farrow"]
    assert (ines.concession, ines.statements, ines.unread_near_result) == ("none_found", 2, 1)
    assert ines.backing == Level.PARTIAL  # a post near the result was not read
    assert ines.evidence.startswith("No concession found in 2 posts of 1 account, not complete: ")
    assert "not analysed" in ines.evidence


def test_none_found_is_proven_once_everything_near_the_result_is_read(engine: Engine) -> None:
    fill(engine)
    with writing(engine) as session:
        statement = session.exec(select(models.Statement).where(models.Statement.post_id == "4005")).one()
        assert statement.id is not None
        example.add_reading(session, statement.id, [], kinds=("other",))
    answer = found(engine)
    [ines] = [row for row in answer.rows if row.name == "Ines Farrow"]
    assert ines.backing == Level.COMPLETE
    assert ines.evidence == (
        "No concession found in 2 posts of 1 account, complete from the beginning to 20 May 2023, 01:00 BST."
    )
    assert answer.summary[0].none_found_complete == 1


def test_who_has_no_account_is_not_collected_and_nothing_is_said_of_what_they_published(
    rows: dict[str, ConcessionRow],
) -> None:
    assert rows["Bo Tamsin"].evidence == "No account is known."
    assert rows["Bo Tamsin"].backing == "not_collected"
    assert "No concession" not in rows["Bo Tamsin"].evidence


def test_a_claim_for_the_party_is_compared_with_the_party_and_stands_apart(
    tracked: ElectionConcessions, rows: dict[str, ConcessionRow]
) -> None:
    [one] = tracked.party_claims
    assert (one.name, one.scope, one.party_won, one.contradiction) == ("Maren Hollis", "party", False, None)
    assert one.minutes_from_declaration == 20  # from the party's declaration, not the ward's
    assert rows["Maren Hollis"].contradictions == ()


def test_a_finding_that_a_person_confirmed_names_the_person_and_is_no_machines(engine: Engine) -> None:
    fill(engine)
    with writing(engine) as session:
        statement = session.exec(select(models.Statement).where(models.Statement.post_id == "4001")).one()
        session.add(
            models.Review(
                subject="kind",
                statement_id=statement.id,
                text_sha256=statement.text_sha256,
                place="victory",
                verdict="confirmed",
                reviewer="A. Coder",
            )
        )
    answer = found(engine)
    [maren] = [row for row in answer.rows if row.name == "Maren Hollis"]
    assert (maren.review, maren.reviewed_by) == ("confirmed", "A. Coder")
    assert "claims victory (reviewed)" in shown(answer)


def test_measured_recall_stands_beside_none_found_and_the_figures_beside_the_counts(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine)
    with writing(engine) as session:
        for post, value in (("1002", "yes"), ("4006", "yes"), ("4001", "no")):
            statement = session.exec(select(models.Statement).where(models.Statement.post_id == post)).one()
            session.add(
                models.HandCode(
                    statement_id=statement.id or 0,
                    coder="A. Coder",
                    code="kind:concession",
                    value=value,
                    text_sha256=statement.text_sha256,
                )
            )
    [ines] = [row for row in found(engine).rows if row.name == "Ines Farrow"]
    assert (ines.recall, ines.recall_n) == (0.5, 2)
    assert "the method finds 0.50 (0.09 to 0.91, n 2; hand codes of this archive)" in ines.evidence
    write_report(engine, tmp_path / "out", generated_at=NOW)
    folder = tmp_path / "out" / "elections" / slug(example.ELECTION)
    [row] = report_reading.rows(folder, "accuracy")
    assert (row["kind"], row["coded"], row["there"], row["found"], row["precision"]) == (
        "concession",
        3,
        2,
        1,
        1.0,
    )
    words = words_of(folder / "index.html")
    assert "concession 2 100.0% 20.7% to 100.0% 50.0% 9.5% to 90.5% 2 of 3" in words


def test_every_claim_is_a_row_whatever_it_speaks_of(tracked: ElectionConcessions) -> None:
    assert {row.statement for row in tracked.claims} == {
        "x:1911111111111111113",
        *("x:1002", "x:4001", "x:4002", "x:4003", "x:4004"),
    }


# ---- the summary ----------------------------------------------------------------------------------


def summary(tracked: ElectionConcessions, by: str) -> dict[str, ConcessionSummaryRow]:
    return {row.group: row for row in tracked.summary if row.by == by}


def test_the_summary_counts_losing_candidacies_only(tracked: ElectionConcessions) -> None:
    [every] = summary(tracked, "all").values()
    assert (every.losing, every.collected, every.order_unknown, every.none_found) == (3, 3, 1, 2)
    assert every.machine == 1


def test_each_grouping_adds_up_to_all(tracked: ElectionConcessions) -> None:
    [every] = summary(tracked, "all").values()
    for by in ("party", "margin", "incumbency"):
        groups = summary(tracked, by).values()
        assert sum(row.losing for row in groups) == every.losing
        assert sum(row.none_found for row in groups) == every.none_found
    assert set(summary(tracked, "margin")) == {
        "10 to 20 points",
        "20 points and more",
        "margin in points not known",
    }


def test_no_share_is_given_of_fewer_than_ten_and_one_with_interval_of_ten(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        for number in range(10):
            person = f"p:extra{number}"
            session.add(models.Person(id=person, name=f"Extra {number}"))
            session.flush()
            session.add(
                models.Candidacy(
                    contest_id=example.HARBOUR, person_id=person, votes=10 - number, elected=False
                )
            )
            session.add(models.Account(platform="x", platform_id=f"9{number}", person_id=person))
            if number < 8:
                claim(
                    session,
                    f"50{number}",
                    f"extra{number}",
                    "I lost.",
                    5,
                    "concession",
                    scope="own_contest",
                    strength="strong",
                )
            else:
                example.add_statement(session, f"50{number}", f"extra{number}", "Hello.", example.after(5))
    answer = found(engine)
    by_party = summary(answer, "party")
    assert (by_party["Orchard Alliance"].conceded, by_party["Orchard Alliance"].conceded_share) == (1, None)
    ten = by_party["no party given"]
    assert (ten.collected, ten.conceded, ten.conceded_share) == (10, 8, 0.8)
    assert ten.share_low == pytest.approx(0.4902, abs=1e-4)
    assert ten.share_high == pytest.approx(0.9433, abs=1e-4)


def test_without_losing_candidacies_there_is_no_summary() -> None:
    assert summary_rows([]) == []


# ---- fixed words ----------------------------------------------------------------------------------


def test_every_status_level_and_reason_has_its_words() -> None:
    assert set(SHORT) == set(ConcessionStatus) == set(CONCESSION_WORDS)
    assert set(wording.CONCESSIONS) == set(ConcessionStatus)
    assert set(LEVEL_WORDS) == set(Level) == set(wording.BACKINGS)
    assert set(NO_MINUTES) == set(Untimed) == set(wording.UNTIMED)


# ---- the screen -----------------------------------------------------------------------------------


def shown(tracked: ElectionConcessions, **more: Any) -> str:
    return "\n".join(screen_lines(tracked, text=aligned, everything=False, **more))


def test_the_screen_marks_machine_findings_contradictions_and_premature_claims(
    tracked: ElectionConcessions,
) -> None:
    text = shown(tracked)
    assert text.count("claims victory (machine)") == 2
    assert "none found (partial)" in text
    assert "! CONTRADICTION: Cy Wend claims victory in Hill ward" in text
    assert "! PREMATURE: Maren Hollis claims victory 40 min before the declaration [x:4001]" in text
    assert "Harbour ward: declared 5 May 2023, 04:37:30 BST; times in Europe/London" in text
    assert "Hill ward: no time of declaration is known" in text
    assert re.search(r"Maren Hollis +HP .*05 May 03:57 BST +−40 min", text)
    assert "Claims about a party's result\n  Maren Hollis (Harbour Party: did not win) concedes" in text


@pytest.mark.parametrize("width", [80, 120])
def test_a_contest_fits_the_terminal_and_keeps_who_says_what_when(
    tracked: ElectionConcessions, width: int
) -> None:
    for contest in by_contest(tracked.rows).values():
        text = fitted(contest_table(contest), width=width)
        assert max(map(len, text.splitlines())) <= width
        header = text.splitlines()[0]
        assert all(word in header for word in ("candidate", "concession", "local time", "after decl."))


def test_contests_with_something_to_see_come_first(tracked: ElectionConcessions) -> None:
    assert list(by_contest(tracked.rows)) == [example.HARBOUR, example.HILL]
    silent = [row for row in tracked.rows if row.name == "Bo Tamsin"]
    many = [silent] * 6
    assert worth_showing(many) == []
    unknown = [replace(silent[0], contest_id=f"more {n}", backing=Level.NOT_COLLECTED) for n in range(20)]
    few, most = shown_on_page(unknown), shown_on_page([*unknown, *tracked.rows])
    assert len(few) == 20
    assert [rows[0].contest_id for rows in most] == [example.HARBOUR, example.HILL]


def test_a_hostile_text_stays_one_line_on_the_screen(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        claim(
            session,
            "6001",
            "tobias",
            f"I concede.\x1b[2J\n{example.HOSTILE}",
            5,
            "concession",
            scope="own_contest",
        )
    answer = found(engine)
    [row] = [one for one in answer.claims if one.statement == "x:6001"]
    text = shown(answer) + claim_line(row, "Europe/London")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert claim_line(row, "Europe/London").count("\n") == 0


# ---- files and pages ------------------------------------------------------------------------------


def run(engine: Engine, *words: str) -> Result:
    path = engine.url.database
    assert path is not None
    return CliRunner().invoke(hustings.app, ["--db", path, "concessions", *words], catch_exceptions=False)


def test_json_holds_everything_and_times_are_utc(archive: Engine) -> None:
    said = json.loads(run(archive, "--election", example.ELECTION, "--json").stdout)
    assert {"concessions", "claims", "summary"} <= set(said[0])
    [maren] = [row for row in said[0]["concessions"] if row["name"] == "Maren Hollis"]
    assert maren["published_at"] == "2023-05-05T02:57:30Z"


def test_csv_writes_candidacies_claims_and_summary_beside_each_other(archive: Engine, tmp_path: Path) -> None:
    done = run(archive, "--csv", str(tmp_path / "who.csv"))
    assert done.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "who-claims.csv",
        "who-summary.csv",
        "who.csv",
    ]
    table = list(csv.DictReader(io.StringIO((tmp_path / "who.csv").read_text(encoding="utf-8"))))
    assert len(table) == 8  # all elections
    refused = run(archive, "--csv", str(tmp_path / "x.csv"), "--follow")
    assert refused.exit_code == 2


def test_an_unknown_contest_is_refused_and_an_empty_archive_says_so(archive: Engine, engine: Engine) -> None:
    assert run(archive, "--contest", "x").exit_code == 2
    assert run(engine).stdout == "the archive holds no election\n"


@pytest.fixture(scope="module")
def report(archive: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("report") / "out"
    write_report(archive, out, generated_at=NOW)
    return out / "elections" / slug(example.ELECTION)


def words_of(path: Path) -> str:
    text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
    return " ".join(text.split())


def test_the_page_says_who_conceded_and_what_backs_none_found(report: Path) -> None:
    words = words_of(report / "concessions.html")
    assert "3 losing candidacies: 1 conceded and refused, in an order that is not known, 2 without" in words
    assert "No concession found in 2 posts of 1 account, not complete" in words
    assert "Contradiction: claims victory in Hill ward" in words
    assert "Premature: claims victory 40 min before the declaration" in words
    assert "it is not proven that all posts near the result are here" in words
    assert "How right these findings are was not measured here" in words_of(report / "index.html")
    assert "never conceded" not in words


def test_a_contests_page_gives_each_candidacy_its_status_and_remarks_stand_by_the_statement(
    report: Path,
) -> None:
    words = words_of(report / "contests" / slug(example.HARBOUR) / "index.html")
    assert "Maren Hollis : claims victory machine , 5 May 2023, 03:57:30 BST −40 min : We have won" in words
    assert "Ines Farrow : no concession found No concession found in 2 posts" in words
    assert "Premature: claims victory 40 min before the declaration machine" in words


def test_the_reports_files_hold_the_rows_of_the_command(report: Path, archive: Engine) -> None:
    said = json.loads(run(archive, "--election", example.ELECTION, "--json").stdout)[0]
    for table, key in (
        ("concessions", "concessions"),
        ("claims", "claims"),
        ("concession-summary", "summary"),
    ):
        written = report_reading.rows(report, table)
        assert written
        # What is proven depends on when one looks; all else is the same.
        assert [row.get("statement", row.get("group")) for row in written] == [
            row.get("statement", row.get("group")) for row in said[key]
        ]


# ---- following ------------------------------------------------------------------------------------


def test_a_follower_tells_each_claim_once_and_again_when_it_is_reviewed(engine: Engine) -> None:
    fill(engine)
    follower = Follower()
    first = found(engine)
    assert len(follower.new_claims([first])) == len(first.claims)
    assert set(follower.changed([first])) == {example.ELECTION}
    assert follower.new_claims([first]) == []
    assert follower.changed([first]) == {}
    with writing(engine) as session:
        claim(session, "7001", "ines", "I concede.", 40, "concession", scope="own_contest", strength="strong")
    second = found(engine)
    assert [row.statement for row in follower.new_claims([second])] == ["x:7001"]
    assert follower.changed([second]) == {example.ELECTION: {(example.HARBOUR, "p:ines")}}


def test_what_is_new_is_marked_and_only_its_contest_is_shown(tracked: ElectionConcessions) -> None:
    text = shown(tracked, new={(example.HILL, "p:cy")})
    assert "Harbour ward" not in text
    assert re.search(r"^\* +Cy Wend", text, re.MULTILINE)
    assert not re.search(r"^\* +Ada Sorrel", text, re.MULTILINE)


def test_the_pulse_changes_with_statements_findings_reviews_and_results_and_rests_otherwise(
    engine: Engine,
) -> None:
    example.fill(engine)

    def pulse() -> tuple[Any, ...]:
        with Session(engine) as session:
            return pulse_of(session)

    seen = [pulse()]
    assert pulse() == seen[0]
    with writing(engine) as session:
        statement = example.add_statement(session, "8001", "ines", "Hello.", example.after(1))
    seen.append(pulse())
    with writing(engine) as session:
        example.add_reading(
            session, statement, [], kinds=("other",), read_at=datetime(2023, 7, 1, tzinfo=UTC)
        )
    seen.append(pulse())
    with writing(engine) as session:
        contest = session.get(models.Contest, example.HILL)
        assert contest is not None
        contest.declared_at = example.DECLARED + timedelta(hours=1)
    seen.append(pulse())
    with writing(engine) as session:
        session.add(
            models.Review(
                subject="kind",
                statement_id=statement,
                place="other",
                verdict="confirmed",
                reviewer="A. Coder",
            )
        )
    seen.append(pulse())
    assert len(set(seen)) == 5


def _ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_following_prints_a_line_a_new_claim_at_once_and_ends_well_by_ctrl_c(engine: Engine) -> None:
    fill(engine)
    command = [
        *(sys.executable, hustings.__file__, "--db", address_of(engine.url.database), "concessions"),
        *("--election", example.ELECTION, "--follow", "--every", "1"),
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}  # lines must come without that help
    # A job that a shell starts in the background is born with the signal ignored.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=_ignore_ctrl_c
    ) as process:
        assert process.stdout is not None
        present = [process.stdout.readline() for _ in range(6)]
        with writing(engine) as session:
            claim(
                session,
                "9001",
                "ines",
                "I concede.",
                45,
                "concession",
                scope="own_contest",
                strength="strong",
            )
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert sum("x:4001" in one for one in present) == 1
    assert line.split("\t")[:6] == [
        "05 May 05:22 BST",
        "Harbour ward",
        "Ines Farrow (Independent)",
        "concedes (strong)",
        "+45 min from the declaration",
        "machine",
    ]
    assert (rest, process.returncode) == ("", 0)
