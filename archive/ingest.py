"""Pages and posts into rows: the capture first, then what was read from it, in one transaction a page."""

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session, col, select

from archive.authors import Author, keep_authors
from archive.batches import batches
from archive.captures import keep_file, keep_part, rehash_file
from archive.contract import Importer, Layout, Post, Reject, UnreadableSource
from archive.importers.files import check_text, excerpt
from archive.speakers import Speakers
from archive.storable import storable
from archive.versions import digest_of, keep_versions, meet_again
from db.engine import writing
from db.models import Capture, Person, Quarantine, Round, Statement, StatementCapture, now
from db.search import fill_index

log = logging.getLogger(__name__)


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

    @property
    def news(self) -> int:
        """How many could not be read and were not known to be so."""
        return self.quarantined - self.noted

    def __str__(self) -> str:
        edited = f" ({self.edited:,} with another text)" if self.edited else ""
        noted = f" ({self.noted:,} of them before)" if self.noted else ""
        return (
            f"read {self.read:,} = stored {self.stored:,} + known {self.known:,}{edited}"
            f" + quarantined {self.quarantined:,}{noted}"
        )

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.read + other.read,
            self.stored + other.stored,
            self.known + other.known,
            self.quarantined + other.quarantined,
            self.edited + other.edited,
            self.noted + other.noted,
        )


def import_file(
    engine: Engine,
    path: Path,
    importer: Importer,
    layout: Layout,
    *,
    round_id: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tally:
    """Keep a file's bytes and store its posts, a transaction a page; safe to repeat and to resume.

    `layout` is what `importer.plan` gave. `progress` is told bytes done and bytes in all.

    Raises UnreadableSource where the file changes while it is read.
    """
    digest, size = check_text(path), path.stat().st_size
    with writing(engine) as session:
        file = keep_file(
            session,
            source=path.name,
            media_type=importer.media_type,
            sha256=digest,
            size=size,
            reader=importer.name,
            options=layout.options(),
            round_id=round_id,
        )
    running, done, tally, speakers = hashlib.sha256(), 0, Tally(), Speakers()
    for page in importer.read(path):
        records = list(importer.parse(page, layout))
        with writing(engine) as session:
            part_id = keep_part(session, file, page, round_id)
            tally += keep_records(
                session, part_id, records, seen_at=page.retrieved_at, round_id=round_id, speakers=speakers
            )
        running.update(page.body)
        done += len(page.body)
        log.info("%s: %s (%s of %s bytes)", path, tally, f"{done:,}", f"{size:,}")
        if progress:
            progress(done, size)
    if running.hexdigest() != digest:
        with writing(engine) as session:
            rehash_file(session, file.id)
        raise UnreadableSource(f"{path} changed while it was read: import it again")
    return tally


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
    records: Iterable[Post | Reject],
    *,
    seen_at: datetime,
    round_id: int | None = None,
    speakers: Speakers | None = None,
    live: bool = False,
) -> Tally:
    """Store posts that are new, note those that are known, quarantine what could not be read.

    `speakers` is handed from page to page of one source, so that the roster's names are read once. `live`:
    the source shows what is published at `seen_at`, so that another text is an edit, also one back.
    """
    found = [storable(record) for record in records] if live else list(records)  # files are checked before
    records = _of_known_persons(session, found)
    posts = [record for record in records if isinstance(record, Post)]
    rejects = [record for record in records if isinstance(record, Reject)]
    noted = noted_rejects(session, capture_id, rejects) if live else frozenset()
    tally = Tally(read=len(posts) + len(rejects), quarantined=len(rejects), noted=len(noted))
    _quarantine(session, capture_id, [one for one in rejects if one not in noted], round_id)
    known = _known(session, posts)
    new: dict[tuple[str, str], Post] = {}
    again: list[Post] = []
    for post in posts:
        key = (post.platform, post.post_id)
        if key in known or key in new:
            again.append(post)
        else:
            new[key] = post
    if new:
        unseen = list(new.values())
        _store(session, unseen, keep_authors(session, unseen, speakers or Speakers()), seen_at)
        known |= _known(session, unseen)
    edited = sum(
        meet_again(session, known[post.platform, post.post_id].id, post, seen_at, live=live)
        for post in again
        if known[post.platform, post.post_id].text_sha256 != digest_of(post.text) or post.versions
    )
    for post in new.values():
        if post.versions:
            keep_versions(session, known[post.platform, post.post_id].id, post.versions, seen_at)
    _link(session, capture_id, [(known[post.platform, post.post_id].id, post.position) for post in posts])
    return tally + Tally(stored=len(new), known=len(again), edited=edited)


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


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    text_sha256: str


def _known(session: Session, posts: Sequence[Post]) -> dict[tuple[str, str], _Known]:
    """The statements that these posts are, where they are stored."""
    by_platform: defaultdict[str, list[str]] = defaultdict(list)
    for post in posts:
        by_platform[post.platform].append(post.post_id)
    found: dict[tuple[str, str], _Known] = {}
    for platform, post_ids in by_platform.items():
        for ids in batches(post_ids):
            query = select(Statement.id, Statement.post_id, Statement.text_sha256).where(
                Statement.platform == platform, col(Statement.post_id).in_(ids)
            )
            for statement_id, post_id, digest in session.exec(query):
                assert statement_id is not None  # stored
                found[platform, post_id] = _Known(statement_id, digest)
    return found


def _store(session: Session, posts: Sequence[Post], authors: Sequence[Author], seen_at: datetime) -> None:
    rows = [_row(post, author, seen_at) for post, author in zip(posts, authors, strict=True)]
    # Without nulls rendered, rows would go one by one: each has other columns that are not NULL.
    session.execute(insert(Statement).execution_options(render_nulls=True), rows)
    fill_index(session)


def _row(post: Post, author: Author, seen_at: datetime) -> dict[str, Any]:
    """A new statement's columns."""
    return {
        "platform": post.platform,
        "post_id": post.post_id,
        "account_id": author.account_id,
        "person_id": author.person_id,
        "attribution_text": post.author_name,
        "text": post.text,
        "text_sha256": digest_of(post.text),
        "published_at": post.published.at if post.published else None,
        "published_precision": post.published.precision if post.published else None,
        "channel": post.channel,
        "url": post.url,
        "lang": post.lang,
        "reply_to": post.reply_to,
        "reply_to_post": post.reply_to_post,
        "quoted": post.quoted,
        "quoted_post": post.quoted_post,
        "repost_of": post.repost_of,
        "addressee": post.addressee,
        "cue": post.cue,
        "first_seen_at": seen_at,
        "edited_at": post.edited.at if post.edited else None,
    }


def _link(session: Session, capture_id: int, places: Iterable[tuple[int, str]]) -> None:
    """Note where statements were read from, unless it is noted."""
    noted = set(
        session.exec(select(StatementCapture.statement_id).where(StatementCapture.capture_id == capture_id))
    )
    rows = {
        statement_id: {"statement_id": statement_id, "capture_id": capture_id, "position": position}
        for statement_id, position in places
        if statement_id not in noted
    }
    if rows:
        session.execute(insert(StatementCapture), list(rows.values()))


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
