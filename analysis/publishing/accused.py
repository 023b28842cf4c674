"""Who accuses whom in an election: its page, tables and network, made beside the election's other pages."""

from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.outcomes.ballot import Contest, Election
from analysis.outcomes.facts import ElectionFacts
from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.digests import ACCUSED, Accused, UnreadableDigest, kept
from analysis.publishing.workers import Workers
from analysis.reports.accusations.candidacies import OwnAccusations, together
from analysis.reports.accusations.files import write_accusations
from analysis.reports.accusations.ingroups import PARTY, in_group_of
from analysis.reports.manifest import Manifest


def begin_accusations(
    workers: Workers, folder: Path, facts: ElectionFacts, places: Sequence[Path], manifest: Manifest
) -> Callable[[], None]:
    """Begin to write accusations.html and its data files; the function that comes back waits for the end.

    `places`: the folders of the contests in the new report, with all that is kept there. The end can raise
    UnreadableDigest.
    """
    return workers.begin(_write, folder, facts.election, facts.contests, places, manifest)


def _write(
    folder: Path,
    election: Election,
    contests: Sequence[Contest],
    places: Sequence[Path],
    manifest: Manifest,
) -> None:
    with cycles_left_alone():
        own = [one for place in places for one in _accused_in(place)]
        parties = in_group_of(PARTY, contests)
        write_accusations(together(election, contests, own, parties, manifest.method), folder, manifest)


def _accused_in(place: Path) -> Sequence[OwnAccusations]:
    found = kept(Accused, place / ACCUSED)
    if found is None:
        raise UnreadableDigest(f"{place / ACCUSED}: not as it was written")
    return found.candidacies
