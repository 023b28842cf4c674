"""What the classes of a model stand for, and what their probabilities say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from analysis.contract import Label
from analysis.rule_tables import read_table
from analysis.sentiment.errors import UnusableModel

PACKAGE = "analysis.sentiment.transformer"

ENTAILMENT = "entailment"
UNNAMED = re.compile(r"label \d+\Z")
"""What Transformers calls the classes of a model whose makers named none."""

HELP = (
    'write "id2label" into the config.json of a local copy, with negative, neutral and positive '
    "(or entailment, neutral and contradiction): docs/scorers.md"
)


class Task(StrEnum):
    """What a model was trained to tell."""

    CLASSIFIER = "classifier"
    NLI = "nli"


class Class(NamedTuple):
    """What one class stands for, and where it lies between -1 and 1."""

    stands_for: str
    score: float


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one model, in the order of its outputs."""

    task: Task
    classes: tuple[Class, ...]


class Verdict(NamedTuple):
    """A probability for each label; they sum to 1."""

    probabilities: Mapping[Label, float]
    score: float

    @property
    def label(self) -> Label:
        """The likeliest; neutral where two are equally likely."""
        return max((Label.NEUTRAL, Label.NEGATIVE, Label.POSITIVE), key=self.probabilities.__getitem__)


@cache
def spellings() -> dict[str, Class]:
    """The table of labels: how each is spelled -> what it stands for."""
    return {
        row["label"]: Class(row["stands_for"], float(row["score"]))
        for _, row in read_table(PACKAGE, "tables/labels.tsv")
    }


def read_classes(name: str, labels: Sequence[str]) -> Classes:
    """What a model's labels, in the order of its outputs, stand for. Raises UnusableModel where unclear."""
    keys = [" ".join(re.split(r"[\s_-]+", label.strip().lower())) for label in labels]
    unknown = [label for label, key in zip(labels, keys, strict=True) if not _is_clear(key, len(labels))]
    if unknown:
        raise UnusableModel(f"{name}: its labels {', '.join(unknown)} cannot be understood: {HELP}")
    classes = tuple(spellings()[key] for key in keys)
    stand_for = {one.stands_for for one in classes}
    if {ENTAILMENT, "contradiction"} <= stand_for <= {ENTAILMENT, "contradiction", "neutral"}:
        return Classes(Task.NLI, classes)
    if {"negative", "positive"} <= stand_for <= set(Label):
        return Classes(Task.CLASSIFIER, classes)
    raise UnusableModel(f"{name}: its labels {', '.join(labels)} tell no sentiment: {HELP}")


def _is_clear(key: str, count: int) -> bool:
    """Unnamed classes have a known order only where there are three."""
    return key in spellings() and (count == 3 or not UNNAMED.match(key))


def verdict_of_classes(classes: Classes, probabilities: Sequence[float]) -> Verdict:
    """What a classifier's answer says: classes of one label are added up."""
    pairs = list(zip(classes.classes, probabilities, strict=True))
    summed = {label: sum(p for one, p in pairs if one.stands_for == label) for label in Label}
    return Verdict(summed, sum(one.score * p for one, p in pairs))


def entailed(classes: Classes, probabilities: Sequence[float]) -> float:
    """How likely an NLI model holds its hypothesis to be entailed."""
    pairs = zip(classes.classes, probabilities, strict=True)
    return sum(p for one, p in pairs if one.stands_for == ENTAILMENT)


def verdict_of_hypotheses(well: float, badly: float) -> Verdict:
    """From how likely a text is to speak well, and how likely to speak badly: neutral is neither, or both."""
    only = {Label.NEGATIVE: badly * (1 - well), Label.POSITIVE: well * (1 - badly)}
    return Verdict({**only, Label.NEUTRAL: 1 - sum(only.values())}, well - badly)
