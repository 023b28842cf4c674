"""A client without any politeness, for tests of collectors alone: answers are what the server says."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import httpx

from archive.contract import Charge, Collector, Credential, Post, Reject, Response, Served, Unreachable
from archive.contract.web import Params
from db.models import now


class PlainWeb:
    """archive.contract.Web by httpx alone; follows redirects, retries nothing, waits for nothing."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

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
        sent = {**(headers or {}), **({credential.header: credential.value} if credential else {})}
        try:
            answer = self._client.get(url, params=dict(params) if params else None, headers=sent)
        except httpx.TransportError as error:
            raise Unreachable(f"{url}: {error}") from error
        moved = next((str(answer.url) for step in answer.history if step.status_code in (301, 308)), None)
        response = Response(
            url=str(answer.url),
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=answer.content,
            retrieved_at=now(),
            moved_to=moved,
        )
        passing = answer.status_code >= 500 or answer.status_code in {408, 425, 429, *retry}
        if passing and not (final and final(response)):
            raise Unreachable(f"{url}: {answer.status_code}")
        return response


@contextmanager
def plain_web() -> Iterator[PlainWeb]:
    """A client until the end of the block."""
    with httpx.Client(follow_redirects=True, trust_env=False) as client:
        yield PlainWeb(client)


def records_of(collector: Collector, served: Served) -> list[Post | Reject]:
    """All that one step holds: its page's records, then those of what is enclosed."""
    return [record for page in (served.page, *served.enclosed) for record in collector.parse(page)]
