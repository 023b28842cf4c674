"""What is known of one limit: what passes between the rules, the books and the client."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


class Key(NamedTuple):
    """Whose limit it is. The name of a credential, never its value."""

    host: str
    """With its port where that is not the scheme's own."""
    credential: str = ""
    bucket: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one limit is used up; all times by our own clock."""

    allowed: int | None = None
    """Requests in the server's window."""
    remaining: int | None = None
    """Requests that the server still allows until `resets_at`."""
    resets_at: datetime | None = None
    window_began_at: datetime | None = None
    """When our own requests began to come without a pause (see archive.web.limits)."""
    sent: int = 0
    """Requests of ours since then."""
    last_sent_at: datetime | None = None
    not_before: datetime | None = None
    """The server said: no request before."""


@dataclass(frozen=True, slots=True)
class Wait:
    """No request before `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request can cost at most: reserved before it is sent."""

    credential: str
    """Name of the credential that pays."""
    what: str
    """Such as `posts`."""
    usd: float
    """A unit's price."""
    units: int
    day: date
    """UTC."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a reserved request did cost."""

    cost: Cost
    units: int

    @property
    def change(self) -> int:
        """Units to be added to what was reserved; mostly negative."""
        return self.units - self.cost.units
