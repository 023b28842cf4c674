"""Every statement beside what its captures tell, read again: nothing more, nothing less, nothing else."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select as rows_of
from sqlmodel import Session, col, func, select

from archive.captures import reader_of
from archive.contract import Post
from archive.handles import handle_key
from archive.integrity.records import UNREADABLE
from archive.integrity.reporting import Findings, Tell
from archive.integrity.telling import Telling, Told, Untold
from archive.rereading import Readers
from archive.spelling import Compared, compare
from archive.versions import digest_of
from db.models import (
    Account,
    AccountHandle,
    Capture,
    Observation,
    Statement,
    StatementCapture,
    StatementVersion,
)
from db.rows import table_of
from db.words import CaptureKind

Says = Callable[[Post, Capture], Any]


def texts_of(post: Post) -> tuple[str, ...]:
    """The texts that a post tells, the present one first."""
    return (post.text, *(version.text for version in post.versions))


SAID: dict[str, Says] = {
    "text": lambda post, at: texts_of(post),
    "published_at": lambda post, at: (post.published.at if post.published else None,),
    "published_precision": lambda post, at: (post.published.precision if post.published else None,),
    "attribution_text": lambda post, at: (post.author_name,),
    "channel": lambda post, at: (post.channel,),
    "url": lambda post, at: (post.url,),
    "lang": lambda post, at: (post.lang,),
    "reply_to": lambda post, at: (post.reply_to,),
    "reply_to_post": lambda post, at: (post.reply_to_post,),
    "quoted": lambda post, at: (post.quoted,),
    "quoted_post": lambda post, at: (post.quoted_post,),
    "repost_of": lambda post, at: (post.repost_of,),
    "addressee": lambda post, at: (post.addressee,),
    "cue": lambda post, at: (post.cue,),
    "is_cut": lambda post, at: (post.is_cut,),
    "first_seen_at": lambda post, at: (post.first_seen or at.retrieved_at, at.retrieved_at),
}
"""Column of a statement -> the values that a post may have given it."""

AUTHOR = "account_id"
COLUMNS = (*SAID, AUTHOR)
ALL = (1 << len(COLUMNS)) - 1

OF_EDITS = frozenset({"published_at", "published_precision"})
"""Empty where a statement was met under a later id of its edit chain first."""

HELD = 500


class Statements:
    """One run. Memory: four bytes for each number of a statement and of a version."""

    def __init__(self, session: Session, readers: Readers, found: Findings) -> None:
        self._session, self._found = session, found
        self._telling = Telling(session, readers)
        self._vouched = array("L", bytes(array("L").itemsize * (self._highest(Statement) + 1)))
        """Number of a statement -> the columns for which one of its captures vouched."""
        self._versions = bytearray(self._highest(StatementVersion) + 1)
        """Number of a version -> whether one of its statement's captures tells its text."""

    def check(self, tell: Tell) -> None:
        ids = list(
            self._session.exec(
                select(col(Capture.id)).where(col(Capture.kind) != CaptureKind.FILE).order_by(col(Capture.id))
            )
        )
        for done, number in enumerate(ids):
            if number is not None:
                self._capture(number)
            self._session.expunge_all()
            tell(done + 1, len(ids))
        self._each(Statement, self._whole_statement)
        self._each(StatementVersion, self._whole_version)
        self._order()

    def _highest(self, model: Any) -> int:
        return int(self._session.exec(select(func.max(model.id))).one() or 0)

    # ---- captures -----------------------------------------------------------------------------------

    def _capture(self, number: int) -> None:
        try:
            with self._session.connection().begin_nested():
                self._read_again(self._session.get_one(Capture, number), number)
        except UNREADABLE as error:
            self._found.hurt("capture", number, f"cannot be compared: {' '.join(str(error).split())[:200]}")
            self._session.expunge_all()
            self._believe(self._numbers(number))

    def _read_again(self, capture: Capture, number: int) -> None:
        links = self._links(number)
        if capture.body is None:
            self._believe(links)
            return
        for read_by, some in self._by_reader(capture, links).items():
            told = self._telling.told_by(capture, read_by, some)
            if isinstance(told, Untold):
                self._untold(number, told, some)
            else:
                self._compare(capture, told, some)

    def _links(self, capture_id: int) -> dict[int, StatementCapture]:
        query = select(StatementCapture).where(StatementCapture.capture_id == capture_id)
        return {one.statement_id: one for one in self._session.exec(query)}

    def _numbers(self, capture_id: int) -> list[int]:
        query = select(StatementCapture.statement_id).where(StatementCapture.capture_id == capture_id)
        return list(self._session.exec(query))

    def _by_reader(
        self, capture: Capture, links: Mapping[int, StatementCapture]
    ) -> dict[str | None, dict[int, StatementCapture]]:
        """Links by what read them; those of a capture that was read once are by one."""
        own = reader_of(self._session, capture)
        found: defaultdict[str | None, dict[int, StatementCapture]] = defaultdict(dict)
        for number, link in links.items():
            found[link.read_by or own][number] = link
        if len(found) > 1:  # partly read again: what is new decides
            newest = max(found, key=lambda name: (name != own, name or ""))
            return {newest: dict(links)}
        return found or {own: {}}

    def _untold(self, number: int, told: Untold, links: Iterable[int]) -> None:
        self._believe(links)
        if told.is_injury:
            self._found.hurt("capture", number, told.why)
        elif not told.damaged and links:
            self._found.note(f"captures {told.why}")

    def _believe(self, numbers: Iterable[int]) -> None:
        """Nothing can be said against statements that were read from what cannot be read again."""
        for number in numbers:
            self._vouch(number, ALL)
            query = select(col(StatementVersion.id)).where(StatementVersion.statement_id == number)
            for version in self._session.exec(query):
                self._versions[version or 0] = 1

    def _vouch(self, number: int, columns: int) -> None:
        if number < len(self._vouched):
            self._vouched[number] |= columns

    def _compare(self, capture: Capture, told: Told, links: Mapping[int, StatementCapture]) -> None:
        assert capture.id is not None  # stored
        if not links and self._is_evidence(capture.id):
            return
        for post in told.strange:
            self._found.hurt(
                "statement",
                f"{post.platform}:{post.post_id}",
                f"capture {capture.id} tells it ({post.position}) and it is not there",
            )
        for reject in told.unread:
            self._found.hurt(
                "quarantine", f"of capture {capture.id}", f"{reject.position} cannot be read and is not there"
            )
        for number in sorted(links.keys() - told.of.keys()):
            self._link_hurt(number, capture.id, "the capture does not tell this statement")
        for number in sorted(told.of.keys() - links.keys()):
            if any(not post.versions_only for post in told.of[number]):
                self._link_hurt(number, capture.id, "the capture tells this statement and no row says so")
        self._statements(capture, told, links)

    def _is_evidence(self, number: int) -> bool:
        """Whether a page was kept for what it says of an account alone."""
        query = select(func.count()).where(Observation.capture_id == number)
        return bool(self._session.exec(query).one())

    def _link_hurt(self, statement: int, capture: int, what: str) -> None:
        self._found.hurt("statement_capture", f"{statement}/{capture}", what)

    # ---- statements of a capture --------------------------------------------------------------------

    def _statements(self, capture: Capture, told: Told, links: Mapping[int, StatementCapture]) -> None:
        numbers = sorted(told.of)
        for start in range(0, len(numbers), HELD):
            some = numbers[start : start + HELD]
            query = select(Statement).where(col(Statement.id).in_(some))
            rows = {one.id or 0: one for one in self._session.exec(query)}
            versions = self._versions_of(some)
            authors = self._authors(rows.values())
            for number, row in rows.items():
                texts = _Texts(row, versions[number], told.of[number])
                self._one(capture, row, texts, links.get(number))
                self._vouch(number, _vouched(row, told.of[number], capture, authors.get(row.account_id)))

    def _versions_of(self, numbers: Sequence[int]) -> defaultdict[int, list[StatementVersion]]:
        query = select(StatementVersion).where(col(StatementVersion.statement_id).in_(numbers))
        found: defaultdict[int, list[StatementVersion]] = defaultdict(list)
        for one in self._session.exec(query):
            found[one.statement_id].append(one)
        return found

    def _authors(self, rows: Iterable[Statement]) -> dict[int | None, tuple[str | None, frozenset[str]]]:
        """Number of an account -> its immutable id, and its handles as they are compared."""
        numbers = {row.account_id for row in rows if row.account_id is not None}
        handles: defaultdict[int, set[str]] = defaultdict(set)
        for used in self._session.exec(
            select(AccountHandle).where(col(AccountHandle.account_id).in_(numbers))
        ):
            handles[used.account_id].add(used.handle_key)
        accounts = self._session.exec(select(Account).where(col(Account.id).in_(numbers)))
        return {one.id: (one.platform_id, frozenset(handles[one.id or 0])) for one in accounts}

    def _one(self, capture: Capture, row: Statement, texts: "_Texts", link: StatementCapture | None) -> None:
        assert row.id is not None  # stored
        for version in texts.vouched:
            self._versions[version] = 1
        if texts.missing:
            self._found.hurt(
                "statement",
                row.id,
                f"a text that capture {capture.id} tells is neither its text nor a version",
            )
        if link is None or capture.id is None:
            return
        if link.position not in texts.positions:
            self._link_hurt(row.id, capture.id, "it stands at another place of the capture")
        if link.text_sha256 != "" and link.text_sha256 not in texts.names:
            self._link_hurt(row.id, capture.id, "another text was read there than the row says")

    # ---- what is left when all captures are read ----------------------------------------------------

    def _each(self, model: Any, check: Callable[[Any], None]) -> None:
        """Every row, one by one where a batch holds one that cannot be read."""
        last = 0
        while True:
            query = select(model.id).where(model.id > last).order_by(model.id).limit(HELD)
            numbers = list(self._session.exec(query))
            for row in self._readable(model, numbers):
                check(row)
            self._session.expunge_all()
            if model is Statement:
                self._found.counts["statements"] += len(numbers)
            if len(numbers) < HELD:
                return
            last = numbers[-1]

    def _readable(self, model: Any, numbers: Sequence[int]) -> Iterator[Any]:
        query = select(model).where(model.id.in_(numbers)).order_by(model.id)
        try:
            with self._session.connection().begin_nested():
                rows = list(self._session.exec(query))
        except UNREADABLE:
            for number in numbers:
                try:
                    with self._session.connection().begin_nested():
                        rows = list(self._session.exec(select(model).where(model.id == number)))
                except UNREADABLE as error:
                    said = " ".join(str(error).split())[:200]
                    self._found.hurt(model.__tablename__, number, f"cannot be read: {said}")
                    continue
                yield from rows
            return
        yield from rows

    def _whole_statement(self, row: Statement) -> None:
        number = row.id or 0
        vouched = self._vouched[number]
        if digest_of(row.text) != row.text_sha256:
            self._found.hurt("statement", number, "its text is not the one of its hash")
        if not vouched:
            self._found.hurt("statement", number, "no capture tells it")
            return
        for place, name in enumerate(COLUMNS):
            if vouched >> place & 1 or (name in OF_EDITS and getattr(row, name) is None):
                continue
            self._found.hurt("statement", number, f"its {name} is not what a capture tells")

    def _whole_version(self, row: StatementVersion) -> None:
        number = row.id or 0
        if digest_of(row.text) != row.text_sha256:
            self._found.hurt("statement_version", number, "its text is not the one of its hash")
        if not self._versions[number]:
            self._found.hurt("statement_version", number, "no capture of its statement tells its text")

    def _order(self) -> None:
        """Versions count from 1, oldest first."""
        try:
            with self._session.connection().begin_nested():
                self._in_order()
        except UNREADABLE:
            return  # said of the row

    def _in_order(self) -> None:
        version = table_of(StatementVersion).c
        query = rows_of(
            version.statement_id, version.id, version.number, version.published_at, version.seen_at
        )
        before, count, time = None, 0, None
        rows = self._session.execute(query.order_by(version.statement_id, version.number))
        for statement, number, place, published, seen in rows:
            if statement != before:
                before, count, time = statement, 0, None
            count += 1
            if place != count:
                self._found.hurt("statement_version", number, f"is number {place}, not {count}")
                count = place
            at = (published or seen, seen)
            if time is not None and at < time:
                self._found.hurt("statement_version", number, "is older than the one before it")
            time = at


class _Texts:
    """The texts that a capture tells of a statement, beside those that it has."""

    def __init__(self, row: Statement, versions: Sequence[StatementVersion], posts: Sequence[Post]) -> None:
        self.positions = {post.position for post in posts}
        told = [text for post in posts for text in texts_of(post)]
        known = [row.text, *(one.text for one in versions)]
        self.vouched = [one.id for one in versions if one.id is not None and one.text in told]
        self.missing = row.repost_of is None and any(
            text and all(compare(text, one) is Compared.OTHER for one in known) for text in told
        )
        self.names: set[str | None] = {_name(post.text, row, versions) for post in posts}
        self.names |= {digest_of(post.text) for post in posts if None not in self.names}


def _name(text: str, row: Statement, versions: Sequence[StatementVersion]) -> str | None:
    """How a link names a text that was read, as archive.meeting.place_of does."""
    if compare(text, row.text) is Compared.SAME:
        return None
    same = (one.text_sha256 for one in versions if compare(text, one.text) is Compared.SAME)
    return next(same, digest_of(text))


def _vouched(
    row: Statement,
    posts: Sequence[Post],
    capture: Capture,
    author: tuple[str | None, frozenset[str]] | None,
) -> int:
    """The columns whose values these posts give, as bits in the order of COLUMNS."""
    found = 0
    for place, (name, says) in enumerate(SAID.items()):
        value = getattr(row, name)
        if any(value in says(post, capture) for post in posts):
            found |= 1 << place
    if any(_wrote(author, post) for post in posts):
        found |= 1 << COLUMNS.index(AUTHOR)
    return found


def _wrote(author: tuple[str | None, frozenset[str]] | None, post: Post) -> bool:
    """Whether a post may be by a statement's account; without one, whether it names none."""
    if author is None:
        return not (post.author_handle or post.author_platform_id)
    platform_id, handles = author
    if post.author_platform_id is not None and platform_id is not None:
        return post.author_platform_id == platform_id
    return post.author_handle is not None and handle_key(post.author_handle) in handles
