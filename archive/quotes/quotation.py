"""The values of this package: what was quoted, by whom, where it stands."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from db.words import Channel


class QuotationKind(StrEnum):
    """Whether the quoted words stand for themselves or are part of the journalist's sentence."""

    DIRECT = "direct"
    MIXED = "mixed"


class Place(StrEnum):
    """Which part of an article a quotation stands in."""

    TEXT = "text"
    HEADLINE = "headline"
    CAPTION = "caption"
    """Beside a picture."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quoted statement; all offsets are code points in the article's plain text."""

    text: str
    """As printed, quotation marks included: `article_text[start:end]`."""
    start: int
    end: int
    speaker: str | None
    """The name as fully as the article gives it; None where the mention is no name and stands for none."""
    speaker_start: int | None
    """The mention beside the cue ("he", "Jones", "the Labour candidate"); None where there is none."""
    speaker_end: int | None
    cue: str | None
    """The word that introduces the quotation, as printed ("said", "according to")."""
    addressee: str | None
    """Whom the speaker addressed, resolved like the speaker, otherwise as printed."""
    channel: Channel
    kind: QuotationKind
    confidence: float
    """0..1: how often quotations with this kind of evidence had the right speaker (docs/methods.md)."""
    place: Place = Place.TEXT


def record(quotation: Quotation) -> dict[str, object]:
    """Return the line of `hustings quotes --json` for one quotation."""
    return asdict(quotation)
