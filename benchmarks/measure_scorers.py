"""How right `vader` and `vader-target` are on hand-coded data (for `linear` see fit_linear.py), as Markdown.

    python benchmarks/measure_scorers.py NEWSMTSC_TRAIN.jsonl CARDIFF.csv [--method NAME ...]

A method that was trained on these files is measured by its folds, not by this.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import accuracy
import labelled
from accuracy import Judged

from analysis.contract import Question
from analysis.sentiment import scorer_for

BATCH = 500


def judged_targets(method: str, targets: Sequence[labelled.CodedTarget]) -> list[Judged]:
    """What a method answers to each target."""
    questions = [Question(item.text.text, span=item.span, names=item.text.names) for item in targets]
    answers = _asked(method, questions)
    return [
        Judged(item.label, label, sure, 0, item.is_single)
        for item, (label, sure) in zip(targets, answers, strict=True)
    ]


def judged_posts(method: str, posts: Sequence[labelled.CodedPost]) -> list[Judged]:
    """What a method answers to each post as a whole."""
    answers = _asked(method, [Question(post.text.text, names=post.text.names) for post in posts])
    return [Judged(post.label, label, sure, 0) for post, (label, sure) in zip(posts, answers, strict=True)]


def _asked(method: str, questions: Sequence[Question]) -> list[tuple[int, float]]:
    scorer = scorer_for(method)
    found = []
    for first in range(0, len(questions), BATCH):
        for answer in scorer.score(questions[first : first + BATCH]):
            found.append((accuracy.LABELS.index(str(answer.label)), answer.confidence))
    return found


def report(method: str, name: str, items: Sequence[Judged]) -> None:
    """Print the figures of one method on one data set."""
    print(f"\n## {method}: {name}\n\n{accuracy.report(name, items)}")
    for is_single, part in ((True, "one target a sentence"), (False, "several targets")):
        some = [item for item in items if item.is_single == is_single]
        if 0 < len(some) < len(items):
            print(accuracy.report(part, some))
    print(f"\n{accuracy.confusion(items)}\n\n{accuracy.diagram(items)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", type=Path)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--method", action="append")
    args = parser.parse_args()
    preparer = labelled.Preparer()
    targets = list(labelled.read_targets(args.targets, preparer.prepared))
    posts = list(labelled.read_posts(args.posts, preparer.prepared))
    for method in args.method or ["vader", "vader-target"]:
        report(method, "targets", judged_targets(method, targets))
        report(method, "posts", judged_posts(method, posts))


if __name__ == "__main__":
    main()
