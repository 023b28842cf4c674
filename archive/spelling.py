"""Whether two texts of one post are one text: cut short, or spelt in another way. Pure."""

import html
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

CUT_SIGN, CUT_DOTS = "…", "..."

LEAST_CUT = 15
"""Characters before `…` from which a text may be another one cut short; fewer are a way of speaking."""

LEAST_DOTTED = 100
"""Characters before three dots, which people write themselves."""

OLD_LIMIT = 140
"""Characters of X until 2017: a repost was cut there, with its `RT @name: `, mostly without a sign."""

_LINK = re.compile(r"https?://\S+")
_SHORT = re.compile(r"https?://t\.co/\w+", re.ASCII)
_REPOST = re.compile(r"RT @\w{1,15}:\s", re.ASCII)
_CUT_LINK = re.compile(r"\s*https?:?/?/?[^\s…]*$")


class Compared(Enum):
    """What one text is to another."""

    SAME = "same words"
    CUT = "the other one cut short"
    WHOLE = "the other one is this one cut short"
    OTHER = "another text"


@dataclass(frozen=True, slots=True)
class _Form:
    """A text without what sources spell differently."""

    words: str
    links: frozenset[str]
    """Links in full."""
    short_links: int
    head: str | None
    """What stands before the place where it seems to be cut."""


def compare(text: str, other: str) -> Compared:
    """What `text` is to `other`."""
    if text == other:
        return Compared.SAME
    mine, theirs = _form(text), _form(other)
    if mine.words == theirs.words and _same_links(mine, theirs):
        return Compared.SAME
    if _is_cut(mine, theirs):
        return Compared.CUT
    if _is_cut(theirs, mine):
        return Compared.WHOLE
    return Compared.OTHER


def _same_links(one: _Form, other: _Form) -> bool:
    """Each link in full of either stands in the other, in full or as a short one."""
    return (
        len(one.links - other.links) <= other.short_links and len(other.links - one.links) <= one.short_links
    )


def _is_cut(short: _Form, whole: _Form) -> bool:
    return (
        short.head is not None
        and len(whole.words) > len(short.head)
        and whole.words.startswith(short.head)
        # Of two that are cut at different places the longer one is the whole one.
        and (whole.head is None or len(whole.head) > len(short.head))
    )


@lru_cache(maxsize=4096)
def _form(text: str) -> _Form:
    plain = unicodedata.normalize("NFC", html.unescape(text)).strip()
    bare = _REPOST.sub("", plain, count=1) if _REPOST.match(plain) else plain
    short_links = len(_SHORT.findall(bare))
    links = frozenset(link for link in _LINK.findall(_SHORT.sub(" ", bare)) if CUT_SIGN not in link)
    return _Form(_words(bare), links, short_links, _head(plain, bare))


def _words(text: str) -> str:
    return " ".join(_LINK.sub(" ", text).split())


def _head(plain: str, bare: str) -> str | None:
    """A last link behind the sign (X adds one to a text that it cuts) does not hide that it is cut."""
    ended = re.sub(r"(\s*https?://\S+)+$", "", bare) if CUT_SIGN not in bare.rpartition(" ")[2] else bare
    for sign, least in ((CUT_SIGN, LEAST_CUT), (CUT_DOTS, LEAST_DOTTED)):
        if ended.endswith(sign):
            head = _words(_CUT_LINK.sub("", ended.removesuffix(sign)))
            return head if len(head) >= least else None
    if plain != bare and len(plain) == OLD_LIMIT:
        return _words(bare)
    return None
