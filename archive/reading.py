"""A served page with all that belongs to it: read before anything is written, then stored together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from archive.captures import keep_page
from archive.contract import Collector, Page, Post, Reject, Served, Unintelligible, UnreadablePage
from archive.erasure.screening import screen_of
from archive.importers.files import excerpt
from archive.ingest import Tally, keep_records
from archive.speakers import Speakers

FEW = 4
"""Records of a page below which bad ones do not yet say that the platform has changed."""

Records = Sequence[Post | Reject]


@dataclass(frozen=True, slots=True)
class Read:
    """What a served page told."""

    pages: tuple[Page, ...] = ()
    """The page and what is enclosed; none where nothing changed."""
    records: tuple[Records, ...] = ()
    """Of each page."""
    missing: tuple[Reject, ...] = ()

    @property
    def times(self) -> list[datetime | None]:
        """When each post of the page itself was published, in its order."""
        listed = [one for one in self.records[0] if isinstance(one, Post)] if self.records else []
        return [one.published.at if one.published else None for one in listed]


def read_served(collector: Collector, served: Served) -> Read:
    """The records of a page and of what is enclosed; what is enclosed and cannot be read is a Reject.

    Raises UnreadablePage and Unintelligible, both with the page, which is evidence then.
    """
    if served.unchanged:
        return Read()
    records = [_records(collector, served.page)]
    for page in served.enclosed:
        try:
            records.append(list(collector.parse(page)))
        except UnreadablePage as error:
            records.append([unreadable(page, error)])
    return Read((served.page, *served.enclosed), tuple(records), tuple(served.missing))


def keep_read(
    session: Session,
    read: Read,
    *,
    reader: str,
    round_id: int | None,
    speakers: Speakers | None = None,
    raw_kept: Callable[[], None] = lambda: None,
) -> Tally:
    """Store the raw pages, then what was read from them. `raw_kept` is called in between."""
    screen = screen_of(session)
    taken = [screen.taken(*one, reader) for one in zip(read.pages, read.records, strict=True)]
    captures = [keep_page(session, page, reader, round_id) for page, _ in taken]
    raw_kept()
    tallies = [
        keep_records(
            session,
            capture,
            [*found, *read.missing] if number == 0 else found,
            seen_at=page.retrieved_at,
            round_id=round_id,
            speakers=speakers,
            live=True,
        )
        for number, ((page, found), capture) in enumerate(zip(taken, captures, strict=True))
    ]
    return _together(tallies)


def unreadable(page: Page, why: object) -> Reject:
    """A page as a whole as something that could not be read."""
    return Reject(position="page", reason=str(why), excerpt=excerpt(page.body))


def _records(collector: Collector, page: Page) -> Records:
    try:
        records = list(collector.parse(page))
    except UnreadablePage as error:
        raise UnreadablePage(str(error), page) from error
    bad = [record for record in records if isinstance(record, Reject)]
    if len(records) >= FEW and 2 * len(bad) > len(records):
        raise Unintelligible(
            f"{len(bad)} of {len(records)} records of {page.source} cannot be read ({bad[0].reason}): "
            "has the platform changed? Upgrade hustings; the page is kept",
            page,
        )
    return records


def _together(tallies: Sequence[Tally]) -> Tally:
    """The tally of a page and what is enclosed, which mostly tells more of the same posts: known there are
    not counted again."""
    if not tallies:
        return Tally()
    more = [
        Tally(one.stored + one.quarantined, one.stored, 0, one.quarantined, one.edited, one.noted)
        for one in tallies[1:]
    ]
    return sum(more, tallies[0])
