"""Records of posts and reposts as their authors' software wrote them, read as posts."""

import re
from collections.abc import Mapping
from typing import Any

from archive.atproto.addresses import (
    PLATFORM,
    POST,
    REPOST,
    RecordAddress,
    page_for_post,
    record_address,
)
from archive.contract import Moment, Post, whole_characters
from archive.times import WrongTime, parse_moment

LONGEST_TIME = 64
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}")

QUOTES: dict[str, tuple[str, ...]] = {
    "app.bsky.embed.record": ("record", "uri"),
    "app.bsky.embed.recordWithMedia": ("record", "record", "uri"),
}
"""Kind of embed -> the keys that lead to the quoted record's address in it."""


class WrongRecord(ValueError):
    """A record lacks what every one has; the message names the field."""


def read_record(value: Any, address: RecordAddress, position: str) -> Post:
    """One record of the collections of posts and reposts. Raises WrongRecord."""
    if not isinstance(value, dict):
        raise WrongRecord(f"a record is needed, not {_kind(value)}")
    if value.get("$type") != address.collection:
        raise WrongRecord(f"$type: {str(value.get('$type'))[:80]!r} in the collection {address.collection}")
    if address.collection == REPOST:
        return _repost(value, address, position)
    return _post(value, address, position)


def published_at(value: object) -> Moment | None:
    """The time that a client claims; None where it is no time, which is no reason to lose a post."""
    if not isinstance(value, str) or len(value) > LONGEST_TIME:
        return None
    try:
        return parse_moment(value)
    except WrongTime:
        return None


def clean(value: object, field: str) -> str:
    """A text as databases store it: halves of surrogate pairs become U+FFFD. Raises WrongRecord."""
    if not isinstance(value, str):
        raise WrongRecord(f"{field}: a text is needed, not {_kind(value)}")
    if "\0" in value:
        raise WrongRecord(f"{field}: holds a NUL byte")
    return whole_characters(value)


def address_at(record: Mapping[str, Any], *keys: str) -> RecordAddress:
    """The address of another record that lies under these keys. Raises WrongRecord."""
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    address = record_address(value)
    if address is None:
        raise WrongRecord(f"{'.'.join(keys)}: no address of a record")
    return address


def _post(record: Mapping[str, Any], address: RecordAddress, position: str) -> Post:
    parent = address_at(record, "reply", "parent", "uri") if record.get("reply") is not None else None
    quoted = _quoted(record)
    return Post(
        platform=PLATFORM,
        post_id=str(address),
        text=clean(record.get("text"), "text"),
        position=position,
        published=published_at(record.get("createdAt")),
        author_platform_id=address.repo,
        url=page_for_post(address.repo, address.key),
        lang=_language(record.get("langs")),
        reply_to=parent.repo if parent else None,
        reply_to_post=str(parent) if parent else None,
        quoted=quoted.repo if quoted else None,
        quoted_post=str(quoted) if quoted else None,
    )


def _repost(record: Mapping[str, Any], address: RecordAddress, position: str) -> Post:
    return Post(
        platform=PLATFORM,
        post_id=str(address),
        text="",
        position=position,
        published=published_at(record.get("createdAt")),
        author_platform_id=address.repo,
        repost_of=str(address_at(record, "subject", "uri")),
    )


def _quoted(record: Mapping[str, Any]) -> RecordAddress | None:
    """The post that is quoted; None for other embeds, and for lists and feeds that are embedded."""
    embed = record.get("embed")
    kind = embed.get("$type") if isinstance(embed, dict) else None
    if not isinstance(kind, str) or kind not in QUOTES:
        return None
    address = address_at(record, "embed", *QUOTES[kind])
    return address if address.collection == POST else None


def _language(languages: object) -> str | None:
    first = languages[0] if isinstance(languages, list) and languages else None
    return first if isinstance(first, str) and _LANGUAGE.fullmatch(first) else None


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
