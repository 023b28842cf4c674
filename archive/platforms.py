"""How handles, immutable ids and addresses of accounts look on each platform."""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from urllib.parse import SplitResult, unquote, urlsplit

from archive.ballots.rows import AccountRow
from archive.contract import platform_key
from db.errors import Refusal

LONGEST = 500
"""Characters of a handle or address that are looked at: no account has a longer one."""

FEED = "feed"
"""RSS, Atom and JSON Feed: an account's handle is the feed's address."""


class WrongAccount(Refusal):
    """Something is no handle, id or address of the platform; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The shapes of one platform. Patterns are matched as a whole, without regard to case."""

    name: str
    handle: re.Pattern[str]
    looks: str
    """What a handle looks like, in words, with an example."""
    id: re.Pattern[str]
    """The platform's immutable ids."""
    hosts: tuple[str, ...] = ()
    """Where its accounts have their pages, without `www.`."""
    paths: tuple[re.Pattern[str], ...] = ()
    """Paths of those pages, naming groups `handle` or `id`."""
    reserved: frozenset[str] = frozenset()
    """First words of paths that are no handle."""


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NUMBER = _shape(r"[0-9]{1,25}")
_OPAQUE = _shape(r"\S{1,200}")
_FIRST_WORD = _shape(r"/(?P<handle>[^/@]+)/?")
_AFTER_AT = _shape(r"/@(?P<handle>[^/]+)/?")
_DID = r"did:[a-z]+:[a-z0-9._:%-]{1,200}"
_DOMAIN = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}"

PLATFORMS = (
    Platform(
        name="bluesky",
        handle=_shape(_DOMAIN),
        looks="a domain name, such as ada.bsky.social",
        id=_shape(_DID),
        hosts=("bsky.app",),
        paths=(
            _shape(rf"/profile/(?P<id>{_DID})/?"),
            _shape(r"/profile/(?P<handle>[^/:]+)/?"),
        ),
    ),
    Platform(
        name="facebook",
        handle=_shape(r"[a-z0-9.]{5,50}"),
        looks="at least five letters, digits and dots, such as ada.quill",
        id=_NUMBER,
        hosts=("facebook.com", "m.facebook.com"),
        paths=(_FIRST_WORD,),
        reserved=frozenset({"events", "groups", "pages", "people", "profile.php", "share", "watch"}),
    ),
    Platform(
        name="instagram",
        handle=_shape(r"[\w.]{1,30}"),
        looks="letters, digits, dots and _, such as ada.quill",
        id=_NUMBER,
        hosts=("instagram.com",),
        paths=(_FIRST_WORD,),
        reserved=frozenset({"accounts", "explore", "p", "reel", "reels", "stories"}),
    ),
    Platform(
        name="telegram",
        handle=_shape(r"[a-z][a-z0-9_]{3,31}"),
        looks="4 to 32 letters, digits and _, such as adaquill",
        id=_shape(r"-?[0-9]{1,25}"),
        hosts=("t.me", "telegram.me"),
        paths=(_shape(r"/s/(?P<handle>[^/]+)/?"), _FIRST_WORD),
        reserved=frozenset({"addstickers", "c", "joinchat", "proxy", "s", "share"}),
    ),
    Platform(
        name="threads",
        handle=_shape(r"[\w.]{1,30}"),
        looks="letters, digits, dots and _, such as ada.quill",
        id=_NUMBER,
        hosts=("threads.net", "threads.com"),
        paths=(_AFTER_AT,),
    ),
    Platform(
        name="tiktok",
        handle=_shape(r"[\w.]{2,24}"),
        looks="2 to 24 letters, digits, dots and _, such as ada.quill",
        id=_NUMBER,
        hosts=("tiktok.com",),
        paths=(_AFTER_AT,),
    ),
    Platform(
        name="x",
        handle=_shape(r"[a-z0-9_]{1,20}"),
        looks="letters, digits and _, at most 20, such as adaquill",
        id=_NUMBER,
        hosts=("x.com", "twitter.com", "mobile.twitter.com"),
        paths=(_shape(r"/i/user/(?P<id>[0-9]+)/?"), _FIRST_WORD, _AFTER_AT),
        reserved=frozenset({"hashtag", "home", "i", "intent", "search", "share"}),
    ),
    Platform(
        name="youtube",
        handle=_shape(r"(?!UC[a-z0-9_-]{22}$)[\w.·-]{3,30}"),
        looks="3 to 30 letters, digits, dots, - and _, such as @adaquill; or the channel's id, UC...",
        id=_shape(r"UC[a-z0-9_-]{22}"),
        hosts=("youtube.com", "m.youtube.com"),
        # /user/NAME and /c/NAME are left out: such an old name need not be the handle of that channel.
        paths=(
            _shape(r"/@(?P<handle>[^/]+)(?:/(?:featured|videos|streams|shorts|about))?/?"),
            _shape(r"/channel/(?P<id>UC[^/]+)(?:/(?:featured|videos|streams|shorts|about))?/?"),
        ),
    ),
    Platform(
        name="mastodon",
        handle=_shape(rf"[\w.-]{{1,64}}@{_DOMAIN}(?::[0-9]{{1,5}})?"),
        looks="user@server, such as ada@social.example",
        id=_OPAQUE,
    ),
    Platform(
        name=FEED,
        handle=_shape(r"https?://\S{3,480}"),
        looks="the feed's address, such as https://ada.example/feed.xml",
        id=_OPAQUE,
    ),
)

BY_NAME = {platform.name: platform for platform in PLATFORMS}

SPELLED = {"atom": FEED, "bsky": "bluesky", "fediverse": "mastodon", "rss": FEED, "twitter": "x"}
"""What people write for a platform -> its name here."""

ALIKE = 0.8
"""Least similarity of a platform's name to a known one to be taken for a slip (ratio of characters)."""

_BY_HOST = {host: platform for platform in PLATFORMS for host in platform.hosts}

_MASTODON_PATHS = (
    _shape(r"/@(?P<user>[\w.-]+)(?:@(?P<server>[\w.-]+))?/?"),
    _shape(r"/users/(?P<user>[\w.-]+)/?"),
)
"""Of a profile on any Mastodon server; the second half is there where it shows another server's account."""

NO_SERVERS = frozenset({"medium.com", "substack.com", "rumble.com"})
"""Not Mastodon, although their addresses look alike."""

_FEED_PATH = _shape(r".*(?:\.(?:rss|atom|xml)|/(?:feed|feeds|rss|atom|feed\.json))/?")
"""Ends of paths that blogs give to their feeds."""


def platform_named(name: str) -> str:
    """A platform's name as the archive writes it.

    A platform without shapes here is taken as it is: a collector for it may be installed. Raises
    WrongAccount for a slip in the name of a known one.
    """
    key = platform_key(name)
    if not key or len(key) > LONGEST or any(char.isspace() or not char.isprintable() for char in key):
        raise WrongAccount(f"{_shown(name)} is no name of a platform")
    if key in BY_NAME:
        return key
    meant = SPELLED.get(key) or next(iter(get_close_matches(key, BY_NAME, 1, ALIKE)), None)
    if meant:
        raise WrongAccount(f"there is no platform {key}: write {meant}")
    return key


def account_row(platform: str, text: str | None, *, platform_id: str | None = None) -> AccountRow:
    """The account that a handle or an address names on a platform; an immutable id alone is enough.

    Raises WrongAccount where the text is neither, or the id has another shape than the platform's.
    """
    name = platform_named(platform)
    shapes, stated = BY_NAME.get(name), (text or "").strip()
    if platform_id is not None and not (shapes.id if shapes else _OPAQUE).fullmatch(platform_id):
        raise WrongAccount(f"{name}: {_shown(platform_id)} is no immutable id of that platform")
    row = _named(name, shapes, stated) if stated else AccountRow(name, None)
    if row is None:
        looks = shapes.looks if shapes else "without blanks"
        raise WrongAccount(f"{name}: {_shown(stated)} is no handle there: write it as {looks}")
    if platform_id is not None and row.platform_id not in (None, platform_id):
        raise WrongAccount(f"{name}: the address names {row.platform_id}, not {platform_id}")
    row = replace(row, platform_id=platform_id or row.platform_id)
    if row.handle is None and row.platform_id is None:
        raise WrongAccount("an account needs a platform and a handle, or the platform's immutable id")
    return row


def find_account(platform: str, text: str) -> AccountRow | None:
    """The account that a handle or an address names on a platform; None where it names none."""
    try:
        return account_row(platform, text)
    except WrongAccount:
        return None


def account_at(address: str) -> AccountRow | None:
    """The account that has its page (or is a feed) at an address; None where no known platform has."""
    address = address.strip()
    parts = _split(address)
    if parts is None:
        return None
    host = _host(parts)
    platform = _BY_HOST.get(host)
    if platform is not None:
        return _on_page(platform, parts, address)
    if host not in NO_SERVERS and (found := _on_server(parts, address)) is not None:
        return found
    return AccountRow(FEED, address, url=None) if looks_like_feed(address) else None


def looks_like_feed(address: str) -> bool:
    """Whether an address ends as those of feeds do."""
    parts = _split(address.strip())
    return parts is not None and bool(_FEED_PATH.fullmatch(parts.path))


def _named(name: str, shapes: Platform | None, stated: str) -> AccountRow | None:
    if len(stated) > LONGEST or _holds_password(stated):
        return None
    if "://" in stated and name != FEED:
        found = account_at(stated)
        return found if found is not None and found.platform == name else None
    handle = stated.removeprefix("@")
    if shapes is None:
        whole = handle and all(char.isprintable() and not char.isspace() for char in handle)
        return AccountRow(name, handle) if whole else None
    if shapes.handle.fullmatch(handle):
        return AccountRow(name, handle)
    # Ids without a shape of their own can only be stated as such.
    is_id = shapes.id is not _OPAQUE and shapes.id.fullmatch(handle)
    return AccountRow(name, None, handle) if is_id else None


def _on_page(platform: Platform, parts: SplitResult, address: str) -> AccountRow | None:
    """The account whose page has that path."""
    for path in platform.paths:
        found = path.fullmatch(parts.path)
        if found is None:
            continue
        groups = found.groupdict()
        if (stated := groups.get("id")) and platform.id.fullmatch(stated):
            return AccountRow(platform.name, None, stated, address)
        handle = unquote(groups.get("handle") or "")
        if platform.handle.fullmatch(handle) and handle.lower() not in platform.reserved:
            return AccountRow(platform.name, handle, url=address)
    return None


def _on_server(parts: SplitResult, address: str) -> AccountRow | None:
    """The account whose profile a Mastodon server shows at that path."""
    for path in _MASTODON_PATHS:
        if found := path.fullmatch(parts.path):
            server = found.groupdict().get("server") or parts.netloc.lower()
            handle = f"{found['user']}@{server}"
            return AccountRow("mastodon", handle, url=address) if _is_handle("mastodon", handle) else None
    return None


def _is_handle(name: str, handle: str) -> bool:
    return BY_NAME[name].handle.fullmatch(handle) is not None


def _split(address: str) -> SplitResult | None:
    """The parts of an http(s) address; None for anything else."""
    if len(address) > LONGEST or any(char.isspace() for char in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:  # such as an unclosed bracket
        return None
    usable = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
    return parts if usable else None


def _holds_password(address: str) -> bool:
    """Whether an address has a name or password before its host: it would be stored and shown."""
    return "@" in address.partition("://")[2].partition("/")[0]


def _host(parts: SplitResult) -> str:
    return parts.netloc.lower().partition(":")[0].removeprefix("www.")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}...")
