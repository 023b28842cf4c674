"""The characters of an XML document, made safe to be read: no wrong byte costs more than itself."""

import codecs
import re

from archive.contract import Page, UnreadablePage

LONGEST = 8_000_000
"""Characters of a document: the parser takes about a second for each million."""
MOST_ATTRIBUTES = 1_000
"""Of one tag: the parser takes the square of their number."""

SEAM = "\ufdd0"
"""A noncharacter of Unicode, which no text may hold: put between the parts of very long words."""
_LONG_WORD = re.compile(r"[a-zA-Z0-9_.+-]{100}(?=[a-zA-Z0-9_.+-])")
"""The parser looks for mail addresses in authors, in the square of the length of such a word."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_TRUSTED = re.compile(
    r"ascii|iso8859-\d+|cp\d+|koi8-[ru]|gbk|gb2312|gb18030|big5(?:hkscs)?|euc_(?:jp|kr)|shift_jis|mac-\w+"
    r"|iso2022_(?:jp|kr)|utf-16(?:-[lb]e)?|utf-32(?:-[lb]e)?"
)
"""Python's names of encodings of text; it knows others that decode in the square of the length."""
_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030"}
"""What browsers read for these (WHATWG, Encoding)."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]++)|([0-9]++));")
_TAG = re.compile(r"""<[^\s<>"'/!?](?:[^"'<>]++|"[^"<]*+"|'[^'<]*+')*+>""")


def readable_text(page: Page) -> tuple[str, bool]:
    """A page's document for the parser, without its XML declaration; and whether no byte of it is wrong.

    Give what it says to `unseamed`.

    Raises UnreadablePage for what is longer than any feed, or would keep the parser busy for hours.
    """
    text, sound = _decoded(page.body, page.context.get("charset"))
    if len(text) > LONGEST:
        raise UnreadablePage(f"{page.source}: longer than a feed ({len(text):,} characters)", page)
    text = _DECLARATION.sub("", _NO_XML.sub("", text), count=1).lstrip()
    if any(tag[0].count("=") > MOST_ATTRIBUTES for tag in _TAG.finditer(text)):
        raise UnreadablePage(f"{page.source}: a tag with thousands of attributes", page)
    return _LONG_WORD.sub(rf"\g<0>{SEAM}", _REFERENCE.sub(_known_reference, text)), sound


def unseamed(text: str) -> str:
    """A piece of the document as it was."""
    return text.replace(SEAM, "")


def _decoded(body: bytes, charset: str | None) -> tuple[str, bool]:
    """By its byte order mark; else UTF-8 where it is that; else as header or declaration say.

    And whether all of it is that.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            text = body.decode(encoding, "replace").lstrip("\ufeff")
            return text, "\ufffd" not in text
    declared = _DECLARED.match(body[:400])
    stated = [charset, declared[1].decode("ascii") if declared else None]
    encodings = [name for one in stated if one and (name := _encoding(one))]
    tried = [*encodings, "utf-8"] if b"\x1b" in body else ["utf-8", *encodings]
    for encoding in tried:
        try:
            return body.decode(encoding), True
        except UnicodeDecodeError:
            continue
    return _by_force(body, encodings), False


def _by_force(body: bytes, encodings: list[str]) -> str:
    """UTF-8 with a few wrong bytes, where there are others that are right; else the stated encoding."""
    text = body.decode("utf-8", "replace")
    if any(char > "\x7f" and char != "\ufffd" for char in text):
        return text
    return body.decode(next(iter(encodings), "cp1252"), "replace")


def _encoding(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(known, known) if _TRUSTED.fullmatch(known) else None


def _known_reference(found: re.Match[str]) -> str:
    """A reference to a character; one to something that is none becomes U+FFFD."""
    written, base = (found[1], 16) if found[1] else (found[2], 10)
    number = int(written, base) if len(written) <= 8 else 0
    wrong = number > 0x10FFFF or not number or _NO_XML.match(chr(number))
    return "\ufffd" if wrong else found[0]
