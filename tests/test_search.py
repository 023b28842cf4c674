"""Searching statements: by words, authors, results and what was found in them, as reviewed."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import example_archive
import pytest
from example_archive import EARLIER, ELECTION, HARBOUR, HILL, METHOD
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

import hustings
from analysis.contract import KindName, Label
from analysis.outcomes.errors import UnknownContest, UnreadMethod
from analysis.reviews.decisions import Decision
from analysis.reviews.stored import Signed, keep_decisions
from analysis.search import Order, Piece, Result, Search, SearchRefused, find_hits, snippet_of
from db import writing
from db.models import Statement
from db.search import BadQuery, fill_index, matching, parse_query
from db.words import ReviewSubject, ReviewVerdict


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    example_archive.fill(engine)
    with writing(engine) as filling:
        fill_index(filling)
    with Session(engine) as session:
        yield session


def found(session: Session, query: str | None = None, **filters: object) -> list[str]:
    """Post ids of the hits, in order."""
    hits = find_hits(session, replace(Search(query=query), **filters))  # type: ignore[arg-type]
    return [hit.statement.partition(":")[2] for hit in hits]


WON, ATTACK, CONCESSION = "1911111111111111113", "1001", "1002"


# ---- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "posts"),
    [
        ("harbour", [WON]),
        ("HÁRBOUR", [WON]),
        ('"must go"', [ATTACK]),
        ('"go must"', []),
        ("congrat*", [CONCESSION]),
        ("count OR congratulations", ["1003", CONCESSION]),
        ("hollis NOT congratulations", ["1005", ATTACK]),
        ("NEAR(broke promise, 1)", [ATTACK]),
        ("NEAR(promise broke, 0)", []),
        ("zurück", ["1006"]),
        ("zuruck", ["1006"]),
    ],
)
def test_words_are_found_newest_first(session: Session, query: str, posts: list[str]) -> None:
    assert found(session, query) == posts


def test_what_fits_best_comes_first_by_rank(session: Session) -> None:
    assert found(session, "hollis", order=Order.RANK)[0] == ATTACK, "it has the word twice"
    assert found(session, "hollis")[-1] == ATTACK


def test_a_common_word_is_found_newest_first_as_well(engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(2_500):
            at = datetime(2024, 1, 1 + number * 7 % 28, number % 24, number % 60, tzinfo=UTC)
            session.add(
                Statement(
                    platform="x", post_id=str(number), text=f"vote {number}", text_sha256="d", published_at=at
                )
            )
        fill_index(session)
    with Session(engine) as session:
        times = [hit.published_at for hit in find_hits(session, Search(query="vote", limit=100))]
        everything = session.exec(select(Statement.published_at)).all()
    assert times == sorted((one for one in everything if one), reverse=True)[:100]


@pytest.mark.parametrize("newest", [1, 40, 2_000])
@pytest.mark.parametrize("scattered", [0, 1_000])
@pytest.mark.parametrize("limit", [20, 300])
def test_each_hit_comes_once_in_order_however_many_of_the_newest_are_looked_through_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, newest: int, scattered: int, limit: int
) -> None:
    monkeypatch.setattr(matching, "NEWEST", newest)
    monkeypatch.setattr(matching, "SCATTERED", scattered)
    with writing(engine) as session:
        for number in range(600):
            at = datetime(2024, 7, 1 + number * 7 % 600 // 30, tzinfo=UTC) if number % 50 else None
            text = f"vote {number}" if number % 3 else f"walk {number}"
            session.add(
                Statement(
                    platform="xb"[number % 2],
                    post_id=str(number),
                    text=text,
                    text_sha256="d",
                    published_at=at,
                )
            )
        fill_index(session)
    with Session(engine) as session:
        hits = find_hits(session, Search(query="vote", platform="x", limit=limit))
        order = select(Statement).order_by(
            col(Statement.published_at).desc().nulls_last(), col(Statement.id).desc()
        )
        fitting = [one for one in session.exec(order) if one.platform == "x" and "vote" in one.text]
    assert [hit.id for hit in hits] == [one.id for one in fitting][:limit]


def test_statements_without_a_time_come_last(session: Session) -> None:
    assert found(session, limit=50)[-1] == "1007"


def test_no_more_hits_come_than_were_asked_for(session: Session) -> None:
    assert len(found(session, limit=3)) == 3


@pytest.mark.parametrize("query", ["", '"never closed', "a AND", "🎉"])
def test_a_query_that_cannot_be_read_is_refused(session: Session, query: str) -> None:
    if query:
        with pytest.raises(BadQuery):
            found(session, query)
    else:
        assert found(session, query) == found(session), "no words: all that the filters leave"


# ---- filters --------------------------------------------------------------------------------------


def test_filters_combine(session: Session) -> None:
    assert found(session, contest=HILL) == []
    assert set(found(session, contest=HARBOUR, outcome=Result.ELECTED)) == {WON, "1003"}
    assert found(session, "hollis", party="orchard alliance", outcome=Result.LOST) == [
        "1005",
        CONCESSION,
        ATTACK,
    ]
    assert found(session, person="quill", kind=KindName.ACCUSATION) == [ATTACK]
    assert found(session, person="p:pell", election=ELECTION) == ["1006", "1007"]
    assert found(session, election=EARLIER) == ["1008"]


def test_an_author_is_found_by_id_and_by_a_part_of_the_name_without_accents(session: Session) -> None:
    assert found(session, person="p:maren") == found(session, person="HÓLLIS") == ["1003", WON, "1008"]


def test_days_are_those_of_the_contests_clock(session: Session) -> None:
    """The concession is known to the day; the victory was at 05:53 by the clock of Harbour ward."""
    day = date(2023, 5, 5)
    assert WON in found(session, since=day, until=day)
    assert found(session, until=date(2019, 5, 3)) == ["1008"]
    assert found(session, since=date(2023, 5, 6)) == []


def test_targets_and_how_they_are_spoken_of(session: Session) -> None:
    assert found(session, target="p:maren", label=Label.NEGATIVE) == ["1005", ATTACK]
    assert found(session, target="Orchard") == [WON]
    assert found(session, target="orchard", label=Label.POSITIVE) == []
    assert found(session, label=Label.POSITIVE) == [WON, CONCESSION]


def review(session: Session, post: str, verdict: ReviewVerdict) -> None:
    statement = session.exec(select(Statement).where(Statement.post_id == post)).one()
    decision = Decision(
        subject=ReviewSubject.KIND,
        place="concession",
        verdict=verdict,
        value=None,
        by="reviewer",
        at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    keep_decisions(session, [Signed(statement.id or 0, statement.text_sha256, decision)])
    session.flush()


def test_a_finding_that_a_person_rejected_is_not_found_any_more(session: Session) -> None:
    assert found(session, kind=KindName.CONCESSION) == [CONCESSION]
    review(session, CONCESSION, ReviewVerdict.REJECTED)
    assert found(session, kind=KindName.CONCESSION) == []
    review(session, CONCESSION, ReviewVerdict.WITHDRAWN)
    assert found(session, kind=KindName.CONCESSION) == [CONCESSION]


def test_findings_are_those_of_the_method_asked_for(session: Session) -> None:
    assert [hit.kinds for hit in find_hits(session, Search(query="harbour"), method=METHOD)] == [
        ("victory", "thanks")
    ]
    with pytest.raises(UnreadMethod, match="reader-9"):
        find_hits(session, Search(query="harbour"), method="reader-9")


@pytest.mark.parametrize(
    ("search", "said"),
    [
        (Search(party="Harbor Party"), "Harbour Party"),
        (Search(person="Nobody At All"), "Nobody At All"),
        (Search(platform="twitter"), "there is: x"),
        (Search(order=Order.RANK), "goes with a query"),
        (Search(since=date(2024, 1, 2), until=date(2024, 1, 1)), "lies before"),
    ],
)
def test_what_the_archive_does_not_know_is_refused_with_what_it_knows(
    session: Session, search: Search, said: str
) -> None:
    with pytest.raises(SearchRefused, match=said):
        find_hits(session, search)


def test_an_unknown_contest_is_refused(session: Session) -> None:
    with pytest.raises(UnknownContest):
        find_hits(session, Search(contest="council.nowhere.2023-05-04"))


def test_a_hit_says_who_for_whom_where_when_and_what_was_found(session: Session) -> None:
    [hit] = find_hits(session, Search(query="harbour"))
    assert (hit.author, hit.party, hit.contest, hit.elected) == (
        "Maren Hollis",
        "Harbour Party",
        "Harbour ward",
        True,
    )
    assert hit.local_time == "2023-05-05T05:53+01:00"
    assert (hit.time_zone, hit.phase) == ("Europe/London", "after_declaration")
    assert hit.kinds == ("victory", "thanks")
    assert [(one.who, one.label) for one in hit.targets] == [
        ("Tobias Quill", "positive"),
        ("Orchard Alliance", "negative"),
    ]


# ---- snippets -------------------------------------------------------------------------------------


def marked(text: str, query: str, length: int = 240) -> str:
    pieces = snippet_of(text, parse_query(query), length=length)
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("A Recount, please.", "recount", "A [Recount], please."),
        ("Count again, count.", '"count again"', "[Count again], count."),
        ("Élan and e\u0301lan", "elan", "[Élan] and [e\u0301lan]"),
        ("recounted twice", "recoun*", "[recounted] twice"),
        ("votes and no votes", "votes NOT no", "[votes] and no [votes]"),
        ("two\n\n  lines", "lines", "two [lines]"),
        ("@ada_b said", "@ada_b", "@[ada_b] said"),
    ],
)
def test_the_words_that_were_asked_for_are_marked(text: str, query: str, shown: str) -> None:
    assert marked(text, query) == shown


def test_a_long_text_is_cut_round_the_words() -> None:
    shown = marked("before " * 200 + "recount " + "after " * 200, "recount", length=60)
    assert shown.startswith("… before")
    assert "[recount]" in shown
    assert shown.endswith("after …")
    assert len(shown) < 80


@given(st.text(max_size=300), st.sampled_from(["a", "the*", '"a b"', "a OR b"]), st.integers(10, 100))
def test_a_snippet_is_a_part_of_the_text_and_no_longer_than_asked(text: str, query: str, length: int) -> None:
    pieces = snippet_of(text, parse_query(query), length=length)
    line = " ".join(text.split())
    shown = "".join(one.text for one in pieces if one.text not in ("… ", " …"))
    assert shown in line
    assert len(shown) <= length
    assert Piece("") not in pieces


# ---- the command ----------------------------------------------------------------------------------


def run(engine: Engine, *words: str, color: bool = False) -> tuple[int, str, str]:
    result = CliRunner().invoke(hustings.app, ["--db", str(engine.url.database), *words], color=color)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("session")
def test_the_command_shows_everything_about_a_hit_plain_where_it_is_piped(engine: Engine) -> None:
    code, said, _ = run(engine, "search", "harbour")
    assert code == 0
    assert said.splitlines()[:5] == [
        "2023-05-05 05:53+01:00 Europe/London · Maren Hollis · Harbour Party · Harbour ward · elected"
        " · after the declaration",
        "  We won Harbour ward! Thank you. Tobias Quill fought hard, but the Orchard Alliance failed"
        " Westhaven.",
        "  victory, thanks",
        "  speaks of Tobias Quill (positive +0.42), Orchard Alliance (negative -0.61)",
        f"  x:{WON} https://social.example/{WON}",
    ]
    assert "\x1b" not in said


@pytest.mark.usefixtures("session")
def test_the_words_are_bold_on_a_terminal_and_not_where_colours_are_unwanted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    _, said, _ = run(engine, "search", "harbour", color=True)
    assert "\x1b[33m\x1b[1mHarbour\x1b[0m ward" in said
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(engine, "search", "harbour", color=True)[1]


@pytest.mark.usefixtures("session")
def test_a_text_cannot_steer_the_terminal(engine: Engine) -> None:
    _, said, _ = run(engine, "search", "--person", "p:tobias")
    assert "owned" in said
    assert not {"\x1b", "\x00", "\u202e"} & set(said)


@pytest.mark.usefixtures("session")
def test_json_holds_whole_texts_and_ids_as_text(engine: Engine) -> None:
    _, said, _ = run(engine, "search", "harbour", "--json")
    [hit] = json.loads(said)
    assert hit["statement"] == f"x:{WON}"
    assert hit["text"].endswith("failed Westhaven.")
    assert hit["published_at"] == "2023-05-05T04:53:50+00:00"
    assert hit["targets"][0]["who"] == "Tobias Quill"


@pytest.mark.usefixtures("session")
def test_csv_holds_a_row_a_hit_and_no_formula(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "hits.csv"
    code, said, _ = run(engine, "search", "--person", "tobias", "--csv", str(file))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert (code, said) == (0, "")
    assert [row["statement"] for row in rows] == ["x:1004", "x:1005", "x:1002", "x:1001"]
    assert rows[0]["text"].startswith("'=1+1")


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", "a AND (b"), "a bracket is not closed"),
        (("search", "harbour", "--kind", "gloating"), "--kind is one of"),
        (("search", "harbour", "--outcome", "draw"), "elected, lost"),
        (("search", "--party", "Harbor Party"), "Harbour Party"),
        (("search", "harbour", "--from", "yesterday"), "yesterday"),
    ],
)
def test_what_is_asked_wrongly_is_explained(engine: Engine, words: tuple[str, ...], said: str) -> None:
    code, _, complaint = run(engine, *words)
    assert code == 2
    assert said in " ".join(complaint.split())


@pytest.mark.usefixtures("session")
def test_nothing_found_is_said_and_no_error(engine: Engine) -> None:
    assert run(engine, "search", "xyzzy") == (0, "", "nothing found\n")
    assert run(engine, "search", "xyzzy", "--json")[1] == "[]\n"
