"""Which post of X's data archive a long text belongs to: the archive keeps them in files of their own."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.importers.records.completing import mapping
from archive.importers.records.x_classic import Parts, chain_of, id_of, id_under, words_of
from archive.x_posts.answers import WrongRecord, text_in

FEWEST_SHARED = 40
"""Characters (links, dots and the handles in front of an answer aside) that both texts must begin with."""

_LINK = re.compile(r"https?://\S+")
_MENTIONS = re.compile(r"(?:@\w+\s+)+")
_SPACE = re.compile(r"\s+")

_Pair = tuple[int, str, tuple[str, ...]]
"""How far the ids are apart, the long text's id, and those of the post's versions up to that one."""


@dataclass(frozen=True, slots=True)
class _Note:
    note_id: str
    words: str


def joined(notes: Iterable[Mapping[str, Any]], tweets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Id of each long text whose post is found -> the ids of the post's versions up to that one.

    A post is one of a long text where its text without X's dots and links is how the long text begins. Of
    several posts it is the one whose id is nearest: X gives both ids in the same moment. A post has one long
    text: of two that begin alike the nearer one is its. What is unreadable belongs to nothing.
    """
    by_beginning: defaultdict[str, list[_Note]] = defaultdict(list)
    for record in notes:
        if note := _note(record):
            by_beginning[note.words[:FEWEST_SHARED]].append(note)
    pairs: list[_Pair] = []
    for record in tweets:
        tweet = mapping(record.get("tweet", record))
        words = _words(tweet)
        alike = [one for one in by_beginning.get(words[:FEWEST_SHARED], ()) if one.words.startswith(words)]
        if alike and (ids := _ids(tweet)):
            pairs += [(abs(int(ids[-1]) - int(one.note_id)), one.note_id, ids) for one in alike]
    return _nearest(pairs)


def _nearest(pairs: Iterable[_Pair]) -> dict[str, str]:
    """Of all pairs the nearest ones, each long text and each post once."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for _, note_id, versions in sorted(pairs):
        if note_id not in ids and versions[-1] not in taken:
            ids[note_id] = " ".join(versions)
            taken.add(versions[-1])
    return ids


def _note(record: Mapping[str, Any]) -> _Note | None:
    note = mapping(record.get("noteTweet"))
    try:
        note_id, words = id_under(note, "noteTweetId"), _bare(text_in(mapping(note.get("core")), "text"))
    except WrongRecord:
        return None
    return _Note(note_id, words) if note_id and len(words) >= FEWEST_SHARED else None


def _words(tweet: Mapping[str, Any]) -> str:
    """A post's text, bare; empty where it has none to be told by."""
    try:
        words = _bare(words_of(Parts(tweet, tweet, {})).text)
    except WrongRecord:
        return ""
    return words if len(words) >= FEWEST_SHARED else ""


def _ids(tweet: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of a post's versions up to this one, oldest first; none where they cannot be read."""
    parts = Parts(tweet, tweet, {})
    try:
        own_id, chain = id_of(parts), chain_of(parts)
    except WrongRecord:
        return ()
    return tuple(one for one in chain if int(one) <= int(own_id))


def _bare(text: str) -> str:
    """A text without what differs between a post and its long text: links, handles in front, X's dots."""
    plain = _SPACE.sub(" ", _LINK.sub(" ", text)).strip()
    if mentions := _MENTIONS.match(plain):
        plain = plain[mentions.end() :]
    return plain.rstrip("… ")
