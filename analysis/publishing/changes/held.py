"""What an earlier report holds of a contest's candidacies, whatever the terms by which it was made."""

from collections.abc import Mapping
from pathlib import Path

from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.digests import DIGEST, FRAGMENTS, ContestDigest, Fragments, kept
from analysis.reports.accusations.candidacies import NO_ACCUSATIONS


def held_in(folder: Path | None) -> Mapping[str, WrittenCandidacy]:
    """Person id -> the candidacy as it stands in a contest's folder, without what only data files tell.

    Empty where nothing can be read.
    """
    digest = kept(ContestDigest, folder / DIGEST) if folder else None
    fragments = kept(Fragments, folder / FRAGMENTS) if folder else None
    if digest is None or fragments is None or len(digest.candidacies) != len(fragments.statements):
        return {}
    pairs = zip(digest.candidacies, fragments.statements, strict=True)
    return {
        one.row.person_id: WrittenCandidacy(one, statements, {}, NO_ACCUSATIONS) for one, statements in pairs
    }
