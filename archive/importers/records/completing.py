"""What every format of X's records does with a post: its author completed, what is none refused."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from archive.contract import Layout, Post, Reject
from archive.contract.web import json_excerpt
from archive.times import WrongTime
from archive.x_posts.answers import WrongRecord

_NOTICE = re.compile(
    r"This (?:Tweet|Post) from @?\w{1,20} has been withheld\b"
    r"|@?\w{1,20}['’]s account (?:has been withheld\b|is temporarily unavailable because it violates)"
)
"""What X writes in place of the words of a post that it withholds."""


def post_or_reject(record: object, position: str, make: Callable[[], Post]) -> Post | Reject:
    """The post that `make` reads from the record, or why there is none."""
    try:
        return make()
    except (WrongRecord, WrongTime) as error:
        return Reject(position, str(error), excerpt_of(record))


def excerpt_of(record: object) -> str:
    """The beginning of a record as JSON; empty where it holds a number that Python does not write."""
    try:
        return json_excerpt(record)
    except ValueError:
        return ""


def completed(post: Post, layout: Layout) -> Post:
    """The post with what the user, or a file beside the source, says of its author.

    Raises WrongRecord where nothing says who that is, and where there are no words: a repost may have none,
    since they are another's.
    """
    if post.repost_of is None and not post.text.strip():
        raise WrongRecord("no text")
    if _NOTICE.match(post.text):
        raise WrongRecord("withheld: in place of the text stands X's notice")
    if post.author_platform_id or post.author_handle:
        return replace(post, author_person=layout.person)
    if not (layout.author or layout.author_id or layout.person):
        raise WrongRecord("no author: say who with --author")
    return replace(
        post,
        author_handle=layout.author.removeprefix("@") if layout.author else None,
        author_platform_id=layout.author_id,
        author_name=layout.author_name,
        author_person=layout.person,
    )


def mapping(found: object) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return found if isinstance(found, dict) else {}


def objects(found: object) -> list[dict[str, Any]]:
    """The JSON objects in a list; none for anything else."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
