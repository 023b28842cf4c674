"""What an election's parties, candidates by name and concessions come to, written beside its other pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from analysis.outcomes.ballot import Election
from analysis.publishing.candidates_pages import write_candidates
from analysis.publishing.cycles import cycles_left_alone
from analysis.publishing.digests import DIGEST, ContestDigest, UnreadableDigest, candidacies_of, kept
from analysis.publishing.parties import write_parties
from analysis.publishing.planning import Plan, address_of
from analysis.publishing.workers import Workers
from analysis.reports.concessions.elections import ElectionConcessions, together
from analysis.reports.concessions.files import write_concessions
from analysis.reports.manifest import Manifest


@dataclass(frozen=True, slots=True)
class _People:
    """What the pages need to know beside the digests of the contests."""

    folder: Path
    """The election's, in the new report."""
    election: Election
    addresses: Mapping[str, str]
    """Contest id -> its folder, seen from the election's, by the contests' names."""
    family_names: Mapping[str, str | None]
    """By person id."""
    manifest: Manifest


def begin_people(
    workers: Workers, folder: Path, plan: Plan, digests: Sequence[ContestDigest], manifest: Manifest
) -> Callable[[], None]:
    """Begin to write pages of parties, candidates, concessions; the function that comes back waits.

    `digests`: of the contests, by their names. Another process reads those that are in the new report, which
    is quicker than to hand them over: the end can raise UnreadableDigest.
    """
    every = [one for contest in plan.contests for one in contest.candidacies]
    people = _People(
        folder=folder,
        election=plan.facts.election,
        addresses={contest.id: address_of(contest) for contest in plan.contests},
        family_names={one.person_id: one.family_name for one in every},
        manifest=manifest,
    )
    return workers.begin(_read_and_write, people) if workers.count else partial(_write, people, digests)


@cycles_left_alone()
def _read_and_write(people: _People) -> None:
    _write(people, [_digest_in(people.folder / place) for place in people.addresses.values()])


def _digest_in(place: Path) -> ContestDigest:
    found = kept(ContestDigest, place / DIGEST)
    if found is None:
        raise UnreadableDigest(f"{place / DIGEST}: not as it was written")
    return found


def _write(people: _People, digests: Sequence[ContestDigest]) -> None:
    folder, election, addresses, manifest = people.folder, people.election, people.addresses, people.manifest
    write_parties(folder, election, digests, addresses, manifest)
    write_candidates(folder, election, digests, addresses, manifest, family_names=people.family_names)
    write_concessions(_concessions(election, digests), folder, manifest)


def _concessions(election: Election, digests: Sequence[ContestDigest]) -> ElectionConcessions:
    every = candidacies_of(digests)
    return together(
        election,
        rows=(one.concession for one in every),
        claims=(claim for one in every for claim in one.claims),
        party_claims=(claim for one in every for claim in one.party_claims),
    )
