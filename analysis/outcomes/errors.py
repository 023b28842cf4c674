"""What is asked for by an id that the archive does not hold."""

from collections.abc import Iterable
from difflib import get_close_matches

from db.errors import Refusal

SHOWN = 5
"""How many ids a message proposes."""


class UnknownElection(Refusal):
    """No election has that id; the message names those that exist."""


class UnknownContest(Refusal):
    """No contest has that id; the message names the closest that exist."""


class UnreadMethod(Refusal):
    """No statement of the archive was read by the method whose readings are asked for."""


def unknown(what: str, wanted: str, known: Iterable[str]) -> str:
    """One line: what is missing, and the closest ids that exist (else the first ones)."""
    ids = sorted(known)
    if not ids:
        return f"there is no {what} {wanted!r}: the archive holds none yet"
    close = get_close_matches(wanted, ids, n=SHOWN, cutoff=0.5)
    shown = close or ids[:SHOWN]
    more = "" if close or len(ids) <= SHOWN else f" and {len(ids) - SHOWN} more"
    return f"there is no {what} {wanted!r}; there is: {', '.join(shown)}{more}"
