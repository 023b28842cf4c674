"""Which statements stand in which feed, and for how long."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from analysis.contract import KindName
from analysis.publishing.changes.atom import Feed, atom
from analysis.publishing.changes.deltas import ALL, MOST_ENTRIES, CandidacyDelta
from analysis.publishing.changes.entries import FeedEntry, id_of
from analysis.publishing.links import link
from analysis.site.wording import KINDS

FOLDER = "feeds"
"""In the report's first folder."""

STATE = f"{FOLDER}/entries.json"
"""What feeds hold, for the next run."""

FEEDS = (ALL, *(kind.value for kind in KindName))
"""Feeds by their names."""

MOST_BYTES = 16 * 1024 * 1024
"""Of the state: more is none of ours."""

Time = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class Fed:
    """A statement in a feed."""

    entry: FeedEntry
    updated: Time
    """The report that first had it, or had it with other words or kinds."""

    @property
    def order(self) -> tuple[datetime, bool, float, str]:
        """Rising; those without a time before the others of their report."""
        return (self.updated, self.entry.at is not None, self.entry.at or 0.0, self.entry.id)

    @property
    def feeds(self) -> tuple[str, ...]:
        """Where it belongs."""
        return (ALL, *self.entry.kinds)


@dataclass(frozen=True, slots=True)
class State:
    """What the feeds of a report hold."""

    began: Time
    """The first report that had feeds."""
    entries: Annotated[tuple[Fed, ...], msgspec.Meta(max_length=len(FEEDS) * MOST_ENTRIES)]


def state_in(report: Path | None) -> State | None:
    """What the feeds of an earlier report hold; None where there are none that can be read."""
    if report is None:
        return None
    try:
        with (report / STATE).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return msgspec.json.decode(content, type=State) if len(content) <= MOST_BYTES else None
    except (OSError, msgspec.DecodeError):
        return None


class Feeds:
    """The entries of all feeds while a report is being made."""

    def __init__(self, before: State | None, now: datetime) -> None:
        self._now = now
        self._began = min(before.began, now) if before else now
        # A time to come would stand above everything new for ever.
        held = [Fed(one.entry, min(one.updated, now)) for one in before.entries] if before else []
        self._held = {one.entry.id: one for one in held}
        self._of_candidacy: defaultdict[str, list[str]] = defaultdict(list)
        for one in held:
            self._of_candidacy[one.entry.candidacy].append(one.entry.id)
        self._new: dict[str, Fed] = {}

    @property
    def known(self) -> frozenset[str]:
        """Ids of the entries that the last report had and this one still may have."""
        return frozenset(self._held)

    def add(self, delta: CandidacyDelta, *, is_news: bool) -> None:
        """Take in one candidacy; `is_news`: whether what is new to it is new to readers."""
        present = {one.id: one for one in delta.fed}
        for id_ in self._of_candidacy.pop(delta.candidacy, ()):
            held = self._held.pop(id_)
            if id_ in present:
                self._held[id_] = self._refreshed(held, present[id_])
        for entry in delta.entries if is_news else ():
            self._new[entry.id] = Fed(entry, self._now)
        if len(self._new) > 4 * len(FEEDS) * MOST_ENTRIES:
            self._new = {one.entry.id: one for one in _with_room(self._new.values())}

    def _refreshed(self, held: Fed, entry: FeedEntry) -> Fed:
        return Fed(entry, held.updated if entry.says_the_same(held.entry) else self._now)

    def write(self, new: Path, old: Path | None, base: str | None) -> dict[str, int]:
        """Write the feeds into a report's folder; returns the number of entries of each."""
        # What stands on no page of this report is none of its statements.
        found = (one for one in (self._held | self._new).values() if (new / one.entry.page).is_file())
        entries = _with_room(found)
        (new / FOLDER).mkdir(exist_ok=True)
        counts = {}
        for name in FEEDS:
            own = [one for one in entries if name in one.feeds][:MOST_ENTRIES]
            _write(atom(self._feed(name, own), base), new, old, f"{FOLDER}/{name}.atom")
            counts[name] = len(own)
        state = State(self._began, tuple(entries))
        content = msgspec.json.format(msgspec.json.encode(state), indent=1)
        (new / STATE).write_bytes(content + b"\n")
        return counts

    def _feed(self, name: str, entries: list[Fed]) -> Feed:
        return Feed(
            id=id_of("feed", name, self._began.isoformat()),
            address=f"{FOLDER}/{name}.atom",
            title=title_of(name),
            updated=entries[0].updated if entries else self._began,
            entries=tuple((one.entry, one.updated) for one in entries),
        )


def title_of(name: str) -> str:
    """Of a feed, as readers list it."""
    return "New statements" if name == ALL else f"New statements: {KINDS.get(name, name)}"


def _with_room(entries: Iterable[Fed]) -> list[Fed]:
    """Newest first, without those that no feed has room for."""
    return list(_newest(sorted(entries, key=lambda one: one.order, reverse=True)))


def _newest(entries: Iterable[Fed]) -> Iterator[Fed]:
    taken: defaultdict[str, int] = defaultdict(int)
    for one in entries:
        if any(taken[feed] < MOST_ENTRIES for feed in one.feeds):
            yield one
        for feed in one.feeds:
            taken[feed] += 1


def _write(content: bytes, new: Path, old: Path | None, address: str) -> None:
    """An unchanged feed stays the same file, so that servers can say so to readers that ask."""
    before = old / address if old else None
    if before is not None and before.is_file() and not before.is_symlink() and before.read_bytes() == content:
        link(before, new / address)
    else:
        (new / address).write_bytes(content)
