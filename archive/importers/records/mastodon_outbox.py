"""The account export of Mastodon and its relatives: `outbox.json`, and whose it is from `actor.json`.

Form: ActivityStreams 2.0 as app/services/backup_service.rb and app/serializers/activitypub/note_serializer.rb
of mastodon/mastodon write it; audiences as app/lib/activitypub/tag_manager.rb does (read 2026-11).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from archive.contract import Choices, Companions, Layout, Moment, Post, Reject, Source, UnreadableSource
from archive.contract.pages import LeftOut
from archive.entities import Entity, WrongRecord, entities, entity, needed_text, needed_time, text
from archive.fediverse import full_handle, whole_words
from archive.importers.records.fields import read_record

PLATFORM = "mastodon"
ACTOR_FILE = "actor.json"
ACTOR_BYTES = 1 << 20
"""The longest description of an account that is read."""

CREATE, ANNOUNCE = "Create", "Announce"
ACTIVITIES = frozenset(
    {CREATE, ANNOUNCE, "Update", "Delete", "Undo", "Like", "Move", "Add", "Remove", "Flag", "Follow"}
)
"""What an outbox may hold; all but the first two say nothing that was published."""
POSTS = frozenset({"Note", "Question"})
"""Types of objects that are posts; a question is a post with a poll."""

EVERYBODY = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
"""How the public is written as an audience (ActivityPub 5.6)."""
FOLLOWERS = "/followers"
"""How the addresses of followers' collections end, in Mastodon and all its relatives that export."""
PRIVATE = "private"
"""How the reasons begin for which something is left out that was not published."""
QUOTES = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
"""Where the address of a quoted post stands; the first is Mastodon's own (4.5)."""


class MastodonOutbox:
    """The activities of an outbox. What was not published is never a post: see `withheld`."""

    name = "mastodon-outbox-1"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        return (
            _kind(record) in ACTIVITIES
            and isinstance(record.get("actor"), str)
            and isinstance(record.get("id"), str)
            and isinstance(record.get("object"), str | dict)
        )

    def complete(self, choices: Choices, companions: Companions) -> Choices:
        """Whose outbox it is, from actor.json beside it. Raises UnreadableSource where that is no actor."""
        source = companions.find(ACTOR_FILE)
        choices = replace(choices, platform=choices.platform or PLATFORM)
        if source is None:
            return choices
        actor = _read_actor(source)
        return replace(
            choices,
            author=choices.author or _handle_of(actor),
            author_id=choices.author_id or text(actor, "id"),
            author_name=choices.author_name or text(actor, "name"),
        )

    def withheld(self, record: Mapping[str, Any]) -> str | None:
        """Why a record is not for the archive; None where it is.

        Published is what activity and post both send to the public, first or second hand. Followers-only
        posts, direct messages, and what does not say to whom it goes, are private.
        """
        kind = _kind(record)
        if kind not in (CREATE, ANNOUNCE):
            return f"an activity that publishes nothing: {kind if kind in ACTIVITIES else 'of unknown type'}"
        parts = [record, post] if (post := entity(record, "object")) is not None else [record]
        for part in parts:
            audience = _audience(part)
            if audience & EVERYBODY:
                continue
            if not audience:
                return f"{PRIVATE}: it does not say to whom it goes"
            followers = any(one.endswith(FOLLOWERS) for one in audience)
            return f"{PRIVATE}: for followers only" if followers else f"{PRIVATE}: a direct message"
        return None

    def posts(
        self, record: Mapping[str, Any], layout: Layout, position: str
    ) -> Iterator[Post | Reject | LeftOut]:
        """One post or repost. A boost's own words are none; the boosted post is named by its address."""
        reason = self.withheld(record)
        if reason is not None:
            yield LeftOut(position, reason, private=_ids(record) if reason.startswith(PRIVATE) else ())
            return
        make = _repost if record["type"] == ANNOUNCE else _post
        yield read_record(
            lambda activity: make(activity, _Author.of(activity, layout), position), record, position
        )


@dataclass(frozen=True, slots=True)
class _Author:
    """Whose activity it is, and how handles look from that author's server."""

    id: str
    handle: str | None
    name: str | None

    @classmethod
    def of(cls, activity: Entity, layout: Layout) -> "_Author":
        """What the user or actor.json say goes for activities of that actor alone. Raises WrongRecord."""
        actor = needed_text(activity, "actor")
        if layout.author_id in (None, actor) and layout.author:
            return cls(actor, layout.author, layout.author_name)
        return cls(actor, _handle_in(actor), None)

    def handle_of(self, post: Entity, address: str) -> str | None:
        """Handle of the author of another post: the author's own, or one that is mentioned in this post."""
        if address.startswith(f"{self.id}/"):
            return self.handle
        domain = (self.handle or "").rpartition("@")[2] or _host(self.id)
        for tag in entities(post, "tag"):
            href, name = text(tag, "href"), text(tag, "name")
            if tag.get("type") == "Mention" and href and name and address.startswith(f"{href}/"):
                return full_handle(name.removeprefix("@"), domain)
        return None


def _post(activity: Entity, author: _Author, position: str) -> Post:
    post = entity(activity, "object")
    if post is None or _kind(post) not in POSTS:
        raise WrongRecord(f"object: no post but {(_kind(post)[:40] if post else '') or 'something else'}")
    if post.get("attributedTo") not in (None, author.id):
        raise WrongRecord("object.attributedTo: not of the actor of the activity")
    quoted = next((found for name in QUOTES if (found := text(post, name))), None)
    answered = text(post, "inReplyTo")
    return Post(
        platform=PLATFORM,
        post_id=needed_text(post, "id"),
        text=_words(post, without_quote=quoted is not None),
        position=position,
        published=needed_time(post, "published"),
        author_handle=author.handle,
        author_platform_id=author.id,
        author_name=author.name,
        url=text(post, "url"),
        lang=_language(post),
        reply_to=author.handle_of(post, answered) if answered else None,
        reply_to_post=answered,
        quoted=author.handle_of(post, quoted) if quoted else None,
        quoted_post=quoted,
        edited=_edited(post),
    )


def _repost(activity: Entity, author: _Author, position: str) -> Post:
    original = entity(activity, "object")
    return Post(
        platform=PLATFORM,
        post_id=needed_text(activity, "id"),
        text=_words(original, without_quote=False) if original is not None else "",
        position=position,
        published=needed_time(activity, "published"),
        author_handle=author.handle,
        author_platform_id=author.id,
        author_name=author.name,
        url=needed_text(activity, "id"),
        repost_of=needed_text(original if original is not None else activity, "id" if original else "object"),
    )


def _words(post: Entity, *, without_quote: bool) -> str:
    translations = list((entity(post, "contentMap") or {}).values())
    first = translations[0] if translations and isinstance(translations[0], str) else ""
    html = first if post.get("content") is None else needed_text(post, "content", empty=True)
    choices = [text(one, "name") or "" for name in ("oneOf", "anyOf") for one in entities(post, name)]
    return whole_words(text(post, "summary"), html, choices, without_quote=without_quote)


def _language(post: Entity) -> str | None:
    """The language of the one text; of several, the one that `content` is in."""
    translations = entity(post, "contentMap") or {}
    same = [key for key, words in translations.items() if words == post.get("content")]
    named = list(translations) if len(translations) == 1 else same
    return named[0] if len(named) == 1 and 0 < len(named[0]) <= 35 else None


def _edited(post: Entity) -> Moment | None:
    return needed_time(post, "updated") if post.get("updated") is not None else None


def _kind(part: Entity) -> str:
    return text(part, "type") or ""


def _ids(activity: Entity) -> tuple[str, ...]:
    """Of an activity and of the post in it; a post that it only names is another's, or stands elsewhere."""
    parts = (activity, entity(activity, "object") or {})
    return tuple(found for one in parts if (found := text(one, "id")))


def _audience(part: Entity) -> frozenset[str]:
    said: list[Any] = []
    for name in ("to", "cc"):
        value = part.get(name)
        said += value if isinstance(value, list) else [value]
    return frozenset(one for one in said if isinstance(one, str))


def _read_actor(source: Source) -> Entity:
    with source.open() as file:
        body = file.read(ACTOR_BYTES + 1)
    try:
        actor = json.loads(body) if len(body) <= ACTOR_BYTES else None
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(
            f"{source.name}: not JSON: {str(error)[:120]}: unpack the archive again"
        ) from error
    if not isinstance(actor, dict) or not isinstance(actor.get("id"), str):
        raise UnreadableSource(f"{source.name}: not the description of an account: it has no id")
    return actor


def _handle_of(actor: Entity) -> str | None:
    """`webfinger` where the server states it (FEP-2c59), else user and host."""
    stated = (text(actor, "webfinger") or "").removeprefix("acct:")
    if stated.count("@") == 1 and all(stated.split("@")):
        return stated
    user, host = text(actor, "preferredUsername"), _host(text(actor, "id") or "")
    return f"{user}@{host}" if user and host else None


def _handle_in(actor: str) -> str | None:
    """From an address such as https://social.example/users/ada; None where it names nobody."""
    host, steps = _host(actor), actor.partition("://")[2].split("/")[1:]
    if host and len(steps) == 2 and steps[0] == "users" and steps[1]:
        return f"{steps[1]}@{host}"
    return f"{steps[0][1:]}@{host}" if host and len(steps) == 1 and steps[0][:1] == "@" else None


def _host(address: str) -> str:
    """Host, and port where one is given; empty where the address has none."""
    try:
        split = urlsplit(address)
    except ValueError:  # brackets without an IPv6 address
        return ""
    return split.netloc.lower() if "@" not in split.netloc else ""
