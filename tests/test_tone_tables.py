"""Tables of tone: each candidate counts once, small groups stay empty, and chance is kept apart from it."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

import pytest

from analysis.outcomes.timing import Phase
from analysis.reports.accusations.network import ELECTED, NOT_ELECTED
from analysis.reports.columns import MEANINGS
from analysis.reports.tone.grid import ALL, band_of
from analysis.reports.tone.meanings import TONE_MEANINGS
from analysis.reports.tone.observed import Candidate, Observation
from analysis.reports.tone.rows import TABLES, ActivityRow, ToneDifferenceRow, ToneHourRow, ToneRow
from analysis.reports.tone.slots import HOUR_SLOTS, PHASES
from analysis.reports.tone.sums import CandidateTones, tones_of
from analysis.reports.tone.tables import ToneTables, tone_tables
from analysis.statistics import LEAST_CANDIDATES, LEAST_POSTS, clusters_of, mean, share

BEFORE, BETWEEN, AFTER = (phase.value for phase in PHASES)
DAYS = {BEFORE: 40, BETWEEN: 1, AFTER: 10}
COVERED = (*((phase, days * 24 * 60) for phase, days in DAYS.items()), *((slot, 60) for slot in HOUR_SLOTS))


def candidates(count: int, *, elected: bool = False, party: str = "Orange") -> list[Candidate]:
    """Candidates of contests of their own, who won or lost by 3 points."""
    margin = 0.03 if elected else -0.03
    return [Candidate(f"{party} {n}", f"{party}-{elected}-{n}", party, elected, margin) for n in range(count)]


def said(candidate: Candidate, phase: str, sentiment: float | None, *kinds: str) -> Observation:
    """A statement with a score of its whole text."""
    minutes = {BEFORE: -3_000, BETWEEN: -30, AFTER: 30}[phase]
    return Observation(candidate, Phase(phase), minutes, sentiment, None, None, frozenset(kinds), True)


def statements(some: list[Candidate], *, shift: float = 0.0, seed: int = 1) -> Iterator[Observation]:
    """1 to 60 statements before and after of each, warmer by `shift` after the declaration."""
    chance = random.Random(seed)
    for one in some:
        own = chance.gauss(0, 0.2)
        for _ in range(min(60, int(chance.paretovariate(1.0)))):
            for phase, more in ((BEFORE, 0.0), (AFTER, shift)):
                score = max(-1.0, min(1.0, own + more + chance.gauss(0, 0.2)))
                yield said(one, phase, score, *(["accusation"] if chance.random() < 0.2 else []))


def tables(observations: list[Observation], covered: Mapping[Candidate, object] | None = None) -> ToneTables:
    """With covered time for all who said something, or as given."""
    times = covered if covered is not None else {one.candidate: COVERED for one in observations}
    return tone_tables("invented", tones_of(observations, times), draws=400, permutations=399)  # type: ignore[arg-type]


def tone(found: ToneTables, group: str, phase: str, measure: str = "sentiment") -> ToneRow:
    (row,) = [row for row in found.tone if (row.group, row.phase, row.measure) == (group, phase, measure)]
    return row


def test_each_candidate_counts_once_however_much_it_posts() -> None:
    loud, *rest = candidates(6)
    some = [said(loud, AFTER, 0.9) for _ in range(500)]
    some += [said(one, AFTER, score) for one in rest for score in (-0.1, 0.1 + 0.1 * rest.index(one))]
    row = tone(tables(some), ALL, AFTER)
    assert (row.n_posts, row.n_candidates) == (510, 6)
    assert row.estimate == pytest.approx((0.9 + sum(0.05 * number for number in range(5))) / 6)
    assert row.post_mean is not None
    assert row.post_mean > 0.88


def test_rows_say_what_the_library_says_of_the_posts_themselves() -> None:
    some = list(statements(candidates(30), shift=0.1))
    here = [one for one in some if one.phase == AFTER]
    ids = [one.candidate.person_id for one in here]
    found = tables(some)
    row, kind = tone(found, ALL, AFTER), tone(found, ALL, AFTER, "accusation")
    wanted = mean(clusters_of([one.sentiment or 0.0 for one in here], ids))
    part = share(clusters_of([float("accusation" in (one.kinds or ())) for one in here], ids))
    assert wanted is not None
    assert part is not None
    assert row.estimate == pytest.approx(wanted.value, abs=1e-6)
    assert row.low == pytest.approx(wanted.low, abs=0.15 * (wanted.high - wanted.low))
    assert (kind.estimate, kind.low, kind.high) == pytest.approx((part.value, part.low, part.high))
    assert (row.method, kind.method) == ("mean-studentised-1", "share-wilson-effective-1")


def test_small_groups_show_how_small_they_are_and_no_figure() -> None:
    few = [said(one, AFTER, 0.1 * n) for n, one in enumerate(candidates(4)) for _ in range(5)]
    row = tone(tables(few), ALL, AFTER)
    assert (row.n_posts, row.n_candidates, row.suppressed) == (20, 4, "few_candidates")
    assert row.estimate is row.low is row.high is row.post_mean is None
    short = [said(one, AFTER, 0.1) for one in candidates(9)]
    assert tone(tables(short), ALL, AFTER).suppressed == "few_posts"
    silent = tone(tables(short), ALL, BETWEEN)
    assert (silent.n_posts, silent.n_candidates, silent.suppressed) == (0, 0, "few_posts")


def test_no_row_of_any_table_shows_a_figure_of_a_small_group() -> None:
    some = list(statements([*candidates(7, elected=True), *candidates(9), *candidates(3, party="Violet")]))
    for name, rows in tables(some).named().items():
        assert rows, name
        for row in rows:
            enough = row.n_posts >= LEAST_POSTS and row.n_candidates >= LEAST_CANDIDATES
            assert enough or (row.estimate is None and row.suppressed), row
            assert (row.estimate is None) == (row.suppressed is not None), row
            assert (row.low is None) == (row.estimate is None), row


def test_a_shift_after_the_result_is_seen_within_candidates() -> None:
    found = tables(list(statements(candidates(40), shift=0.3)))
    (row,) = [one for one in found.changes if one.group == ALL and one.measure == "sentiment"]
    assert row.estimate is not None
    assert row.low is not None
    assert row.low > 0.2
    assert row.p is not None
    assert row.p_adjusted is not None
    assert row.p == pytest.approx(1 / 400)
    assert row.p_adjusted >= row.p
    assert row.n_candidates == row.other_n_candidates == 40
    assert row.mean is not None
    assert row.other_mean is not None
    assert row.estimate == pytest.approx(row.mean - row.other_mean)


def test_who_falls_silent_after_the_result_is_in_no_change() -> None:
    stayed, left = candidates(12), candidates(12, party="Violet")
    some = list(statements(stayed)) + [said(one, BEFORE, -1.0) for one in left for _ in range(9)]
    (row,) = [one for one in tables(some).changes if one.group == ALL and one.measure == "sentiment"]
    assert row.n_candidates == 12
    assert row.other_mean is not None
    assert row.other_mean > -0.5


def test_elected_candidates_stand_beside_those_of_the_same_margin() -> None:
    winners, losers = candidates(15, elected=True), candidates(25)
    far = [replace(one, person_id=f"far {one.person_id}", margin_share=-0.5) for one in losers]
    warm = [replace(one, sentiment=0.8 * (one.sentiment or 0) + 0.2) for one in statements(winners)]
    found = tables([*warm, *statements(losers, seed=2), *statements(far, seed=3)])
    rows = {(one.group, one.phase): one for one in found.by_outcome if one.measure == "sentiment"}
    close, whole = rows["2 to 5 points", AFTER], rows["all margins", AFTER]
    assert (close.n_candidates, close.other_n_candidates) == (15, 25)
    assert (whole.n_candidates, whole.other_n_candidates) == (15, 50)
    assert close.estimate is not None
    assert close.hedges_g is not None
    assert close.cliffs_delta is not None
    assert close.estimate > 0
    assert close.hedges_g > 0
    assert close.cliffs_delta > 0
    assert "20 points and more" not in {group for group, _ in rows}, "nobody won by so much"


def test_a_family_is_the_whole_table_and_carries_its_name() -> None:
    found = tables(list(statements([*candidates(12, elected=True), *candidates(20)])))
    for rows in (found.by_outcome, found.changes):
        made = [row for row in rows if row.p is not None]
        assert {row.family_size for row in rows} == {len(made)}
        assert len({row.family for row in rows}) == 1
        assert "invented" in rows[0].family
        assert all((row.p_adjusted or 0) >= (row.p or 0) for row in made)
    assert found.by_outcome[0].family != found.changes[0].family


def test_rates_count_covered_time_of_all_candidates_also_of_the_silent() -> None:
    speaking, silent, unknown = candidates(12), candidates(8, party="Violet"), candidates(5, party="Grey")
    some = list(statements(speaking)) + [said(one, AFTER, 0.1) for one in unknown for _ in range(90)]
    covered = dict.fromkeys((*speaking, *silent), COVERED) | dict.fromkeys(unknown, ())
    found = tables(some, covered)
    (row,) = [
        one for one in found.activity if (one.group, one.phase, one.measure) == (ALL, AFTER, "statements")
    ]
    events = sum(one.phase == AFTER and one.candidate in speaking for one in some)
    assert (row.n_events, row.n_candidates, row.candidate_days) == (events, 20, 200)
    assert row.estimate == pytest.approx(events / 200)
    assert row.low is not None
    assert row.high is not None
    assert row.low < events / 200 < row.high


def test_no_event_in_much_covered_time_has_an_upper_limit() -> None:
    (row,) = [
        one
        for one in tables(list(statements(candidates(12)))).activity
        if (one.group, one.phase, one.measure) == (ALL, AFTER, "concession")
    ]
    assert (row.n_events, row.estimate, row.low, row.method) == (0, 0.0, 0.0, "rate-none-seen-1")
    assert row.high == pytest.approx(3.689 / 120, rel=1e-3)


def test_hours_round_the_declaration_have_tone_and_volume() -> None:
    some = [said(one, AFTER, 0.1 * n) for n, one in enumerate(candidates(8)) for _ in range(1 + n)]
    rows = {(row.group, row.from_hours): row for row in tables(some).by_hours}
    row = rows[ALL, 0]
    assert (row.to_hours, row.n_posts, row.n_candidates) == (1, 36, 8)
    assert row.estimate == pytest.approx(0.35)
    assert row.rate == pytest.approx(36 / (8 / 24))
    assert rows[ALL, 1].suppressed == "few_posts"
    assert len(rows) == 2 * len(HOUR_SLOTS)


def test_another_group_moves_no_figure_of_a_group() -> None:
    some, others = list(statements(candidates(12))), list(statements(candidates(9, party="Violet"), seed=4))
    alone, together = tables(some), tables(some + others)
    assert tone(alone, "Orange", AFTER) == tone(together, "Orange", AFTER)
    assert [row for row in alone.activity if row.group == "Orange"] == [
        row for row in together.activity if row.group == "Orange"
    ]


def test_the_order_of_candidates_changes_nothing() -> None:
    sums = tones_of(statements(found := candidates(14)), dict.fromkeys(found, COVERED))
    assert tone_tables("x", sums, draws=50, permutations=49) == tone_tables(
        "x", reversed(sums), draws=50, permutations=49
    )


def test_a_candidacy_that_comes_twice_is_refused() -> None:
    one = CandidateTones(candidates(1)[0])
    with pytest.raises(ValueError, match="x: a candidacy comes twice"):
        tone_tables("x", [one, one])


def test_an_election_without_candidates_has_empty_tables() -> None:
    assert all(rows == () for rows in tone_tables("x", []).named().values())


def test_one_person_in_two_contests_is_one_candidate() -> None:
    people = candidates(5)
    twice = [replace(one, contest_id=f"also {one.contest_id}") for one in people]
    some = [said(one, AFTER, 0.1 * n) for n, one in enumerate(people + twice)]
    row = tone(tables(some), ALL, AFTER)
    assert (row.n_posts, row.n_candidates) == (10, 5)


@pytest.mark.parametrize(
    ("elected", "margin", "band"),
    [
        (True, 0.019, "won by under 2 points"),
        (False, -0.02, "lost by 2 to 5 points"),
        (False, -0.9, "lost by 20 points and more"),
        (None, 0.1, "margin in points not known"),
        (True, None, "margin in points not known"),
    ],
)
def test_bands_say_who_won_and_by_how_much(elected: bool | None, margin: float | None, band: str) -> None:
    assert band_of(Candidate("c", "p", "Orange", elected, margin)) == band


def test_groups_by_outcome_add_up_to_all() -> None:
    found = tables(list(statements([*candidates(9, elected=True), *candidates(11)])))
    whole, parts = tone(found, ALL, AFTER), [tone(found, one, AFTER) for one in (ELECTED, NOT_ELECTED)]
    assert whole.n_posts == sum(part.n_posts for part in parts)
    assert whole.n_candidates == sum(part.n_candidates for part in parts) == 20


def test_every_column_has_a_meaning_and_every_meaning_a_column() -> None:
    rows = (ToneRow, ToneDifferenceRow, ActivityRow, ToneHourRow)
    columns = {field.name for row in rows for field in fields(row)}
    assert columns <= set(MEANINGS) | set(TONE_MEANINGS)
    assert set(TONE_MEANINGS) <= columns
    assert set(TABLES.values()) == set(rows)
