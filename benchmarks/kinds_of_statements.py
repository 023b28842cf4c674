"""How right the kinds are on coded statements, kind by kind, as Markdown.

    python benchmarks/kinds_of_statements.py benchmarks/statements/*.jsonl

What a line holds is said in coded_lines.py. Intervals are bootstrapped over authors.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from coded_lines import KINDS, coded_lines

from analysis.contract import KindName, Roster
from analysis.evaluation.codes import CodedStatement
from analysis.running.recipe import Recipe
from analysis.statistics import counts_of, f1_interval

Answer = tuple[CodedStatement, frozenset[KindName]]
"""A coded statement, and the kinds that were found in it."""


def table_of(answers: Sequence[Answer]) -> str:
    """Precision, recall and F1 of every kind that was coded."""
    lines = ["| kind | coded | found | precision | recall | F1 |", "|---|--:|--:|--:|--:|--:|"]
    for kind in KINDS:
        judged = [(one, found) for one, found in answers if kind in one.judged]
        pairs = [(kind in one.kinds, kind in found) for one, found in judged]
        counts = counts_of(pairs)
        recall, f1 = counts.recall(), counts.f1
        if recall is None or f1 is None:
            continue
        interval = f1_interval(pairs, [one.author for one, _ in judged])
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
    parser.add_argument("--kinds-model", type=Path, metavar="FILE|rules")
    asked = parser.parse_args()
    reader = Recipe(kinds_model=asked.kinds_model).reader(Roster())
    lines = list(coded_lines(asked.files))
    by_split: defaultdict[str, list[Answer]] = defaultdict(list)
    for line, reading in zip(lines, reader.read([line.coded.text for line in lines]), strict=True):
        by_split[line.split].append((line.coded, frozenset(kind.kind for kind in reading.kinds)))
    print(f"{reader.method}\n")
    for split, some in sorted(by_split.items()):
        right = sum(one.kinds & one.judged == found & one.judged for one, found in some)
        print(f"{split}: {len(some):,} statements, {right:,} right in all kinds that were coded\n")
        print(f"{table_of(some)}\n")


if __name__ == "__main__":
    main()
