"""Whether YouTube still shows videos that are archived, fifty at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from archive.collectors.youtube.addresses import VIDEO_ID
from archive.collectors.youtube.problems import refusal
from archive.collectors.youtube.videos import WrongRecord, entries_of, video_id_of
from archive.contract import KnownPost, PostSeen, Rechecked, Response, Served
from archive.contract.web import HTTP_OK
from db.words import State

MOST_IDS = 50
"""Ids that one look-up takes; it costs one unit of the quota."""

LEFT_OUT = "YouTube leaves it out: deleted, private, or not for us"
RATING, RESTRICTED = "ytRating", "ytAgeRestricted"


def recheck_videos(
    ask: Callable[[Mapping[str, str | int]], Response], posts: Sequence[KnownPost]
) -> Iterator[Rechecked]:
    """What YouTube says of each. One that it leaves out is not found from here, whatever became of it."""
    able = [post.post_id for post in posts if VIDEO_ID.fullmatch(post.post_id)]
    for start in range(0, len(able), MOST_IDS):
        ids = able[start : start + MOST_IDS]
        response = ask({"id": ",".join(ids), "part": "snippet,status,contentDetails"})
        if response.status != HTTP_OK:
            raise refusal(response, f"{len(ids)} videos of YouTube")
        page = response.page()
        found = dict(_found(entries_of(page)))
        seen = [PostSeen(one, found[one]) for one in ids if one in found]
        seen += [PostSeen(one, State.NOT_FOUND, LEFT_OUT) for one in ids if one not in found]
        yield Rechecked(Served(page, end=True), tuple(seen))


def _found(entries: Sequence[Any]) -> Iterator[tuple[str, State]]:
    for entry in entries:
        try:
            yield video_id_of(entry), State.AGE_GATED if _is_restricted(entry) else State.ACTIVE
        except (WrongRecord, AttributeError):
            continue


def _is_restricted(entry: Mapping[str, Any]) -> bool:
    details = entry.get("contentDetails")
    rating = details.get("contentRating") if isinstance(details, dict) else None
    return isinstance(rating, dict) and rating.get(RATING) == RESTRICTED
