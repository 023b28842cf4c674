"""Questions about one text, asked in a row, share what is made of the text."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from analysis.contract import Question

Opened = TypeVar("Opened")


def in_turn(
    questions: Sequence[Question], opened: Callable[[Question], Opened]
) -> Iterator[tuple[Question, Opened]]:
    """Each question with what `opened` makes of its text, which is asked once for those in a row."""
    last: Question | None = None
    for question in questions:
        if last is None or (last.text.original, last.names) != (question.text.original, question.names):
            made = opened(question)
            last = question
        yield question, made
