"""Posts out of X's answers. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from archive.collectors.x.addresses import permalink, post_of
from archive.collectors.x.answers import (
    Answer,
    Entry,
    WrongRecord,
    chain_of,
    cleaned,
    full_text,
    id_in,
    links_of,
    mentions_of,
    optional_id,
    read_answer,
    references_of,
    text_in,
)
from archive.collectors.x.spelling import REPOST
from archive.contract import Moment, Page, Post, Reject, Version
from archive.times import WrongTime, parse_moment

PLATFORM = "x"
_EPOCH_MS = 1_288_834_974_657
"""What X's ids count their milliseconds from: 2010-11-04T01:42:54.657Z."""
_EXCERPT = 200
_UNKNOWN_LANGUAGES = frozenset({"und", "zxx"})


class Shows(StrEnum):
    """What a page holds: its context says so."""

    TIMELINE = "timeline"
    POST = "post"
    """One post that was asked for."""
    HISTORY = "history"
    """All versions of edited posts."""
    EVIDENCE = "evidence"
    """No posts: an account, a problem, or a version that is not the newest."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is needed to read the records of one page."""

    answer: Answer
    account: str | None
    handle: str | None


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
    reader = _Reader(read_answer(page), page.context.get("account"), page.context.get("handle"))
    if shows is Shows.HISTORY:
        yield from _histories(reader, json.loads(page.context["chains"]))
        return
    for number, entry in enumerate(reader.answer.entries, start=1):
        try:
            yield _post(_object(entry), reader, f"item {number}")
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


def _histories(reader: _Reader, newest: dict[str, str]) -> Iterator[Post | Reject]:
    """Each edited post once, with all its versions. One that is no longer there at all gives nothing."""
    chains: defaultdict[str, dict[str, Post]] = defaultdict(dict)
    for number, entry in enumerate(reader.answer.entries, start=1):
        try:
            post = _post(_object(entry), reader, f"item {number}")
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


def _post(entry: Entry, reader: _Reader, position: str) -> Post:
    own_id, chain, made = id_in(entry, "id"), chain_of(entry), _made(entry)
    edited = made if own_id != chain[0] else None
    author = _author(entry, reader)
    user = reader.answer.users.get(author)
    references = references_of(entry)
    repeated = next((references[kind] for kind in references if kind in REPOST), None)
    quoted, replied = references.get("quoted"), references.get("replied_to")
    return Post(
        platform=PLATFORM,
        post_id=chain[0],
        text=full_text(entry) if repeated is None else _original_text(repeated, reader),
        position=position,
        published=_made_by_id(chain[0]) if edited else made,
        author_platform_id=author,
        author_handle=user.handle if user else None,
        author_name=user.name if user else None,
        url=permalink(own_id, user.handle if user else reader.handle),
        lang=_language(entry),
        reply_to=_replied_to(entry, replied, reader),
        reply_to_post=_key_of(replied, reader),
        quoted=_quoted(entry, quoted, reader),
        quoted_post=_key_of(quoted, reader),
        repost_of=_key_of(repeated, reader),
        edited=edited,
    )


def _made(entry: Entry) -> Moment:
    return parse_moment(text_in(entry, "created_at"))


def _made_by_id(post_id: str) -> Moment:
    """When an id was given: X's ids begin with the milliseconds since its epoch (22 bits from the right)."""
    seconds = ((int(post_id) >> 22) + _EPOCH_MS) // 1000
    return Moment(datetime.fromtimestamp(seconds, UTC))


def _author(entry: Entry, reader: _Reader) -> str:
    """Who wrote it. Everything on a timeline is its account's: the post vocabulary does not repeat it."""
    author = optional_id(entry, "author_id") or reader.account
    if author is None:
        raise WrongRecord("no author_id")
    if reader.account is not None and author != reader.account:
        raise WrongRecord(f"author_id: {author}, but this is the timeline of {reader.account}")
    return author


def _language(entry: Entry) -> str | None:
    """X's idea of the language; its codes for none (`und`) and for links alone (`qme`) are no language."""
    found = entry.get("lang")
    if not isinstance(found, str) or found in _UNKNOWN_LANGUAGES or (len(found) == 3 and found[0] == "q"):
        return None
    return cleaned(found) or None


def _included(post_id: str | None, reader: _Reader) -> Entry | None:
    return reader.answer.posts.get(post_id) if post_id else None


def _key_of(post_id: str | None, reader: _Reader) -> str | None:
    """The archive's id of a post that is referred to: its first version's, where the answer includes it."""
    included = _included(post_id, reader)
    if included is None:
        return post_id
    try:
        return chain_of(included)[0]
    except WrongRecord:
        return post_id


def _original_text(post_id: str, reader: _Reader) -> str:
    """The text of a post that is repeated; empty where X no longer shows it."""
    included = _included(post_id, reader)
    return full_text(included) if included else ""


def _replied_to(entry: Entry, post_id: str | None, reader: _Reader) -> str | None:
    """The handle of the account replied to, else its id."""
    author = optional_id(entry, "in_reply_to_user_id") or _author_of(post_id, reader)
    return _handle(author, entry, reader) or author


def _quoted(entry: Entry, post_id: str | None, reader: _Reader) -> str | None:
    """The handle of a quoted post's author: as the answer or the link to it says; else the quoted text."""
    if post_id is None:
        return None
    for link in links_of(entry):
        found = post_of(link)
        if found and found[0] == post_id and found[1]:
            return found[1]
    included = _included(post_id, reader)
    return _handle(_author_of(post_id, reader), entry, reader) or (full_text(included) if included else None)


def _author_of(post_id: str | None, reader: _Reader) -> str | None:
    included = _included(post_id, reader)
    return optional_id(included, "author_id") if included else None


def _handle(user_id: str | None, entry: Entry, reader: _Reader) -> str | None:
    if user_id is None:
        return None
    user = reader.answer.users.get(user_id)
    return user.handle if user else mentions_of(entry).get(user_id)


def lacks_fields(entries: Sequence[object]) -> bool:
    """Whether an answer's posts hold nothing that was asked for: X ignored the words of the request."""
    records = [entry for entry in entries if isinstance(entry, dict)]
    return bool(records) and not any("created_at" in entry for entry in records)
