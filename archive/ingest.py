"""Pages and posts into rows: the capture first, then what was read from it, in the same transaction."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from archive.authors import AuthorAccounts, keep_authors
from archive.batches import batches
from archive.captures import keep_file, keep_part, rehash_file
from archive.chains import join_chains, keep_aliases
from archive.contract import Importer, Layout, LeftOut, Page, Post, Reject, Source, UnreadableSource
from archive.correcting import correct
from archive.erasure.screening import note_cut_file, screen_of
from archive.importers.files import Digest, excerpt, read_through
from archive.known_pages import tells_nothing_new
from archive.meeting import Origin, source_of
from archive.packing import Packed, in_groups, pack_ahead
from archive.speakers import Speakers
from archive.storable import storable
from archive.storing import PageOfPosts, statements_of
from archive.versions import keep_versions
from db.engine import writing
from db.models import Capture, Person, Quarantine, Round, now

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Again:
    """That kept bytes are read once more."""

    reader: str
    """Name and version of what reads them now."""
    corrected: set[int] = field(default_factory=set)
    """Is told the numbers of the statements that are read otherwise than before."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of a source: read = stored + known + quarantined."""

    read: int = 0
    stored: int = 0
    known: int = 0
    quarantined: int = 0
    edited: int = 0
    """Of the known: those whose text differed; the earlier text is kept as a version."""
    noted: int = 0
    """Of the quarantined: those that stood there before, since a platform shows them in each round."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason -> things beside the records that the archive does not want, such as messages to followers."""

    @property
    def news(self) -> int:
        """How many could not be read and were not known to be so."""
        return self.quarantined - self.noted

    def __str__(self) -> str:
        edited = f" ({self.edited:,} with another text)" if self.edited else ""
        noted = f" ({self.noted:,} of them before)" if self.noted else ""
        left_out = ", ".join(f"{count:,} x {reason}" for reason, count in sorted(self.left_out.items()))
        return (
            f"read {self.read:,} = stored {self.stored:,} + known {self.known:,}{edited}"
            f" + quarantined {self.quarantined:,}{noted}"
        ) + (f"; left out: {left_out}" if left_out else "")

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.read + other.read,
            self.stored + other.stored,
            self.known + other.known,
            self.quarantined + other.quarantined,
            self.edited + other.edited,
            self.noted + other.noted,
            dict(Counter(self.left_out) + Counter(other.left_out)),
        )


def import_file(
    engine: Engine,
    source: Source,
    importer: Importer,
    layout: Layout,
    *,
    digest: Digest | None = None,
    round_id: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """Keep a file's bytes and store its posts, a few pages a transaction; safe to repeat and to resume.

    `layout` is what `importer.plan` gave. `digest`: of the bytes as they were looked at; None: they are read
    through first, so that nothing is stored of a file that is cut off. `progress` is told bytes done and
    bytes in all.

    Raises UnreadableSource where the file changes while it is read.
    """
    whole = digest or read_through(source)
    with writing(engine) as session:
        file = keep_file(
            session,
            source=source.name,
            media_type=importer.media_type,
            sha256=whole.sha256,
            size=whole.size,
            reader=importer.name,
            options=layout.options(),
            round_id=round_id,
        )
        is_new = _has_no_parts(session, file)
    running, done, tally, speakers, cut = hashlib.sha256(), 0, Tally(), Speakers(), False
    accounts: AuthorAccounts | None = None
    with closing(pack_ahead(importer.read(source), running, whole=is_new)) as pages:
        for group in in_groups(pages):
            parsed = [(page, packed, list(importer.parse(page, layout))) for page, packed in group]
            with writing(engine) as session:
                accounts = accounts.still(session) if accounts else AuthorAccounts(session, lasting=True)
                storing = _Storing(
                    session, file, importer.name, layout, round_id, speakers, accounts, is_new=is_new
                )
                told = [storing.keep(page, packed.result(), records) for page, packed, records in parsed]
            cut = cut or storing.cut
            for (page, _), of_page in zip(group, told, strict=True):
                tally += of_page
                done += len(page.body)
                log.info("%s: %s (%s of %s bytes)", source.name, tally, f"{done:,}", f"{whole.size:,}")
                if progress:
                    progress(done, whole.size)
    if cut:
        with writing(engine) as session:
            note_cut_file(session, file.id, whole.sha256)
    if running.hexdigest() != whole.sha256:
        with writing(engine) as session:
            rehash_file(session, file.id)
        raise UnreadableSource(f"{source.name} changed while it was read: import it again")
    return tally


class _Storing:
    """Some pages of one file on their way into the archive, in one transaction."""

    def __init__(
        self,
        session: Session,
        file: Capture,
        reader: str,
        layout: Layout,
        round_id: int | None,
        speakers: Speakers,
        accounts: AuthorAccounts,
        *,
        is_new: bool,
    ) -> None:
        """`is_new`: whether no page of the file was stored when its import began."""
        self._session, self._file, self._reader, self._layout = session, file, reader, layout
        self._round_id, self._speakers = round_id, speakers
        self._accounts, self._is_new = accounts, is_new
        self.cut = False
        """Whether something that was forgotten was cut out of a page."""

    def keep(self, page: Page, packed: Packed, records: Sequence[Post | Reject | LeftOut]) -> Tally:
        """Store a page and its records."""
        kept, records = screen_of(self._session).taken(page, records, self._reader, self._layout)
        is_cut = kept is not page
        self.cut = self.cut or is_cut
        part_id = keep_part(
            self._session,
            self._file,
            kept,
            self._round_id,
            digest=None if is_cut else packed.sha256,
            body=None if is_cut else packed.body,
        )
        return keep_records(
            self._session,
            part_id,
            records,
            seen_at=page.retrieved_at,
            round_id=self._round_id,
            speakers=self._speakers,
            accounts=self._accounts,
            is_new=self._is_new,
        )


def _has_no_parts(session: Session, file: Capture) -> bool:
    """Whether no page of a file is stored yet."""
    return session.exec(select(Capture.id).where(Capture.part_of == file.id).limit(1)).first() is None


def begin_round(engine: Engine, command: str, version: str) -> int:
    """The id of a new round."""
    with writing(engine) as session:
        entry = Round(command=command, version=version)
        session.add(entry)
        session.flush()
        assert entry.id is not None  # given by the database
        return entry.id


def end_round(engine: Engine, round_id: int, outcome: str, counts: dict[str, Any]) -> None:
    """Say how a round ended."""
    with writing(engine) as session:
        entry = session.get_one(Round, round_id)
        entry.finished_at, entry.outcome, entry.counts = now(), outcome, counts
        session.add(entry)


def keep_records(
    session: Session,
    capture_id: int,
    records: Iterable[Post | Reject | LeftOut],
    *,
    seen_at: datetime,
    round_id: int | None = None,
    speakers: Speakers | None = None,
    accounts: AuthorAccounts | None = None,
    live: bool = False,
    again: Again | None = None,
    is_new: bool = True,
) -> Tally:
    """Store posts that are new, note those that are known, quarantine what could not be read.

    `speakers` is handed from page to page of one source, so that the roster's names are read once, `accounts`
    from page to page of one transaction. `live`: the source shows what is published at `seen_at`, so that
    another text is an edit, also one back. `again`: the capture is read once more. `is_new`: whether the
    capture may be one whose records were never stored.
    """
    source = source_of(session, capture_id, seen_at, live=live, reader=again.reader if again else None)
    found, left_out = _apart(screen_of(session).records(list(records)))
    if live:  # files are checked before
        found = [storable(record) for record in found]
    if not is_new and tells_nothing_new(session, capture_id, found):
        return Tally(read=len(found), known=len(found), left_out=left_out)
    kept, told = _take_versions(session, _of_known_persons(session, found), source)
    posts = [record for record in kept if isinstance(record, Post)]
    rejects = [record for record in kept if isinstance(record, Reject)]
    noted = noted_rejects(session, capture_id, rejects) if live or again else frozenset()
    tally = Tally(
        read=len(posts) + len(rejects), quarantined=len(rejects), noted=len(noted), left_out=left_out
    )
    _quarantine(session, capture_id, [one for one in rejects if one not in noted], round_id)
    posts = join_chains(session, posts, source)
    authors = keep_authors(session, posts, speakers or Speakers(), accounts)
    if again:
        again.corrected.update(correct(session, posts, authors, source))
    page = PageOfPosts(session, source)
    page.take_in(posts, authors)
    keep_aliases(session, posts, page.ids)
    page.link(posts, again=again is not None)
    known = len(posts) - page.stored + told
    return tally + Tally(read=told, stored=page.stored, known=known, edited=page.edited)


def _apart(records: Iterable[Post | Reject | LeftOut]) -> tuple[list[Post | Reject], dict[str, int]]:
    """The records, and of what the archive does not want how many there are for which reason."""
    found: list[Post | Reject] = []
    left_out: Counter[str] = Counter()
    for one in records:
        if isinstance(one, LeftOut):
            left_out[one.reason] += one.count
        else:
            found.append(one)
    return found, dict(left_out)


def _take_versions(
    session: Session, records: list[Post | Reject], source: Origin
) -> tuple[list[Post | Reject], int]:
    """Store the earlier texts that are told of archived posts by themselves; the other records, and how many.

    One whose post is not archived becomes a rejection.
    """
    alone = [one for one in records if isinstance(one, Post) and one.versions_only]
    if not alone:
        return records, 0
    known, told = statements_of(session, alone), 0
    kept: list[Post | Reject] = []
    for one in records:
        if not (isinstance(one, Post) and one.versions_only):
            kept.append(one)
        elif statement := known.get(one.key):
            keep_versions(session, statement, one.versions, source.kind, source.seen_at)
            told += 1
        else:
            kept.append(Reject(one.position, f"no statement {one.platform}:{one.post_id} is archived"))
    return kept, told


def _of_known_persons(session: Session, records: list[Post | Reject]) -> list[Post | Reject]:
    """The records; a post whose source names an author that the archive does not know is none."""
    named = {one.author_person for one in records if isinstance(one, Post) and one.author_person}
    known: set[str] = set()
    for ids in batches(sorted(named)):
        known.update(session.exec(select(Person.id).where(col(Person.id).in_(ids))))
    nobody = named - known
    return [
        _of_nobody(one) if isinstance(one, Post) and one.author_person in nobody else one for one in records
    ]


def _of_nobody(post: Post) -> Reject:
    return Reject(
        position=post.position,
        reason=f"person_id: there is no person {post.author_person} in the archive",
        excerpt=excerpt(post.text.encode()),
    )


def noted_rejects(session: Session, capture_id: int, rejects: Sequence[Reject]) -> frozenset[Reject]:
    """Those that are in the quarantine from earlier answers of the same address, whatever was asked of it.

    They have the same beginning and the same reason; their place changes as others come. As many are taken
    for known as there are.
    """
    if not rejects:
        return frozenset()
    address = session.get_one(Capture, capture_id).source.partition("?")[0]
    query = select(Quarantine.reason, Quarantine.excerpt).join(Capture)
    query = query.where(
        col(Capture.source).startswith(address, autoescape=True),
        col(Quarantine.reason).in_({one.reason for one in rejects}),
    )
    there = Counter(map(tuple, session.exec(query)))
    found = set()
    for one in rejects:
        key = (one.reason, one.excerpt or None)
        if there[key] > 0:
            there[key] -= 1
            found.add(one)
    return frozenset(found)


def _quarantine(session: Session, capture_id: int, rejects: Sequence[Reject], round_id: int | None) -> None:
    noted = set(session.exec(select(Quarantine.position).where(Quarantine.capture_id == capture_id)))
    for reject in rejects:
        if reject.position not in noted:
            noted.add(reject.position)
            session.add(
                Quarantine(
                    capture_id=capture_id,
                    position=reject.position,
                    reason=reject.reason,
                    excerpt=reject.excerpt or None,
                    round_id=round_id,
                )
            )
