"""Ids and addresses on YouTube: channels, their playlists of uploads, videos."""

import re
from urllib.parse import parse_qs, urlsplit

CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
PLAYLIST_ID = re.compile(r"(?:UU|PL|FL|LL)[A-Za-z0-9_-]{10,50}")
VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")

_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
_SHORT_HOSTS = frozenset({"youtu.be", "www.youtu.be"})
_BEHIND = re.compile(r"/(?:shorts|live|embed|v)/([A-Za-z0-9_-]{11})/?")
_WATCH = re.compile(r"/watch/?")


def uploads_of(channel_id: str) -> str:
    """The playlist of all public uploads, as long as the channel itself names no other."""
    return f"UU{channel_id[2:]}"


def channel_page(channel_id: str) -> str:
    """A channel's page for people; it outlives a change of the handle."""
    return f"https://www.youtube.com/channel/{channel_id}"


def watch_page(video_id: str) -> str:
    """A video's page for people."""
    return f"https://www.youtube.com/watch?v={video_id}"


def video_of(url: str) -> str | None:
    """The id in the address of a video; None for any other address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
        named = parse_qs(parts.query, max_num_fields=50).get("v", [""])[0]
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if host in _SHORT_HOSTS:
        named = parts.path.strip("/")
    elif host not in _HOSTS:
        return None
    elif found := _BEHIND.fullmatch(parts.path):
        named = found[1]
    elif not _WATCH.fullmatch(parts.path):
        return None
    return named if VIDEO_ID.fullmatch(named) else None
