"""All candidates of an election by name: one page, or of many one a letter, whose address stays the same."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.outcomes.ballot import Election
from analysis.publishing.candidacy_rows import candidacy_rows
from analysis.publishing.digests import ContestDigest
from analysis.publishing.party_answers import CandidateLine, candidate_lines
from analysis.reports.folder import FROM_ELECTION, write_text
from analysis.reports.manifest import Manifest
from analysis.reports.overview import summed
from analysis.site import render_page

FOLDER = "candidates"
"""Beside an election's page: the letters."""

PAGE = "candidates.html"

MOST_ALONE = 500
"""Candidates on the one page; of more there is a page a letter."""

MOST_ON_PAGE = 1_000
"""Candidates on a letter's page; of more there are several."""

OTHER = "other"
"""The letter of names that begin with none of a to z."""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Some candidates on a page of their own."""

    name: str
    """As the list of pages has it: `A`, `S 2`, `other`."""
    address: str
    """Seen from the election's page."""
    candidates: tuple[CandidateLine, ...]


def write_candidates(
    folder: Path,
    election: Election,
    contests: Sequence[ContestDigest],
    addresses: Mapping[str, str],
    manifest: Manifest,
    family_names: Mapping[str, str | None] | None = None,
) -> list[str]:
    """Write `candidates.html` and its letters into an election's folder; gives the pages, seen from there.

    `addresses`: contest id -> its folder, seen from the election's. `family_names`: by person id, where
    they are known; of all others the last word of the name decides.
    """
    every = list(candidate_lines(contests, addresses))
    known = family_names or {}
    ordered = sorted(every, key=lambda one: _place(one, known))
    pages = letter_pages(ordered, known) if len(ordered) > MOST_ALONE else []
    methods = {method for one in every for method in one.digest.methods}
    context = {
        "election": election,
        "manifest": manifest.of(methods, candidates=len(every)),
        "pages": pages,
        "total": len(every),
    }
    alone = () if pages else ordered
    coverage = summed(one.digest.coverage for one in every)
    page = render_page(
        "candidates",
        root=FROM_ELECTION,
        up="",
        here=None,
        shown=candidacy_rows(alone, ""),
        coverage=coverage,
        **context,
    )
    write_text(folder / PAGE, page)
    if pages:
        (folder / FOLDER).mkdir(exist_ok=True)
    for here in pages:
        page = render_page(
            "candidates",
            root=FROM_ELECTION + "../",
            up="../",
            here=here,
            shown=candidacy_rows(here.candidates, "../"),
            coverage=None,
            **context,
        )
        write_text(folder / here.address, page)
    return [PAGE, *(page.address for page in pages)]


def letter_pages(
    ordered: Iterable[CandidateLine], family_names: Mapping[str, str | None]
) -> list[LetterPage]:
    """Candidates in order of their names, cut by letter: a to z, then all others."""
    by_letter: defaultdict[str, list[CandidateLine]] = defaultdict(list)
    for line in ordered:
        by_letter[letter_of(sorting_name(line, family_names))].append(line)
    pages: list[LetterPage] = []
    for letter in sorted(by_letter, key=lambda one: (one == OTHER, one)):
        some = by_letter[letter]
        for number, start in enumerate(range(0, len(some), MOST_ON_PAGE), start=1):
            name = letter if letter == OTHER else letter.upper()
            more = number > 1
            pages.append(
                LetterPage(
                    name=f"{name} {number}" if more else name,
                    address=f"{FOLDER}/{letter}{f'-{number}' if more else ''}.html",
                    candidates=tuple(some[start : start + MOST_ON_PAGE]),
                )
            )
    return pages


def sorting_name(line: CandidateLine, family_names: Mapping[str, str | None]) -> str:
    """The family name, else the last word of the name, without accents and in small letters."""
    words = line.row.name.split()
    return _plain(family_names.get(line.row.person_id) or (words[-1] if words else ""))


def letter_of(name: str) -> str:
    """The first letter of a name without accents, if it is one of a to z; else `OTHER`."""
    first = next((sign for sign in name if sign.isalpha()), "")
    return first if first.isascii() and first else OTHER


def _place(line: CandidateLine, family_names: Mapping[str, str | None]) -> tuple[str, str, str, str]:
    row = line.row
    return sorting_name(line, family_names), _plain(row.name), row.contest, row.person_id


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).casefold()
