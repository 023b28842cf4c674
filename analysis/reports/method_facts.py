"""What is known of the methods: the table `method-facts.toml`, and which of its entries a report names."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from analysis.rule_tables import RuleError

TABLE = "method-facts.toml"

FIGURE_KEYS = frozenset({"data", "measure", "value", "low", "high", "n", "date", "docs"})
METHOD_KEYS = frozenset({"names", "begins", "does", "section", "says", "failures", "figure"})
OPTIONAL = frozenset({"names", "begins", "low", "high", "failures", "figure"})

Entry = dict[str, Any]
"""A table of TOML, not checked yet."""


@dataclass(frozen=True, slots=True)
class FactFigure:
    """One measured figure, in the digits of docs/methods.md."""

    data: str
    measure: str
    value: str
    low: str | None
    high: str | None
    """Of the 95 % interval; None where it was not taken."""
    n: str
    date: str
    docs: tuple[str, ...]
    """What docs/methods.md holds, from which the figure is."""


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """One method, or a family of those whose names begin alike."""

    names: tuple[str, ...]
    begins: str | None
    does: str
    section: str
    """Heading in docs/methods.md."""
    says: str
    failures: tuple[str, ...]
    figures: tuple[FactFigure, ...]

    def is_about(self, method: str) -> bool:
        """Whether a method is this one, with its version."""
        return method in self.names or (self.begins is not None and method.startswith(self.begins))

    def is_other_version_of(self, method: str) -> bool:
        """Whether a method is this one, but of another version."""
        return any(_unversioned(name) == _unversioned(method) for name in self.names)


@dataclass(frozen=True, slots=True)
class NamedMethod:
    """A method that a report names, with what is known of it."""

    name: str
    facts: MethodFacts | None
    """None: the table does not know it."""
    other_versions: tuple[str, ...]
    """Versions that the table describes, where it does not know this one."""


@cache
def method_facts() -> tuple[MethodFacts, ...]:
    """The table that ships with this release. Raises RuleError where it is not as it should be."""
    return parse_facts(files("analysis.reports").joinpath(TABLE).read_text(encoding="utf-8"))


def parse_facts(text: str) -> tuple[MethodFacts, ...]:
    """The entries of a table. Raises RuleError, which names the entry and the key."""
    try:
        entries = _tables(tomllib.loads(text), "method", TABLE)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{TABLE}: {error}") from error
    return tuple(_facts(entry, f"{TABLE}, method {number}") for number, entry in enumerate(entries, start=1))


def named_methods(methods: Iterable[str]) -> list[NamedMethod]:
    """Every part of the methods that a report names, each once: first what the table knows, in its order.

    A reading's method joins its parts by `+`; a layer over the rules for kinds follows them behind `~`.
    """
    parts = {part for method in methods for piece in method.split("+") for part in piece.split("~") if part}
    found = [_named(part) for part in sorted(parts)]
    return sorted(found, key=lambda one: _place(one.facts))


def _named(method: str) -> NamedMethod:
    table = method_facts()
    facts = next((one for one in table if one.is_about(method)), None)
    others = [] if facts else [name for one in table if one.is_other_version_of(method) for name in one.names]
    return NamedMethod(method, facts, tuple(others))


def _place(facts: MethodFacts | None) -> int:
    return method_facts().index(facts) if facts else len(method_facts())


def _unversioned(method: str) -> str:
    return method.rpartition("-")[0] or method


def _facts(entry: Entry, place: str) -> MethodFacts:
    _check(entry, METHOD_KEYS, place)
    if bool(entry.get("names")) == bool(entry.get("begins")):
        raise RuleError(f"{place}: give either names or begins")
    figures = enumerate(_tables(entry, "figure", place), start=1)
    return MethodFacts(
        names=_texts(entry, "names", place),
        begins=_text(entry, "begins", place) if entry.get("begins") else None,
        does=_text(entry, "does", place),
        section=_text(entry, "section", place),
        says=_text(entry, "says", place).strip(),
        failures=_texts(entry, "failures", place),
        figures=tuple(_figure(figure, f"{place}, figure {number}") for number, figure in figures),
    )


def _figure(entry: Entry, place: str) -> FactFigure:
    _check(entry, FIGURE_KEYS, place)
    if ("low" in entry) != ("high" in entry):
        raise RuleError(f"{place}: give both low and high, or neither")
    return FactFigure(
        data=_text(entry, "data", place),
        measure=_text(entry, "measure", place),
        value=_text(entry, "value", place),
        low=_text(entry, "low", place) if "low" in entry else None,
        high=_text(entry, "high", place) if "high" in entry else None,
        n=_text(entry, "n", place),
        date=_text(entry, "date", place),
        docs=_texts(entry, "docs", place),
    )


def _check(entry: Entry, keys: frozenset[str], place: str) -> None:
    unknown = sorted(entry.keys() - keys)
    missing = sorted(keys - OPTIONAL - entry.keys())
    if unknown:
        raise RuleError(f"{place}: unknown key {unknown[0]}; known: {', '.join(sorted(keys))}")
    if missing:
        raise RuleError(f"{place}: {missing[0]} is missing")


def _text(entry: Entry, key: str, place: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        raise RuleError(f"{place}: {key} is no text in quotation marks")
    return value


def _texts(entry: Entry, key: str, place: str) -> tuple[str, ...]:
    values = entry.get(key, [])
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise RuleError(f"{place}: {key} is no list of texts")
    return tuple(values)


def _tables(entry: Entry, key: str, place: str) -> list[Entry]:
    values = entry.get(key, [])
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise RuleError(f"{place}: write each {key} under [[...{key}]]")
    return values
