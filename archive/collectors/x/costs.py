"""What X charges for reading, and what a round will cost before it is made.

Prices as docs.x.com/x-api/getting-started/pricing gave them (read 2026-11): $0.005 a post, $0.010 a user,
for each that is returned. Posts and users within `includes` count as returned: the page does not say whether
they do, so the dearer reading is taken. One returned twice within a UTC day is charged once, but X promises
that only softly: here it counts twice.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from archive.contract import Charge, Response
from archive.contract.web import HTTP_OK
from archive.x_posts.vocabulary import either

POST_USD = 0.005
USER_USD = 0.010
SHOWS = 3200
"""How many of an account's newest posts X shows."""
MOST_REFERENCES = 2
"""A post refers to two others at most: one it answers and one it quotes."""

USUAL_REFERENCES = 0.6
"""Posts referred to for each post: our assumption for campaigns, which repost and answer much."""
USUAL_EDITED, MANY_EDITED = 0.02, 0.10
"""Share of posts that were edited, as is usual and at most: only those who pay X can. Our assumption."""
EDITED_VERSIONS, MOST_VERSIONS = 2, 6
"""Versions of an edited post: two mostly, six at most. All are asked for, the one that is shown too."""
BURST = 3
"""By how much posting differs from its mean, in both directions: campaigns come in bursts. Ours."""
FEW = 5
"""Posts that even a quiet account may have written."""


def posts_charge(most: int, *, authors: bool = False) -> Charge:
    """The charge for an answer of `most` posts at most, with those that they refer to.

    With `authors`, each post may bring a user, who costs as much as two posts.
    """
    each = 1 + MOST_REFERENCES + (_POSTS_A_USER if authors else 0)
    return Charge("posts", POST_USD, most=most * each, count=posts_in)


def user_charge() -> Charge:
    """The charge for looking at one account."""
    return Charge("users", USER_USD, most=1, count=users_in)


_POSTS_A_USER = round(USER_USD / POST_USD)


def posts_in(response: Response) -> int:
    """How many posts an answer charges for; an included user counts as what it costs in posts.

    Raises UnreadablePage where an answer of 200 cannot be counted.
    """
    answer = _answer(response)
    included = answer.get("includes")
    if not isinstance(included, dict):
        included = {}
    return (
        _many(answer.get("data"))
        + _many(either(included, "included posts"))
        + _POSTS_A_USER * _many(included.get("users"))
    )


def users_in(response: Response) -> int:
    """How many users an answer charges for. Raises UnreadablePage as posts_in does."""
    return _many(_answer(response).get("data"))


def _answer(response: Response) -> dict[str, object]:
    answer = response.json() if response.status == HTTP_OK else {}
    return answer if isinstance(answer, dict) else {}


def _many(found: object) -> int:
    if isinstance(found, list):
        return len(found)
    return 1 if isinstance(found, dict) else 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much an account may have posted since it was read last."""

    account: str
    """How the estimate calls it."""
    posts_per_day: float | None
    """As the archive knows it; None: never read."""
    days: float
    """Since it was read last."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading costs, in USD."""

    account: str
    low: float
    expected: float
    high: float


ALL = "all"
"""What the sum of an estimate is called."""


def estimate(paces: Iterable[Pace]) -> list[Estimate]:
    """What a round over these accounts costs, one by one; the last entry is their sum.

    An account that was never read may show anything between nothing and all that X shows; all of it is
    expected. Otherwise: posts a day times days, never more than X shows; low and high a third and three
    times of that; each post with none, USUAL_REFERENCES, MOST_REFERENCES others, and with the look-ups of
    all versions of none, USUAL_EDITED, MANY_EDITED of them. Where nothing may be new, the account itself is
    looked at, once a day at most.
    """
    each = [_estimate(pace) for pace in paces]
    return [
        *each,
        Estimate(
            ALL,
            math.fsum(one.low for one in each),
            math.fsum(one.expected for one in each),
            math.fsum(one.high for one in each),
        ),
    ]


def _estimate(pace: Pace) -> Estimate:
    if pace.posts_per_day is None:
        return Estimate(pace.account, 0.0, _expected(SHOWS), _most(SHOWS))
    days = max(pace.days, 0.0)
    new = pace.posts_per_day * days
    return Estimate(
        pace.account,
        min(new / BURST, SHOWS) * POST_USD,
        _expected(min(new, SHOWS), looks=math.exp(-new) * min(days, 1.0)),
        _most(min(new * BURST + FEW, SHOWS)),
    )


def _expected(posts: float, looks: float = 0) -> float:
    shown = posts * (1 + USUAL_EDITED * EDITED_VERSIONS)
    return shown * (1 + USUAL_REFERENCES) * POST_USD + looks * USER_USD


def _most(posts: float) -> float:
    shown = posts * (1 + MANY_EDITED * MOST_VERSIONS)
    return shown * (1 + MOST_REFERENCES) * POST_USD + USER_USD
