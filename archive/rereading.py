"""Kept captures read again by the readers of this release: new statements, corrected ones, unread ones."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from archive.batches import batches
from archive.captures import PLACE, page_of, plain_bytes, reader_of
from archive.collectable import COLLECTORS
from archive.contract import (
    CollectingError,
    Collector,
    Importer,
    Layout,
    LeftOut,
    Page,
    Post,
    Reject,
    UnreadablePage,
)
from archive.importers.files import RECORD_BYTES, excerpt
from archive.ingest import Again, Tally, begin_round, end_round, keep_records
from archive.precedence import stem_of
from archive.registry import IMPORTERS
from archive.speakers import Speakers
from db.engine import writing
from db.models import Capture, Quarantine, Round, StatementCapture, now
from db.words import CaptureKind

log = logging.getLogger(__name__)

WHOLE_PAGE = "page"
"""Place in the quarantine of a page that could not be read as a whole."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of this release, by their names without versions."""

    importers: Mapping[str, Importer]
    collectors: Mapping[str, Collector]

    def name_for(self, reader: str | None) -> str | None:
        """Name and version of what reads now what `reader` read; None where there is nothing."""
        stem = stem_of(reader or "")
        found = self.importers.get(stem) or self.collectors.get(stem)
        return found.name if found is not None else None


def readers_of_release(collectors: Callable[[str], Mapping[str, Collector]]) -> Readers:
    """The importers and the collectors. `collectors` makes those of which one is chosen by its name; one that
    cannot be made, for want of a setting, is left out."""
    made: dict[str, Collector] = {}
    for name, built_in in COLLECTORS.items():
        try:
            collector = collectors(name)[built_in.platform]
        except CollectingError as error:
            log.warning("%s cannot be used: %s", name, error)
            continue
        made[stem_of(collector.name)] = collector
    importers = {stem_of(one.name): one for one in (form.make() for form in IMPORTERS.values())}
    return Readers(importers, made)


@dataclass(frozen=True, slots=True)
class Selected:
    """Which captures are read again; None: all."""

    reader: str | None = None
    platform: str | None = None
    since: datetime | None = None
    """Those retrieved from then on."""
    captures: frozenset[int] | None = None

    @property
    def said(self) -> str:
        """As the command that asks for it."""
        told = (
            ("--reader", self.reader),
            ("--platform", self.platform),
            ("--since", self.since.date().isoformat() if self.since else None),
        )
        return " ".join(["reparse", *(f"{name} {value}" for name, value in told if value)])


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of captures that were read again."""

    captures: int = 0
    tally: Tally = field(default_factory=Tally)
    corrected: int = 0
    """Of the known: statements whose kept bytes are read otherwise than before."""
    resolved: int = 0
    """Rows that left the quarantine."""
    unread: int = 0
    """Captures that hold statements and that no reader of this release reads, or whose bytes are damaged."""
    last: int = 0
    """Number of the last capture."""
    stopped: bool = False

    def __str__(self) -> str:
        corrected = f"; {self.corrected:,} statements corrected" if self.corrected else ""
        resolved = f"; {self.resolved:,} left the quarantine" if self.resolved else ""
        unread = f"; {self.unread:,} captures could not be read" if self.unread else ""
        return f"{self.captures:,} captures: {self.tally}{corrected}{resolved}{unread}"

    def __add__(self, other: "Reread") -> "Reread":
        return Reread(
            self.captures + other.captures,
            self.tally + other.tally,
            self.corrected + other.corrected,
            self.resolved + other.resolved,
            self.unread + other.unread,
            max(self.last, other.last),
        )


def reread(
    engine: Engine,
    readers: Readers,
    selected: Selected,
    *,
    version: str,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Reread:
    """Read kept captures again, a transaction each. Safe to interrupt: the same command goes on from there.

    `version`: the release. `dry_run`: tell what would be, and change nothing.
    """
    goes_on = selected.captures is None and not dry_run
    round_id, done = (_begin(engine, selected, version)) if not dry_run else (None, Reread())
    with Session(engine) as session:
        ids = list(_captures(session, selected, after=done.last if goes_on else 0))
    work = _Work(engine, readers, selected, round_id, dry_run)
    for number, capture_id in enumerate(ids):
        if stop():
            return replace(done, stopped=True)
        done = work.one(capture_id, done)
        progress(number + 1, len(ids))
    if round_id is not None:
        outcome = "partly" if done.unread or done.tally.quarantined else "done"
        end_round(engine, round_id, outcome, _counts(done))
    return done


def _begin(engine: Engine, selected: Selected, version: str) -> tuple[int, Reread]:
    """The round that was interrupted, with what it had done; else a new one."""
    if selected.captures is not None:
        return begin_round(engine, "quarantine retry", version), Reread()
    with Session(engine) as session:
        query = select(Round).where(
            Round.command == selected.said, Round.version == version, col(Round.finished_at).is_(None)
        )
        cut_short = session.exec(query.order_by(col(Round.id).desc())).first()
        if cut_short is None or cut_short.id is None:
            return begin_round(engine, selected.said, version), Reread()
        return cut_short.id, _counted(cut_short.counts)


def _counts(done: Reread) -> dict[str, Any]:
    return {name: value for name, value in asdict(done).items() if name != "stopped"}


def _counted(counts: Mapping[str, Any]) -> Reread:
    return Reread(**{**counts, "tally": Tally(**counts["tally"])}) if counts else Reread()


def _captures(session: Session, selected: Selected, *, after: int) -> Iterator[int]:
    """The numbers of the captures that are read again, in order."""
    query = select(col(Capture.id)).where(
        col(Capture.id) > after, col(Capture.kind).in_((CaptureKind.PAGE, CaptureKind.PART))
    )
    if selected.since is not None:
        query = query.where(Capture.retrieved_at >= selected.since)
    if selected.captures is None:
        yield from (one for one in session.exec(query.order_by(col(Capture.id))).all() if one is not None)
        return
    for ids in batches(sorted(selected.captures)):
        yield from (one for one in session.exec(query.where(col(Capture.id).in_(ids))) if one is not None)


class _Work:
    """One run: what reads, and what it has seen so far."""

    def __init__(
        self, engine: Engine, readers: Readers, selected: Selected, round_id: int | None, dry_run: bool
    ) -> None:
        self._engine, self._readers, self._selected = engine, readers, selected
        self._round_id, self._dry_run = round_id, dry_run
        self._speakers, self._places = Speakers(), Places()

    def one(self, capture_id: int, done: Reread) -> Reread:
        """Read one capture; with it goes, in one transaction, how far the run has come."""
        with _changing(self._engine, dry_run=self._dry_run) as session:
            done = replace(done + self._read(session, session.get_one(Capture, capture_id)), last=capture_id)
            if self._round_id is not None and self._selected.captures is None:
                session.get_one(Round, self._round_id).counts = _counts(done)
        return done

    def _read(self, session: Session, capture: Capture) -> Reread:
        assert capture.id is not None  # stored
        if not capture.size:
            return Reread()  # what it held was forgotten
        read_by = reader_of(session, capture)
        wanted = self._selected.reader
        if wanted is not None and wanted not in (read_by, stem_of(read_by or "")):
            return Reread()
        name = self._readers.name_for(read_by)
        holds = _holds(session, capture.id)
        if name is None:
            return Reread(unread=int(holds))
        if capture.part_of is None and not self._is_of_platform(
            self._readers.collectors[stem_of(name)].platform
        ):
            return Reread()
        try:
            records = records_of(session, capture, self._readers, self._places)
        except ValueError as error:
            log.error("%s", error)
            return Reread(unread=1)
        except UnreadablePage as error:
            if not holds:
                return Reread()  # a page about an account, not of posts
            records = [Reject(WHOLE_PAGE, str(error), excerpt(plain_bytes(capture)))]
        return self._keep(session, capture, [one for one in records if self._is_wanted(one)], name)

    def _is_wanted(self, record: Post | Reject | LeftOut) -> bool:
        return not isinstance(record, Post) or self._is_of_platform(record.platform)

    def _is_of_platform(self, platform: str) -> bool:
        return self._selected.platform in (None, platform)

    def _keep(
        self, session: Session, capture: Capture, records: list[Post | Reject | LeftOut], name: str
    ) -> Reread:
        assert capture.id is not None  # stored
        if not records:
            return Reread(captures=1)
        again = Again(name)
        tally = keep_records(
            session,
            capture.id,
            records,
            seen_at=capture.retrieved_at,
            round_id=self._round_id,
            speakers=self._speakers,
            live=capture.kind == CaptureKind.PAGE,
            again=again,
        )
        resolved = _resolve(session, capture.id, records, name)
        return Reread(captures=1, tally=tally, corrected=len(again.corrected), resolved=resolved)


def records_of(
    session: Session, capture: Capture, readers: Readers, places: "Places"
) -> list[Post | Reject | LeftOut]:
    """What a capture's reader of this release makes of it; `places` goes from capture to capture.

    Raises UnreadablePage, ValueError where the bytes are damaged, and KeyError where nothing reads it.
    """
    stem = stem_of(reader_of(session, capture) or "")
    if capture.part_of is None:
        return list(readers.collectors[stem].parse(page_of(capture)))
    file = session.get_one(Capture, capture.part_of)
    page = places.page(session, capture)
    return list(readers.importers[stem].parse(page, layout_of(file.options or {})))


@contextmanager
def _changing(engine: Engine, *, dry_run: bool) -> Iterator[Session]:
    """One transaction; of a dry run nothing is left."""
    with writing(engine) as session:
        if not dry_run:
            yield session
            return
        trial = session.begin_nested()
        yield session
        trial.rollback()


def _holds(session: Session, capture_id: int) -> bool:
    """Whether statements were read from a capture, or something in it could not be."""
    for table in (StatementCapture, Quarantine):
        if session.exec(select(func.count()).where(table.capture_id == capture_id)).one():
            return True
    return False


def _resolve(session: Session, capture_id: int, records: list[Post | Reject | LeftOut], reader: str) -> int:
    """Mark what is read now, and take back the mark of what is not; how many rows left the quarantine."""
    read = {one.position for one in records if isinstance(one, Post)}
    unread = {one.position for one in records if isinstance(one, Reject)}
    resolved = 0
    for row in session.exec(select(Quarantine).where(Quarantine.capture_id == capture_id)):
        is_read = row.position not in unread and (row.position in read or row.position == WHOLE_PAGE)
        if is_read and row.resolved_at is None:
            row.resolved_at, row.resolved_by = now(), reader
            resolved += 1
        elif row.position in unread:
            row.resolved_at = row.resolved_by = None
        session.add(row)
    session.flush()
    return resolved


def layout_of(options: Mapping[str, Any]) -> Layout:
    """How a file was read, from what was kept with its capture."""
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    return Layout(**told)


class Places:
    """Where parts stand in their files; of parts that an older release kept, the place is counted out."""

    def __init__(self) -> None:
        self._behind: tuple[int | None, int | None] = (None, None)
        """The file, and the number of the part, that come next."""
        self._line, self._inside = 1, False

    def page(self, session: Session, part: Capture) -> Page:
        """A part as its importer saw it. Raises ValueError where bytes are damaged."""
        page = page_of(part)
        if PLACE in (part.options or {}):
            return page
        if self._behind != (part.part_of, part.number):
            self._line, self._inside = 1, False
            before = select(Capture).where(Capture.part_of == part.part_of, col(Capture.number) < part.number)
            for earlier in session.exec(before.order_by(col(Capture.number))):
                self._pass(plain_bytes(earlier))
        piece, inside = _is_piece(page.body, inside=self._inside), self._inside
        placed = replace(page, first_line=self._line, oversized=piece, continued=inside)
        self._pass(page.body)
        self._behind = (part.part_of, page.number + 1)
        return placed

    def _pass(self, body: bytes) -> None:
        self._inside = _is_piece(body, inside=self._inside) and not body.endswith(b"\n")
        self._line += body.count(b"\n")


def _is_piece(body: bytes, *, inside: bool) -> bool:
    """Whether bytes are a piece of a line that was too long to be read."""
    return inside or (len(body) >= RECORD_BYTES and not body.endswith(b"\n"))
