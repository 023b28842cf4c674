"""What is rewritten in a text before rules read it: signs, links, hashtags, floods."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator

LINK = "httpurl"
"""What stands in a normalised text for every link: one lower-case word that no rule or lexicon knows."""

MAX_LETTERS = 3
"""One letter in a row: 'soooo' is read as 'sooo', so that no word of any language is shortened."""
MAX_SIGNS = 4
"""One sign or emoji in a row: VADER counts up to four exclamation marks."""
MAX_MIXED_SIGNS = 32
"""Different signs or emoji in a row."""

PLAIN = {
    **dict.fromkeys("‘’‚‛ʼʹ′`´＇", "'"),
    **dict.fromkeys("“”„‟«»″〝〞＂", '"'),
    **dict.fromkeys("‐‑‒–−﹣－", "-"),
    **dict.fromkeys("—―⸺⸻", " - "),
    **dict.fromkeys("\u2028\u2029\x85\x0b\x0c", "\n"),
    "…": "...",
    **dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd"),
}
"""What a sign is read as (half a surrogate pair: unreadable); spaces and controls become one space."""

DROPPED = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff"
    "\U000e0000-\U000e007f"
)
"""Soft hyphen, joiners, direction marks, variation selectors, skin tones, the letters behind the flags of
Scotland and Wales: a class for a pattern."""

SPACES = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\t\r\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
LETTER_FORMS = "\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff"
"""Ligatures, full-width and 'mathematical' letters: read as the letters that they show (NFKC)."""

_CLASS = "".join(map(re.escape, PLAIN)) + DROPPED + SPACES + LETTER_FORMS
_ENTITY = r"&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,7});"
_ACCENT = r"[^\W\d_][\u0300-\u036f]{1,2}"
_SIGNS = re.compile(rf"{_ENTITY}|{_ACCENT}|\r\n|[{_CLASS}]")
_DROPPED = re.compile(f"[{DROPPED}]")

_SCHEME = r"(?:https?://|pic\.twitter\.com/)"
_LINKS = re.compile(rf"(?:{_SCHEME}|\bwww\.)(?:(?!{_SCHEME})\S)*(?:[ ]\.\.\.)?", re.IGNORECASE)
_ADDRESSES = re.compile(
    r"(?<![\w.@/-])(?:[\w-]{1,40}\.){1,4}"
    r"(?:(?:(?:com|org|net|gov|info)(?:\.[a-z]{2})?|(?:ac|co)\.[a-z]{2}|gov)\b(?![\w@-])(?:/\S*)?"
    r"|(?:ly|uk|co|be|tv|me|io|eu|us|ng|gl|gle|in|it|to|news|link|vote|live|party)/\S*)",
    re.IGNORECASE,
)
_AFTER_LINK = ".,;:!?'\")]>"

_HASHTAG = re.compile(r"#(?=\w*[^\W\d_])\w+")
_FLOODS = re.compile(rf"([^\W\d_])\1{{{MAX_LETTERS},}}|([^\w\s])\2{{{MAX_SIGNS},}}")
_MIXED_FLOODS = re.compile(rf"[^\w\s]{{{MAX_MIXED_SIGNS + 1},}}")
_GAPS = re.compile(r"[ ]{2,}|\n{3,}")

SIGNS = re.compile(
    r"[\u2600-\u2793\u27b0-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"
    r"|(?<![^\s\u2000-\U0010ffff])(?:[:;=]['-]?[()\[\]DPp|/\\]+|</?3+)(?!\w)"
)
"""An emoji, or an emoticon that stands alone: signs that speak in every language."""

Piece = tuple[str | None, int, int]
"""What becomes of a stretch of text: its replacement (None: kept as it is), start, end."""
Rewrite = Callable[[re.Match[str]], Iterator[Piece]]
"""Cuts what a pattern found into pieces, in order and without a gap."""


def _plain_signs(match: re.Match[str]) -> Iterator[Piece]:
    found = match.group()
    if len(found) > 2 and found[0] == "&":
        found = html.unescape(html.unescape(found))
    elif found == "\r\n":
        found = "\n"
    elif len(found) > 1:
        found = unicodedata.normalize("NFC", found)
    yield "".join(map(_plain_sign, found)), match.start(), match.end()


def _plain_sign(sign: str) -> str:
    if sign in PLAIN:
        return PLAIN[sign]
    if _DROPPED.match(sign):
        return ""
    if sign.isspace() or unicodedata.category(sign) == "Cc":
        return "\n" if sign == "\n" else " "
    if "\ufb00" <= sign <= "\uff5e" or sign >= "\U0001d400":
        return unicodedata.normalize("NFKC", sign)
    return sign


def _free_link(match: re.Match[str]) -> Iterator[Piece]:
    text, start = match.string, match.start()
    found = match.group()
    end = start + len(found.rstrip(_AFTER_LINK))
    if found.endswith(".."):
        end = match.end()
    if start and not text[start - 1].isspace():
        yield " ", start, start
    yield LINK, start, end
    if end < match.end():
        yield None, end, match.end()
    elif end < len(text) and text[end].isalnum():
        yield " ", end, end


def _hashtag_words(match: re.Match[str]) -> Iterator[Piece]:
    text, start, end = match.string, match.start() + 1, match.end()
    if match.start() and text[match.start() - 1].isalnum():
        yield " ", match.start(), match.start()
    yield "", match.start(), start
    word = start
    for i in range(start, end):
        if text[i] == "_":
            yield None, word, i
            yield " ", i, i + 1
            word = i + 1
        elif i > word and _begins_word(text, i, end) and text[word:i] != "Mc":
            yield None, word, i
            yield " ", i, i
            word = i
    yield None, word, end


def _begins_word(text: str, i: int, end: int) -> bool:
    before, here = text[i - 1], text[i]
    if before.islower():
        return here.isupper() or here.isdigit()
    return here.isupper() and i + 1 < end and text[i + 1].islower()


def _capped(match: re.Match[str]) -> Iterator[Piece]:
    start, end = match.span()
    kept = start + (MAX_LETTERS if match.group()[0].isalpha() else MAX_SIGNS) - 1
    yield None, start, kept
    yield match.string[kept], kept, end


def _shortened(match: re.Match[str]) -> Iterator[Piece]:
    kept = match.start() + MAX_MIXED_SIGNS - 1
    yield None, match.start(), kept
    yield match.string[kept], kept, match.end()


def _narrowed(match: re.Match[str]) -> Iterator[Piece]:
    yield " " if match.group()[0] == " " else "\n\n", match.start(), match.end()


STEPS: tuple[tuple[re.Pattern[str], re.Pattern[str], Rewrite], ...] = (
    (re.compile(rf"[&\u0300-\u036f{_CLASS}]"), _SIGNS, _plain_signs),
    (re.compile(r"[.:][a-zA-Z/]"), _LINKS, _free_link),
    (re.compile(r"\.[a-zA-Z]"), _ADDRESSES, _free_link),
    (re.compile("#"), _HASHTAG, _hashtag_words),
    (re.compile(r"(?=(\S)\1\1\1)"), _FLOODS, _capped),
    (_MIXED_FLOODS, _MIXED_FLOODS, _shortened),
    (re.compile("  |\n\n\n"), _GAPS, _narrowed),
)
"""In order: a cheap hint that there is something to do, what to rewrite, and how."""
