"""Who accuses whom in an election: its page, tables and network, made beside the election's other pages."""

from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.publishing.crew import Everything
from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.digests import ACCUSED, Accused, UnreadableDigest, kept
from analysis.publishing.workers import Workers
from analysis.reports.accusations.candidacies import OwnAccusations, together
from analysis.reports.accusations.files import write_accusations
from analysis.reports.accusations.ingroups import PARTY, in_group_of


def begin_accusations(
    workers: Workers, folder: Path, everything: Everything, number: int, places: Sequence[Path]
) -> Callable[[], None]:
    """Begin to write accusations.html and its data files; the function that comes back waits for the end.

    `number`: of the election among `everything`. `places`: the folders of the contests in the new report,
    with all that is kept there. The end can raise UnreadableDigest.
    """
    return workers.begin(_write, folder, everything, number, places)


@cycles_left_alone()
def _write(folder: Path, everything: Everything, number: int, places: Sequence[Path]) -> None:
    terms, facts = everything.value
    election, contests, manifest = facts[number].election, facts[number].contests, terms.manifest
    own = [one for place in places for one in _accused_in(place)]
    parties = in_group_of(PARTY, contests)
    write_accusations(together(election, contests, own, parties, manifest.method), folder, manifest)


def _accused_in(place: Path) -> Sequence[OwnAccusations]:
    found = kept(Accused, place / ACCUSED)
    if found is None:
        raise UnreadableDigest(f"{place / ACCUSED}: not as it was written")
    return found.candidacies
