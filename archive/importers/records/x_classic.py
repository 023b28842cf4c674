"""Classic records of X: the shape of its API v1.1, which X's data archive and X's own pages keep.

Fields after docs.x.com, "Tweet object (v1.1)", and the files that the formats name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.contract import Layout, Moment, Post
from archive.importers.records.completing import completed, mapping, objects
from archive.times import parse_moment
from archive.x_posts.addresses import HANDLE, permalink, post_of
from archive.x_posts.answers import WrongRecord, optional_id, shown_name, text_in
from archive.x_posts.posts import PLATFORM, language_of, made_by_id

Record = Mapping[str, Any]

_CHAINS: tuple[tuple[str, ...], ...] = (
    # API v1.1
    ("edit_history", "initial_tweet_id"),
    ("edit_history", "edit_tweet_ids"),
    ("ext_edit_control", "initial", "edit_tweet_ids"),
    ("ext_edit_control", "edit", "initial_tweet_id"),
    ("ext_edit_control", "edit", "edit_control_initial", "edit_tweet_ids"),
    # X's data archive: the first version, and the later ones
    ("edit_info", "initial", "editTweetIds"),
    ("edit_info", "edit", "initialTweetId"),
    ("edit_info", "edit", "editTweetIds"),
    ("edit_info", "edit", "editControlInitial", "editTweetIds"),
    # X's own pages: the same
    ("edit_control", "edit_tweet_ids"),
    ("edit_control", "initial_tweet_id"),
    ("edit_control", "edit_control_initial", "edit_tweet_ids"),
)
"""Where a record says which versions of its post there are: one id, or a list."""

_REPEATED = re.compile(r"RT @(?P<handle>[A-Za-z0-9_]{1,15}):? (?P<text>.*)", re.DOTALL)
"""The text of a repost where the original is not in the record."""
_CUT = re.compile(r"…\s?(?P<link>https://t\.co/\w{1,30})")
"""The end of a text that X cut: its last link leads to the whole post."""
_LAST_LINK = re.compile(r"https://t\.co/\w{1,30}")
_TAIL = 60
"""More characters than the end of a cut text has."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a format keeps the parts of one post."""

    tweet: Record
    """The classic object."""
    holder: Record
    """What says which versions there are."""
    user: Record
    long_text: str | None = None
    """The whole of a text that the classic object cuts."""
    repeated: "Parts | None" = None
    quoted: "Parts | None" = None


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and whether it is only the beginning of what was published."""

    text: str
    is_cut: bool = False


def classic_post(parts: Parts, layout: Layout, position: str) -> Post:
    """The post. Raises WrongRecord or WrongTime, with the reason."""
    chain, own_id, made = chain_of(parts), id_of(parts), made_at(parts)
    words, repost_of = _words(parts, own_id)
    edited = made if own_id != chain[0] else None
    handle = handle_in(parts.user)
    quoted_post, quoted = (None, None) if repost_of else _quoted(parts, words.text, chain)
    return completed(
        Post(
            platform=PLATFORM,
            post_id=chain[0],
            also_ids=chain[1:],
            text=words.text,
            position=position,
            published=made_by_id(chain[0]) if edited else made,
            author_handle=handle,
            author_platform_id=id_under(parts.user, "id_str", "id", "rest_id"),
            author_name=shown_name(parts.user.get("name")),
            url=permalink(own_id, handle or layout.author),
            lang=language_of(parts.tweet),
            reply_to=_replied_to(parts.tweet),
            reply_to_post=id_under(parts.tweet, "in_reply_to_status_id_str", "in_reply_to_status_id"),
            quoted=quoted,
            quoted_post=quoted_post,
            repost_of=repost_of,
            edited=edited,
            is_cut=words.is_cut,
        ),
        layout,
    )


def id_under(record: Record, *names: str) -> str | None:
    """The id under the first of these names that holds one: as a text first, since numbers may be rounded.

    Raises WrongRecord for what is no id, such as a number with a fraction or exponent.
    """
    return next((found for name in names if (found := optional_id(record, name)) is not None), None)


def id_of(parts: Parts) -> str:
    """The id of this version of a post. Raises WrongRecord."""
    found = id_under(parts.tweet, "id_str", "id") or id_under(parts.holder, "rest_id")
    if found is None:
        raise WrongRecord("no id (id_str, id)")
    return found


def made_at(parts: Parts) -> Moment:
    """When this version was published."""
    return parse_moment(text_in(parts.tweet, "created_at"))


def chain_of(parts: Parts) -> tuple[str, ...]:
    """The ids of all versions that the record knows, oldest first. Raises WrongRecord."""
    known = {id_of(parts)}
    for path in _CHAINS:
        *way, name = path
        holder: Record = parts.holder
        for step in way:
            holder = mapping(holder.get(step))
        found = holder.get(name)
        for one in found if isinstance(found, list) else [found]:
            post_id = optional_id({name: one}, name)
            known |= {post_id} if post_id else set()
    return tuple(sorted(known, key=int))


def handle_in(user: Record) -> str | None:
    """The handle of an account; None where there is none that X could have given."""
    found = user.get("screen_name")
    return found if isinstance(found, str) and HANDLE.fullmatch(found) else None


def words_of(parts: Parts) -> Words:
    """The fullest text that the record has of the post itself."""
    if parts.long_text is not None:
        return Words(parts.long_text)
    extended = mapping(parts.tweet.get("extended_tweet"))
    if extended.get("full_text") is not None:
        return Words(text_in(extended, "full_text"))
    name = "full_text" if parts.tweet.get("full_text") is not None else "text"
    text = text_in(parts.tweet, name)
    return Words(text, parts.tweet.get("truncated") is True or ends_cut(parts.tweet, text, id_of(parts)))


def ends_cut(holder: Record, text: str, own_id: str) -> bool:
    """Whether a text ends with dots and a link to the post itself: so X ends those that it cuts."""
    tail = text.rstrip()[-_TAIL:]
    dots = tail.rfind("…")
    found = _CUT.fullmatch(tail[dots:]) if dots >= 0 else None
    if found is None:
        return False
    leads_to = post_of(dict(links_of(holder)).get(found["link"], ""))
    return leads_to is not None and leads_to[0] == own_id


def links_of(holder: Record) -> Iterator[tuple[str, str]]:
    """The links of a post as they stand in its text, and where each leads."""
    for one in objects(mapping(holder.get("entities")).get("urls")):
        short, leads_to = one.get("url"), one.get("expanded_url")
        if isinstance(short, str) and isinstance(leads_to, str):
            yield short, leads_to


def _words(parts: Parts, own_id: str) -> tuple[Words, str | None]:
    """The text, and the id of the post whose text it is where that is another's.

    Where the record does not hold the original, its id is not known: its author stands for it (`@handle`).
    """
    if parts.repeated is not None:
        return words_of(parts.repeated), chain_of(parts.repeated)[0]
    words = words_of(parts)
    found = repeated_in(words.text)
    return (found[1], f"@{found[0]}") if found else (words, None)


def repeated_in(text: str) -> tuple[str, Words] | None:
    """Whose words a text repeats as `RT @handle: ...`, and which; None for one that does not begin so."""
    found = _REPEATED.fullmatch(text)
    return (found["handle"], Words(found["text"], found["text"].endswith("…"))) if found else None


def _replied_to(tweet: Record) -> str | None:
    """The handle of the account replied to, else its id."""
    handle = handle_in({"screen_name": tweet.get("in_reply_to_screen_name")})
    return handle or id_under(tweet, "in_reply_to_user_id_str", "in_reply_to_user_id")


def _quoted(parts: Parts, text: str, chain: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The id of a quoted post, and its author's handle, else its text where the record holds it."""
    link = _quoted_link(parts, text, chain)
    if parts.quoted is not None:
        handle = handle_in(parts.quoted.user) or (link[1] if link else None)
        return chain_of(parts.quoted)[0], handle or words_of(parts.quoted).text or None
    stated = id_under(parts.tweet, "quoted_status_id_str", "quoted_status_id")
    if stated is not None:
        return stated, link[1] if link and link[0] == stated else None
    return link or (None, None)


def _quoted_link(parts: Parts, text: str, chain: tuple[str, ...]) -> tuple[str, str | None] | None:
    """The post to which the address of the quoted post, or else the text's last link, leads.

    X shows a post as quoted where the text ends with a link to it.
    """
    permalink_given = mapping(parts.tweet.get("quoted_status_permalink")).get("expanded")
    if isinstance(permalink_given, str) and (found := post_of(permalink_given)):
        return found
    links = _LAST_LINK.findall(text.rstrip()[-_TAIL:])
    found = post_of(dict(links_of(parts.tweet)).get(links[-1], "")) if links else None
    return found if found and found[0] not in chain else None
