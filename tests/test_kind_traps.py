"""Texts that invite a wrong reading of victory, concession and refusal, and plain ones in unusual words.

The rows are in fixtures/kind_traps*.csv, to be read and extended by people who do not program:

- `when`: `before` polling day, while polls are `open`, the morning `after`, two years `later`.
- `kinds`: the kinds of the text, joined by ` + `, each with the strength and scope that matter; ` or ` parts
  answers that are all right. Of victory, concession and refusal the text has exactly these; of other kinds
  at least these. `none`: neither of the three. An accusation can stand with its types; `no accusation`: it
  has none; `any claim`: victory, concession and refusal are not looked at.
- `wrong`: why the rules cannot read this one without harming others; the test then expects the wrong answer.

The posts of a thread stand in rows of their own: each is read by itself.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analysis.contract import Kind, StatementText
from analysis.kinds import KindFinder
from analysis.text import normalise

FINDER = KindFinder()
POLLS = date(2030, 5, 2)
POSTED = {
    "before": datetime(2030, 4, 25, 6, tzinfo=UTC),
    "open": datetime(2030, 5, 2, 9, tzinfo=UTC),
    "after": datetime(2030, 5, 3, 6, tzinfo=UTC),
    "later": datetime(2032, 5, 2, 6, tzinfo=UTC),
}
CLAIMS = {"victory", "concession", "refusal"}
NO_ACCUSATION = {"no", "accusation"}
ANY_CLAIM = {"any", "claim"}


@dataclass(frozen=True, slots=True)
class Trap:
    trap: str
    when: str
    author_is: str
    text: str
    kinds: str
    wrong: str

    @property
    def answers(self) -> list[list[set[str]]]:
        """Each right answer as the kinds it holds, each as the words that must be said of it."""
        return [
            [set(kind.split()) for kind in answer.split(" + ") if kind != "none"]
            for answer in self.kinds.split(" or ")
        ]


def traps() -> list[Trap]:
    paths = sorted((Path(__file__).parent / "fixtures").glob("kind_traps*.csv"))
    rows = [row for path in paths for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    return [Trap(**row) for row in rows]


TRAPS = traps()


def words_of(kind: Kind) -> set[str]:
    """What was found, as the fixture says it."""
    parts = (kind.strength, kind.scope, *kind.types)
    return {kind.kind.value, *(part.value for part in parts if part)}


def read(trap: Trap) -> list[set[str]]:
    statement = StatementText(
        id="1", text=trap.text, author_is=trap.author_is, posted_at=POSTED[trap.when], polls=POLLS
    )
    return [words_of(kind) for kind in FINDER.find(statement, normalise(trap.text), (), ())]


def agrees(found: list[set[str]], answer: list[set[str]]) -> bool:
    if NO_ACCUSATION in answer:
        answer = [words for words in answer if words != NO_ACCUSATION]
        if any("accusation" in words for words in found):
            return False
    if ANY_CLAIM in answer:
        return all(any(words <= one for one in found) for words in answer if words != ANY_CLAIM)
    claimed = [CLAIMS & words for words in found if CLAIMS & words]
    wanted = [CLAIMS & words for words in answer if CLAIMS & words]
    all_there = all(any(words <= one for one in found) for words in answer)
    return all_there and len(claimed) == len(wanted)


def case(trap: Trap) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=trap.wrong)] if trap.wrong else []
    return pytest.param(trap, id=f"{trap.trap}: {trap.text[:40]}", marks=marks)


@pytest.mark.parametrize("trap", [case(trap) for trap in TRAPS])
def test_a_trap_is_read_as_a_careful_person_would_read_it(trap: Trap) -> None:
    found = read(trap)

    assert any(agrees(found, answer) for answer in trap.answers), found


def test_hardly_any_trap_is_given_up() -> None:
    assert sum(bool(trap.wrong) for trap in TRAPS) <= len(TRAPS) // 20


def test_no_trap_stands_twice_and_every_kind_of_trap_has_several() -> None:
    groups = Counter(trap.trap for trap in TRAPS)

    assert len({(trap.text, trap.when) for trap in TRAPS}) == len(TRAPS)
    assert min(groups.values()) > 1
