"""Posts out of X's answers. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from archive.collectors.x.answers import read_answer
from archive.contract import Page, Post, Reject, Version
from archive.times import WrongTime
from archive.x_posts.answers import Entry, WrongRecord, id_in
from archive.x_posts.posts import Reader, read_post

_EXCERPT = 200


class Shows(StrEnum):
    """What a page holds: its context says so."""

    TIMELINE = "timeline"
    POST = "post"
    """One post that was asked for."""
    HISTORY = "history"
    """All versions of edited posts."""
    EVIDENCE = "evidence"
    """No posts: an account, a problem, or a version that is not the newest."""


def parse_page(page: Page) -> Iterator[Post | Reject]:
    """The posts of a page, each record that cannot be read a Reject.

    The context says what it holds (`shows`), whose timeline it is (`account`, `handle`) and which chains of
    versions it must hold (`chains`: first id and newest id). Errors beside the data speak of posts and
    accounts that are referred to: they stay in the page and take nothing from its posts.

    Raises UnreadablePage for anything but an answer of X's.
    """
    shows = Shows(page.context.get("shows", Shows.TIMELINE))
    if shows is Shows.EVIDENCE:
        return
    reader = Reader(read_answer(page), page.context.get("account"), page.context.get("handle"))
    if shows is Shows.HISTORY:
        yield from _histories(reader, json.loads(page.context["chains"]))
        return
    for number, entry in enumerate(reader.answer.entries, start=1):
        try:
            yield read_post(_object(entry), reader, f"item {number}")
        except (WrongRecord, WrongTime) as error:
            yield _reject(entry, number, error)


def _reject(entry: object, number: int, error: Exception) -> Reject:
    try:
        excerpt = json.dumps(entry)[:_EXCERPT]
    except RecursionError:
        excerpt = ""
    return Reject(f"item {number}", str(error), excerpt)


def _object(entry: object) -> Entry:
    if not isinstance(entry, dict):
        raise WrongRecord(f"not an object but {type(entry).__name__}")
    return entry


def _histories(reader: Reader, newest: dict[str, str]) -> Iterator[Post | Reject]:
    """Each edited post once, with all its versions. One that is no longer there at all gives nothing."""
    chains: defaultdict[str, dict[str, Post]] = defaultdict(dict)
    for number, entry in enumerate(reader.answer.entries, start=1):
        try:
            post = read_post(_object(entry), reader, f"item {number}")
            chains[post.post_id][id_in(_object(entry), "id")] = post
        except (WrongRecord, WrongTime) as error:
            yield _reject(entry, number, error)
    for first, by_id in chains.items():
        *earlier, last = (by_id[post_id] for post_id in sorted(by_id, key=int))
        if newest.get(first) in by_id:
            yield replace(
                last, versions=tuple(Version(one.text, one.edited or one.published) for one in earlier)
            )
        else:
            yield Reject(last.position, f"the newest version of {first} is not in the answer")


def lacks_fields(entries: Sequence[object]) -> bool:
    """Whether an answer's posts hold nothing that was asked for: X ignored the words of the request."""
    records = [entry for entry in entries if isinstance(entry, dict)]
    return bool(records) and not any("created_at" in entry for entry in records)
