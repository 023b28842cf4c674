"""Trains the encoder that ships, and writes what encoders say of statements that they did not learn from.

    python benchmarks/fit_encoder.py FILE.jsonl ... --gold GOLD.jsonl POSTS.jsonl --base FOLDER
        --out ENCODER.npz --held-out READINGS.jsonl

`--base`: a folder with all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019; Apache-2.0) as
Transformers reads it. Nothing with `split: test` is learned from. Of the rest, each writer is in one of three
parts; what the encoder of the other two says of a part is what benchmarks/fit_kinds.py is told of it
(`--held-out`). Three quarters of an hour on two cores. Needs PyTorch and Transformers.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coded_lines import FIT, CodedLine, coded_lines, gold_lines, undated
from encoder_training import LONGEST, Lesson, Trainee, numbers_of, pieces_of, read, train

from analysis.kinds.encoder.network import written
from analysis.kinds.encoder.pieces import Pieces
from analysis.kinds.encoder.reading import Asked, parts_of
from analysis.kinds.layer.traits import KINDS, occasion_of

FOLDS = 3
COUNTS_AS = 3
"""A real post is learned from so many times an epoch: there are thirty times as many invented ones."""
SEED = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A coded line, and which part it is in."""

    line: CodedLine
    lesson: Lesson
    is_real: bool
    fold: int


def rows_of(lines: Sequence[CodedLine], pieces: Pieces, *, is_real: bool) -> Iterator[Row]:
    """What may be learned from; a writer's texts in one part, real posts by lot."""
    chance = random.Random(SEED)
    writers = sorted({line.source for line in lines})
    chance.shuffle(writers)
    for number, line in enumerate(lines):
        if line.split == FIT:
            text = line.coded.text
            told, blind = (
                parts_of(Asked(occasion_of(one), text.text), pieces, LONGEST)[0]
                for one in (text, replace(text, polls=None))
            )
            lesson = Lesson(told, blind, line.coded.kinds, line.coded.judged)
            yield Row(line, lesson, is_real, (number if is_real else writers.index(line.source)) % FOLDS)


def lessons_of(rows: Sequence[Row]) -> list[Lesson]:
    """All that they teach, real ones several times."""
    return [row.lesson for row in rows for _ in range(COUNTS_AS if row.is_real else 1)]


def readings(base: Path, rows: Sequence[Row]) -> Iterator[str]:
    """A line of JSON for each row, and another as if its day were unknown: what an encoder says of it that
    learned from other parts alone."""
    for fold in range(FOLDS):
        held = [row for row in rows if row.fold == fold]
        trainee = train(base, KINDS, lessons_of([row for row in rows if row.fold != fold]), SEED)
        lines = [row.line for row in held]
        yield from _told(trainee, lines, [row.lesson for row in held])
        blind = [replace(row.lesson, numbers=row.lesson.undated) for row in held if row.line.coded.text.polls]
        yield from _told(trainee, list(undated(lines)), blind)


def _told(trainee: Trainee, lines: Sequence[CodedLine], lessons: Sequence[Lesson]) -> Iterator[str]:
    for line, odds in zip(lines, read(trainee, lessons), strict=True):
        said = {str(kind): round(float(one), 2) for kind, one in zip(KINDS, odds, strict=True)}
        yield json.dumps({"id": line.coded.text.id, "odds": said}) + "\n"


def main() -> None:
    """Train, and write both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--gold", type=Path, nargs=2, metavar=("CODES", "TEXTS"))
    parser.add_argument("--base", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, required=True)
    asked = parser.parse_args()
    vocabulary, pieces = pieces_of(asked.base)
    rows = [*rows_of(list(coded_lines(asked.files)), pieces, is_real=False)]
    if asked.gold:
        rows += rows_of(list(gold_lines(*asked.gold)), pieces, is_real=True)
    with asked.held_out.open("w", encoding="utf-8") as stream:
        stream.writelines(readings(asked.base, rows))
    trainee = train(asked.base, KINDS, lessons_of(rows), SEED)
    about = {"kinds": KINDS, "base": "all-MiniLM-L6-v2", "seed": SEED, "statements": len(rows)}
    asked.out.write_bytes(written(numbers_of(trainee), vocabulary, about))


if __name__ == "__main__":
    main()
