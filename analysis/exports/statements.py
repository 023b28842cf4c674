"""Statements with all that hangs on them as rows, some hundred at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from analysis.contract import statement_key
from analysis.evaluation.vocabulary import NOTE
from analysis.exports import rows
from analysis.exports.accounts import Known
from analysis.exports.choosing import Choice, belongs, standing_of
from analysis.exports.marks import Marks
from analysis.outcomes.ballot import Contest
from analysis.outcomes.timing import minutes_from_declaration, moment_of, phase_of
from db import models
from db.rows import among, table_of

Link = TypeVar("Link", models.CrossPost, models.QuotationLink)

AT_ONCE = 1_000
"""Statements whose rows are held at a time."""

STATEMENTS, CAPTURES = table_of(models.Statement), table_of(models.Capture)
LINKS = table_of(models.StatementCapture)
COLUMNS = [STATEMENTS.c[name] for name in (
    "id", "platform", "post_id", "account_id", "person_id", "attribution_text", "text", "text_sha256",
    "published_at", "published_precision", "channel", "url", "lang", "reply_to", "reply_to_post", "quoted",
    "quoted_post", "repost_of", "addressee", "cue", "first_seen_at", "text_seen_at", "edited_at",
)]  # fmt: skip
"""Of a statement: what the rows are made of."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What the other tables need to know of a statement."""

    id: int
    key: str
    text: str
    author: str | None
    is_repost: bool
    contests: tuple[Contest, ...]
    """Those to which it belongs."""


@dataclass(slots=True)
class Met:
    """What the rows written so far refer to."""

    persons: set[str] = field(default_factory=set)
    accounts: Marks = field(default_factory=Marks)
    captures: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of some statements, by table."""

    briefs: Sequence[Brief]
    tables: Mapping[str, Sequence[rows.Row]]


class Statements:
    """Reads the chosen statements, part by part."""

    def __init__(self, session: Session, choice: Choice, accounts: Mapping[int, Known], met: Met) -> None:
        self._session = session
        self._choice = choice
        self._accounts = accounts
        self._met = met
        self._standing = standing_of(choice.contests)

    def parts(self) -> Iterator[Part]:
        """The chosen statements in order, with what was seen of them and where they were read from."""
        chosen = self._choice.statements
        for start in range(0, len(chosen), AT_ONCE):
            yield self._part(chosen[start : start + AT_ONCE].tolist())

    def _part(self, ids: Sequence[int]) -> Part:
        query = select(*COLUMNS).where(among(STATEMENTS.c.id, ids)).order_by(STATEMENTS.c.id)
        stored = self._session.execute(query).all()
        briefs = [self._brief(row) for row in stored]
        keys = {brief.id: brief.key for brief in briefs}
        return Part(
            briefs,
            {
                "statements": [self._row(row, brief) for row, brief in zip(stored, briefs, strict=True)],
                "statement-versions": list(self._versions(keys)),
                "statement-contests": [
                    link
                    for row, brief in zip(stored, briefs, strict=True)
                    for link in _contest_links(row, brief)
                ],
                "statement-captures": list(self._captures(keys)),
            },
        )

    def _brief(self, row: Any) -> Brief:
        account = self._accounts.get(row.account_id)
        author = row.person_id or (account.person_id if account else None)
        published = moment_of(row.published_at, row.published_precision)
        return Brief(
            id=row.id,
            key=statement_key(row.platform, row.post_id),
            text=row.text,
            author=author,
            is_repost=row.repost_of is not None,
            contests=tuple(
                contest
                for contest in self._standing.get(author or "", ())
                if belongs(published, contest, self._choice.filters.window)
            ),
        )

    def _row(self, row: Any, brief: Brief) -> rows.Statement:
        if row.account_id is not None:
            self._met.accounts.add(row.account_id)
        if brief.author is not None:
            self._met.persons.add(brief.author)
        return rows.Statement(
            statement=brief.key,
            platform=row.platform,
            account=self._accounts[row.account_id].key if row.account_id is not None else None,
            person_id=brief.author,
            attribution_text=row.attribution_text,
            published_at=row.published_at,
            published_precision=row.published_precision,
            channel=row.channel,
            platform_lang=row.lang,
            text=row.text,
            text_sha256=row.text_sha256,
            url=row.url,
            cue=row.cue,
            reply_to=_key(row, row.reply_to),
            reply_to_post=_key(row, row.reply_to_post),
            quoted=row.quoted,
            quoted_post=_key(row, row.quoted_post),
            repost_of=_key(row, row.repost_of),
            addressee=row.addressee,
            first_seen_at=row.first_seen_at,
            text_seen_at=row.text_seen_at,
            edited_at=row.edited_at,
        )

    def _versions(self, keys: Mapping[int, str]) -> Iterator[rows.StatementVersion]:
        version = models.StatementVersion
        query = select(version).where(among(col(version.statement_id), keys))
        for one in self._session.scalars(query.order_by(col(version.statement_id), col(version.number))):
            yield rows.StatementVersion(
                statement=keys[one.statement_id],
                number=one.number,
                text=one.text,
                text_sha256=one.text_sha256,
                published_at=one.published_at,
                seen_at=one.seen_at,
            )

    def _captures(self, keys: Mapping[int, str]) -> Iterator[rows.StatementCapture]:
        link, capture = LINKS.c, CAPTURES.c
        query = (
            select(link.statement_id, link.capture_id, link.position, capture.part_of)
            .join(CAPTURES, capture.id == link.capture_id)
            .where(among(link.statement_id, keys))
            .order_by(link.statement_id, link.capture_id)
        )
        for statement, number, position, whole in self._session.execute(query):
            self._meet_capture(number, whole)
            yield rows.StatementCapture(keys[statement], number, position)

    def _meet_capture(self, capture: int, whole: int | None) -> None:
        self._met.captures.add(capture)
        if whole is not None:
            self._met.captures.add(whole)

    def observations(self, wanted: Marks | None) -> Iterator[rows.Observation | None]:
        """What was seen of the chosen statements and of the accounts wanted (None: all); else None."""
        seen, capture, statement = models.Observation, models.Capture, models.Statement
        query = (
            select(seen, col(capture.part_of), col(statement.platform), col(statement.post_id))
            .outerjoin(capture, col(capture.id) == col(seen.capture_id))
            .outerjoin(statement, col(statement.id) == col(seen.statement_id))
            .order_by(col(seen.id))
        )
        for one, whole, platform, post in self._session.execute(query.execution_options(yield_per=AT_ONCE)):
            if not self._is_wanted(one, wanted):
                yield None
                continue
            if one.capture_id is not None:
                self._meet_capture(one.capture_id, whole)
            yield rows.Observation(
                observation=one.id or 0,
                statement=statement_key(platform, post) if one.statement_id is not None else None,
                account=self._accounts[one.account_id].key if one.account_id is not None else None,
                observed_at=one.observed_at,
                state=one.state,
                capture_id=one.capture_id,
                detail=one.detail,
            )

    def _is_wanted(self, one: models.Observation, accounts: Marks | None) -> bool:
        if one.statement_id is not None:
            return one.statement_id in self._choice.marks
        return accounts is None or (one.account_id or 0) in accounts

    def cross_posts(self) -> Iterator[rows.CrossPost | None]:
        """Which chosen statements are one text; None for each link of another one."""
        link = models.CrossPost
        for row, statement, other in self._linked(link, col(link.statement_id), col(link.other_id)):
            yield (
                None
                if row is None
                else rows.CrossPost(
                    statement=statement,
                    other=other,
                    similarity=row.similarity,
                    method=row.method,
                    found_at=row.found_at,
                )
            )

    def quotation_links(self) -> Iterator[rows.QuotationLink | None]:
        """Which chosen quotations repeat which chosen posts; None for each link of another statement."""
        link = models.QuotationLink
        for row, quotation, post in self._linked(link, col(link.quotation_id), col(link.post_id)):
            yield (
                None
                if row is None
                else rows.QuotationLink(
                    quotation=quotation,
                    post=post,
                    score=row.score,
                    ambiguous=row.is_ambiguous,
                    method=row.method,
                    found_at=row.found_at,
                )
            )

    def _linked(
        self, link: type[Link], one_id: Mapped[int], other_id: Mapped[int]
    ) -> Iterator[tuple[Link | None, str, str]]:
        """Rows that link two statements, with the keys of both; None where one of them is not chosen."""
        one, other = models.Statement, aliased(models.Statement)
        query = (
            select(
                *(link, one_id, other_id),
                *(col(one.platform), col(one.post_id), col(other.platform), col(other.post_id)),
            )
            .join(one, col(one.id) == one_id)
            .join(other, col(other.id) == other_id)
            .order_by(col(link.id))
        )
        marks = self._choice.marks
        for row, mine, theirs, platform, post, platform_of_other, other_post in self._session.execute(
            query.execution_options(yield_per=AT_ONCE)
        ):
            is_chosen = mine in marks and theirs in marks
            yield (
                row if is_chosen else None,
                statement_key(platform, post),
                statement_key(platform_of_other, other_post),
            )

    def hand_codes(self) -> Iterator[rows.HandCode | None]:
        """What people say of the chosen statements; None for each code of another one."""
        code, statement, sample = models.HandCode, models.Statement, models.CodeSample
        query = (
            select(
                code,
                *(col(statement.platform), col(statement.post_id), col(statement.text_sha256)),
                col(sample.name),
            )
            .join(statement, col(statement.id) == col(code.statement_id))
            .outerjoin(sample, col(sample.id) == col(code.sample_id))
            .order_by(col(code.id))
        )
        for one, platform, post, digest, drawn in self._session.execute(
            query.execution_options(yield_per=AT_ONCE)
        ):
            is_note = one.code == NOTE
            yield (
                rows.HandCode(
                    statement=statement_key(platform, post),
                    coder=one.coder,
                    code=one.code,
                    value=None if is_note else one.value,
                    note=one.value if is_note else None,
                    current=one.text_sha256 == digest,
                    sample=drawn,
                    coded_at=one.coded_at,
                )
                if one.statement_id in self._choice.marks
                else None
            )


def _key(row: Any, other: str | None) -> str | None:
    """An id of the same platform behind its name: no program takes that for a number."""
    return None if other is None else statement_key(row.platform, other)


def _contest_links(row: Any, brief: Brief) -> Iterator[rows.StatementContest]:
    published = moment_of(row.published_at, row.published_precision)
    for contest in brief.contests:
        yield rows.StatementContest(
            statement=brief.key,
            contest_id=contest.id,
            person_id=brief.author or "",
            phase=phase_of(published, contest.clock),
            minutes_from_declaration=minutes_from_declaration(published, contest.declared),
        )
