"""What the tables say of a word, as bits: asked once a word, and of a whole clause at once."""

from functools import cache

from analysis.sentiment.lexicon import grammar, lexicon
from analysis.sentiment.vader import acts

VALUED = 1
"""It has a valence, alone or among others."""
ACTS = 2
"""VADER's rules let it change the valence of a word behind it."""
SHOUTS = 4
"""In capitals, and long enough for them to mean something."""
NEGATOR = 8
DENIES = 16
"""A negator of the table, or any word that ends in "n't"."""
OPENS = 32
"""The first word of a phrase of the overlay."""
TOPIC = 64
TURNS = 128
"""A verb that turns its object round, or takes it away."""
HAVE = 256
CONTRAST = 512
VERB = 1024
"""A verb that speaks of who does it, and of whom it is done to."""
SIGN = 2048
"""One sign beyond ASCII, as an emoji is."""
ADDRESSED = 4096
"""'You' and its like."""
REPORTS = 8192
"""A verb of speech."""
SENDS = 16384
"""The verb of 'sent a message'."""
FOLLOWS = 32768
"""The second word of a phrase of the overlay."""


@cache
def _beginnings() -> tuple[frozenset[str], frozenset[str]]:
    """The first and the second words of the phrases."""
    firsts, seconds = zip(*lexicon().phrases, strict=True)
    return frozenset(firsts), frozenset(seconds)


def marks_of(surface: str, key: str, base: float) -> int:
    """The marks of a word."""
    lex, lower = lexicon(), surface.lower()
    firsts, seconds = _beginnings()
    is_negator = key in lex.negators
    return (
        VALUED * (lower in lex.valences.lexicon or base != 0)
        | ACTS * acts(lower)
        | SHOUTS * (surface.isupper() and len(surface) > 2)
        | NEGATOR * is_negator
        | DENIES * (is_negator or key.endswith("n't"))
        | OPENS * (key in firsts)
        | FOLLOWS * (key in seconds)
        | TOPIC * (key in lex.topics)
        | TURNS * (key in lex.reversals or key in lex.takings)
        | HAVE * (key == "have")
        | CONTRAST * (key in grammar("contrast"))
        | VERB * (key in lex.verbs)
        | SIGN * (len(surface) == 1 and not surface.isascii())
        | ADDRESSED * (key in grammar("addressed"))
        | REPORTS * (key in lex.reporting)
        | SENDS * (key in grammar("message verb"))
    )
