"""Reads public channels on Telegram by their web preview, from the oldest message on."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from urllib.parse import urlsplit

from archive.collectors.telegram.preview import (
    EVIDENCE,
    PLATFORM,
    PUBLIC,
    SINGLE,
    Preview,
    embedded_error,
    other_page,
    parse_page,
    read_preview,
    unshown_on,
)
from archive.collectors.telegram.rechecking import recheck_messages
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    KnownPost,
    Order,
    Page,
    Policy,
    Post,
    Rechecked,
    Reject,
    Response,
    Served,
    Setup,
    Stream,
    Stretch,
    UnreadablePage,
    Web,
)
from db.words import State

ADDRESS = "HUSTINGS_TELEGRAM"
UNSHOWN_REASON = "not shown on the web: open Telegram to read it"
OK = 200
GONE: dict[int, State] = {404: State.NOT_FOUND, 410: State.DELETED}

POLICIES: Mapping[str, Policy] = {"": Policy(requests=60, seconds=60, apart=0.5)}
"""t.me states no limit and sends no headers that tell one."""

_NAME = re.compile(r"[A-Za-z]\w{1,31}", re.ASCII)
_POST = re.compile(r"/(?:s/)?([A-Za-z]\w{1,31})/([1-9]\d{0,18})/?", re.ASCII)
HOSTS = ("t.me", "telegram.me", "www.t.me")
NO_CHANNELS = frozenset(
    {"addstickers", "addemoji", "addlist", "boost", "joinchat", "share", "proxy", "socks"}
)
"""First parts of t.me's paths that are not names."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel's preview as it was served."""

    page: Page
    preview: Preview
    proven: bool = True
    """No message is missing between it and what was asked for."""

    def newer(self, than: int) -> tuple[int, ...]:
        return tuple(number for number in self.preview.ids if number > than)

    @property
    def top(self) -> int:
        """The newest message; 0 where there is none."""
        return max(self.preview.ids, default=0)

    @property
    def foot(self) -> int:
        """The oldest message; 0 where there is none."""
        return min(self.preview.ids, default=0)

    def joins(self, known: int) -> bool:
        """Whether it reaches back to what is known, so that no message can lie between."""
        return 0 < self.foot <= known


@dataclass(frozen=True, slots=True)
class TelegramCollector:
    """Collects by `?after=`, so that each page proves what lies before it."""

    server: str = PUBLIC
    name: str = "telegram-1"
    platform: str = PLATFORM
    streams: tuple[Stream, ...] = (Stream("posts", Order.OLDEST_FIRST, overlap=10),)
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    looks_first: bool = False
    """Each page shows whose it is, and one without a preview is not an empty one."""

    def look(self, web: Web, account: AccountRef) -> AccountSeen:
        """See archive.contract.Collector."""
        handle = _handle(account)
        try:
            shown = self._ask(web, handle)
        except AccountUnavailable as error:
            return AccountSeen(
                state=error.state, platform_id=account.platform_id, detail=str(error), pages=error.pages
            )
        found = shown.preview.handle or handle
        return AccountSeen(
            state=State.ACTIVE,
            platform_id=_identity(account, shown.preview.channel),
            handle=found,
            display_name=shown.preview.title,
            url=f"{PUBLIC}/{found}",
            home=f"{self.server}/s/{found}",
            detail=None if shown.preview.channel else "no message shows the channel's id",
            pages=(_with(shown.page, holds=EVIDENCE),),
        )

    def fetch(self, web: Web, account: AccountRef, stretch: Stretch) -> Iterator[Served]:
        """The newest page, which is all where it reaches back to what is known; else upward to it.

        The end is the newest message that the first page showed: `after` alone may end too early.
        """
        after, top = _place(stretch.after)
        shown: tuple[Page, ...] = ()
        if top is None:
            newest = self._newest(web, account)
            if newest.joins(after):
                yield _served(newest, newest.newer(after), after, end=True)
                return
            top, shown = newest.top, (newest.page,)  # kept: it may not be shown for long
        while True:
            answer = self._from(web, account, after)
            newer = answer.newer(after)
            if not newer:
                yield _last(answer, self._newest(web, account), after)
                return
            end = answer.proven and 0 < top <= newer[-1]
            served = replace(_served(answer, newer, after, end=end, top=top), enclosed=shown)
            yield served if answer.proven else replace(served, cursor=None)
            if end or not answer.proven:
                return
            after, shown = newer[-1], ()

    def parse(self, page: Page) -> Iterator[Post | Reject]:
        """See archive.contract.Collector."""
        return parse_page(page)

    def recognise(self, url: str) -> str | None:
        """See archive.contract.SinglePosts."""
        try:
            split = urlsplit(url.strip())
        except ValueError:
            return None
        found = _POST.fullmatch(split.path)
        here = split.netloc.lower() in (*HOSTS, urlsplit(self.server).netloc)
        if split.scheme not in ("http", "https") or not here or not found or found[1].lower() in NO_CHANNELS:
            return None
        return f"{self.server}/{found[1]}/{found[2]}"

    def fetch_post(self, web: Web, address: str) -> Served:
        """See archive.contract.SinglePosts."""
        number = address.rpartition("/")[2]
        response = web.get(address, params={"embed": "1", "mode": "tme"})
        page = response.page(holds=SINGLE, post=number)
        error = f"answers {response.status}" if response.status != OK else embedded_error(page)
        if error is not None:
            raise CollectingError(f"{address}: {error}")
        unshown = (one for one in unshown_on(page) if str(one) == number)
        missing = _missing(address.rpartition("/")[0], unshown)
        return Served(page, (number,), end=True, missing=missing)

    def recheck(self, web: Web, account: AccountRef, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
        """See archive.contract.Rechecks."""
        return recheck_messages(web, f"{self.server}/{_handle(account)}", posts)

    def _newest(self, web: Web, account: AccountRef) -> Shown:
        """The newest page, asked for twice where the first answer has no message."""
        newest = self._of(web, account)
        return newest if newest.preview.ids else self._of(web, account)

    def _from(self, web: Web, account: AccountRef, after: int) -> Shown:
        """The messages after a number; from the channel's beginning where that is 0."""
        return self._after(web, account, after) if after else self._beginning(web, account)

    def _after(self, web: Web, account: AccountRef, after: int) -> Shown:
        """The messages after a number, asked for twice where the first answer has none.

        `after` may be answered with nothing although there are newer ones.
        """
        answer = self._of(web, account, after=after)
        return answer if answer.newer(after) else self._of(web, account, after=after)

    def _beginning(self, web: Web, account: AccountRef) -> Shown:
        """The page with the channel's first message, or the oldest that was found, which is not `proven`.

        `after=0` may be taken for no parameter at all, and the link to older messages may be missing: that
        a page is the first one is believed only where `before` shows nothing older.
        """
        found: list[Shown] = []
        for after in (0, 1):
            found.append(self._downward(web, account, self._after(web, account, after)))
            if found[-1].proven:
                return found[-1]
        return min(found, key=lambda one: one.foot or inf)

    def _downward(self, web: Web, account: AccountRef, shown: Shown) -> Shown:
        """A page, or the one that reaches below it; `proven` where it holds the channel's first message.

        `before` is asked for with the number above the oldest message: that message at the top of the answer
        shows that it was heeded. Before number 1 there is nothing.
        """
        if shown.foot == 1:
            return shown
        for _ in range(2 if shown.foot else 0):
            below = self._of(web, account, before=shown.foot + 1)
            if 0 < below.foot == below.top == shown.foot:
                return shown
            if 0 < below.top <= shown.foot:
                return replace(below, proven=below.foot == 1)
        return replace(shown, proven=False)

    def _of(self, web: Web, account: AccountRef, **where: int) -> Shown:
        """A page of the channel that was asked for, and of no other that took its name."""
        handle = _handle(account)
        shown = self._ask(web, handle, **where)
        identity = _identity(account, shown.preview.channel)
        if account.platform_id is not None and identity != account.platform_id:
            raise AccountUnavailable(
                f"telegram @{handle} is another channel now ({identity}, not {account.platform_id})",
                State.NOT_FOUND,
                _with(shown.page, holds=EVIDENCE),
            )
        return replace(shown, page=_with(shown.page, identity=identity))

    def _ask(self, web: Web, handle: str, **where: int) -> Shown:
        """A page as it is served: the newest, or that `after` or `before` a message."""
        response = web.get(f"{self.server}/s/{handle}", params=where or None)
        page = response.page()
        preview = read_preview(page) if response.status == OK and _is_preview(response) else None
        if preview is None:
            raise _without_preview(response, handle)
        return Shown(_with(page, channel=preview.channel), preview)


def collector(setup: Setup) -> TelegramCollector:
    """The collector with these settings: HUSTINGS_TELEGRAM is where t.me is reached."""
    return TelegramCollector(setup.settings.get(ADDRESS, PUBLIC).rstrip("/"))


def _handle(account: AccountRef) -> str:
    handle = (account.handle or "").removeprefix("@")
    if not _NAME.fullmatch(handle):
        raise CollectingError(
            f"telegram channel {account.handle or account.platform_id}: its public name is needed, such as "
            "`party_news` of t.me/party_news"
        )
    return handle


def _place(position: str | None) -> tuple[int, int | None]:
    """The message to go on after, and the newest one that a round saw which was interrupted since."""
    after, _, top = (position or "0").partition("@")
    return int(after), int(top) if top else None


def _served(
    shown: Shown, newer: tuple[int, ...], after: int, *, end: bool = False, top: int | None = None
) -> Served:
    """A page. Between two of them, where to go on also says up to where: `57@103`."""
    reached = str(newer[-1] if newer else after or "")
    cursor = f"{reached}@{top}" if top and not end else reached
    address = f"{PUBLIC}/{shown.preview.handle}"
    unshown = [number for number in shown.preview.unshown if number in newer]
    missing = _missing(address, unshown)
    return Served(shown.page, tuple(map(str, newer)), cursor=cursor or None, end=end, missing=missing)


def _last(answer: Shown, newest: Shown, after: int) -> Served:
    """What is served where nothing follows a number: the end, where the newest page shows nothing newer.

    Otherwise the newest page, without a way to go on: what lies between is not known.
    """
    newer = newest.newer(after)
    if not newer:
        return _served(answer, (), after, end=True)
    return replace(_served(newest, newer, after), cursor=None)


def _missing(address: str, unshown: Iterable[int]) -> tuple[Reject, ...]:
    """Messages whose words, if they have any, only the app shows."""
    return tuple(Reject(f"message {one}", UNSHOWN_REASON, f"{address}/{one}") for one in unshown)


def _with(page: Page, **context: str | None) -> Page:
    said = {name: value for name, value in context.items() if value is not None}
    return replace(page, context={**page.context, **said})


def _identity(account: AccountRef, channel: str | None) -> str | None:
    """A channel's immutable id: its number, or as the archive has it where that is the Bot API's form of it.

    The Bot API writes -100 before the number. A page without messages does not say the number.
    """
    known = account.platform_id
    return known if channel is None or known in (channel, f"-100{channel}") else channel


def _is_preview(response: Response) -> bool:
    """Whether it was not led away from `/s/`."""
    return urlsplit(response.url).path.startswith("/s/")


def _without_preview(response: Response, handle: str) -> CollectingError | UnreadablePage:
    """Why a page is no preview: a state that t.me tells, or not t.me's page at all."""
    page = response.page(holds=EVIDENCE)
    if response.status in GONE:
        state = GONE[response.status]
        return AccountUnavailable(f"telegram @{handle}: t.me answers {response.status}", state, page)
    if response.status != OK:
        return CollectingError(f"{response.url}: answers {response.status}")
    said = other_page(page)
    if said is None:
        begins = page.body[:60].decode("utf-8", "replace")
        return UnreadablePage(f"{page.source}: not a page of t.me but {begins!r}", page)
    return AccountUnavailable(
        f"telegram @{handle} has no public preview (private, restricted, or no channel): {said}",
        State.PROTECTED,
        page,
    )
