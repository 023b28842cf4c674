"""What one capture tells of statements, when it is read by the readers of this release."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from archive.batches import batches
from archive.contract import LeftOut, Post, Reject, UnreadablePage
from archive.rereading import Places, Readers, records_of
from archive.storable import storable
from db.models import Account, Capture, Person, Quarantine, Statement, StatementAlias, StatementCapture
from db.words import CaptureKind

Key = tuple[str, str]
"""Platform and id of a post."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a capture tells."""

    of: Mapping[int, Sequence[Post]]
    """Number of a statement -> the posts that are it, in the capture's order."""
    strange: tuple[Post, ...]
    """Posts that are no statement of the archive, and stand in no quarantine."""
    unread: tuple[Reject, ...]
    """Records that cannot be read, and stand in no quarantine."""


@dataclass(frozen=True, slots=True)
class Untold:
    """That a capture was not read, and why."""

    why: str
    damaged: bool = False
    """Whether its bytes are; that is said elsewhere."""
    is_injury: bool = False


@dataclass(slots=True)
class Telling:
    """Reads captures again, one after another in the order of their numbers."""

    session: Session
    readers: Readers
    places: Places = field(default_factory=Places)

    def told_by(
        self, capture: Capture, read_by: str | None, links: Mapping[int, StatementCapture]
    ) -> Told | Untold:
        """`read_by`: what read it when these links were made."""
        name = self.readers.name_for(read_by)
        if name is None:
            return Untold(f"no reader of this release reads what {read_by} read: not compared")
        if name != read_by:
            return Untold(f"read by {read_by}, and {name} reads now: not compared (`hustings reparse`)")
        try:
            records = records_of(self.session, capture, self.readers, self.places)
        except ValueError:
            return Untold("its bytes are damaged", damaged=True)
        except UnreadablePage as error:
            return Untold(f"cannot be read, though statements came from it: {error}", is_injury=bool(links))
        return self._sorted_out(capture, records, links)

    def _sorted_out(
        self,
        capture: Capture,
        records: Sequence[Post | Reject | LeftOut],
        links: Mapping[int, StatementCapture],
    ) -> Told:
        live = capture.kind == CaptureKind.PAGE
        posts = [storable(one) if live else one for one in records if isinstance(one, Post)]
        held = set(self.session.exec(select(Quarantine.position).where(Quarantine.capture_id == capture.id)))
        found = self._statements(posts, links)
        nobody = self._nobody(posts)
        of: defaultdict[int, list[Post]] = defaultdict(list)
        strange = []
        for post in posts:
            number = found.get(post.key)
            if number is not None and post.author_person not in nobody:
                of[number].append(post)
            elif post.position not in held and not held & {"page"}:
                strange.append(post)
        unread = (
            [] if live else [one for one in records if isinstance(one, Reject) and one.position not in held]
        )
        return Told(dict(of), tuple(strange), tuple(unread))

    def _nobody(self, posts: Sequence[Post]) -> set[str]:
        named = {post.author_person for post in posts if post.author_person}
        known: set[str] = set()
        for ids in batches(sorted(named)):
            known.update(self.session.exec(select(Person.id).where(col(Person.id).in_(ids))))
        return named - known

    def _statements(self, posts: Sequence[Post], links: Mapping[int, StatementCapture]) -> dict[Key, int]:
        """Post -> its statement, under its own id or another one; rather one that was read there."""
        authors = {post.key: post.author_platform_id for post in posts}
        found: dict[Key, int] = {}
        for platform in {platform for platform, _ in authors}:
            ids = sorted({one for of, one in authors if of == platform})
            for some in batches(ids):
                found |= self._by_other_ids(platform, some, authors)
                query = select(Statement.post_id, Statement.id).where(
                    Statement.platform == platform, col(Statement.post_id).in_(some)
                )
                for post_id, number in self.session.exec(query):
                    there = found.get((platform, post_id))
                    if number is not None and (there is None or there not in links):
                        found[platform, post_id] = number
        return found

    def _by_other_ids(
        self, platform: str, ids: Sequence[str], authors: Mapping[Key, str | None]
    ) -> dict[Key, int]:
        query = (
            select(StatementAlias.post_id, StatementAlias.statement_id, Account.platform_id)
            .join(Statement, col(Statement.id) == col(StatementAlias.statement_id))
            .outerjoin(Account, col(Account.id) == col(Statement.account_id))
            .where(StatementAlias.platform == platform, col(StatementAlias.post_id).in_(ids))
        )
        return {
            (platform, post_id): number
            for post_id, number, owner in self.session.exec(query)
            if (author := authors[platform, post_id]) is None or owner in (None, author)
        }
