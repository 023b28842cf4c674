"""Everything that the analysis says of a statement: language, targets, sentiment and kinds, put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

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
from analysis.kinds.finder import Scored
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


class _Rated(NamedTuple):
    """A draft with the scorer's answers."""

    draft: _Draft
    whole: Sentiment | None
    """None: the text got no score, and gets no kinds."""
    toward: tuple[Sentiment | None, ...]
    asked: tuple[Sentiment | None, ...]


class FindsKinds(Protocol):
    """A way to say what a statement does. Pure: the same statements get the same kinds."""

    @property
    def method(self) -> str:
        """Name and version: stored beside every kind."""
        ...

    def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
        """Of each statement every kind that applies, in the order of the codebook."""
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
        rated = [_rated(draft, answers) for draft in drafts]
        kinds = iter(self._kinds.find([_scored(one) for one in rated if one.whole is not None]))
        return [self._reading(one, () if one.whole is None else next(kinds)) for one in rated]

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

    def _reading(self, rated: _Rated, kinds: tuple[Kind, ...]) -> Reading:
        draft = rated.draft
        return Reading(
            id=draft.statement.id,
            method=self.method,
            lang=draft.language.code,
            lang_confidence=draft.language.confidence,
            unscored=draft.unscored,
            sentiment=rated.whole,
            kinds=kinds,
            targets=draft.targets,
            toward=rated.toward,
            spans=rated.asked,
            languages=draft.languages,
            left_out=draft.left_out,
        )


def _rated(draft: _Draft, answers: Iterator[Sentiment]) -> _Rated:
    whole = next(answers) if draft.unscored is None else None
    toward = tuple(next(answers) if draft.is_read(target) else None for target in draft.targets)
    spans = draft.statement.spans
    asked = tuple(next(answers) if draft.is_scored_where_asked(span) else None for span in spans)
    return _Rated(draft, whole, toward, asked)


def _scored(rated: _Rated) -> Scored:
    draft = rated.draft
    return Scored(draft.statement, draft.text, draft.targets, rated.toward, draft.found.names)


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
    """What the scorer is asked of a statement; `_rated` takes the answers in the same order."""
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
