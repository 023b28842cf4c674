"""Addresses on X that people use, and what may stand for a handle or an id."""

import re
from urllib.parse import urlsplit

WEB = "https://x.com"
HOSTS = frozenset(
    f"{prefix}{host}" for host in ("x.com", "twitter.com") for prefix in ("", "www.", "mobile.", "m.")
)
HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
ID = re.compile(r"[0-9]{1,19}")
_STATUS = re.compile(
    r"/(?:i/web|i|@?(?P<handle>[A-Za-z0-9_]{1,15}))/status(?:es)?/(?P<id>[0-9]{1,19})(?:/.*)?"
)


def profile(handle: str) -> str:
    """An account's page for people."""
    return f"{WEB}/{handle}"


def permalink(post_id: str, handle: str | None) -> str:
    """A post's page for people; without a handle by X's own address for that."""
    return f"{WEB}/{handle}/status/{post_id}" if handle else f"{WEB}/i/web/status/{post_id}"


def post_of(url: str) -> tuple[str, str | None] | None:
    """The id, and the handle if any, in the address of a post; None for any other address."""
    try:
        split = urlsplit(url.strip())
        host = split.hostname
    except ValueError:
        return None
    if split.scheme not in ("http", "https") or host not in HOSTS:
        return None
    found = _STATUS.fullmatch(split.path)
    return (found["id"], found["handle"]) if found else None
