"""Workers on other machines: the one door to Dask's distributed."""

import secrets
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.running.errors import NoCluster

if TYPE_CHECKING:
    from distributed import Client

CONNECTING = 20
"""Seconds after which a scheduler that does not answer is given up."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The workers of a scheduler. What a lost one had taken, the scheduler gives to another."""

    client: "Client"
    size: int
    """Threads of all workers: how many pieces are worked on at once."""

    @property
    def ahead(self) -> int:
        """Pieces that wait, or whose answers do: so memory stays as it is however much there is."""
        return 3 * self.size

    def expect(self) -> None:
        """Its workers run."""

    def hire(self) -> Executor:
        """The client as an executor. Every piece is done anew, also where the same was done before."""
        executor: Executor = self.client.get_executor(pure=False)
        return executor

    def dismiss(self, executor: Executor) -> None:
        """Take back what is not done."""
        with suppress(OSError, CancelledError):  # the cluster may be what is gone
            executor.shutdown(wait=False)


@contextmanager
def cluster_at(address: str, workers: int = 0) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at `address`, such as `tcp://10.0.0.5:8786`; waits for so many
    workers.

    Raises NoCluster where distributed is not installed, nobody answers, there is no worker, and where the
    scheduler goes away meanwhile.
    """
    distributed = _library()
    from distributed.comm.core import CommClosedError

    try:
        client = distributed.Client(address, timeout=CONNECTING, name=f"hustings-{secrets.token_hex(4)}")
    except (OSError, ValueError, CommClosedError) as error:
        raise NoCluster(f"no scheduler answers at {address}: {error}") from error
    with client:
        if workers:
            client.wait_for_workers(workers)
        threads = sum(client.nthreads().values())
        if not threads:
            raise NoCluster(f"the scheduler at {address} has no worker: start `dask worker {address}`")
        try:
            yield Cluster(client, threads)
        except (CancelledError, CommClosedError) as error:
            raise NoCluster(
                f"the scheduler at {address} went away: what was read is stored; run the same command again"
            ) from error


def _library() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise NoCluster(
            "a cluster needs Dask: pip install 'hustings[cluster]', here and on its machines"
        ) from error
    return distributed
