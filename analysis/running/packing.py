"""What was found in a statement as rows of plain values: small on the way from one process to another."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analysis import contract
from db.models import Statement


class TargetRow(NamedTuple):
    """Columns of the table `target`."""

    start_at: int | None
    end_at: int | None
    mention: str
    who: str
    type: str
    basis: str
    confidence: float
    person_id: str | None
    party_id: str | None
    candidates: list[str]


class RatingRow(NamedTuple):
    """Columns of the table `rating`; `target` is an index into the targets, None: the whole text."""

    target: int | None
    method: str
    score: float
    label: str
    confidence: float


class KindRow(NamedTuple):
    """Columns of the table `kind`."""

    kind: str
    method: str
    start_at: int
    end_at: int
    confidence: float
    strength: str | None
    scope: str | None
    types: list[str]
    incivility: bool


class ReadingRow(NamedTuple):
    """Columns of the table `reading`."""

    statement_id: int | None
    method: str
    text_sha256: str
    person_id: str | None
    lang: str | None
    lang_confidence: float
    languages: list[str]
    left_out: list[list[int | str]]
    unscored: str | None


class Packed(NamedTuple):
    """All that was found in one statement."""

    reading: ReadingRow
    targets: list[TargetRow]
    ratings: list[RatingRow]
    kinds: list[KindRow]
    about: list[list[int]]
    """Of each kind the indexes of its targets."""


def pack(statement: Statement, reading: contract.Reading) -> Packed:
    """The rows of one reading, without ids of their own."""
    return Packed(
        reading=ReadingRow(
            statement.id,
            reading.method,
            statement.text_sha256,
            statement.person_id,
            reading.lang,
            reading.lang_confidence,
            list(reading.languages),
            [[part.start, part.end, part.lang] for part in reading.left_out],
            _plain(reading.unscored),
        ),
        targets=[_target(target) for target in reading.targets],
        ratings=list(_ratings(reading.sentiment, reading.toward)),
        kinds=[_kind(kind) for kind in reading.kinds],
        about=[list(dict.fromkeys(kind.targets)) for kind in reading.kinds],
    )


def _plain(word: str | None) -> str | None:
    """A word of an enumeration as a string, which is sent without its class."""
    return None if word is None else str(word)


def _target(target: contract.Target) -> TargetRow:
    return TargetRow(
        target.start,
        target.end,
        target.mention,
        target.who,
        str(target.type),
        str(target.basis),
        target.confidence,
        target.person_id,
        target.party_id,
        list(target.candidates),
    )


def _ratings(
    whole: contract.Sentiment | None, toward: Sequence[contract.Sentiment | None]
) -> Iterable[RatingRow]:
    for index, sentiment in enumerate([whole, *toward], start=-1):
        if sentiment is not None:
            yield RatingRow(
                None if index < 0 else index,
                sentiment.method,
                sentiment.score,
                str(sentiment.label),
                sentiment.confidence,
            )


def _kind(kind: contract.Kind) -> KindRow:
    return KindRow(
        str(kind.kind),
        kind.method,
        kind.start,
        kind.end,
        kind.confidence,
        _plain(kind.strength),
        _plain(kind.scope),
        [str(one) for one in kind.types],
        kind.incivility,
    )
