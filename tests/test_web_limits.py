"""archive.web.limits: how long to wait, whatever servers say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.contract import Policy
from archive.web.limits import (
    DAY,
    LONGEST_UNSAID,
    OTHER_LIMIT,
    OUR_LIMIT,
    OUR_PACE,
    SERVER_ASKS,
    SERVER_LIMIT,
    UNSAID,
    counted,
    earliest,
    hear,
    learned,
    window_of,
)
from archive.web.resets import parse_count, parse_seconds, parse_time
from archive.web.standing import Standing

NOW = datetime(2024, 7, 4, 22, 0, 0, tzinfo=UTC)
QUARTER = Policy(requests=300, seconds=900)

FORMS: dict[str, Callable[[datetime], str]] = {
    "epoch": lambda at: str(int(at.timestamp())),
    "epoch with fraction": lambda at: f"{at.timestamp():.3f}",
    "ISO": lambda at: at.isoformat(),
    "ISO with microseconds and Z": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    "ISO in another zone": lambda at: at.astimezone(timezone(timedelta(hours=-7))).isoformat(),
    "HTTP-date": lambda at: format_datetime(at, usegmt=True),
    "seconds": lambda at: str(int((at - NOW).total_seconds())),
}
"""Every form of a reset that is in use."""


def answered(headers: Mapping[str, str], *, status: int = 200, refused: int = 1) -> Standing:
    """What is known after one answer."""
    passing = status >= 400
    return learned(
        Standing(),
        hear(headers, NOW),
        NOW,
        policy=QUARTER,
        status=status,
        passing=passing,
        refused=refused if status == 429 else 0,
    )


def wait_after(headers: Mapping[str, str], *, status: int = 200, refused: int = 1) -> float:
    """Seconds that the request after that answer waits."""
    wait = earliest(answered(headers, status=status, refused=refused), QUARTER, NOW)
    return (wait.until - NOW).total_seconds() if wait else 0.0


@pytest.mark.parametrize("prefix", ["RateLimit-", "X-RateLimit-", "x-rate-limit-"])
@pytest.mark.parametrize("form", FORMS)
def test_a_used_up_limit_is_waited_out_however_its_reset_is_written(prefix: str, form: str) -> None:
    names = [f"{prefix}{name}".lower() for name in ("Limit", "Remaining", "Reset")]
    reset = FORMS[form](NOW + timedelta(seconds=120))
    assert wait_after(dict(zip(names, ("300", "0", reset), strict=True))) == pytest.approx(121, abs=0.01)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "seconds"])
@pytest.mark.parametrize("off", [-600, 600])
def test_a_servers_clock_that_is_ten_minutes_off_changes_nothing(form: str, off: int) -> None:
    theirs = NOW + timedelta(seconds=off)
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "ratelimit-remaining": "0",
        "ratelimit-reset": FORMS[form](theirs + timedelta(seconds=120)),
    }
    assert wait_after(headers) == pytest.approx(121, abs=0.01)


def test_the_date_of_a_cached_answer_is_taken_with_its_age() -> None:
    made = NOW - timedelta(seconds=300)
    headers = {
        "date": format_datetime(made, usegmt=True),
        "age": "300",
        "ratelimit-remaining": "0",
        "ratelimit-reset": FORMS["epoch"](NOW + timedelta(seconds=60)),
    }
    assert wait_after(headers) == pytest.approx(61)


@pytest.mark.parametrize(
    ("status", "headers", "refused", "seconds"),
    [
        (429, {"retry-after": "290"}, 1, 290),
        (429, {"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 1, 90),
        (429, {"retry-after": "5", "ratelimit-remaining": "0", "ratelimit-reset": "2"}, 1, 5),
        (503, {"retry-after": "30"}, 0, 30),
        (502, {"retry-after": "30"}, 0, 30),
        (429, {"x-rate-limit-reset": "120"}, 1, 121),
        (429, {"x-rate-limit-reset": "999999"}, 1, QUARTER.seconds),
        (429, {"retry-after": "999999"}, 1, DAY),
        (429, {"ratelimit-reset": "999999", "ratelimit-policy": "3000;w=300"}, 1, 300),
        (503, {"x-ratelimit-reset": "120", "x-ratelimit-remaining": "0"}, 0, 121),
        (429, {"x-rate-limit-remaining": "7", "x-rate-limit-reset": "600"}, 1, OTHER_LIMIT),
        (429, {"x-rate-limit-remaining": "7", "x-rate-limit-reset": "600"}, 2, 2 * UNSAID),
        (429, {}, 1, UNSAID),
        (429, {}, 2, 2 * UNSAID),
        (429, {}, 3, 4 * UNSAID),
        (429, {}, 40, LONGEST_UNSAID),
        (429, {"ratelimit-reset": "1"}, 2, UNSAID),
        (429, {"ratelimit-reset": "500"}, 2, 501),
        (429, {"x-ratelimit-reset": FORMS["epoch"](NOW - timedelta(hours=3))}, 1, UNSAID),
        (429, {"x-ratelimit-reset": "soon"}, 1, UNSAID),
        (429, {"retry-after": "-5"}, 1, UNSAID),
        (503, {}, 0, 0),
        (500, {"x-ratelimit-reset": "120"}, 0, 0),
        (200, {"retry-after": "120"}, 0, 0),
        (200, {"ratelimit-remaining": "0"}, 0, QUARTER.seconds),
        (200, {"ratelimit-remaining": "0", "ratelimit-reset": "-50"}, 0, 0),
        (200, {"ratelimit-remaining": "12", "ratelimit-reset": "500"}, 0, 0),
        (200, {"ratelimit-remaining": "many", "ratelimit-reset": "500"}, 0, 0),
    ],
)
def test_the_table_of_waits(status: int, headers: dict[str, str], refused: int, seconds: float) -> None:
    assert wait_after(headers, status=status, refused=refused) == pytest.approx(seconds)


def test_without_a_policy_or_a_window_nothing_is_believed_beyond_a_day() -> None:
    heard = hear({"ratelimit-remaining": "0", "ratelimit-reset": str(90 * 86_400)}, NOW)
    assert window_of(heard, None) == DAY
    after = learned(Standing(), heard, NOW)
    assert after.resets_at == NOW + timedelta(seconds=DAY)


def test_what_remains_is_counted_down_until_the_reset() -> None:
    standing = answered({"ratelimit-limit": "10", "ratelimit-remaining": "2", "ratelimit-reset": "60"})
    assert standing.allowed == 10
    for left in (1, 0):
        assert earliest(standing, None, NOW) is None
        standing = counted(standing, None, NOW)
        assert standing.remaining == left
    wait = earliest(standing, None, NOW)
    assert wait is not None
    assert wait.why == SERVER_LIMIT
    later = counted(standing, None, wait.until)
    assert (later.remaining, later.resets_at) == (None, None)


def test_a_reset_that_is_known_stays_where_an_answer_says_only_what_remains() -> None:
    heard = hear({"ratelimit-remaining": "5"}, NOW)
    for known, left in ((30, 30), (2 * DAY, DAY)):
        standing = Standing(remaining=6, resets_at=NOW + timedelta(seconds=known))
        assert learned(standing, heard, NOW).resets_at == NOW + timedelta(seconds=left)


def test_a_wait_of_a_day_is_believed_and_none_that_is_longer() -> None:
    for seconds, is_kept in ((DAY, True), (DAY + 1, False)):
        until = NOW + timedelta(seconds=seconds)
        assert (earliest(Standing(not_before=until), None, NOW) is not None) is is_kept
        assert (earliest(Standing(remaining=0, resets_at=until), None, NOW) is not None) is is_kept


def test_what_another_job_was_told_to_wait_for_stays() -> None:
    told = answered({"retry-after": "500"}, status=429)
    heard = hear({"ratelimit-remaining": "20", "ratelimit-reset": "10"}, NOW)
    assert learned(told, heard, NOW).not_before == NOW + timedelta(seconds=500)
    wait = earliest(learned(told, heard, NOW), None, NOW)
    assert wait is not None
    assert wait.why == SERVER_ASKS


def test_a_clock_that_was_set_back_does_not_keep_us_waiting_for_a_year() -> None:
    ahead = NOW + timedelta(days=365)
    standing = Standing(
        remaining=0, resets_at=ahead, window_began_at=ahead, sent=300, last_sent_at=ahead, not_before=ahead
    )
    assert earliest(standing, QUARTER, NOW) is None
    assert counted(standing, QUARTER, NOW).window_began_at == NOW


def test_requests_keep_their_distance() -> None:
    slow = Policy(requests=1000, seconds=60, apart=2.5)
    wait = earliest(counted(Standing(), slow, NOW), slow, NOW)
    assert wait is not None
    assert (wait.until - NOW, wait.why) == (timedelta(seconds=2.5), OUR_PACE)


def test_a_quarter_is_sent_at_once_and_the_rest_spread_so_that_nobody_waits_for_a_whole_window() -> None:
    standing = Standing()
    for _ in range(75):
        assert earliest(standing, QUARTER, NOW) is None
        standing = counted(standing, QUARTER, NOW)
    wait = earliest(standing, QUARTER, NOW)
    assert wait is not None
    assert wait.why == OUR_LIMIT
    assert (wait.until - NOW).total_seconds() < 5


HEADER_VALUES = st.one_of(
    st.text(max_size=40),
    st.integers(-(10**12), 10**24).map(str),
    st.floats(allow_nan=True).map(str),
    st.datetimes().map(lambda at: at.isoformat()),
    st.datetimes(timezones=st.just(UTC)).map(lambda at: format_datetime(at, usegmt=True)),
    st.integers(0, 10**6).map(lambda seconds: f"100;w={seconds}"),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("date", "age", "retry-after", "ratelimit-policy", "ratelimit-limit", "ratelimit-remaining"),
            *("ratelimit-reset", "x-ratelimit-remaining", "x-ratelimit-reset", "x-rate-limit-reset"),
        ]
    ),
    HEADER_VALUES,
    max_size=6,
)
POLICIES = st.builds(
    Policy,
    requests=st.integers(1, 12),
    seconds=st.sampled_from([0.5, 1.0, 7.0, 60.0, 300.0, 900.0]),
    apart=st.sampled_from([0.0, 0.0, 0.1, 2.0]),
)
STATUSES = st.sampled_from([200, 304, 404, 429, 429, 500, 502, 503])


@given(HEADERS, STATUSES, st.one_of(st.none(), POLICIES), st.integers(0, 5))
def test_no_wait_is_negative_or_beyond_the_window_whatever_is_said(
    headers: dict[str, str], status: int, policy: Policy | None, refused: int
) -> None:
    heard = hear(headers, NOW)
    standing = learned(
        Standing(), heard, NOW, policy=policy, status=status, passing=status >= 429, refused=refused
    )
    window = timedelta(seconds=window_of(heard, policy))
    if standing.resets_at is not None:
        assert NOW <= standing.resets_at <= NOW + window
    if standing.not_before is not None:
        assert NOW <= standing.not_before <= NOW + max(window, timedelta(seconds=DAY))
        if heard.retry_after is None:
            assert standing.not_before <= NOW + max(window, timedelta(seconds=LONGEST_UNSAID))
    wait = earliest(standing, policy, NOW)
    assert wait is None or wait.until > NOW


@given(
    POLICIES,
    st.lists(st.tuples(HEADERS, STATUSES, st.sampled_from([0.0, 0.0, 0.0, 0.3, 5.0, 400.0])), max_size=60),
)
def test_no_window_holds_more_requests_than_our_policy_whatever_headers_say(
    policy: Policy, answers: list[tuple[dict[str, str], int, float]]
) -> None:
    """Each request is sent as early as it is allowed, or a little later; windows begin at each of them."""
    now, standing, sent = NOW, Standing(), list[datetime]()
    for headers, status, idle in answers:
        now += timedelta(seconds=idle)
        while wait := earliest(standing, policy, now):
            assert wait.until > now
            now = wait.until
        standing = counted(standing, policy, now)
        sent.append(now)
        heard = hear(headers, now)
        standing = learned(
            standing, heard, now, policy=policy, status=status, passing=status >= 429, refused=1
        )
    for first in sent:
        within = [at for at in sent if first <= at < first + timedelta(seconds=policy.seconds)]
        assert len(within) <= policy.requests
    assert all(b - a >= timedelta(seconds=policy.apart) for a, b in pairwise(sent))


@given(
    st.integers(1, 40),
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]), st.integers(1, 40)), max_size=6),
)
def test_no_rhythm_of_requests_gets_more_out_of_a_window(
    requests: int, rhythm: list[tuple[float, int]]
) -> None:
    """So many requests, each after a part of the time for one; then as many more; windows begin at each."""
    policy, standing, now, sent = Policy(requests, 60), Standing(), NOW, list[datetime]()
    for part, count in rhythm:
        for _ in range(count):
            now += timedelta(seconds=part * policy.seconds / policy.requests)
            while wait := earliest(standing, policy, now):
                now = wait.until
            standing = counted(standing, policy, now)
            sent.append(now)
    assert all(b - a >= timedelta(seconds=60) for a, b in zip(sent, sent[requests:], strict=False))


@pytest.mark.parametrize("requests", [8, 40, 300])
def test_a_rush_after_steady_requests_gets_no_more_out_of_a_window(requests: int) -> None:
    """The bucket is kept from running empty for a window; then all that it gives is taken."""
    policy, standing, now, sent = Policy(requests, 60), Standing(), NOW, list[datetime]()
    steady = timedelta(seconds=0.99 * 60 / (requests - requests // 4 + 1))
    while len(sent) < 4 * requests:
        now += steady if now + steady < NOW + timedelta(seconds=60) else timedelta()
        while wait := earliest(standing, policy, now):
            now = wait.until
        standing = counted(standing, policy, now)
        sent.append(now)
    assert all(b - a >= timedelta(seconds=60) for a, b in zip(sent, sent[requests:], strict=False))


@settings(max_examples=25)
@given(st.integers(1, 300), st.sampled_from([1.0, 60.0, 900.0]))
def test_most_of_what_our_policy_allows_is_used(requests: int, seconds: float) -> None:
    """Sent as fast as allowed, ten windows hold three quarters of what they may, and none holds more."""
    policy, standing, now, sent = Policy(requests, seconds), Standing(), NOW, list[datetime]()
    while now < NOW + timedelta(seconds=10 * seconds):
        wait = earliest(standing, policy, now)
        if wait:
            now = wait.until
            continue
        standing = counted(standing, policy, now)
        sent.append(now)
    assert len(sent) >= 7.5 * requests
    assert all(b - a >= timedelta(seconds=seconds) for a, b in zip(sent, sent[requests:], strict=False))


@given(HEADER_VALUES)
def test_any_value_is_read_or_not_but_never_an_error(value: str) -> None:
    found = parse_time(value)
    assert found is None or found.tzinfo is not None
    assert (parse_count(value) or 0) >= 0
    seconds = parse_seconds(value, NOW)
    assert seconds is None or -1e16 < seconds < 1e16


def test_a_value_of_a_hundred_thousand_characters_is_not_read() -> None:
    assert parse_seconds("9" * 100_000, NOW) is None
    assert parse_time("2024-" * 20_000) is None


def test_a_standing_is_not_changed_by_an_answer_that_says_nothing() -> None:
    before = replace(Standing(), remaining=3, resets_at=NOW)
    assert learned(before, hear({}, NOW), NOW) == before


def test_no_age_of_an_answer_is_too_great_to_be_read() -> None:
    heard = hear({"date": "Fri, 05 Jul 2024 12:00:00 GMT", "age": "9" * 12, "retry-after": "60"}, NOW)
    assert heard.retry_after == 60
