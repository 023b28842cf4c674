"""Coding in the terminal: a statement at a time, by keys; every answer is stored at once."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from analysis.contract import RESULT_KINDS, AccusationType, KindName, Scope, Strength
from analysis.evaluation.answers import WrongAnswer, answers_of
from analysis.evaluation.codes import coder_named, sample_for
from analysis.evaluation.keeping import CodedText, keep_codes
from analysis.evaluation.sheets import STATEMENT, TEXT, SheetRow, rows_of
from analysis.evaluation.vocabulary import (
    CODE_BY_COLUMN,
    CODES,
    CONCESSION_STRENGTH,
    INCIVILITY,
    NOTE,
    UNSURE,
    YES,
    kind_code,
)
from analysis.spreadsheets.sheets import storable
from db.engine import writing
from db.models import HandCode
from db.screens import printable

KINDS: Mapping[str, KindName] = {
    "v": KindName.VICTORY,
    "c": KindName.CONCESSION,
    "r": KindName.REFUSAL,
    "a": KindName.ACCUSATION,
    "d": KindName.DEFENCE,
    "l": KindName.ACCLAIM,
    "p": KindName.PLEDGE,
    "t": KindName.THANKS,
    "g": KindName.CONGRATULATION,
    "m": KindName.MOBILISATION,
    "f": KindName.RESULT_REPORT,
    "o": KindName.OTHER,
}
STRENGTHS = {"s": Strength.STRONG, "w": Strength.WEAK}
SCOPES = {"o": Scope.OWN_CONTEST, "p": Scope.PARTY, "x": Scope.OTHER}
TYPES = {
    "p": AccusationType.POLICY,
    "c": AccusationType.CHARACTER,
    "m": AccusationType.MISCONDUCT,
    "i": AccusationType.INTEGRITY,
    "b": AccusationType.BLAME,
}
YES_NO = {"y": "yes", "n": "no"}
NOT_SURE = "?"
QUIT, UNDO, SKIP, WORDS, HELP = "q", "u", "s", "n", "h"


def _legend(keys: Mapping[str, str]) -> str:
    return "  ".join(f"{key} {value}" for key, value in keys.items())


HELP_TEXT = (
    f"Kinds, several at once: {_legend(KINDS)}",
    f"Behind them {NOT_SURE} where a second careful coder could well differ: cv{NOT_SURE}",
    f"{SKIP} skip   {UNDO} undo the last one   {WORDS} WORDS a note   {QUIT} quit (all answers are kept)   "
    f"{HELP} this help",
)

Ask = Callable[[str], str]
"""Shows a question and returns the line that was typed; raises EOFError at the end of input."""
Show = Callable[[str], None]


@dataclass(slots=True)
class Entered:
    """What one sitting brought."""

    coded: int = 0
    left: int = 0
    """Statements of the sample that this coder has not coded."""


class _Quit(Exception):
    """The coder wants to stop."""


class _Undo(Exception):
    """The coder takes the last answer back."""


@dataclass(slots=True)
class Sitting:
    """One coder at one sample, between two answers."""

    engine: Engine
    coder: str
    rows: Sequence[SheetRow]
    sample_id: int
    ask: Ask
    show: Show
    width: int
    done: set[int] = field(default_factory=set)
    """Statements that this coder has coded."""
    order: list[int] = field(default_factory=list)
    """Places of what was answered in this sitting, the last one last."""
    skipped: set[int] = field(default_factory=set)
    coded: int = 0

    def run(self) -> None:
        """Ask about every statement that is not coded yet."""
        for line in HELP_TEXT:
            self.show(line)
        while (place := self._next()) is not None:
            try:
                self._one(place)
            except _Undo:
                self._undo(place)
            except (_Quit, EOFError):
                return

    def _next(self) -> int | None:
        return next(
            (
                place
                for place, row in enumerate(self.rows)
                if row.statement_id not in self.done and place not in self.skipped
            ),
            None,
        )

    def _one(self, place: int) -> None:
        row = self.rows[place]
        for line in shown(row, place + 1, len(self.rows), self.width):
            self.show(line)
        note = ""
        while True:
            typed = self.ask("kinds> ").strip()
            if typed == SKIP:
                self.skipped.add(place)
                return
            if typed == WORDS or typed.startswith(f"{WORDS} "):
                note = storable(typed[1:].strip())
                self.show(f"note: {printable(note)}")
                continue
            try:
                cells = self._answered(typed, note)
            except WrongAnswer as wrong:
                self.show(f"{wrong.column}: {wrong}" if wrong.column else str(wrong))
                continue
            if cells:
                self._keep(row, answers_of(cells))
                self.order.append(place)
                return

    def _answered(self, typed: str, note: str) -> dict[str, str]:
        """The cells that a line of keys and the questions after it fill; {}: nothing was answered."""
        if typed in (HELP, ""):
            for line in HELP_TEXT:
                self.show(line)
            return {}
        _check_command(typed)
        cells = {**dict.fromkeys((code.column for code in CODES), ""), **cells_of(typed), NOTE: note}
        for kind in RESULT_KINDS:
            if cells[str(kind)] == YES:
                cells[f"{kind}_scope"] = self._choice(f"whose outcome is the {kind} about", SCOPES)
        if cells[str(KindName.CONCESSION)] == YES:
            cells[CONCESSION_STRENGTH] = self._choice("strength of the concession", STRENGTHS)
        if cells[str(KindName.ACCUSATION)] == YES:
            for of in self._several("types of the accusation", TYPES):
                cells[f"accusation_{of}"] = YES
            cells[INCIVILITY] = self._choice("does it insult or mock", YES_NO)
        return cells

    def _choice(self, question: str, keys: Mapping[str, str]) -> str:
        """One of these, or '' for Enter."""
        while True:
            typed = self.ask(f"  {question}? {_legend(keys)} (Enter: not said)> ").strip().lower()
            _check_command(typed)
            if typed in keys or not typed:
                return str(keys.get(typed, ""))

    def _several(self, question: str, keys: Mapping[str, str]) -> list[str]:
        while True:
            typed = self.ask(f"  {question}? {_legend(keys)} (Enter: not said)> ").strip().lower()
            _check_command(typed)
            if set(typed) <= set(keys):
                return [str(keys[key]) for key in dict.fromkeys(typed)]

    def _keep(self, row: SheetRow, answers: Mapping[str, str]) -> None:
        one = CodedText(
            statement_id=row.statement_id,
            text_sha256=row.text_sha256,
            is_present=True,
            coder=self.coder,
            sample_id=self.sample_id,
            answers=answers,
            asked=frozenset(code.name for code in CODE_BY_COLUMN.values()),
        )
        with writing(self.engine) as session:
            keep_codes(session, [one])
        self.done.add(row.statement_id)
        self.coded += 1

    def _undo(self, place: int) -> None:
        """Take back the last answer of this sitting, else the one before this statement."""
        before = [at for at in range(place) if self.rows[at].statement_id in self.done]
        if not (self.order or before):
            self.show("There is nothing to undo.")
            return
        last = self.rows[self.order.pop() if self.order else before[-1]]
        with writing(self.engine) as session:
            session.execute(
                delete(HandCode).where(
                    col(HandCode.statement_id) == last.statement_id, col(HandCode.coder) == self.coder
                )
            )
        self.done.discard(last.statement_id)
        self.coded -= 1
        self.show("Undone.")


def _check_command(typed: str) -> None:
    if typed == QUIT:
        raise _Quit
    if typed == UNDO:
        raise _Undo


def cells_of(typed: str) -> dict[str, str]:
    """The columns that a line such as `vt?` fills. Raises WrongAnswer for a key that is none."""
    keys = typed.lower().replace(" ", "")
    unsure = keys.endswith(NOT_SURE)
    keys = keys.rstrip(NOT_SURE)
    unknown = sorted(set(keys) - set(KINDS))
    if unknown or not keys:
        raise WrongAnswer("", f"{printable(typed)!r} is no answer ({HELP} for help)")
    cells = {str(KINDS[key]): YES for key in keys}
    answers_of(cells)
    return {**cells, UNSURE: YES if unsure else ""}


def shown(row: SheetRow, number: int, of: int, width: int) -> list[str]:
    """A statement on the screen, without what could steer it."""
    cells = row.cells
    head = [cells["author"] or "unknown author", cells["author_is"], cells["date"]]
    more = {"polling day": cells["polling_day"], "in reply to": cells["reply_to"], "quoting": cells["quoted"]}
    lines = ["", f"[{number} of {of}] {cells[STATEMENT]}", " · ".join(filter(None, head))]
    lines += [" · ".join(f"{name} {value}" for name, value in more.items() if value), ""]
    for paragraph in cells[TEXT].splitlines():
        wrapped = textwrap.wrap(printable(paragraph), max(20, min(width, 100) - 4))
        lines += [f"    {line}" for line in wrapped or [""]]
    return [printable(line) for line in [*lines, ""]]


def enter_codes(engine: Engine, name: str, coder: str, *, ask: Ask, show: Show, width: int = 80) -> Entered:
    """Ask a coder about the statements of a sample, from where the coder stopped. Raises UnknownSample."""
    coder = coder_named(coder)
    with Session(engine) as session:
        sample = sample_for(session, name)
        rows = rows_of(session, sample)
        done = _done(session, coder, rows)
    sitting = Sitting(engine, coder, rows, sample.id or 0, ask, show, width, done)
    if len(done) < len(rows):
        sitting.run()
    return Entered(sitting.coded, len(rows) - len(sitting.done))


def _done(session: Session, coder: str, rows: Sequence[SheetRow]) -> set[int]:
    """Statements of whose present text this coder has coded the kinds."""
    present = {row.statement_id: row.text_sha256 for row in rows}
    query = select(HandCode.statement_id, HandCode.text_sha256).where(
        HandCode.coder == coder, col(HandCode.code).in_([kind_code(kind) for kind in KindName])
    )
    return {statement for statement, sha in session.exec(query) if present.get(statement) == sha}
