"""WARC files in small, after the layout of ISO 28500 (WARC 1.1) and what writers of it do."""

import base64
import gzip
import hashlib
import json
import zlib
from typing import Any

ADA = "did:plc:aaaabbbbccccddddeeeeffff"


def warc(kind: str, target: str | None, block: bytes, **fields: str) -> bytes:
    """One record. `fields` by their names, `_` for `-`; an empty value leaves one out."""
    digest = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    said = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-Date": "2024-07-05T06:00:00Z",
        "WARC-Target-URI": target or "",
        "WARC-Block-Digest": f"sha1:{digest}",
        "Content-Type": "application/http;msgtype=response",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def http(body: bytes, media_type: str = "application/json", status: int = 200, **headers: str) -> bytes:
    """An answer as it is sent."""
    said = {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


def answered(target: str, body: Any, **more: Any) -> bytes:
    """The record of an answer with JSON, or with bytes."""
    plain = body if isinstance(body, bytes) else json.dumps(body).encode()
    return warc("response", target, http(plain, **more))


def chunked(body: bytes, size: int = 50) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(one):x}\r\n".encode() + one + b"\r\n" for one in pieces) + b"0\r\n\r\n"


def bare_deflate(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


def as_gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


INFO = warc("warcinfo", None, b"software: example\r\n", Content_Type="application/warc-fields")
REQUEST = warc("request", "https://social.example/", b"GET / HTTP/1.1\r\nCookie: secret=1\r\n\r\n")

# ---- what platforms answer -----------------------------------------------------------------------

BLUESKY_POST = {
    "uri": f"at://{ADA}/app.bsky.feed.post/3kabcdefghij2",
    "cid": "bafyreia",
    "author": {"did": ADA, "handle": "ada.example", "displayName": "Ada Quill"},
    "record": {"$type": "app.bsky.feed.post", "text": "We won 🎉", "createdAt": "2024-07-05T03:12:44.000Z"},
    "indexedAt": "2024-07-05T03:12:45.000Z",
}
BLUESKY_RECORD = {"uri": BLUESKY_POST["uri"], "cid": "bafyreia", "value": BLUESKY_POST["record"]}
STATUS = {
    "id": "112730000000000001",
    "uri": "https://social.example/users/ada/statuses/112730000000000001",
    "url": "https://social.example/@ada/112730000000000001",
    "created_at": "2024-07-05T03:12:44.000Z",
    "visibility": "public",
    "content": "<p>Thank you.</p>",
    "account": {"id": "11", "acct": "ada", "username": "ada", "uri": "https://social.example/users/ada"},
}
TWEET = {
    "id": "1809000000000000001",
    "author_id": "9007199254740993",
    "text": "Counted.",
    "created_at": "2024-07-05T03:12:44.000Z",
    "edit_history_tweet_ids": ["1809000000000000001"],
}
VIDEO = {
    "kind": "youtube#video",
    "id": "dQw4w9WgXcQ",
    "snippet": {
        "title": "Victory",
        "description": "",
        "publishedAt": "2024-07-05T03:12:44Z",
        "channelId": "UCaaaaaaaaaaaaaaaaaaaaaa",
        "channelTitle": "Ada",
    },
}
PREVIEW = (
    b'<div class="tgme_channel_info"></div><section class="tgme_channel_history">'
    b'<div class="tgme_widget_message" data-post="adaquill/17" data-peer="c1234567890_1">'
    b'<div class="tgme_widget_message_text">Polls are closed</div>'
    b'<time datetime="2024-07-05T03:12:44+00:00">03:12</time></div></section>'
)
RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Ada</title><item><guid>p1</guid>'
    b"<title>Thanks</title><link>https://ada.example/p1</link><description>All of you</description>"
    b"<pubDate>Fri, 05 Jul 2024 03:12:44 GMT</pubDate></item></channel></rss>"
)

API: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "bluesky feed": (
        f"https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor={ADA}&limit=50",
        {"feed": [{"post": BLUESKY_POST}]},
        {},
    ),
    "bluesky feed by handle": (
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=Ada.example",
        {"feed": [{"post": BLUESKY_POST}]},
        {},
    ),
    "bluesky posts": (
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts?uris=x",
        {"posts": [BLUESKY_POST]},
        {},
    ),
    "bluesky records": (
        f"https://pds.example/xrpc/com.atproto.repo.listRecords?repo={ADA}&collection=app.bsky.feed.post",
        {"records": [BLUESKY_RECORD]},
        {},
    ),
    "bluesky records by handle": (
        "https://pds.example/xrpc/com.atproto.repo.listRecords?repo=ada.example&collection=app.bsky.feed.post",
        {"records": [BLUESKY_RECORD]},
        {},
    ),
    "mastodon timeline": ("https://social.example/api/v1/accounts/11/statuses?limit=40", [STATUS], {}),
    "mastodon post": ("https://social.example/api/v1/statuses/112730000000000001", STATUS, {}),
    "x timeline": (
        "https://api.x.com/2/users/9007199254740993/tweets?max_results=100",
        {"data": [TWEET], "meta": {"result_count": 1}},
        {},
    ),
    "x posts": ("https://api.twitter.com/2/tweets?ids=1809000000000000001", {"data": [TWEET]}, {}),
    "telegram": ("https://t.me/s/adaquill", PREVIEW, {"media_type": "text/html; charset=utf-8"}),
    "youtube": (
        "https://www.googleapis.com/youtube/v3/videos?id=dQw4w9WgXcQ&key=AIzaSECRET",
        {"kind": "youtube#videoListResponse", "items": [VIDEO]},
        {},
    ),
    "feed": ("https://ada.example/feed?format=rss", RSS, {"media_type": "application/rss+xml"}),
    "feed as xml": ("https://ada.example/feed.xml", RSS, {"media_type": "text/xml; charset=utf-8"}),
}
"""What is asked -> its address, its answer, and how that is sent. Each holds one post."""

POST_IDS = {
    "bluesky": BLUESKY_POST["uri"],
    "mastodon": STATUS["uri"],
    "x": TWEET["id"],
    "telegram": "1234567890/17",
    "youtube": VIDEO["id"],
}
"""First word of what is asked -> the id of that post in the archive."""
