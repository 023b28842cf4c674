"""The export of a Mastodon account: the same statements as from the API, and nothing private."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_sources import Beside, folder, layout_of, left_out, posts, read, records_of, rejects
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.captures import keep_page
from archive.collectors.mastodon import collector
from archive.contract import Choices, Page, Post, Reject, Setup, UnreadableSource
from archive.contract.pages import LeftOut
from archive.importers.records.mastodon_outbox import CREATE, EVERYBODY, MastodonOutbox
from archive.ingest import keep_records
from db.engine import writing
from db.models import Account, Statement, now

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ADA = "https://social.example/users/ada"
OUTBOX = MastodonOutbox()


def outbox() -> list[Any]:
    return list(read(OUTBOX, records_of("mastodon/outbox.json"), folder("mastodon")))


def by_number(number: int) -> Post:
    return next(one for one in posts(outbox()) if f"/1127300000000000{number:02d}" in one.post_id)


# ---- the export as a whole --------------------------------------------------------------------------


def test_every_activity_is_a_post_a_reject_or_left_out_once() -> None:
    found = outbox()

    assert [one.position for one in found] == [f"item {number}" for number in range(1, 15)]
    assert (len(posts(found)), len(rejects(found)), len(left_out(found))) == (9, 1, 4)
    assert rejects(found) == {"item 13": "published: 'yesterday' is not a time"}


def test_what_was_not_published_is_never_a_post_and_shows_no_word() -> None:
    found = outbox()

    assert left_out(found) == {
        "item 6": "private: for followers only",
        "item 7": "private: a direct message",
        "item 11": "private: for followers only",
        "item 14": "an activity that publishes nothing: Delete",
    }
    assert "555 0100" not in repr(found)
    assert "the count is late" not in repr(found)


def test_actor_json_says_whose_posts_these_are() -> None:
    authors = {(one.author_handle, one.author_platform_id, one.author_name) for one in posts(outbox())}

    assert authors == {("ada@social.example", ADA, "Ada Quill 🐳")}


def test_without_actor_json_the_handle_is_read_from_the_actors_address() -> None:
    found = posts(read(OUTBOX, records_of("mastodon/outbox.json")))

    assert {(one.author_handle, one.author_platform_id) for one in found} == {("ada@social.example", ADA)}


def test_a_handle_that_the_server_states_goes_before_its_address() -> None:
    actor = {"id": "https://web.social.example/ap/users/11", "preferredUsername": "ada"}
    files = {"actor.json": json.dumps({**actor, "webfinger": "ada@social.example"}).encode()}

    choices = OUTBOX.complete(Choices(), Beside(files))

    assert (choices.author, choices.author_id) == ("ada@social.example", actor["id"])


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 7}', b"{" * 50_000, b'{"id": "' + b"x" * (1 << 20)])
def test_an_actor_json_that_is_none_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"actor\.json"):
        OUTBOX.complete(Choices(), Beside({"actor.json": body}))


def test_what_the_user_says_goes_before_actor_json() -> None:
    assert (
        OUTBOX.complete(Choices(author="quill@vote.example"), folder("mastodon")).author
        == "quill@vote.example"
    )


# ---- single posts -----------------------------------------------------------------------------------


def test_a_long_unlisted_post_is_published_and_whole() -> None:
    assert len(by_number(3).text) == len("We will rebuild the harbour wall, stone by stone. " * 40) - 1


def test_a_content_warning_stands_before_the_text_and_an_edit_has_its_time() -> None:
    post = by_number(2)

    assert post.text.startswith("concession, long\n\nMy opponent")
    assert post.edited
    assert post.edited.at.isoformat() == "2024-07-05T05:30:00+00:00"


def test_an_answer_names_the_post_and_its_author() -> None:
    assert by_number(4).reply_to == "bob@other.example"
    assert by_number(4).reply_to_post == "https://other.example/users/bob/statuses/9007199254740993"
    assert by_number(5).reply_to == "ada@social.example"


def test_a_polls_choices_are_words_of_its_author() -> None:
    assert by_number(8).text == "Which pier first?\n\nNorth\nSouth 🌊"


def test_a_quotation_is_linked_and_its_stand_in_is_no_part_of_the_text() -> None:
    assert by_number(9).text == "Read this twice."
    assert by_number(9).quoted_post == "https://other.example/users/bob/statuses/77"


def test_a_boost_names_the_boosted_post() -> None:
    boost = by_number(10)

    assert (boost.text, boost.repost_of) == ("", "https://other.example/users/bob/statuses/78")


def test_the_language_is_that_of_the_content() -> None:
    assert by_number(12).lang == "de"


def test_an_activity_of_another_actor_is_not_given_to_the_owner() -> None:
    other = json.loads(json.dumps(records_of("mastodon/outbox.json")[0]).replace("users/ada", "users/eve"))

    [post] = posts(read(OUTBOX, [other], folder("mastodon")))

    assert (post.author_handle, post.author_name) == ("eve@social.example", None)


# ---- as from the API --------------------------------------------------------------------------------


def as_served(activity: dict[str, Any]) -> dict[str, Any]:
    """The record that Mastodon's API has of an activity (entity Status)."""
    note = activity["object"] if isinstance(activity["object"], dict) else {}
    boosted = activity["object"] if isinstance(activity["object"], str) else None
    quote = note.get("quote")
    account = {"id": "11", "username": "ada", "acct": "ada", "display_name": "Ada Quill 🐳", "uri": ADA}
    return {
        "id": "1",
        "uri": note.get("id", activity["id"]),
        "url": note.get("url", activity["id"]),
        "created_at": activity["published"].replace("Z", ".000Z"),
        "edited_at": note.get("updated"),
        "visibility": "public",
        "account": account,
        "content": note.get("content", ""),
        "language": next(iter(note.get("contentMap", {})), None),
        "spoiler_text": note.get("summary") or "",
        "poll": {"options": [{"title": one["name"]} for one in note["oneOf"]]} if "oneOf" in note else None,
        "reblog": {"uri": boosted, "content": "<p>Bob's words</p>"} if boosted else None,
        "quote": {"state": "accepted", "quoted_status": {"uri": quote}} if quote else None,
    }


@pytest.mark.parametrize("number", [0, 1, 2, 7, 8, 9, 11])
def test_a_post_from_the_export_is_the_one_from_the_api(number: int) -> None:
    activity = records_of("mastodon/outbox.json")[number]
    context = {"server": "https://social.example", "domain": "social.example", "account": "11"}
    page = Page(
        "https://social.example", json.dumps([as_served(activity)]).encode(), "application/json", now()
    )

    [served] = collector(Setup()).parse(replace(page, context=context))
    [exported] = read(OUTBOX, [activity], folder("mastodon"))

    assert isinstance(served, Post)
    if served.repost_of:  # the export has no word of what is boosted
        served = replace(served, text="")
    assert exported == served


@pytest.mark.parametrize("api_first", [True, False])
def test_from_both_there_is_one_statement_with_the_fuller_text(engine: Engine, api_first: bool) -> None:
    activities = [records_of("mastodon/outbox.json")[number] for number in (0, 8, 9)]
    context = {"server": "https://social.example", "domain": "social.example", "account": "11"}
    body = json.dumps([as_served(one) for one in activities]).encode()
    page = Page("https://social.example", body, "application/json", now(), context=context)
    served = list(collector(Setup()).parse(page))
    exported = posts(read(OUTBOX, activities, folder("mastodon")))

    with writing(engine) as session:
        capture = keep_page(session, page, "mastodon-1", None)
        for found in (served, exported) if api_first else (exported, served):
            keep_records(session, capture, found, seen_at=now())
    with Session(engine) as session:
        texts = [one.text for one in session.exec(select(Statement).order_by(col(Statement.post_id)))]
        accounts = len(session.exec(select(Account)).all())

    assert len(texts) == 3
    assert "Bob's words" in texts
    assert accounts == 1


# ---- hostile records --------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([PUBLIC, ADA, "Note"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "id",
    "type",
    "actor",
    "object",
    "to",
    "cc",
    "published",
    "content",
    "contentMap",
    "summary",
    "tag",
    "url",
)
parts = st.dictionaries(st.sampled_from([*FIELDS, "inReplyTo", "oneOf", "quote", "attributedTo"]), values)


@given(activity=parts, note=parts, create=st.booleans())
def test_any_record_gives_one_answer_and_raises_nothing(
    activity: dict[str, Any], note: dict[str, Any], create: bool
) -> None:
    record = {**activity, "type": CREATE, "object": note} if create else activity

    OUTBOX.recognises(record)
    [found] = OUTBOX.posts(record, layout_of(Choices()), "item 1")

    assert isinstance(found, Post | Reject | LeftOut)


def is_public(audience: Any) -> bool:
    said = audience if isinstance(audience, list) else [audience]
    return any(isinstance(one, str) and one in EVERYBODY for one in said)


@given(to=values, cc=values, inner=values)
def test_only_what_says_that_it_is_public_is_read(to: Any, cc: Any, inner: Any) -> None:
    """Whatever the audiences look like: without the public in both, there is no post, and no excerpt."""
    activity = records_of("mastodon/outbox.json")[0]
    record = {**activity, "to": to, "cc": cc, "object": {**activity["object"], "to": inner, "cc": None}}

    [found] = OUTBOX.posts(record, layout_of(Choices()), "item 1")

    public = any(map(is_public, (to, cc))) and is_public(inner)
    assert isinstance(found, Post) is public
    assert isinstance(found, LeftOut) is not public


def test_a_nul_byte_is_a_reject() -> None:
    activity = records_of("mastodon/outbox.json")[0]
    record = {**activity, "object": {**activity["object"], "content": "<p>a\0b</p>"}}

    [found] = OUTBOX.posts(record, layout_of(Choices()), "item 1")

    assert isinstance(found, Reject)
    assert "NUL" in found.reason
