"""Everything that the analysis says of a statement: language, targets, sentiment and kinds, put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis import language, mixing
from analysis.contract import (
    Basis,
    Kind,
    LeftOut,
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
from analysis.kinds.default import GeneralKinds
from analysis.language import SUPPORTED, Language, language_of
from analysis.mixing import parts_of
from analysis.targets import Found, Gazetteer, TargetFinder
from analysis.text import METHOD as TEXT_METHOD
from analysis.text import SIGNS, Normalised, normalise

GIVEN = frozenset({Basis.HANDLE, Basis.REPLY, Basis.QUOTED, Basis.ADDRESSEE})
"""Bases that need no understanding of the text: these targets are found in any language."""

SURELY_FOREIGN = 0.9
"""Places that are asked for are scored unless the text is foreign with this confidence."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """One statement on its way: what is known before anything is scored."""

    statement: StatementText
    text: Normalised
    """What is read: a text that mixes languages without the parts that are left out."""
    language: Language
    languages: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    unscored: Unscored | None
    found: Found

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(target for target in self.found.targets if target.basis in GIVEN or self.is_read(target))

    def is_read(self, target: Target) -> bool:
        return self.unscored is None and not self._is_left_out(target.start, target.end)

    def is_scored_where_asked(self, span: Span) -> bool:
        foreign = self.unscored is Unscored.UNSUPPORTED_LANGUAGE
        is_foreign = foreign and self.language.confidence >= SURELY_FOREIGN
        return bool(self.text.text.strip()) and not is_foreign and not self._is_left_out(*span)

    def _is_left_out(self, start: int | None, end: int | None) -> bool:
        return any(
            start is not None and end is not None and start < part.end and part.start < end
            for part in self.left_out
        )


class FindsKinds(Protocol):
    """A way to say what a statement does. Pure: the same statements get the same kinds."""

    @property
    def method(self) -> str:
        """Name and version: stored beside every kind."""
        ...

    def find(
        self,
        statement: StatementText,
        text: Normalised,
        targets: Sequence[Target],
        toward: Sequence[Sentiment | None],
        names: Sequence[Span],
    ) -> tuple[Kind, ...]:
        """Every kind that applies, in the order of the codebook.

        `toward` is the sentiment toward each of `targets`; `names` are places of recognised names in the
        original, by which nobody may be judged.
        """
        ...


class Reader:
    """Reads statements. Pure: the same statements give the same readings; it holds rules, no state."""

    method: str
    """Name and version of every part, joined: stored with each reading."""

    def __init__(
        self,
        roster: Roster,
        scorer: Scorer,
        gazetteer: Gazetteer | None = None,
        kinds: FindsKinds | None = None,
    ) -> None:
        """`kinds`: what finds them; None: the rules with the layer over them that ships."""
        self._targets = TargetFinder(roster, gazetteer)
        self._kinds = kinds or GeneralKinds()
        self._scorer = scorer
        first = (TEXT_METHOD, language.METHOD, mixing.METHOD)
        self.method = "+".join([*first, self._targets.method, scorer.method, self._kinds.method])

    def read(self, statements: Sequence[StatementText]) -> list[Reading]:
        """A reading of each statement, in order.

        A text in an unsupported language, or without text, gets no score and no kinds, and of its targets
        only those that were given (handles, replies); the reading says why. Of a text that mixes languages
        the English parts are read so, and the reading says which parts were left out.
        """
        drafts = [self._draft(statement) for statement in statements]
        answers = iter(self._scorer.score([question for draft in drafts for question in _questions(draft)]))
        return [self._reading(draft, answers) for draft in drafts]

    def _draft(self, statement: StatementText) -> _Draft:
        statement = self._targets.complete(statement)
        text = normalise(statement.text)
        spoken = language_of(text, statement.lang)
        found = self._targets.find(statement, text)
        parts = parts_of(text, spoken.code)
        left_out = tuple(
            LeftOut(part.start, part.end, part.lang) for part in parts if part.lang not in SUPPORTED
        )
        return _Draft(
            statement,
            normalise(_blanked(statement.text, left_out)) if left_out else text,
            spoken,
            tuple(dict.fromkeys(part.lang for part in parts)) or ((spoken.code,) if spoken.code else ()),
            left_out,
            None if left_out else _why_unscored(spoken, text),
            found,
        )

    def _reading(self, draft: _Draft, answers: Iterator[Sentiment]) -> Reading:
        is_scored = draft.unscored is None
        targets = draft.targets
        whole = next(answers) if is_scored else None
        toward = tuple(next(answers) if draft.is_read(target) else None for target in targets)
        spans = draft.statement.spans
        asked = tuple(next(answers) if draft.is_scored_where_asked(span) else None for span in spans)
        names = draft.found.names
        kinds = self._kinds.find(draft.statement, draft.text, targets, toward, names) if is_scored else ()
        return Reading(
            id=draft.statement.id,
            method=self.method,
            lang=draft.language.code,
            lang_confidence=draft.language.confidence,
            unscored=draft.unscored,
            sentiment=whole,
            kinds=kinds,
            targets=targets,
            toward=toward,
            spans=asked,
            languages=draft.languages,
            left_out=draft.left_out,
        )


def _why_unscored(spoken: Language, text: Normalised) -> Unscored | None:
    """Emoji speak where no words show a language."""
    if spoken.code is None:
        return None if SIGNS.search(text.text) else Unscored.NO_TEXT
    return None if spoken.code in SUPPORTED else Unscored.UNSUPPORTED_LANGUAGE


def _blanked(text: str, left_out: Sequence[LeftOut]) -> str:
    """The text with a line break and space where it is not read: every place stays where it was."""
    for part in left_out:
        text = text[: part.start] + "\n".ljust(part.end - part.start) + text[part.end :]
    return text


def _questions(draft: _Draft) -> Iterator[Question]:
    """What the scorer is asked of a statement; `Reader._reading` takes the answers in the same order."""
    names = draft.found.names
    if draft.unscored is None:
        yield Question(draft.text, names=names)
    for target in draft.targets:
        if draft.is_read(target):
            yield _toward(draft.text, target, names)
    for span in draft.statement.spans:
        if draft.is_scored_where_asked(span):
            yield Question(draft.text, span=span, names=names)


def _toward(text: Normalised, target: Target, names: tuple[Span, ...]) -> Question:
    if target.start is None or target.end is None:
        return Question(text, addressed=True, names=names)
    return Question(text, span=Span(target.start, target.end), names=names)
