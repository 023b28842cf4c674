"""How Bluesky names accounts and records, and the addresses under which people see them."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PLATFORM = "bluesky"
POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"

_DID = r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]{1,240}(?:%3A\d{1,5})?)"
_HANDLE = r"(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_KEY = r"[A-Za-z0-9._:~-]{1,512}"
"""Syntax of the AT protocol: atproto.com/specs/did, /handle and /record-key (read 2026-11)."""

_DID_FORM = re.compile(_DID)
_HANDLE_FORM = re.compile(_HANDLE)
_RECORD_FORM = re.compile(rf"at://([A-Za-z0-9.:%-]{{3,300}})/([A-Za-z0-9.-]{{3,317}})/({_KEY})")
_KEY_FORM = re.compile(_KEY)

NO_HANDLE = "handle.invalid"
"""What the AppView shows as the handle of an account whose handle does not lead to it."""

SITES = frozenset({"bsky.app", "www.bsky.app"})


@dataclass(frozen=True, slots=True)
class RecordAddress:
    """The parts of at://repo/collection/key; `repo` is a DID, or a handle where somebody wrote one."""

    repo: str
    collection: str
    key: str

    def __str__(self) -> str:
        return f"at://{self.repo}/{self.collection}/{self.key}"


def is_did(text: str) -> bool:
    """Whether this is a DID of a kind that Bluesky uses (plc, web)."""
    return _DID_FORM.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether a record may be called so within its collection."""
    return _KEY_FORM.fullmatch(text) is not None and text not in {".", ".."}


def handle_of(text: str) -> str | None:
    """A handle as it is compared (lower case, no @), None where it is none: `ada.bsky.social`."""
    named = text.strip().removeprefix("at://").removeprefix("@").lower()
    return named if _HANDLE_FORM.fullmatch(named) and named != NO_HANDLE else None


def record_address(uri: object) -> RecordAddress | None:
    """The parts of a record's address; None where it is none."""
    if not isinstance(uri, str) or (form := _RECORD_FORM.fullmatch(uri)) is None:
        return None
    repo, collection, key = form.groups()
    return RecordAddress(repo, collection, key) if is_key(key) and _is_repo(repo) else None


def page_for_account(did: str) -> str:
    """Where people see an account."""
    return f"https://bsky.app/profile/{did}"


def page_for_post(did: str, key: str) -> str:
    """Where people see a post."""
    return f"https://bsky.app/profile/{did}/post/{key}"


def post_address(url: str) -> RecordAddress | None:
    """The post that an address in a browser, or an at:// address, leads to; None where it is none."""
    if url.startswith("at://"):
        address = record_address(url)
        return address if address and address.collection == POST else None
    try:
        split = urlsplit(url)
        host = split.hostname
    except ValueError:  # brackets without an IPv6 address
        return None
    steps = [unquote(step) for step in split.path.strip("/").split("/")]
    if split.scheme not in {"http", "https"} or host not in SITES or len(steps) != 4:
        return None
    profile, repo, kind, key = steps
    if (profile, kind) != ("profile", "post"):
        return None
    return record_address(f"at://{repo.removeprefix('@')}/{POST}/{key}")


def _is_repo(text: str) -> bool:
    return is_did(text) or handle_of(text) is not None
