"""Names as charts can bear them: one line, no control over the text round them, cut with a mark."""

import unicodedata

MOST_SIGNS = 60
MOST_READ = 2_000
"""Signs of a name that are looked at: names have been seen that never end."""

ISOLATE, ISOLATE_END = "\u2068", "\u2069"
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
MOST_MARKS = 2


def label(name: str, *, limit: int = MOST_SIGNS) -> str:
    """A name for a drawing, a sentence or a cell.

    Controls, directional marks and unassigned signs go, white space becomes one space, no letter
    keeps more than two combining marks, and what is over `limit` is cut with an ellipsis.
    """
    head = name.strip()[:MOST_READ]
    kept = head if head.isascii() and head.isprintable() else _visible(head)
    line = " ".join(kept.split()) or "(no name)"
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def quoted(name: str, *, limit: int = 40) -> str:
    """A name inside a sentence; one that runs from right to left cannot turn the rest round."""
    line = label(name, limit=limit)
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in line):
        return f"{ISOLATE}{line}{ISOLATE_END}"
    return line


def distinct(names: list[str], *, limit: int = MOST_SIGNS) -> list[str]:
    """Labels that tell the names apart: the second and later of equal ones are numbered."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        line = label(name, limit=limit)
        seen[line] = seen.get(line, 0) + 1
        out.append(line if seen[line] == 1 else f"{line} ({seen[line]})")
    return out


def _visible(text: str) -> str:
    kept, marks = [], 0
    for sign in text:
        category = unicodedata.category(sign)
        marks = marks + 1 if category == "Mn" else 0
        if category[0] == "C":
            kept.append(" " if category == "Cc" else "")
        elif marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
