"""Hand-coded data as the analysis reads it: NewsMTSC, Cardiff, VADER's own ground truth."""

import csv
import json
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from zlib import crc32

from analysis.contract import Roster, Span, StatementText
from analysis.sentiment.linear.opened import OpenedText
from analysis.targets import TargetFinder
from analysis.text import Normalised, normalise

LABELS = ("negative", "neutral", "positive")
GROUND_TRUTH = "_GroundTruth.txt"
"""Ending of the files in VADER's archive `hutto_ICWSM_2014.tar.gz` that hold texts and their mean rating."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the scorers get it: normalised, with the names in it recognised."""

    text: Normalised
    names: tuple[Span, ...]

    def opened(self) -> OpenedText:
        """The text as the scorer reads it."""
        return OpenedText(self.text, self.names)


@dataclass(frozen=True, slots=True)
class CodedTarget:
    """One target of a sentence."""

    text: Text
    span: Span
    """In the original text."""
    label: int
    """Index in `LABELS`."""
    group: str
    """The article that it comes from."""
    is_single: bool
    """The only target of its sentence."""


@dataclass(frozen=True, slots=True)
class CodedPost:
    """One post, coded as a whole."""

    text: Text
    label: int


class Preparer:
    """Prepares texts as `hustings tag` does without a roster."""

    def __init__(self) -> None:
        self._finder = TargetFinder(Roster())

    def prepared(self, original: str) -> Text:
        """The text, with the names that are found in it."""
        statement = self._finder.complete(StatementText(id="", text=original))
        text = normalise(original)
        return Text(text, self._finder.find(statement, text).names)


Prepare = Callable[[str], Text]
"""Makes a text ready: `Preparer().prepared`, or `with_names_shown`."""


def with_names_shown(original: str) -> Text:
    """The text, with no name recognised in it."""
    return Text(normalise(original), ())


def read_targets(path: Path, prepared: Prepare) -> Iterator[CodedTarget]:
    """Every target of a NewsMTSC file; its polarity 2, 4, 6 is negative, neutral, positive."""
    for item in _items(path):
        targets = [target for target in item["targets"] if target["polarity"] in (2, 4, 6)]
        text = prepared(item["sentence_normalized"])
        article = "_".join(item["primary_gid"].split("_")[:3])
        for target in targets:
            yield CodedTarget(
                text=text,
                span=Span(target["from"], target["to"]),
                label=int(target["polarity"]) // 2 - 1,
                group=article,
                is_single=len(targets) == 1,
            )


def _items(path: Path) -> Iterator[Any]:
    """The lines of a file of JSON; no other sign than a line feed ends one."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, filter(str.strip, lines))


def read_posts(path: Path, prepared: Prepare) -> Iterator[CodedPost]:
    """Every labelled post of a Cardiff file."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["label"] in ("-1", "0", "1"):
                yield CodedPost(prepared(row["full_text"]), int(row["label"]) + 1)


def read_ratings(archive: Path) -> Iterator[tuple[str, float]]:
    """Texts and their mean rating (-4..4) from `hutto_ICWSM_2014.tar.gz`, by the names of its files."""
    with tarfile.open(archive) as files:
        members = sorted(
            (member for member in files.getmembers() if member.name.endswith(GROUND_TRUTH)),
            key=lambda member: member.name,
        )
        for member in members:
            content = files.extractfile(member)
            for line in TextIOWrapper(content, encoding="latin-1") if content else ():
                _, rating, text = line.rstrip("\n").split("\t", 2)
                yield text.replace("''", '"'), float(rating)


def folds_of(items: Sequence[CodedTarget], folds: int) -> list[int]:
    """A fold for each target: those of one article, and those of identical sentences, share one."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for item in items:
        parent[root(f"article {item.group}")] = root(f"text {item.text.text.original}")
    roots = [root(f"article {item.group}") for item in items]
    mixed = sorted(set(roots), key=lambda name: (hash_of(name), name))
    order = {name: i for i, name in enumerate(mixed)}
    return [order[name] % folds for name in roots]


def hash_of(text: str) -> int:
    """A number for a text, the same in every run."""
    return crc32(text.encode("utf-8", "surrogatepass"))
