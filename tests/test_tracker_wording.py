"""What the tracker says aloud, what it says quietly, and what it does not say."""

from dataclasses import replace
from pathlib import Path

import example_archive as example
import pytest
from sqlalchemy import Engine
from sqlmodel import select
from test_concessions import claim, fill, found, shown

from analysis.publishing import write_report
from analysis.reports.concessions.elections import ElectionConcessions
from analysis.reports.concessions.ranking import by_contest
from analysis.reports.concessions.screen import claim_line, contest_table, status_of
from db import models, writing
from db.screens import aligned

EARLY = -600
"""Minutes from Harbour's declaration: while the polls were open."""


@pytest.fixture
def tracked(engine: Engine) -> ElectionConcessions:
    fill(engine)
    with writing(engine) as session:
        claim(session, "7001", "maren", "Harbour is won.", EARLY, "victory", scope="own_contest")
        claim(session, "7002", "maren", "A new government!", EARLY, "victory", scope="party")
        claim(session, "7003", "cy", "We all lost.", EARLY, "concession", scope="party")
    return found(engine)


def test_a_claim_made_before_the_polls_closed_is_counted_quietly_and_never_shouted(
    tracked: ElectionConcessions,
) -> None:
    text = shown(tracked)

    assert "A new government!" not in text
    assert "before the polls closed" in text
    assert text.count("! PREMATURE") == 1  # the one of the night
    early = [one for one in tracked.claims if one.phase == "before_polls_close"]
    assert {one.statement for one in early} >= {"x:7001", "x:7002", "x:7003"}
    assert all(one.remarks == () for one in early)


def test_a_followed_line_says_that_a_claim_came_before_the_polls_closed(tracked: ElectionConcessions) -> None:
    [early] = [one for one in tracked.claims if one.statement == "x:7001"]

    line = claim_line(early, "Europe/London")

    assert "before the polls closed" in line
    assert "!" not in line


def test_the_page_lists_no_claim_of_a_party_from_before_the_polls_closed(
    engine: Engine, tracked: ElectionConcessions, tmp_path: Path
) -> None:
    write_report(engine, tmp_path / "out", generated_at=example.after(2000))

    page = (tmp_path / "out" / "elections" / example.ELECTION / "concessions.html").read_text("utf-8")

    assert "A new government!" not in page
    assert "before the polls closed" in page


def test_on_polling_day_without_a_closing_time_a_premature_claim_says_so(engine: Engine) -> None:
    fill(engine)
    with writing(engine) as session:
        election = session.exec(select(models.Election).where(models.Election.id == example.ELECTION)).one()
        election.polls_close_at = None
        session.add(election)
        claim(session, "7001", "maren", "Harbour is won.", EARLY, "victory", scope="own_contest")

    with writing(engine) as session:
        claim(session, "7004", "maren", "The country is ours.", 60, "victory", scope="party")
    text = shown(found(engine))

    assert "claims victory for the party 40 min before the party's result" in str(found(engine).claims)
    assert "10 h 0 min before the declaration (on polling day; when the polls closed is not known)" in text


def test_a_winner_who_refused_is_not_shown_as_a_dash(tracked: ElectionConcessions) -> None:
    [row] = [one for one in tracked.rows if one.name == "Maren Hollis"]

    assert status_of(replace(row, kind="refusal")) == "refuses the result (machine)"
    assert status_of(replace(row, kind="concession")) == "concedes (machine)"


def test_numbers_stand_under_each_other_and_a_tie_is_called_one(tracked: ElectionConcessions) -> None:
    rows = by_contest(tracked.rows)[example.HARBOUR]
    table = aligned(contest_table([replace(rows[0], votes=7, margin_votes=0), replace(rows[1], votes=12345)]))

    header, _, first, second = table.splitlines()
    end = second.index("12,345") + len("12,345")
    assert first[end - 6 : end] == "     7"
    assert header[end - 6 : end] == " votes"
    assert "tie" in first


def test_the_screen_says_what_machine_means_and_that_conceded_counts_who_refused_first(
    tracked: ElectionConcessions,
) -> None:
    text = shown(tracked)

    assert "(machine): found by the program, looked at by nobody yet" in text
    assert "conceded: also those who refused first" in text


def test_nothing_read_is_not_called_none_found(tracked: ElectionConcessions) -> None:
    [row] = [one for one in tracked.rows if one.concession == "none_found"][:1]

    assert status_of(replace(row, statements=2, unread=("2 posts not analysed yet",))).startswith(
        "not read yet"
    )


def test_many_who_were_not_collected_are_one_line(tracked: ElectionConcessions) -> None:
    rows = by_contest(tracked.rows)[example.HARBOUR]
    blank = replace(
        rows[0],
        name="Nobody",
        concession="not_collected",
        kind=None,
        review=None,
        words=None,
        elected=False,
        contradictions=(),
        premature=(),
    )
    many = [*rows, *(replace(blank, person_id=f"p{n}", margin_votes=-n - 1) for n in range(9))]

    text = shown(replace(tracked, rows=tuple(many)))

    assert text.count("Nobody") == 2
    assert "and 7 more losing candidates, not collected (--all)" in text


def test_a_claim_that_may_speak_of_another_contest_says_so(tracked: ElectionConcessions) -> None:
    claims = tuple(
        replace(one, shared_with=("other.contest",)) if one.statement == "x:4001" else one
        for one in tracked.claims
    )

    assert "[x:4001] may speak of other.contest just as well" in shown(replace(tracked, claims=claims))
