"""The rule tables: `rules/*.csv` as values, refused loudly where a cell cannot be understood."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from analysis.contract import AccusationType, KindName, Label, Scope, Strength, TargetType
from analysis.kinds.phrases import Phrase, read_phrase
from analysis.rule_tables import RuleError, read_table

OCCASIONS = (
    "after_polls",
    "before_polls",
    "results_time",
    "quoted",
    "cited",
    "question",
    "own_party",
    "rival_party",
    "own_label",
    "own_colour",
    "rival_colour",
    "leads",
    "in_power",
    "in_primary",
)
"""Conditions that are not phrases (passage.py says when each holds)."""

PLACES = (
    "touching",
    "just_before",
    "before",
    "within",
    "next",
    "just_after",
    "after",
    "clause",
    "sentence",
    "elsewhere",
    "text",
)
"""Where the phrase of a condition may stand, seen from the words that a rule matched."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """What holds for every rule of one kind."""

    kind: KindName
    threshold: float
    unless: tuple[str, ...]
    about: frozenset[TargetType]
    """Types of target that this kind can be about."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A name for phrases that make a rule count, or not count, where they stand near its match."""

    name: str
    where: str
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a rule table."""

    kind: KindName
    line: str
    """File and line, for messages."""
    phrase: Phrase
    confidence: float
    strength: Strength | None
    scope: Scope | None
    types: tuple[AccusationType, ...]
    insult: bool
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, read and checked."""

    words: Mapping[str, str]
    kinds: Mapping[KindName, KindRow]
    conditions: Mapping[str, tuple[Condition, ...]]
    rules: tuple[Rule, ...]
    hostility: Mapping[tuple[TargetType, Label], float]
    """How far a rival's mention speaks for an accusation, by the rival's type and the sentiment toward it."""


def _rows(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    return read_table("analysis.kinds", f"rules/{name}.csv")


def _read_words() -> dict[str, str]:
    return {row["name"]: row["phrases"] for _, row in _rows("words")}


def _read_kinds() -> dict[KindName, KindRow]:
    return {
        KindName(row["kind"]): KindRow(
            KindName(row["kind"]),
            float(row["threshold"]),
            tuple(row["unless"].split()),
            frozenset(TargetType(name) for name in row["about"].split()),
        )
        for _, row in _rows("kinds")
    }


def read_conditions(
    rows: Iterable[tuple[str, dict[str, str]]], words: Mapping[str, str]
) -> dict[str, tuple[Condition, ...]]:
    """Conditions by name, in the order of their rows (place, cells); those of OCCASIONS have no phrase."""
    found: dict[str, tuple[Condition, ...]] = dict.fromkeys(OCCASIONS, ())
    for place, row in rows:
        if row["where"] not in PLACES or row["name"] in OCCASIONS:
            raise RuleError(f"{place}: cannot read {row['name']!r} in {row['where']!r}")
        condition = Condition(row["name"], row["where"], read_phrase(row["phrase"], words))
        found[row["name"]] = (*found.get(row["name"], ()), condition)
    return found


def read_rule(kind: KindName, place: str, row: Mapping[str, str], words: Mapping[str, str]) -> Rule:
    """One line of a rule table. Raises RuleError, naming the place, where a cell cannot be understood."""
    try:
        return Rule(
            kind=kind,
            line=place,
            phrase=read_phrase(row["phrase"], words),
            confidence=_share(row["confidence"]),
            strength=Strength(row["strength"]) if row.get("strength") else None,
            scope=Scope(row["scope"]) if row.get("scope") else None,
            types=tuple(AccusationType(name) for name in row.get("types", "").split()),
            insult={"": False, "yes": True}[row.get("insult", "")],
            needs=tuple(row["needs"].split()),
            unless=tuple(row["unless"].split()),
            examples=_sentences(row["example"]),
            counter_examples=_sentences(row["counter_example"]),
        )
    except (KeyError, ValueError) as error:
        raise RuleError(f"{place}: {error}") from error


def _share(cell: str) -> float:
    share = float(cell)
    if not 0 < share <= 1:
        raise ValueError(f"{cell} is not between 0 and 1")
    return share


def _sentences(cell: str) -> tuple[str, ...]:
    """Several examples in one cell are divided by ` / `."""
    return tuple(part.strip() for part in cell.split(" / ") if part.strip())


def _read_hostility() -> dict[tuple[TargetType, Label], float]:
    return {
        (TargetType(row["type"]), Label(row["label"])): float(row["weight"]) for _, row in _rows("hostility")
    }


def _check(tables: Tables) -> None:
    for rule in tables.rules:
        unknown = {*rule.needs, *rule.unless, *tables.kinds[rule.kind].unless} - set(tables.conditions)
        if unknown:
            raise RuleError(f"{rule.line}: unknown condition {', '.join(sorted(unknown))}")


@cache
def read_tables() -> Tables:
    """Read every table once. Raises RuleError with file and line where one is wrong."""
    words, kinds = _read_words(), _read_kinds()
    rules = tuple(read_rule(kind, place, row, words) for kind in kinds for place, row in _rows(kind.value))
    tables = Tables(words, kinds, read_conditions(_rows("conditions"), words), rules, _read_hostility())
    _check(tables)
    return tables
