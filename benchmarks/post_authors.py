"""Who writes the generated posts: the candidates of a roster, or invented ones."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

COLUMNS: Final = {
    "person_name": ("person_name", "party_name", "contest_name", "account_platform", "account_handle"),
    "Candidate surname": ("Candidate first name", "Candidate surname", "Party name", "Constituency name"),
}
"""The rosters that are understood: the column that tells one from the other, and those that it needs."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who writes, or is written about."""

    name: str
    party: str
    contest: str
    platform: str
    handle: str


@dataclass(frozen=True, slots=True)
class Author:
    """A candidate and those against whom they stand."""

    candidate: Candidate
    rivals: tuple[Candidate, ...]


def read_roster(path: Path) -> list[Candidate]:
    """Candidates of a plain roster, or of the House of Commons Library's results by candidate.

    Raises ValueError for a file with other columns, or without a candidate.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file, restval="")
        header = rows.fieldnames or ()
        form = next((form for form in COLUMNS if form in header), None)
        missing = set(COLUMNS[form]) - set(header) if form else {" or ".join(COLUMNS)}
        if missing:
            raise ValueError(f"{path}: no column {', '.join(sorted(missing))}")
        found = [
            _plain(row) if form == "person_name" else _commons(row) for row in rows if form and row[form]
        ]
    if not found:
        raise ValueError(f"{path}: no candidate")
    return _with_handles(found)


def _plain(row: dict[str, str]) -> Candidate:
    platform, handle = row["account_platform"] or "x", row["account_handle"].lstrip("@")
    return Candidate(row["person_name"], row["party_name"], row["contest_name"], platform, handle)


def _commons(row: dict[str, str]) -> Candidate:
    name = f"{row['Candidate first name']} {row['Candidate surname']}"
    return Candidate(name, row["Party name"], row["Constituency name"], "x", "")


def invented_roster(contests: Sequence[dict[str, Any]]) -> list[Candidate]:
    """Candidates who do not exist."""
    return _with_handles(
        Candidate(name, party, contest["contest"], "x", "")
        for contest in contests
        for name, party in contest["candidates"]
    )


def _with_handles(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Invent a handle of at most 15 letters where there is none; no two the same."""
    found: list[Candidate] = []
    taken: set[str] = set()
    for candidate in candidates:
        plain = unicodedata.normalize("NFKD", candidate.name).encode("ascii", "ignore").decode()
        stem = "".join(letter for letter in plain if letter.isalnum())[:10] or "candidate"
        handle, number = candidate.handle or stem, 1
        while not candidate.handle and handle.casefold() in taken:
            number += 1
            handle = f"{stem}{number}"
        taken.add(handle.casefold())
        found.append(replace(candidate, handle=handle))
    return found


def authors_of(candidates: Sequence[Candidate]) -> list[Author]:
    """Each candidate with the others of the contest (or, alone in it, with everybody else)."""
    contests: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        contests.setdefault(candidate.contest, []).append(candidate)
    return [_author(candidate, contests[candidate.contest], candidates) for candidate in candidates]


def _author(candidate: Candidate, contest: Sequence[Candidate], everybody: Sequence[Candidate]) -> Author:
    few = contest if len(contest) > 1 else everybody[:50]
    return Author(candidate, tuple(other for other in few if other is not candidate) or (candidate,))
