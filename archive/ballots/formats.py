"""The formats of candidates and results files, and which one a file is in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from archive.ballots import commons, constituencies, democracy_club, party_results, plain
from archive.ballots.folding import Repeats, folded
from archive.ballots.rows import Ballot, Request
from archive.ballots.sheet import Sheet, read_sheet
from archive.contract import UnreadableSource

AREA_CODE = re.compile(r"[A-Z][0-9]{8}")
"""The Office for National Statistics' codes of areas, with which the Library's rows begin."""


@dataclass(frozen=True, slots=True)
class Headed:
    """A format known by its header row."""

    name: str
    columns: frozenset[str]
    """Columns that tell it from other formats."""
    read: Callable[[Sheet, Request], Ballot]
    repeats: Repeats


@dataclass(frozen=True, slots=True)
class Headless:
    """A format without header row, known by the number of its columns and an area code in the first."""

    name: str
    widths: frozenset[int]
    read: Callable[[Sheet, Request], Ballot]
    repeats: Repeats


BUILT_IN: tuple[Headed | Headless, ...] = (
    Headed("commons-candidacies", frozenset(commons.COLUMNS), commons.read_headed, Repeats.NEVER),
    Headed(
        "commons-constituencies",
        frozenset(constituencies.NAMED),
        constituencies.read_headed,
        Repeats.NEVER,
    ),
    Headed("democracy-club", democracy_club.READ, democracy_club.read_export, Repeats.IF_AGREEING),
    Headed("democracy-club-2015", democracy_club.READ_2015, democracy_club.read_2015, Repeats.IF_AGREEING),
    # Before our own format, of which it is a part but for `won`: a header that fits both is this one.
    Headed("party-results", party_results.KNOWN, party_results.read_party_results, Repeats.NEVER),
    Headed("plain", plain.KNOWN, plain.read_plain, Repeats.FOR_ACCOUNTS),
    Headless("commons-candidacies-headless", frozenset({21, 22}), commons.read_headless, Repeats.NEVER),
    Headless(
        "commons-constituencies-headless",
        frozenset({31, 32}),
        constituencies.read_headless,
        Repeats.NEVER,
    ),
)

LEAST_SHARED = 3
"""Columns that a header must share with a format to be taken for it: fewer are chance (`name`, `votes`)."""


def read_ballot(path: Path, request: Request) -> Ballot:
    """Read a file of candidates or results in whatever known format it is.

    Raises UnreadableSource, naming file, row and column, for anything wrong in it.
    """
    sheet = read_sheet(path)
    form = form_for(sheet)
    ballot = folded(form.read(sheet, request), form.repeats)
    if not ballot.contests and not ballot.parties:
        raise UnreadableSource(f"{sheet.file} holds a header and no rows")
    return replace(ballot, body=sheet.body)


def form_for(sheet: Sheet) -> Headed | Headless:
    """The format that a sheet is in.

    A header goes to the format with which it shares most columns, so that a file that lacks one is
    refused for that column and not as unknown.
    """
    if AREA_CODE.fullmatch(sheet.header[0]):
        fitting = [form for form in BUILT_IN if isinstance(form, Headless)]
        found: Headed | Headless | None = next(
            (form for form in fitting if len(sheet.header) in form.widths), None
        )
    else:
        found = _by_header(frozenset(sheet.header))
    if found is None:
        names = ", ".join(form.name for form in BUILT_IN)
        raise UnreadableSource(f"{sheet.file}, row 1: not one of the known formats ({names})")
    return found


def _by_header(header: frozenset[str]) -> Headed | None:
    headed = [form for form in BUILT_IN if isinstance(form, Headed)]
    best = max(headed, key=lambda form: len(form.columns & header))
    return best if len(best.columns & header) >= LEAST_SHARED else None
