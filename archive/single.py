"""One post archived now, by its address."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from archive.captures import keep_page
from archive.collecting import Means, opening
from archive.contract import Collector, Post, Reject, SinglePosts, UnreadablePage
from archive.ingest import Tally, begin_round, end_round, keep_records
from db.engine import writing
from db.errors import Refusal
from db.release import release


class NotAPost(Refusal):
    """No collector knows the address as one of a post."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one post."""

    platform: str
    post_id: str
    tally: Tally


def add_post(engine: Engine, means: Means, url: str) -> Added:
    """Fetch and store the post at an address. Its coverage stays as it is: one post proves no interval.

    Raises NotAPost, CollectingError, UnreadablePage.
    """
    collector, address = _recognised(means.collectors().values(), url)
    assert isinstance(collector, SinglePosts)  # it recognised the address
    round_id = begin_round(engine, f"add {url}", release())
    with opening(means, engine)(collector) as web:
        served = collector.fetch_post(web, address)
    pages = (served.page, *served.enclosed)
    records = [list(collector.parse(page)) for page in pages]
    post = _the_post(records[0], url)
    with writing(engine) as session:
        tallies = [
            keep_records(
                session,
                keep_page(session, page, collector.name, round_id),
                found,
                seen_at=page.retrieved_at,
                round_id=round_id,
                live=True,
            )
            for page, found in zip(pages, records, strict=True)
        ]
    end_round(engine, round_id, "done", {"read": tallies[0].read, "stored": tallies[0].stored})
    return Added(post.platform, post.post_id, tallies[0])


def _recognised(collectors: Iterable[Collector], url: str) -> tuple[Collector, str]:
    for collector in collectors:
        address = collector.recognise(url) if isinstance(collector, SinglePosts) else None
        if address is not None:
            return collector, address
    raise NotAPost(
        f"{url} is not the address of a post on a platform that is collected; `hustings import` reads files"
    )


def _the_post(records: list[Post | Reject], url: str) -> Post:
    """The post that a page was asked for. Raises UnreadablePage where it is not there or cannot be read."""
    posts = [record for record in records if isinstance(record, Post)]
    if len(posts) == 1:
        return posts[0]
    bad = next((record.reason for record in records if isinstance(record, Reject)), "no post is on the page")
    raise UnreadablePage(f"{url}: {bad}")
