"""Charts and tables of an election, a contest and a report's first page, made from digests alone."""

import csv
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tone_examples import candidacy, contest, digests, facts, ledger, manifest, said, target, written

from analysis.outcomes import Candidacy, Contest, FoundStatement, Moment
from analysis.publishing.contest_charts import contest_charts
from analysis.publishing.digests import CandidacyDigest, keep
from analysis.publishing.election_charts import FIRST_PAGE, election_charts, overview_charts, write_charts
from analysis.publishing.reckoning import KEPT, KeptTones, begin_tones
from analysis.publishing.tone_page import TONE_TABLES, write_tone
from analysis.publishing.workers import Workers
from analysis.reports.columns import column_rows
from analysis.reports.tone.tables import ToneTables, tone_tables
from analysis.site.charts import Chart

ELECTION = "council.2023-05-04"
WARDS = 12
HOSTILE = "</script><b>\u202eOrange"


def ward(number: int) -> Contest:
    """Orange wins by 10 points against Violet in each ward."""
    id_ = f"ward-{number}"
    winner = candidacy(2 * number + 1, contest=id_, party="x:orange", elected=True, votes=550)
    loser = candidacy(2 * number + 2, contest=id_, party="x:violet", elected=False, votes=450)
    winner, loser = replace(winner, party=HOSTILE), replace(loser, party="Violet")
    return replace(contest(winner, loser, id_=id_), valid_votes=1_000)


def statements(where: Contest, dice: random.Random) -> list[FoundStatement]:
    """Of each candidate one before the polls close, two after the declaration, each of the rival."""
    found, id_ = [], 100 * int(where.id.removeprefix("ward-"))
    for own, rival in zip(where.candidacies, reversed(where.candidacies), strict=True):
        toward = [(target("the rival", person=rival.person_id), round(dice.uniform(-1, 0.2), 2))]
        for minutes in (-3_000, 5, 70):
            id_ += 1
            score = round(dice.uniform(-0.5, 0.9), 2)
            kinds = ["thanks"] if minutes == 5 else []
            found.append(
                said(where, own, minutes, score, toward=toward, kinds=kinds, id_=id_, account=own.id)
            )
    return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> list[CandidacyDigest]:
    """What a report keeps of the candidacies of all wards."""
    folder, dice = tmp_path_factory.mktemp("pages"), random.Random(5)
    wards = [ward(number) for number in range(WARDS)]
    read = [ledger(one.id, person=one.person_id) for there in wards for one in there.candidacies]
    known = facts(wards, *read)
    return [one for there in wards for one in digests(folder, there, statements(there, dice), known)]


def tables_of(some: Sequence[CandidacyDigest]) -> ToneTables:
    return tone_tables(ELECTION, [one.tones for one in some], draws=200, permutations=199)


def by_id(some: Sequence[CandidacyDigest]) -> dict[str, Chart]:
    return {one.id: one for one in election_charts(some, tables_of(some))}


def column(chart: Chart, key: str) -> list[Any]:
    place = [one.key for one in chart.columns].index(key)
    return [row[place] for row in chart.rows]


# ---- an election -------------------------------------------------------------------------------------


def test_an_election_has_every_chart_and_the_first_page_the_four_that_the_reader_asks_for(
    kept: list[CandidacyDigest],
) -> None:
    charts = by_id(kept)
    assert set(charts) == {*FIRST_PAGE, "tone-before", "sentiment-by-hour", "kind-rates"}
    assert [one.id for one in overview_charts(charts.values())] == list(FIRST_PAGE)


def test_charts_are_the_same_in_whatever_order_digests_come(kept: list[CandidacyDigest]) -> None:
    mixed = random.Random(1).sample(kept, len(kept))
    assert by_id(mixed) == by_id(kept)


def test_concessions_leave_out_who_was_elected(kept: list[CandidacyDigest]) -> None:
    chart = by_id(kept)["concession-status"]
    assert sum(column(chart, "candidates")) == WARDS
    assert all(party.startswith("Violet") for party in column(chart, "party"))


def test_the_matrix_counts_statements_and_weighs_each_candidate_once(kept: list[CandidacyDigest]) -> None:
    rows = [one for digest in kept for one in digest.spoken_of if digest.concession.party_name == "Violet"]
    chart = by_id(kept)["who-whom"]
    (place,) = [place for place, author in enumerate(column(chart, "author")) if author == "Violet"]
    assert column(chart, "statements")[place] == sum(row.statements for row in rows) == 3 * WARDS
    assert column(chart, "candidates")[place] == WARDS
    means = [row.total / row.rated / 1_000_000 for row in rows]
    assert column(chart, "mean")[place] == pytest.approx(sum(means) / WARDS)
    assert "Orange" in column(chart, "target")[place]


def test_a_loud_candidate_does_not_carry_the_mean_of_a_party(kept: list[CandidacyDigest]) -> None:
    loud, *rest = [one for one in kept if one.concession.party_name == "Violet"]
    (row,) = loud.spoken_of
    louder = replace(loud, spoken_of=(replace(row, statements=900, rated=900, total=900_000_000),))
    chart = by_id([louder, *rest, *(one for one in kept if one.concession.party_name != "Violet")])[
        "who-whom"
    ]
    (place,) = [place for place, author in enumerate(column(chart, "author")) if author == "Violet"]
    assert column(chart, "mean")[place] < 0.2


def test_no_mean_stands_on_fewer_than_five_candidates_with_a_score(kept: list[CandidacyDigest]) -> None:
    unrated = [
        replace(one, spoken_of=tuple(replace(row, rated=0, total=0) for row in one.spoken_of))
        if number
        else one
        for number, one in enumerate(kept)
    ]
    first = replace(unrated[0], spoken_of=(replace(unrated[0].spoken_of[0], rated=50, statements=50),))
    chart = by_id([first, *unrated[1:]])["who-whom"]
    assert set(column(chart, "mean")) == {None}


def test_the_timeline_counts_whom_the_hours_hold(kept: list[CandidacyDigest]) -> None:
    chart = by_id(kept)["timeline"]
    assert sum(column(chart, "statements")) == 2 * 2 * WARDS


def test_tone_stands_by_band_of_the_margin_and_by_outcome_where_no_margin_is_known(
    kept: list[CandidacyDigest],
) -> None:
    chart = by_id(kept)["tone-after"]
    assert column(chart, "group") == ["won · by 10 to 20 points", "lost · by 10 to 20 points"]
    blind = [
        replace(one, tones=replace(one.tones, candidate=replace(one.tones.candidate, margin_share=None)))
        for one in kept
    ]
    assert column(by_id(blind)["tone-after"], "group") == [
        "elected · all margins",
        "not elected · all margins",
    ]


def test_spans_of_hours_are_drawn_as_long_as_they_are(kept: list[CandidacyDigest]) -> None:
    chart = by_id(kept)["sentiment-by-hour"]
    spans = list(zip(column(chart, "start"), column(chart, "end"), strict=True))
    assert (0, 1) in spans
    assert (1, 2) in spans
    assert (-2, -1) not in spans  # nobody spoke


def test_without_a_statement_or_a_result_there_is_no_chart() -> None:
    assert election_charts([], tables_of([])) == ()


# ---- the page ----------------------------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path, kept: list[CandidacyDigest]) -> str:
    election = ward(0).election
    with Workers(0) as nobody:
        found = begin_tones(nobody, ELECTION, kept)()
    write_tone(tmp_path, election, kept, found, manifest())
    return (tmp_path / "tone.html").read_text(encoding="utf-8")


def test_the_page_links_to_files_that_are_there(page: str, tmp_path: Path) -> None:
    links = set(re.findall(r'href="([^"/]+\.csv)"', page))
    assert {f"{name}.csv" for name in TONE_TABLES} <= links
    assert all((tmp_path / name).is_file() for name in links)


def test_data_files_hold_every_row_under_columns_that_have_meanings(page: str, tmp_path: Path) -> None:
    assert page
    meant = {(row.table, row.column) for row in column_rows()}
    for name in TONE_TABLES:
        with (tmp_path / f"{name}.csv").open(encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        assert len(rows) > 1
        assert {(name, one) for one in rows[0]} <= meant


def test_a_figure_that_is_missing_says_why_and_families_are_named(
    page: str, kept: list[CandidacyDigest]
) -> None:
    tables = tone_tables(ELECTION, [one.tones for one in kept])
    assert any(row.suppressed == "few_posts" for row in tables.tone)
    assert "fewer than 10 statements" in page
    for family in (tables.by_outcome[0].family, tables.changes[0].family):
        assert family in page
    assert f"{len(tables.by_outcome)} comparisons in the family; {tables.by_outcome[0].family_size}" in page


def test_a_hostile_party_is_words_alone(page: str) -> None:
    assert "<b>" not in page
    assert page.count("</script>") == page.count("<script")


def test_a_page_of_nobody_says_so(tmp_path: Path) -> None:
    found = KeptTones("", tables_of([]))
    assert write_tone(tmp_path, ward(0).election, [], found, manifest()) == ()
    assert "There is nothing to draw" in (tmp_path / "tone.html").read_text(encoding="utf-8")


# ---- who reckons -------------------------------------------------------------------------------------


def test_another_process_makes_the_same_tables(
    kept: list[CandidacyDigest],
) -> None:
    mixed = random.Random(2).sample(kept, len(kept))
    with Workers(1) as one, Workers(0) as nobody:
        assert begin_tones(one, ELECTION, mixed)() == begin_tones(nobody, ELECTION, kept)()


def test_tables_are_taken_over_while_no_sum_changes_and_made_anew_when_one_does(
    page: str, kept: list[CandidacyDigest], tmp_path: Path
) -> None:
    assert page
    with Workers(0) as nobody:
        whole = begin_tones(nobody, ELECTION, kept)()
        marked = replace(whole, tables=replace(whole.tables, tone=whole.tables.tone[:1]))
        keep(marked, tmp_path / KEPT)
        assert begin_tones(nobody, ELECTION, kept, tmp_path)() == marked
        assert begin_tones(nobody, ELECTION, kept[1:], tmp_path)().key != whole.key
        (tmp_path / KEPT).write_bytes(b"no digest")
        assert begin_tones(nobody, ELECTION, kept, tmp_path)() == whole


# ---- a contest ---------------------------------------------------------------------------------------


def contest_of(folder: Path, where: Contest, some: list[FoundStatement]) -> dict[str, Chart]:
    made = contest_charts(where, written(folder, where, some, facts([where])))
    write_charts(folder, made)
    assert all((folder / one.csv).is_file() for one in made)
    return {one.id: one for one in made}


def test_a_contest_shows_its_votes_and_who_said_what_when(tmp_path: Path) -> None:
    where = ward(1)
    charts = contest_of(tmp_path, where, statements(where, random.Random(1)))
    assert column(charts["votes"], "votes") == [550, 450]
    assert len(charts["statements"].rows) == 6
    assert dict(charts["statements"].parameters)["declared"] is not None


def test_reposts_and_statements_of_a_day_are_not_drawn_and_the_notes_say_so(tmp_path: Path) -> None:
    where = ward(1)
    own = where.candidacies[0]
    day = Moment(where.declared.at, "day") if where.declared else None
    some = [
        said(where, own, 5, id_=1),
        said(where, own, 6, id_=2, repost_of="x:9"),
        replace(said(where, own, 7, id_=3), published=day),
    ]
    chart = contest_of(tmp_path, where, some)["statements"]
    assert len(chart.rows) == 1
    assert "1 statement without a time of day: not drawn." in chart.notes
    assert "1 repost left out." in chart.notes


def test_two_candidates_of_one_name_have_a_line_each(tmp_path: Path) -> None:
    where = ward(1)
    same: list[Candidacy] = [replace(one, name="Jo Bright") for one in where.candidacies]
    where = replace(where, candidacies=tuple(same))
    some = [said(where, one, 5 + number, id_=number) for number, one in enumerate(same)]
    chart = contest_of(tmp_path, where, some)["statements"]
    assert set(column(chart, "candidate")) == {"Jo Bright", "Jo Bright (2)"}


def test_who_stood_down_is_not_among_the_votes(tmp_path: Path) -> None:
    where = ward(1)
    gone = candidacy(9, contest=where.id, status="withdrawn", votes=3)
    where = replace(where, candidacies=(*where.candidacies, gone))
    assert len(contest_of(tmp_path, where, [])["votes"].rows) == 2


def test_a_contest_without_votes_or_times_has_no_chart(tmp_path: Path) -> None:
    where = contest(candidacy(1), id_="hill")
    assert contest_of(tmp_path, where, []) == {}
