"""Why statements have their labels: the reasons, read again, of the ratings that a report shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlmodel import Session

from analysis.contract import Explanation, Reading, Reason
from analysis.explaining import (
    ExplainedReading,
    ReadingExplainer,
    WithoutKinds,
    listed_targets,
    says_the_same,
    without_kinds,
)
from analysis.findings import texts_of
from analysis.outcomes.found import FoundStatement
from analysis.outcomes.methods import ReadMethod
from analysis.outcomes.readings import readings_of
from analysis.reports.contests.reasons import LEFT_OUT, MOST_STATEMENTS, StatementWhy, Why
from analysis.roster import load_roster
from analysis.sentiment import SentimentRefused, scorer_for
from analysis.site.harmless import shown
from db.batches import batches

MOST_REASONS = 8
"""Reasons toward one target that a page shows: those that weigh most."""
MOST_TARGETS = 12
"""Targets of one statement whose reasons a page shows."""
MOST_MASKED = 20
LONGEST_WORDS = 60
"""Characters of a reason's words, and of a masked place."""

CHANGED = (
    "What this installation reads in the statement now is not what the archive holds: the roster changed "
    "since. hustings analyse --again reads it anew."
)

REVIEWED = (
    "A person has corrected whom this statement targets: the reasons for what the program had found are not"
    " shown."
)


class Whys:
    """Explains the ratings that one method has left in an archive, if this installation computes the same."""

    def __init__(self, session: Session, method: ReadMethod | None, most: int = MOST_STATEMENTS) -> None:
        """`most`: statements of one candidacy that are explained."""
        self._session, self._method, self._most = session, method, most
        self._explainer: ReadingExplainer | None = None
        self.problem: str | None = None
        """Why nothing can be explained."""
        if method is None:
            return
        if not most:
            self.problem = LEFT_OUT
            return
        try:
            scorer = scorer_for(method.name)
        except SentimentRefused as error:
            self.problem = f"No reasons are shown: {error}."
            return
        explainer = ReadingExplainer(load_roster(session), scorer, kinds=WithoutKinds())
        if without_kinds(explainer.method) == without_kinds(method.method):
            self._explainer = explainer
        else:
            self.problem = (
                f"No reasons are shown: the ratings are by {method.method}; this installation computes"
                f" {without_kinds(explainer.method)}. hustings analyse reads anew."
            )

    def of(self, candidacies: Iterable[Sequence[FoundStatement]]) -> dict[int, StatementWhy]:
        """Statement -> the reasons of its ratings, for the statements of each candidacy that are nearest to
        its polling day; those without any rating are left out.
        """
        if self._explainer is None:
            return {}
        rated = {one.id: one for statements in candidacies for one in nearest(statements, self._most)}
        found: dict[int, StatementWhy] = {}
        for ids in batches(rated):
            found.update(self._explained(self._explainer, rated, ids))
        return found

    def _explained(
        self, explainer: ReadingExplainer, rated: Mapping[int, FoundStatement], ids: Sequence[int]
    ) -> Iterator[tuple[int, StatementWhy]]:
        assert self._method is not None
        texts = texts_of(self._session, ids)
        answers = explainer.explain([texts[one] for one in ids], wanted=_shown_targets)
        explained = dict(zip(ids, answers, strict=True))
        other = [one for one in ids if not _is_of(explained[one], rated[one].reading)]
        stored = readings_of(self._session, other, method=self._method.method, as_found=True) if other else {}
        for statement, one in explained.items():
            if statement not in stored:
                yield statement, why_of(one)
            else:
                is_found = says_the_same(one.reading, stored[statement])
                yield statement, StatementWhy(problem=REVIEWED if is_found else CHANGED)


def _is_of(explained: ExplainedReading, shown: Reading | None) -> bool:
    """Whether the reasons are those of the reading that a page shows."""
    assert shown is not None  # only what was read is explained
    return says_the_same(explained.reading, shown)


def nearest(statements: Sequence[FoundStatement], most: int = MOST_STATEMENTS) -> list[FoundStatement]:
    """The statements of a candidacy whose reasons are shown."""
    rated = [one for one in statements if one.reading and not one.reading.unscored]
    return sorted(rated, key=_days_from_polls)[:most]


def _days_from_polls(statement: FoundStatement) -> tuple[bool, int]:
    assert statement.outcome is not None
    if statement.published is None:
        return True, 0
    contest = statement.outcome.contest
    day = statement.published.day_in(contest.zone)
    return False, abs((day - contest.election.polling_date).days)


def why_of(explained: ExplainedReading) -> StatementWhy:
    """The reasons of a reading as a page shows them; of the author's own side, which is no target, none."""
    listed = listed_targets(explained.reading)
    answers = [explained.toward[place] for place in listed[:MOST_TARGETS]]
    toward = [_why(number, one) for number, one in enumerate(answers) if one]
    whole = [_why(None, explained.whole)] if explained.whole else []
    return StatementWhy(
        masked=tuple(dict.fromkeys(_masked(explained)))[:MOST_MASKED],
        ratings=(*toward, *whole),
        left_out=max(0, len(listed) - MOST_TARGETS),
    )


def _shown_targets(reading: Reading) -> list[int]:
    return listed_targets(reading)[:MOST_TARGETS]


def _masked(explained: ExplainedReading) -> Iterator[str]:
    for start, end in explained.whole.masked if explained.whole else ():
        yield _short(explained.statement.text[start:end])


def _why(about: int | None, explanation: Explanation) -> Why:
    weightiest = sorted(explanation.reasons, key=lambda one: -abs(one.weight))[:MOST_REASONS]
    places = {(one.start, one.end, one.rule) for one in weightiest}
    reasons = [one for one in explanation.reasons if (one.start, one.end, one.rule) in places][:MOST_REASONS]
    return Why(
        about=about,
        reasons=tuple(Reason(one.start, one.end, _short(one.words), one.rule, one.weight) for one in reasons),
        left_out=len(explanation.reasons) - len(reasons),
        remarks=explanation.remarks,
    )


def _short(words: str) -> str:
    """Words on one line, without what disturbs a page."""
    line = " ".join(shown(words).split())
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"
