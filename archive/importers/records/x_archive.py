"""Posts of the data archive that X gives to the owner of an account."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from archive.contract import Choices, Companions, Layout, Post, Reject
from archive.importers.records.completing import completed, mapping, post_or_reject
from archive.importers.records.x_archive_files import records_in
from archive.importers.records.x_classic import Parts, classic_post, id_under
from archive.importers.records.x_notes import joined
from archive.times import parse_moment
from archive.x_posts.addresses import HANDLE, permalink
from archive.x_posts.answers import WrongRecord, optional_id, shown_name, text_in
from archive.x_posts.posts import PLATFORM, made_by_id

_TWEETS = ("tweets", "tweet", "deleted-tweets", "deleted-tweet")
"""Files with posts, by the names of newer and older archives."""
_NOTES = ("note-tweet",)


class XArchive:
    """`tweets.js`, `tweet.js`, `tweets-part1.js`, `deleted-tweets.js` of X's data archive.

    Newer archives wrap each record (`{"tweet": {...}}`), older ones do not. Whose archive it is says
    `account.js`. Reposts are there as `RT @handle: ...`, cut at 140 characters, without the original's id:
    its author's handle (`@handle`) stands for it. A text that ends in dots and a link to the post itself is
    cut (`is_cut`); the whole one is in `note-tweet.js` (`XArchiveNotes`). Deleted posts are read like others:
    when one was deleted (`deleted_at`) has no place in a post, and stays in the record. Likes, direct
    messages and lists of ids (`tweet-headers.js`) hold no text of the owner's, and are not recognised.
    Source: the records as read by github.com/timhutton/twitter-archive-parser and
    github.com/karlicoss/HPI (my.twitter.archive); X publishes no description of its own.
    """

    name = "x-archive-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        if record.keys() == {"tweet"}:
            return _is_tweet(mapping(record["tweet"]))
        return _is_tweet(record) and "user" not in record and isinstance(record.get("favorite_count"), str)

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        return with_owner(choices, companions)

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        tweet = mapping(record.get("tweet", record))
        parts = Parts(tweet=tweet, holder=tweet, user={})
        yield post_or_reject(record, position, lambda: classic_post(parts, layout, position))


class XArchiveNotes:
    """`note-tweet.js` of X's data archive: the whole texts of posts with more than 280 characters.

    A record has an id of its own (`noteTweetId`) and not that of its post: `complete` finds it in the files
    of posts beside it, by the texts' common beginning and the nearest id (see `x_notes`). A long text whose
    post is in none of them, such as one that was deleted long ago, is rejected.
    Source: as for `XArchive`.
    """

    name = "x-archive-note-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        note = mapping(record.get("noteTweet"))
        return record.keys() == {"noteTweet"} and isinstance(mapping(note.get("core")).get("text"), str)

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        ids = joined(records_in(companions, *_NOTES), records_in(companions, *_TWEETS))
        return replace(with_owner(choices, companions), ids={**ids, **choices.ids})

    def posts(self, record: Mapping[str, Any], layout: Layout, position: str) -> Iterator[Post | Reject]:
        yield post_or_reject(record, position, lambda: _long_post(record, layout, position))


def with_owner(choices: Choices, companions: Companions) -> Choices:
    """The choices with whose archive it is, unless the user says that it is another's.

    Raises UnreadableSource for an `account.js` that is not what X's archive holds.
    """
    account = next((mapping(one.get("account")) for one in records_in(companions, "account")), {})
    handle = account.get("username")
    if not isinstance(handle, str) or not HANDLE.fullmatch(handle):
        return choices
    if choices.author and choices.author.removeprefix("@").lower() != handle.lower():
        return choices
    try:
        account_id, name = optional_id(account, "accountId"), shown_name(account.get("accountDisplayName"))
    except WrongRecord:
        return replace(choices, author=handle)
    return replace(choices, author=handle, author_id=account_id, author_name=name)


def _is_tweet(record: Mapping[str, Any]) -> bool:
    texts = isinstance(record.get("full_text"), str) or isinstance(record.get("text"), str)
    has_id = isinstance(record.get("id_str"), str) or isinstance(record.get("id"), str)
    return texts and has_id and isinstance(record.get("created_at"), str)


def _long_post(record: Mapping[str, Any], layout: Layout, position: str) -> Post:
    note = mapping(record.get("noteTweet"))
    note_id = id_under(note, "noteTweetId")
    if note_id is None:
        raise WrongRecord("no noteTweetId")
    chain = layout.ids.get(note_id, "").split()
    if not chain:
        raise WrongRecord(
            "none of the archive's posts begins with this long text:"
            " import the archive as a whole, or look whether the post was deleted"
        )
    made = parse_moment(text_in(note, "createdAt"))
    edited = made if len(chain) > 1 else None
    return completed(
        Post(
            platform=PLATFORM,
            post_id=chain[0],
            also_ids=tuple(chain[1:]),
            text=text_in(mapping(note.get("core")), "text"),
            position=position,
            published=made_by_id(chain[0]) if edited else made,
            url=permalink(chain[-1], layout.author),
            edited=edited,
        ),
        layout,
    )
