"""The question of a candidacy's page: what the ballot said, and what the candidate published when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.outcomes.ballot import (
    Candidacy,
    Contest,
    margin_of,
    margin_to_threshold,
    turnout_of,
    votes_check_of,
)
from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.claims import Claim
from analysis.outcomes.forgotten import Forgotten
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.timing import first_after
from analysis.reports.addresses import anchor_of
from analysis.reports.concessions.evidence import Remark, claim_shown, evidence_of, remarks_of, words_of
from analysis.reports.contests.collection import Collected
from analysis.reports.contests.reasons import StatementWhy
from analysis.reports.contests.statements import kind_rows, statement_row, target_rows
from analysis.reports.passages import Passage, Passages, passages_of
from analysis.reports.rows import CandidateRow, ContestRow, KindRow, StatementRow, TargetRow
from analysis.reports.tones import Tone
from analysis.site.wording import BASES
from analysis.site.wording import score as scored


@dataclass(frozen=True, slots=True)
class Archived:
    """What the archive holds of the candidates of an election, by person id."""

    statements: Mapping[str, int]
    """All their statements, whenever made."""
    accounts: Mapping[str, tuple[str, ...]]
    """Platforms of their known accounts."""
    tried: frozenset[str]
    """Those of whom some account's stream was asked for."""
    forgotten: Mapping[str, tuple[Forgotten, ...]] = field(default_factory=dict)
    """What platforms' terms made the archive forget."""


MOST_TOLD = 3
"""Words that weigh in a rating which stand beside the highlighted place; the record shows more."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a highlighted place counts, and why."""

    tone: str
    lines: tuple[str, ...]
    """One a target."""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """One statement as a page shows it."""

    statement: FoundStatement
    row: StatementRow
    passages: Passages
    targets: tuple[TargetRow, ...]
    kinds: tuple[KindRow, ...]
    why: StatementWhy | None
    remarks: tuple[Remark, ...]
    """Why its claims about a result stand out."""

    @property
    def anchor(self) -> str:
        """What its place on a page is called: the same in every report."""
        return anchor_of(self.statement.key)

    def tone_of(self, passage: Passage) -> str:
        """How the words of a passage count."""
        tones = {self.targets[place].counted_as for place in passage.targets}
        return tones.pop() if len(tones) == 1 else Tone.MIXED.value

    def told(self, passage: Passage) -> Told:
        """How the words of a passage count, and why."""
        targets = [(place, self.targets[place]) for place in passage.targets]
        return Told(self.tone_of(passage), tuple(self._line(place, target) for place, target in targets))

    def _line(self, place: int, target: TargetRow) -> str:
        score = f" {scored(target.score)}" if target.score is not None else ""
        words = "".join(f"; {reason}" for reason in self._reasons(place))
        return f"{target.who}: {target.counted_as}{score}, {BASES[target.basis]}{words}"

    def _reasons(self, place: int) -> list[str]:
        """The words that weigh most in a rating, where they were asked for."""
        found = next((one for one in self.why.ratings if one.about == place), None) if self.why else None
        weightiest = sorted(found.reasons, key=lambda one: -abs(one.weight))[:MOST_TOLD] if found else []
        return [f"“{one.words}” {scored(one.weight)}" for one in weightiest]


@dataclass(frozen=True, slots=True)
class CandidatePart:
    """One candidate with everything of theirs that belongs to the contest, in time order."""

    candidacy: Candidacy
    row: CandidateRow
    outcome: CandidacyOutcome
    """What their statements say of the result."""
    dated: tuple[ShownStatement, ...]
    undated: tuple[ShownStatement, ...]
    forgotten: tuple[Forgotten, ...]
    """Statements of theirs, in whatever contest, that are not kept any more."""

    @property
    def claim(self) -> Claim | None:
        """The claim about the result that stands."""
        return claim_shown(self.outcome)

    @property
    def words(self) -> str:
        """Its words."""
        return words_of(self.claim) if self.claim else ""

    @property
    def evidence(self) -> str:
        """What was read of the candidate, and what is proven of the rest."""
        return evidence_of(self.outcome)

    @property
    def statements(self) -> tuple[ShownStatement, ...]:
        """All of them: those in time order, then the undated."""
        return self.dated + self.undated


@dataclass(frozen=True, slots=True)
class Beside:
    """What a candidacy's statements are shown beside."""

    archived: Archived
    threshold: float
    """Labels less sure than this count as unclear."""
    whys: Mapping[int, StatementWhy]
    """Statement -> the reasons of its ratings."""


def candidate_part(
    outcome: CandidacyOutcome, statements: Sequence[FoundStatement], beside: Beside
) -> CandidatePart:
    """Answer for one candidacy from its statements, which come in time order, the undated first."""
    contest, candidacy = outcome.contest, outcome.candidacy
    first, remarks = _first_after(statements), _remarks(outcome)
    shown = [
        _shown(statement, beside, remarks.get(statement.id, ()), is_first_after=statement is first)
        for statement in statements
    ]
    dated = tuple(one for one in shown if one.statement.published is not None)
    undated = tuple(one for one in shown if one.statement.published is None)
    person, archived = candidacy.person_id, beside.archived
    elsewhere = max(0, archived.statements.get(person, 0) - len(statements))
    collected = Collected(len(dated), len(undated), elsewhere, person in archived.tried)
    row = _candidate_row(contest, candidacy, collected, archived.accounts.get(person, ()), first)
    return CandidatePart(candidacy, row, outcome, dated, undated, archived.forgotten.get(person, ()))


def kind_counts(statements: Iterable[FoundStatement]) -> tuple[tuple[str, int], ...]:
    """Kind -> how many statements show it at least once, most first."""
    counts = Counter(
        kind
        for statement in statements
        if statement.reading
        for kind in {one.kind.value for one in statement.reading.kinds}
    )
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _remarks(outcome: CandidacyOutcome) -> dict[int, tuple[Remark, ...]]:
    """Statement -> why its claims stand out."""
    found: dict[int, tuple[Remark, ...]] = {}
    for claim in outcome.all_claims:
        found[claim.statement.id] = (*found.get(claim.statement.id, ()), *remarks_of(claim))
    return found


def _first_after(statements: Sequence[FoundStatement]) -> FoundStatement | None:
    """A candidate's first own words after the declaration: a repost is somebody else's."""
    return first_after(
        (statement, statement.outcome.minutes_from_declaration)
        for statement in statements
        if statement.repost_of is None and statement.outcome is not None
    )


def _shown(
    statement: FoundStatement, beside: Beside, remarks: tuple[Remark, ...], *, is_first_after: bool
) -> ShownStatement:
    outcome = statement.outcome
    assert outcome is not None
    targets = [found.target for found in statement.targets]
    return ShownStatement(
        statement=statement,
        row=statement_row(statement, outcome, beside.threshold, is_first_after=is_first_after),
        passages=passages_of(statement.text, targets),
        targets=tuple(target_rows(statement, outcome, beside.threshold)),
        kinds=tuple(kind_rows(statement, outcome)),
        why=beside.whys.get(statement.id),
        remarks=remarks,
    )


def _candidate_row(
    contest: Contest,
    candidacy: Candidacy,
    collected: Collected,
    accounts: tuple[str, ...],
    first: FoundStatement | None,
) -> CandidateRow:
    return CandidateRow(
        election_id=contest.election.id,
        contest_id=contest.id,
        contest=contest.name,
        person_id=candidacy.person_id,
        name=candidacy.name,
        party_id=candidacy.party_id,
        party=candidacy.party_label,
        party_abbreviation=candidacy.party_abbreviation,
        status=candidacy.status,
        votes=candidacy.votes,
        share=candidacy.share,
        change=candidacy.change,
        elected=candidacy.elected,
        elected_basis=candidacy.elected_basis,
        incumbent=candidacy.incumbent,
        margin_votes=margin_to_threshold(candidacy, contest),
        accounts=accounts,
        collection=collected.state,
        statements=collected.in_window,
        statements_undated=collected.undated,
        statements_outside=collected.elsewhere,
        first_after_declaration=first.key if first else None,
        minutes_from_declaration=first.outcome.minutes_from_declaration if first and first.outcome else None,
        source=candidacy.source,
    )


def contest_row(contest: Contest, candidates: Sequence[CandidateRow]) -> ContestRow:
    """One contest from the rows of its candidacies."""
    margin, turnout = margin_of(contest), turnout_of(contest)
    return ContestRow(
        election_id=contest.election.id,
        contest_id=contest.id,
        contest=contest.name,
        polling_date=contest.election.polling_date,
        region=contest.region,
        seats=contest.seats,
        candidates=len(contest.standing),
        not_on_ballot=len(contest.not_standing),
        electorate=contest.electorate,
        valid_votes=contest.valid_votes,
        invalid_votes=contest.invalid_votes,
        turnout=turnout.fraction if turnout else None,
        turnout_basis=turnout.basis if turnout else None,
        winners=tuple(one.name for one in contest.standing if one.elected),
        majority=margin.votes if margin else None,
        majority_basis=margin.basis if margin else None,
        votes_check=votes_check_of(contest),
        declared_at=contest.declared.at if contest.declared else None,
        declared_precision=contest.declared.precision if contest.declared else None,
        declared_zone=contest.zone.key,
        declared_source=contest.declared_source,
        result_stage=contest.result_stage,
        result_source=contest.result_source,
        result_summary=contest.result_summary,
        statements=sum(row.statements for row in candidates),
        statements_undated=sum(row.statements_undated for row in candidates),
        statements_outside=sum(row.statements_outside for row in candidates),
    )
