"""Times from which to rebuild, and from when on something is certain."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.as_of.times import WrongTime, end_of_day, known_from, parse_as_of, past, undated_known_from
from db.errors import Refusal

LONDON, HONOLULU = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Honolulu")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-07-05", datetime(2024, 7, 5, 23, 59, 59, 999_999, UTC)),
        (" 2024-07-05 ", datetime(2024, 7, 5, 23, 59, 59, 999_999, UTC)),
        ("2024-07-05T03:37:00+01:00", datetime(2024, 7, 5, 2, 37, tzinfo=UTC)),
        ("2024-07-05 03:37Z", datetime(2024, 7, 5, 3, 37, tzinfo=UTC)),
        ("2024-07-05t03:37:00.5z", datetime(2024, 7, 5, 3, 37, 0, 500_000, UTC)),
    ],
)
def test_days_and_times_with_an_offset_are_read(written: str, expected: datetime) -> None:
    assert parse_as_of(written) == expected


def test_a_day_ends_in_the_zone_that_is_asked_for() -> None:
    assert parse_as_of("2024-07-05", LONDON) == datetime(2024, 7, 5, 22, 59, 59, 999_999, UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "2024-07",
        "20240705",
        "2024-W27-5",
        "5/7/2024",
        "2024-07-05T03:37:00",
        "2024-07-05T03:37:00 Europe/London",
        "2024-07-05T03:37:00+01",
        "٢٠٢٤-07-05",
        "2024-02-30",
        "2024-07-05T25:00Z",
        "2024-07-05T03:37+99:00",
        "0001-01-01T00:00+14:00",
    ],
)
def test_anything_else_is_refused_with_what_is_accepted(written: str) -> None:
    with pytest.raises(WrongTime, match=r"write a day such as 2024-07-05 .* or a time such as"):
        parse_as_of(written)


@given(st.text(max_size=40))
def test_whatever_is_written_is_a_time_or_refused(written: str) -> None:
    with suppress(WrongTime):
        assert parse_as_of(written).utcoffset() == timedelta()


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_time_that_is_written_out_is_read_back(at: datetime) -> None:
    at = at.astimezone(UTC)
    assert parse_as_of(at.isoformat()) == at


def test_a_refusal_is_one_that_commands_show() -> None:
    assert issubclass(WrongTime, Refusal)
    assert issubclass(WrongTime, ValueError)


def test_the_present_is_no_future() -> None:
    now = datetime(2024, 7, 5, tzinfo=UTC)
    assert past(now, now=now) == now
    with pytest.raises(WrongTime, match="2024-07-05 00:00:00"):
        past(now + timedelta(microseconds=1), now=now)


def test_a_day_is_certain_from_its_end_where_it_was_declared() -> None:
    midnight = datetime(2024, 7, 5, tzinfo=UTC)
    assert known_from(midnight, "day", LONDON) == datetime(2024, 7, 5, 22, 59, 59, 999_999, UTC)
    assert known_from(midnight, "day", HONOLULU) == datetime(2024, 7, 6, 9, 59, 59, 999_999, UTC)
    assert known_from(midnight, "minute", HONOLULU) == known_from(midnight, None, HONOLULU) == midnight


POLLS = end_of_day(date(2024, 7, 4), LONDON)


def test_what_has_no_time_is_known_from_its_first_import_after_the_polls() -> None:
    before, first, second = (POLLS + timedelta(days=days) for days in (-9, 3, 8))
    assert undated_known_from(POLLS, [second, before, first]) == first


def test_what_has_neither_time_nor_import_is_known_thirty_days_after_the_polls() -> None:
    assert undated_known_from(POLLS, []) == POLLS + timedelta(days=30)
    assert undated_known_from(POLLS, [POLLS - timedelta(days=1)]) == POLLS + timedelta(days=30)
