"""Telegram's public preview in small: t.me/s/<channel>, as web pages."""

import base64
import html
import json
from collections import Counter
from datetime import datetime

from loopback import Answer, Asked, Switches
from world import World, WorldAccount, WorldPost

from archive.contract import AccountRef
from db.words import State

NUMBERS = 1_000_000_000
"""A channel's id is the account's number above this."""
FILM = (
    '<div class="tgme_widget_message_video_player not_supported"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">Media is too big</div>'
    '<span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div>'
)
"""In place of a film that is too big for the web."""


class FakeTelegram:
    """t.me with all accounts of a world as channels.

    A channel that is not active leads from /s/<channel> to /<channel>; holes in the ids are normal; an
    edit leaves a mark and no history. Of the switches `repeat_cursor` makes `after` repeat the page that
    led to it, `empty_page_at` leaves a page out; `expire_cursors` and `partial_errors` make no sense here.
    There are no headers that tell a limit.
    """

    collector = "telegram"

    def __init__(self, world: World, *, page_size: int = 20) -> None:
        self.world = world
        self.switches = Switches()
        self.fired: Counter[str] = Counter()
        self.page_size = page_size
        self.zero_is_nothing = False
        """Whether `after=0` is taken for no parameter."""
        self.after_is_nothing = False
        """Whether `after` is always taken for no parameter."""
        self.before_is_nothing = False
        """Whether `before` is."""
        self.more_links = True
        """Whether pages offer older messages, as they do not always."""
        self.media: set[int] = set()
        """Serials of posts that only the app shows."""
        self.films: set[int] = set()
        """Serials of posts with a film that is too big for the web, above their text."""
        self.services: set[int] = set()
        """Serials that are notices of the service."""
        self.hidden_origins = False
        """Whether forwards name their author without a link."""
        self.pages = 0

    def settings(self, url: str) -> dict[str, str]:
        return {"HUSTINGS_TELEGRAM": url}

    def ref(self, name: str, url: str) -> AccountRef:
        return AccountRef("telegram", handle=self.world.accounts[name].handle)

    def is_page(self, asked: Asked) -> bool:
        return asked.path.startswith("/s/")

    def channel(self, name: str) -> int:
        return NUMBERS + self.world.accounts[name].number

    def post_id(self, post: WorldPost) -> str:
        return f"{self.channel(post.author)}/{post.serial}"

    def text(self, post: WorldPost, version: int = -1) -> str:
        if post.serial in self.media:
            return ""
        return (post.repost_of or post).texts[version][1]

    def too_many(self, reset: datetime, form: str) -> Answer:
        """429 without a word of when, whatever the form."""
        return Answer(429, b"<html>429 Too Many Requests</html>", {"Content-Type": "text/html"})

    # ---- what it answers ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        parts = asked.path.strip("/").split("/")
        account = self.world.by_handle(parts[1] if parts[0] == "s" and len(parts) > 1 else parts[0])
        if parts[0] != "s":
            single = asked.first("embed") is not None and len(parts) == 2
            return self._embedded(account, parts[1]) if single else _page(contact(parts[0]))
        if account is None or account.state != State.ACTIVE:
            return Answer(302, b"", {"Location": f"/{parts[1]}"})
        return self._preview(account, asked)

    def _preview(self, account: WorldAccount, asked: Asked) -> Answer:
        shown = self.world.shown(account.name)
        self.pages += 1
        window = self._window(shown, asked)
        if self.switches.empty_page_at == self.pages:
            self.fired["empty_page_at"] += 1
            window = []
        older = bool(window) and window[0] is not shown[0] and self.more_links
        return _page(self.preview(account, window, older=older))

    def _window(self, shown: list[WorldPost], asked: Asked) -> list[WorldPost]:
        """The messages after one, before one, or the newest."""
        after, before = asked.first("after"), asked.first("before")
        ignored = self.after_is_nothing or (after == "0" and self.zero_is_nothing)
        if after is not None and not ignored:
            return self._after(shown, int(after))
        if before is not None and not self.before_is_nothing:
            shown = [one for one in shown if one.serial < int(before)]
        return shown[-self.page_size :]

    def _after(self, shown: list[WorldPost], after: int) -> list[WorldPost]:
        before = [one for one in shown if one.serial <= after]
        window = [one for one in shown if one.serial > after][: self.page_size]
        if self.switches.repeat_cursor and before:
            self.fired["repeat_cursor"] += 1
            return before[-self.page_size :]
        if self.switches.duplicates and before:
            self.fired["duplicates"] += 1
            return [before[-1], *window]
        return window

    def _embedded(self, account: WorldAccount | None, number: str) -> Answer:
        shown = self.world.shown(account.name) if account is not None else []
        post = next((one for one in shown if str(one.serial) == number), None)
        if post is None:
            return _page('<div class="tgme_widget_message_error">Post not found</div>')
        return _page(self.message(post))

    def preview(self, account: WorldAccount, posts: list[WorldPost], *, older: bool) -> str:
        """A channel's page."""
        more = (
            f'<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{account.handle}'
            f'?before={posts[0].serial}" class="tme_messages_more js-messages_more" '
            f'data-before="{posts[0].serial}"></a></div>'
            if older
            else ""
        )
        listed = "".join(self.message(one) for one in posts)
        title = html.escape(account.name.title())
        return (
            '<header class="tgme_header"><div class="tgme_channel_info">'
            f'<div class="tgme_channel_info_header_title"><span dir="auto">{title}</span></div>'
            f'<div class="tgme_channel_info_header_username"><a href="https://t.me/{account.handle}">'
            f"@{account.handle}</a></div></div></header><main>"
            f'<section class="tgme_channel_history js-message_history">{more}{listed}</section></main>'
        )

    def message(self, post: WorldPost) -> str:
        """One message of a channel's page."""
        account = self.world.accounts[post.author]
        name = f"{account.handle}/{post.serial}"
        channel = self.channel(post.author)
        packed = json.dumps({"c": -channel, "p": post.serial, "t": 1, "h": "0"}).encode()
        view = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        service = " service_message" if post.serial in self.services else ""
        edited = "edited &nbsp;" if post.edited_at else ""
        broken = self.switches.malformed_every and post.serial % self.switches.malformed_every == 0
        self.fired["malformed_every"] += bool(broken)
        when = "" if broken else f' datetime="{post.published_at.isoformat()}"'
        return (
            '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message '
            f'text_not_supported_wrap{service} js-widget_message" data-post="{name}" data-view="{view}" '
            f'data-peer="c{channel}_-7"><div class="tgme_widget_message_bubble">'
            '<div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name" '
            f'href="https://t.me/{account.handle}"><span dir="auto">{account.name.title()}</span></a></div>'
            f"{self._origin(post)}{self._answered(post)}{self._content(post)}"
            '<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">'
            '<span class="tgme_widget_message_views">1.2K</span><span class="copyonly"> views</span>'
            f'<span class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date" '
            f'href="https://t.me/{name}"><time{when} class="time">09:00</time></a></span></div></div>'
            "</div></div></div>"
        )

    def _content(self, post: WorldPost) -> str:
        if post.serial in self.media:
            return (
                '<div class="message_media_not_supported"><div class="message_media_not_supported_label">'
                "Please open Telegram to view this post</div></div>"
            )
        written = html.escape(self.text(post)).replace("\n", "<br/>")
        text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{written}</div>'
        return FILM + text if post.serial in self.films else text

    def _origin(self, post: WorldPost) -> str:
        if post.repost_of is None:
            return ""
        author = self.world.accounts[post.repost_of.author]
        shown, end = f'a href="https://t.me/{author.handle}/{post.repost_of.serial}"', "a"
        if self.hidden_origins:
            shown, end = "span", "span"
        return (
            '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
            f'<{shown} class="tgme_widget_message_forwarded_from_name"><span dir="auto">'
            f"{author.name.title()}</span></{end}></div>"
        )

    def _answered(self, post: WorldPost) -> str:
        if post.reply_to is None:
            return ""
        account = self.world.accounts[post.reply_to.author]
        return (
            f'<a class="tgme_widget_message_reply" href="https://t.me/{account.handle}/{post.reply_to.serial}">'
            '<div class="tgme_widget_message_author"><span class="tgme_widget_message_author_name">'
            f'{account.name.title()}</span></div><div class="tgme_widget_message_text js-message_reply_text">'
            f"{html.escape(post.reply_to.text)}</div></a>"
        )


def contact(name: str) -> str:
    """t.me's page of a name that has no preview."""
    return (
        '<div class="tgme_page_wrap"><div class="tgme_page"><div class="tgme_page_title"><span>'
        f'{html.escape(name)}</span></div><div class="tgme_page_extra">1 234 subscribers</div></div></div>'
    )


def _page(body: str) -> Answer:
    written = f"<!DOCTYPE html><html><head><title>Telegram</title></head><body>{body}</body></html>"
    return Answer(200, written.encode(), {"Content-Type": "text/html; charset=utf-8"})
