"""What t.me's pages say (preview of a channel, one post embedded), read without the network."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.contract import Moment, Page, Post, Reject, UnreadablePage
from archive.markup import Element, elements_of
from archive.times import WrongTime, parse_moment

PLATFORM = "telegram"
PUBLIC = "https://t.me"

EVIDENCE = "account"
"""`holds` of a page that speaks of a channel and has no posts."""
SINGLE = "post"
"""`holds` of a page with one post embedded; `post` says which."""

PREVIEW = ("tgme_channel_history", "tgme_channel_info")
"""Classes that only a channel's preview has."""
OTHER_PAGE = ("tgme_page", "tgme_page_wrap", "tgme_body_wrap")
"""Classes of t.me's other pages: contact, private channel, invitation."""
MESSAGE = "tgme_widget_message"
SERVICE = "service_message"
"""`Channel created`, `... pinned a message`: Telegram's words, not the channel's, and no posts."""
REPLY_TEXT = "js-message_reply_text"
UNSHOWN = "message_media_not_supported"
"""Stands where t.me shows a picture, film or whole message not; hidden in each film that is shown."""
ONLY_IN_THE_APP = "open telegram to view"
"""In the words that stand for a whole message. `Media is too big` stands for a film, whose text is shown."""

_ID = re.compile(r"[1-9]\d{0,18}")
_LINK = re.compile(r"https?://(?:t|telegram)\.me/(?:s/)?(\w{2,32})(?:/(\d{1,19}))?(?:\?.*)?", re.ASCII)
_PEER = re.compile(r"c(\d{1,19})_.*")
EXCERPT = 200


class _WrongMessage(ValueError):
    """A message without what it must have."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A channel's page: who it is, and which messages are on it."""

    handle: str | None
    title: str | None
    channel: str | None
    """Its numeric id; None where no message says it."""
    ids: tuple[int, ...]
    """Of the messages on it, ascending."""
    unshown: tuple[int, ...]
    """Of those that have no text here because t.me sends readers to the app for it, ascending."""


def read_preview(page: Page) -> Preview | None:
    """What a page says of its channel; None where it is no preview."""
    root = _root(page)
    if not any(root.first(cls=name) for name in PREVIEW):
        return None
    messages = list(root.all(cls=MESSAGE))
    name = root.first(cls="tgme_channel_info_header_username") or root.first("a", cls=MESSAGE + "_owner_name")
    title = root.first(cls="tgme_channel_info_header_title") or root.first(cls=MESSAGE + "_owner_name")
    named = (_place(one)[0] for one in messages)
    return Preview(
        handle=next((one for one in named if one), None) or _username(name),
        title=title.text if title is not None and title.text else None,
        channel=next((one for one in map(_channel, messages) if one), None),
        ids=tuple(sorted({number for one in messages if (number := _place(one)[1]) is not None})),
        unshown=_unshown(messages),
    )


def unshown_on(page: Page) -> tuple[int, ...]:
    """The messages of a page that have no text because t.me sends readers to the app for it, ascending."""
    return _unshown(_root(page).all(cls=MESSAGE))


def other_page(page: Page) -> str | None:
    """t.me's words on one of its pages that is no preview; None where the page is not t.me's at all."""
    root = _root(page)
    if not any(root.first(cls=name) for name in OTHER_PAGE):
        return None
    said = (root.first(cls=name) for name in ("tgme_page_title", "tgme_page_extra", "tgme_page_description"))
    return "; ".join(one.text[:100] for one in said if one is not None and one.text) or "no preview"


def embedded_error(page: Page) -> str | None:
    """Why t.me does not show a single post, in its words; None where it does."""
    root = _root(page)
    error = root.first(cls=MESSAGE + "_error")
    if error is not None:
        return error.text[:EXCERPT] or "no post"
    return None if root.first(cls=MESSAGE) else other_page(page) or "no post on the page"


def parse_page(page: Page) -> Iterator[Post | Reject]:
    """The posts of a page. Raises UnreadablePage."""
    if page.context.get("holds") == EVIDENCE:
        return
    only = page.context.get("post") if page.context.get("holds") == SINGLE else None
    root = _root(page)
    if only is None and not any(root.first(cls=name) for name in PREVIEW):
        begins = page.body[:60].decode("utf-8", "replace")
        raise UnreadablePage(f"{page.source}: no preview of a channel but {begins!r}", page)
    for number, message in enumerate(root.all(cls=MESSAGE), start=1):
        if SERVICE in message.classes or only not in (None, str(_place(message)[1])):
            continue
        position = f"item {number}"
        try:
            yield _post(message, page, position)
        except _WrongMessage as error:
            yield Reject(
                position, str(error), f"{message.attributes.get('data-post')}: {message.text}"[:EXCERPT]
            )


def _root(page: Page) -> Element:
    return elements_of(page.body.decode("utf-8", "replace"))


def _post(message: Element, page: Page, position: str) -> Post:
    handle, number = _place(message)
    if number is None or not handle:
        raise _WrongMessage("no data-post")
    channel = _channel(message) or page.context.get("channel")
    if channel is None:
        raise _WrongMessage("neither data-view nor data-peer says the channel's id")
    owner = message.first(cls=MESSAGE + "_owner_name")
    reply_to, reply_to_post = _replied(message, handle, channel)
    return Post(
        platform=PLATFORM,
        post_id=f"{channel}/{number}",
        text=_words(message),
        position=position,
        published=_published(message),
        author_handle=handle,
        author_platform_id=page.context.get("identity") or channel,
        author_name=owner.text if owner is not None and owner.text else None,
        url=f"{PUBLIC}/{handle}/{number}",
        reply_to=reply_to,
        reply_to_post=reply_to_post,
        repost_of=_forwarded(message),
    )


def _place(message: Element) -> tuple[str | None, int | None]:
    """Channel and number of a message, from `data-post="channel/123"`."""
    handle, _, number = message.attributes.get("data-post", "").rpartition("/")
    return handle or None, int(number) if _ID.fullmatch(number) else None


def _channel(message: Element) -> str | None:
    """The numeric id: `c` of the JSON in `data-view` (there negative), or what follows `c` in `data-peer`."""
    return _viewed(message.attributes.get("data-view", "")) or _peer(message.attributes.get("data-peer", ""))


def _viewed(packed: str) -> str | None:
    try:
        said = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    number = said.get("c") if isinstance(said, dict) else None
    return str(abs(number)) if isinstance(number, int) and not isinstance(number, bool) and number else None


def _peer(written: str) -> str | None:
    found = _PEER.fullmatch(written)
    return found[1] if found else None


def _username(shown: Element | None) -> str | None:
    return shown.text.removeprefix("@").rpartition("/")[2] or None if shown is not None else None


def _published(message: Element) -> Moment:
    dated = message.first(cls=MESSAGE + "_date") or message
    written = next(
        (one.attributes["datetime"] for one in dated.all("time") if "datetime" in one.attributes), ""
    )
    if not written:
        raise _WrongMessage("no datetime")
    try:
        return parse_moment(written)
    except WrongTime as error:
        raise _WrongMessage(f"datetime: {error}") from error


def _unshown(messages: Iterable[Element]) -> tuple[int, ...]:
    """Those without words in whose place t.me writes that the app is to be opened, ascending."""
    found = (_place(one)[1] for one in messages if _is_for_the_app(one) and not _words(one))
    return tuple(sorted({number for number in found if number is not None}))


def _is_for_the_app(message: Element) -> bool:
    said = (one.text.lower() for one in message.all(cls=UNSHOWN))
    return SERVICE not in message.classes and any(ONLY_IN_THE_APP in words for words in said)


def _words(message: Element) -> str:
    """Text, or a poll's question with its answers; nothing for media alone or what only the app shows."""
    own = (one for one in message.all(cls=MESSAGE + "_text") if REPLY_TEXT not in one.classes)
    polled = (
        *message.all(cls=MESSAGE + "_poll_question"),
        *message.all(cls=MESSAGE + "_poll_option_text"),
    )
    parts = [next((_shown(one).text for one in own), ""), "\n".join(one.text for one in polled)]
    return "\n\n".join(filter(None, parts))


def _shown(element: Element) -> Element:
    """The element without t.me's words for what it does not show."""
    if element.first(cls=UNSHOWN) is None:
        return element
    kept = (one for one in element.children if isinstance(one, str) or UNSHOWN not in one.classes)
    children = [one if isinstance(one, str) else _shown(one) for one in kept]
    return Element(element.name, element.attributes, children)


def _replied(message: Element, handle: str, channel: str) -> tuple[str | None, str | None]:
    """Who and what is answered: in the same channel by its ids, elsewhere by the link."""
    reply = message.first("a", cls=MESSAGE + "_reply")
    link = _LINK.fullmatch(reply.attributes.get("href", "")) if reply is not None else None
    if link is None or link[2] is None:
        return None, None
    if link[1].lower() == handle.lower():
        return handle, f"{channel}/{link[2]}"
    return link[1], f"{PUBLIC}/{link[1]}/{link[2]}"


def _forwarded(message: Element) -> str | None:
    """The link to a forwarded original, else how its author is called.

    A forward repeats: Telegram lets nobody add words to it.
    """
    origin = message.first(cls=MESSAGE + "_forwarded_from")
    if origin is None:
        return None
    name = origin.first(cls=MESSAGE + "_forwarded_from_name") or origin
    return name.attributes.get("href") or name.text or "a hidden author"
