"""Texts of others made harmless to a page's layout; escaping them is the templates' work."""

import re

# Direction overrides and embeddings could reorder the page around a text; controls show nothing.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")
_MARKS = re.compile(r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})[\u0300-\u036f"
                    r"\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")  # fmt: skip


def shown(text: str) -> str:
    """A text without what disturbs a page: controls, direction overrides, piled accents, blank pages."""
    if text.isascii() and text.isprintable():
        return text  # as nearly every name is: nothing of this is in it
    return _MARKS.sub(r"\1", _BLANK_LINES.sub("\n\n", _HIDDEN.sub("", text.replace("\r\n", "\n"))))
