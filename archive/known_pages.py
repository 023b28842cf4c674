"""A page that was read before: where all that it tells is in its place, nothing is looked at again."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import select
from sqlmodel import Session

from archive.contract import Post, Reject
from db.models import Capture, Round, Statement, StatementCapture
from db.release import release
from db.rows import table_of

_LINKS, _STATEMENTS = table_of(StatementCapture).c, table_of(Statement).c
_CAPTURES, _ROUNDS = table_of(Capture).c, table_of(Round).c


def tells_nothing_new(session: Session, capture_id: int, records: Sequence[Post | Reject]) -> bool:
    """Whether every record is a post that this release read from this very capture, with the present text.

    Then its statement was brought up to all that the page says when the page was stored, and whoever came
    later was weighed against it. In doubt, False: what could not be read may be readable by now, and whom a
    name means may have been learned from a roster.
    """
    posts = [one for one in records if isinstance(one, Post) and _stands_for_itself(one)]
    if len(posts) < len(records):
        return False
    there = _whose_text_it_is(session, capture_id)
    return all(post.key in there for post in posts)


def _stands_for_itself(post: Post) -> bool:
    """Whether no other record and no roster decides what becomes of it."""
    has_account = bool(post.author_handle or post.author_platform_id)
    return has_account and not (post.author_person or post.versions or post.versions_only or post.also_ids)


_this_release = cache(release)


def _whose_text_it_is(session: Session, capture_id: int) -> set[tuple[str, str]]:
    """Platform and id of the posts that this release read from a capture, whose present text is the one that
    stands there (no link names another), and that were never read again in another way.
    """
    query = (
        select(_STATEMENTS.platform, _STATEMENTS.post_id)
        .where(_LINKS.statement_id == _STATEMENTS.id, _LINKS.capture_id == capture_id)
        .where(_LINKS.text_sha256.is_(None), _LINKS.read_by.is_(None))
        .where(_CAPTURES.id == _LINKS.capture_id, _CAPTURES.round_id == _ROUNDS.id)
        .where(_ROUNDS.version == _this_release())
    )
    return {(platform, post_id) for platform, post_id in session.execute(query).all()}
