"""The files of an election that are no contest's: taken over where nothing changed that made them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.publishing.digests import ContestDigest, keep, kept
from analysis.publishing.links import link, size_of
from analysis.reports.folder import files_in

KEPT = "election.json.zst"
"""Beside an election's page: what its own files were made from, for the next report."""

CONTESTS = "contests"
"""The folder of its contests, whose files are theirs."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The files of one election, and a digest of everything that they were made from but the terms."""

    key: str
    sizes: dict[str, int]
    """Path from the election's folder -> size in bytes, of all but this list."""


def key_of(digests: Iterable[ContestDigest]) -> str:
    """A digest of an election's contests, in their order. The fingerprint of each tells of all its own."""
    told = hashlib.sha256()
    for one in digests:
        told.update(f"{one.row.contest_id}\0{one.fingerprint}\0".encode())
    return told.hexdigest()


def keep_own_files(folder: Path, key: str) -> None:
    """Note the files that were written into an election's folder."""
    # Sorted: in which order a folder names its files differs from disk to disk.
    sizes = {name: (folder / name).stat().st_size for name in sorted(_own(folder))}
    keep(OwnFiles(key, sizes), folder / KEPT)


def take_over_own_files(before: Path, folder: Path, key: str) -> bool:
    """Give an election's files of the last report a place in the new one; False where that must not be.

    They must have been made from the same, and be as they were left. Nothing is taken over in part.
    """
    held = kept(OwnFiles, before / KEPT)
    if held is None or held.key != key:
        return False
    if {name: size_of(before / name) for name in _own(before)} != held.sizes:
        return False
    for name in (*held.sizes, KEPT):
        link(before / name, folder / name)
    return True


def _own(folder: Path) -> Iterator[str]:
    """Paths from the folder."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if entry.name != CONTESTS:
                yield from (f"{entry.name}/{name}" for name in files_in(entry))
        elif entry.name != KEPT:
            yield entry.name
