"""The tone tables of an election: taken over where no sum changed, else made, here or in a second process."""

import hashlib
import multiprocessing
import signal
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec

from analysis.publishing.digests import CandidacyDigest, kept
from analysis.reports.tone.sums import CandidateTones
from analysis.reports.tone.tables import ToneTables, tone_tables

KEPT = "tone.json.z"
"""Beside an election's page: its tables, for the next report."""

WORTH_A_PROCESS = 1_000
"""Candidacies below which starting another process takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class KeptTones:
    """The tables of one election, and a digest of the sums that they were made from."""

    key: str
    tables: ToneTables


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Tables that may still be in the making."""

    key: str
    _tables: ToneTables | Future[bytes]
    """As they are, or as another process writes them: JSON is quicker to hand over than objects."""

    def result(self) -> KeptTones:
        """The tables; waits for them."""
        if isinstance(self._tables, ToneTables):
            return KeptTones(self.key, self._tables)
        return KeptTones(self.key, msgspec.json.decode(self._tables.result(), type=ToneTables))


class Reckoner:
    """Who reckons the tables of a report: this process, or one beside it while this one writes pages.

    Use it as a context. More than one process only in a program that may be started again.
    """

    def __init__(self, *, processes: int, candidacies: int) -> None:
        """`candidacies`: of the largest election whose tables are to be made."""
        self._executor: ProcessPoolExecutor | None = None
        if processes > 1 and candidacies >= WORTH_A_PROCESS:
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(1, context, _begin)
            self._executor.submit(_begin)  # it loads what it needs while there is nothing to reckon yet

    def __enter__(self) -> "Reckoner":
        """Ready."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the other process; what is not done is not waited for."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def begin(
        self, election_id: str, digests: Iterable[CandidacyDigest], before: Path | None = None
    ) -> Reckoning:
        """Begin with the tables of one election.

        `before`: its folder in the last report, if that was made by the same terms and the same program.
        """
        tones = sorted(
            (one.tones for one in digests),
            key=lambda one: (one.candidate.contest_id, one.candidate.person_id),
        )
        text = msgspec.json.encode(tones)
        key = hashlib.sha256(election_id.encode() + b"\0" + text).hexdigest()
        held = kept(KeptTones, before / KEPT) if before is not None else None
        if held is not None and held.key == key:
            return Reckoning(key, held.tables)
        if self._executor is None:
            return Reckoning(key, tone_tables(election_id, tones))
        return Reckoning(key, self._executor.submit(_made, election_id, text))


def _made(election_id: str, text: bytes) -> bytes:
    tones = msgspec.json.decode(text, type=list[CandidateTones])
    return msgspec.json.encode(tone_tables(election_id, tones))


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for this one decides
