"""One text by one person on several platforms is linked, and nothing else is."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

import hustings
from analysis.cross_posts import METHOD, Pair, Tally, Written, find_pairs, link_cross_posts
from analysis.cross_posts.near import LEAST_LIKE, jaccard, plain_words, runs_of
from db import open_database, writing
from db.models import CrossPost, Statement

NOON = datetime(2024, 7, 5, 12, tzinfo=UTC)
TEXT = "Thank you, Harbour ward! Tonight you chose hope over fear, and tomorrow we begin."
LIKE = "Thank you Harbour Ward. Tonight you chose hope over fear and tomorrow we begin! https://ada.example/a"
OTHER = "The bridge at Mill Lane stays closed until the inspectors have written their report."


def written(
    number: int, platform: str, text: str = TEXT, *, hours: float = 0, is_exact: bool = True
) -> Written:
    return Written(number, platform, text, NOON + timedelta(hours=hours), is_exact)


def pairs(*texts: Written) -> set[tuple[int, int]]:
    return {(pair.id, pair.other) for pair in find_pairs(texts)}


def test_one_text_on_two_platforms_is_one_pair() -> None:
    assert list(find_pairs([written(2, "bluesky", hours=1), written(1, "x")])) == [Pair(1, 2, 1.0)]


def test_case_signs_and_links_make_no_difference() -> None:
    assert list(find_pairs([written(1, "x"), written(2, "bluesky", LIKE)])) == [Pair(1, 2, 1.0)]


def test_what_is_nearly_the_same_is_linked_with_how_alike_it_is() -> None:
    changed = TEXT.replace("tomorrow we begin", "tomorrow we all begin our work")
    [pair] = find_pairs([written(1, "x"), written(2, "bluesky", changed)])
    assert LEAST_LIKE <= pair.similarity < 1
    assert pair.similarity == round(jaccard(runs_of(plain_words(TEXT)), runs_of(plain_words(changed))), 4)


@pytest.mark.parametrize(
    "others",
    [
        [written(2, "x")],
        [written(2, "bluesky", OTHER)],
        [written(2, "bluesky", hours=73)],
        [written(2, "bluesky", "https://ada.example/a")],
    ],
    ids=["same platform", "another text", "too late", "no words"],
)
def test_what_is_no_cross_post_is_not_linked(others: list[Written]) -> None:
    assert pairs(written(1, "x"), *others) == set()


def test_a_day_without_a_time_may_lie_within_the_window() -> None:
    late = written(2, "bluesky", hours=12 + 3 * 24)
    assert pairs(written(1, "x", hours=-12, is_exact=False), late) == {(1, 2)}


@pytest.mark.parametrize(
    ("text", "hours", "is_exact", "linked"),
    [
        ("thank you all", 0.9, True, True),
        ("Thank you all!", 1.1, True, False),
        ("Thank you both!", 0.5, True, False),
        ("Thank you all!", 0.5, False, False),
    ],
)
def test_few_words_must_be_equal_and_within_the_hour(
    text: str, hours: float, is_exact: bool, linked: bool
) -> None:
    found = pairs(
        written(1, "x", "Thank you all!"), written(2, "bluesky", text, hours=hours, is_exact=is_exact)
    )
    assert found == ({(1, 2)} if linked else set())


@given(
    st.lists(
        st.tuples(
            st.sampled_from([TEXT, LIKE, OTHER, TEXT.replace("hope", "trust"), "Thank you all!"]),
            st.sampled_from(["x", "bluesky", "mastodon"]),
            st.integers(0, 200),
        ),
        max_size=12,
    )
)
def test_pairs_are_those_that_comparing_all_with_all_gives(posts: list[tuple[str, str, int]]) -> None:
    texts = [
        written(number, platform, text, hours=hours) for number, (text, platform, hours) in enumerate(posts)
    ]
    expected = set()
    for one in texts:
        for other in texts[one.id + 1 :]:
            apart = abs(one.at - other.at)
            mine, theirs = runs_of(plain_words(one.text)), runs_of(plain_words(other.text))
            alike = (
                jaccard(mine, theirs) >= LEAST_LIKE and apart <= timedelta(days=3)
                if mine and theirs
                else plain_words(one.text) == plain_words(other.text) and apart <= timedelta(hours=1)
            )
            if alike and one.platform != other.platform:
                expected.add((one.id, other.id))
    assert pairs(*texts) == expected


# ---- in an archive ----------------------------------------------------------------------------------------


@pytest.fixture(name="archive")
def _archive(tmp_path: Path) -> Iterator[Engine]:
    """Maren Hollis posts one text on X and on Bluesky; Tobias Quill says the same."""
    engine = open_database(str(tmp_path / "archive.db"), create=True)
    example.fill(engine)
    with writing(engine) as session:
        at = example.after(5)
        example.add_statement(session, "b1", "maren", TEXT, at)
        example.add_statement(session, "b2", "maren", LIKE, at, platform="bluesky")
        example.add_statement(session, "b3", "tobias", TEXT, at, platform="bluesky")
        example.add_statement(session, "b4", "maren", TEXT, at, platform="news")
    yield engine
    engine.dispose()


def links(engine: Engine) -> list[CrossPost]:
    with Session(engine) as session:
        return list(session.exec(select(CrossPost).order_by(col(CrossPost.id))))


def test_links_are_of_one_person_on_social_platforms(archive: Engine) -> None:
    tally = link_cross_posts(archive)

    [link] = links(archive)
    with Session(archive) as session:
        posts = {session.get_one(Statement, one).post_id for one in (link.statement_id, link.other_id)}
    assert posts == {"b1", "b2"}
    assert (link.similarity, link.method) == (1.0, METHOD)
    assert (tally.links, tally.added, tally.removed) == (1, 1, 0)


def test_a_second_run_changes_nothing(archive: Engine) -> None:
    link_cross_posts(archive)
    before = [link.model_dump() for link in links(archive)]

    again = link_cross_posts(archive)

    assert (again.added, again.removed) == (0, 0)
    assert [link.model_dump() for link in links(archive)] == before


def test_a_link_goes_when_the_text_was_edited(archive: Engine) -> None:
    link_cross_posts(archive)
    with writing(archive) as session:
        session.exec(select(Statement).where(Statement.post_id == "b2")).one().text = OTHER

    assert link_cross_posts(archive).removed == 1
    assert links(archive) == []


def test_the_commands_tell_of_links(archive: Engine, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        address = str(archive.url.database)
        result = CliRunner().invoke(hustings.app, ["--db", address, *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    summary = json.loads(run("crossposts", "--json"))
    hits = {hit["statement"]: hit["also"] for hit in json.loads(run("search", "--limit", "50", "--json"))}
    run("export", str(tmp_path / "out"))

    assert (summary["links"], summary["method"]) == (1, METHOD)
    assert hits["x:b1"] == ["bluesky:b2"]
    assert hits["bluesky:b3"] == []
    table = (tmp_path / "out" / "cross-posts.csv").read_text(encoding="utf-8-sig")
    assert "bluesky:b2" in table


def test_an_archive_without_cross_posts_has_no_links(engine: Engine) -> None:
    assert link_cross_posts(engine) == Tally()
