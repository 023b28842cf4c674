"""Exports of a Bluesky account with posts, a repost and likes, and what the collector reads of one."""

from collections.abc import Mapping
from typing import Any

import libipld
from bluesky_repository import Repository, tid

from archive.collectors.bluesky import RepositoryCollector
from archive.contract import Page, Post, Reject
from db.models import now

ADA = "did:plc:aaaabbbbccccddddeeeeffff"
BOB = "did:plc:bbbbccccddddeeeeffffgggg"
POST, REPOST, LIKE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.feed.like"
WHEN = "2024-07-05T03:12:44.000Z"


def record(**fields: Any) -> bytes:
    return libipld.encode_dag_cbor({"createdAt": WHEN, **fields})


def post(text: str, **fields: Any) -> bytes:
    return record(**{"$type": POST, "text": text, **fields})


def repository(records: Mapping[str, bytes]) -> bytes:
    kept = Repository(ADA)
    kept.commit(tid(1 << 60), records)
    return kept.export(None)


def records(count: int = 40) -> dict[str, bytes]:
    """Posts, a repost, an answer, a quotation, a record that is none, and likes, which are not wanted."""
    found = {f"{POST}/{tid((1 << 60) + n)}": post(f"number {n} 🗳️ " + "long " * n) for n in range(count)}
    subject = {"uri": f"at://{BOB}/{POST}/{tid(5)}", "cid": "bafyreib"}
    found |= {f"{LIKE}/{tid((1 << 60) + n)}": record(**{"$type": LIKE, "subject": subject}) for n in range(9)}
    found[f"{REPOST}/{tid(1 << 59)}"] = record(**{"$type": REPOST, "subject": subject})
    found[f"{POST}/answer"] = post("no", reply={"parent": subject, "root": subject})
    found[f"{POST}/quote"] = post("so", embed={"$type": "app.bsky.embed.record", "record": subject})
    found[f"{POST}/none"] = libipld.encode_dag_cbor({"$type": POST, "text": 7, "createdAt": WHEN})
    return found


def collected(body: bytes, did: str = ADA) -> list[Post | Reject]:
    page = Page("x", body, "application/vnd.ipld.car", now(), context={"holds": "export", "did": did})
    return list(RepositoryCollector().parse(page))
