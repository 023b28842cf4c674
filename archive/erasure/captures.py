"""Captures without what is forgotten: rewritten, emptied or gone, each change logged by its digests."""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import unquote

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from archive.captures import compress, page_of, plain_bytes, reader_of, rehash_file
from archive.contract import Layout
from archive.erasure.gone import Gone
from archive.erasure.log import LogEntry, log_entries
from archive.erasure.pages import CutPage, without_gone
from archive.erasure.reading import PageReaders, platform_of
from archive.erasure.runs import Runs
from archive.integrity.log import log_erased, log_rewritten, observations_of
from archive.precedence import stem_of
from archive.registry import IMPORTERS
from archive.rereading import layout_of
from db.batches import batches
from db.models import Capture, Contradiction, Observation, Quarantine, Statement, StatementCapture
from db.words import CaptureKind

SEPARATORS = re.compile(r"[/?&=@#,]+")
"""Between the parts of an address."""

SHORT_NUMBER = re.compile(r"\d{0,5}")
"""What is too short for an id among the parts of an address: it may be a number of posts, or a page's."""

WHOLE = CutPage(b"", {})
"""Of a page that is all about what is forgotten, nothing is kept."""


@dataclass(slots=True)
class Changed:
    """What became of captures."""

    rewritten: int = 0
    emptied: int = 0
    """Nothing could be kept of them but that they were there: something that stays was read from them."""
    erased: int = 0
    unchecked: list[int] = field(default_factory=list)
    """Captures whose bytes are damaged: what they hold cannot be read, and no post of it is forgotten."""
    lost: int = 0
    """Posts that stay and whose page is gone, since it could not be cut without touching them."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is to be taken out of captures."""

    gone: Gone
    runs: Runs
    names: frozenset[tuple[str, str]]
    """Platform and immutable id or handle of accounts forgotten whole: a page asked for by one is theirs."""


class CaptureWork:
    """One pass over all captures, in the caller's transaction.

    It is made before the rows of what is forgotten go, and run when they are gone.
    """

    def __init__(self, session: Session, statements: Collection[int], posts: Collection[str]) -> None:
        """`posts`: the platforms' ids of the statements, for finding who quotes them."""
        self._session = session
        self._readers, self._changed = PageReaders(), Changed()
        self._linked = _captures_of(session, statements)
        self._embedding = _captures_of(session, _quoting(session, posts))
        self._files: set[int] = set()
        self._log: list[LogEntry] = []

    def run(self, forgotten: Forgotten, erasure_id: int, progress: Callable[[int, int], None]) -> Changed:
        """Take out what is forgotten; how many captures changed."""
        self._forgotten, self._erasure_id = forgotten, erasure_id
        bodied = select(Capture.id).where(col(Capture.kind) != CaptureKind.FILE).order_by(col(Capture.id))
        ids = [one for one in self._session.exec(bodied) if one is not None]
        for number, capture_id in enumerate(ids, start=1):
            self._one(self._session.get_one(Capture, capture_id), capture_id)
            self._session.flush()
            self._session.expunge_all()  # one page in memory at a time
            progress(number, len(ids))
        for file_id in sorted(self._files):
            self._rehash(file_id)
        log_entries(self._session, self._log)
        log_rewritten(self._session, (one.capture_id for one in self._log if one.kind == "rewritten"))
        return self._changed

    def _one(self, capture: Capture, capture_id: int) -> None:
        linked = capture_id in self._linked
        try:
            body = plain_bytes(capture)
        except ValueError:
            if linked:
                self._replace(capture, WHOLE)
            else:
                self._changed.unchecked.append(capture_id)
            return
        if not (
            linked
            or capture_id in self._embedding
            or self._is_theirs(capture)
            or self._forgotten.runs.are_in(body)
        ):
            return
        if self._is_theirs(capture) and not self._others(capture_id):
            self._replace(capture, WHOLE)
            return
        layout = self._layout(capture)
        found = without_gone(
            page_of(capture),
            reader_of(self._session, capture),
            layout,
            self._forgotten.gone,
            self._forgotten.runs,
            self._readers,
        )
        if found.body != body:
            self._changed.lost += len(self._others(capture_id)) if found.lost else 0
            self._replace(capture, found)

    def _is_theirs(self, capture: Capture) -> bool:
        """Whether a page was asked for by a name of an account that is forgotten."""
        platform = platform_of(capture.reader)
        if capture.kind != CaptureKind.PAGE or platform is None:
            return False
        told = {str(value) for value in (capture.options or {}).values()}
        told.update(SEPARATORS.split(unquote(capture.source)))
        return any(
            (platform, one) in self._forgotten.names for one in told if not SHORT_NUMBER.fullmatch(one)
        )

    def _others(self, capture_id: int) -> set[int]:
        """The statements read from a capture that stay."""
        query = select(StatementCapture.statement_id).where(StatementCapture.capture_id == capture_id)
        return set(self._session.exec(query))

    def _layout(self, capture: Capture) -> Layout | None:
        if capture.part_of is None:
            return None
        file = self._session.get_one(Capture, capture.part_of)
        return layout_of(file.options or {}) if stem_of(file.reader or "") in IMPORTERS else None

    def _replace(self, capture: Capture, found: CutPage) -> None:
        assert capture.id is not None  # stored
        before = capture.sha256
        if not found.body and not self._is_needed(capture):
            self._erase(capture.id)
            self._changed.erased += 1
            self._log.append(LogEntry("erased", capture.id, before, None, self._erasure_id))
            return
        capture.body, capture.encoding = compress(found.body), "zstd"
        capture.sha256, capture.size = hashlib.sha256(found.body).hexdigest(), len(found.body)
        self._session.add(capture)
        if found.body:
            self._changed.rewritten += 1
            self._place(capture.id, found)
        else:
            self._changed.emptied += 1
            self._session.execute(delete(Quarantine).where(col(Quarantine.capture_id) == capture.id))
        if capture.part_of is not None:
            self._files.add(capture.part_of)
        self._log.append(LogEntry("rewritten", capture.id, before, capture.sha256, self._erasure_id))

    def _is_needed(self, capture: Capture) -> bool:
        """Whether a statement that stays refers to a capture, or it keeps its place among a file's parts."""
        assert capture.id is not None  # stored
        if capture.part_of is not None or self._others(capture.id):
            return True
        said = select(Contradiction.statement_id).where(Contradiction.capture_id == capture.id)
        return self._session.exec(said).first() is not None

    def _erase(self, capture_id: int) -> None:
        for model in (StatementCapture, Quarantine, Contradiction):
            self._session.execute(delete(model).where(col(model.capture_id) == capture_id))
        seen = observations_of(self._session, col(Observation.capture_id), capture_id)
        evidence = update(Observation).where(col(Observation.capture_id) == capture_id)
        self._session.execute(evidence.values(capture_id=None))
        log_rewritten(self._session, seen, "observation")
        log_erased(self._session, [capture_id])
        self._session.execute(delete(Capture).where(col(Capture.id) == capture_id))

    def _place(self, capture_id: int, found: CutPage) -> None:
        """Note where the posts that stay stand now, and what they tell of others now."""
        query = (
            select(StatementCapture, Statement)
            .join(Statement)
            .where(StatementCapture.capture_id == capture_id)
        )
        for link, statement in self._session.exec(query).all():
            key = (statement.platform, statement.post_id)
            link.position = found.positions.get(key, link.position)
            for name, (before, now) in found.changed.get(key, {}).items():
                if getattr(statement, name) == before:
                    setattr(statement, name, now)

    def _rehash(self, file_id: int) -> None:
        file = self._session.get_one(Capture, file_id)
        before = file.sha256
        rehash_file(self._session, file_id)
        self._log.append(LogEntry("rewritten", file_id, before, file.sha256, self._erasure_id))


def _captures_of(session: Session, statements: Collection[int]) -> set[int]:
    """The captures from which statements were read."""
    found: set[int] = set()
    for ids in batches(sorted(statements)):
        query = select(StatementCapture.capture_id).where(col(StatementCapture.statement_id).in_(ids))
        found.update(session.exec(query))
    return found


def _quoting(session: Session, posts: Collection[str]) -> set[int]:
    """The statements that quote, repeat or answer posts: their pages may hold the words of these."""
    found: set[int] = set()
    for ids in batches(sorted(posts)):
        for column in (Statement.quoted_post, Statement.repost_of, Statement.reply_to_post):
            query = select(Statement.id).where(col(column).in_(ids))
            found.update(one for one in session.exec(query) if one is not None)
    return found
