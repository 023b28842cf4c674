"""What t.me writes on its pages is read as it stands, whatever stands there."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import START

from archive.collectors.telegram import collector
from archive.collectors.telegram.preview import unshown_on
from archive.contract import (
    Page,
    Post,
    Reject,
    Setup,
    UnreadablePage,
)


def packed(channel: object) -> str:
    return base64.urlsafe_b64encode(json.dumps({"c": channel}).encode()).decode().rstrip("=")


def message(**other: str) -> str:
    """A message of the layout that t.me serves, as far as it is read."""
    parts = {
        "post": 'data-post="town_news/17"',
        "view": f'data-view="{packed(-1234567890)}"',
        "time": '<a class="tgme_widget_message_date"><time datetime="2024-07-01T09:00:00+00:00">9</time></a>',
        "text": '<div class="tgme_widget_message_text js-message_text">Vote early.</div>',
        **other,
    }
    return '<div class="tgme_widget_message" {post} {view}>{text}{time}</div>'.format(**parts)


def parsed(*messages: str, **context: str) -> list[Post | Reject]:
    body = f'<section class="tgme_channel_history">{"".join(messages)}</section>'
    page = Page(
        "https://t.me/s/town_news", body.encode("utf-8", "replace"), "text/html", START, context=context
    )
    return list(collector(Setup()).parse(page))


def test_a_poll_s_question_and_answers_are_the_channel_s_words() -> None:
    poll = (
        '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Which?</div>'
        '<div class="tgme_widget_message_poll_option_text">Bus</div>'
        '<div class="tgme_widget_message_poll_option_text">Tram</div></div>'
    )
    (post,) = parsed(message(text=poll))
    assert isinstance(post, Post)
    assert post.text == "Which?\nBus\nTram"


def test_the_length_of_a_film_is_no_time_of_publication() -> None:
    film = '<time class="message_video_duration">0:29</time>'
    (post,) = parsed(message(text=film))
    assert isinstance(post, Post)
    assert post.published is not None
    assert post.published.at == START


def test_t_me_s_words_for_what_it_does_not_show_are_no_words_of_the_channel() -> None:
    notice = (
        '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
        '<div class="message_media_not_supported_label">{}</div>'
        '<span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div>'
    )
    text = '<div class="tgme_widget_message_text js-message_text">{}Vote <b>early</b>.</div>'
    open_, big = notice.format("Please open Telegram to view this post"), notice.format("Media is too big")
    messages = [message(text=one) for one in (open_, big, text.format(open_), text.format(big), big + open_)]
    posts = parsed(*messages)
    assert [post.text for post in posts if isinstance(post, Post)] == [
        "",
        "",
        "Vote early.",
        "Vote early.",
        "",
    ]


def test_only_what_the_app_alone_shows_counts_as_not_shown() -> None:
    label = '<div class="message_media_not_supported"><div>{}</div></div>'
    said = ("Please open Telegram to view this post", "Media is too big", "not supported in your browser")
    text = '<div class="tgme_widget_message_text js-message_text">Vote early.</div>'
    bare = [message(text=label.format(one), post=f'data-post="a/{n}"') for n, one in enumerate(said, start=1)]
    with_text = message(text=label.format(said[0]) + text)
    page = Page("https://t.me/s/a", "".join([*bare, with_text]).encode(), "text/html", START)
    assert unshown_on(page) == (1,)


@pytest.mark.parametrize(
    ("view", "context", "post_id"),
    [
        (f'data-view="{packed(-1234567890)}"', {}, "1234567890/17"),
        ('data-peer="c1234567890_-55"', {}, "1234567890/17"),
        ("", {"channel": "1234567890"}, "1234567890/17"),
        (f'data-view="{packed(1.5e9)}"', {}, None),
        (f'data-view="{packed(True)}"', {}, None),
        ('data-view="&lt;not base64&gt;"', {}, None),
        ("", {}, None),
    ],
)
def test_the_channel_s_number_is_read_where_it_stands(
    view: str, context: dict[str, str], post_id: str | None
) -> None:
    (record,) = parsed(message(view=view), **context)
    assert (record.post_id if isinstance(record, Post) else None) == post_id


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"time": ""}, "no datetime"),
        ({"time": '<time datetime="soon">9</time>'}, "datetime: 'soon' is not a time"),
        (
            {"time": '<time datetime="2024-07-01T09:00:00">9</time>'},
            "datetime: '2024-07-01T09:00:00' has no time zone",
        ),
        ({"post": ""}, "no data-post"),
        ({"post": 'data-post="town_news/0x1"'}, "no data-post"),
        ({"view": ""}, "neither data-view nor data-peer says the channel's id"),
    ],
)
def test_what_a_message_must_have_is_named_where_it_is_missing(other: dict[str, str], reason: str) -> None:
    bad, good = parsed(message(**other), message())
    assert isinstance(good, Post)
    assert isinstance(bad, Reject)
    assert (bad.position, bad.reason) == ("item 1", reason)


def test_hostile_content_is_text_and_nothing_else() -> None:
    text = '<div class="tgme_widget_message_text js-message_text">{}</div>'
    long, deep, script = parsed(
        message(text=text.format("x" * 1_000_000)),
        message(text=text.format("<b>" * 20_000 + "deep" + "</b>" * 20_000)),
        message(text=text.format("<script>alert('</div>')</script>safe\x1b[0m")),
    )
    assert isinstance(long, Post)
    assert len(long.text) == 1_000_000
    assert isinstance(deep, Post)
    assert deep.text == "deep"
    assert isinstance(script, Post)
    assert script.text == "safe\x1b[0m"


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["post", "view", "time", "text"]), st.text("<>\"'=/& adivtme-1_", max_size=40)
    ),
    st.sampled_from(["history", "post", "account"]),
)
def test_any_message_is_read_rejected_or_said_to_be_unreadable(other: dict[str, str], holds: str) -> None:
    with suppress(UnreadablePage):
        assert isinstance(parsed(message(**other), holds=holds, post="17"), list)
