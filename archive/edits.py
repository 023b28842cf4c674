"""Which of the texts that sources give one post is the present one, and which are earlier ones. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive.precedence import SourceKind, rules
from archive.spelling import Compared, compare

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """One text of a post, and what is known of it."""

    text: str
    kind: SourceKind
    """The first kind of source that gives it so."""
    seen_at: datetime
    """When we first saw it."""
    shown_at: datetime | None = None
    """When it is last known to have been the one that is shown."""
    edited_at: datetime | None = None
    """When it was published, where it replaced an earlier one and a source says so."""
    is_first: bool = False
    """Whether it is the text with which the post was published, as far as a source says so."""
    is_cut: bool = False
    """Whether a source says that it is only the beginning of the text."""


def settle(known: Sequence[Told], new: Told, *, is_repost: bool = False) -> list[Told]:
    """All texts once `new` has come, the present one last. Whatever comes first, the same is left.

    A text that is cut short stands for no time: the whole one may have been edited meanwhile. A repost has
    no text of its own, so none of its texts is an edit: one is left.
    """
    kept, met = [], new
    for one in known:
        how = compare(met.text, one.text)
        if how is Compared.CUT:
            return list(known)
        if how is Compared.SAME:
            met = _together(one, met)
        elif how is Compared.OTHER:
            kept.append(one)
    kept.append(met)
    if is_repost:
        return [max(kept, key=_as_repost)]
    return sorted(kept, key=_precedence)


def _precedence(one: Told) -> tuple[datetime, int, datetime, int, str]:
    rank = rules()["text"].rank(one.kind)
    return one.shown_at or NEVER, rank, one.seen_at, len(one.text), one.text


def _as_repost(one: Told) -> tuple[bool, int, float, int, str]:
    """The first one stays: what is repeated may be edited, and that is no act of the repeater's."""
    return bool(one.text), rules()["text"].rank(one.kind), -one.seen_at.timestamp(), len(one.text), one.text


def _together(one: Told, other: Told) -> Told:
    """One text in two spellings."""
    spelt = max(one, other, key=_spelling)
    return replace(
        spelt,
        seen_at=min(one.seen_at, other.seen_at),
        shown_at=_later(one.shown_at, other.shown_at),
        edited_at=_later(one.edited_at, other.edited_at),
        is_first=one.is_first or other.is_first,
        is_cut=one.is_cut or other.is_cut,
    )


def _spelling(one: Told) -> tuple[int, int, str]:
    return rules()["text"].rank(one.kind), len(one.text), one.text


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)
