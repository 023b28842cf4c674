from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import UnreadableSource
from archive.times import WrongTime, ZoneMissing, duration, in_zone, next_moment, parse_moment, zone_for
from db.words import Precision

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2024, 7, 5, 6, 30, tzinfo=UTC)
NONSENSE = ["", "soon", "8", "h", "-8h", "8 years", "1e3s", "8h30m", "٨h x", "9" * 100_000]


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


@pytest.mark.parametrize(
    ("text", "zone"),
    [("0001-01-01T00:00", "Asia/Tokyo"), ("9999-12-31T23:59", "America/New_York")],
)
def test_a_local_time_beyond_the_calendar_is_refused(text: str, zone: str) -> None:
    with pytest.raises(WrongTime, match="outside the calendar"):
        parse_moment(text, ZoneInfo(zone))


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


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        (" 2H ", timedelta(hours=2)),
        ("1.5 h", timedelta(minutes=90)),
        ("1d", timedelta(days=1)),
        ("1w", timedelta(days=7)),
        ("0s", timedelta()),
        ("36525d", timedelta(days=36_525)),
    ],
)
def test_a_length_of_time_is_a_number_and_its_unit(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("text", [*NONSENSE, "06:00"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="write 90s, 15m"):
        duration(text)


@pytest.mark.parametrize("text", ["999999w", "999999d", "5219w"])
def test_more_than_a_hundred_years_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="longer than a hundred years"):
        duration(text)
    with pytest.raises(UnreadableSource, match="longer than a hundred years"):
        next_moment(text, now=NOW)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("07:00", datetime(2024, 7, 5, 7, 0, tzinfo=UTC)),
        ("6:31", datetime(2024, 7, 5, 6, 31, tzinfo=UTC)),
        ("06:30", datetime(2024, 7, 6, 6, 30, tzinfo=UTC)),
        ("06:00", datetime(2024, 7, 6, 6, 0, tzinfo=UTC)),
        ("8h", datetime(2024, 7, 5, 14, 30, tzinfo=UTC)),
        ("2024-07-05T07:00:00Z", datetime(2024, 7, 5, 7, 0, tzinfo=UTC)),
        ("2024-07-05T08:00:00+01:00", datetime(2024, 7, 5, 7, 0, tzinfo=UTC)),
        ("2024-07-05 07:00", datetime(2024, 7, 5, 7, 0, tzinfo=UTC)),
        ("2024-07-06", datetime(2024, 7, 6, tzinfo=UTC)),
    ],
)
def test_a_time_to_come_is_of_the_clock_from_now_or_iso_and_utc_unless_it_says_so(
    text: str, at: datetime
) -> None:
    assert next_moment(text, now=NOW) == at


def test_the_clock_is_utc_wherever_now_was_read() -> None:
    assert next_moment("07:00", now=NOW.astimezone(ZoneInfo("Asia/Tokyo"))) == NOW.replace(hour=7, minute=0)


@pytest.mark.parametrize("text", ["2024-07-05T06:29:59Z", "2024-07-05T06:30", "2024-07-05"])
def test_a_time_to_come_that_is_past_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="is past"):
        next_moment(text, now=NOW)


@pytest.mark.parametrize("text", [*NONSENSE, "24:00", "07:60", "7:0", "2024-13-45"])
def test_what_is_no_time_to_come_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="write 06:00, 8h or an ISO time"):
        next_moment(text, now=NOW)


@given(
    st.one_of(
        st.text(max_size=30),
        st.from_regex(r"[0-9]{1,6}(\.[0-9])? ?[smhdw]", fullmatch=True),
        st.from_regex(r"[0-9]{1,2}:[0-9]{2}", fullmatch=True),
        st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9])?Z?", fullmatch=True),
    ),
    st.integers(0, 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_any_text_is_a_time_to_come_or_a_reason(text: str, now: datetime) -> None:
    try:
        at = next_moment(text, now=now)
    except UnreadableSource:
        return

    assert at >= now
