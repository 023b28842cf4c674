"""Who a channel is, by what YouTube says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.collectors.youtube.addresses import CHANNEL_ID, PLAYLIST_ID, channel_page, uploads_of
from archive.collectors.youtube.videos import EVIDENCE
from archive.contract import AccountRef, AccountSeen, CollectingError, Response, UnreadablePage
from db.words import State

NOBODY = "YouTube shows no such channel: it is terminated, deleted, or was never there"
_DIGITS = 20
"""A count has less."""


@dataclass(frozen=True, slots=True)
class Question:
    """A way to ask for a channel."""

    parameter: str
    value: str


def questions_for(account: AccountRef) -> list[Question]:
    """How to ask for a channel, the surest way first. Raises CollectingError where nothing is known of it."""
    stated = (account.handle or "").strip().removeprefix("@")
    known = next((one for one in (account.platform_id, stated) if one and CHANNEL_ID.fullmatch(one)), None)
    if known is not None:
        return [Question("id", known)]
    if not stated:
        raise CollectingError(
            f"youtube account {account.platform_id}: give its @handle or its channel id, UC..."
        )
    return [Question("forHandle", f"@{stated}"), Question("forUsername", stated)]


def channel_in(response: Response) -> Mapping[str, Any] | None:
    """The channel of an answer; None where there is none. Raises UnreadablePage."""
    said = response.json()
    if not isinstance(said, dict) or said.get("kind") != "youtube#channelListResponse":
        raise UnreadablePage(f"{response.url}: JSON, but no list of channels of YouTube's", response.page())
    items = said.get("items") or []
    first = items[0] if isinstance(items, list) and items else None
    if first is None:
        return None
    channel_id = first.get("id") if isinstance(first, dict) else None
    if not isinstance(channel_id, str) or not CHANNEL_ID.fullmatch(channel_id):
        raise UnreadablePage(f"{response.url}: a channel without an id", response.page())
    return {**first, "id": channel_id}


def nobody(account: AccountRef, response: Response) -> AccountSeen:
    """What is known of a channel that is not there."""
    return AccountSeen(
        state=State.NOT_FOUND,
        platform_id=account.platform_id,
        handle=account.handle,
        home=account.home,
        detail=NOBODY,
        pages=(response.page(holds=EVIDENCE),),
    )


def channel_seen(channel: Mapping[str, Any], account: AccountRef, response: Response) -> AccountSeen:
    """A channel's record in our words; its `home` is the playlist of its uploads."""
    snippet, channel_id = _part(channel, "snippet"), str(channel["id"])
    handle, title = snippet.get("customUrl"), snippet.get("title")
    uploads = _part(_part(channel, "contentDetails"), "relatedPlaylists").get("uploads")
    return AccountSeen(
        state=State.ACTIVE,
        platform_id=channel_id,
        handle=handle.removeprefix("@") if isinstance(handle, str) and handle else account.handle,
        display_name=title if isinstance(title, str) and title else None,
        url=channel_page(channel_id),
        home=playlist_or(uploads, channel_id),
        pages=(response.page(holds=EVIDENCE),),
    )


def public_videos(channel: Mapping[str, Any]) -> int | None:
    """How many public videos a channel says that it has; None where it does not say so."""
    said = _part(channel, "statistics").get("videoCount")
    return int(said) if isinstance(said, str) and said.isdecimal() and len(said) < _DIGITS else None


def playlist_or(found: object, channel_id: str) -> str:
    """A playlist's id; without one, that of the channel's uploads as it is made of the channel's."""
    usable = isinstance(found, str) and PLAYLIST_ID.fullmatch(found)
    return str(found) if usable else uploads_of(channel_id)


def _part(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = entry.get(name)
    return found if isinstance(found, dict) else {}
