"""Lists of legislators and their accounts, as github.com/unitedstates/congress-legislators publishes them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from archive.account_claims import AccountFile, Claim, Owner, Unread
from archive.ballots.rows import AccountRow, Identifier
from archive.contract import UnreadableSource
from archive.platforms import FEED, WrongAccount, account_row

FORMAT = "congress-legislators"

MOST_BYTES = 64 * 1024 * 1024
"""Of a file; the largest of the published ones (all legislators since 1789) has a seventh of that."""

DEEPEST = 12
"""Levels of nesting; the published files have five."""

SCHEMES = ("bioguide", "wikidata", "govtrack", "opensecrets", "icpsr", "lis", "thomas", "votesmart")
"""Keys below `id` that name a person, the surest first; each is a scheme of identifiers."""

ACCOUNTS: Mapping[str, tuple[str, str | None]] = {
    "twitter": ("x", "twitter_id"),
    "facebook": ("facebook", "facebook_id"),
    "instagram": ("instagram", "instagram_id"),
    "mastodon": ("mastodon", None),
    "bluesky": ("bluesky", None),
    "threads": ("threads", "threads_id"),
    "tiktok": ("tiktok", "tiktok_id"),
}
"""Key below `social` -> platform, and the key of the platform's immutable id."""

YOUTUBE = ("youtube", "youtube_id")
"""The first holds an old user name (youtube.com/user/...), which need not be the handle: the id is read."""

IDS = frozenset(key for _, key in ACCOUNTS.values() if key) | set(YOUTUBE)

EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that stand for nothing."""

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"


@dataclass(slots=True)
class _Open:
    """A list or mapping of which not all is read."""

    value: "list[Value] | dict[str, Value]"
    key: str | None = None
    """Of a mapping: the key whose value comes next."""


def is_yaml(file: str) -> bool:
    """Whether a file's name says that it is YAML."""
    return file.lower().endswith((".yaml", ".yml"))


def read_legislators(files: Mapping[str, bytes]) -> list[AccountFile]:
    """What `legislators-current.yaml`, `legislators-social-media.yaml` and their like say, in any order.

    The files are read together: names and ids in one of them help to find the persons of another, joined by
    the id of the Biographical Directory (`bioguide`).

    Raises UnreadableSource, naming file and line, for a file that has another layout.
    """
    entries = {file: list(_entries(file, body)) for file, body in files.items()}
    owners = _owners([entry for some in entries.values() for entry in some])
    return [_account_file(file, files[file], entries[file], owners) for file in files]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One legislator in one file."""

    line: int
    ids: Mapping[str, Value]
    name: Mapping[str, Value] = field(default_factory=dict)
    social: Mapping[str, Value] = field(default_factory=dict)
    feed: str | None = None

    @property
    def bioguide(self) -> str:
        return str(self.ids["bioguide"])


def _entries(file: str, body: bytes) -> Iterator[_Entry]:
    if len(body) > MOST_BYTES:
        raise UnreadableSource(f"{file}: {len(body):,} bytes are more than a list of legislators has")
    for line, value in top_level_items(file, body):
        if not isinstance(value, dict) or not isinstance(ids := value.get("id"), dict):
            raise UnreadableSource(f"{file}, line {line}: not an entry with `id` as in congress-legislators")
        if not isinstance(ids.get("bioguide"), str):
            raise UnreadableSource(f"{file}, line {line}: no `bioguide` among the ids")
        yield _Entry(line, ids, _mapping(value, "name"), _mapping(value, "social"), _feed(value))


def _mapping(value: Mapping[str, Value], key: str) -> Mapping[str, Value]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _feed(value: Mapping[str, Value]) -> str | None:
    """The address of the official site's feed, in the newest term."""
    terms = value.get("terms")
    newest = terms[-1] if isinstance(terms, list) and terms else None
    address = newest.get("rss_url") if isinstance(newest, dict) else None
    return address if isinstance(address, str) else None


def _owners(entries: Sequence[_Entry]) -> dict[str, Owner]:
    """The person of each bioguide id, with what all files say; a name that two of them bear names nobody."""
    ids: defaultdict[str, dict[Identifier, None]] = defaultdict(dict)
    names: defaultdict[str, dict[str, None]] = defaultdict(dict)
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        found = ((scheme, entry.ids.get(scheme)) for scheme in SCHEMES)
        ids[entry.bioguide].update({Identifier(k, v): None for k, v in found if isinstance(v, str)})
        for name in _names(entry.name):
            names[entry.bioguide][name] = None
            bearers[name.casefold()].add(entry.bioguide)
    return {
        bioguide: Owner(
            label=" ".join(filter(None, (next(iter(names[bioguide]), None), bioguide))),
            identifiers=tuple(ids[bioguide]),
            names=tuple(name for name in names[bioguide] if len(bearers[name.casefold()]) == 1),
        )
        for bioguide in ids
    }


def _names(name: Mapping[str, Value]) -> Iterator[str]:
    """The full names that the parts of a name make, the official one first."""
    part = {key: value for key, value in name.items() if isinstance(value, str) and value}
    if "official_full" in part:
        yield part["official_full"]
    if "last" not in part:
        return
    for first in ("first", "nickname"):
        if first in part:
            yield f"{part[first]} {part['last']}"
    if "first" in part and "middle" in part:
        yield f"{part['first']} {part['middle']} {part['last']}"


def _account_file(
    file: str, body: bytes, entries: Sequence[_Entry], owners: Mapping[str, Owner]
) -> AccountFile:
    claims, unread = [], []
    for entry in entries:
        for account in _accounts(entry):
            if isinstance(account, AccountRow):
                claims.append(Claim(f"line {entry.line}", owners[entry.bioguide], account))
            else:
                unread.append(Unread(f"line {entry.line}", f"{entry.bioguide}: {account}"))
    return AccountFile(file, FORMAT, "application/yaml", body, tuple(claims), tuple(unread))


def _accounts(entry: _Entry) -> Iterator[AccountRow | str]:
    """The accounts of an entry; in place of one that cannot be read, the reason."""
    social = {key: value for key, value in entry.social.items() if value is not None}
    for key, (platform, id_key) in ACCOUNTS.items():
        if key in social or (id_key and id_key in social):
            yield _row(platform, social.get(key), social.get(id_key) if id_key else None)
    if "youtube_id" in social:
        yield _row("youtube", None, social["youtube_id"])
    elif "youtube" in social:
        yield f"youtube: {social['youtube']!r} is an old user name without the channel's id (youtube_id)"
    if entry.feed:
        yield _row(FEED, entry.feed, None)
    for key in sorted(social.keys() - ACCOUNTS.keys() - IDS):
        yield f"{key}: this platform is not known here"


def _row(platform: str, handle: Value, platform_id: Value) -> AccountRow | str:
    if isinstance(handle, (list, dict)) or isinstance(platform_id, (list, dict)):
        return f"{platform}: not one value"
    try:
        return account_row(platform, handle, platform_id=platform_id)
    except WrongAccount as error:
        return str(error)


def top_level_items(file: str, body: bytes) -> Iterator[tuple[int, Value]]:
    """Each item of the list that a YAML file is, with its line. Scalars stay the text that is written.

    Read event by event: no tag makes an object, no alias (by which a small file can stand for a huge one)
    and no depth is followed, and `012` or `no` are not taken for a number or a truth value.

    Raises UnreadableSource, naming the line.
    """
    # Without libyaml the slower reader is there; typed as what both are.
    loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _items(file, yaml.parse(body, Loader=loader))
    except yaml.MarkedYAMLError as error:
        line = getattr(error.problem_mark, "line", 0) + 1
        raise UnreadableSource(f"{file}, line {line}: not YAML ({error.problem})") from error
    except yaml.YAMLError as error:
        raise UnreadableSource(f"{file}: not YAML ({error})") from error


def _items(file: str, events: Iterator[yaml.Event]) -> Iterator[tuple[int, Value]]:
    levels: list[_Open] = []
    began = 0
    for event in events:
        line = getattr(event.start_mark, "line", 0) + 1
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableSource(f"{file}, line {line}: an alias (*{event.anchor}): write it out")
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            began = line if len(levels) == 1 else began
            levels.append(_Open([] if isinstance(event, yaml.SequenceStartEvent) else {}))
            if len(levels) > DEEPEST:
                raise UnreadableSource(f"{file}, line {line}: nested more than {DEEPEST} levels deep")
            if not isinstance(levels[0].value, list):
                raise UnreadableSource(f"{file}, line {line}: not a list of legislators")
            continue
        if isinstance(event, yaml.ScalarEvent):
            began = line if len(levels) == 1 else began
            plain = event.style not in ("'", '"', "|", ">")
            done: Value = None if plain and event.value in EMPTY else event.value
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            done = levels.pop().value
            if not levels:
                continue
        else:
            continue
        if not levels:
            raise UnreadableSource(f"{file}, line {line}: not a list of legislators")
        if len(levels) == 1:
            yield began, done
        else:
            _put(file, line, levels[-1], done)


def _put(file: str, line: int, place: _Open, done: Value) -> None:
    """Put a value that is read to its end into the list or mapping that it belongs to."""
    if isinstance(place.value, list):
        place.value.append(done)
    elif place.key is not None:
        place.value[place.key] = done
        place.key = None
    elif not isinstance(done, str):
        raise UnreadableSource(f"{file}, line {line}: a key that is no text")
    elif done in place.value:
        raise UnreadableSource(f"{file}, line {line}: {done} is there twice")
    else:
        place.key = done
