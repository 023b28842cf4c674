"""Posts as Mastodon's API has them (entity `Status`), read without the network."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.collectors.mastodon.accounts import EVIDENCE, identity_of
from archive.collectors.mastodon.addresses import Home
from archive.contract import Moment, Page, Post, Reject, UnreadablePage, Version
from archive.contract.web import json_excerpt, read_json
from archive.entities import (
    Entity,
    WrongRecord,
    entities,
    entity,
    needed_text,
    needed_time,
    text,
)
from archive.fediverse import full_handle, whole_words

PLATFORM = "mastodon"
STATUS = "status"
"""`holds` of a page with one post."""
HISTORY = "history"
"""`holds` of a page with the versions of one post."""

NOT_PUBLISHED = frozenset({"private", "direct", "mutuals_only", "list"})
"""Visibilities of what is not published: shown only to the bearer of a token, and kept in no byte."""

EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Whose:
    """What a page does not say itself: where it comes from, and of whom it is asked for."""

    server: str
    domain: str
    account: str | None = None
    """Local id of the account whose page it is."""
    identity: str | None = None
    """That account's immutable id in the archive."""

    @classmethod
    def of(cls, page: Page) -> "Whose":
        context = page.context
        server = context.get("server", "")
        return cls(
            server,
            context.get("domain") or Home(server).host,
            context.get("account"),
            context.get("identity"),
        )

    def context(self) -> dict[str, str | None]:
        """For `Response.page`; `of` gives it back."""
        return {
            "server": self.server,
            "domain": self.domain,
            "account": self.account,
            "identity": self.identity,
        }

    def handle(self, account: Entity) -> str | None:
        acct = text(account, "acct") or text(account, "username")
        return full_handle(acct, self.domain) if acct else None

    def identity_of(self, account: Entity) -> str | None:
        if self.identity is not None and account.get("id") == self.account:
            return self.identity
        return identity_of(account, self.server)


def parse_page(page: Page) -> Iterator[Post | Reject]:
    """The posts of a page of any kind. Raises UnreadablePage."""
    holds = page.context.get("holds")
    if holds == EVIDENCE:
        return iter(())
    said = read_json(page)
    if holds == HISTORY:
        return _history(page, said)
    if holds == STATUS:
        return _posts([_one(page, said)], Whose.of(page))
    return _posts(listed(page, said), Whose.of(page))


def listed(page: Page, said: Any) -> list[Any]:
    """The records of a page, as they stand there. Raises UnreadablePage where it is no list."""
    if not isinstance(said, list):
        raise UnreadablePage(f"{page.source}: not a list of posts but {_kind(said)}", page)
    return said


def is_published(record: Any) -> bool:
    """Whether a record is not for some readers alone; nor is what it repeats."""
    if not isinstance(record, dict):
        return True
    parts = (record, entity(record, "reblog") or {})
    return all(text(one, "visibility") not in NOT_PUBLISHED for one in parts)


def published(page: Page, records: Sequence[Any]) -> Page:
    """A page of posts, which holds these records, as it may be kept: without those that are not published."""
    left = [one for one in records if is_published(one)]
    return page if len(left) == len(records) else replace(page, body=json.dumps(left).encode())


def _one(page: Page, said: Any) -> Entity:
    if not isinstance(said, dict) or "id" not in said:
        raise UnreadablePage(f"{page.source}: not a post but {_kind(said)}", page)
    return said


def _kind(said: Any) -> str:
    error = said.get("error") if isinstance(said, dict) else None
    return f"an error: {error[:EXCERPT]}" if isinstance(error, str) else f"JSON of type {type(said).__name__}"


def _posts(records: Sequence[Any], whose: Whose) -> Iterator[Post | Reject]:
    addresses = addresses_of(records)
    for number, record in enumerate(records, start=1):
        position = f"item {number}"
        try:
            if not isinstance(record, dict):
                raise WrongRecord(f"no post but {type(record).__name__}")
            if is_published(record):
                yield post_of(record, whose, position, addresses)
        except WrongRecord as error:
            yield Reject(position, str(error), json_excerpt(record))


def addresses_of(records: Sequence[Any]) -> dict[str, str]:
    """Local id -> `uri` of the posts on a page, by which replies inside it are known."""
    known = [one for one in records if isinstance(one, dict)]
    return {one["id"]: uri for one in known if isinstance(one.get("id"), str) and (uri := text(one, "uri"))}


def post_of(record: Entity, whose: Whose, position: str, addresses: Mapping[str, str]) -> Post:
    """One record. Raises WrongRecord, which names the field."""
    account = entity(record, "account")
    if account is None or not text(account, "id"):
        raise WrongRecord("no account")
    original = entity(record, "reblog")
    shown = record if original is None else original
    quoted, quoted_post = _quoted(record, whose)
    return Post(
        platform=PLATFORM,
        post_id=needed_text(record, "uri"),
        text=_words(shown, without_quote=quoted_post is not None),
        position=position,
        published=needed_time(record, "created_at"),
        author_handle=whose.handle(account),
        author_platform_id=whose.identity_of(account),
        author_name=text(account, "display_name"),
        url=text(record, "url"),
        lang=text(shown, "language"),
        reply_to=_replied_to(record, account, whose),
        reply_to_post=_replied_post(record, whose, addresses),
        quoted=quoted,
        quoted_post=quoted_post,
        repost_of=needed_text(original, "uri") if original is not None else None,
        edited=_edited(record),
    )


def _words(record: Entity, *, without_quote: bool) -> str:
    html = needed_text(record, "content", empty=True)
    choices = [text(one, "title") or "" for one in entities(entity(record, "poll") or {}, "options")]
    return whole_words(text(record, "spoiler_text"), html, choices, without_quote=without_quote)


def _edited(record: Entity) -> Moment | None:
    return needed_time(record, "edited_at") if record.get("edited_at") is not None else None


def _replied_to(record: Entity, account: Entity, whose: Whose) -> str | None:
    """Handle of who is answered, where the record says it; else the account's address in the API."""
    local_id = text(record, "in_reply_to_account_id")
    if local_id is None:
        return None
    if local_id == account.get("id"):
        return whose.handle(account)
    named = next((one for one in entities(record, "mentions") if one.get("id") == local_id), None)
    return (whose.handle(named) if named is not None else None) or Home(whose.server, local_id).address


def _replied_post(record: Entity, whose: Whose, addresses: Mapping[str, str]) -> str | None:
    """`uri` of the post that is answered, where it stands on the page; else its address in the API."""
    local_id = text(record, "in_reply_to_id")
    return None if local_id is None else addresses.get(local_id) or Home(whose.server).status(local_id)


def _quoted(record: Entity, whose: Whose) -> tuple[str | None, str | None]:
    """Handle of who is quoted and `uri` of the quoted post (Mastodon 4.4), where it may be shown."""
    quote = entity(record, "quote")
    quoted = entity(quote, "quoted_status") if quote is not None else None
    if quoted is None:
        return None, None
    account = entity(quoted, "account")
    return whose.handle(account) if account is not None else None, text(quoted, "uri")


# ---- versions -------------------------------------------------------------------------------------

KEPT = ("post_id", "url", "lang", "reply_to", "reply_to_post", "quoted", "quoted_post")
AUTHOR = ("author_handle", "author_platform_id", "author_name")
"""What a list of versions does not say of its post; it goes along as context."""


def wants_history(record: Any) -> bool:
    """Whether there are earlier versions of a record that can be asked for."""
    return isinstance(record, dict) and isinstance(record.get("edited_at"), str) and bool(text(record, "id"))


def history_context(record: Entity, whose: Whose, addresses: Mapping[str, str]) -> dict[str, str | None]:
    """What `parse_page` needs for the versions of a record. Raises WrongRecord."""
    post = post_of(record, whose, "item 1", addresses)
    return {"holds": HISTORY, **{name: getattr(post, name) for name in (*KEPT, *AUTHOR)}}


def _history(page: Page, said: Any) -> Iterator[Post | Reject]:
    """The post with its present text and the earlier ones (entity `StatusEdit`, oldest first)."""
    records = [one for one in listed(page, said) if isinstance(one, dict)]
    without_quote = "quoted_post" in page.context
    try:
        if not records:
            raise WrongRecord("no versions")
        versions = [
            Version(_words(one, without_quote=without_quote), needed_time(one, "created_at"))
            for one in records
        ]
        known: dict[str, Any] = {name: page.context.get(name) for name in (*KEPT[1:], *AUTHOR)}
        yield Post(
            platform=PLATFORM,
            post_id=needed_text(page.context, "post_id"),
            text=versions[-1].text,
            position="versions",
            published=versions[0].published,
            edited=versions[-1].published if len(versions) > 1 else None,
            versions=tuple(versions[:-1]),
            **known,
        )
    except WrongRecord as error:
        yield Reject("versions", str(error), page.body[:EXCERPT].decode("utf-8", "replace"))
