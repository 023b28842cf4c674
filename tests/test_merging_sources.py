"""The same post from several sources is one statement, whatever came first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.contract import Moment, Post, Version
from archive.identities import label_of
from archive.ingest import Tally, keep_records
from archive.precedence import SourceKind, kind_of, rules
from archive.spelling import Compared, compare
from db import writing
from db.models import (
    Account,
    Capture,
    Contradiction,
    HandCode,
    Observation,
    Person,
    Reading,
    Review,
    Statement,
    StatementAlias,
    StatementCapture,
    StatementVersion,
)
from db.words import CaptureKind, Precision

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
DAY = Moment(datetime(2024, 7, 5, tzinfo=UTC), Precision.DAY)
LONG = (
    "Tonight the people of Harbour ward chose hope over fear, and I will work for every street, every school "
    "and every family of this town, whoever they voted for, from tomorrow morning on."
)
CUT = LONG[:137] + "…"


@dataclass(frozen=True)
class Source:
    """What one source says of a post, and when it was read."""

    post: Post
    reader: str = "csv-1"
    hours: int = 0

    @property
    def live(self) -> bool:
        return self.reader == "x-1"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as opened:
        yield opened


def post(text: str = LONG, **more: Any) -> Post:
    known: dict[str, Any] = {"platform": "x", "post_id": "100", "position": "line 2"}
    return Post(**{**known, "text": text, **more})


def arrive(session: Session, *sources: Source) -> list[Tally]:
    """Store what the sources say, in this order, each as a capture of its own."""
    return [_arrive(session, source) for source in sources]


def _arrive(session: Session, source: Source) -> Tally:
    at = NOON + timedelta(hours=source.hours)
    kind = CaptureKind.PAGE if source.live else CaptureKind.FILE
    capture = Capture(
        kind=kind,
        source=f"{source.reader}.{source.hours}",
        media_type="text/plain",
        retrieved_at=at,
        sha256="0",
        size=0,
        reader=source.reader,
    )
    session.add(capture)
    session.flush()
    assert capture.id is not None
    return keep_records(session, capture.id, [source.post], seen_at=at, live=source.live)


def statement(session: Session) -> Statement:
    return session.exec(select(Statement)).one()


def versions(session: Session) -> list[str]:
    return list(session.exec(select(StatementVersion.text).order_by(col(StatementVersion.number))))


def said(session: Session) -> set[tuple[str, str]]:
    return {(row.field, row.said) for row in session.exec(select(Contradiction))}


# ---- the tables -----------------------------------------------------------------------------------------


def test_the_table_has_a_rule_for_every_column_that_a_source_fills() -> None:
    own = {"id", "platform", "post_id", "text_sha256", "published_precision"}
    ours = {
        "first_seen_at",
        "text_seen_at",
        "sources",
        "corrected_at",
        "rechecked_at",
        "shown_at",
        "is_cut",
    }  # the last goes with the text
    assert set(rules()) == set(Statement.model_fields) - own - ours


@pytest.mark.parametrize(
    ("reader", "live", "kind"),
    [
        ("x-1", True, SourceKind.PLATFORM),
        ("twarc-v2-1", False, SourceKind.RECORDS),
        ("x-archive-1", False, SourceKind.OWN),
        ("csv-1", False, SourceKind.TABLE),
        ("somebody-elses-3", False, SourceKind.TABLE),
        ("article-1", False, SourceKind.NEWS),
        (None, False, SourceKind.TABLE),
    ],
)
def test_a_reader_says_what_kind_of_source_it_reads(reader: str | None, live: bool, kind: SourceKind) -> None:
    assert kind_of(reader, live=live) is kind


# ---- one text or two --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vote! https://t.co/abc", "Vote! https://ada.example/plan"),
        ("Vote! https://t.co/abc", "Vote!"),
        ("Bread &amp; roses", "Bread & roses"),
        ("Two  blanks\nhere ", "Two blanks here"),
        ("RT @ada: We won.", "We won."),
    ],
)
def test_texts_that_only_sources_spell_differently_are_one(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one) is Compared.SAME


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        (CUT, LONG),
        (CUT + " https://t.co/abc", LONG),
        (LONG[:120] + " https://t.co/a…", LONG),
        (LONG[:116] + "...", LONG),
        (f"RT @ada: {LONG}"[:140], LONG),
        (LONG[:60] + "…", CUT),
    ],
)
def test_a_text_that_is_cut_short_is_no_other_text(short: str, whole: str) -> None:
    assert compare(short, whole) is Compared.CUT
    assert compare(whole, short) is Compared.WHOLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vote!", "Vote! https://ada.example/plan"),
        ("See https://ada.example/a", "See https://ada.example/b"),
        ("Well…", "Well… we shall see what they do now"),
        ("We won", "We won by a mile"),
        ("We won.", "We lost."),
        (LONG[:80] + "... or not.", LONG),
    ],
)
def test_what_an_author_may_have_changed_is_another_text(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one) is Compared.OTHER


def test_a_text_cut_short_is_no_edit_whichever_came_first(session: Session) -> None:
    first, second = Source(post(CUT)), Source(post(LONG), reader="twarc-v2-1", hours=1)

    tallies = arrive(session, first, second, Source(post(CUT), hours=2))

    assert [tally.edited for tally in tallies] == [0, 0, 0]
    assert statement(session).text == LONG
    assert versions(session) == []


def test_a_whole_text_from_a_file_goes_before_one_that_the_platform_cut(session: Session) -> None:
    arrive(session, Source(post(CUT), reader="x-1"), Source(post(LONG), hours=1))

    assert (statement(session).text, versions(session)) == (LONG, [])


def test_a_place_says_which_text_was_read_there(session: Session) -> None:
    arrive(session, Source(post(CUT)), Source(post(LONG), hours=1), Source(post(LONG + " Now."), hours=2))

    present = statement(session)
    digests = list(session.exec(select(StatementCapture.text_sha256)))
    assert digests.count(None) == 1
    assert set(digests) - {None} != {present.text_sha256}
    assert session.exec(select(StatementVersion.text_sha256)).one() in digests


def test_what_the_platform_shows_is_no_edit_undone_by_an_older_file(session: Session) -> None:
    arrive(
        session,
        Source(post("We won."), reader="x-1"),
        Source(post("We lost."), reader="x-1", hours=1),
        Source(post("We won, nearly."), reader="csv-1", hours=2),
    )

    assert statement(session).text == "We lost."
    assert set(versions(session)) == {"We won.", "We won, nearly."}


def test_an_edit_that_a_file_dates_later_than_our_last_look_is_the_present_text(session: Session) -> None:
    later = Moment(NOON + timedelta(hours=5))
    arrive(
        session,
        Source(post("We won."), reader="x-1"),
        Source(post("We lost.", edited=later), reader="x-archive-1", hours=9),
    )

    assert (statement(session).text, statement(session).edited_at) == ("We lost.", later.at)
    assert versions(session) == ["We won."]


def test_an_author_who_goes_back_to_the_first_text_is_followed(session: Session) -> None:
    texts = ("We won.", "We lost.", "We won.")
    arrive(session, *(Source(post(text), "x-1", hours) for hours, text in enumerate(texts)))

    assert statement(session).text == "We won."
    assert "We lost." in versions(session)


def test_a_repost_has_no_versions(session: Session) -> None:
    arrive(
        session,
        Source(post("RT @bo: Bring umbrellas to the count tonight, all of you, ple…")),
        Source(post("Bring umbrellas to the count tonight, all of you, please.", repost_of="7"), "x-1", 1),
        Source(post("Bring coats to the count tonight, all of you, please.", repost_of="7"), "x-1", 2),
    )

    assert statement(session).text == "Bring umbrellas to the count tonight, all of you, please."
    assert versions(session) == []


# ---- the other columns ------------------------------------------------------------------------------------


def test_what_one_source_leaves_empty_is_filled_in_from_another(session: Session) -> None:
    arrive(
        session,
        Source(post(published=DAY)),
        Source(post(lang="en", url="https://x.example/100", reply_to="bo", reply_to_post="99"), hours=1),
        Source(post(quoted="cy", quoted_post="98", addressee="the room"), hours=2),
    )

    one = statement(session)
    assert (one.published_at, one.lang, one.url) == (DAY.at, "en", "https://x.example/100")
    assert (one.reply_to, one.reply_to_post, one.quoted, one.quoted_post) == ("bo", "99", "cy", "98")
    assert one.addressee == "the room"


def test_an_exact_time_goes_before_a_day(session: Session) -> None:
    arrive(session, Source(post(published=DAY), "x-1"), Source(post(published=Moment(NOON)), hours=1))

    one = statement(session)
    assert (one.published_at, one.published_precision) == (NOON, Precision.SECOND)
    assert said(session) == set()


def test_a_time_that_two_sources_state_differently_is_noted(session: Session) -> None:
    wrong = Moment(NOON + timedelta(hours=3))
    arrive(session, Source(post(published=wrong)), Source(post(published=Moment(NOON)), "x-1", 1))

    assert statement(session).published_at == NOON
    assert said(session) == {("published_at", wrong.at.isoformat())}


def test_an_author_whom_two_sources_name_differently_is_noted(session: Session) -> None:
    arrive(
        session,
        Source(post(author_handle="bo")),
        Source(post(author_handle="ada", author_platform_id="9"), "x-1", 1),
    )

    account = session.get_one(Account, statement(session).account_id)
    assert account.platform_id == "9"
    assert said(session) == {("author", "x @bo")}


def test_a_person_link_is_never_lost(session: Session) -> None:
    session.add(Person(id="p:ada", name="Ada Example"))
    session.flush()
    arrive(session, Source(post(author_person="p:ada")), Source(post(author_platform_id="9"), "x-1", 1))

    assert statement(session).person_id == "p:ada"


def test_a_post_of_somebody_elses_account_is_not_given_to_the_owner_of_the_first(session: Session) -> None:
    session.add(Person(id="p:bo", name="Bo Example"))
    session.flush()
    session.add(Account(platform="x", platform_id="8", person_id="p:bo"))
    session.flush()
    arrive(session, Source(post(author_platform_id="8")), Source(post(author_platform_id="9"), "x-1", 1))

    assert statement(session).person_id is None
    assert said(session) == {("author", "x 8 (id 8)")}


# ---- edit chains ------------------------------------------------------------------------------------------

FIRST = post("We won.", post_id="100", published=Moment(NOON))
LATER = post("We won by nine votes.", post_id="101", published=Moment(NOON + timedelta(minutes=5)))
CHAIN = post(
    "We won by ten votes.",
    post_id="100",
    published=Moment(NOON),
    edited=Moment(NOON + timedelta(minutes=9)),
    versions=(
        Version("We won.", Moment(NOON)),
        Version("We won by nine votes.", Moment(NOON + timedelta(minutes=5))),
    ),
    also_ids=("101", "102"),
)


def test_posts_known_by_ids_of_one_chain_become_one_statement(session: Session) -> None:
    arrive(session, Source(LATER), Source(FIRST, hours=1), Source(CHAIN, "twarc-v2-1", 2))

    one = statement(session)
    assert (one.post_id, one.text, one.published_at) == ("100", "We won by ten votes.", NOON)
    assert versions(session) == ["We won.", "We won by nine votes."]
    assert {row.post_id for row in session.exec(select(StatementAlias))} == {"101", "102"}
    assert len(session.exec(select(StatementCapture)).all()) == 3


def test_a_later_id_of_a_known_chain_is_a_version_of_its_statement(session: Session) -> None:
    arrive(session, Source(CHAIN, "twarc-v2-1"), Source(LATER, hours=1))

    assert statement(session).text == "We won by ten votes."
    assert statement(session).published_at == NOON
    assert said(session) == set()


def test_what_hangs_on_both_statements_of_a_chain_is_kept(session: Session) -> None:
    arrive(session, Source(FIRST), Source(LATER, hours=1))
    ids = {one.post_id: one.id for one in session.exec(select(Statement))}
    for number in ids.values():
        assert number is not None
        session.add(Observation(statement_id=number, state="deleted"))
        session.add(Review(subject="kind", statement_id=number, verdict="confirmed", reviewer="kim"))
        session.add(Reading(statement_id=number, method="m-1", text_sha256="0"))
        session.add(HandCode(statement_id=number, coder="kim", code="c", value=str(number), text_sha256="0"))
    session.add(Reading(statement_id=ids["101"] or 0, method="m-2", text_sha256="0"))
    session.flush()

    arrive(session, Source(CHAIN, "twarc-v2-1", 2))

    one = statement(session)
    moved: tuple[tuple[Any, int], ...] = ((Observation, 2), (Review, 2), (Reading, 2), (HandCode, 1))
    for table, expected in moved:
        rows = session.exec(select(table)).all()
        assert [row.statement_id for row in rows] == [one.id] * expected, table


# ---- any order --------------------------------------------------------------------------------------------

TEXTS = (LONG, CUT, LONG + " Now to work.", LONG.replace("ward", "ward &amp; town"), "We won.")

ABOUT_NOON = Moment(NOON - timedelta(seconds=40), Precision.MINUTE)

READERS = ("x-1", "csv-1", "twarc-v2-1", "x-archive-1")

posts = st.builds(
    post,
    text=st.sampled_from(TEXTS),
    published=st.sampled_from(
        [None, DAY, Moment(NOON), Moment(NOON - timedelta(seconds=40), Precision.MINUTE)]
    ),
    author_handle=st.sampled_from([None, "ada", "bo"]),
    author_name=st.sampled_from([None, "Ada", "Ada Example MP"]),
    lang=st.sampled_from([None, "en", "cy"]),
    url=st.sampled_from([None, "https://x.example/1", "https://x.example/2"]),
    reply_to=st.sampled_from([None, "cy"]),
)


@st.composite
def in_two_orders(draw: st.DrawFn) -> tuple[list[Source], list[Source]]:
    readers = draw(
        st.lists(st.sampled_from(["x-1", "csv-1", "twarc-v2-1", "x-archive-1"]), min_size=2, max_size=5)
    )
    chain = draw(st.booleans())
    sources = [Source(draw(posts), reader, hours) for hours, reader in enumerate(readers)]
    if chain:
        sources += [Source(LATER, hours=10), Source(FIRST, hours=11), Source(CHAIN, "twarc-v2-1", 12)]
    return sources, draw(st.permutations(sources))


def outcome(session: Session, sources: Sequence[Source]) -> dict[str, Any]:
    """What is left of the sources in this order; nothing of it stays in the archive."""
    trial = session.begin_nested()
    arrive(session, *sources)
    one = statement(session)
    account = session.get(Account, one.account_id) if one.account_id else None
    left = one.model_dump(exclude={"id", "account_id", "text_seen_at", "sources"})
    left["account"] = label_of(session, account) if account else None
    left["captures"] = len(session.exec(select(StatementCapture)).all())
    left["versions"] = {text for text in versions(session) if compare(text, one.text) is not Compared.SAME}
    left["contradictions"] = said(session)
    trial.rollback()
    session.expire_all()
    return left


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=in_two_orders())
def test_whatever_source_comes_first_the_same_statement_is_left(
    session: Session, orders: tuple[list[Source], list[Source]]
) -> None:
    one, other = orders
    assert outcome(session, one) == outcome(session, other)


def test_a_text_that_is_known_only_in_part_says_so_until_the_whole_one_comes(session: Session) -> None:
    arrive(session, Source(post(CUT, is_cut=True), "x-archive-1"))
    assert statement(session).is_cut
    arrive(session, Source(post(LONG), "x-archive-1", hours=1))
    assert not statement(session).is_cut
    arrive(session, Source(post(CUT, is_cut=True), hours=2))

    assert (statement(session).text, statement(session).is_cut) == (LONG, False)


@pytest.mark.parametrize("claim_first", [True, False])
def test_a_file_cannot_make_somebodys_post_a_version_of_anothers(session: Session, claim_first: bool) -> None:
    claim = Source(post("Mine.", author_platform_id="1", also_ids=("200",)), "twarc-v2-1", hours=1)
    theirs = Source(post("Theirs.", post_id="200", author_platform_id="2"), "x-1")

    arrive(session, *((claim, theirs) if claim_first else (theirs, claim)))

    found = session.exec(select(Statement).order_by(col(Statement.post_id))).all()
    assert [(one.post_id, one.text) for one in found] == [("100", "Mine."), ("200", "Theirs.")]
    assert len({one.account_id for one in found}) == 2
    assert versions(session) == []
