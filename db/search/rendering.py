"""Queries in the languages of SQLite's FTS5 and of PostgreSQL's tsquery."""

import unicodedata

from db.search.query import BadQuery, Either, Every, Near, Phrase, Query, Without, fold

MOST_NEAR = 2
"""Words or phrases of a NEAR on PostgreSQL, which knows exact distances alone."""

MOST_DISTANCE = 50
"""Its distance there: each one is a query of its own."""


def as_fts5(query: Query) -> str:
    """For `MATCH`."""
    match query:
        case Phrase():
            return '"' + query.text.replace('"', '""') + '"' + (" *" if query.begun else "")
        case Near():
            return f"NEAR({' '.join(map(as_fts5, query.phrases))}, {query.distance})"
        case Every():
            return "(" + " AND ".join(map(as_fts5, query.parts)) + ")"
        case Either():
            return "(" + " OR ".join(map(as_fts5, query.parts)) + ")"
        case Without():
            return f"({as_fts5(query.wanted)} NOT {as_fts5(query.unwanted)})"


def as_tsquery(query: Query) -> str:
    """For `to_tsquery('simple', ...)`. Raises BadQuery for a NEAR that would grow too large."""
    match query:
        case Phrase():
            words = [f"'{word}'" for word in _words_of_server(query.text)]
            return "(" + " <-> ".join([*words[:-1], words[-1] + (":*" if query.begun else "")]) + ")"
        case Near():
            return _near(query)
        case Every():
            return "(" + " & ".join(map(as_tsquery, query.parts)) + ")"
        case Either():
            return "(" + " | ".join(map(as_tsquery, query.parts)) + ")"
        case Without():
            return f"({as_tsquery(query.wanted)} & !{as_tsquery(query.unwanted)})"


def _words_of_server(text: str) -> list[str]:
    """The words of a text as the server cuts them: vowel signs and other marks are parts of a word.

    Letters, digits and marks alone, so that no word ends its quotes.
    """
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in fold(text))
    return [word for word in "".join(kept).split() if any(map(str.isalnum, word))]


def _near(query: Near) -> str:
    """Either order at each distance, since `<N>` means exactly N words on."""
    if len(query.phrases) > MOST_NEAR or query.distance > MOST_DISTANCE:
        raise BadQuery(
            f"on PostgreSQL, NEAR takes {MOST_NEAR} words or phrases and a distance up to {MOST_DISTANCE}"
        )
    one, other = map(as_tsquery, query.phrases)
    ways = [
        f"({first} <{step}> {second})"
        for first, second in ((one, other), (other, one))
        for step in range(1, query.distance + 2)
    ]
    return "(" + " | ".join(ways) + ")"
