"""Which token goes to which server: to the one that it is for, and to no other."""

import re

from archive.collectors.mastodon.addresses import host_of
from archive.contract import Credential, Setup

TOKEN = "HUSTINGS_MASTODON_TOKEN"  # noqa: S105 - the name, not the secret
TOKEN_HOST = "HUSTINGS_MASTODON_TOKEN_HOST"  # noqa: S105 - a host
SCOPES = "read:accounts read:follows read:statuses"
"""Accounts, whether they block us, and posts."""
LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")
"""Where alone a token may go unencrypted."""

_HOST = re.compile(r"[a-z0-9.-]+(?::\d+)?")


def token_name(server: str) -> str | None:
    """The variable with the token of one server: `https://my-party.social` -> `..._MY__PARTY_SOCIAL`.

    A dot becomes `_`, a hyphen `__`, so that no two hosts share a name. None for a host that is no name.
    """
    host = host_of(server)
    if not _HOST.fullmatch(host):
        return None
    written = host.replace("-", "__").replace(".", "_").replace(":", "_PORT_")
    return f"{TOKEN}_{written.upper()}"


def credential_for(setup: Setup, server: str) -> Credential | None:
    """The token for a server: its own one, else the general one where that is said to be for this host."""
    name = token_name(server)
    safe = server.startswith("https://") or any(
        server == start or server.startswith(f"{start}:") for start in LOOPBACK
    )
    if name is None or not safe:
        return None
    own = setup.credential(name)
    if own is not None:
        return own
    meant = setup.settings.get(TOKEN_HOST, "").strip().lower()
    return setup.credential(TOKEN) if meant and meant == host_of(server) else None


def how_to_give(server: str) -> str:
    """What the user has to set for a server, in words."""
    return f"set {token_name(server) or TOKEN} to an access token of {host_of(server)} (scopes {SCOPES})"
