"""Statements that a news article quotes."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from archive.contract import (
    Choices,
    Layout,
    Moment,
    Page,
    Post,
    Reject,
    Source,
    UnreadableSource,
    platform_key,
)
from archive.importers.files import check_text, is_utf8
from archive.quotes import EmbeddedPost, Place, Quotation, find_quotations, is_html, read_article
from archive.times import WrongTime, parse_moment, zone_for
from db.words import Channel

ARTICLE_BYTES = 8 << 20
"""The longest article that is read."""


class ArticleImporter:
    """A news article, plain text or HTML: each quotation becomes a statement of its speaker.

    The time of a statement is the article's, to the day: an article rarely says when a thing was said. A
    post that a page embeds becomes a statement of its platform, as if it had been collected; one whose
    words the page leaves to the browser (a frame) has none to keep.
    """

    name = "article-2"
    media_type = "text/plain"

    def plan(self, source: Source, choices: Choices) -> Layout:
        check_text(source)
        body = _body_of(source)
        if not is_utf8(body):
            raise UnreadableSource(f"{source.name} is not UTF-8: save the file as UTF-8")
        article = read_article(body, name=source.name)
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
            extractor=article.extractor,
        )

    def read(self, source: Source) -> Iterator[Page]:
        body = _body_of(source)
        media_type = "text/html" if is_html(body, source.plain_name) else self.media_type
        yield Page(source=source.name, body=body, media_type=media_type, retrieved_at=datetime.now(UTC))

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject]:
        article = read_article(page.body, name=page.source, extractor=layout.extractor)
        digest = hashlib.sha256(page.body).hexdigest()[:16]
        published = _day_of(layout)
        for quotation in find_quotations(article.text, captions=article.captions):
            yield _post(quotation, layout, published, digest)
        embedded = {(post.platform, post.post_id): post for post in reversed(article.posts) if post.text}
        for number, post in enumerate(reversed(embedded.values()), start=1):
            yield _embedded(post, number)


def _body_of(source: Source) -> bytes:
    with source.open() as file:
        body = file.read(ARTICLE_BYTES + 1)
    if len(body) > ARTICLE_BYTES:
        raise UnreadableSource(f"{source.name} is longer than {ARTICLE_BYTES:,} bytes: is it an article?")
    return body


def _day_of(layout: Layout) -> Moment | None:
    if layout.published is None:
        return None
    moment = parse_moment(layout.published, zone_for(layout.time_zone or "UTC"))
    return parse_moment(moment.at.date().isoformat())


def _embedded(post: EmbeddedPost, number: int) -> Post:
    return Post(
        platform=post.platform,
        post_id=post.post_id,
        text=post.text,
        position=f"embedded post {number}",
        published=parse_moment(post.published.isoformat()) if post.published else None,
        author_handle=post.handle,
        author_name=post.name,
        url=post.url,
    )


def _post(quotation: Quotation, layout: Layout, published: Moment | None, digest: str) -> Post:
    return Post(
        platform=layout.platform or "news",
        post_id=f"{digest}#{quotation.start}-{quotation.end}",
        text=quotation.text,
        position=f"{'' if quotation.place is Place.TEXT else quotation.place + ' '}"
        f"{quotation.start}-{quotation.end}",
        published=published,
        author_name=quotation.speaker,
        channel=Channel(quotation.channel),
        url=layout.url,
        addressee=quotation.addressee,
        cue=quotation.cue,
    )
