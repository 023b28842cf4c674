"""`hustings verify`: whatever is injured is found and named, and what is whole is never accused."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives_on_server import copy_archive, injure
from injuries import INJURIES, Injured, serve, status
from kept_archive import build, opened, readers, said, verified
from sqlmodel import col, select
from typer.testing import CliRunner

import hustings
from archive.integrity.checkpoints import Checkpoint, WrongCheckpoint, make_checkpoint, parse_checkpoint
from archive.integrity.log import leaf_hashes
from archive.integrity.verifying import verify
from db import writing
from db.models import Capture, Observation
from db.snapshot import reading_one_moment
from db.words import State

TIMES = 3
"""Injuries of each kind here; benchmarks/injuries.py does a thousand."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Checkpoint]:
    """An archive that nobody touches, and a checkpoint of it."""
    folder = tmp_path_factory.mktemp("kept")
    return folder / "whole.db", build(folder / "whole.db", folder)


@pytest.fixture
def copy(kept: tuple[Path, Checkpoint], tmp_path: Path) -> Path:
    return copy_archive(kept[0], tmp_path / "archive.db")


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(hustings.app, [str(word) for word in words])
    return done.exit_code, done.stdout


def test_a_whole_archive_has_no_injury(kept: tuple[Path, Checkpoint]) -> None:
    found = verified(*kept)

    assert said(found) == []
    assert dict(found.notes) == {}
    assert found.counts["statements"] > 30
    assert (
        found.size == found.counts["log entries"] == found.counts["captures"] + found.counts["observations"]
    )
    assert found.root == kept[1].root.hex()


@pytest.fixture(scope="module")
def injured(kept: tuple[Path, Checkpoint], tmp_path_factory: pytest.TempPathFactory) -> Injured:
    return Injured(kept[0], tmp_path_factory.mktemp("injured") / "copy.db", kept[1])


@pytest.mark.parametrize("kind", INJURIES)
def test_random_injuries_are_found_and_named(kind: str, injured: Injured) -> None:
    chance = random.Random(f"{kind} 1")
    for _ in range(TIMES):
        outcome = injured.injure(kind, chance)
        assert outcome.is_found, (outcome.named, [str(one) for one in outcome.found])


def test_a_file_rolled_back_is_found_by_the_checkpoint_alone(copy: Path) -> None:
    earlier = copy_archive(copy, copy.with_name("earlier.db"))
    with opened(copy) as engine:
        with writing(engine) as session:
            session.add(Observation(statement_id=1, state=State.ACTIVE))
        with reading_one_moment(engine) as session:
            checkpoint = make_checkpoint(session.connection(), later())

    assert said(verified(copy, checkpoint)) == []
    assert said(verified(earlier)) == []
    size = checkpoint.size
    assert said(verified(earlier, checkpoint)) == [
        f"log_entry {size}: is missing: the log has {size - 1} entries and the checkpoint {size}:"
        " this is an earlier copy"
    ]


def test_another_history_of_the_same_length_is_found_by_the_checkpoint(copy: Path) -> None:
    other = copy_archive(copy, copy.with_name("other.db"))
    for path, state in ((copy, State.ACTIVE), (other, State.SUSPENDED)):
        with opened(path) as engine, writing(engine) as session:
            session.add(Observation(statement_id=1, state=state))
    with opened(copy) as engine, reading_one_moment(engine) as session:
        checkpoint = make_checkpoint(session.connection(), later())

    assert said(verified(other)) == []
    assert [one for one in said(verified(other, checkpoint)) if "not those of the checkpoint" in one]


def test_a_row_that_cannot_be_read_costs_itself_alone(copy: Path) -> None:
    injure(copy, "UPDATE capture SET retrieved_at = 'noon' WHERE id = 3")
    injure(copy, "UPDATE statement SET published_at = 'soon' WHERE id = 7")
    found = said(verified(copy))

    assert any(one.startswith("capture 3: cannot be read") for one in found)
    assert any(one.startswith("statement 7: cannot be read") for one in found)
    others = [one for one in found if " 3:" not in one and " 7:" not in one]
    assert all("cannot be compared" in one for one in others), (
        "what hangs on these two is unproven, not accused"
    )


def test_a_page_of_the_file_that_is_overwritten_is_said(copy: Path) -> None:
    size = copy.stat().st_size
    with copy.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)

    assert said(verified(copy))


def test_the_search_index_is_compared_with_the_texts(copy: Path) -> None:
    injure(copy, "DELETE FROM statement_text_docsize WHERE id = 5")

    assert "statement 5: is not in the search index" in said(verified(copy, quick=True))


def test_whatever_is_changed_of_a_file_that_was_imported_is_found(copy: Path) -> None:
    injure(copy, "UPDATE capture SET source = source || '#' WHERE id = 1 AND kind = 'file'")

    assert said(verified(copy)) == [
        "capture 1: is not what entry 1 of the log was made of: a column was changed"
    ]


@pytest.mark.parametrize(
    ("queries", "named"),
    [
        (("SET number = 3 WHERE number = 2",), "is number 3, not 2"),
        (("SET seen_at = '2024-07-05 02:00:00.000000' WHERE number = 2",), "is older than the one before it"),
        (
            (
                "SET number = 9 WHERE number = 1",
                "SET number = 1 WHERE number = 2",
                "SET number = 2 WHERE number = 9",
            ),
            "is older than the one before it",
        ),
    ],
)
def test_versions_out_of_their_order_are_named(copy: Path, queries: tuple[str, ...], named: str) -> None:
    with opened(copy) as engine:
        for number, text in enumerate(("A second text.", "A third text."), start=7):
            serve(engine, number, [status(0, text)])
    assert said(verified(copy)) == []
    edited = "statement_id = (SELECT id FROM statement WHERE text = 'A third text.')"

    injure(copy, *(f"UPDATE statement_version {query} AND {edited}" for query in queries))

    assert [one.partition(": ")[2] for one in said(verified(copy))] == [named]


def test_a_search_index_that_cannot_be_read_is_named(copy: Path) -> None:
    injure(copy, "DROP TABLE statement_text_docsize")

    assert any(
        one.startswith("search index: cannot be read to its end") for one in said(verified(copy, quick=True))
    )


def test_loose_references_are_named(copy: Path) -> None:
    injure(copy, "UPDATE statement SET account_id = 99999 WHERE id = 4")

    assert "statement 4: refers to account 99999, which is not there" in said(verified(copy, quick=True))


def test_a_log_that_is_not_there_is_said_and_all_else_is_checked(copy: Path) -> None:
    injure(copy, "DROP TABLE log_entry", "UPDATE statement SET text = 'Forged.' WHERE id = 5")

    found = said(verified(copy))

    assert "log_entry: cannot be read to its end: no such table: log_entry" in found
    assert verified(copy, quick=True).size == 0
    assert any(one.startswith("statement 5: its text is not") for one in found)


def test_progress_is_told_capture_by_capture_to_the_end(copy: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = {}

    @contextmanager
    def progress(name: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: told.setdefault(name, []).append((done, total))

    with opened(copy) as engine:
        found = verify(engine, readers(), progress=progress)

    assert told["statements"] == [(done, 8) for done in range(1, 9)]
    assert told["captures"][0] == (found.counts["captures"], found.counts["captures"])


def test_a_quick_check_reads_no_capture_and_finds_what_is_wrong_with_the_log(copy: Path) -> None:
    empty = "UPDATE capture SET body = :body WHERE id = 2"
    injure(copy, empty, "DELETE FROM log_entry WHERE id = 4", body=b"\0")
    found = said(verified(copy, quick=True))

    assert "log_entry 4: is missing: entry 5 comes instead" in found
    assert not [one for one in found if one.startswith("capture")]


def test_what_another_release_read_is_no_injury_and_is_said(copy: Path) -> None:
    injure(
        copy,
        "UPDATE statement_capture SET read_by = 'mastodon-7' WHERE statement_id IN"
        " (SELECT id FROM statement WHERE platform = 'mastodon')",
        "UPDATE statement SET text = 'Misread.', text_sha256 ="
        " 'e7a2d6f3d8cb24a3f6f7d9d9d8d58bd7e1f2d6c8a4f1f3b6fcd0e4a07d8f0a11' WHERE id = 40",
    )
    found = verified(copy)

    [note] = found.notes
    assert "read by mastodon-7, and mastodon-1 reads now" in note
    assert not [one for one in said(found) if one.startswith("statement_capture")]


def test_a_page_kept_as_evidence_alone_is_no_injury(copy: Path) -> None:
    with opened(copy) as engine, writing(engine) as session:
        page = session.exec(select(Capture).where(col(Capture.kind) == "page")).first()
        assert page is not None
        fields = page.model_dump(exclude={"id", "body"})
        evidence = Capture(**{**fields, "source": "https://social.example/again"}, body=page.body)
        session.add(evidence)
        session.flush()
        session.add(Observation(statement_id=1, state=State.ACTIVE, capture_id=evidence.id))

    assert said(verified(copy)) == []


def test_the_command_ends_with_3_and_names_each_injury(copy: Path) -> None:
    assert run("verify", "--db", copy)[0] == 0
    injure(copy, "DELETE FROM observation WHERE id = 2")

    code, shown = run("verify", "--db", copy)
    assert code == 3
    assert "observation 2: is gone: entry" in shown
    code, shown = run("verify", "--db", copy, "--json")
    assert code == 3
    assert json.loads(shown)["injuries"][0]["table"] == "observation"


def test_a_checkpoint_is_written_kept_and_compared(copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.txt"
    assert run("checkpoint", file, "--db", copy)[0] == 0
    assert run("verify", "--quick", "--checkpoint", file, "--db", copy)[0] == 0

    injure(copy, "DELETE FROM log_entry WHERE id = (SELECT max(id) FROM log_entry)")
    code, shown = run("verify", "--quick", "--checkpoint", file, "--db", copy)
    assert code == 3
    assert "this is an earlier copy" in shown


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text.replace("hustings/", "other/"),
        lambda text: text.replace("time ", "time x"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\n", "\n0", 1),
        lambda text: text.replace("=", "", 1),
    ],
)
def test_a_damaged_checkpoint_is_refused(kept: tuple[Path, Checkpoint], spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(WrongCheckpoint):
        parse_checkpoint(spoil(kept[1].render()))


def test_an_archive_has_one_name_in_all_its_checkpoints(copy: Path, kept: tuple[Path, Checkpoint]) -> None:
    """The hash of its first entry begins with it."""
    with opened(copy) as engine:
        with writing(engine) as session:
            session.add(Observation(statement_id=1, state=State.ACTIVE))
        with reading_one_moment(engine) as session:
            [first, *_] = leaf_hashes(session.connection())
            later_one = make_checkpoint(session.connection(), later())

    assert later_one.archive == kept[1].archive == first.hex()[:32]
    assert later_one.size == kept[1].size + 1


def test_a_checkpoint_reads_back(kept: tuple[Path, Checkpoint]) -> None:
    assert parse_checkpoint(kept[1].render()) == kept[1]


def test_an_empty_archive_is_whole_and_has_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    assert run("init", "--db", path)[0] == 0
    assert run("verify", "--db", path)[0] == 0
    assert run("checkpoint", "--db", path)[0] == 2


def later() -> datetime:

    return datetime(2024, 7, 6, tzinfo=UTC)
