"""What the rules ask of the words and the occasion around a match, made ready once for all texts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from analysis.kinds.passage import OCCASIONS, Passage
from analysis.kinds.phrases import Phrase
from analysis.kinds.tables import Condition, Rule, Tables

RESULTS_TIME = "results_time"
RESULTS_TALK = "results_talk"
"""Stands for `results_time` where the days are not known."""

DENIED_WITHIN = "denied_within"
"""Is not asked of a rule whose own phrase denies."""

Occasion = Callable[[Passage, int, int], bool]
_ALL = -1
"""Every phrase."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A condition by its name."""

    phrases: int
    """A bit for each phrase that can make it hold; all where it asks of the occasion."""
    occasion: Occasion | None
    conditions: Sequence[tuple[int, Condition]] = ()
    """Each with the bit of its phrase."""

    def holds(self, passage: Passage, start: int, end: int) -> bool:
        """Whether it holds at a place of a passage."""
        if self.occasion:
            return self.occasion(passage, start, end)
        met = passage.met
        return any(met & bit and passage.holds(one, start, end) for bit, one in self.conditions)


class Asks:
    """All conditions by name, and what each rule asks."""

    def __init__(self, tables: Tables, first: int) -> None:
        """`first` is the number of the first of `phrases` among all phrases that texts are searched for."""
        conditions = tables.conditions
        self.phrases: list[Phrase] = [one.phrase for one in chain.from_iterable(conditions.values())]
        """Those of the conditions, in the order of their numbers."""
        bits = iter(1 << number for number in range(first, first + len(self.phrases)))
        by_name = {name: _ask(name, [(next(bits), one) for one in some]) for name, some in conditions.items()}
        by_name[RESULTS_TIME] = Ask(
            _ALL, partial(_is_results_time, by_name[RESULTS_TIME], by_name[RESULTS_TALK])
        )
        self._by_name: Mapping[str, Ask] = by_name
        self._tables = tables
        self._asked: dict[str, tuple[Sequence[Ask], Sequence[Ask]]] = {}

    def _of(self, rule: Rule) -> tuple[Sequence[Ask], Sequence[Ask]]:
        """What a rule needs and what forbids it: made when first asked, as few texts need many rules."""
        known = self._asked.get(rule.line)
        if known is None:
            forbidding = (
                name
                for name in (*self._tables.kinds[rule.kind].unless, *rule.unless)
                if name not in rule.needs
                and not (name == DENIED_WITHIN and _denies(rule, self._tables.conditions))
            )
            known = self._asked[rule.line] = self._all(rule.needs), self._all(forbidding)
        return known

    def _all(self, names: Iterable[str]) -> tuple[Ask, ...]:
        return tuple(map(self._by_name.__getitem__, dict.fromkeys(names)))

    def holds(self, name: str, passage: Passage, start: int, end: int) -> bool:
        """Whether a condition holds at a place of a passage."""
        return self._by_name[name].holds(passage, start, end)

    def agree(self, rule: Rule, passage: Passage, start: int, end: int) -> bool:
        """Whether all that a rule needs holds at its match, and nothing that forbids it."""
        met = passage.met
        needs, forbidding = self._of(rule)
        for ask in needs:
            if not (ask.phrases & met and ask.holds(passage, start, end)):
                return False
        return not any(ask.phrases & met and ask.holds(passage, start, end) for ask in forbidding)


def _ask(name: str, conditions: Sequence[tuple[int, Condition]]) -> Ask:
    if name in OCCASIONS:
        return Ask(_ALL, OCCASIONS[name])
    return Ask(sum(bit for bit, _ in conditions), None, conditions)


def _denies(rule: Rule, conditions: Mapping[str, Sequence[Condition]]) -> bool:
    """Whether a denial is one of the words of a rule's phrase."""
    return any(one.phrase.pattern.search(rule.phrase.regex) for one in conditions[DENIED_WITHIN])


def _is_results_time(dated: Ask, talk: Ask, passage: Passage, start: int, end: int) -> bool:
    return (dated if passage.is_dated else talk).holds(passage, start, end)
