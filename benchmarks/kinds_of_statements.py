"""How right the kinds are on coded statements, kind by kind, as Markdown.

    python benchmarks/kinds_of_statements.py benchmarks/statements/*.jsonl

A line is what `hustings tag` reads, with `kinds`: what the statement does by docs/codebook.md, and where
only some kinds were coded with `judged`: which. `split` says for what it may be used: texts that rules were
written from or models fitted on (`fit`) flatter, and are told apart from those that nobody looked at
(`test`). Intervals are bootstrapped over authors.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.contract import KindName, Roster
from analysis.reader import Reader
from analysis.running.recipe import Recipe
from analysis.statistics import counts_of, f1_interval
from analysis.tagging import tag_lines

FIT = "fit"
"""What a text without `split` may be used for."""


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded statement, and what was found in it."""

    author: str
    split: str
    kinds: frozenset[str]
    judged: frozenset[str]
    found: frozenset[str]


def coded_in(paths: Iterable[Path], reader: Reader) -> Iterator[Coded]:
    """Read coded files. Raises ValueError for a line that is none, with its place."""
    for path in paths:
        lines = path.read_bytes().splitlines()
        for number, (line, tagged) in enumerate(zip(lines, tag_lines(lines, reader), strict=True), start=1):
            if tagged.reading is None:
                raise ValueError(f"{path}, line {number}: {tagged.error}")
            yield _coded(json.loads(line), {str(one.kind) for one in tagged.reading.kinds}, path, number)


def _coded(row: Mapping[str, Any], found: Iterable[str], path: Path, number: int) -> Coded:
    known = {str(kind) for kind in KindName}
    unknown = {*row["kinds"], *row.get("judged", ())} - known
    if unknown:
        raise ValueError(f"{path}, line {number}: there is no kind {', '.join(sorted(unknown))}")
    return Coded(
        author=str(row.get("author", number)),
        split=str(row.get("split", FIT)),
        kinds=frozenset(row["kinds"]),
        judged=frozenset(row.get("judged", known)),
        found=frozenset(found),
    )


def table_of(statements: Sequence[Coded]) -> str:
    """Precision, recall and F1 of every kind that was coded."""
    lines = ["| kind | coded | found | precision | recall | F1 |", "|---|--:|--:|--:|--:|--:|"]
    for kind in KindName:
        judged = [one for one in statements if kind in one.judged]
        pairs = [(kind in one.kinds, kind in one.found) for one in judged]
        counts = counts_of(pairs)
        recall, f1 = counts.recall(), counts.f1
        if recall is None or f1 is None:
            continue
        interval = f1_interval(pairs, [one.author for one in judged])
        within = f" [{interval.low:.2f}, {interval.high:.2f}]" if interval else ""
        coded, found = counts.both + counts.missed, counts.both + counts.found_only
        precision = counts.precision()
        right = f"{precision.value:.2f}" if precision else "–"
        lines.append(f"| {kind} | {coded} | {found} | {right} | {recall.value:.2f} | {f1:.2f}{within} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    reader = Recipe().reader(Roster())
    by_split: defaultdict[str, list[Coded]] = defaultdict(list)
    for one in coded_in(parser.parse_args().files, reader):
        by_split[one.split].append(one)
    print(f"{reader.method}\n")
    for split, some in sorted(by_split.items()):
        right = sum(one.kinds & one.judged == one.found & one.judged for one in some)
        print(f"{split}: {len(some):,} statements, {right:,} right in all kinds that were coded\n")
        print(f"{table_of(some)}\n")


if __name__ == "__main__":
    main()
