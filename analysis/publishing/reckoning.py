"""The tone tables of an election: taken over where no sum changed, else made, here or in a second process."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.digests import CandidacyDigest, kept
from analysis.publishing.workers import Workers
from analysis.reports.tone.sums import CandidateTones
from analysis.reports.tone.tables import ToneTables, tone_tables

KEPT = "tone.json.zst"
"""Beside an election's page: its tables, for the next report."""


@dataclass(frozen=True, slots=True)
class KeptTones:
    """The tables of one election, and a digest of the sums that they were made from."""

    key: str
    tables: ToneTables


def begin_tones(
    workers: Workers, election_id: str, digests: Iterable[CandidacyDigest], before: Path | None = None
) -> Callable[[], KeptTones]:
    """Begin with the tables of one election; the function that comes back waits for them.

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
        return lambda: held
    made = workers.begin(_made, election_id, text)
    return lambda: KeptTones(key, msgspec.json.decode(made(), type=ToneTables))


@cycles_left_alone()
def _made(election_id: str, text: bytes) -> bytes:
    """JSON in and out: it is quicker to hand over than objects."""
    tones = msgspec.json.decode(text, type=list[CandidateTones])
    return msgspec.json.encode(tone_tables(election_id, tones))
