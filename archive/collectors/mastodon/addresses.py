"""Addresses of Mastodon's API: how they are built, and what they say."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

WEBFINGER = "https://{host}/.well-known/webfinger"
"""Where a domain says which server serves an account (RFC 7033)."""

_HOME = re.compile(r"(https?://[^/?#\s]+)(?:/api/v1/accounts/([^/?#\s]+))?/?")
_HANDLE = re.compile(r"@?([^@/\s]+)@([^@/\s]+)")
_POST = re.compile(
    r"(https?://[^/?#\s]+)/(?:(?:web/|deck/)?@[^/?#\s]+/(?:statuses/|posts/)?|users/[^/?#\s]+/statuses/|notice/)"
    r"(\d{1,20}|[0-9A-HJKMNP-TV-Z]{26}|[0-9A-Za-z]{18})/?(?:[?#].*)?"
)
"""Ids of posts: numbers (Mastodon, Takahe), ULIDs (GoToSocial), flake ids (Pleroma)."""


@dataclass(frozen=True, slots=True)
class Home:
    """A server, and the account's id there where it is known."""

    server: str
    """Such as `https://social.example`."""
    local_id: str | None = None

    @property
    def address(self) -> str:
        """What an archive keeps as the account's home: by it, a renamed account is found again."""
        return (
            f"{self.server}/api/v1/accounts/{quote(self.local_id, safe='')}" if self.local_id else self.server
        )

    @property
    def lookup(self) -> str:
        return f"{self.server}/api/v1/accounts/lookup"

    @property
    def relationships(self) -> str:
        """Where the bearer of a token learns how accounts stand to it."""
        return f"{self.server}/api/v1/accounts/relationships"

    @property
    def host(self) -> str:
        return host_of(self.server)

    def status(self, status_id: str) -> str:
        """The address of one post that is served there."""
        return f"{self.server}/api/v1/statuses/{quote(status_id, safe='')}"


def home_of(address: str | None) -> Home | None:
    """What `Home.address` gave, or a server's bare address; None where it is neither."""
    found = _HOME.fullmatch(address or "")
    return Home(found[1].lower(), found[2]) if found else None


def server_of(url: str) -> str | None:
    """The server of any address: `https://social.example`."""
    try:
        split = urlsplit(url)
    except ValueError:
        return None
    known = split.scheme in ("http", "https") and split.netloc and "@" not in split.netloc
    return f"{split.scheme}://{split.netloc.lower()}" if known else None


def host_of(url: str) -> str:
    """Host, and port where one is given."""
    return url.partition("://")[2].partition("/")[0].lower()


def split_handle(handle: str | None) -> tuple[str, str] | None:
    """`user` and `domain` of a full handle; None where the domain is missing."""
    found = _HANDLE.fullmatch((handle or "").strip())
    return (found[1], found[2].lower()) if found else None


def post_address(url: str) -> str | None:
    """Where the API serves the post that a page for people shows; None where it is no such page."""
    found = _POST.fullmatch(url.strip())
    return Home(found[1].lower()).status(found[2]) if found else None
