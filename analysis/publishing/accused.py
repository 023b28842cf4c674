"""Who accuses whom in an election: its page, tables and network, made beside the election's other pages."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.facts import ElectionFacts
from analysis.publishing.digests import CandidacyDigest
from analysis.publishing.workers import Workers
from analysis.reports.accusations.counting import Accusation
from analysis.reports.accusations.elections import accusations_in
from analysis.reports.accusations.files import write_accusations
from analysis.reports.accusations.ingroups import PARTY, in_group_of
from analysis.reports.manifest import Manifest


def begin_accusations(
    workers: Workers,
    folder: Path,
    facts: ElectionFacts,
    every: Iterable[CandidacyDigest],
    manifest: Manifest,
) -> Callable[[], None]:
    """Begin to write accusations.html and its data files; the function that comes back waits for the end."""
    accused = [accusation for one in every for accusation in one.accusations]
    return workers.begin(
        _write, folder, facts.election, facts.contests, msgspec.json.encode(accused), manifest
    )


def _write(
    folder: Path,
    election: Election,
    contests: Sequence[Contest],
    accused: bytes,
    manifest: Manifest,
) -> None:
    """`accused` as JSON, which is quicker to hand over than objects."""
    accusations = msgspec.json.decode(accused, type=list[Accusation])
    groups = [in_group_of(PARTY, contests)]
    write_accusations(
        accusations_in(election, contests, accusations, groups, manifest.method), folder, manifest
    )
