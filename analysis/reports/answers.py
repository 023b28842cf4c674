"""The answers of all contests of an election, one after the other: few queries, flat memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from analysis.evaluation.accuracy import Measured
from analysis.outcomes.ballot import Contest
from analysis.outcomes.ballots import accounts_of, collected_of
from analysis.outcomes.candidacies import CandidacyOutcome
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.linking import candidacy_outcomes
from analysis.outcomes.methods import ReadMethod
from analysis.outcomes.readings import readings_of
from analysis.outcomes.statements import counts_of, persons_of, statements_in
from analysis.reports.agreement import Agreement
from analysis.reports.contests.answer import Archived, ContestAnswer, contest_answer
from analysis.reports.contests.why import Whys
from analysis.reports.manifest import Manifest
from analysis.reports.measuring import recall_of_concessions
from db.batches import batches

CONTESTS_AT_ONCE = 25
"""Contests whose statements are held at a time."""

LINKED_AT_ONCE = 250
"""Contests whose statements are set beside results at a time: each time the whole election is read for it."""

COMPARED_AT_ONCE = 1_000
"""Statements whose readings by all methods are held at a time."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers for contests, by one method's readings."""

    session: Session
    manifest: Manifest
    method: ReadMethod | None
    """Whose ratings are shown."""
    compared: Sequence[ReadMethod]
    """The methods that stand side by side."""
    whys: Whys
    measured: Measured | None
    """How right the method is, where people have coded statements."""

    def of(self, contests: Sequence[Contest], agreement: Agreement) -> Iterator[ContestAnswer]:
        """The answer for each contest, in order; what the methods make of its statements goes to
        `agreement`."""
        for some in batches(contests, LINKED_AT_ONCE):
            outcomes: dict[str, list[CandidacyOutcome]] = {contest.id: [] for contest in some}
            for one in self._outcomes(some):
                outcomes[one.contest.id].append(one)
            for few in batches(some, CONTESTS_AT_ONCE):
                yield from self._answers(few, outcomes, agreement)

    def _outcomes(self, contests: Sequence[Contest]) -> list[CandidacyOutcome]:
        return candidacy_outcomes(
            self.session,
            contests,
            now=self.manifest.generated_at,
            window=self.manifest.window,
            accuracy=recall_of_concessions(self.measured),
            method=self._reading,
        )

    @property
    def _reading(self) -> str | None:
        return self.method.method if self.method else None

    def _answers(
        self,
        contests: Sequence[Contest],
        outcomes: dict[str, list[CandidacyOutcome]],
        agreement: Agreement,
    ) -> Iterator[ContestAnswer]:
        persons = persons_of(contests)
        archived = Archived(
            statements=counts_of(self.session, persons),
            accounts=accounts_of(self.session, persons),
            tried=collected_of(self.session, persons),
        )
        found = statements_in(self.session, contests, window=self.manifest.window, method=self._reading)
        self._compare([statement for one in found.values() for statement in one], agreement)
        whys = self.whys.of(found.values())
        for contest in contests:
            yield contest_answer(
                contest,
                found[contest.id],
                archived,
                threshold=self.manifest.threshold,
                whys=whys,
                outcomes=outcomes[contest.id],
            )

    def _compare(self, statements: Sequence[FoundStatement], agreement: Agreement) -> None:
        """Compare what the methods found in these statements; one alone has nothing to agree with."""
        if len(self.compared) < 2:
            return
        for some in batches({statement.id for statement in statements}, COMPARED_AT_ONCE):
            agreement.add(
                {
                    one.sentiment: readings_of(self.session, some, method=one.method, as_found=True)
                    for one in self.compared
                }
            )
