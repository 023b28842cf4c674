"""What a check found, stored: edits as versions, observations with their evidence, when it was asked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from archive.batches import batches
from archive.contract import Post, PostSeen
from archive.erasure.screening import keep_evidence
from archive.identities import keep_seen
from archive.reading import keep_read
from archive.recheck.asking import Asked, Told
from archive.recheck.deciding import THERE, Check, History, Sighting, decide, history_of
from archive.spelling import Compared, compare
from archive.storable import storable, storable_text
from db.models import Account, Observation, Statement, StatementVersion
from db.rows import among
from db.words import State

LONGEST_DETAIL = 500

PROVEN = frozenset({State.MISSING, State.DELETED})
"""States that are written only with the account alive, for which there is evidence too."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of the checks of some statements."""

    checked: int = 0
    """Statements of which the platform said something."""
    edited: int = 0
    observed: Mapping[str, int] = field(default_factory=dict)
    """State -> observations written."""

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.checked + other.checked,
            self.edited + other.edited,
            dict(Counter(self.observed) + Counter(other.observed)),
        )


@dataclass(frozen=True, slots=True)
class Keeping:
    """Stores checks; in the caller's transaction."""

    session: Session
    reader: str
    round_id: int
    apart: timedelta

    def keep(self, account: Account, numbers: Mapping[str, int], asked: Asked) -> Found:
        """Store what was found of an account's statements. `numbers`: post id -> statement.

        The account's state first: a state other than active is a word against what was missed before.
        """
        if asked.account is not None and asked.told:
            at = max(one.at for one in asked.told)
            seen = asked.account
            kept = keep_seen(self.session, account, seen, at=at, reader=self.reader, round_id=self.round_id)
            account = kept.account
        numbers = self._still(account, numbers)
        told = [one for answer in asked.told for one in answer.seen if one.post_id in numbers]
        histories = self._histories(account, [numbers[one.post_id] for one in told])
        found = Found()
        for answer in asked.told:
            found += self._keep_answer(answer, numbers, histories, asked)
        return found

    def _still(self, account: Account, numbers: Mapping[str, int]) -> dict[str, int]:
        """Those that are still what they were when they were chosen: some may be forgotten meanwhile."""
        found: dict[str, int] = {}
        for some in batches(numbers):
            query = select(Statement.post_id, Statement.id).where(
                Statement.platform == account.platform, col(Statement.post_id).in_(some)
            )
            found |= {post: number for post, number in self.session.exec(query) if number == numbers[post]}
        return found

    def _keep_answer(
        self, answer: Told, numbers: Mapping[str, int], histories: Mapping[int, History], asked: Asked
    ) -> Found:
        news: list[tuple[int, PostSeen, State]] = []
        there, told = [], []
        for one in answer.seen:
            if one.post_id not in numbers:  # a witness, which is checked in its own time
                continue
            number = numbers[one.post_id]
            check = Check(one.state, asked.alive, asked.proof, answer.at)
            if check.is_decided:
                told.append(number)
            if one.state in THERE:
                there.append(number)
            state = decide(histories[number], check, apart=self.apart)
            if state is not None:
                news.append((number, one, state))
        edited = self._keep_edits(answer)
        self._observe(answer, news, histories, asked)
        _note(self.session, told, there, answer.at)
        return Found(len(told), edited, Counter(state.value for _, _, state in news))

    def _keep_edits(self, answer: Told) -> int:
        """Store a page that tells another text or a later edit than the archive has; how many edits."""
        edited = _edited(self.session, answer)
        if edited:
            keep_read(self.session, answer.read, reader=self.reader, round_id=self.round_id)
        return len(edited)

    def _observe(
        self,
        answer: Told,
        news: Sequence[tuple[int, PostSeen, State]],
        histories: Mapping[int, History],
        asked: Asked,
    ) -> None:
        """Observations of statements, with the answer as their evidence."""
        if not news:
            return
        pages = answer.read.pages
        capture, *_ = [keep_evidence(self.session, page, self.reader, self.round_id) for page in pages]
        alive = self._evidence_of_account(asked) if {state for *_, state in news} & PROVEN else ""
        for number, one, state in news:
            since = histories[number].missing_since if state is State.DELETED else None
            words = [one.detail] if one.detail else []
            words += [f"first missed {since:%Y-%m-%dT%H:%M:%SZ}"] if since else []
            words += [alive] if state in PROVEN and alive else []
            row = Observation(
                statement_id=number,
                observed_at=answer.at,
                state=state,
                capture_id=capture,
                detail=storable_text("; ".join(words))[:LONGEST_DETAIL] or None,
            )
            self.session.add(row)
        self.session.flush()

    def _evidence_of_account(self, asked: Asked) -> str:
        """That the account was alive at the check: by which captures, in words."""
        pages = asked.account.pages if asked.account is not None else ()
        kept = [keep_evidence(self.session, page, self.reader, self.round_id) for page in pages]
        return f"account active by capture {', '.join(map(str, kept))}" if kept else ""

    def _histories(self, account: Account, numbers: Sequence[int]) -> dict[int, History]:
        """What earlier checks saw of statements."""
        hidden_at = self.session.exec(
            select(func.max(Observation.observed_at)).where(
                Observation.account_id == account.id, Observation.state != State.ACTIVE
            )
        ).one()
        rows = self.session.exec(
            select(Observation.statement_id, Observation.state, Observation.observed_at)
            .where(among(Observation.statement_id, numbers))
            .order_by(col(Observation.observed_at), col(Observation.id))
        )
        seen: defaultdict[int, list[Sighting]] = defaultdict(list)
        for number, state, at in rows:
            assert number is not None  # asked for so
            seen[number].append(Sighting(State(state), at))
        return {number: history_of(seen[number], hidden_at) for number in numbers}


def _note(session: Session, told: Sequence[int], there: Sequence[int], at: datetime) -> None:
    """When statements were asked for, and which of them were shown."""
    for numbers, column in ((told, "rechecked_at"), (there, "shown_at")):
        if numbers:
            session.execute(update(Statement).where(among(Statement.id, numbers)).values({column: at}))
    session.expire_all()


def put_off(session: Session, numbers: Iterable[int], at: datetime) -> None:
    """Note that statements were asked for although nothing was said of them."""
    _note(session, list(numbers), [], at)


def _edited(session: Session, answer: Told) -> set[str]:
    """The posts of which an answer tells another present text, or another earlier one, than is archived.

    A post that is not archived was asked for by nobody: collecting finds it in its own way.
    """
    posts = [storable(one) for records in answer.read.records for one in records if isinstance(one, Post)]
    known = _texts(session, posts)
    there = (post for post in posts if post.post_id in known)
    return {post.post_id for post in there if _is_news(post, *known[post.post_id])}


def _is_news(post: Post, present: str, earlier: Sequence[str]) -> bool:
    if compare(post.text, present) is Compared.OTHER:
        return True
    texts = (present, *earlier)
    return any(all(compare(one.text, text) is Compared.OTHER for text in texts) for one in post.versions)


def _texts(session: Session, posts: Sequence[Post]) -> dict[str, tuple[str, list[str]]]:
    """Post -> the archived text of its statement, and the earlier ones."""
    found: dict[str, tuple[str, list[str]]] = {}
    query = (
        select(Statement.post_id, Statement.text, StatementVersion.text)
        .outerjoin(StatementVersion, col(StatementVersion.statement_id) == col(Statement.id))
        .where(
            col(Statement.post_id).in_({one.post_id for one in posts}),
            col(Statement.platform).in_({one.platform for one in posts}),
        )
    )
    for post_id, text, earlier in session.exec(query) if posts else ():
        _, texts = found.setdefault(post_id, (text, []))
        if earlier is not None:
            texts.append(earlier)
    return found
