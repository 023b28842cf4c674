"""Posts as twarc 2 writes them: X's API v2, answer by answer or flattened to one post a record."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from archive.contract import Choices, Companions, Layout, Post, Reject, Version
from archive.importers.records.completing import completed, excerpt_of, mapping, objects, post_or_reject
from archive.importers.records.x_classic import Words, ends_cut, repeated_in
from archive.x_posts.answers import (
    Answer,
    Entry,
    User,
    WrongRecord,
    answer_of,
    id_in,
    text_in,
    users_in,
)
from archive.x_posts.posts import Reader, read_post
from archive.x_posts.vocabulary import REPOST, either

_OF_ANSWERS = frozenset({"data", "includes", "meta", "errors", "matching_rules", "__twarc"})
_OF_POSTS = (
    "conversation_id",
    "edit_history_tweet_ids",
    "edit_history_post_ids",
    "public_metrics",
)
_AUTHORS = ("author", "author_user", "in_reply_to_user")
"""Where flattening puts accounts: `author_user` is 4CAT's name."""


class TwarcV2Pages:
    """JSONL of twarc 2 (`twarc2 search`, `timeline`, `hydrate`, `stream`): an answer of the API a record.

    Both vocabularies of X are read (`referenced_tweets`, `referenced_posts`). Versions of one edited post
    that stand in one answer give one post with its earlier texts. Errors beside the data (`errors`) speak of
    posts and accounts that are referred to, or that X does not show: they are evidence, which stays in the
    record, and give neither posts nor rejections; an answer with errors alone gives nothing.
    Source: github.com/DocNow/twarc, docs.x.com (API v2).
    """

    name = "twarc-v2-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        if not record.keys() <= _OF_ANSWERS:
            return False
        data = record.get("data")
        if data:
            return any(_has_words(one) for one in (data if isinstance(data, list) else [data]))
        says_none = "result_count" in mapping(record.get("meta"))
        return says_none or any("resource_type" in one for one in objects(record.get("errors")))

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        return choices

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        try:
            answer = answer_of(record)
        except WrongRecord as error:
            yield Reject(position, str(error), excerpt_of(record))
            return
        yield from _posts_of(answer, layout, position)


class TwarcV2Flattened:
    """JSONL of `twarc2 flatten`: one post a record, with its author and the posts it refers to in place.

    4CAT's NDJSON of its Twitter API data source is of the same shape.
    Source: github.com/DocNow/twarc (twarc/expansions.py), .../4cat (datasources/twitterv2).
    """

    name = "twarc-v2-flat-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        # A table of one's own may bear a name or two of X's: one that says the platform is none of X's.
        is_own = "id_str" in record or "platform" in record
        return _has_words(record) and not is_own and any(name in record for name in _OF_POSTS)

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        return choices

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        yield from _posts_of(_inflated(record), layout, position)


def _has_words(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str) and isinstance(entry.get("text"), str)


def _inflated(record: Entry) -> Answer:
    """A flattened post as the answer that it came from."""
    referred = objects(either(record, "references"))
    users: dict[str, User] = {}
    for holder in (record, *referred):
        mentioned = objects(mapping(holder.get("entities")).get("mentions"))
        users |= users_in([*mentioned, *(holder.get(name) for name in _AUTHORS)])
    posts = {one["id"]: one for one in referred if _has_words(one)}
    return Answer(entries=(record,), posts=posts, users=users)


def _posts_of(answer: Answer, layout: Layout, position: str) -> Iterator[Post | Reject]:
    """The posts of an answer; an edited one once, its newest version there with the earlier texts."""
    versions: defaultdict[str, dict[str, Post]] = defaultdict(dict)
    for included in filter(_was_edited, answer.posts.values()):
        make = partial(_post, included, answer, layout, position)
        _note(versions, included, post_or_reject(included, position, make))
    read: list[Post | Reject] = []
    for number, entry in enumerate(answer.entries, start=1):
        place = position if len(answer.entries) == 1 else f"{position}, item {number}"
        one = post_or_reject(entry, place, partial(_post, entry, answer, layout, place))
        _note(versions, entry, one)
        read.append(one)
    told: set[str] = set()
    for one in read:
        if isinstance(one, Reject):
            yield one
        elif one.post_id not in told:
            told.add(one.post_id)
            yield replace(_joined(versions[one.post_id]), position=one.position)


def _was_edited(entry: Entry) -> bool:
    history = either(entry, "edit history")
    return isinstance(history, list) and len(history) > 1


def _note(versions: defaultdict[str, dict[str, Post]], entry: object, read: Post | Reject) -> None:
    if isinstance(read, Post):
        versions[read.post_id][id_in(mapping(entry), "id")] = read


def _joined(by_id: Mapping[str, Post]) -> Post:
    """The newest of a post's versions, with the texts of the others."""
    *earlier, newest = (by_id[post_id] for post_id in sorted(by_id, key=int))
    return replace(newest, versions=tuple(Version(one.text, one.edited or one.published) for one in earlier))


def _post(entry: object, answer: Answer, layout: Layout, position: str) -> Post:
    if not isinstance(entry, dict):
        raise WrongRecord(f"not an object but {type(entry).__name__}")
    post = read_post(entry, Reader(answer, must_tell_all=False), position)
    words = _repeated(entry, post, answer) if post.repost_of else _own(entry, post)
    return completed(replace(post, text=words.text, is_cut=words.is_cut), layout)


def _own(entry: Entry, post: Post) -> Words:
    is_whole = either(entry, "long text") is not None
    return Words(post.text, not is_whole and ends_cut(entry, post.text, id_in(entry, "id")))


def _repeated(entry: Entry, post: Post, answer: Answer) -> Words:
    """The words of the original, else those that stand behind `RT @handle:`, which X cuts."""
    ids = [one.get("id") for one in objects(either(entry, "references")) if one.get("type") in REPOST]
    original = next((answer.posts[one] for one in ids if isinstance(one, str) and one in answer.posts), None)
    if original is not None:
        return _own(original, post)
    found = repeated_in(text_in(entry, "text"))
    return found[1] if found else Words("")
