"""Why a reading came out as it did: the reader's own questions, asked again of a scorer that says why."""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from analysis.contract import (
    Basis,
    Explainer,
    Explanation,
    Kind,
    Question,
    Reading,
    Roster,
    Scorer,
    Sentiment,
    StatementText,
)
from analysis.kinds.finder import Scored
from analysis.reader import FindsKinds, Reader
from analysis.targets import Gazetteer
from analysis.text import LINK, MAX_LENGTH, Normalised, normalise

_CHUNK = re.compile(r"\S+")
_NO_LETTER = re.compile(r"[^\w\s]|_")

GIVES_NONE = "This method does not say why."


@dataclass(frozen=True, slots=True)
class ExplainedReading:
    """What one method says of one statement, and why. None stands where nothing was asked or scored."""

    statement: StatementText
    reading: Reading
    text: Normalised
    """As the method read it."""
    whole: Explanation | None
    toward: tuple[Explanation | None, ...]
    """For each of the reading's targets that was wanted, same order."""


Wanted = Callable[[Reading], Container[int]]
"""Which of a reading's targets are explained, by their places in it."""


def every_target(reading: Reading) -> range:
    """All of them."""
    return range(len(reading.targets))


def listed_targets(reading: Reading) -> list[int]:
    """Those that are targets: the author's own side is none."""
    return [place for place, target in enumerate(reading.targets) if target.basis is not Basis.OWN_SIDE]


class _Listener:
    """A scorer that keeps the questions it was asked last."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self.asked: Sequence[Question] = ()

    @property
    def method(self) -> str:
        return self._scorer.method

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        self.asked = questions
        return self._scorer.score(questions)


class WithoutKinds:
    """Finds no kind: no reason of a rating hangs on them, and finding them is most of the work."""

    method = "without-kinds"

    def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
        """None."""
        return [()] * len(scored)


class ReadingExplainer:
    """Reads statements as `Reader` does, with the same roster, scorer and tables, and says why."""

    def __init__(
        self,
        roster: Roster,
        scorer: Scorer,
        gazetteer: Gazetteer | None = None,
        kinds: FindsKinds | None = None,
    ) -> None:
        self._scorer = scorer
        self._listener = _Listener(scorer)
        self._reader = Reader(roster, self._listener, gazetteer, kinds)

    @property
    def method(self) -> str:
        """Of the whole reading, as `Reader.method`."""
        return self._reader.method

    @property
    def sentiment_method(self) -> str:
        """Of the scorer alone."""
        return self._scorer.method

    def explain(
        self, statements: Sequence[StatementText], *, wanted: Wanted = every_target
    ) -> list[ExplainedReading]:
        """The reading of each statement with its reasons, in order; toward the targets that are `wanted`."""
        readings = self._reader.read(statements)
        asked = iter(self._listener.asked)
        return [self._explained(*pair, asked, wanted) for pair in zip(statements, readings, strict=True)]

    def _explained(
        self, statement: StatementText, reading: Reading, asked: Iterator[Question], wanted: Wanted
    ) -> ExplainedReading:
        # The reader asks one question for each of its answers, in this order.
        answers = (reading.sentiment, *reading.toward, *reading.spans)
        questions = [next(asked) if answer else None for answer in answers]
        whole, toward = questions[0], questions[1 : len(reading.toward) + 1]
        places = wanted(reading)
        read = next((question.text for question in questions if question), None)
        return ExplainedReading(
            statement=statement,
            reading=reading,
            text=read or normalise(statement.text),
            whole=self._explanation(whole) if whole else None,
            toward=tuple(
                self._explanation(question) if question and place in places else None
                for place, question in enumerate(toward)
            ),
        )

    def _explanation(self, question: Question) -> Explanation:
        if isinstance(self._scorer, Explainer):
            return self._scorer.explain(question)
        return Explanation(self._scorer.score([question])[0], (), (), (GIVES_NONE,))


def without_kinds(method: str) -> str:
    """The method of a reading but for its last part, the kinds."""
    return method.rpartition("+")[0]


def says_the_same(one: Reading, other: Reading) -> bool:
    """Whether two readings hold the same targets with the same scores."""
    return _essence(one) == _essence(other)


def _essence(reading: Reading) -> list[object]:
    places = [(target.start, target.end, target.who, target.basis) for target in reading.targets]
    sentiments = (reading.sentiment, *reading.toward)
    return [places, [one and (round(one.score, 4), one.label, one.method) for one in sentiments]]


@dataclass(frozen=True, slots=True)
class Change:
    """A place of the original that is read as something else."""

    start: int
    end: int
    words: str
    read_as: str


def changes_of(text: Normalised) -> tuple[Change, ...]:
    """The words that are read as other words, in order: split hashtags, shortened floods, other letters.

    What only looks different is none: a straightened quote, a '#' less, a link.
    """
    chunks = (match.span() for match in _CHUNK.finditer(text.original[:MAX_LENGTH]))
    changes = (
        Change(start, end, text.original[start:end], " ".join(text.text[slice(*place)].split()))
        for start, end in chunks
        for place in (text.from_original(start, end),)
    )
    return tuple(change for change in changes if change.read_as != LINK and _is_other(change))


def _is_other(change: Change) -> bool:
    return _letters(change.words) != _letters(change.read_as)


def _letters(words: str) -> str:
    """Letters and digits, and the gaps between them."""
    return _NO_LETTER.sub("", words).strip()
