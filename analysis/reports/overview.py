"""The questions of the first page and of an election's page: coverage first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.outcomes.ballot import Contest, Election
from analysis.reports.contests.answer import ContestAnswer
from analysis.reports.contests.collection import Collection
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


def coverage_of(answer: ContestAnswer) -> Coverage:
    """The coverage of one contest."""
    candidates = [part.row for part in answer.everybody]
    states = Counter(row.collection for row in candidates)
    targets = [target for shown in answer.statements for target in shown.targets]
    row = answer.row
    return Coverage(
        contests=1,
        with_result=int(bool(row.winners) or any(one.votes is not None for one in candidates)),
        with_declaration_time=int(row.declared_at is not None),
        checked=int(row.votes_check == "checked"),
        candidates=len(candidates),
        not_on_ballot=row.not_on_ballot,
        with_accounts=sum(bool(one.accounts) for one in candidates),
        with_statements=states[Collection.COLLECTED],
        not_collected=states[Collection.NOT_COLLECTED],
        statements=row.statements,
        undated=row.statements_undated,
        outside=row.statements_outside,
        not_analysed=answer.not_analysed,
        unscored=sum(shown.row.unscored not in (None, "not_analysed") for shown in answer.statements),
        rated=sum(target.label is not None for target in targets),
        rated_unclear=sum(target.is_unclear for target in targets),
        rated_texts=sum(shown.row.label is not None for shown in answer.statements),
        rated_texts_unclear=sum(shown.row.is_unclear for shown in answer.statements),
    )


def summed(coverages: Iterable[Coverage]) -> Coverage:
    """The coverage of several contests or elections together."""
    listed = list(coverages)
    return Coverage(*(sum(getattr(one, name) for one in listed) for name in COUNTED))


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
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(dict(line.kind_counts))
    return ElectionAnswer(
        election=election,
        lines=tuple(lines),
        coverage=summed(line.coverage for line in lines),
        kind_counts=tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
        agreement=tuple(agreement),
        address=address,
    )


def methods_of(answer: ContestAnswer) -> frozenset[str]:
    """Every method behind a number of the answer."""
    rows = [shown.row for shown in answer.statements]
    named = {row.reading_method for row in rows} | {row.sentiment_method for row in rows}
    named.update(target.sentiment_method for shown in answer.statements for target in shown.targets)
    named.update(kind.method for shown in answer.statements for kind in shown.kinds)
    return frozenset(method for method in named if method is not None)
