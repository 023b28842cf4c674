import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from archive.captures import file_bytes, plain_bytes
from archive.contract import Choices, Moment, Page, Post, Reject, Source, UnreadableSource
from archive.importers.csv_rows import CsvImporter
from archive.importers.opening import open_file
from archive.ingest import Tally, begin_round, end_round, import_file, keep_records
from archive.speakers import Speakers
from db import open_database, writing
from db.models import (
    Account,
    AccountHandle,
    Candidacy,
    Capture,
    Contest,
    Election,
    Person,
    Quarantine,
    Round,
    Statement,
    StatementCapture,
    StatementVersion,
)
from db.words import CaptureKind, Precision

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
X = Choices(platform="x")


def csv_file(tmp_path: Path, *lines: str, header: str = "id,created_at,author_handle,text") -> Path:
    path = tmp_path / "posts.csv"
    path.write_text("\n".join([header, *lines, ""]))
    return path


def imported(engine: Engine, path: Path, choices: Choices = X) -> Tally:
    importer, source = CsvImporter(), open_file(path)
    return import_file(engine, source, importer, importer.plan(source, choices))


def post(post_id: str = "1", text: str = "We won.", **more: object) -> Post:
    known = {"platform": "x", "position": "line 2", "published": Moment(NOON)}
    return Post(**{**known, "post_id": post_id, "text": text, **more})  # type: ignore[arg-type]


def a_capture(session: Session) -> int:
    capture = Capture(
        kind=CaptureKind.PAGE, source="s", media_type="text/csv", retrieved_at=NOON, sha256="0", size=0
    )
    session.add(capture)
    session.flush()
    assert capture.id is not None
    return capture.id


class Swapping(CsvImporter):
    """Reads a file that somebody changes at this very moment."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, source: Source) -> Iterator[Page]:
        self._path.write_text(self._path.read_text().replace("won", "lost"))
        return super().read(source)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as opened:
        yield opened


def test_read_is_stored_plus_known_plus_quarantined(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,2024-07-05,ada,We won.", "2,nonsense,ada,x", "1,2024-07-05,ada,We won.")

    tally = imported(engine, path)

    assert tally == Tally(read=3, stored=1, known=1, quarantined=1)


def test_a_second_import_stores_nothing(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,2024-07-05,ada,We won.", "2,nonsense,ada,x")
    imported(engine, path)
    with Session(engine) as session:
        before = [len(session.exec(select(table)).all()) for table in (Capture, Quarantine, StatementCapture)]

    tally = imported(engine, path)

    assert (tally.stored, tally.known, tally.quarantined) == (0, 1, 1)
    with Session(engine) as session:
        after = [len(session.exec(select(table)).all()) for table in (Capture, Quarantine, StatementCapture)]
    assert after == before


def test_the_bytes_of_a_file_are_kept_as_they_were(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, *(f"{n},2024-07-05,ada,{'y' * 900}" for n in range(3000)))

    imported(engine, path)

    with Session(engine) as session:
        file = session.exec(select(Capture).where(Capture.kind == CaptureKind.FILE)).one()
        assert file.id is not None
        assert b"".join(file_bytes(session, file.id)) == path.read_bytes()
        assert file.size == path.stat().st_size
        assert len(session.exec(select(Capture).where(Capture.kind == CaptureKind.PART)).all()) > 1


def test_a_capture_whose_bytes_were_changed_is_not_given_out(engine: Engine, tmp_path: Path) -> None:
    imported(engine, csv_file(tmp_path, "1,2024-07-05,ada,We won."))
    with Session(engine) as session:
        part = session.exec(select(Capture).where(Capture.kind == CaptureKind.PART)).one()
        part.sha256 = "0" * 64

        with pytest.raises(ValueError, match="does not match its hash"):
            plain_bytes(part)


def test_every_statement_names_its_capture_and_its_line(engine: Engine, tmp_path: Path) -> None:
    imported(engine, csv_file(tmp_path, "1,2024-07-05,ada,We won.", "2,2024-07-05,ada,Thanks."))

    with Session(engine) as session:
        query = select(Statement.post_id, StatementCapture.position).join(StatementCapture)
        assert dict(session.exec(query).all()) == {"1": "line 2", "2": "line 3"}


def test_a_post_that_two_files_hold_names_both(engine: Engine, tmp_path: Path) -> None:
    for more in ("2,2024-07-05,ada,Thanks.", "3,2024-07-05,ada,Sorry."):
        imported(engine, csv_file(tmp_path, "1,2024-07-05,ada,We won.", more))

    with Session(engine) as session:
        query = select(Statement.post_id, StatementCapture.capture_id).join(StatementCapture)
        posts = [post_id for post_id, _ in session.exec(query)]
    assert sorted(posts) == ["1", "1", "2", "3"]


def test_what_is_quarantined_says_where_and_why(engine: Engine, tmp_path: Path) -> None:
    imported(engine, csv_file(tmp_path, "1,2024-07-05,ada,fine", "2,2024-02-30,ada,not fine"))

    with Session(engine) as session:
        entry = session.exec(select(Quarantine)).one()
    assert (entry.position, entry.reason) == ("line 3", "'2024-02-30' is not a time")
    assert entry.excerpt == "2,2024-02-30,ada,not fine "


def test_an_import_cut_short_goes_on_where_it_stopped(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, *(f"{n},2024-07-05,ada,{'y' * 900}" for n in range(3000)))
    importer, source = CsvImporter(), open_file(path)
    layout = importer.plan(source, X)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(engine, source, importer, layout, progress=stop)
    with Session(engine) as session:
        first = len(session.exec(select(Statement)).all())
    tally = import_file(engine, source, importer, layout)

    assert 0 < first < 3000
    assert (tally.stored, tally.known) == (3000 - first, first)
    with Session(engine) as session:
        assert len(session.exec(select(Statement)).all()) == 3000


def test_a_file_that_changes_while_it_is_read_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,2024-07-05,ada,We won.")

    with pytest.raises(UnreadableSource, match="changed while it was read"):
        import_file(engine, open_file(path), Swapping(path), CsvImporter().plan(open_file(path), X))


def test_a_file_that_came_back_to_what_it_was_is_read_from_its_own_bytes(
    engine: Engine, tmp_path: Path
) -> None:
    """The bytes that were kept while the file changed belong to no file that was asked for."""
    path = csv_file(tmp_path, "1,2024-07-05,ada,We won.")

    with pytest.raises(UnreadableSource):
        import_file(engine, open_file(path), Swapping(path), CsvImporter().plan(open_file(path), X))
    path = csv_file(tmp_path, "1,2024-07-05,ada,We won.")
    imported(engine, path)

    with Session(engine) as session:
        for file in session.exec(select(Capture).where(Capture.kind == CaptureKind.FILE)):
            assert file.id is not None
            kept = b"".join(file_bytes(session, file.id))
            assert hashlib.sha256(kept).hexdigest() == file.sha256


def test_a_text_is_never_linked_to_bytes_that_do_not_hold_it(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,2024-07-05,ada,We won.")
    imported(engine, path)

    with pytest.raises(UnreadableSource, match="changed while it was read"):
        import_file(engine, open_file(path), Swapping(path), CsvImporter().plan(open_file(path), X))

    with Session(engine) as session:
        assert session.exec(select(Statement.text)).all() == ["We won."]


def test_the_time_keeps_its_precision(engine: Engine, tmp_path: Path) -> None:
    imported(engine, csv_file(tmp_path, "1,2024-07-05,ada,We won."))

    with Session(engine) as session:
        statement = session.exec(select(Statement)).one()
    assert statement.published_at == datetime(2024, 7, 5, tzinfo=UTC)
    assert statement.published_precision == Precision.DAY


def test_another_text_of_a_known_post_makes_a_version(session: Session) -> None:
    capture = a_capture(session)
    keep_records(session, capture, [post(text="We won.")], seen_at=NOON)

    tally = keep_records(session, capture, [post(text="We lost.")], seen_at=NOON)

    assert tally == Tally(read=1, known=1, edited=1)
    assert session.exec(select(Statement.text)).one() == "We lost."
    version = session.exec(select(StatementVersion)).one()
    assert (version.number, version.text) == (1, "We won.")


def test_an_earlier_text_that_comes_again_is_no_new_edit(session: Session) -> None:
    capture = a_capture(session)
    for text in ("We won.", "We lost.", "We won.", "We lost."):
        keep_records(session, capture, [post(text=text)], seen_at=NOON)

    assert session.exec(select(Statement.text)).one() == "We lost."
    assert len(session.exec(select(StatementVersion)).all()) == 1


def test_a_version_says_when_its_own_text_was_first_seen(session: Session) -> None:
    capture = a_capture(session)
    for hours, text in enumerate(("We won.", "We lost.", "We tied.")):
        keep_records(session, capture, [post(text=text)], seen_at=NOON + timedelta(hours=hours))

    versions = session.exec(select(StatementVersion).order_by(col(StatementVersion.number))).all()
    assert [(one.text, one.seen_at) for one in versions] == [
        ("We won.", NOON),
        ("We lost.", NOON + timedelta(hours=1)),
    ]
    now_told = session.exec(select(Statement)).one()
    assert (now_told.first_seen_at, now_told.text_seen_at) == (NOON, NOON + timedelta(hours=2))


def test_two_platforms_may_use_one_id(session: Session) -> None:
    keep_records(session, a_capture(session), [post("1"), post("1", platform="bluesky")], seen_at=NOON)

    assert len(session.exec(select(Statement)).all()) == 2


# ---- whose post ---------------------------------------------------------------------------------------


def roster(session: Session) -> None:
    session.add(Election(id="e", name="E", polling_date=date(2024, 7, 4), time_zone="UTC"))
    session.flush()
    session.add(Contest(id="c", election_id="e", name="Anywhere"))
    session.add(Person(id="dc:1", name="Ada Example"))
    session.flush()
    session.add(Candidacy(contest_id="c", person_id="dc:1"))
    session.flush()


def own(session: Session, handle: str, person: str, valid_to: date | None = None) -> Account:
    account = Account(platform="x", person_id=person)
    session.add(account)
    session.flush()
    assert account.id is not None
    key = handle.casefold()
    session.add(AccountHandle(account_id=account.id, handle=handle, handle_key=key, valid_to=valid_to))
    session.flush()
    return account


def test_a_known_handle_gives_the_author_whatever_its_case(session: Session) -> None:
    roster(session)
    own(session, "AdaExample", "dc:1")

    keep_records(session, a_capture(session), [post(author_handle="adaexample")], seen_at=NOON)

    assert session.exec(select(Statement.person_id)).one() == "dc:1"


def test_a_handle_that_was_given_up_before_is_somebody_else(session: Session) -> None:
    roster(session)
    own(session, "AdaExample", "dc:1", valid_to=date(2020, 1, 1))

    keep_records(session, a_capture(session), [post(author_handle="AdaExample")], seen_at=NOON)

    assert session.exec(select(Statement.person_id)).one() is None


def test_an_unknown_handle_becomes_an_account_without_owner(session: Session) -> None:
    keep_records(
        session,
        a_capture(session),
        [post("1", author_handle="new"), post("2", author_handle="NEW")],
        seen_at=NOON,
    )

    account = session.exec(select(Account)).one()
    assert account.person_id is None
    assert {*session.exec(select(Statement.account_id))} == {account.id}


def test_the_platforms_id_goes_before_the_handle(session: Session) -> None:
    keep_records(
        session, a_capture(session), [post("1", author_handle="old", author_platform_id="9")], seen_at=NOON
    )
    keep_records(
        session,
        a_capture(session),
        [post("2", author_handle="renamed", author_platform_id="9")],
        seen_at=NOON,
    )

    assert len(session.exec(select(Account)).all()) == 1


def test_an_account_known_by_handle_learns_its_id(session: Session) -> None:
    roster(session)
    own(session, "AdaExample", "dc:1")

    keep_records(
        session, a_capture(session), [post(author_handle="AdaExample", author_platform_id="9")], seen_at=NOON
    )

    account = session.exec(select(Account)).one()
    assert (account.platform_id, account.person_id) == ("9", "dc:1")


@pytest.mark.parametrize("name", ["Ada Example", "ADA EXAMPLE", "Dr Ada Example", "Adá Example"])
def test_a_named_speaker_is_linked_to_the_one_candidate_of_that_name(session: Session, name: str) -> None:
    roster(session)

    keep_records(session, a_capture(session), [post(platform="news", author_name=name)], seen_at=NOON)

    assert session.exec(select(Statement.person_id)).one() == "dc:1"


def test_a_name_that_two_candidates_share_is_linked_to_neither(session: Session) -> None:
    roster(session)
    session.add(Person(id="dc:2", name="Ada Example"))
    session.flush()
    session.add(Candidacy(contest_id="c", person_id="dc:2"))
    session.flush()

    keep_records(
        session, a_capture(session), [post(platform="news", author_name="Ada Example")], seen_at=NOON
    )

    assert session.exec(select(Statement.person_id)).one() is None


def test_the_roster_is_read_again_only_when_it_has_grown(session: Session) -> None:
    roster(session)
    speakers = Speakers()
    speakers.refresh(session)
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))

    speakers.refresh(session)
    again = len(asked)
    assert speakers.find("Bo Lind", None) is None
    session.add(Person(id="dc:2", name="Bo Lind"))
    session.flush()
    session.add(Candidacy(contest_id="c", person_id="dc:2"))
    session.flush()
    speakers.refresh(session)

    assert all("count" in query for query in asked[:again])
    assert speakers.find("Bo Lind", None) == "dc:2"


def test_a_candidate_of_long_ago_is_not_who_speaks_today(session: Session) -> None:
    roster(session)
    late = Moment(datetime(2031, 1, 1, tzinfo=UTC))

    keep_records(
        session,
        a_capture(session),
        [post(platform="news", author_name="Ada Example", published=late)],
        seen_at=NOON,
    )

    assert session.exec(select(Statement.person_id)).one() is None


# ---- rounds and the whole ---------------------------------------------------------------------------


def test_a_round_says_how_it_ended(engine: Engine) -> None:
    round_id = begin_round(engine, "import", "0.0")
    with Session(engine) as session:
        assert session.get_one(Round, round_id).outcome is None

    end_round(engine, round_id, "done", {"read": 1})

    with Session(engine) as session:
        entry = session.get_one(Round, round_id)
    assert (entry.outcome, entry.counts) == ("done", {"read": 1})
    assert entry.finished_at is not None


RECORDS = st.one_of(
    st.builds(post, st.sampled_from("abcde"), st.sampled_from(["one", "two", "three"])),
    st.builds(Reject, st.sampled_from(["line 1", "line 2"]), st.just("bad")),
)


@given(st.lists(st.lists(RECORDS, max_size=6), max_size=4))
def test_whatever_comes_nothing_is_lost_and_nothing_doubled(batches: list[list[Post | Reject]]) -> None:
    engine = open_database("sqlite://", create=True)
    with writing(engine) as session:
        capture = a_capture(session)
        tallies = [keep_records(session, capture, batch, seen_at=NOON) for batch in batches]
        posts = [record for batch in batches for record in batch if isinstance(record, Post)]
        stored = session.exec(select(Statement).order_by(col(Statement.post_id))).all()
        texts = {(s.post_id, s.text) for s in stored} | {
            (s.post_id, version.text)
            for s in stored
            for version in session.exec(select(StatementVersion).where(StatementVersion.statement_id == s.id))
        }
    engine.dispose()

    assert all(tally.read == tally.stored + tally.known + tally.quarantined for tally in tallies)
    assert [s.post_id for s in stored] == sorted({p.post_id for p in posts})
    assert texts == {(p.post_id, p.text) for p in posts}
