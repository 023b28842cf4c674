"""One post archived now, by its address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from archive.collecting import Means, opening
from archive.contract import CollectingError, Collector, Post, Reject, SinglePosts, UnreadablePage
from archive.ingest import Tally, begin_round, end_round
from archive.reading import Records, keep_read, read_served
from archive.storable import storable_text
from archive.web import without_userinfo
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


def add_post(open_archive: Callable[[], Engine], means: Means, url: str) -> Added:
    """Fetch and store the post at an address. Its coverage stays as it is: one post proves no interval.

    Raises NotAPost, before the archive is opened, CollectingError, UnreadablePage.
    """
    collector, address = _recognised(means.collectors(), url)
    engine = open_archive()
    round_id = begin_round(engine, f"add {without_userinfo(url)}", release())
    try:
        added = _added(engine, means, collector, address, url, round_id)
    except (CollectingError, UnreadablePage) as error:
        end_round(engine, round_id, "failed", {"error": storable_text(str(error))})
        raise
    tally = {"read": added.tally.read, "stored": added.tally.stored}
    end_round(engine, round_id, "done", tally)
    return added


def _added(
    engine: Engine, means: Means, collector: Collector, address: str, url: str, round_id: int
) -> Added:
    assert isinstance(collector, SinglePosts)  # it recognised the address
    with opening(means, engine)(collector) as web:
        served = collector.fetch_post(web, address)
    read = read_served(collector, served)
    post = _the_post(read.records[0], url)
    with writing(engine) as session:
        tally = keep_read(session, read, reader=collector.name, round_id=round_id)
    return Added(post.platform, post.post_id, tally)


def _recognised(collectors: Mapping[str, Collector], url: str) -> tuple[Collector, str]:
    """The collector that knows an address as one of a post. One that cannot be made is passed over, unless
    no other knows the address: then it may be its.

    Raises NotAPost, and what making that collector raised.
    """
    broken: CollectingError | None = None
    for platform in collectors:
        try:
            collector = collectors[platform]
        except CollectingError as error:
            broken = broken or error
            continue
        address = collector.recognise(url) if isinstance(collector, SinglePosts) else None
        if address is not None:
            return collector, address
    if broken is not None:
        raise broken
    raise NotAPost(
        f"{url} is not the address of a post on a platform that is collected; `hustings import` reads files"
    )


def _the_post(records: Records, url: str) -> Post:
    """The post that a page was asked for. Raises UnreadablePage where it is not there or cannot be read."""
    posts = [record for record in records if isinstance(record, Post)]
    if len(posts) == 1:
        return posts[0]
    bad = next((record.reason for record in records if isinstance(record, Reject)), "no post is on the page")
    raise UnreadablePage(f"{url}: {bad}")
