"""What comes again although it was forgotten: taken out of a page and its records before they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from archive.captures import keep_page, rehash_file
from archive.contract import Layout, LeftOut, Page, Post, Reject
from archive.erasure.log import LogEntry, log_entries
from archive.erasure.pages import CutPage, Key, without_gone, without_private
from archive.erasure.reading import PageReaders
from archive.erasure.runs import Runs
from archive.erasure.tombstones import Stones
from db.models import Account, Capture, CaptureChange

FORGOTTEN = "forgotten on request or by a retention policy"
"""Why a record is left out."""

NO_RUNS = Runs(())

SCREEN = "screen"
"""Where a session keeps the screen of its transaction."""

Record = Post | Reject | LeftOut


@dataclass(slots=True)
class Screen:
    """What was forgotten, as one transaction, or one file's import, sees it."""

    stones: Stones
    _readers: PageReaders = field(default_factory=PageReaders)

    def taken(
        self, page: Page, records: Sequence[Record], reader: str | None, layout: Layout | None = None
    ) -> tuple[Page, list[Record]]:
        """A page and its records without what was forgotten or not published, as they are to be kept.

        `reader`, `layout`: as for reading the page. It is the very same page where nothing of it was
        either, and one without a byte where what was forgotten cannot be cut exactly.
        """
        page, records = self._published(page, records, reader, layout)
        if not self.stones:
            return page, list(records)
        found = self._cut(page, reader, layout)
        left = self.records(records)
        if found.body == page.body or (found.lost and left == list(records)):
            return page, left  # an id that stands somewhere in another post's record is no reason to lose it
        return replace(page, body=found.body), [
            _placed(one, found.positions) for one in map(_without_excerpt, left)
        ]

    def _published(
        self, page: Page, records: Sequence[Record], reader: str | None, layout: Layout | None
    ) -> tuple[Page, Sequence[Record]]:
        """Without what was not published, of which it is told and counted that it was there."""
        private = [one for one in records if isinstance(one, LeftOut) and one.private]
        if not private:
            return page, records
        ids = {name for one in private for name in one.private}
        body = without_private(page, reader, layout, ids, self._readers)
        if body == page.body:
            return page, records
        kept = replace(page, body=body)
        return kept, [*(self._readers.records(kept, reader, layout) or ()), *private]

    def evidence(self, page: Page, reader: str | None) -> Page:
        """A page that is kept for what it says of an account or a post, without what was forgotten."""
        if not self.stones:
            return page
        found = self._cut(page, reader, None)
        return page if found.body == page.body else replace(page, body=found.body)

    def _cut(self, page: Page, reader: str | None, layout: Layout | None) -> CutPage:
        return without_gone(page, reader, layout, self.stones.gone(), NO_RUNS, self._readers)

    def records(self, records: Sequence[Record]) -> list[Record]:
        """Records without forgotten posts: each becomes a LeftOut, which says nothing of it."""
        if not self.stones:
            return list(records)
        gone = self.stones.gone()
        return [
            LeftOut(one.position, FORGOTTEN) if isinstance(one, Post) and gone.holds(one) else one
            for one in records
        ]


def keep_evidence(session: Session, page: Page, reader: str, round_id: int | None) -> int:
    """The id of the capture of a page that says how an account or a post is."""
    return keep_page(session, screen_of(session).evidence(page, reader), reader, round_id)


def _without_excerpt(record: Record) -> Record:
    """On a page that was cut, what cannot be read may be what was forgotten."""
    return replace(record, excerpt="") if isinstance(record, Reject) else record


def _placed(record: Record, positions: Mapping[Key, str]) -> Record:
    """A post with the place that it has on the page as it is kept."""
    if not isinstance(record, Post):
        return record
    return replace(record, position=positions.get(record.key, record.position))


def screen_of(session: Session) -> Screen:
    """The screen as this transaction sees it: a page is asked about several times, and stones may be many."""
    begun = session.get_transaction()
    known: tuple[object, Screen] | None = session.info.get(SCREEN)
    if known is None or begun is None or known[0] is not begun:
        known = session.info[SCREEN] = (begun, Screen(Stones(session)))
    return known[1]


def note_cut_file(session: Session, file_id: int | None, came_as: str) -> None:
    """Give a file the hash of what is kept of it, and log with which it came: by that it is known again."""
    assert file_id is not None  # stored
    rehash_file(session, file_id)
    file = session.get_one(Capture, file_id)
    told = select(CaptureChange.id).where(CaptureChange.capture_id == file_id)
    if (
        file.sha256 != came_as
        and session.exec(told.where(CaptureChange.sha256_before == came_as)).first() is None
    ):
        log_entries(session, [LogEntry("rewritten", file_id, came_as, file.sha256)])


def returned_accounts(session: Session) -> list[int]:
    """Accounts that were forgotten and came again, such as by a roster's handle: they are to go again."""
    stones = Stones(session)
    if not stones:
        return []
    gone = stones.gone()
    known = select(Account.id, Account.platform, Account.platform_id).where(
        col(Account.platform_id).is_not(None)
    )
    return [
        number
        for number, platform, platform_id in session.exec(known).all()
        if number is not None and platform_id is not None and gone.is_account(platform, platform_id)
    ]
