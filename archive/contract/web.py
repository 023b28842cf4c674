"""How collectors reach the network: one polite client, which waits, counts, retries and refuses for them."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from archive.contract.pages import Page, UnreadablePage

HTTP_OK = 200

Params = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret that goes with requests. Only its name is ever stored or shown."""

    name: str
    """Its name in the environment or keyring, such as `HUSTINGS_X_TOKEN`."""
    value: str = field(repr=False)
    """The whole value of the header."""
    header: str = "authorization"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a request costs, where a platform charges for what it returns."""

    what: str
    """Such as `posts` or `users`."""
    usd: float
    """A unit's price."""
    most: int
    """Units that the answer can hold: reserved before the request is sent."""
    count: Callable[["Response"], int]
    """Units that an answer did hold."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. One that asks for waiting or another try comes this far only where `final` says so."""

    url: str
    """The address that answered, with its query; credentials are never part of it."""
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    """Plain (decompressed) bytes."""
    retrieved_at: datetime
    moved_to: str | None = None
    """The address that was asked moved here for good (301, 308)."""

    @property
    def media_type(self) -> str:
        """IANA's name of what the server says that it is, without parameters."""
        return self.headers.get("content-type", "application/octet-stream").partition(";")[0].strip().lower()

    def page(self, **context: str | None) -> Page:
        """The answer as a page to be kept; `context` is what `parse` must know besides the bytes.

        A status other than 200 is kept with it.
        """
        said = {"status": str(self.status) if self.status != HTTP_OK else None, **context}
        return Page(
            source=self.url,
            body=self.body,
            media_type=self.media_type,
            retrieved_at=self.retrieved_at,
            context={key: value for key, value in said.items() if value is not None},
        )

    def json(self) -> Any:
        """The body as JSON. Raises UnreadablePage where it is none, which says what it looks like."""
        return read_json(self.page())


def read_json(page: Page) -> Any:
    """A page's body as JSON. Raises UnreadablePage where it is none, which says what it looks like."""
    try:
        return json.loads(page.body)
    except ValueError as error:
        begins = page.body[:60].decode("utf-8", "replace")
        raise UnreadablePage(f"{page.source}: not JSON but {page.media_type}: {begins!r}", page) from error
    except RecursionError as error:
        raise UnreadablePage(f"{page.source}: JSON nested too deeply", page) from error


def json_excerpt(record: Any, most: int = 200) -> str:
    """The beginning of a record, to recognise it by."""
    try:
        return json.dumps(record)[:most]
    except RecursionError:
        return "nested deeply"


class Web(Protocol):
    """The polite client, one request at a time. Waiting and retrying are not a collector's business."""

    def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        credential: Credential | None = None,
        bucket: str = "",
        charge: Charge | None = None,
        retry: Collection[int] = (),
        final: Callable[[Response], bool] | None = None,
    ) -> Response:
        """One answer of status 2xx, 304, or 4xx (what the status means is the collector's to say).

        `bucket` names a limit that is the server's own for one kind of request, such as a timeline.
        `retry` adds statuses that this server uses for passing trouble.
        `final` is asked about each answer whose status means waiting or another try (408, 425, 429, 5xx,
        and those of `retry`), before anything is waited for: where it says True, that answer is returned
        as it is, since waiting does not help (a cap for the month that comes as 429). It only looks at the
        answer, and never raises.

        Raises Unreachable (after several tries), TryLater, AddressRefused, TooLarge, BudgetSpent, and
        SourceRefused where the credential cannot be sent, or the answer repeats it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What a collector is told when it is made."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """What the user set, by name in the environment (`HUSTINGS_BLUESKY_PLC`): addresses, never secrets."""
    secret: Callable[[str], str | None] = field(default=lambda name: None, repr=False)
    """A secret by its name in the environment or keyring."""

    def credential(
        self, name: str, *, header: str = "authorization", form: str = "Bearer {}"
    ) -> Credential | None:
        """The credential of that name, ready for its header; None where the user gave none."""
        value = self.secret(name)
        return Credential(name, form.format(value), header) if value else None
