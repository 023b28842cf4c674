"""A web client that makes no more requests than a run may."""

from collections.abc import Callable, Collection, Mapping
from threading import Lock

from archive.contract import BudgetSpent, Charge, Credential, Response, Web
from archive.contract.web import Params


class Ration:
    """The requests of one run, shared by its threads; None: as many as it takes."""

    def __init__(self, most: int | None = None) -> None:
        self._most, self._lock = most, Lock()
        self.used = 0

    @property
    def is_spent(self) -> bool:
        """Whether no request is left."""
        return self._most is not None and self.used >= self._most

    def take(self) -> None:
        """Count one request. Raises BudgetSpent where none is left."""
        with self._lock:
            if self.is_spent:
                raise BudgetSpent(f"--budget {self._most}: no request is left; what is due stays due")
            self.used += 1


class RationedWeb:
    """archive.contract.Web, counted. What the client tries again, or is led to, counts as one request."""

    def __init__(self, web: Web, ration: Ration) -> None:
        self._web, self._ration = web, ration

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
        """See archive.contract.Web; raises BudgetSpent where no request is left."""
        self._ration.take()
        return self._web.get(
            url,
            params=params,
            headers=headers,
            credential=credential,
            bucket=bucket,
            charge=charge,
            retry=retry,
            final=final,
        )
