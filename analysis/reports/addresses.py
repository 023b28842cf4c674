"""Where things stand in a report: names of files and places that are the same in the next one. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256

LONGEST_NAME = 80

MOST_RECORDS = 150
"""Records on one page: of more, the page lists where they stand."""

_SAFE = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_PLAIN = re.compile(r"[a-z0-9]+")
_UNSAFE = re.compile(r"[^a-z0-9]+")


def slug(identifier: str) -> str:
    """A file name for an id: the same id always gets the same name, different ids different ones.

    A short id of small letters, digits, single dots and hyphens is its own name. Any other keeps what
    it has of these, then `_` and digits of its hash.
    """
    if len(identifier) <= LONGEST_NAME and _SAFE.fullmatch(identifier):
        return identifier
    plain = unicodedata.normalize("NFKD", identifier).encode("ascii", "ignore").decode().lower()
    name = _UNSAFE.sub("-", plain)[:LONGEST_NAME].strip("-")
    return f"{name or 'id'}_{_digest(identifier)[:12]}"


def anchor_of(key: str) -> str:
    """The name of a statement's place on a page, from its platform and post id."""
    platform, _, post = key.partition(":")
    is_plain = _PLAIN.fullmatch(platform) and len(post) <= LONGEST_NAME and _SAFE.fullmatch(post)
    return f"{platform}-{post}" if is_plain else f"s-{slug(key)}"


def shelved(keys: Iterable[str], page: str) -> Mapping[str, list[str]]:
    """Record page -> the statements whose records stand on it, in order; `page` is the first.

    Of more than `MOST_RECORDS` each goes to a page named by the first digits of its hash, so that few
    move because others come; the first page lists them all, and is their address for good.
    """
    listed = list(keys)
    return {page: listed} if len(listed) <= MOST_RECORDS else _divided(listed, page.removesuffix(".html"), 1)


def _divided(keys: list[str], stem: str, digits: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(_digest(key)[:digits], []).append(key)
    pages: dict[str, list[str]] = {}
    for shelf, some in found.items():
        if len(some) > MOST_RECORDS:
            pages |= _divided(some, stem, digits + 1)
        else:
            pages[f"{stem}/{shelf}.html"] = some
    return pages


def _digest(identifier: str) -> str:
    return sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()
