"""Retention policies: what platforms' terms want forgotten goes, and only the dated fact stays."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from erasure_archive import NOON, Words, import_text, left, ndjson, remaining, runs_of
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from archive.accounts import add_account
from archive.erasure.retention import GONE, WrongPolicies, find_due, gone_since, read_policies
from db import writing
from db.models import Account, Erasure, Observation, Person, Statement, Tombstone, now
from db.words import State
from hustings import app

POSTS = [
    Words(1, "The lantern over the harbour gate is mine, says nobody."),
    Words(2, "Ballots are counted twice."),
]


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> Engine:
    """The same two posts on X and on Bluesky, the first of each seen deleted."""
    for platform in ("x", "bluesky"):
        import_text(engine, tmp_path / f"{platform}.ndjson", ndjson(POSTS), platform)
    with writing(engine) as session:
        session.add(Person(id="p:o", name="Orla B."))
        session.flush()
        for statement in session.exec(select(Statement).where(Statement.text == POSTS[0].text)):
            statement.person_id = "p:o"
            session.add(Observation(statement_id=statement.id, state=State.DELETED, observed_at=NOON))
    return engine


def run(engine: Engine, *words: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, ["--db", str(engine.url.database), *words, "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_post_deleted_on_x_goes_and_the_fact_that_it_was_deleted_stays(archive: Engine) -> None:
    code, summary = run(archive, "retain")

    assert (code, summary["statements"], summary["by_policy"]) == (0, 1, {"x deleted": 1})
    assert sorted(remaining(archive)) == sorted([POSTS[0].text, POSTS[1].text, POSTS[1].text])
    with Session(archive) as session:
        fact = session.exec(select(Tombstone)).one()
        assert (fact.platform, fact.person_id, fact.state) == ("x", "p:o", "deleted")
        assert fact.observed_at == NOON
        assert session.exec(select(Erasure.subject)).one() == "retention"


def test_with_a_table_of_ones_own_the_other_goes_too_and_nothing_is_left(
    archive: Engine, tmp_path: Path
) -> None:
    policies = tmp_path / "policies.tsv"
    policies.write_text("platform\tstate\thours\tbecause\n*\tdeleted\t0\tour promise to the authors\n")

    code, summary = run(archive, "retain", "--policies", str(policies))

    assert (code, summary["statements"], summary["late"]) == (0, 2, 2)
    assert left(archive, runs_of(POSTS[0].text)) == {}


def test_a_second_run_finds_nothing_to_do(archive: Engine) -> None:
    run(archive, "retain")

    code, summary = run(archive, "retain")

    assert (code, summary["statements"]) == (0, 0)


def test_a_dry_run_changes_nothing(archive: Engine) -> None:
    code, summary = run(archive, "retain", "--dry-run")

    assert (code, summary["statements"], len(remaining(archive))) == (0, 1, 4)


def test_what_showed_again_since_is_not_gone(archive: Engine) -> None:
    with writing(archive) as session:
        for statement in session.exec(select(Statement).where(col(Statement.person_id) == "p:o")):
            later = NOON + timedelta(hours=1)
            session.add(Observation(statement_id=statement.id, state=State.ACTIVE, observed_at=later))

    with Session(archive) as session:
        assert list(gone_since(session)) == []


def test_of_an_account_that_was_protected_all_goes(archive: Engine) -> None:
    with writing(archive) as session:
        account = session.exec(select(Account).where(Account.platform == "x")).one()
        for hours in (6, 0):
            at = now() - timedelta(hours=hours)
            session.add(Observation(account_id=account.id, state=State.PROTECTED, observed_at=at))

    _, summary = run(archive, "retain")

    assert summary["by_policy"] == {"x deleted": 1, "x protected": 1}
    assert summary["late"] == 1


@pytest.mark.parametrize("states", [(State.PROTECTED,), (State.PROTECTED, State.ACTIVE, State.PROTECTED)])
def test_one_answer_about_an_account_forgets_nothing(archive: Engine, states: tuple[State, ...]) -> None:
    with writing(archive) as session:
        account = session.exec(select(Account).where(Account.platform == "x")).one()
        for number, state in enumerate(states):
            at = NOON + timedelta(hours=6 * number)
            session.add(Observation(account_id=account.id, state=state, observed_at=at))

    with Session(archive) as session:
        due = find_due(session, read_policies(), now=NOON + timedelta(days=1))

    assert {policy.state for policy in due.by_policy} == {State.DELETED}


def test_a_post_that_is_hidden_from_us_is_not_gone(archive: Engine) -> None:
    with writing(archive) as session:
        statement = session.exec(select(Statement.id).where(col(Statement.person_id).is_(None))).first()
        session.add(Observation(statement_id=statement, state=State.PROTECTED, observed_at=NOON))

    with Session(archive) as session:
        assert statement not in {seen.statement_id for seen in gone_since(session)}


def test_of_a_person_who_is_forgotten_no_dated_fact_stays(archive: Engine) -> None:
    run(archive, "retain")
    with Session(archive) as session:
        assert [stone.person_id for stone in session.exec(select(Tombstone)) if stone.state] == ["p:o"]

    run(archive, "forget", "--person", "p:o")

    with Session(archive) as session:
        assert [stone for stone in session.exec(select(Tombstone)) if stone.state or stone.person_id] == []


def test_an_account_that_was_forgotten_and_came_again_goes_again(archive: Engine) -> None:
    code, _ = run(archive, "forget", "--account", "x:orla_birchwood_x")
    assert code == 0
    with writing(archive) as session:
        again = add_account(session, "p:o", "x", "orla_birchwood_x")
        again.platform_id = "77770002"

    _, summary = run(archive, "retain")

    assert summary["accounts"] == 1
    with Session(archive) as session:
        assert session.exec(select(Account.platform)).all() == ["bluesky"]


def test_our_policies_can_be_read_and_are_of_known_states() -> None:
    policies = read_policies()

    assert {one.state for one in policies} <= GONE
    assert [one.within for one in policies if one.platform == "x"] == [timedelta(hours=24)] * 4


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x\tdeleted\tsoon\tterms", "line 2: hours are a whole number, or keep, not 'soon'"),
        ("x\tactive\t1\tterms", "line 2: 'active' is no state"),
        ("x\tdeleted\t1", "line 2: 4 cells are needed"),
        ("x\tdeleted\t1\ta\nx\tdeleted\t2\tb", "a platform and state stand there twice"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_its_row(tmp_path: Path, row: str, said: str) -> None:
    policies = tmp_path / "policies.tsv"
    policies.write_text(f"platform\tstate\thours\tbecause\n{row}\n")

    with pytest.raises(WrongPolicies, match=said):
        read_policies(policies)


def test_facts_are_of_the_newest_observation(archive: Engine) -> None:
    with Session(archive) as session:
        due = find_due(session, read_policies(), now=NOON + timedelta(hours=25))

    assert (len(due.statements), due.late) == (1, 1)


# ---- the command that forgets -----------------------------------------------------------------------


def test_a_statement_is_named_by_its_number_or_by_its_platform_and_id(archive: Engine) -> None:
    _, first = run(archive, "forget", "--statement", "x:900001", "--dry-run")
    _, second = run(archive, "forget", "--statement", "1", "--dry-run")

    assert first == second
    assert first["statements"] == 1


@pytest.mark.parametrize(
    "words", [("--statement", "x:1"), ("--account", "x:nobody"), ("--person", "dc:1"), ()]
)
def test_what_is_not_there_or_not_named_is_exit_code_2(archive: Engine, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["--db", str(archive.url.database), "forget", *words])

    assert result.exit_code == 2


def test_a_copy_that_an_upgrade_left_is_told(archive: Engine) -> None:
    path = Path(str(archive.url.database))
    path.with_name(f"{path.name}.before-upgrade-from-0008").write_bytes(b"old")

    result = CliRunner().invoke(app, ["--db", str(path), "forget", "--statement", "x:900001"])

    assert result.exit_code == 0
    assert "before-upgrade-from-0008 is a copy that was made before" in result.stderr
