"""The questions of the first page and of an election's page: coverage first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from analysis.outcomes.ballot import Contest, Election
from analysis.reports.contests.collection import Collection
from analysis.reports.contests.parts import CandidatePart, ShownStatement
from analysis.reports.rows import AgreementRow, CandidateRow, ContestRow


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is in the archive of a set of candidates, before any finding. Statements count once a contest."""

    contests: int = 0
    with_result: int = 0
    with_declaration_time: int = 0
    checked: int = 0
    """Contests whose votes were checked against their total."""
    candidates: int = 0
    """On the ballot or not."""
    not_on_ballot: int = 0
    with_accounts: int = 0
    with_statements: int = 0
    not_collected: int = 0
    statements: int = 0
    undated: int = 0
    outside: int = 0
    not_analysed: int = 0
    unscored: int = 0
    """Read, but in a language that the method cannot score, or without text."""
    rated: int = 0
    """Places that speak of a target and have a label."""
    rated_unclear: int = 0
    """Of these: less sure than the report asks for."""
    rated_texts: int = 0
    """Statements whose whole text has a label."""
    rated_texts_unclear: int = 0

    @property
    def collected_share(self) -> float | None:
        """Candidates with statements, as a fraction of all."""
        return self.with_statements / self.candidates if self.candidates else None


COUNTED = tuple(Coverage.__dataclass_fields__)
_counts = attrgetter(*COUNTED)


def coverage_of(part: CandidatePart) -> Coverage:
    """The coverage of one candidacy."""
    row, statements = part.row, part.statements
    targets = [target for shown in statements for target in shown.targets]
    return Coverage(
        candidates=1,
        not_on_ballot=int(not part.candidacy.is_standing),
        with_accounts=int(bool(row.accounts)),
        with_statements=int(row.collection == Collection.COLLECTED),
        not_collected=int(row.collection == Collection.NOT_COLLECTED),
        statements=row.statements,
        undated=row.statements_undated,
        outside=row.statements_outside,
        not_analysed=sum(shown.statement.reading is None for shown in statements),
        unscored=sum(shown.row.unscored not in (None, "not_analysed") for shown in statements),
        rated=sum(target.label is not None for target in targets),
        rated_unclear=sum(target.is_unclear for target in targets),
        rated_texts=sum(shown.row.label is not None for shown in statements),
        rated_texts_unclear=sum(shown.row.is_unclear for shown in statements),
    )


def contest_coverage(row: ContestRow, candidates: Sequence[CandidateRow]) -> Coverage:
    """What is known of a contest, beside the coverage of its candidacies."""
    return Coverage(
        contests=1,
        with_result=int(bool(row.winners) or any(one.votes is not None for one in candidates)),
        with_declaration_time=int(row.declared_at is not None),
        checked=int(row.votes_check == "checked"),
    )


def summed(coverages: Iterable[Coverage]) -> Coverage:
    """The coverage of several contests or elections together."""
    return Coverage(*map(sum, zip(*map(_counts, coverages), strict=True)))


def kinds_together(counts: Iterable[Iterable[tuple[str, int]]]) -> tuple[tuple[str, int], ...]:
    """Kind -> statements that show it, over several sets of statements, most first."""
    found: Counter[str] = Counter()
    for some in counts:
        found.update(dict(some))
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class ContestLine:
    """One contest on its election's page: what is kept of an answer once its page is written."""

    contest: Contest
    row: ContestRow
    candidates: tuple[CandidateRow, ...]
    coverage: Coverage
    kind_counts: tuple[tuple[str, int], ...]
    methods: frozenset[str]
    address: str
    """Of its folder, seen from the election's page."""


@dataclass(frozen=True, slots=True)
class ElectionAnswer:
    """Everything that an election's page says."""

    election: Election
    lines: tuple[ContestLine, ...]
    coverage: Coverage
    kind_counts: tuple[tuple[str, int], ...]
    agreement: tuple[AgreementRow, ...]
    """How often methods that stand side by side give the same labels."""
    address: str
    """Of its folder, seen from the first page."""


def election_answer(
    election: Election, lines: Sequence[ContestLine], agreement: Sequence[AgreementRow], address: str
) -> ElectionAnswer:
    """Answer for one election from its contests."""
    return ElectionAnswer(
        election=election,
        lines=tuple(lines),
        coverage=summed(line.coverage for line in lines),
        kind_counts=kinds_together(line.kind_counts for line in lines),
        agreement=tuple(agreement),
        address=address,
    )


def methods_of(statements: Iterable[ShownStatement]) -> frozenset[str]:
    """Every method behind a number about these statements."""
    shown = list(statements)
    rows = [one.row for one in shown]
    named = {row.reading_method for row in rows} | {row.sentiment_method for row in rows}
    named.update(target.sentiment_method for one in shown for target in one.targets)
    named.update(kind.method for one in shown for kind in one.kinds)
    return frozenset(method for method in named if method is not None)
