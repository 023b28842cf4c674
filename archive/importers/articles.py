"""Statements that a news article quotes."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archive.contract import Choices, Layout, Moment, Page, Post, Reject, UnreadableSource, platform_key
from archive.importers.files import check_text
from archive.quotes import Quotation, find_quotations, read_article
from archive.times import WrongTime, parse_moment, zone_for
from db.words import Channel

ARTICLE_BYTES = 8 << 20
"""The longest article that is read."""


class ArticleImporter:
    """A news article, plain text or HTML: each quotation becomes a statement of its speaker.

    The time of a statement is the article's, to the day: an article rarely says when a thing was said.
    """

    name = "article-1"
    media_type = "text/plain"

    def plan(self, path: Path, choices: Choices) -> Layout:
        check_text(path)
        if path.stat().st_size > ARTICLE_BYTES:
            raise UnreadableSource(f"{path} is longer than {ARTICLE_BYTES:,} bytes: is it an article?")
        article = read_article(path.read_bytes(), name=str(path))
        published = choices.published or (article.published.isoformat() if article.published else None)
        if choices.time_zone:
            zone_for(choices.time_zone)
        if published:
            try:
                parse_moment(published, zone_for(choices.time_zone or "UTC"))
            except WrongTime as error:
                raise UnreadableSource(f"--published: {error}") from error
        return Layout(
            platform=platform_key(choices.platform or "news"),
            published=published,
            url=choices.url or article.url,
            time_zone=choices.time_zone,
        )

    def read(self, path: Path) -> Iterator[Page]:
        body = path.read_bytes()
        yield Page(source=path.name, body=body, media_type=self.media_type, retrieved_at=datetime.now(UTC))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject]:
        article = read_article(page.body, name=page.source)
        digest = hashlib.sha256(page.body).hexdigest()[:16]
        published = _day_of(layout)
        for quotation in find_quotations(article.text):
            yield _post(quotation, layout, published, digest)


def _day_of(layout: Layout) -> Moment | None:
    if layout.published is None:
        return None
    moment = parse_moment(layout.published, zone_for(layout.time_zone or "UTC"))
    return parse_moment(moment.at.date().isoformat())


def _post(quotation: Quotation, layout: Layout, published: Moment | None, digest: str) -> Post:
    return Post(
        platform=layout.platform or "news",
        post_id=f"{digest}#{quotation.start}-{quotation.end}",
        text=quotation.text,
        position=f"{quotation.start}-{quotation.end}",
        published=published,
        author_name=quotation.speaker,
        channel=Channel(quotation.channel),
        url=layout.url,
        addressee=quotation.addressee,
        cue=quotation.cue,
    )
