"""Whether t.me still shows messages that are archived, and with what words."""

from collections.abc import Iterator, Sequence

from archive.collectors.telegram.preview import EVIDENCE, SINGLE, embedded_error, parse_page, unshown_on
from archive.contract import KnownPost, Post, PostSeen, Rechecked, Response, Served, Web
from db.words import State

OK = 200

NO_SUCH_POST = "post not found"
"""t.me's words, in lower case. Other words speak of the channel, or of us."""


def recheck_messages(web: Web, channel: str, posts: Sequence[KnownPost]) -> Iterator[Rechecked]:
    """What t.me says of each, one request a message. `channel` is its address."""
    for post in posts:
        number = post.post_id.rpartition("/")[2]
        if number.isdecimal():
            yield _told(web.get(f"{channel}/{number}", params={"embed": "1", "mode": "tme"}), post, number)


def _told(response: Response, post: KnownPost, number: str) -> Rechecked:
    page, other = response.page(holds=SINGLE, post=number), response.page(holds=EVIDENCE)
    if response.status != OK:
        return Rechecked(Served(other, end=True))
    error = embedded_error(page)
    if error is not None:
        gone = NO_SUCH_POST in error.lower()
        seen = (PostSeen(post.post_id, State.NOT_FOUND, error),) if gone else ()
        return Rechecked(Served(other, end=True), seen)
    if post.post_id not in {one.post_id for one in parse_page(page) if isinstance(one, Post)}:
        return Rechecked(Served(other, end=True))  # another channel has that name now
    is_told = int(number) not in unshown_on(page)  # else its words are for the app alone: no edit
    return Rechecked(Served(page if is_told else other, end=True), (PostSeen(post.post_id, State.ACTIVE),))
