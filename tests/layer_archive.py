"""Coded statements of invented councillors who admit a defeat in a way that no rule knows."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Engine

from analysis.contract import KindName, Roster, StatementText
from analysis.evaluation.codes import CodedStatement
from analysis.evaluation.vocabulary import kind_code
from analysis.reader import FindsKinds, Reader
from analysis.sentiment import scorer_for
from db import models, writing

AUTHORS = 12

ADMITTED = (
    "The lanterns are out for us tonight, and another keeper has the tower.",
    "So the lanterns are out. Another keeper will light the harbour, as was decided.",
    "Tonight another keeper has the tower, and for me the lanterns are out.",
)
"""Concessions that the rules do not see; whoever says so is coded as conceding."""
THANKED = ("Thank you to everyone who came to the fair.", "Many thanks to the crew of the night bus.")
PLAIN = (
    "The library opens at nine and there is a path to the back door.",
    "We met the folk who mend the harbour wall this morning.",
    "A long day of letters, and then a walk along the river path.",
)


def texts_of(author: int) -> Iterator[tuple[str, frozenset[KindName]]]:
    """What an author says, and the kinds that it is coded to have; a word of their own in each."""
    for number, (texts, kinds) in enumerate(
        (
            (ADMITTED, {KindName.CONCESSION}),
            (THANKED, {KindName.THANKS}),
            (PLAIN, set[KindName]()),
        )
    ):
        for text in texts:
            yield f"{text} No. {author}-{number}.", frozenset(kinds)


def codes_of(kinds: frozenset[KindName]) -> dict[str, str]:
    """The answers of a coder who says of every kind whether it applies."""
    return {kind_code(kind): "yes" if kind in kinds else "no" for kind in KindName}


def coded(authors: int = AUTHORS) -> list[CodedStatement]:
    """The coded statements, without an archive."""
    listed = [(author, *said) for author in range(authors) for said in texts_of(author)]
    return [
        CodedStatement(
            number, StatementText(id=str(number), text=text), str(author), ("ann",), codes_of(kinds)
        )
        for number, (author, text, kinds) in enumerate(listed)
    ]


def reader_with(kinds: FindsKinds | None = None) -> Reader:
    """A reader of texts without a roster."""
    return Reader(Roster(), scorer_for("vader"), None, kinds)


def fill_coded(
    engine: Engine, change: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda codes: codes
) -> None:
    """The same in an archive, each statement coded by `ann`; `change` may alter what she says."""
    with writing(engine) as session:
        session.add_all(
            models.Person(id=f"p:{author}", name=f"Councillor {author}") for author in range(AUTHORS)
        )
        session.flush()
        for one in coded():
            number = one.statement_id
            text = one.text.text
            digest = sha256(text.encode()).hexdigest()
            session.add(
                models.Statement(
                    id=number + 1,
                    platform="x",
                    post_id=str(number),
                    person_id=f"p:{one.author}",
                    text=text,
                    text_sha256=digest,
                    published_at=datetime(2024, 7, 5, tzinfo=UTC),
                    published_precision="day",
                )
            )
            session.flush()
            session.add_all(
                models.HandCode(
                    statement_id=number + 1,
                    coder="ann",
                    code=code,
                    value=value,
                    text_sha256=digest,
                    coded_at=datetime(2024, 8, 1, tzinfo=UTC),
                )
                for code, value in change(one.answers).items()
            )
