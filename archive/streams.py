"""One account collected: each page, its posts and the ledger's move in one transaction.

look          who and where the account is; a state other than active ends its round, with evidence
next_stretch  what the ledger wants of a stream
fetch         one page (the collector's business)
parse         its records, before anything is written
keep          raw bytes, posts, quarantine, ledger: one transaction, under the account's lease
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine
from sqlmodel import Session

from archive import ledger
from archive.captures import keep_page
from archive.contract import (
    AccountRef,
    AccountSeen,
    AccountUnavailable,
    CollectingError,
    Collector,
    CursorExpired,
    Order,
    Page,
    Served,
    Stream,
    Stretch,
    TooLarge,
    Unintelligible,
    Unreachable,
    UnreadablePage,
    Web,
)
from archive.coverage import load_state, save_state
from archive.identities import News, keep_seen, last_observation, ref_of
from archive.ingest import Tally, keep_records
from archive.intervals import StreamState, reach_of
from archive.leases import Holder
from archive.reading import Read, keep_read, read_served, unreadable
from archive.schedules import note_full, renew_lease
from archive.speakers import Speakers
from archive.storable import storable_text
from db.engine import writing
from db.models import Account
from db.words import SHOWING, State

log = logging.getLogger(__name__)

PAGE_TROUBLE = (UnreadablePage, Unintelligible, TooLarge, Unreachable)
"""What may be wrong with one page alone, while the server gives others."""

GIVE_UP_AFTER = 3
"""Failed rounds in a row after which the rest of an earlier one is not waited for any longer."""

LONGEST_REASON = 300

EXPECTED = frozenset({News.RESOLVED, News.NAMED})
"""What a first look at an account always finds."""


class Step(StrEnum):
    """Where a round is; told to whoever watches it."""

    BEFORE_REQUEST = "before the request"
    AFTER_REQUEST = "after the request"
    RAW_KEPT = "after the raw insert"
    BEFORE_PROMOTION = "before promotion"
    AFTER_PROMOTION = "after promotion"
    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"


class Joined(Exception):
    """The account is another one of the archive, which has its own round."""


class Stopped(Exception):
    """The round was asked to stop; what is left stands in the ledger."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one account's round works with."""

    engine: Engine
    collector: Collector
    web: Web
    account_id: int
    holder: Holder
    now: Callable[[], datetime]
    round_id: int | None = None
    full: bool = False
    """Read all again that the platform shows."""
    failures: int = 0
    """Rounds of the account that failed in a row before this one."""
    watch: Callable[[Step], None] = lambda step: None
    stop: Callable[[], bool] = lambda: False
    speakers: Speakers = field(default_factory=Speakers)


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of an account, so far."""

    pages: int = 0
    tally: Tally = field(default_factory=Tally)
    gaps: tuple[str, ...] = ()
    """Newly suspected: `posts: the platform repeated a cursor`."""
    fresh_for: timedelta = timedelta()
    """For how long the server says that nothing changes."""

    def __add__(self, other: "Collected") -> "Collected":
        return Collected(
            self.pages + other.pages,
            self.tally + other.tally,
            self.gaps + other.gaps,
            max(self.fresh_for, other.fresh_for),
        )


def collect_account(work: Work, told: Callable[[Collected], None]) -> None:
    """Read what is new of an account; `told` hears of each page once it is stored.

    Raises CollectingError, UnreadablePage, LeaseLost, Stopped: what was stored before stays.
    """
    ref = _looked_at(work)
    try:
        for stream in work.collector.streams:
            _collect_stream(work, ref, stream, told)
    except AccountUnavailable as error:
        _keep_seen(work, AccountSeen(state=error.state, detail=str(error), pages=error.pages))
        raise
    except (UnreadablePage, Unintelligible) as error:
        if error.page is not None:
            _keep_unreadable(work, error.page, error)
        raise


def _looked_at(work: Work) -> AccountRef:
    """The account as it is to be asked for; looked at first where that is needed."""
    with Session(work.engine) as session:
        ref = ref_of(session, session.get_one(Account, work.account_id))
    if ref.platform_id is not None and not work.collector.looks_first:
        return ref
    seen = work.collector.look(work.web, ref)
    ref = _keep_seen(work, seen)
    if seen.state not in SHOWING:
        raise AccountUnavailable(seen.detail or f"the account is {seen.state}", seen.state)
    return ref


def _keep_seen(work: Work, seen: AccountSeen) -> AccountRef:
    """Store what the platform says of the account; how it is to be asked for from now on.

    Raises Joined where it turns out to be another account of the archive, CollectingError where it is one
    that cannot be collected by what is known of it.
    """
    with writing(work.engine) as session:
        renew_lease(session, work.account_id, work.holder, now=work.now())
        account = session.get_one(Account, work.account_id)
        kept = keep_seen(
            session, account, seen, at=work.now(), reader=work.collector.name, round_id=work.round_id
        )
        bearer_id = kept.account.id
        ref = ref_of(session, kept.account) if kept.refused is None else None
    for change in kept.changes:
        log.log(logging.INFO if change.news in EXPECTED else logging.WARNING, "%s", change.text)
    if ref is None:
        raise CollectingError(kept.refused)
    if bearer_id != work.account_id:
        raise Joined(f"it is account {bearer_id} of the archive, and is collected as that")
    return ref


def _collect_stream(work: Work, ref: AccountRef, stream: Stream, told: Callable[[Collected], None]) -> None:
    """Read a stream. What is new does not wait for what is old: where a full round fails, an ordinary one
    follows; where the rest of an earlier round fails again and again, it becomes a gap."""
    full = work.full and ledger.can_be_relisted(stream)
    try:
        _read_stream(work, ref, stream, told, full=full)
    except PAGE_TROUBLE as error:
        if full:
            _read_stream(work, ref, stream, told, full=False)
        elif work.failures >= GIVE_UP_AFTER and stream.order is Order.NEWEST_FIRST:
            _read_past(work, ref, stream, told, str(error))
        raise


def _read_stream(
    work: Work, ref: AccountRef, stream: Stream, told: Callable[[Collected], None], *, full: bool
) -> None:
    """First the rest of what an earlier round left, then what is new."""
    renewed = False
    while True:
        with Session(work.engine) as session:
            state = load_state(session, work.account_id, stream.name)
        resumed = state.errand(full=full) is not None
        stretch = ledger.next_stretch(stream, state, full=full)
        try:
            state = _walk(work, ref, stream, stretch, state, full, told)
        except CursorExpired as error:
            if renewed or not resumed:
                raise
            log.info("%s %s: %s: going on without it", ref.platform, ref.handle, error)
            renewed = True
            _forget_cursor(work, stream, full=full)
            continue
        if not resumed or state.errand(full=full) is not None:  # it cannot go on: the ledger says why
            return
        full = False  # all was read again, in two parts: what is left is what came meanwhile


def _read_past(
    work: Work, ref: AccountRef, stream: Stream, told: Callable[[Collected], None], why: str
) -> None:
    """Read what is new although the rest of an earlier round cannot be read: that becomes a gap.

    It does so with the first new page, in one transaction: where the server gives none, all stays.
    """
    with Session(work.engine) as session:
        state = load_state(session, work.account_id, stream.name)
    past, gap = ledger.give_up(
        stream, state, storable_text(f"a page could not be read: {why}"[:LONGEST_REASON])
    )
    if gap is None:
        return
    _walk(work, ref, stream, ledger.next_stretch(stream, past, full=False), past, False, told)
    told(Collected(gaps=(f"{stream.name}: {gap.reason}",)))


def _forget_cursor(work: Work, stream: Stream, *, full: bool) -> None:
    """Go on without the token, from the last page that was stored with it."""
    with writing(work.engine) as session:
        renew_lease(session, work.account_id, work.holder, now=work.now())
        state = load_state(session, work.account_id, stream.name)
        left = ledger.without_cursor(state, full=full)
        save_state(session, work.account_id, stream.name, left, work.round_id)


def _walk(
    work: Work,
    ref: AccountRef,
    stream: Stream,
    stretch: Stretch,
    state: StreamState,
    full: bool,
    told: Callable[[Collected], None],
) -> StreamState:
    """Take page after page of a stretch until the ledger says that it is read; the state then."""
    begun_at = stretch.after if stream.order is Order.OLDEST_FIRST else stretch.cursor
    used, first = {begun_at} - {None}, True
    for served in _one_by_one(work, work.collector.fetch(work.web, ref, stretch)):
        read = read_served(work.collector, served)
        repeated = not served.end and served.cursor in used
        used.add(served.cursor)
        reach = reach_of(served, read.times, repeated=repeated)
        taken = ledger.take(stream, state, stretch, reach, full=full)
        with writing(work.engine) as session:
            renew_lease(session, work.account_id, work.holder, now=work.now())
            tally = _keep(work, session, read)
            _keep_home(session, work.account_id, served)
            if taken.closed:
                work.watch(Step.BEFORE_PROMOTION)
            save_state(session, work.account_id, stream.name, taken.state, work.round_id)
            if taken.closed:
                if full and stream == _last_relisted(work.collector):
                    note_full(session, work.account_id, at=work.now())
                work.watch(Step.AFTER_PROMOTION)
            work.watch(Step.BEFORE_COMMIT)
        work.watch(Step.AFTER_COMMIT)
        gaps = (f"{stream.name}: {taken.gap.reason}",) if taken.gap else ()
        told(Collected(len(read.pages[:1]), tally, gaps, fresh_for=_fresh_for(served.page)))
        if first and not work.collector.looks_first and (served.positions or served.unchanged):
            _note_shown(work, served.page)  # whoever looks first has noted the state already
        state, first = taken.state, False
        if taken.closed:
            return state
    raise CollectingError(f"{work.collector.name} stopped serving {stream.name} before its end")


def _note_shown(work: Work, page: Page) -> None:
    """An account that showed nothing the last time shows posts again: this page says that it is active."""
    with Session(work.engine) as session:
        last = last_observation(session, session.get_one(Account, work.account_id))
    if last is not None and last.state not in SHOWING:
        _keep_seen(work, AccountSeen(State.ACTIVE, detail="it shows posts again", pages=(page,)))


def _fresh_for(page: Page) -> timedelta:
    """How long the server says that it is of no use to ask again."""
    said = page.context.get("fresh_for", "0")
    return timedelta(seconds=int(said)) if said.isdecimal() else timedelta()


def _last_relisted(collector: Collector) -> Stream:
    """The stream with whose end a full round is done."""
    return [stream for stream in collector.streams if ledger.can_be_relisted(stream)][-1]


def _one_by_one(work: Work, pages: Iterator[Served]) -> Iterator[Served]:
    """The pages, each asked for only when it is wanted and nobody asked to stop."""
    while True:
        if work.stop():
            raise Stopped
        work.watch(Step.BEFORE_REQUEST)
        served = next(pages, None)
        if served is None:
            return
        work.watch(Step.AFTER_REQUEST)
        yield served


def _keep(work: Work, session: Session, read: Read) -> Tally:
    return keep_read(
        session,
        read,
        reader=work.collector.name,
        round_id=work.round_id,
        speakers=work.speakers,
        raw_kept=lambda: work.watch(Step.RAW_KEPT),
    )


def _keep_unreadable(work: Work, page: Page, why: object) -> None:
    """Keep a page that could not be read, as evidence; nothing is learnt from it."""
    reject = unreadable(page, why)
    with writing(work.engine) as session:
        renew_lease(session, work.account_id, work.holder, now=work.now())
        capture = keep_page(session, page, work.collector.name, work.round_id)
        keep_records(session, capture, [reject], seen_at=page.retrieved_at, round_id=work.round_id, live=True)


def _keep_home(session: Session, account_id: int, served: Served) -> None:
    """Note where an account is served from now, where the page says that it moved there for good."""
    moved_to = served.page.context.get("moved_to")
    if moved_to is not None:
        account = session.get_one(Account, account_id)
        account.home = moved_to
        session.add(account)
