"""News pages: captions, embedded posts, what a page says of itself, extractors, hostile markup."""

import json
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.contract import Choices, Layout, Post
from archive.importers.articles import ArticleImporter
from archive.importers.opening import open_file
from archive.quotes import EmbeddedPost, NotAnArticle, Place, find_quotations, read_article
from archive.quotes.extraction import installed_extractor
from db.words import Channel

OWN = "html-2"
FILLER = "".join(
    f"<p>Box {number} came in well after four in the morning, to the cheers of both sides, and then the "
    "tellers in the old hall of Harbour North began once more from the top of the list.</p>"
    for number in range(4)
)
X = (
    '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">“Thank you all, Harbour!”<br>On to work. '
    '<a href="https://t.co/abcd">pic.twitter.com/abcd</a></p>&mdash; Maria Okafor &#127801; (@okafor_h) '
    '<a href="https://twitter.com/okafor_h/status/1809000000000000001?s=x">July 5, 2024</a></blockquote>'
)
DID = "did:plc:abcdefghijklmnop"
BLUESKY = (
    f'<blockquote class="bluesky-embed" data-bluesky-uri="at://{DID}/app.bsky.feed.post/3kwabc"><p>I '
    "have called Maria.<br><br><a>[image or embed]</a></p>&mdash; Dan Whitlow (<a>@whitlow.example</a>) "
    f'<a href="https://bsky.app/profile/{DID}/post/3kwabc">July 5, 2024 at 4:10 AM</a></blockquote>'
)
PAGE = (
    '<!DOCTYPE html><html><head><title>Won | Echo</title><meta property="og:site_name" content="Echo">'
    '<script type="application/ld+json">{"@graph": [{"datePublished": "2024-07-05T08:00:00Z", "author": '
    '[{"name": "Ann Lee"}]}]}</script></head><body><nav>A</nav><main><article><h1>Okafor wins the seat</h1>'
    '<figure><img src="a.jpg"><figcaption>“This night is for all of us,” said Maria Okafor at dawn. <span '
    'class="photo-credit">Photo: Ann Lee/Echo</span></figcaption></figure>'
    "<p>Maria Okafor beat Dan Whitlow.</p>"
    f"{FILLER}<p>“We did it together, friends,” she said.</p>{X}<figure>{BLUESKY}</figure>"
    "<p>Whitlow said: “I accept the result of the vote.”</p></article></main></body></html>"
)


def page(body: str) -> bytes:
    return f"<html><body><article><p>Okafor won.</p>{body}</article></body></html>".encode()


def embedded(body: str) -> EmbeddedPost:
    (found,) = read_article(page(body), name="a.html", extractor=OWN).posts
    return found


def test_a_page_says_who_wrote_it_where_and_when() -> None:
    article = read_article(PAGE.encode(), name="a", extractor=OWN)

    assert (article.title, article.author, article.site) == ("Okafor wins the seat", "Ann Lee", "Echo")
    assert (article.published, article.extractor) == (date(2024, 7, 5), OWN)


def test_captions_stand_behind_the_text_and_are_told_apart() -> None:
    article = read_article(PAGE.encode(), name="a", extractor=OWN)
    found = find_quotations(article.text, captions=article.captions)

    assert [article.text[start:end] for start, end in article.captions] == [
        "“This night is for all of us,” said Maria Okafor at dawn. Photo: Ann Lee/Echo"
    ]
    assert [(q.speaker, q.place) for q in found] == [
        ("Maria Okafor", Place.TEXT),
        ("Dan Whitlow", Place.TEXT),
        ("Maria Okafor", Place.CAPTION),
    ]


def test_an_embedded_post_is_no_part_of_the_text() -> None:
    text = read_article(PAGE.encode(), name="a", extractor=OWN).text

    assert "Harbour!" not in text
    assert "called Maria" not in text


def test_an_embedded_x_post_has_its_id_author_and_words() -> None:
    assert embedded(X) == EmbeddedPost(
        platform="x",
        post_id="1809000000000000001",
        url="https://x.com/okafor_h/status/1809000000000000001",
        handle="okafor_h",
        name="Maria Okafor 🌹",
        text="“Thank you all, Harbour!”\nOn to work. pic.twitter.com/abcd",
        published=date(2024, 7, 5),
    )


def test_an_embedded_bluesky_post_has_its_address_author_and_words() -> None:
    assert embedded(BLUESKY) == EmbeddedPost(
        platform="bluesky",
        post_id=f"at://{DID}/app.bsky.feed.post/3kwabc",
        url=f"https://bsky.app/profile/{DID}/post/3kwabc",
        handle="whitlow.example",
        name="Dan Whitlow",
        text="I have called Maria.",
        published=date(2024, 7, 5),
    )


@pytest.mark.parametrize(
    ("markup", "platform", "post_id", "handle", "text"),
    [
        (
            '<blockquote class="mastodon-embed" data-embed-url="https://social.example/@whit/1127/embed"></blockquote>',
            "mastodon",
            "https://social.example/users/whit/statuses/1127",
            "whit",
            "",
        ),
        (
            '<iframe class="mastodon-embed" src="https://social.example/@whit/1127/embed"></iframe>',
            "mastodon",
            "https://social.example/users/whit/statuses/1127",
            "whit",
            "",
        ),
        (
            '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/C9Ab/?utm=1">'
            "<a>View this post on Instagram</a><p>Roads first.</p><p>A post shared by Mo (@m.okafor)</p>"
            "</blockquote>",
            "instagram",
            "C9Ab",
            "m.okafor",
            "Roads first.",
        ),
        (
            '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@mo/video/7388000000000000001"><section>'
            "<a>@mo</a><p>Dancing at dawn</p></section></blockquote>",
            "tiktok",
            "7388000000000000001",
            "mo",
            "Dancing at dawn",
        ),
        (
            '<blockquote class="text-post-media" data-text-post-permalink="https://www.threads.net/@mo/post/C9"></blockquote>',
            "threads",
            "C9",
            "mo",
            "",
        ),
        (
            '<div class="fb-post" data-href="https://www.facebook.com/mo.okafor/posts/123"><blockquote><p>Hello'
            "</p></blockquote></div>",
            "facebook",
            "123",
            "mo.okafor",
            "Hello",
        ),
        (
            '<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>',
            "youtube",
            "abcdefghijk",
            None,
            "",
        ),
    ],
)
def test_other_embeds_are_known_by_their_addresses(
    markup: str, platform: str, post_id: str, handle: str | None, text: str
) -> None:
    found = embedded(markup)

    assert (found.platform, found.post_id, found.handle, found.text) == (platform, post_id, handle, text)


@pytest.mark.parametrize(
    "markup",
    [
        '<blockquote class="twitter-tweet"><p>No link</p></blockquote>',
        '<blockquote class="twitter-tweet"><a href="https://x.example/a/status/12">July</a></blockquote>',
        '<blockquote class="bluesky-embed" data-bluesky-uri="at://nobody">x</blockquote>',
        '<iframe src="https://ads.example/embed/abcdefghijk"></iframe>',
        '<iframe src="https://ads.example/?https://www.youtube.com/embed/abcdefghijk"></iframe>',
    ],
)
def test_what_only_looks_like_an_embed_is_none(markup: str) -> None:
    assert read_article(page(markup), name="a.html", extractor=OWN).posts == ()


def _import(tmp_path: Path, body: bytes) -> tuple[Layout, list[Post]]:
    file, importer = tmp_path / "a.html", ArticleImporter()
    file.write_bytes(body)
    layout = importer.plan(open_file(file), Choices())
    (read,) = importer.read(open_file(file))
    assert read.media_type == "text/html"
    return layout, [post for post in importer.parse(read, layout) if isinstance(post, Post)]


def test_an_embedded_post_becomes_a_statement_of_its_platform(tmp_path: Path) -> None:
    _, posts = _import(tmp_path, PAGE.encode())

    assert [(post.platform, post.author_handle, post.channel, post.position) for post in posts[-2:]] == [
        ("x", "okafor_h", Channel.SOCIAL, "embedded post 1"),
        ("bluesky", "whitlow.example", Channel.SOCIAL, "embedded post 2"),
    ]
    assert [post.platform for post in posts[:-2]] == ["news"] * 3
    assert posts[2].position.startswith("caption ")


def test_a_post_embedded_twice_or_without_words_is_one_statement_or_none(tmp_path: Path) -> None:
    frame = '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>'
    _, posts = _import(tmp_path, page(X + frame + X))

    assert [post.post_id for post in posts] == ["1809000000000000001"]


def test_a_capture_says_which_extractor_read_it(tmp_path: Path) -> None:
    layout, _ = _import(tmp_path, PAGE.encode())

    assert layout.options()["extractor"] == (installed_extractor() or OWN)


def test_a_page_with_unclosed_tags_is_read() -> None:
    article = read_article(
        b"<html><head><title>T<body><p>One<p>Two <script>x</script>", name="a", extractor=OWN
    )

    assert "One" in article.text or article.title


@pytest.mark.skipif(installed_extractor() != "", reason="the extra is installed here")
def test_a_capture_of_an_extractor_that_is_missing_says_what_to_install() -> None:
    with pytest.raises(NotAnArticle, match=r"a\.html.*trafilatura-2\.3\.1.*hustings\[articles\]"):
        read_article(PAGE.encode(), name="a.html", extractor="trafilatura-2.3.1")


@pytest.mark.skipif(installed_extractor() == "", reason="needs the extra `articles`")
def test_the_extra_gives_the_same_quotations_without_what_stands_around_the_text() -> None:
    noisy = PAGE.replace(
        "</article>", '</article><div class="related"><ul><li><a>“Ten things to do at dawn”</a></ul></div>'
    )
    article, own = (read_article(noisy.encode(), name="a", extractor=name) for name in (None, OWN))

    assert article.extractor == f"trafilatura-{version('trafilatura')}"
    assert article.text.startswith("Okafor wins the seat\n\nMaria Okafor beat Dan Whitlow.")
    assert [(q.text, q.speaker) for q in find_quotations(article.text, captions=article.captions)] == [
        (q.text, q.speaker) for q in find_quotations(own.text, captions=own.captions)
    ]


def test_linked_data_may_be_anything() -> None:
    for data in ("[" * 50_000, '{"a":' * 50_000, json.dumps([1, None, {"author": [[]]}]), "{"):
        head = f'<html><script type="application/ld+json">{data}</script><p>Okafor won the seat.</p>'
        assert read_article(head.encode(), name="a", extractor=OWN).text == "Okafor won the seat."


@pytest.mark.parametrize(
    "markup",
    [
        "<figure><figcaption>a",
        "<main>x",
        "<h1>",
        '<i class="caption">x',
        X[:80],
        "<article>",
        "<table><tr><td>",
        "<iframe",
    ],
)
def test_markup_that_nothing_closes_is_read_in_linear_time(markup: str) -> None:
    """Quadratic work would take hours for these."""
    body = "<html><p>Okafor won.</p>" + markup * (400_000 // len(markup))

    assert read_article(body.encode(), name="a.html", extractor=OWN).text


tags = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "<figure>",
        "<figcaption>",
        "</figure>",
        X,
        BLUESKY,
        "<iframe src=",
        "“",
        "”",
        "said Jo",
        "<",
        ">",
        "&amp;",
        "<!--",
        "<article>",
        "<b class=caption>",
        "words",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(tags | st.text(max_size=8), max_size=25).map("".join))
def test_any_markup_gives_captions_and_quotations_inside_the_text(markup: str) -> None:
    body = f"<html><p>Okafor won.</p>{markup}".replace("\0", "").encode("utf-8", "replace")
    article = read_article(body, name="a.html", extractor=OWN)

    assert all(0 <= start < end <= len(article.text) for start, end in article.captions)
    assert all(
        q.text == article.text[q.start : q.end]
        for q in find_quotations(article.text, captions=article.captions)
    )
