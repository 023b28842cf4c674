"""A reader of the search's files in plain Python: what the page does, written a second time."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.publishing.search_index import SearchDoc
from analysis.publishing.search_index.coding import ALPHABET
from analysis.publishing.search_index.folding import cut, words_of


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with filters."""

    terms: tuple[Term, ...] = ()
    contest: str = ""
    kind: str | None = None
    tone: str = ""
    target: str = ""
    toward: str = ""
    elected: tuple[bool | None, ...] = ()


def numbers(code: str) -> list[int]:
    """The numbers of a coded text."""
    found, number, shift = [], 0, 0
    for sign in code:
        digit = ALPHABET.index(sign)
        number |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            found.append(number)
            number, shift = 0, 0
    return found


def call(path: Path) -> list[Any]:
    """What a file of the index hands over."""
    content = path.read_text(encoding="utf-8")
    found = re.fullmatch(r"hustingsSearch\((.*)\);\n", content, re.DOTALL)
    assert found, path
    data: list[Any] = json.loads(f"[{found[1]}]")
    return data[3:]


def directory(site: Path) -> dict[str, Any]:
    """The list of what there is."""
    found: dict[str, Any] = call(site / "search" / "directory.js")[0]
    return found


def answer(site: Path, asked: Asked) -> list[str]:
    """The keys of the statements that answer, newest first."""
    return [
        key for name, *_ in directory(site)["segments"] for key in _answer(site / "search" / str(name), asked)
    ]


def _answer(folder: Path, asked: Asked) -> Iterator[str]:
    columns = call(folder / "columns.js")[0]
    rows = [
        row for number, _ in enumerate(columns["chunks"]) for row in call(folder / f"docs-{number}.js")[0]
    ]
    holding = [_holding(folder, columns, term) for term in asked.terms]
    speakers, kinds = numbers(columns["speaker"]), _lists(numbers(columns["kind"]), 1)
    tones, targets = numbers(columns["tone"]), _lists(numbers(columns["target"]), 2)
    for doc, row in enumerate(rows):
        contest, _, _, _, elected, _ = columns["speakers"][speakers[doc]]
        named = [columns["kinds"][one] for (one,) in kinds[doc]]
        spoken = [(columns["targets"][who], columns["tones"][tone]) for who, tone in targets[doc]]
        if (
            all((doc in found) != term.is_not for term, found in zip(asked.terms, holding, strict=True))
            and asked.contest in ("", columns["contests"][contest][2])
            and _fits(asked, named, columns["tones"][tones[doc]], spoken, elected)
        ):
            yield row[0]


def _fits(
    asked: Asked,
    kinds: Sequence[str],
    tone: str,
    targets: Iterable[tuple[str, str]],
    elected: bool | None,
) -> bool:
    return (
        (asked.kind is None or asked.kind in (kinds or [""]))
        and asked.tone in ("", tone)
        and (not asked.elected or elected in asked.elected)
        and (
            not (asked.target or asked.toward)
            or any(asked.target in ("", who) and asked.toward in ("", how) for who, how in targets)
        )
    )


def _lists(flat: Sequence[int], width: int) -> list[list[tuple[int, ...]]]:
    found, place = [], 0
    while place < len(flat):
        count, place = flat[place], place + 1
        found.append([tuple(flat[at : at + width]) for at in range(place, place + count, width)])
        place += count
    return found


def _holding(folder: Path, columns: dict[str, Any], term: Term) -> set[int]:
    last = len(term.words) - 1
    places: set[int] | None = None
    for offset, word in enumerate(term.words):
        found = _places(folder, columns["words"], word, is_prefix=term.is_prefix and offset == last)
        here = {place - offset for place in found}
        places = here if places is None else places & here
    starts = [0]
    for length in numbers(columns["length"]):
        starts.append(starts[-1] + length + 1)
    return {bisect_right(starts, place) - 1 for place in places or ()}


def _places(folder: Path, firsts: Sequence[str], word: str, *, is_prefix: bool) -> Iterator[int]:
    """Only the files that can hold the word are read: those between which it lies by the order of UTF-16."""
    keys = [first.encode("utf-16-be") for first in firsts]
    number = max(0, bisect_right(keys, word.encode("utf-16-be")) - 1)
    while number < len(firsts):
        words, codes = call(folder / f"words-{number}.js")
        for one, code in zip(words.split(" "), codes.split(","), strict=True):
            if one == word or (is_prefix and one.startswith(word)):
                place = 0
                for step in numbers(code):
                    place += step
                    yield place
        number += 1
        if not is_prefix or (number < len(firsts) and not firsts[number].startswith(word)):
            return


def brute_force(docs: Iterable[SearchDoc], asked: Asked) -> list[str]:
    """The same answer without an index."""
    ordered = sorted(docs, key=lambda one: (one.at is None, -(one.at or 0), one.key))
    return [
        doc.key
        for doc in ordered
        if all(_stands(doc.text, term) != term.is_not for term in asked.terms)
        and asked.contest in ("", doc.contest_id)
        and _fits(asked, doc.kinds, doc.tone, doc.targets, doc.elected)
    ]


def _stands(text: str, term: Term) -> bool:
    tokens = [words_of(token) for token in cut(text)]
    last = len(term.words) - 1
    return any(
        all(
            any(
                own.startswith(word) if term.is_prefix and offset == last else own == word
                for own in tokens[at + offset]
            )
            for offset, word in enumerate(term.words)
        )
        for at in range(len(tokens) - last)
    )
