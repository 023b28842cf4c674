"""Questions to servers of the AT protocol, and what their refusals mean."""

import json
from dataclasses import dataclass

from archive.atproto.texts import shown
from archive.contract import AccountUnavailable, CollectingError, Page, Response, Web
from db.words import State

OK = 200

STATES: dict[str, State] = {
    "RepoTakendown": State.SUSPENDED,
    "RepoSuspended": State.SUSPENDED,
    "RepoDeactivated": State.DEACTIVATED,
    "RepoNotFound": State.DELETED,
    "AccountTakedown": State.SUSPENDED,
    "AccountSuspended": State.SUSPENDED,
    "AccountDeactivated": State.DEACTIVATED,
    "BlockedActor": State.BLOCKED,
    "BlockedByActor": State.BLOCKED,
}
"""An error's name -> what it says of the account."""

NO_SUCH_REPO = ("could not find repo", "profile not found", "actor not found")
"""How messages of `InvalidRequest` begin that speak of the account, whatever became of it."""

STATUSES: dict[str, State] = {
    "takendown": State.SUSPENDED,
    "suspended": State.SUSPENDED,
    "deactivated": State.DEACTIVATED,
    "deleted": State.DELETED,
}
"""`status` of com.atproto.sync.getRepoStatus -> what it says of the account."""

PASSING = frozenset({"desynchronized", "throttled"})
"""Statuses that speak of the server's trouble and not of the account."""

ACCOUNT = "account"
"""`holds` of a page that is evidence of an account and has no posts."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in the server's words: `{"error": "RepoNotFound", "message": ...}`."""

    name: str
    message: str

    @property
    def of_account(self) -> bool:
        """Whether it is the account that is not there, rather than something wrong with the request."""
        return self.name in STATES or self.message.lower().startswith(NO_SUCH_REPO)

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"


def ask(web: Web, server: str, method: str, **params: str | int | None) -> Response:
    """A method's answer from a server; parameters that are None are left out. Raises as `Web.get`."""
    given = {name: value for name, value in params.items() if value is not None}
    return web.get(f"{server.rstrip('/')}/xrpc/{method}", params=given)


def refusal_of(response: Response) -> Refusal:
    """Why an answer is not 200; an answer that is no error of the protocol is called by its status."""
    try:
        said = json.loads(response.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("error"), str):
        return Refusal(f"HTTP {response.status}", response.media_type)
    return Refusal(shown(said["error"], 80) or "", shown(said.get("message"), 300) or "")


def evidence(response: Response) -> Page:
    """An answer as a page that speaks of an account and holds no posts."""
    return response.page(holds=ACCOUNT)


def not_understood(response: Response) -> CollectingError:
    """The error for an answer that no rule here covers."""
    return CollectingError(f"{response.url}: refused with {response.status} {refusal_of(response)}")


def unavailable(did: str, state: State, detail: str | None, *pages: Page) -> AccountUnavailable:
    """The error for an account whose server shows none of it."""
    return AccountUnavailable(f"{did} is {state.value}: {detail or 'no reason is given'}", state, *pages)
