"""What a report's folder holds: its pages by type, what each weighs, and how large the whole is."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from posixpath import normpath

INDEX = "index.html"

_NUMBER = re.compile(r"\d+")
_SHELF = re.compile(r"[0-9a-f]{1,6}\.html")
_LOADS = re.compile(rb"<(?:script|link|img|source|iframe)\b[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\s(?:src|href)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_STYLE = re.compile(rb"""\srel\s*=\s*["']?(?:stylesheet|preload|icon)\b""", re.IGNORECASE)


def type_of(path: str) -> str:
    """The type of a page from its path: names of single things become `*`, numbers `N`.

    Folders of a report take turns: what a thing is (`elections`, `contests`), then which one.
    `elections/mayor/contests/hill/statements-2.html` is an `elections/*/contests/*/statements-N.html`.
    """
    parts = PurePosixPath(path).parts
    *folders, name = ("*" if place % 2 else part for place, part in enumerate(parts))
    if parts[-1] == INDEX:
        name = INDEX
    elif name == "*":
        name = "*.html"
    elif folders and _SHELF.fullmatch(name):
        name = "N.html"
    return "/".join([*folders, _NUMBER.sub("N", name)])


@dataclass(frozen=True, slots=True)
class TypeOfPage:
    """The pages of one type."""

    type: str
    pages: int
    largest: str
    """Path of the one that weighs most."""
    bytes: int
    """What that weighs: its HTML, and what it alone loads when it opens."""


@dataclass(frozen=True)
class Folder:
    """The files of a report, as they stand when first asked for."""

    path: Path

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Path with `/` -> bytes, of every name of a file."""
        return {path: stat.st_size for path, stat in self._stats.items()}

    @cached_property
    def _stats(self) -> Mapping[str, os.stat_result]:
        found = {}
        for place, _, names in os.walk(self.path):
            for name in names:
                file = Path(place) / name
                found[file.relative_to(self.path).as_posix()] = file.lstat()
        return dict(sorted(found.items()))

    @property
    def bytes(self) -> int:
        """Of all files; one that has several names counts once."""
        return sum(stat.st_size for stat in self._once())

    @property
    def bytes_on_disk(self) -> int:
        """What the disk gives up for them: whole blocks."""
        return sum(getattr(stat, "st_blocks", 0) * 512 for stat in self._once())

    def _once(self) -> Iterable[os.stat_result]:
        return {(stat.st_dev, stat.st_ino): stat for stat in self._stats.values()}.values()

    @property
    def pages(self) -> list[str]:
        """Every page, by path."""
        return [path for path in self.sizes if path.endswith(".html")]

    def types(self) -> list[TypeOfPage]:
        """The types of pages, heaviest first."""
        weights = self.weights()
        found: defaultdict[str, list[str]] = defaultdict(list)
        for page in self.pages:
            found[type_of(page)].append(page)
        rows = []
        for type_, pages in found.items():
            largest = max(pages, key=lambda page: weights[page])
            rows.append(TypeOfPage(type_, len(pages), largest, weights[largest]))
        return sorted(rows, key=lambda row: (-row.bytes, row.type))

    def weights(self) -> dict[str, int]:
        """Page -> bytes that opening it reads, without files that other pages load, too: those come once.

        Scripts that a page's own script asks for later, such as parts of the index of a search, are not in.
        """
        loads = {
            page: loaded_by(page, (self.path / page).read_bytes()) & self.sizes.keys() for page in self.pages
        }
        uses = Counter(file for files in loads.values() for file in files)
        return {
            page: self.sizes[page] + sum(self.sizes[file] for file in files if uses[file] == 1)
            for page, files in loads.items()
        }


def loaded_by(page: str, html: bytes) -> set[str]:
    """The files of the report that a page loads by itself: scripts, styles, pictures."""
    found = set()
    for tag in _LOADS.findall(html):
        address = _ADDRESS.search(tag)
        if address is None or (tag[:5].lower() == b"<link" and not _STYLE.search(tag)):
            continue
        plain = re.split(r"[?#]", address[1].decode(errors="replace"))[0]
        if plain and not re.match(r"[a-z]+:|/", plain):
            found.add(normpath(str(PurePosixPath(page).parent / plain)))
    return found
