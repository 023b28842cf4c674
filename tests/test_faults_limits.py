"""Fault table: servers that say 429, in every form and with clocks of their own."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from faults import bench_of
from loopback import Answer, Asked
from platforms import FAKES

from archive.endings import Ending

WRITTEN = ("epoch", "iso", "date")
CASES = [
    *((form, seconds, 0) for form in WRITTEN for seconds in (8, 200, -300)),
    *((form, 200, off) for form in WRITTEN for off in (600, -600)),
    ("missing", 0, 0),
]
"""Form of the reset, in how many seconds it is, and how far the server's clock is off."""

UNSAID = 60
"""Seconds to be waited where nothing usable is said."""
NONE_REMAIN = {"bluesky": 300, "bluesky-appview": 300, "mastodon": 900, "x": 900}
"""Platform -> its window, at the end of which a request is sent again at the latest, where its headers say
that nothing remains, but not until when. It may have begun before."""
SLACK = 3
"""Seconds that rounding (1) and our own pace may add."""

SAYS_NOTHING = {"telegram": "t.me has no headers that tell a limit"}
COUNTS_SECONDS = {
    "feed": "Retry-After is seconds, whatever the server's clock shows, or a date",
    "youtube": "Retry-After is seconds, whatever the server's clock shows, or a date",
}
"""Platform -> why the form `epoch` or `iso` is not written there."""


@pytest.mark.parametrize(("form", "seconds", "clock_off"), CASES)
@pytest.mark.parametrize("collector", FAKES)
def test_a_429_is_obeyed_whatever_form_its_reset_has(
    collector: str, form: str, seconds: int, clock_off: int, tmp_path: Path
) -> None:
    """No request before the reset, none long after it; then everything is collected."""
    with bench_of(collector, tmp_path, clock_off=clock_off) as bench:
        resets: list[datetime] = []

        def too_many(_asked: Asked, _answer: Answer) -> Answer:
            reset = bench.world.clock.now() + timedelta(seconds=seconds)
            resets.append(reset)
            theirs = 0 if collector in COUNTS_SECONDS and form != "date" else clock_off
            return bench.loopback.fake.too_many(reset + timedelta(seconds=theirs), form)

        bench.fail("429", too_many)
        outcome = bench.round()

        assert bench.loopback.fired["429"] == 1
        (reset,) = resets
        refused_at = reset - timedelta(seconds=seconds)
        following = next(at for at in bench.loopback.times if at > refused_at)
        latest = NONE_REMAIN.get(collector, UNSAID) if form == "missing" else UNSAID
        first, last = refused_at + timedelta(seconds=UNSAID), refused_at + timedelta(seconds=latest)
        if seconds > 0 and collector not in SAYS_NOTHING:
            first = last = reset
        assert first <= following <= last + timedelta(seconds=SLACK)
        assert outcome.ending is Ending.DONE
        assert outcome.exit_code == 0
        assert bench.holds_everything()
        assert min(bench.world.clock.slept) > 0
