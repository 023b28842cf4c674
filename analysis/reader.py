"""Everything that the analysis says of a statement: language, targets, sentiment and kinds, put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis import language
from analysis.contract import (
    Basis,
    Question,
    Reading,
    Roster,
    Scorer,
    Sentiment,
    Span,
    StatementText,
    Target,
    Unscored,
)
from analysis.kinds import KindFinder
from analysis.language import SUPPORTED, Language, language_of
from analysis.targets import Found, TargetFinder
from analysis.text import METHOD as TEXT_METHOD
from analysis.text import Normalised, normalise

GIVEN = frozenset({Basis.HANDLE, Basis.REPLY, Basis.QUOTED, Basis.ADDRESSEE})
"""Bases that need no understanding of the text: these targets are found in any language."""

SURELY_FOREIGN = 0.9
"""Places that are asked for are scored unless the text is foreign with this confidence."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """One statement on its way: what is known before anything is scored."""

    statement: StatementText
    text: Normalised
    language: Language
    unscored: Unscored | None
    found: Found

    @property
    def targets(self) -> tuple[Target, ...]:
        if self.unscored is None:
            return self.found.targets
        return tuple(target for target in self.found.targets if target.basis in GIVEN)

    @property
    def is_scored_where_asked(self) -> bool:
        foreign = self.unscored is Unscored.UNSUPPORTED_LANGUAGE
        return bool(self.text.text.strip()) and not (foreign and self.language.confidence >= SURELY_FOREIGN)


class Reader:
    """Reads statements. Pure: the same statements give the same readings; it holds rules, no state."""

    method: str
    """Name and version of every part, joined: stored with each reading."""

    def __init__(self, roster: Roster, scorer: Scorer) -> None:
        self._targets = TargetFinder(roster)
        self._kinds = KindFinder()
        self._scorer = scorer
        parts = (TEXT_METHOD, language.METHOD, self._targets.method, scorer.method, self._kinds.method)
        self.method = "+".join(parts)

    def read(self, statements: Sequence[StatementText]) -> list[Reading]:
        """A reading of each statement, in order.

        A text in an unsupported language, or without text, gets no score and no kinds, and of its targets
        only those that were given (handles, replies); the reading says why.
        """
        drafts = [self._draft(statement) for statement in statements]
        answers = iter(self._scorer.score([question for draft in drafts for question in _questions(draft)]))
        return [self._reading(draft, answers) for draft in drafts]

    def _draft(self, statement: StatementText) -> _Draft:
        statement = self._targets.complete(statement)
        text = normalise(statement.text)
        spoken = language_of(text, statement.lang)
        return _Draft(statement, text, spoken, _why_unscored(spoken), self._targets.find(statement, text))

    def _reading(self, draft: _Draft, answers: Iterator[Sentiment]) -> Reading:
        is_scored = draft.unscored is None
        whole = next(answers) if is_scored else None
        toward = tuple(next(answers) if is_scored else None for _ in draft.targets)
        asked = tuple(next(answers) if draft.is_scored_where_asked else None for _ in draft.statement.spans)
        kinds = self._kinds.find(draft.statement, draft.text, draft.targets, toward) if is_scored else ()
        return Reading(
            id=draft.statement.id,
            method=self.method,
            lang=draft.language.code,
            lang_confidence=draft.language.confidence,
            unscored=draft.unscored,
            sentiment=whole,
            kinds=kinds,
            targets=draft.targets,
            toward=toward,
            spans=asked,
        )


def _why_unscored(spoken: Language) -> Unscored | None:
    if spoken.code is None:
        return Unscored.NO_TEXT
    return None if spoken.code in SUPPORTED else Unscored.UNSUPPORTED_LANGUAGE


def _questions(draft: _Draft) -> Iterator[Question]:
    """What the scorer is asked of a statement; `Reader._reading` takes the answers in the same order."""
    names = draft.found.names
    if draft.unscored is None:
        yield Question(draft.text, names=names)
        for target in draft.targets:
            yield _toward(draft.text, target, names)
    if draft.is_scored_where_asked:
        for span in draft.statement.spans:
            yield Question(draft.text, span=span, names=names)


def _toward(text: Normalised, target: Target, names: tuple[Span, ...]) -> Question:
    if target.start is None or target.end is None:
        return Question(text, addressed=True, names=names)
    return Question(text, span=Span(target.start, target.end), names=names)
