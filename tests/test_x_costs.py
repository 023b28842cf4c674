"""What X charges, and what a round is estimated to cost."""

import json

import pytest
from fake_x import FakeX
from hypothesis import given
from hypothesis import strategies as st
from world import START, filled
from x_bench import bench

from archive.collectors.x.costs import (
    ALL,
    EDITED_VERSIONS,
    MANY_EDITED,
    POST_USD,
    SHOWS,
    USER_USD,
    USUAL_EDITED,
    Pace,
    estimate,
    posts_charge,
    user_charge,
)
from archive.contract import Response, UnreadablePage


def answered(body: object, status: int = 200) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response("https://api.x.com/2/tweets", status, {}, raw, START)


@pytest.mark.parametrize("included", ["tweets", "posts"])
def test_posts_are_charged_with_those_that_they_refer_to(included: str) -> None:
    answer = {"data": [{}, {}], "includes": {included: [{}], "users": [{}]}}

    assert posts_charge(100).count(answered(answer)) == 2 + 1 + USER_USD / POST_USD


@pytest.mark.parametrize("body", [{}, {"errors": []}, [], {"data": "odd", "includes": []}])
def test_what_holds_nothing_costs_nothing(body: object) -> None:
    assert posts_charge(100).count(answered(body)) == 0
    assert user_charge().count(answered(body)) == 0


def test_a_refusal_costs_nothing_and_what_cannot_be_counted_is_said() -> None:
    assert posts_charge(100).count(answered(b"<html>", status=403)) == 0
    with pytest.raises(UnreadablePage):
        posts_charge(100).count(answered(b"<html>"))


def test_an_account_costs_one_user() -> None:
    assert user_charge().count(answered({"data": {"id": "1"}})) == 1
    assert (user_charge().usd, user_charge().most) == (USER_USD, 1)


@given(st.integers(1, 100), st.data(), st.booleans())
def test_no_answer_costs_more_than_was_reserved(most: int, data: st.DataObject, authors: bool) -> None:
    posts = data.draw(st.integers(0, most))
    answer = {
        "data": [{}] * posts,
        "includes": {
            "tweets": [{}] * data.draw(st.integers(0, 2 * posts)),
            "users": [{}] * (data.draw(st.integers(0, posts)) if authors else 0),
        },
    }
    charge = posts_charge(most, authors=authors)

    assert charge.count(answered(answer)) <= charge.most


def test_a_known_account_costs_what_it_is_likely_to_have_posted() -> None:
    ada, everything = estimate([Pace("ada", posts_per_day=10, days=3)])

    assert ada.low == pytest.approx(10 * POST_USD)
    assert ada.expected == pytest.approx(30 * 1.6 * (1 + 2 * USUAL_EDITED) * POST_USD)
    assert ada.high == pytest.approx(95 * 3 * (1 + 6 * MANY_EDITED) * POST_USD + USER_USD)
    assert (everything.account, everything.expected) == (ALL, ada.expected)


def test_an_account_never_read_may_cost_all_that_x_shows() -> None:
    (new, _) = estimate([Pace("new", posts_per_day=None, days=0)])

    assert new.low == 0
    assert new.expected == pytest.approx(SHOWS * 1.6 * (1 + 2 * USUAL_EDITED) * POST_USD)
    assert new.high == pytest.approx(SHOWS * 3 * (1 + 6 * MANY_EDITED) * POST_USD + USER_USD)


@pytest.mark.parametrize(("days", "looks"), [(5, 1), (0.25, 0.25), (-1, 0)])
def test_a_quiet_account_costs_a_look_a_day_at_most(days: float, looks: float) -> None:
    (quiet, _) = estimate([Pace("quiet", posts_per_day=0, days=days)])

    assert quiet.low == 0
    assert quiet.expected == pytest.approx(looks * USER_USD)


def test_versions_cost_what_the_look_up_of_an_edited_post_is_charged() -> None:
    world = filled(1)
    world.edit(world.posts[0], "Corrected")
    with bench(FakeX(world)) as at:
        at.served()
        timeline, versions = [at.answered(one) for one in at.loopback.asked]
    assert posts_charge(100).count(timeline) == 1
    assert posts_charge(100).count(versions) == EDITED_VERSIONS


@given(st.lists(st.tuples(st.none() | st.floats(0, 1e6), st.floats(-1, 1e4)), max_size=5))
def test_an_estimate_is_ordered_bounded_and_adds_up(paces: list[tuple[float | None, float]]) -> None:
    *each, everything = estimate([Pace(str(n), *pace) for n, pace in enumerate(paces)])
    most = SHOWS * 3 * (1 + 6 * MANY_EDITED) * POST_USD + USER_USD

    assert all(0 <= one.low <= one.expected <= one.high <= most + 1e-9 for one in each)
    assert everything.expected == pytest.approx(sum(one.expected for one in each))
