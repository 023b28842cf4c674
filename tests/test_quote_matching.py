"""Quotations are linked to the archived posts that they repeat."""

from datetime import UTC, datetime

import example_archive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from archive.quote_links import FoundLink, keep_quote_links, link_quotes
from archive.quotes.matching import match_posts, post_text
from db import models, open_database, writing

POSTS = [
    post_text(
        1,
        "Thank you Harbour North! 🌹 I’m so proud of what we’ve done together, and tomorrow we start on the "
        "roads. #Harbour https://example.org/a",
    ),
    post_text(2, "The count was fair and quick. My thanks to everybody who worked through the night."),
    post_text(3, "Thank you so much."),
    post_text(4, "We lost tonight but the fight for our town goes on, and I will be in it."),
]


@pytest.mark.parametrize(
    ("quotation", "post"),
    [
        ("\"I'm so proud of what we've done together\"", 1),
        ("“[We are] so proud of what we’ve done together … tomorrow we start on the roads,”", 1),
        ("‘Thank you Harbour North! I’m so proud of what we’ve done together’", 1),
        ('"The count was fair, and quick"', 2),
        ('"my thanks to everyone who worked through the night"', 2),
        ('"WE LOST TONIGHT, but the fight for our town goes on"', 4),
        ('"Thank you so much for everything that you all did tonight"', None),
        ('"the fight for our"', None),
        ('"we will win the seat back next year for sure"', None),
        ('""', None),
    ],
)
def test_a_quotation_finds_the_post_that_it_repeats_or_none(quotation: str, post: int | None) -> None:
    found = match_posts(quotation, POSTS)

    assert (found.id if found else None) == post


def test_the_score_is_lower_where_words_were_changed() -> None:
    exact = match_posts('"My thanks to everybody who worked through the night"', POSTS)
    changed = match_posts('"My thanks to everyone who worked through the night"', POSTS)

    assert exact is not None
    assert exact.score == 1.0
    assert changed is not None
    assert 0.85 <= changed.score < 1.0


def test_posts_that_fit_equally_well_leave_the_match_open() -> None:
    words = "We lost tonight but the fight for our town goes on"
    found = match_posts(f'"{words}"', [*POSTS, post_text(7, f"{words}! Thank you all.")])

    assert found is not None
    assert (found.id, found.rivals) == (None, (4, 7))


def test_versions_of_one_post_are_no_rivals() -> None:
    words = "We lost tonight but the fight for our town goes on"
    found = match_posts(f'"{words}"', [*POSTS, post_text(4, words)])

    assert found is not None
    assert (found.id, found.rivals) == (4, ())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=4))
def test_a_score_lies_between_nothing_and_all(quotation: str, texts: list[str]) -> None:
    found = match_posts(quotation, [post_text(number, text) for number, text in enumerate(texts)])

    assert found is None or 0.85 <= found.score <= 1.0


# ---- in the archive ------------------------------------------------------------

DAY = datetime(2023, 5, 5, tzinfo=UTC)
WORDS = "The harbour deserves a mayor who turns up when it rains"


PERSONS = sorted(f"p:{key}" for key in example_archive.PEOPLE)


def _statement(
    session: Session,
    key: str,
    text: str,
    at: datetime | None,
    *,
    platform: str = "x",
    channel: str = "social",
    person: str = PERSONS[0],
    repost_of: str | None = None,
) -> int:
    row = models.Statement(
        platform=platform,
        post_id=key,
        person_id=person,
        text=text,
        text_sha256="0" * 64,
        published_at=at,
        published_precision="day" if at else None,
        channel=channel,
        repost_of=repost_of,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def test_links_join_a_quotation_with_its_speakers_post_near_that_day() -> None:
    engine = open_database(":memory:", create=True)
    example_archive.fill(engine)
    other = PERSONS[1]
    with writing(engine) as session:
        post = _statement(session, "1", f"{WORDS}. Thank you! 🌊", datetime(2023, 5, 4, 23, tzinfo=UTC))
        _statement(session, "2", WORDS, datetime(2023, 5, 4, 23, tzinfo=UTC), person=other)
        _statement(session, "3", WORDS, datetime(2022, 5, 4, tzinfo=UTC))
        _statement(session, "4", WORDS, datetime(2023, 5, 4, tzinfo=UTC), repost_of="9")
        quote = _statement(session, "a#0-9", f'"{WORDS}"', DAY, platform="news")
        _statement(session, "a#20-29", f'"{WORDS}"', DAY, platform="news", channel="speech")

        links = list(link_quotes(session))

        assert links == [FoundLink(quote, post, 1.0, "partial-1", ambiguous=False)]
        assert list(link_quotes(session, persons={other})) == []


def test_an_earlier_text_of_an_edited_post_is_found() -> None:
    engine = open_database(":memory:", create=True)
    example_archive.fill(engine)
    with writing(engine) as session:
        post = _statement(session, "1", "Thank you all for tonight.", DAY)
        session.add(
            models.StatementVersion(
                statement_id=post, number=1, text=WORDS, text_sha256="0" * 64, seen_at=DAY
            )
        )
        quote = _statement(session, "a#0-9", f'"{WORDS}"', None, platform="news")

        assert [(link.quotation_id, link.post_id) for link in link_quotes(session)] == [(quote, post)]


def test_links_are_kept_up_to_date_and_keep_their_time(engine: Engine) -> None:
    example_archive.fill(engine)
    with writing(engine) as session:
        post = _statement(session, "1", f"{WORDS}. Thank you!", datetime(2023, 5, 4, 23, tzinfo=UTC))
        _statement(session, "a#0-9", f'"{WORDS}"', DAY, platform="news")

    first = keep_quote_links(engine)
    with Session(engine) as session:
        (kept,) = session.exec(select(models.QuotationLink)).all()
    again = keep_quote_links(engine)
    with Session(engine) as session:
        (same,) = session.exec(select(models.QuotationLink)).all()
    with writing(engine) as session:
        session.get_one(models.Statement, post).text = "Something else altogether, about the buses."
    gone = keep_quote_links(engine)

    assert (first.links, first.added, first.removed) == (1, 1, 0)
    assert (again.links, again.added, again.removed) == (1, 0, 0)
    assert (same.id, same.found_at, same.score) == (kept.id, kept.found_at, 1.0)
    assert (gone.links, gone.added, gone.removed) == (0, 0, 1)
