"""What is forgotten is gone from every place, stays gone, and takes nothing else along."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import example_archive
import pytest
from archives_on_server import address_of, loose_references, tables_in
from erasure_archive import (
    DID,
    HANDLE,
    NAME,
    NOON,
    OTHER_DID,
    RUN,
    Words,
    bluesky_page,
    bluesky_uri,
    bluesky_view,
    fill,
    forbidden,
    import_text,
    keep_live,
    left,
    ndjson,
    quoting,
    remaining,
    rss_page,
    runs_of,
    words,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, func, select

from archive.accounts import AccountRefused, add_account
from archive.captures import plain_bytes
from archive.contract import Page
from archive.erasure.dictionaries import tainted
from archive.erasure.forgetting import Asked, Outcome, finish, forget, unfinished
from archive.erasure.runs import Runs
from archive.erasure.screening import returned_accounts
from archive.erasure.subjects import NothingToForget, find_subjects
from archive.erasure.sweeping import rules, texts_of
from archive.imports import import_statements
from archive.reading import Read, keep_read
from archive.registry import parser_for
from db import BusyDatabase, open_database, writing
from db.models import (
    Capture,
    CaptureChange,
    Erasure,
    Kind,
    Reading,
    Statement,
    StatementVersion,
    Target,
    Tombstone,
)
from db.search import found_by, parse_query
from db.search.index import repair_index
from db.words import ErasureSubject
from hustings import app

THEIRS = "zebulon_quartermain"

WITHOUT_TEXT = {
    "INTEGER",
    "FLOAT",
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "TIMESTAMP WITH TIME ZONE",
    "BLOB",
    "BYTEA",
}
"""Types of columns that hold no text, as SQLite and PostgreSQL name them."""


def forget_person(engine: Engine, *, dry_run: bool = False) -> Outcome:
    with Session(engine) as session:
        subjects = find_subjects(session, persons=["p:zeb"])
    outcome = forget(engine, subjects, Asked(ErasureSubject.PERSON, "asked by letter"), dry_run=dry_run)
    if not dry_run:
        finish(engine)
    return outcome


def forget_statements(engine: Engine, *named: str) -> Outcome:
    with Session(engine) as session:
        subjects = find_subjects(session, statements=named)
    outcome = forget(engine, subjects, Asked(ErasureSubject.STATEMENT))
    finish(engine)
    return outcome


def traces(entries: list[Words]) -> set[bytes]:
    """The runs that must not be left of the person of the example."""
    removed = [one.text for one in entries if one.is_theirs] + [HANDLE, NAME, THEIRS]
    return forbidden(removed, [one.text for one in entries if not one.is_theirs])


# ---- nothing is left -----------------------------------------------------------------------------


def test_of_a_forgotten_person_no_run_of_12_bytes_is_left_anywhere(engine: Engine, tmp_path: Path) -> None:
    entries = words()
    fill(engine, tmp_path, entries)
    assert left(engine, traces(entries)), "they are there before"

    forget_person(engine)

    assert left(engine, traces(entries)) == {}


def test_posts_of_others_stay_with_their_pages(engine: Engine, tmp_path: Path) -> None:
    entries = words()
    fill(engine, tmp_path, entries)
    others = [one.text for one in entries if not one.is_theirs]

    outcome = forget_person(engine)

    assert sorted(remaining(engine)) == sorted(others * 4)
    assert (outcome.rewritten, outcome.emptied, outcome.lost) == (4, 0, 0)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@given(st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=6), st.data())
@settings(max_examples=12)
def test_whatever_the_texts_are_nothing_is_left_of_those_forgotten(
    written: list[tuple[str, bool]], data: st.DataObject
) -> None:
    entries = [Words(number, f"{body} #{number}") for number, (body, _) in enumerate(written)]
    gone = [one for one, (_, goes) in zip(entries, written, strict=True) if goes] or entries[:1]
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(str(Path(folder) / "archive.db"), create=True)
        import_text(engine, Path(folder) / "posts.ndjson", ndjson(entries))
        forget_statements(engine, *(f"x:9{one.number:05d}" for one in gone))
        kept = [one.text for one in entries if one not in gone]
        assert sorted(remaining(engine)) == sorted(kept)
        # The other fields of a record stand in posts that stay, where any do.
        assert left(engine, forbidden([one.text for one in gone], kept)) == {}
        engine.dispose()


def test_findings_reviews_versions_and_words_of_the_index_go_too(engine: Engine, tmp_path: Path) -> None:
    entries = words()
    fill(engine, tmp_path, entries)
    with writing(engine) as session:
        numbers = session.exec(select(Statement.id, Statement.text).order_by(col(Statement.id))).all()
        session.add_all(
            StatementVersion(
                statement_id=number or 0, number=1, text=f"Before: {body}", text_sha256="0", seen_at=NOON
            )
            for number, body in numbers
        )
    assert app(["--db", _path(engine), "analyse"], standalone_mode=False) in (0, None)

    forget_person(engine)

    assert left(engine, traces(entries)) == {}
    with Session(engine) as session:
        statements = set(session.exec(select(Statement.id)))
        # Readings that found the handle as the author of what is quoted are made anew by `analyse`.
        assert set(session.exec(select(Reading.statement_id))) < statements
        readings = set(session.exec(select(Reading.id)))
        for model in (Target, Kind):
            assert set(session.exec(select(model.reading_id))) <= readings
        assert repair_index(session) == 0
        assert loose_references(session) == []
        assert session.exec(select(Statement.id).where(found_by(session, parse_query("lantern")))).all() == []


def test_a_short_post_goes_from_its_page_although_no_run_is_as_long(engine: Engine, tmp_path: Path) -> None:
    import_text(engine, tmp_path / "posts.ndjson", ndjson([Words(1, "No!"), Words(2, "Yes, we can.")]))

    forget_statements(engine, "x:900001")

    with Session(engine) as session:
        part = session.exec(select(Capture).where(Capture.kind == "part")).one()
        lines = [line for line in plain_bytes(part).splitlines() if line]
        assert [json.loads(line)["id"] for line in lines] == ["900002"]


def test_exports_and_a_report_that_is_kept_up_hold_nothing(engine: Engine, tmp_path: Path) -> None:
    example_archive.fill(engine)
    report, exported = tmp_path / "report", tmp_path / "exported"
    command = ["--db", _path(engine)]
    app([*command, "analyse"], standalone_mode=False)
    app([*command, "report", str(report)], standalone_mode=False)
    texts = set(remaining(engine))
    runs = runs_of("Reading the count sheets again.") | runs_of("Tobias Quill fought hard, but ")
    runs -= runs_of("Tobias Quill ")
    assert _in_files(report, runs), "the report shows them before"

    with Session(engine) as session:
        subjects = find_subjects(session, persons=["p:maren"])
    forget(engine, subjects, Asked(ErasureSubject.PERSON))
    finish(engine)
    app([*command, "report", str(report)], standalone_mode=False)
    app([*command, "export", str(exported)], standalone_mode=False)

    gone = texts - set(remaining(engine))
    assert len(gone) == 3
    assert _in_files(report, runs) == _in_files(exported, runs) == set()
    assert left(engine, runs) == {}


# ---- pages ---------------------------------------------------------------------------------------


def test_words_that_another_post_embeds_go_and_the_post_stays(engine: Engine) -> None:
    theirs, other = words(2)[1], words(2)[0]
    keep_live(engine, "bluesky-appview", bluesky_page([bluesky_view(theirs)], DID), "bluesky-appview-1")
    page = bluesky_page([quoting(other, theirs)], OTHER_DID)
    capture = keep_live(engine, "bluesky-appview", page, "bluesky-appview-1")

    forget_statements(engine, f"bluesky:{bluesky_uri(theirs.number)}")

    with Session(engine) as session:
        body = plain_bytes(session.get_one(Capture, capture))
        assert other.text.encode() in body
        assert b"must" not in body
        statement = session.exec(select(Statement)).one()
        assert statement.quoted_post == bluesky_uri(theirs.number), "what was quoted is still told"


def test_an_entry_of_a_feed_goes_and_the_others_stay(engine: Engine) -> None:
    entries = words(5)
    capture = keep_live(engine, "feed", rss_page(entries), "feed-1")
    with Session(engine) as session:
        gone = session.exec(select(Statement).where(col(Statement.text).contains("till 3"))).one()

    outcome = forget_statements(engine, str(gone.id))

    with Session(engine) as session:
        body = plain_bytes(session.get_one(Capture, capture))
    assert (outcome.rewritten, outcome.lost) == (1, 0)
    assert body.count(b"<item>") == 4
    assert b"till 3" not in body


def test_a_page_that_cannot_be_cut_goes_and_other_posts_stay(engine: Engine, tmp_path: Path) -> None:
    article = tmp_path / "news.txt"
    article.write_text(
        'Council, 5 July 2024\n\n"The harbour wall must stand as it is," said Zebulon Quartermain.\n\n'
        '"Ballot boxes arrived at noon today," said Orla Birchwood.\n'
    )
    import_statements(engine, article, format="article")
    with Session(engine) as session:
        gone = session.exec(select(Statement).where(col(Statement.text).contains("harbour"))).one()

    outcome = forget_statements(engine, str(gone.id))

    assert (outcome.emptied, outcome.lost) == (1, 1)
    assert len(remaining(engine)) == 1
    assert left(engine, runs_of("The harbour wall must stand as it is")) == {}
    code = app(["--db", _path(engine), "reparse"], standalone_mode=False)
    assert code in (0, None), "an emptied page is no damage"


def test_every_change_of_a_capture_is_logged_with_both_hashes(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, words())
    with Session(engine) as session:
        before = dict(session.exec(select(Capture.id, Capture.sha256)).all())

    forget_person(engine)

    with Session(engine) as session:
        after = dict(session.exec(select(Capture.id, Capture.sha256)).all())
        log = session.exec(select(CaptureChange)).all()
    changed = {one: after.get(one) for one in before if after.get(one) != before[one]}
    assert {one.capture_id: one.sha256_after for one in log} == changed
    assert {one.capture_id: one.sha256_before for one in log} == {one: before[one] for one in changed}


def test_a_damaged_capture_is_told_and_stops_nothing(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, words())
    with writing(engine) as session:
        session.add(
            Capture(
                kind="page",
                source="https://a.example/",
                media_type="text/html",
                retrieved_at=NOON,
                sha256="0" * 64,
                size=4,
                encoding="zstd",
                body=b"\x28\xb5\x2f\xfd",
            )
        )

    outcome = forget_person(engine)

    assert len(outcome.unchecked) == 1
    assert outcome.statements == 12


# ---- it stays gone -------------------------------------------------------------------------------


def test_what_was_forgotten_is_not_imported_again(engine: Engine, tmp_path: Path) -> None:
    entries = words()
    fill(engine, tmp_path, entries)
    forget_person(engine)
    with Session(engine) as session:
        captures = session.exec(select(func.count()).select_from(Capture)).one()
    before = sorted(remaining(engine))

    for _ in range(2):
        import_text(engine, tmp_path / "posts.ndjson", ndjson(entries))

    assert sorted(remaining(engine)) == before
    assert left(engine, traces(entries)) == {}
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Capture)).one() == captures


def test_a_new_file_with_it_is_kept_without_it(engine: Engine, tmp_path: Path) -> None:
    entries = words(4)
    import_text(engine, tmp_path / "posts.ndjson", ndjson(entries))
    forget_statements(engine, "x:900001", "x:900003")

    longer = [*entries, Words(4, "A post that is new in a longer file.")]
    for _ in range(2):
        import_text(engine, tmp_path / "longer.ndjson", ndjson(longer))

    assert len(remaining(engine)) == 3
    with Session(engine) as session:
        files = session.exec(select(Capture).where(Capture.kind == "file")).all()
        bodies = [plain_bytes(one) for one in session.exec(select(Capture).where(Capture.kind == "part"))]
    assert len(files) == 2, "the file is known again although it is kept otherwise"
    assert not any(b"lantern" in body for body in bodies)


def test_what_was_forgotten_is_not_collected_again_nor_what_others_embed_of_it(engine: Engine) -> None:
    other, theirs = words(2)
    keep_live(engine, "bluesky-appview", bluesky_page([bluesky_view(theirs)], DID), "bluesky-appview-1")
    forget_statements(engine, f"bluesky:{bluesky_uri(theirs.number)}")

    _round(engine, bluesky_page([bluesky_view(theirs)], DID))
    _round(engine, bluesky_page([quoting(other, theirs)], OTHER_DID))

    assert remaining(engine) == [other.text]
    assert left(engine, forbidden([theirs.text], [other.text])) == {}


def test_a_forgotten_account_is_refused_and_found_where_it_is_again(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, words())
    forget_person(engine)

    with writing(engine) as session, pytest.raises(AccountRefused, match="it was forgotten"):
        add_account(session, "p:zeb", "bluesky", HANDLE, platform_id=DID)
    with writing(engine) as session:
        added = add_account(session, "p:zeb", "bluesky", HANDLE)
        added.platform_id = DID  # as a first look at it finds
        session.flush()
        assert returned_accounts(session) == [added.id]


def test_a_tombstone_does_not_say_what_lies_under_it(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, words())
    forget_person(engine)

    with Session(engine) as session:
        stones = session.exec(select(Tombstone)).all()
        salts = set(session.exec(select(Erasure.salt)))
    assert len(stones) == 12 + 4
    assert {one.person_id for one in stones} == {None}
    assert len(salts) == 1
    told = "".join(f"{one.digest} {one.platform} {one.state}" for one in stones)
    assert not any(one in told for one in (DID, HANDLE, THEIRS, "900001"))


# ---- begun, cut short, tried out -----------------------------------------------------------------


def test_a_dry_run_says_what_would_go_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, words())
    before = tables_in(engine)

    would = forget_person(engine, dry_run=True)

    assert tables_in(engine) == before
    assert would == forget_person(engine)


KILLED = """
import os, signal, sys
from sqlmodel import Session
from archive.erasure import captures, forgetting
from archive.erasure.subjects import find_subjects
from db import open_database
from db.words import ErasureSubject

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

engine = open_database(sys.argv[1])
with Session(engine) as session:
    subjects = find_subjects(session, persons=["p:zeb"])
if sys.argv[2] == "within":
    forgetting.sweep = die
if sys.argv[2] == "while vacuuming":
    forgetting.scrub = die
forgetting.forget(engine, subjects, forgetting.Asked(ErasureSubject.PERSON))
if sys.argv[2] == "behind":
    die()
forgetting.finish(engine)
"""


@pytest.mark.parametrize(("where", "begun"), [("within", 0), ("behind", 1), ("while vacuuming", 1)])
def test_a_forget_that_is_killed_did_nothing_or_is_finished_by_the_next(
    engine: Engine, tmp_path: Path, where: str, begun: int
) -> None:
    entries = words()
    fill(engine, tmp_path, entries)
    engine.dispose()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, address_of(_path(engine)), where], env=environment, check=False
    )
    assert killed.returncode < 0
    assert unfinished(engine) == begun
    assert len(remaining(engine)) == (12 if begun else 24)

    code = app(
        ["--db", _path(engine), "forget", *(() if begun else ("--person", "p:zeb"))], standalone_mode=False
    )

    assert code in (0, None)
    assert unfinished(engine) == 0
    assert left(engine, traces(entries)) == {}


def test_while_somebody_reads_it_is_not_called_finished(engine: Engine, tmp_path: Path) -> None:
    entries = words()
    fill(engine, tmp_path, entries)
    other = open_database(_path(engine))
    with Session(other) as reading:
        reading.exec(select(Statement.id)).first()
        with pytest.raises(BusyDatabase, match="again"):
            _impatient(engine)
        assert unfinished(engine) == 1
    other.dispose()

    finish(engine)

    assert left(engine, traces(entries)) == {}


def test_what_is_not_there_is_refused(engine: Engine) -> None:
    with Session(engine) as session:
        with pytest.raises(NothingToForget, match="no statement 'x:1'"):
            find_subjects(session, statements=["x:1"])
        with pytest.raises(NothingToForget, match="no person"):
            find_subjects(session, persons=["dc:1"])


# ---- tables and pure parts -----------------------------------------------------------------------


def test_every_column_of_text_has_a_rule(engine: Engine) -> None:
    tables = SQLModel.metadata.tables.values()
    assert set(rules()) == {f"{table.name}.{one.name}" for table in tables for one in texts_of(table)}
    for table in tables:
        others = set(table.columns) - set(texts_of(table))
        assert {str(one.type.compile(engine.dialect)) for one in others} <= WITHOUT_TEXT


@given(st.binary(max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_runs_are_found_wherever_they_stand(around: bytes, removed: str, kept: str) -> None:
    runs = Runs([removed], [kept])
    body = around + removed.encode() + around
    plain = forbidden([removed], [kept])

    found = {body[at : at + RUN] for start, end in runs.spans(body) for at in range(start, end - RUN + 1)}

    assert {run for run in plain if run in body} <= found or not plain
    assert not {run for run in plain if run in runs.without(body)}


def test_dictionaries_with_a_sample_that_changed_are_to_be_trained_anew() -> None:
    assert tainted({"a": [1, 2], "b": [3]}, [2, 9]) == {"a"}


def _round(engine: Engine, page: Page) -> None:
    """A page as a round keeps it."""
    read = Read((page,), (tuple(parser_for("bluesky-appview")(page)),))
    with writing(engine) as session:
        keep_read(session, read, reader="bluesky-appview-1", round_id=None)


def _in_files(folder: Path, runs: set[bytes]) -> set[str]:
    """The files of a folder in which runs are left."""
    files = [one for one in folder.rglob("*") if one.is_file()]
    return {one.name for one in files if any(run in one.read_bytes() for run in runs)}


def _path(engine: Engine) -> str:
    return str(engine.url.database)


def _impatient(engine: Engine) -> None:
    """Forget with a connection that waits for nobody."""
    quick = open_database(_path(engine), busy_seconds=0.1)
    try:
        forget_person(quick)
    finally:
        quick.dispose()
