"""What X means when it does not give what was asked for: its problems as tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from archive.contract import BudgetSpent, CollectingError, Response, SourceRefused, UnreadablePage
from db.words import State

TOKEN = "HUSTINGS_X_TOKEN"  # noqa: S105 - the name of the secret
_PAID_OUT, _UNKNOWN, _REFUSED, _TOO_MANY = 402, 401, 403, 429
_MOST_WORDS = 200
"""Of X's own words: its errors repeat whatever was sent."""


_VALUE = re.compile(r"\[[^\]]*\]")
"""What X repeats of a request, such as a handle: no words of its own."""
_NAMED = ("[{}]", "'{}'", "`{}`")
"""How X names a parameter."""


class Means(Enum):
    """What a problem asks us to do."""

    BUDGET = auto()
    """Nothing more is served to anybody until somebody pays or a month ends."""
    ACCESS = auto()
    """The token is not good enough for this."""
    ACCOUNT = auto()
    """This account alone."""


PROBLEMS: dict[str, Means] = {
    # last part of `type`, or the title, without regard to case
    "usage-capped": Means.BUDGET,
    "usagecapexceeded": Means.BUDGET,
    "credits": Means.BUDGET,
    "credits-depleted": Means.BUDGET,
    "creditsdepleted": Means.BUDGET,
    "client-forbidden": Means.ACCESS,
    "client-not-enrolled": Means.ACCESS,
    "unsupported-authentication": Means.ACCESS,
    "oauth1-permissions": Means.ACCESS,
    "not-authorized-for-resource": Means.ACCOUNT,
    "resource-not-found": Means.ACCOUNT,
    "resource-unavailable": Means.ACCOUNT,
}

PHRASES: tuple[tuple[str, State], ...] = (
    # words of errors[].detail, in lower case; the first that is found counts
    ("has been suspended", State.SUSPENDED),
    ("deactivated", State.DEACTIVATED),
    ("blocked", State.BLOCKED),
    ("not authorized to see the user", State.PROTECTED),
    ("could not find user with username", State.NOT_FOUND),
    ("could not find user", State.DELETED),  # by its id: there was one
)
"""The type of all of these may be resource-not-found: only the words tell them apart."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in X's words."""

    names: frozenset[str]
    """The last part of its type, its title and its reason, in lower case."""
    detail: str
    parameters: frozenset[str]
    """Those of our parameters that it names."""

    @property
    def state(self) -> State | None:
        """What it says of an account, if anything."""
        words = _VALUE.sub("", self.detail.lower())
        return next((state for phrase, state in PHRASES if phrase in words), None)

    def means(self, meaning: Means) -> bool:
        return any(PROBLEMS.get(name) is meaning for name in self.names)

    def is_about(self, *parameters: str) -> bool:
        """Whether it names one of these parameters, as its subject or as unknown."""
        return any(
            name in self.parameters or any(quoted.format(name) in self.detail for quoted in _NAMED)
            for name in parameters
        )


def problems_in(answer: Any) -> list[Problem]:
    """The problems of an answer: those in its `errors`, and itself where it is one."""
    if not isinstance(answer, dict):
        return []
    listed = answer.get("errors")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    if "data" not in answer and ("title" in answer or "detail" in answer):
        entries.append(answer)
    return [_problem(entry) for entry in entries]


def _problem(entry: dict[str, Any]) -> Problem:
    kind = _words(entry.get("type")).rstrip("/").rpartition("/")[2]
    names = {kind, _words(entry.get("title")), _words(entry.get("reason"))} - {""}
    parameters = entry.get("parameters")
    return Problem(
        names=frozenset(name.lower() for name in names),
        detail=_words(entry.get("message")) or _words(entry.get("detail")) or _words(entry.get("title")),
        parameters=frozenset(parameters) if isinstance(parameters, dict) else frozenset(),
    )


def _words(found: object) -> str:
    return found[:_MOST_WORDS] if isinstance(found, str) else ""


def problems_of(response: Response) -> list[Problem]:
    """The problems of an answer whose body may be anything."""
    try:
        return problems_in(response.json())
    except UnreadablePage:
        return []


def is_cap(response: Response) -> bool:
    """Whether a 429 is the end of what was paid for, which no waiting changes."""
    return response.status == _TOO_MANY and any(one.means(Means.BUDGET) for one in problems_of(response))


def refuse(response: Response, problems: Iterable[Problem]) -> None:
    """Raise what stops the whole source: SourceRefused or BudgetSpent. Nothing for any other answer."""
    known = list(problems)
    said = f": {detail_of(known)}" if known else ""
    if response.status in (_PAID_OUT, _TOO_MANY) or any(one.means(Means.BUDGET) for one in known):
        raise BudgetSpent(f"X serves nothing more, its cap or your credits are used up{said}")
    if response.status == _UNKNOWN:
        raise SourceRefused(f"X refuses the bearer token{said}: set {TOKEN} to a valid one")
    if response.status == _REFUSED and not any(one.means(Means.ACCOUNT) for one in known):
        raise SourceRefused(f"X does not let the app of {TOKEN} read this{said}: check its access level")


def refusal(response: Response, subject: str, problems: Iterable[Problem]) -> CollectingError:
    """The error for an answer that nothing else explains."""
    return CollectingError(
        f"{subject}: X answered {response.status}: {detail_of(problems) or 'no reason given'}"
    )


def detail_of(problems: Iterable[Problem]) -> str:
    """X's own words for what went wrong, once each, in one line."""
    return " ".join("; ".join(dict.fromkeys(one.detail for one in problems if one.detail)).split())


def state_of(problems: Iterable[Problem]) -> State | None:
    """What the problems say of an account, if anything."""
    return next((one.state for one in problems if one.state is not None), None)
