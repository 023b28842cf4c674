"""What people say of statements, read from the archive: every code, and what a reference decides."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from analysis.contract import KindName, StatementText
from analysis.evaluation.errors import CodingRefused, UnknownSample
from analysis.evaluation.vocabulary import CODE_BY_NAME, COMPARED, YES, kind_code
from analysis.running.unread import texts_of
from db.batches import batches
from db.models import Account, CodeSample, CodeSampleItem, HandCode, Statement

MAJORITY = "majority"
"""The reference that follows more than half of the coders of a statement."""

Answers = Mapping[str, str]
"""Code -> what was said: one coder's of one statement, or what the reference decides."""


@dataclass(frozen=True, slots=True)
class CodedStatement:
    """A statement in its present text, and what people say of it."""

    statement_id: int
    text: StatementText
    author: str
    """Whose statement it is, for clusters: a person's id, else the account, else the author as written."""
    coders: tuple[str, ...]
    """Whose codes were taken, by name."""
    answers: Answers
    """What the reference decides; a code is missing where nobody gave it or the coders are divided."""
    stratum: str | None = None
    probability: float | None = None
    """That the sample asked for drew it; None without a sample, and where chance did not decide."""

    @property
    def kinds(self) -> frozenset[KindName]:
        """The kinds that it is said to have."""
        return frozenset(kind for kind in KindName if self.answers.get(kind_code(kind)) == YES)

    @property
    def judged(self) -> frozenset[KindName]:
        """The kinds about which there is an answer: of the others nothing is known, also not that it
        lacks them."""
        return frozenset(kind for kind in KindName if kind_code(kind) in self.answers)


def coded_statements(
    session: Session, *, sample: str | None = None, reference: str = MAJORITY
) -> Iterator[CodedStatement]:
    """Hand-coded statements with what the reference says, in the order of their ids.

    `sample`: of this sample only, whoever coded its statements and where. `reference`: a coder's name,
    or `majority` (more than half of those who gave the code; without one the code is missing). Codes of
    a text that was edited since are left out. Raises UnknownSample, and CodingRefused for a coder who
    coded nothing there.
    """
    drawn = sample_for(session, sample) if sample is not None else None
    if reference != MAJORITY:
        _check_coder(session, reference)
    items = _items(session, drawn)
    for batch in batches(coded_ids(session, drawn)):
        codes = codes_of(session, batch)
        texts = texts_of(session, batch)
        authors = authors_of(session, batch)
        for statement_id in batch:
            by_coder = _chosen(codes[statement_id], reference)
            answers = decided(by_coder)
            if answers:
                stratum, probability = items.get(statement_id, (None, None))
                yield CodedStatement(
                    statement_id=statement_id,
                    text=texts[statement_id],
                    author=authors[statement_id],
                    coders=tuple(sorted(by_coder)),
                    answers=answers,
                    stratum=stratum,
                    probability=probability,
                )


def sample_for(session: Session, name: str) -> CodeSample:
    """The sample of that name. Raises UnknownSample."""
    found = session.exec(select(CodeSample).where(CodeSample.name == name)).first()
    if found is None:
        names = session.exec(select(CodeSample.name).order_by(CodeSample.name)).all()
        known = f"there is: {', '.join(names)}" if names else "draw one with `hustings code sample`"
        raise UnknownSample(f"there is no sample {name!r}; {known}")
    return found


def coded_ids(session: Session, sample: CodeSample | None) -> list[int]:
    """Statements of a sample (None: of the archive) with a code of their present text."""
    query = (
        select(HandCode.statement_id)
        .join(Statement, col(Statement.id) == col(HandCode.statement_id))
        .where(HandCode.text_sha256 == Statement.text_sha256)
        .distinct()
        .order_by(col(HandCode.statement_id))
    )
    if sample is not None:
        query = query.join(
            CodeSampleItem, col(CodeSampleItem.statement_id) == col(HandCode.statement_id)
        ).where(CodeSampleItem.sample_id == sample.id)
    return list(session.exec(query))


def codes_of(session: Session, statements: Sequence[int]) -> dict[int, dict[str, dict[str, str]]]:
    """Statement -> coder -> code -> value, of the present texts."""
    query = (
        select(HandCode.statement_id, HandCode.coder, HandCode.code, HandCode.value)
        .join(Statement, col(Statement.id) == col(HandCode.statement_id))
        .where(col(HandCode.statement_id).in_(statements), HandCode.text_sha256 == Statement.text_sha256)
        .order_by(col(HandCode.id))
    )
    found: dict[int, dict[str, dict[str, str]]] = {one: {} for one in statements}
    for statement_id, coder, code, value in session.exec(query):
        found[statement_id].setdefault(coder, {})[code] = value
    return found


def decided(by_coder: Mapping[str, Answers]) -> dict[str, str]:
    """Code -> the value that more than half of those who gave it gave; divided codes are missing.

    A code that depends on another (a concession's strength) counts only where that other is decided
    to be `yes` by the same rule; whether a coder is sure, and notes, are nobody's decision.
    """
    given: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for answers in by_coder.values():
        for code, value in answers.items():
            given[code][value] += 1
    found = {}
    for code in COMPARED:
        if code in given:
            value, votes = given[code].most_common(1)[0]
            if 2 * votes > given[code].total():
                found[code] = value
    return {code: value for code, value in found.items() if _applies(code, found)}


def _applies(code: str, found: Answers) -> bool:
    needs = CODE_BY_NAME[code].needs
    return needs is None or found.get(needs) == YES


def coder_named(name: str) -> str:
    """A coder's name as it is stored. Raises CodingRefused for none, and for a word with a meaning."""
    stripped = name.strip()
    if not stripped or stripped.lower() == MAJORITY:
        raise CodingRefused(f"{name!r} is no name of a coder: {MAJORITY!r} means all of them together")
    return stripped


def _check_coder(session: Session, coder: str) -> None:
    coders = sorted(session.exec(select(HandCode.coder).distinct()))
    if coder not in coders:
        known = f"there is: {', '.join(coders)}" if coders else "nobody has coded anything yet"
        raise CodingRefused(f"no coder is called {coder!r}; {known}")


def _chosen(codes: Mapping[str, Answers], reference: str) -> Mapping[str, Answers]:
    return codes if reference == MAJORITY else {one: codes[one] for one in codes if one == reference}


def _items(session: Session, sample: CodeSample | None) -> dict[int, tuple[str | None, float | None]]:
    if sample is None:
        return {}
    query = select(CodeSampleItem.statement_id, CodeSampleItem.stratum, CodeSampleItem.probability)
    found = session.exec(query.where(CodeSampleItem.sample_id == sample.id))
    return {statement: (stratum, probability) for statement, stratum, probability in found}


def authors_of(session: Session, statements: Sequence[int]) -> dict[int, str]:
    """Statement -> whose it is, as far as is known: statements of one author are not independent."""
    query = (
        select(
            Statement.id,
            func.coalesce(Statement.person_id, Account.person_id),
            Statement.account_id,
            Statement.attribution_text,
        )
        .outerjoin(Account, col(Account.id) == col(Statement.account_id))
        .where(col(Statement.id).in_(statements))
    )
    found = {}
    for statement, person, account, written in session.exec(query):
        of_account = None if account is None else f"account:{account}"
        found[statement or 0] = person or of_account or written or f"statement:{statement}"
    return found
