"""Which column holds what: our fields, and the layouts of files that we know."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from archive.contract import (
    Choices,
    Layout,
    Moment,
    Post,
    UnreadableSource,
    Unrecognised,
    platform_key,
)
from archive.importers.files import LOOKED_AT
from archive.importers.presets import TOOLS, Preset
from archive.importers.readings import READINGS
from archive.times import WrongTime, ZoneMissing, parse_moment, zone_for
from db.words import Channel

R = TypeVar("R")

FIELDS: dict[str, str] = {
    "text": "what was published (needed)",
    "id": "the platform's id of the post",
    "created_at": "when: ISO 8601, RFC 2822 or X's classic form; a bare date is a day",
    "platform": "x, bluesky, mastodon, ...; news for what an article quotes",
    "author_handle": "the author's handle",
    "author_id": "the platform's immutable id of the author",
    "author_name": "the author's name as the source writes it",
    "person_id": "the author's person id in the archive",
    "url": "where it was published",
    "lang": "the platform's idea of its language",
    "reply_to": "handle of the author replied to",
    "reply_to_post": "id of the post replied to",
    "quoted": "handle of the author of a quoted post, or its text",
    "quoted_post": "id of the quoted post",
    "repost_of": "id of a post repeated without a word of one's own",
    "channel": "social, speech, interview, statement or unknown",
    "addressee": "to whom the source says that it was directed",
    "cue": "the words by which an article attributes it",
}
"""Our fields, as `--map` names them."""


PRESETS: tuple[Preset, ...] = (
    Preset(
        name="getoldtweets",
        recognised_by=frozenset({"date", "username", "to", "text", "id", "permalink"}),
        columns={
            "text": "text",
            "id": "id",
            "created_at": "date",
            "author_handle": "username",
            "url": "permalink",
            "reply_to": "to",
        },
        platform="x",
        time_zone="UTC",
        source="GetOldTweets3 writes its dates in UTC (README of Mottl/GetOldTweets3, --csv output)",
    ),
    *TOOLS,
    Preset(
        name="twarc-csv",
        recognised_by=frozenset({"id", "author_id", "author.username", "created_at", "text"}),
        columns={
            "text": "text",
            "id": "id",
            "created_at": "created_at",
            "author_handle": "author.username",
            "author_id": "author_id",
            "author_name": "author.name",
            "lang": "lang",
            "reply_to": "in_reply_to_username",
            "reply_to_post": "referenced_tweets.replied_to.id",
            "quoted": "quoted_username",
            "quoted_post": "referenced_tweets.quoted.id",
            "repost_of": "referenced_tweets.retweeted.id",
        },
        platform="x",
        source="DEFAULT_TWEET_COLUMNS of DocNow/twarc-csv, dataframe_converter.py",
    ),
    Preset(
        name="4cat-x",
        recognised_by=frozenset(
            {
                "id",
                "timestamp",
                "unix_timestamp",
                "body",
                "author",
                "author_id",
                "is_retweet",
                "retweeted_user",
            }
        ),
        columns={
            "text": "body",
            "id": "id",
            "created_at": "timestamp",
            "author_handle": "author",
            "author_id": "author_id",
            "author_name": "author_fullname",
            "url": "link",
            "lang": "language_guess",
            "reply_to": "replied_user",
            "quoted": "quoted_user",
            # The author stands for the original, whose id 4CAT does not write.
            "repost_of": "retweeted_user",
        },
        platform="x",
        time_zone="UTC",
        source="map_item in datasources/twitter-import and twitterv2 of digitalmethodsinitiative/4cat",
    ),
    Preset(
        name="hustings",
        recognised_by=frozenset({"text", "created_at"}),
        columns={name: name for name in FIELDS},
        source="our own field names, docs/importing.md",
    ),
)


def preset_for(name: str) -> Preset:
    """The preset of that name. Raises UnreadableSource naming the known ones."""
    for preset in PRESETS:
        if preset.name == name:
            return preset
    raise UnreadableSource(f"no preset {name!r}: known are {', '.join(preset.name for preset in PRESETS)}")


def layout_for(source: str, names: Iterable[str], choices: Choices) -> Layout:
    """Which of the source's columns (or keys) holds which of our fields.

    Raises UnreadableSource for an unknown field, a column that is not there, or no column with the text.
    """
    header = tuple(names)
    preset = _asked_for(source, header, choices) if choices.preset else _recognise(header)
    columns = dict(preset.columns) if preset else {}
    columns = {ours: theirs for ours, theirs in columns.items() if theirs in header}
    for ours, theirs in choices.columns.items():
        if ours not in FIELDS:
            raise UnreadableSource(f"--map {ours}=...: no such field; known are {', '.join(FIELDS)}")
        if theirs not in header and theirs.split(".")[0] not in header:
            raise Unrecognised(
                f"{source}: no column {theirs!r}; there are {_listed(header)}",
                of_many=f"no statements in it: no column {theirs!r}",
            )
        columns[ours] = theirs
    if "text" not in columns:
        raise Unrecognised(
            f"{source}: no column with the text: say which with --map text=COLUMN, of {_listed(header)}",
            of_many="no statements in it: no column with the text",
        )
    platform = choices.platform or (preset.platform if preset else None)
    if platform is None and "platform" not in columns:
        raise UnreadableSource(f"{source}: which platform? Say so with --platform, such as --platform x")
    zone = choices.time_zone or (preset.time_zone if preset else None)
    if zone:
        zone_for(zone)
    return Layout(
        columns=columns,
        header=header,
        platform=platform_key(platform) if platform else None,
        time_zone=zone,
        author=choices.author,
        author_id=choices.author_id,
        author_name=choices.author_name,
        person=choices.person,
        readings=_readings_of(preset, columns),
    )


def _readings_of(preset: Preset | None, columns: Mapping[str, str]) -> dict[str, str]:
    """How values are read, of fields that are in the preset's own columns."""
    if preset is None:
        return {}
    return {ours: how for ours, how in preset.readings.items() if columns.get(ours) == preset.columns[ours]}


def _asked_for(source: str, header: tuple[str, ...], choices: Choices) -> Preset:
    """The preset that the user names. Each of its columns must be there, or `--map` name another for it."""
    preset = preset_for(choices.preset or "")
    mapped = {preset.columns.get(ours) for ours in choices.columns}
    missing = [name for name in preset.columns.values() if name in preset.recognised_by - mapped - {*header}]
    if missing:
        raise Unrecognised(
            f"{source}: not in the layout {preset.name}: no column {_listed(tuple(missing))};"
            f" there are {_listed(header)}",
            of_many=f"no statements in it: not in the layout {preset.name}",
        )
    return preset


def _recognise(header: tuple[str, ...]) -> Preset | None:
    names = set(header)
    return next((preset for preset in PRESETS if preset.recognised_by <= names), None)


def _listed(header: tuple[str, ...], most: int = 20) -> str:
    shown = ", ".join(repr(name[:40]) for name in header[:most])
    return f"{shown}, ..." if len(header) > most else shown


class WrongRecord(ValueError):
    """A record that cannot become a post; the message is the reason."""


def check_times(
    source: str,
    kind: str,
    layout: Layout,
    records: Iterable[tuple[int, R]],
    make: Callable[[R, Layout, int], Post],
) -> None:
    """Look at a source's first records, each with its line, for times that need a zone.

    `kind` says what the source's columns are called. What else is wrong with a record is that record's
    alone, and told when it is read.

    Raises UnreadableSource, naming line and column, for a time without a zone.
    """
    for line, record in islice(records, LOOKED_AT):
        try:
            make(record, layout, line)
        except ZoneMissing as error:
            column = layout.columns["created_at"]
            raise UnreadableSource(
                f"{source}: line {line}, {kind} {column!r}: {error}: give --timezone"
            ) from error
        except (WrongRecord, WrongTime):
            continue


def make_post(layout: Layout, value: Callable[[str], str | None], position: str) -> Post:
    """A post from one record, whose field values `value` looks up by our name (None: absent).

    Raises WrongRecord (or its cousin WrongTime) with the reason.
    """
    value = _as_read(layout, value)
    text = value("text") or ""
    if not text.strip():
        raise WrongRecord("no text")
    platform = layout.platform or platform_key(value("platform") or "")
    if not platform:
        raise WrongRecord("no platform")
    stated = value("author_handle")
    handle = (stated or layout.author or "").lstrip("@") or None
    published = _published(layout, value("created_at"))
    return Post(
        platform=platform,
        post_id=value("id") or _made_id(platform, handle, value("created_at"), text),
        text=text,
        position=position,
        published=published,
        author_handle=handle,
        author_platform_id=value("author_id") or (None if stated else layout.author_id),
        author_name=value("author_name") or (None if stated else layout.author_name),
        author_person=value("person_id") or layout.person,
        channel=_channel(value("channel")),
        url=value("url"),
        lang=value("lang"),
        reply_to=(value("reply_to") or "").lstrip("@") or None,
        reply_to_post=value("reply_to_post"),
        quoted=value("quoted"),
        quoted_post=value("quoted_post"),
        repost_of=value("repost_of"),
        addressee=value("addressee"),
        cue=value("cue"),
    )


def _as_read(layout: Layout, value: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """The values as the layout says that they are read; asking for a wrong one raises WrongValue."""

    def read(field: str) -> str | None:
        stated, how = value(field), layout.readings.get(field)
        return READINGS[how](stated) if stated is not None and how is not None else stated

    return read if layout.readings else value


def _published(layout: Layout, stated: str | None) -> Moment | None:
    if stated is None:
        if "created_at" in layout.columns:
            raise WrongTime("no time")
        return None
    return parse_moment(stated, _zone(layout.time_zone))


def _zone(name: str | None) -> ZoneInfo | None:
    return zone_for(name) if name else None


def _channel(stated: str | None) -> Channel:
    if stated is None:
        return Channel.SOCIAL
    try:
        return Channel(stated)
    except ValueError:
        raise WrongRecord(f"channel {stated[:40]!r}: known are {', '.join(Channel)}") from None


def _made_id(platform: str, handle: str | None, created_at: str | None, text: str) -> str:
    """An id for a post whose source gives none: the same record always gets the same one."""
    digest = hashlib.sha256("\x1f".join((platform, handle or "", created_at or "", text)).encode())
    return f"sha256:{digest.hexdigest()[:32]}"
