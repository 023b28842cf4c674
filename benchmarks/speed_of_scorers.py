"""How long each built-in sentiment method takes: milliseconds a target and a text, beside plain VADER.

    python benchmarks/speed_of_scorers.py --posts 2000

Posts are generated (benchmarks/generate.py), targets are those that are found without a roster. Texts are
normalised and targets found before the clock runs. Best of several runs; methods that need a model that the
user names are left out. A text takes a question about the whole of it and one about each of its targets.
"""

import argparse
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter

from generate import SENTENCES, generate
from post_authors import invented_roster
from post_texts import Writer

from analysis.contract import Question, Roster, Scorer, Span, StatementText
from analysis.sentiment import SCORERS, scorer_for
from analysis.targets import TargetFinder
from analysis.text import normalise

NEEDS_A_MODEL = frozenset(["transformers"])
BASELINE = "vader"
RUNS = 3
FIRST, LAST = date(2024, 5, 22), date(2024, 7, 6)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each text: about the whole of it, and toward its targets."""

    whole: Sequence[Question]
    toward: Sequence[Sequence[Question]]
    """Of each text; empty for one without targets."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds of one method."""

    whole: float
    """A text, asked about as a whole only."""
    target: float
    """A target; its share of reading the text is in it."""
    text: float
    """A text, asked about as a whole and toward each of its targets."""


def asked_of(texts: Sequence[str]) -> Asked:
    """The questions that `hustings tag` asks of these texts."""
    finder = TargetFinder(Roster())
    whole, toward = [], []
    for original in texts:
        text = normalise(original)
        found = finder.find(finder.complete(StatementText(id="", text=original)), text)
        whole.append(Question(text, names=found.names))
        toward.append(
            [
                Question(text, span=Span(target.start, target.end), names=found.names)
                for target in found.targets
                if target.start is not None and target.end is not None
            ]
        )
    return Asked(whole, toward)


def speed_of(scorer: Scorer, asked: Asked) -> Speed:
    """Measure one method, after a first run that fills its memory of words."""
    targets = [question for questions in asked.toward for question in questions]
    everything = list(_together(asked))
    scorer.score(everything)
    texts = max(len(asked.whole), 1)
    return Speed(
        whole=_milliseconds(scorer, asked.whole) / texts,
        target=_milliseconds(scorer, targets) / max(len(targets), 1),
        text=_milliseconds(scorer, everything) / texts,
    )


def _together(asked: Asked) -> Iterator[Question]:
    for whole, toward in zip(asked.whole, asked.toward, strict=True):
        yield whole
        yield from toward


def _milliseconds(scorer: Scorer, questions: Sequence[Question]) -> float:
    return 1000 * min(_seconds(scorer, questions) for _ in range(RUNS))


def _seconds(scorer: Scorer, questions: Sequence[Question]) -> float:
    begins = perf_counter()
    scorer.score(questions)
    return perf_counter() - begins


def generated(posts: int, seed: int) -> list[str]:
    """Texts of posts of invented candidates."""
    table = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    candidates = invented_roster(table["roster"])
    lines = generate(posts, seed=seed, candidates=candidates, writer=Writer(table), first=FIRST, last=LAST)
    return [json.loads(line)["text"] for line in lines]


def table_of(speeds: dict[str, Speed]) -> str:
    """The figures in Markdown, with how many times plain VADER's they are."""
    rows = [f"| method | whole text, ms | target, ms | text with its targets, ms | times `{BASELINE}` |"]
    rows += ["|---|--:|--:|--:|--:|"]
    for name, speed in speeds.items():
        times = speed.text / speeds[BASELINE].text
        rows.append(f"| {name} | {speed.whole:.3f} | {speed.target:.3f} | {speed.text:.3f} | {times:.1f} |")
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    args = parser.parse_args()
    asked = asked_of(generated(args.posts, args.seed))
    targets = sum(map(len, asked.toward))
    names = [name for name in SCORERS if name not in NEEDS_A_MODEL]
    speeds = {name: speed_of(scorer_for(name), asked) for name in names}
    print(f"{len(asked.whole):,} texts, {targets:,} targets\n")
    print(table_of(speeds))


if __name__ == "__main__":
    main()
