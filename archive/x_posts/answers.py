"""X's answers as values: what a record must hold, in the type in which it must come."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.contract import whole_characters
from archive.x_posts.addresses import HANDLE, ID
from archive.x_posts.vocabulary import either

_ESCAPES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
"""All that X escapes in texts; its t.co links stay as they are."""
_ESCAPED = re.compile("|".join(_ESCAPES))

_MOST_IDS = 10**19

_PARTS = ("data", "meta", "errors", "title")
"""One of these every answer has; the last one alone where it is a problem."""

Entry = Mapping[str, Any]


class WrongRecord(ValueError):
    """A record that cannot be read; the message is the reason."""


@dataclass(frozen=True, slots=True)
class User:
    """An account as answers name it."""

    handle: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer about posts."""

    entries: tuple[object, ...]
    """Its posts as they came."""
    posts: Mapping[str, Entry] = field(default_factory=dict)
    """Posts that they refer to, by id."""
    users: Mapping[str, User] = field(default_factory=dict)
    next_token: str | None = None


def answer_of(answer: object) -> Answer:
    """An answer as it came. Raises WrongRecord where it is none of X's."""
    if not isinstance(answer, dict) or not any(part in answer for part in _PARTS):
        raise WrongRecord("JSON, but without data, meta or errors: not an answer of X's API")
    data, included, meta = answer.get("data"), _mapping(answer.get("includes")), _mapping(answer.get("meta"))
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list | None):
        raise WrongRecord(f"data holds no posts but a {type(data).__name__}")
    token = meta.get("next_token")
    return Answer(
        entries=tuple(data or ()),
        posts=dict(_by_id(either(included, "included posts"))),
        users=users_in(included.get("users")),
        next_token=token if isinstance(token, str) and token else None,
    )


def users_in(found: object) -> dict[str, User]:
    """Those accounts of a list that can be told apart and bear a handle, by id."""
    return {user_id: user for user_id, entry in _by_id(found) if (user := _user(entry))}


def _mapping(found: object) -> Entry:
    return found if isinstance(found, dict) else {}


def _by_id(found: object) -> Iterator[tuple[str, Entry]]:
    """The included records that can be told apart: they only add to others, a broken one is as if absent."""
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield entry["id"], entry


def _user(entry: Entry) -> User | None:
    handle, name = entry.get("username"), entry.get("name")
    if not isinstance(handle, str) or not HANDLE.fullmatch(handle):
        return None
    return User(handle, shown_name(name))


def shown_name(found: object) -> str | None:
    """A display name: anything that people type, so what no database takes is left out."""
    return cleaned(found.replace("\0", "")) if isinstance(found, str) else None


def id_in(entry: Entry, name: str) -> str:
    """An id that must be there. Raises WrongRecord."""
    found = optional_id(entry, name)
    if found is None:
        raise WrongRecord(f"no {name}")
    return found


def optional_id(entry: Entry, name: str) -> str | None:
    """An id, as digits. Raises WrongRecord for anything else that is not absent."""
    found = entry.get(name)
    return None if found is None else _id(found, name)


def _id(found: object, name: str) -> str:
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found) if 0 <= found < _MOST_IDS else "a number that large"
    if not isinstance(found, str):
        raise WrongRecord(f"{name}: not an id but {type(found).__name__}")
    if not ID.fullmatch(found):
        raise WrongRecord(f"{name}: {found[:40]!r} is no id")
    return found


def text_in(entry: Entry, name: str) -> str:
    """A text that must be there, as people read it. Raises WrongRecord."""
    found = entry.get(name)
    if not isinstance(found, str):
        raise WrongRecord(f"no {name}" if found is None else f"{name}: not a text but {type(found).__name__}")
    return cleaned(_ESCAPED.sub(lambda escape: _ESCAPES[escape[0]], found))


def full_text(entry: Entry) -> str:
    """A post's whole text: that of its note where it is longer than 280 characters."""
    note = either(entry, "long text")
    if note is None:
        return text_in(entry, "text")
    if not isinstance(note, dict):
        raise WrongRecord(f"the long text is not an object but {type(note).__name__}")
    return text_in(note, "text")


def chain_of(entry: Entry, *, must: bool = True) -> tuple[str, ...]:
    """The ids of all versions of a post, oldest first.

    Raises WrongRecord where they are no ids, and where they are absent, unless they need not be there
    (not `must`): X has told them since September 2022, when the first post was edited.
    """
    found = either(entry, "edit history")
    if found is None and not must:
        return (id_in(entry, "id"),)
    if not isinstance(found, list) or not found:
        raise WrongRecord("no edit history (edit_history_tweet_ids, edit_history_post_ids)")
    known = {_id(one, "edit history") for one in found} | {id_in(entry, "id")}
    return tuple(sorted(known, key=int))


def references_of(entry: Entry) -> dict[str, str]:
    """The ids of the posts that a post refers to, by the type of the reference. Raises WrongRecord."""
    found = either(entry, "references")
    if found is None:
        return {}
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise WrongRecord("references: not a list of objects")
    return {text_in(one, "type"): id_in(one, "id") for one in found}


def mentions_of(entry: Entry) -> dict[str, str]:
    """Handles by the id of the account that is mentioned, as far as the post says."""
    return {
        one["id"]: cleaned(one["username"])
        for one in _entities(entry, "mentions")
        if isinstance(one.get("id"), str) and isinstance(one.get("username"), str)
    }


def links_of(entry: Entry) -> list[str]:
    """Where a post's links lead."""
    return [
        one["expanded_url"] for one in _entities(entry, "urls") if isinstance(one.get("expanded_url"), str)
    ]


def _entities(entry: Entry, kind: str) -> Iterator[Entry]:
    for holder in (entry, _mapping(either(entry, "long text"))):
        found = _mapping(holder.get("entities")).get(kind)
        yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def cleaned(text: str) -> str:
    """A text that every database takes. Raises WrongRecord for a NUL.

    Halves of surrogate pairs, which JSON may escape, become U+FFFD.
    """
    if "\0" in text:
        raise WrongRecord("a text holds a NUL character")
    return whole_characters(text)
