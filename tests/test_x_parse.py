"""Reading pages of X: pure, in either vocabulary, each broken record set aside."""

import copy
import json
from typing import Any

import pytest
from loopback import json_answer
from x_pages import (
    ACCOUNT,
    FIRST,
    LONG,
    NOTE,
    PLAIN,
    QUOTE,
    QUOTED,
    REPEATED,
    REPLY,
    REPOST,
    SECOND,
    SENT,
    THEIRS,
    TIMELINE,
    entry,
    page,
    parsed,
    posts,
    renamed,
)

from archive.collectors.x import collector
from archive.collectors.x.posts import parse_page
from archive.collectors.x.problems import PHRASES, problems_in, state_of
from archive.contract import Page, Reject, Setup
from db.words import State


def test_a_documented_timeline_is_read_whole() -> None:
    found = posts(TIMELINE)

    assert list(found) == [FIRST, NOTE, REPOST, QUOTE, REPLY, PLAIN]
    assert found[NOTE].text == LONG
    assert found[REPOST].text == "The whole of a long text & more."
    assert found[REPOST].repost_of == REPEATED
    assert (found[QUOTE].quoted, found[QUOTE].quoted_post) == ("rival", "1801000000000000000")
    assert (found[REPLY].reply_to, found[REPLY].reply_to_post) == ("rival", THEIRS)
    assert found[REPLY].text == "@rival Show us your numbers <now>"
    assert found[PLAIN].position == "item 6"


def test_escapes_are_undone_once_and_short_links_stay() -> None:
    found = posts(TIMELINE)

    assert found[PLAIN].text == "Good morning &amp; hello"
    assert found[QUOTE].text == "Judge for yourselves https://t.co/abc"


def test_an_undecided_language_is_none() -> None:
    found = posts(TIMELINE)

    assert (found[PLAIN].lang, found[REPLY].lang) == (None, "en")


def test_an_edited_post_says_when_it_was_made_and_when_it_was_changed() -> None:
    post = posts(TIMELINE)[FIRST]

    assert post.published is not None
    assert post.edited is not None
    assert (post.published.at.minute, post.edited.at.minute) == (5, 6)
    assert post.text == "Corrected: 12 schools"


def test_both_spellings_give_the_same_posts() -> None:
    assert parsed(renamed(TIMELINE)) == parsed(TIMELINE)


def test_without_an_author_a_post_on_a_timeline_is_its_accounts() -> None:
    answer = copy.deepcopy(TIMELINE)
    for one in answer["data"]:
        del one["author_id"]

    assert {post.author_platform_id for post in posts(answer).values()} == {ACCOUNT}
    assert {one.reason for one in parse_page(_nobodys(answer)) if isinstance(one, Reject)} == {"no author_id"}


def _nobodys(answer: Any) -> Page:
    whole = page(answer)
    return Page(whole.source, whole.body, whole.media_type, SENT, context={"shows": "post"})


def test_quoted_words_stand_in_for_an_author_who_is_nowhere_named() -> None:
    answer = copy.deepcopy(TIMELINE)
    del answer["data"][3]["entities"]
    assert posts(answer)[QUOTE].quoted == "Nobody will pay more."

    del answer["includes"]
    assert (posts(answer)[QUOTE].quoted, posts(answer)[QUOTE].quoted_post) == (None, QUOTED)
    assert posts(answer)[REPOST].text == ""


def test_a_history_is_one_post_with_its_versions() -> None:
    chain = [FIRST, SECOND]
    answer = {
        "data": [
            entry(FIRST, "11 schools", edit_history_tweet_ids=chain),
            entry(SECOND, "12 schools", edit_history_tweet_ids=chain),
        ]
    }
    for one in (answer, {"data": answer["data"][::-1]}):
        found = posts(one, shows="history", chains=json.dumps({FIRST: SECOND}))[FIRST]
        assert (found.text, [version.text for version in found.versions]) == ("12 schools", ["11 schools"])


def test_a_history_without_its_newest_version_is_set_aside() -> None:
    answer = {"data": [entry(FIRST, "11 schools", edit_history_tweet_ids=[FIRST, SECOND])]}
    (reject,) = parsed(answer, shows="history", chains=json.dumps({FIRST: SECOND}))

    assert isinstance(reject, Reject)
    assert FIRST in reject.reason


def test_evidence_holds_no_posts() -> None:
    assert not parsed({"data": {"id": "1", "username": "ada", "protected": True}}, shows="evidence")


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"id": None}, "no id"),
    "id as a fraction": ({"id": 1.8e18}, "id: not an id but float"),
    "id of words": ({"id": "abc"}, "id: 'abc' is no id"),
    "no text": ({"text": None}, "no text"),
    "text is a number": ({"text": 5}, "text: not a text but int"),
    "NUL": ({"text": "a\0b"}, "a text holds a NUL character"),
    "no time": ({"created_at": None}, "no created_at"),
    "wrong time": ({"created_at": "yesterday"}, "'yesterday' is not a time"),
    "time without zone": ({"created_at": "2024-07-03T08:00:00"}, "no time zone"),
    "no history": ({"edit_history_tweet_ids": None}, "no edit history"),
    "empty history": ({"edit_history_tweet_ids": [""]}, "edit history: '' is no id"),
    "another's": ({"author_id": "999"}, "author_id: 999"),
    "odd references": ({"referenced_tweets": "none"}, "references"),
    "odd long text": ({"note_tweet": ["text"]}, "the long text"),
}


@pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_record_is_set_aside_with_its_reason(change: dict[str, Any], reason: str) -> None:
    answer = copy.deepcopy(TIMELINE)
    answer["data"][4] |= change
    records = parsed(answer)

    (reject,) = [one for one in records if isinstance(one, Reject)]
    assert reason in reject.reason
    assert reject.position == "item 5"
    assert len(records) == 6


def test_whole_numbers_stay_exact() -> None:
    answer = copy.deepcopy(TIMELINE)
    answer["data"] = [answer["data"][5] | {"id": int(PLAIN), "author_id": int(ACCOUNT)}]

    assert posts(answer)[PLAIN].author_platform_id == ACCOUNT


DETAILS = {
    "User has been suspended: [481186914].": State.SUSPENDED,
    "Could not find user with id: [11111111111].": State.DELETED,
    "Could not find user with username: [nobody].": State.NOT_FOUND,
    "Could not find user with usernames: [nobody].": State.NOT_FOUND,
    "Could not find user with username: [blocked].": State.NOT_FOUND,
    "Sorry, you are not authorized to see the user with id: [1234567890].": State.PROTECTED,
    "Could not find tweet with referenced_tweets.id: [1].": None,
}


@pytest.mark.parametrize(("detail", "state"), DETAILS.items())
def test_the_words_of_an_error_tell_the_state(detail: str, state: State | None) -> None:
    assert state_of(problems_in({"errors": [{"detail": detail, "type": "about:blank"}]})) == state


def test_phrases_are_written_as_they_are_compared() -> None:
    assert all(phrase == phrase.lower() for phrase, _ in PHRASES)


def test_a_collector_parses_without_credentials() -> None:
    answer = json_answer(TIMELINE)

    assert len(list(collector(Setup()).parse(page(answer.body)))) == 6
