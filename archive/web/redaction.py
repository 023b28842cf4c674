"""Secrets kept out of addresses, messages and captures."""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote_plus

import httpx

from archive.contract import Credential

REDACTED = "REDACTED"

SECRET_NAMES = frozenset(
    {
        *(
            "access_key",
            "access_token",
            "api-key",
            "api_key",
            "apikey",
            "auth",
            "auth_token",
            "authorization",
        ),
        *("bearer_token", "client_secret", "key", "passwd", "password", "refresh_token", "secret"),
        *("sig", "signature", "token"),
    }
)
"""Parameters of addresses whose values are never shown. Paging tokens have other names."""

SHORTEST_SECRET = 8
"""A shorter one may stand in an answer by chance."""

_USERINFO = re.compile(r"//[^/?#@]*@")


def without_userinfo(text: str) -> str:
    """An address that may not even be one, without what stands before an @."""
    return _USERINFO.sub("//", text)


def shown(url: httpx.URL) -> str:
    """An address as it is kept and shown: without userinfo and fragment, secret values replaced."""
    plain = str(url.copy_with(userinfo=b"", fragment=None))
    address, mark, query = plain.partition("?")
    return address + mark + "&".join(_parameter(part) for part in query.split("&"))


def without_secrets(text: str) -> str:
    """An address that was kept or imported, without userinfo and with secret values replaced."""
    address, mark, query = without_userinfo(text).partition("?")
    return address + mark + "&".join(map(_parameter, query.split("&")))


def _parameter(part: str) -> str:
    name, equals, value = part.partition("=")
    hidden = value and unquote_plus(name).strip().lower() in SECRET_NAMES
    return f"{name}{equals}{REDACTED if hidden else value}"


def secret_of(credential: Credential | None) -> str:
    """The part of a credential that is secret: of `Bearer abc`, `abc`. Empty where there is none."""
    return credential.value.rpartition(" ")[2] if credential else ""


def repeats(secret: str, body: bytes, values: Iterable[str]) -> bool:
    """Whether an answer's body or header values hold a secret (plain, percent-encoded, in JSON)."""
    if len(secret) < SHORTEST_SECRET:
        return False
    written = _spellings(secret)
    return any(one.encode() in body for one in written) or any(
        one in value for one in written for value in values
    )


def hidden(text: str, secret: str) -> str:
    """A message without the secret in it."""
    for one in sorted(_spellings(secret), key=len, reverse=True) if secret else ():
        text = text.replace(one, REDACTED)
    return text


def _spellings(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), secret.replace("/", r"\/")}
