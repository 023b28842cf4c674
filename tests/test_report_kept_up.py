"""A report that is kept up: the same bytes as one made anew, with as little work as what changed asks for."""

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import TemporaryDirectory
from typing import Any

import example_archive as example
import pytest
from archives_on_server import copy_archive
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from analysis.findings import analyse
from analysis.outcomes.statements import statements_in
from analysis.publishing import ForeignFolder, ReportTally, crew, work, write_report
from analysis.publishing.crew import Crew
from analysis.publishing.digests import ACCUSED, DIGEST, FRAGMENTS, ContestDigest, keep, kept
from analysis.publishing.search_index import FOLDER as SEARCH
from analysis.reader import Reader
from analysis.reports.addresses import slug
from analysis.reports.folder import MARKER, files_in
from analysis.roster import load_roster
from analysis.sentiment import scorer_for
from archive.contract import Post
from archive.precedence import SourceKind
from archive.versions import meet_texts, told_by
from db import models, open_database, writing

NOW = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2023, 8, 2, 10, 45, tzinfo=UTC)
NEW_CONTEST = "council.westhaven.quay.2023-05-04"

ELECTION = f"elections/{slug(example.ELECTION)}"
CONTESTS = f"elections/{slug(example.ELECTION)}/contests"
HARBOUR, HILL = (f"{CONTESTS}/{slug(one)}" for one in (example.HARBOUR, example.HILL))

Change = Callable[[Engine], None]


def filled(path: Path) -> Engine:
    engine = open_database(str(path), create=True)
    example.fill(engine)
    return engine


def write(engine: Engine, out: Path, at: datetime = NOW, **options: Any) -> ReportTally:
    return write_report(engine, out, generated_at=at, **options)


@dataclass(frozen=True, slots=True)
class Made:
    """An archive, its report as files, and the same report once something more has happened."""

    archive: Path
    report: Path
    anew: dict[str, bytes]

    def copied(self, folder: Path) -> Path:
        """The report as a folder that may be damaged; the archive stands in it as `archive.db`."""
        copy_archive(self.archive, folder / "archive.db")
        copytree(self.report, folder / "reports" / "out")
        return folder / "reports" / "out"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Change], Made]:
    """The example's report, and what it is after a change: each made once."""
    folder = tmp_path_factory.mktemp("made")
    engine = filled(folder / "first.db")
    write(engine, folder / "first")
    engine.dispose()

    @cache
    def after(change: Change) -> Made:
        archive = copy_archive(folder / "first.db", folder / f"{change.__name__}.db")
        engine = open_database(str(archive))
        change(engine)
        write(engine, folder / change.__name__)
        engine.dispose()
        return Made(archive, folder / "first", contents(folder / change.__name__))

    return after


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder)}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Files that only one of two reports has, or that are not the same, but for what a report tells of its
    own past.
    """
    found = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    return [name for name in found if not name.startswith(("changes.", "feeds/"))]


def folders_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def statement_id(session: Session, post_id: str) -> int:
    query = select(models.Statement.id).where(models.Statement.post_id == post_id)
    return session.exec(query).one() or 0


# ---- what can happen to an archive ------------------------------------------------------------------


def nothing(engine: Engine) -> None:
    pass


def a_new_statement(engine: Engine) -> None:
    with writing(engine) as session:
        number = len(session.exec(select(models.Statement)).all())
        words = "Tobias Quill and the Orchard Alliance, thank you."
        added = example.add_statement(session, f"new-{number}", "ines", words, example.after(number))
        example.add_reading(
            session,
            added,
            [("Tobias Quill", "Tobias Quill", "full_name", 0.3)],
            kinds=("thanks", "concession"),
        )


def a_new_statement_without_a_time(engine: Engine) -> None:
    with writing(engine) as session:
        number = len(session.exec(select(models.Statement)).all())
        example.add_statement(session, f"undated-{number}", "bo", "When was it?", None)


def a_new_statement_outside_the_window(engine: Engine) -> None:
    with writing(engine) as session:
        number = len(session.exec(select(models.Statement)).all())
        at = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        example.add_statement(session, f"outside-{number}", "tobias", "Long before.", at)


def an_edited_text(engine: Engine) -> None:
    with writing(engine) as session:
        edits = len(session.exec(select(models.StatementVersion)).all())
        post = Post("x", "1003", f"Reading the count sheets again, and again {edits}.", "line 1")
        statement = session.get_one(models.Statement, statement_id(session, "1003"))
        assert meet_texts(session, statement, told_by(post, SourceKind.PLATFORM, NOW))


def a_review(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(
            models.Review(
                subject="kind",
                statement_id=statement_id(session, "1002"),
                place="concession",
                verdict="rejected",
                reviewer="A. Coder",
                reviewed_at=NOW,
            )
        )


def forget_readings(session: Session, statement: int) -> None:
    old = select(models.Reading.id).where(models.Reading.statement_id == statement)
    kinds = select(models.Kind.id).where(col(models.Kind.reading_id).in_(old))
    session.execute(delete(models.KindTarget).where(col(models.KindTarget.kind_id).in_(kinds)))
    for table in (models.Kind, models.Rating, models.Target):
        session.execute(delete(table).where(col(table.reading_id).in_(old)))
    session.execute(delete(models.Reading).where(col(models.Reading.statement_id) == statement))


def a_new_reading(engine: Engine) -> None:
    with writing(engine) as session:
        known = len(session.exec(select(models.Reading)).all())
        about = statement_id(session, "1004")
        forget_readings(session, about)
        example.add_reading(
            session,
            about,
            [("owned", "Maren Hollis", "surname", -0.4)],
            kinds=("accusation",) if known % 2 else ("other",),
            read_at=datetime(2023, 7, 1, tzinfo=UTC) + timedelta(hours=known),
        )


def read_by(engine: Engine, method: str) -> None:
    with Session(engine) as session:
        roster = load_roster(session)
    analyse(engine, Reader(roster, scorer_for(method)))


def a_reading_by_another_method(engine: Engine) -> None:
    read_by(engine, "vader")


def a_changed_result(engine: Engine) -> None:
    with writing(engine) as session:
        people = select(models.Candidacy).where(models.Candidacy.contest_id == example.HARBOUR)
        for one in session.exec(people):
            if one.votes is not None:
                one.votes += 7
                one.elected = not one.elected if one.votes > 1_000 else one.elected


def a_declared_result(engine: Engine) -> None:
    with writing(engine) as session:
        contest = session.get_one(models.Contest, example.HILL)
        at = contest.declared_at or example.DECLARED
        contest.declared_at, contest.declared_precision = at + timedelta(minutes=3), "minute"


def a_candidacy_removed(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(
            delete(models.Candidacy).where(
                col(models.Candidacy.contest_id) == example.HARBOUR,
                col(models.Candidacy.person_id) == "p:tobias",
            )
        )


def a_candidate_who_stood_down(engine: Engine) -> None:
    with writing(engine) as session:
        query = select(models.Candidacy).where(models.Candidacy.person_id == "p:cy")
        session.exec(query).one().status = "withdrawn"


def a_new_contest(engine: Engine) -> None:
    with writing(engine) as session:
        if session.get(models.Contest, NEW_CONTEST):
            return
        session.add(models.Contest(id=NEW_CONTEST, election_id=example.ELECTION, name="Quay ward"))
        session.flush()
        session.add(models.Candidacy(contest_id=NEW_CONTEST, person_id="p:maren", party_id="x:hp", votes=9))
        session.add(models.Candidacy(contest_id=NEW_CONTEST, person_id="p:ines", votes=11, elected=True))


def a_contest_removed(engine: Engine) -> None:
    with writing(engine) as session:
        for table in (models.Candidacy, models.Contest):
            key = col(table.contest_id) if table is models.Candidacy else col(models.Contest.id)
            session.execute(delete(table).where(key == example.HARBOUR))


def an_election_removed(engine: Engine) -> None:
    with writing(engine) as session:
        key = example.EARLIER
        session.execute(delete(models.Candidacy).where(col(models.Candidacy.contest_id) == key))
        session.execute(delete(models.Contest).where(col(models.Contest.id) == key))
        session.execute(delete(models.Election).where(col(models.Election.id) == key))


def a_new_election(engine: Engine) -> None:
    with writing(engine) as session:
        if session.get(models.Election, "mayor.2023"):
            return
        session.add(
            models.Election(
                id="mayor.2023", name="Mayor", polling_date=date(2023, 5, 4), time_zone="Europe/London"
            )
        )
        session.flush()
        session.add(models.Contest(id="mayor.2023", election_id="mayor.2023", name="Mayor"))
        session.flush()
        session.add(models.Candidacy(contest_id="mayor.2023", person_id="p:tobias", elected=True))


def a_person_renamed(engine: Engine) -> None:
    with writing(engine) as session:
        person = session.get_one(models.Person, "p:tobias")
        person.name, person.family_name = f"{person.name} Jr", "Aquill"


def another_name_of_a_person(engine: Engine) -> None:
    with writing(engine) as session:
        known = len(session.exec(select(models.PersonName)).all())
        session.add(models.PersonName(person_id="p:ada", name=f"Ada {known}"))


def a_party_renamed(engine: Engine) -> None:
    with writing(engine) as session:
        party = session.get_one(models.Party, "x:oa")
        party.name, party.abbreviation = f"New {party.name}", "NOA"


def a_party_that_won_the_country(engine: Engine) -> None:
    with writing(engine) as session:
        if not session.exec(select(models.PartyResult)).all():
            session.add(
                models.PartyResult(election_id=example.ELECTION, party_id="x:hp", won=True, source="TV")
            )


def an_account_added(engine: Engine) -> None:
    with writing(engine) as session:
        known = len(session.exec(select(models.Account)).all())
        session.add(models.Account(platform="bluesky", platform_id=f"did:{known}", person_id="p:bo"))


def an_account_collected(engine: Engine) -> None:
    with writing(engine) as session:
        if not session.exec(select(models.Coverage).where(models.Coverage.account_id == 3)).all():
            session.add(models.Coverage(account_id=3, stream="posts", status="complete"))


def another_capture_of_a_statement(engine: Engine) -> None:
    with writing(engine) as session:
        known = len(session.exec(select(models.Capture)).all())
        capture = models.Capture(
            kind="page",
            source=f"https://social.example/{known}",
            media_type="application/json",
            retrieved_at=NOW,
            sha256=sha256(str(known).encode()).hexdigest(),
            size=2,
            body=b"{}",
        )
        session.add(capture)
        session.flush()
        session.add(
            models.StatementCapture(
                statement_id=statement_id(session, "1002"), capture_id=capture.id or 0, position="post 1"
            )
        )


def a_code_by_hand(engine: Engine) -> None:
    with writing(engine) as session:
        coder = f"Coder {len(session.exec(select(models.HandCode)).all())}"
        statement = session.get_one(models.Statement, statement_id(session, "1002"))
        session.add(
            models.HandCode(
                statement_id=statement.id or 0,
                coder=coder,
                code="kind:concession",
                value="yes",
                text_sha256=statement.text_sha256,
                coded_at=NOW,
            )
        )


SMALL: tuple[Change, ...] = (
    nothing,
    a_new_statement,
    a_new_statement_without_a_time,
    a_new_statement_outside_the_window,
    an_edited_text,
    a_review,
    a_new_reading,
    a_changed_result,
    a_declared_result,
    a_candidate_who_stood_down,
    a_new_contest,
    a_new_election,
    a_person_renamed,
    another_name_of_a_person,
    a_party_renamed,
    a_party_that_won_the_country,
    an_account_added,
    an_account_collected,
    another_capture_of_a_statement,
    a_code_by_hand,
)
"""Changes that can come in any order and again."""

LARGE: tuple[Change, ...] = (
    a_reading_by_another_method,
    a_candidacy_removed,
    a_contest_removed,
    an_election_removed,
)


# ---- the same as made anew --------------------------------------------------------------------------


@pytest.mark.parametrize("change", [*SMALL, *LARGE], ids=lambda one: one.__name__)
def test_a_report_brought_up_to_date_is_byte_for_byte_one_made_anew(
    engine: Engine, tmp_path: Path, change: Change
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    change(engine)

    write(engine, tmp_path / "out")
    write(engine, tmp_path / "anew")

    assert differing(contents(tmp_path / "out"), contents(tmp_path / "anew")) == []


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        a_new_statement,
        an_edited_text,
        a_review,
        a_reading_by_another_method,
        a_candidacy_removed,
        a_person_renamed,
        another_name_of_a_person,
        an_account_added,
    ],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize("reasons", [None, 1])
def test_so_are_the_reasons_of_ratings_whoever_else_has_another_name_since(
    engine: Engine, tmp_path: Path, change: Change, reasons: int | None
) -> None:
    example.fill(engine)
    read_by(engine, "vader-target")
    write(engine, tmp_path / "out", reasons=reasons)
    change(engine)

    write(engine, tmp_path / "out", reasons=reasons)
    write(engine, tmp_path / "anew", reasons=reasons)

    found = contents(tmp_path / "anew")
    assert any(b'<details class="why">' in content for content in found.values())
    assert differing(contents(tmp_path / "out"), found) == []


@settings(max_examples=10)
@given(st.lists(st.lists(st.sampled_from(SMALL), min_size=1, max_size=3), min_size=1, max_size=4))
def test_however_often_it_is_brought_up_to_date_it_stays_the_same_as_one_made_anew(
    rounds: list[list[Change]],
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        engine = filled(folder / "archive.db")
        write(engine, folder / "out")
        for changes in rounds:
            for change in changes:
                change(engine)
            write(engine, folder / "out")
        write(engine, folder / "anew")
        engine.dispose()
        assert differing(contents(folder / "out"), contents(folder / "anew")) == []


def told_no_time(files: dict[str, bytes]) -> dict[str, bytes]:
    """A report's files without the time at which each was made."""
    found = {}
    for name, content in files.items():
        if name.endswith("election.json.zst"):
            continue  # sizes of files, which depend on how well a date is compressed
        if name.endswith(".gexf.gz"):
            content = gzip.decompress(content)
        for at in (NOW, LATER):
            content = content.replace(b'lastmodifieddate="%s"' % at.date().isoformat().encode(), b"THEN")
            content = content.replace(f"{at.day} August 2023, {at:%H:%M} UTC".encode(), b"THEN")
            content = content.replace(at.isoformat().encode(), b"THEN")
        found[name] = content
    return found


@pytest.mark.parametrize("change", [nothing, a_new_statement, a_review], ids=lambda one: one.__name__)
def test_later_only_the_times_differ_and_pages_that_were_taken_over_keep_theirs(
    engine: Engine, tmp_path: Path, change: Change
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    before = contents(tmp_path / "out")
    change(engine)

    write(engine, tmp_path / "out", LATER)
    write(engine, tmp_path / "anew", LATER)

    after = contents(tmp_path / "out")
    assert differing(told_no_time(after), told_no_time(contents(tmp_path / "anew"))) == []
    for name in after:
        if name.startswith(f"{HILL}/"):
            assert after[name] == before[name]
    assert b"2 August 2023, 10:45 UTC" in after["index.html"]


def test_several_processes_write_the_same_bytes_as_one(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "alone")
    monkeypatch.setattr("analysis.publishing.writing.WORTH_WORKERS", 1)
    monkeypatch.setattr(crew, "WORTH_SHARING", 1)
    with monkeypatch.context() as patched:
        patched.setattr(Crew, "_alone", None)  # whoever works alone fails
        write(engine, tmp_path / "together", processes=2)
        assert differing(contents(tmp_path / "alone"), contents(tmp_path / "together")) == []
        a_new_statement(engine)
        a_review(engine)
        tally = write(engine, tmp_path / "together", processes=2)

    assert tally.contests_written == 1
    write(engine, tmp_path / "anew")
    assert differing(contents(tmp_path / "anew"), contents(tmp_path / "together")) == []


def test_few_candidacies_are_written_by_one_process_however_many_may(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.fill(engine)
    monkeypatch.setattr(Crew, "_together", None)

    assert write(engine, tmp_path / "out", processes=2).contests_written == 3


# ---- as little work as need be ----------------------------------------------------------------------


def nodes(folder: Path) -> dict[str, int]:
    """File -> its number in the file system: the same for what was not written again."""
    return {name: (folder / name).stat().st_ino for name in files_in(folder)}


def test_with_nothing_new_no_page_of_an_election_and_no_part_of_the_search_is_written(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    before, told = nodes(tmp_path / "out"), []

    tally = write(engine, tmp_path / "out", LATER, progress=lambda *step: told.append(step))

    after = nodes(tmp_path / "out")
    assert (tally.contests, tally.contests_written, told) == (3, 0, [])
    assert before.keys() == after.keys()
    kept_up = {name for name in after if name.startswith(("elections/", f"{SEARCH}/2"))}
    assert len(kept_up) > 30
    assert {name for name in kept_up if before[name] != after[name]} == set()


def test_one_new_statement_rewrites_one_contest_and_reads_one_candidacy_again(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    before = nodes(tmp_path / "out")
    a_new_statement(engine)

    tally = write(engine, tmp_path / "out", LATER)

    after = nodes(tmp_path / "out")
    assert tally.contests_written == 1
    assert {name.split("/")[3] for name in after if "/contests/" in name and before[name] != after[name]} == {
        slug(example.HARBOUR)
    }
    pages = {name for name in after if name.startswith(f"{HARBOUR}/candidates/")}
    assert len(pages) == 4
    assert {name for name in pages if before[name] != after[name]} == {
        f"{HARBOUR}/candidates/{slug('p:ines')}.html"
    }


def test_only_the_statements_of_the_candidacy_that_changed_are_read(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    a_new_statement(engine)
    read: list[set[str | None]] = []

    def watched(*given: Any, **named: Any) -> Any:
        found = statements_in(*given, **named)
        read.extend({one.person_id for one in some} for some in found.values())
        return found

    monkeypatch.setattr(work, "statements_in", watched)
    write(engine, tmp_path / "out")

    assert read == [{"p:ines"}]


# ---- a last report that is not as it was left -------------------------------------------------------


def _spoil(path: Path, *, same_size: bool = False) -> None:
    content = path.read_bytes()
    middle = len(content) // 2
    turned = bytes(255 - one for one in content[middle : middle + 4])
    path.unlink()  # a page may be the same file as an earlier report's
    path.write_bytes(content[:middle] + turned + content[middle + 4 :] if same_size else content[:middle])


def _put(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _marked(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    marker = json.loads((out / MARKER).read_text(encoding="utf-8"))
    change(marker)
    (out / MARKER).write_text(json.dumps(marker), encoding="utf-8")


def _without(out: Path, name: str) -> None:
    path = out / name
    rmtree(path) if path.is_dir() else path.unlink()


def _another_digest(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """A digest that somebody wrote who knows how."""
    path = out / HARBOUR / DIGEST
    digest = kept(dict[str, Any], path)
    assert digest is not None
    change(digest)
    keep(digest, path)


def _own_file(out: Path, name: str) -> None:
    """A file that the marker counts as the report's, and the contest's digest does not."""
    (out / name).write_text("Mine.")
    _marked(out, lambda marker: marker["files"].append(name))


def _outside(digest: dict[str, Any]) -> None:
    for one in digest["candidacies"]:
        one["address"] = "../../../../../../stolen.txt"


MAREN = f"{HARBOUR}/candidates/{slug('p:maren')}.html"

DAMAGES: dict[str, Callable[[Path], None]] = {
    "nothing": lambda out: None,
    "digest cut": lambda out: _spoil(out / HARBOUR / DIGEST),
    "digest turned": lambda out: _spoil(out / HARBOUR / DIGEST, same_size=True),
    "digest gone": lambda out: _without(out, f"{HARBOUR}/{DIGEST}"),
    "digest empty": lambda out: _put(out / HARBOUR / DIGEST, b""),
    "digest of another shape": lambda out: _another_digest(out, lambda one: one.pop("row")),
    "digest of other types": lambda out: _another_digest(out, lambda one: one.update(candidacies="x")),
    "digest without candidacies": lambda out: _another_digest(out, lambda one: one.update(candidacies=[])),
    "digest with an address outside": lambda out: _another_digest(out, _outside),
    "digest that lists too little": lambda out: _another_digest(out, lambda one: one["files"].popitem()),
    "fragments cut": lambda out: _spoil(out / HARBOUR / FRAGMENTS),
    "fragments gone": lambda out: _without(out, f"{HARBOUR}/{FRAGMENTS}"),
    "accusations cut": lambda out: _spoil(out / HARBOUR / ACCUSED),
    "accusations gone": lambda out: _without(out, f"{HARBOUR}/{ACCUSED}"),
    "data file cut": lambda out: _spoil(out / HARBOUR / "statements.csv.gz"),
    "data file gone": lambda out: _without(out, f"{HARBOUR}/kinds.csv.gz"),
    "contest's page gone": lambda out: _without(out, f"{HARBOUR}/index.html"),
    "contest's page cut": lambda out: _spoil(out / HARBOUR / "index.html"),
    "candidate's page gone": lambda out: _without(out, MAREN),
    "contest's folder gone": lambda out: _without(out, HARBOUR),
    "all contests gone": lambda out: _without(out, CONTESTS),
    "election's page gone": lambda out: _without(out, f"{ELECTION}/index.html"),
    "election's page cut": lambda out: _spoil(out / ELECTION / "index.html"),
    "election's table gone": lambda out: _without(out, f"{ELECTION}/accusations.csv"),
    "parties gone": lambda out: _without(out, f"{ELECTION}/parties"),
    "election's list of files cut": lambda out: _spoil(out / ELECTION / "election.json.zst"),
    "tables of tone gone": lambda out: _without(out, f"{ELECTION}/tone.json.zst"),
    "search state cut": lambda out: _spoil(out / SEARCH / "state.json"),
    "search state gone": lambda out: _without(out, f"{SEARCH}/state.json"),
    "segment's state cut": lambda out: _spoil(out / SEARCH / "2023-W18" / "state.json"),
    "segment gone": lambda out: _without(out, f"{SEARCH}/2023-W18"),
    "documents cut": lambda out: _spoil(out / SEARCH / "2023-W18" / "docs-0.js"),
    "search gone": lambda out: _without(out, SEARCH),
    "litter in a contest's folder": lambda out: _put(out / HARBOUR / ".DS_Store", b"x"),
    "a file that the marker knows": lambda out: _own_file(out, f"{HARBOUR}/candidates/notes.html"),
    "another version": lambda out: _marked(out, lambda one: one.update(key="of another release")),
    "no key": lambda out: _marked(out, lambda one: one.pop("key")),
    "key of another type": lambda out: _marked(out, lambda one: one.update(key=["x"])),
}

WRITTEN = {
    "nothing": 0,
    "election's page gone": 0,
    "election's page cut": 0,
    "election's table gone": 0,
    "parties gone": 0,
    "election's list of files cut": 0,
    "tables of tone gone": 0,
    "all contests gone": 2,
    "search state cut": 3,
    "search state gone": 3,
    "segment's state cut": 3,
    "segment gone": 3,
    "documents cut": 3,
    "search gone": 3,
    "another version": 3,
    "no key": 3,
    "key of another type": 3,
}
"""Contests that are then written anew: all where the last report cannot be built on; one where not named."""

HIDDEN_DAMAGES: dict[str, Callable[[Path], None]] = {
    "fragments turned": lambda out: _spoil(out / HARBOUR / FRAGMENTS, same_size=True),
    "accusations turned": lambda out: _spoil(out / HARBOUR / ACCUSED, same_size=True),
    "accusations of another contest turned": lambda out: _spoil(out / HILL / ACCUSED, same_size=True),
    "documents turned": lambda out: _spoil(out / SEARCH / "2023-W18" / "docs-0.js", same_size=True),
}
"""What keeps a file's size is seen when the file is built on."""


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_made_anew(made: Callable[[Change], Made], tmp_path: Path, damage: str) -> None:
    out = made(nothing).copied(tmp_path)
    DAMAGES[damage](out)
    engine = open_database(str(tmp_path / "archive.db"))

    tally = write(engine, out)

    engine.dispose()
    assert differing(contents(out), made(nothing).anew) == []
    assert tally.contests_written == WRITTEN.get(damage, 1)
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("change", [a_new_statement, a_candidacy_removed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("damage", [*DAMAGES, *HIDDEN_DAMAGES])
def test_what_is_damaged_is_not_built_on(
    made: Callable[[Change], Made], tmp_path: Path, damage: str, change: Change
) -> None:
    out = made(change).copied(tmp_path)
    (DAMAGES | HIDDEN_DAMAGES)[damage](out)
    engine = open_database(str(tmp_path / "archive.db"))

    write(engine, out)

    engine.dispose()
    assert differing(contents(out), made(change).anew) == []


def test_a_contest_that_is_gone_is_not_found_even_if_its_digest_was_damaged(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    _spoil(tmp_path / "out" / HARBOUR / DIGEST)
    a_contest_removed(engine)

    write(engine, tmp_path / "out")

    found = contents(tmp_path / "out" / SEARCH)
    assert found
    assert not [name for name, content in found.items() if example.HARBOUR.encode() in content]


def test_anybodys_file_in_a_contests_folder_is_refused_and_stays(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    (tmp_path / "out" / HARBOUR / "notes.txt").write_text("Mine.")
    before = contents(tmp_path / "out")

    with pytest.raises(ForeignFolder, match=r"notes\.txt"):
        write(engine, tmp_path / "out")

    assert contents(tmp_path / "out") == before
    assert folders_in(tmp_path) == ["out"]


def test_a_link_in_a_contests_folder_is_not_followed(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    secret = tmp_path / "secret.txt"
    page = tmp_path / "out" / HARBOUR / "index.html"
    secret.write_bytes(b"s" * page.stat().st_size)
    page.unlink()
    page.symlink_to(secret)

    write(engine, tmp_path / "out")

    assert not page.is_symlink()
    assert b"ssss" not in page.read_bytes()
    assert secret.read_bytes().startswith(b"ssss")


def test_a_report_with_other_options_is_made_anew_and_holds_nothing_of_the_last(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")

    tally = write(engine, tmp_path / "out", threshold=0.75)

    write(engine, tmp_path / "anew", threshold=0.75)
    assert tally.contests_written == 3
    assert differing(contents(tmp_path / "out"), contents(tmp_path / "anew")) == []


# ---- a run that ends on the way ---------------------------------------------------------------------


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("at", [1, 2])
def test_an_interrupted_run_leaves_the_last_report_and_nothing_beside_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int, at: int
) -> None:
    monkeypatch.setattr("analysis.publishing.writing.WORTH_WORKERS", 1)
    monkeypatch.setattr(crew, "WORTH_SHARING", 1)
    example.fill(engine)
    write(engine, tmp_path / "out")
    before = contents(tmp_path / "out")
    a_new_statement(engine)
    a_new_statement_without_a_time(engine)

    def stop(done: int, total: int) -> None:
        assert total == 2
        if done == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(engine, tmp_path / "out", progress=stop, processes=processes)

    assert contents(tmp_path / "out") == before
    assert folders_in(tmp_path) == ["out"]
    write(engine, tmp_path / "out")
    write(engine, tmp_path / "anew")
    assert differing(contents(tmp_path / "out"), contents(tmp_path / "anew")) == []


def test_a_first_run_that_is_interrupted_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(engine, tmp_path / "out", progress=stop)

    assert folders_in(tmp_path) == []


def test_files_that_two_reports_share_are_never_written_in_place(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    for name in files_in(tmp_path / "out"):  # as a copy that somebody keeps by hard links
        (tmp_path / "kept" / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(tmp_path / "out" / name, tmp_path / "kept" / name)
    before = contents(tmp_path / "kept")
    for change in (a_new_statement, a_changed_result, a_new_contest):
        change(engine)
        write(engine, tmp_path / "out", LATER)

    assert contents(tmp_path / "kept") == before


def test_a_digest_of_a_contest_is_read_as_what_was_written(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    write(engine, tmp_path / "out")
    digest = kept(ContestDigest, tmp_path / "out" / HARBOUR / DIGEST)
    assert digest is not None
    assert sorted([*digest.files, DIGEST]) == files_in(tmp_path / "out" / HARBOUR)
