from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import UnreadableSource
from archive.times import WrongTime, ZoneMissing, in_zone, parse_moment, zone_for
from db.words import Precision

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2024-07-05T03:12:44Z", datetime(2024, 7, 5, 3, 12, 44, tzinfo=UTC), Precision.SECOND),
        ("2024-07-05T04:12:44+01:00", datetime(2024, 7, 5, 3, 12, 44, tzinfo=UTC), Precision.SECOND),
        ("2024-07-05 03:12Z", datetime(2024, 7, 5, 3, 12, tzinfo=UTC), Precision.MINUTE),
        ("2024-07-05", datetime(2024, 7, 5, tzinfo=UTC), Precision.DAY),
        ("Fri Jul 05 03:12:44 +0000 2024", datetime(2024, 7, 5, 3, 12, 44, tzinfo=UTC), Precision.SECOND),
        ("Fri, 05 Jul 2024 04:12:44 +0100", datetime(2024, 7, 5, 3, 12, 44, tzinfo=UTC), Precision.SECOND),
    ],
)
def test_a_stated_time_keeps_its_instant_and_its_precision(
    text: str, at: datetime, precision: Precision
) -> None:
    moment = parse_moment(text)

    assert (moment.at, moment.precision) == (at, precision)


def test_summer_time_is_counted() -> None:
    assert parse_moment("2015-05-08 05:07", LONDON).at == datetime(2015, 5, 8, 4, 7, tzinfo=UTC)
    assert parse_moment("2019-12-13 04:20", LONDON).at == datetime(2019, 12, 13, 4, 20, tzinfo=UTC)


def test_a_time_without_a_zone_is_never_guessed() -> None:
    with pytest.raises(ZoneMissing, match="no time zone"):
        parse_moment("2024-07-05 03:12:44")


def test_a_day_needs_no_zone() -> None:
    assert parse_moment("2024-07-05").precision is Precision.DAY


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-45", "2024-07-05T25:61:00Z", "05/07/2024", "9" * 99]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(WrongTime):
        parse_moment(text, LONDON)


def test_a_local_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(WrongTime, match="does not exist in Europe/London"):
        in_zone(datetime(2024, 3, 31, 1, 30), LONDON)  # noqa: DTZ001 - local on purpose


def test_a_local_time_that_comes_twice_is_refused() -> None:
    with pytest.raises(WrongTime, match="happens twice in Europe/London"):
        in_zone(datetime(2024, 10, 27, 1, 30), LONDON)  # noqa: DTZ001 - local on purpose


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnreadableSource, match="no time zone"):
        zone_for(name)


@given(st.text(max_size=60))
def test_any_text_gives_an_aware_time_or_a_reason(text: str) -> None:
    try:
        moment = parse_moment(text, LONDON)
    except WrongTime:
        return

    assert moment.at.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_iso_time_comes_back_as_it_went(at: datetime) -> None:
    assert parse_moment(at.isoformat()).at == at
