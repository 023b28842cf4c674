"""The page of methods: what each one is, how often it was right, and how figures are counted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.evaluation.accuracy import Measured
from analysis.reports.concessions.summary import SMALLEST_SHARE
from analysis.reports.folder import write_text
from analysis.reports.manifest import Manifest
from analysis.reports.method_facts import NamedMethod, named_methods
from analysis.reports.tones import SMALLEST_MEAN
from analysis.site import render_page
from analysis.statistics import LEVEL
from analysis.statistics.suppression import LEAST_CANDIDATES, LEAST_POSTS

PAGE = "methods.html"

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence."""

    text: str
    is_code: bool


def pieces(text: str) -> list[Piece]:
    """A sentence cut where backticks set a name apart."""
    return [Piece(part, place % 2 == 1) for place, part in enumerate(_CODE.split(text)) if part]


def write_methods(
    folder: Path,
    manifest: Manifest,
    methods: Iterable[str],
    measured: Measured | None,
) -> list[NamedMethod]:
    """Write `methods.html` into a report's folder; gives the methods that it describes, or does not know.

    `methods`: those behind any number of the report. `measured`: by hand codes of this archive, if any.
    """
    named = named_methods(methods)
    page = render_page(
        "methods",
        root="",
        manifest=manifest,
        methods=named,
        measured=measured,
        pieces=pieces,
        least_posts=LEAST_POSTS,
        least_candidates=LEAST_CANDIDATES,
        smallest_mean=SMALLEST_MEAN,
        smallest_share=SMALLEST_SHARE,
        level=LEVEL,
    )
    write_text(folder / PAGE, page)
    return named
