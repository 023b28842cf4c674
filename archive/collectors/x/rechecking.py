"""Whether X still shows posts that are archived, a hundred at a time, and with what words."""

from collections.abc import Iterator, Mapping, Sequence

from archive.collectors.x.addresses import posts as posts_address
from archive.collectors.x.answers import read_answer
from archive.collectors.x.asking import LOOKUP, Asking
from archive.collectors.x.histories import MOST_IDS, edited_chains, histories_of
from archive.collectors.x.posts import Shows
from archive.collectors.x.problems import problems_in, problems_of, refusal
from archive.contract import AccountRef, KnownPost, PostSeen, Rechecked, Response, Served
from archive.contract.web import HTTP_OK
from archive.x_posts.addresses import ID
from db.words import State

SAID_OF_POSTS: tuple[tuple[str, State], ...] = (
    # words of errors[].detail about a post, in lower case; the first that is found counts
    ("has been suspended", State.SUSPENDED),
    ("deactivated", State.DEACTIVATED),
    ("blocked", State.BLOCKED),
    ("age-restricted", State.AGE_GATED),
    ("age restricted", State.AGE_GATED),
    ("not authorized to see", State.PROTECTED),
    ("could not find", State.NOT_FOUND),
)
"""X tells by words alone why it shows a post not; words that are not here say nothing."""


def recheck_posts(
    asking: Asking, api: str, account: AccountRef, posts: Sequence[KnownPost]
) -> Iterator[Rechecked]:
    """What X says of each: of a post by its newest known version, of one edited since all versions.

    A version never changes, so that the answer itself tells nothing new of texts: only later versions do.
    """
    by_id = {post.newest_id or post.post_id: post for post in posts}
    able = [post_id for post_id in by_id if ID.fullmatch(post_id)]
    for start in range(0, len(able), MOST_IDS):
        ids = able[start : start + MOST_IDS]
        response = asking.posts(posts_address(api), {"ids": ",".join(ids)}, LOOKUP, len(ids))
        if response.status != HTTP_OK:
            raise refusal(response, f"{len(ids)} posts of X", problems_of(response))
        yield _told(asking, api, account, {post_id: by_id[post_id] for post_id in ids}, response)


def _told(
    asking: Asking, api: str, account: AccountRef, asked: Mapping[str, KnownPost], response: Response
) -> Rechecked:
    answer = read_answer(response.page())
    shown = {str(entry.get("id")) for entry in answer.entries if isinstance(entry, dict)}
    seen = [PostSeen(post.post_id, State.ACTIVE) for post_id, post in asked.items() if post_id in shown]
    seen += _refused(asked, response)
    newer = [chain for chain in edited_chains(answer.entries) if chain[-1] not in asked]
    histories = histories_of(asking, api, newer, account)
    page = response.page(shows=Shows.EVIDENCE)
    served = Served(page, end=True, enclosed=histories.pages, missing=histories.missing)
    return Rechecked(served, tuple(seen))


def _refused(asked: Mapping[str, KnownPost], response: Response) -> Iterator[PostSeen]:
    """What the errors beside the data say of posts that were asked for."""
    listed = response.json().get("errors")
    for error in listed if isinstance(listed, list) else ():
        named = error.get("resource_id") or error.get("value") if isinstance(error, dict) else None
        post = asked.get(named) if isinstance(named, str) else None
        if post is None or error.get("parameter") != "ids":
            continue
        words = problems_in({"errors": [error]})[0].detail
        state = next((state for phrase, state in SAID_OF_POSTS if phrase in words.lower()), None)
        if state is not None:
            yield PostSeen(post.post_id, state, words)
