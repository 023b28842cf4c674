"""Places in an account's repository: texts that come back as they went, and others that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.collectors.bluesky.places import LISTED, Place

REV = "3lqqqqqqqqqqq"

keys = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).filter(
    str.isprintable
)
places = st.one_of(
    st.just(Place(REV)), st.builds(Place, st.just(REV), st.sampled_from(LISTED), st.none() | keys)
)


@given(places)
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert Place.read(str(place)) == place


@given(st.lists(places, unique=True, min_size=2, max_size=2))
def test_two_places_are_never_written_alike(two: list[Place]) -> None:
    assert str(two[0]) != str(two[1])


@given(st.text(max_size=80) | st.lists(st.sampled_from(["rev", REV, *LISTED, "", "x"])).map(" ".join))
def test_any_text_is_a_place_or_none(text: str) -> None:
    place = Place.read(text)
    assert place is None or str(place) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "rev",
        REV,  # what the streams of an earlier form kept
        "rev 3lqqqqqqqqqq",
        f"rev {REV} ",
        f"rev {REV} app.bsky.feed.like",
        f"rev {REV} app.bsky.feed.post ",
        f"rev {REV}\n",
    ],
)
def test_what_says_no_place_is_read_as_none(text: str | None) -> None:
    assert Place.read(text) is None


def test_the_collections_follow_each_other_to_the_end() -> None:
    place = Place.beginning(REV).at("3lp")
    assert place.after_collection() == Place(REV, "app.bsky.feed.repost")
    assert place.after_collection().at("3lp").after_collection() == Place(REV)
