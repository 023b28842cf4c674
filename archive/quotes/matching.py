"""Which of a person's posts a quotation repeats, with a score; the door to rapidfuzz."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from rapidfuzz import fuzz

METHOD = "partial-1"
"""This way of matching, as links keep it; the number changes where scores would."""
FEWEST_WORDS = 5
"""Fewer quoted words stand in too many posts to say which one was meant."""
LEAST = 0.85
"""Of two different posts of one person no two share a passage as closely as this, but for set phrases."""
TIE = 0.03
"""Posts whose scores lie no farther apart than this are told apart by nobody: the match stays open."""
SHARED_WORDS = 0.5
"""Posts with fewer of the quotation's words are not compared letter by letter."""
LONGEST = 5_000
"""Characters of a quotation or post that are compared."""
PIECE = 200
"""Longer passages are compared in pieces of so many characters: the time would grow with their square."""

_LINK = re.compile(r"(?:https?://|www\.|pic\.twitter\.com/|t\.co/)\S{0,2000}", re.I)
_GAP = re.compile(r"\[[^\[\]]{0,200}\]|\(\s?(?:\.{3}|…)\s?\)|\.\s?\.\s?\.|…")
"""What an editor left out or put in: "...", "[the mayor]"."""
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PostText:
    """A post as it is compared: `id` is whatever the caller knows it by."""

    id: int
    plain: str = field(repr=False)
    words: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostMatch:
    """What was found for one quotation."""

    id: int | None
    """The post that it repeats; None where several fit equally well."""
    score: float
    """0..1: the share of the quotation's letters that stand in the post as one passage (with gaps where the
    quotation has some), of the best post."""
    rivals: tuple[int, ...] = ()
    """The posts that fit equally well, where there are several."""


def plain_words(text: str) -> str:
    """Return the words alone: no case, marks, links, emoji; `#` and `@` go, their words stay."""
    folded = unicodedata.normalize("NFKC", _LINK.sub(" ", text[:LONGEST])).casefold()
    return " ".join(_WORD.findall(_APOSTROPHE.sub("", folded)))


def post_text(id_: int, text: str) -> PostText:
    """Return a post prepared once for many quotations."""
    plain = plain_words(text)
    return PostText(id_, plain, frozenset(plain.split()))


def match_posts(quotation: str, posts: Sequence[PostText]) -> PostMatch | None:
    """Return the post that a quotation repeats, or the posts that fit equally well; None where none does.

    Posts with the same id (versions of one statement) count once, with the best of their scores.
    """
    pieces = [part for piece in _GAP.split(quotation[:LONGEST]) for part in wrap(plain_words(piece), PIECE)]
    if sum(len(piece.split()) for piece in pieces) < FEWEST_WORDS:
        return None
    scores: dict[int, float] = {}
    for post in posts:
        score = _score(pieces, post)
        if score >= LEAST:
            scores[post.id] = max(score, scores.get(post.id, 0.0))
    if not scores:
        return None
    best = max(scores.values())
    fitting = tuple(sorted(id_ for id_, score in scores.items() if score >= best - TIE))
    alone = len(fitting) == 1
    return PostMatch(fitting[0] if alone else None, round(best, 3), () if alone else fitting)


def _score(pieces: list[str], post: PostText) -> float:
    """Return the mean likeness of a quotation's pieces to their best places in a post, weighted by length."""
    quoted = {word for piece in pieces for word in piece.split()}
    if len(quoted & post.words) < SHARED_WORDS * len(quoted):
        return 0.0
    letters = sum(map(len, pieces))
    return sum(len(piece) * _likeness(piece, post.plain) for piece in pieces) / letters


def _likeness(piece: str, post: str) -> float:
    """Return 0..1; a post that is shorter than what it is to hold is compared as a whole."""
    if piece in post:
        return 1.0
    compare = fuzz.partial_ratio if len(piece) <= len(post) else fuzz.ratio
    return compare(piece, post) / 100
