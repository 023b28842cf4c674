"""Posts out of X's answers. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from archive.contract import Moment, Post
from archive.times import parse_moment
from archive.x_posts.addresses import permalink, post_of
from archive.x_posts.answers import (
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
    references_of,
    text_in,
)
from archive.x_posts.vocabulary import REPOST

PLATFORM = "x"
_EPOCH_MS = 1_288_834_974_657
"""What X's ids count their milliseconds from: 2010-11-04T01:42:54.657Z."""
_UNKNOWN_LANGUAGES = frozenset({"und", "zxx"})


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to read the records of one answer."""

    answer: Answer
    account: str | None = None
    """Id of the account whose timeline it is, where it is one."""
    handle: str | None = None
    must_tell_all: bool = True
    """Whether a post without its author or edit history is refused: files of other tools may lack both."""


def read_post(entry: Entry, reader: Reader, position: str) -> Post:
    """One post of an answer. Raises WrongRecord or WrongTime, with the reason."""
    own_id, made = id_in(entry, "id"), _made(entry)
    chain = chain_of(entry, must=reader.must_tell_all)
    edited = made if own_id != chain[0] else None
    author = _author(entry, reader)
    user = reader.answer.users.get(author) if author else None
    references = references_of(entry)
    repeated = next((references[kind] for kind in references if kind in REPOST), None)
    quoted, replied = references.get("quoted"), references.get("replied_to")
    return Post(
        platform=PLATFORM,
        post_id=chain[0],
        also_ids=chain[1:],
        text=full_text(entry) if repeated is None else _original_text(repeated, reader),
        position=position,
        published=made_by_id(chain[0]) if edited else made,
        author_platform_id=author,
        author_handle=user.handle if user else None,
        author_name=user.name if user else None,
        url=permalink(own_id, user.handle if user else reader.handle),
        lang=language_of(entry),
        reply_to=_replied_to(entry, replied, reader),
        reply_to_post=_key_of(replied, reader),
        quoted=_quoted(entry, quoted, reader),
        quoted_post=_key_of(quoted, reader),
        repost_of=_key_of(repeated, reader),
        edited=edited,
    )


def _made(entry: Entry) -> Moment:
    return parse_moment(text_in(entry, "created_at"))


def made_by_id(post_id: str) -> Moment:
    """When an id was given: X's ids begin with the milliseconds since its epoch (22 bits from the right)."""
    seconds = ((int(post_id) >> 22) + _EPOCH_MS) // 1000
    return Moment(datetime.fromtimestamp(seconds, UTC))


def _author(entry: Entry, reader: Reader) -> str | None:
    """Who wrote it. Everything on a timeline is its account's: the post vocabulary does not repeat it."""
    author = optional_id(entry, "author_id") or reader.account
    if author is None and reader.must_tell_all:
        raise WrongRecord("no author_id")
    if reader.account is not None and author != reader.account:
        raise WrongRecord(f"author_id: {author}, but this is the timeline of {reader.account}")
    return author


def language_of(entry: Entry) -> str | None:
    """X's idea of the language; its codes for none (`und`) and for links alone (`qme`) are no language."""
    found = entry.get("lang")
    if not isinstance(found, str) or found in _UNKNOWN_LANGUAGES or (len(found) == 3 and found[0] == "q"):
        return None
    return cleaned(found) or None


def _included(post_id: str | None, reader: Reader) -> Entry | None:
    return reader.answer.posts.get(post_id) if post_id else None


def _key_of(post_id: str | None, reader: Reader) -> str | None:
    """The archive's id of a post that is referred to: its first version's, where the answer includes it."""
    included = _included(post_id, reader)
    if included is None:
        return post_id
    try:
        return chain_of(included)[0]
    except WrongRecord:
        return post_id


def _original_text(post_id: str, reader: Reader) -> str:
    """The text of a post that is repeated; empty where X no longer shows it."""
    included = _included(post_id, reader)
    return full_text(included) if included else ""


def _replied_to(entry: Entry, post_id: str | None, reader: Reader) -> str | None:
    """The handle of the account replied to, else its id."""
    author = optional_id(entry, "in_reply_to_user_id") or _author_of(post_id, reader)
    return _handle(author, entry, reader) or author


def _quoted(entry: Entry, post_id: str | None, reader: Reader) -> str | None:
    """The handle of a quoted post's author: as the answer or the link to it says; else the quoted text."""
    if post_id is None:
        return None
    for link in links_of(entry):
        found = post_of(link)
        if found and found[0] == post_id and found[1]:
            return found[1]
    included = _included(post_id, reader)
    return _handle(_author_of(post_id, reader), entry, reader) or (full_text(included) if included else None)


def _author_of(post_id: str | None, reader: Reader) -> str | None:
    included = _included(post_id, reader)
    return optional_id(included, "author_id") if included else None


def _handle(user_id: str | None, entry: Entry, reader: Reader) -> str | None:
    if user_id is None:
        return None
    user = reader.answer.users.get(user_id)
    return user.handle if user else mentions_of(entry).get(user_id)
