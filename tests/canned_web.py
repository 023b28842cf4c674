"""A Web whose answers are written down, for what a platform's fake never says."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from archive.contract import Charge, Credential, Response, Unreachable
from archive.contract.web import Params
from db.models import now


class CannedWeb:
    """archive.contract.Web: the first entry whose name is part of the address answers.

    An answer is a status and a JSON value (or bytes); None: nobody answers there.
    """

    def __init__(self, answers: Mapping[str, tuple[int, Any] | None]) -> None:
        self._answers = answers
        self.asked: list[str] = []

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
        self.asked.append(url)
        found = next((answer for part, answer in self._answers.items() if part in url), None)
        if found is None:
            raise Unreachable(f"{url}: nobody answers")
        status, value = found
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return Response(url, status, {"content-type": "application/json"}, body, now())
