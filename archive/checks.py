"""Whether a contest's figures agree with each other, and who won where no source says so. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.words import CandidacyStatus, ResultStage

FINEST = 6
"""Decimals beyond which a share's rounding is not looked at: sources give no more."""

UNDECIDED = frozenset({ResultStage.PROJECTED, ResultStage.UNOFFICIAL_PARTIAL})
"""Stages at which most votes do not yet elect."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What is known of a contest as a whole."""

    seats: int
    valid_votes: int | None
    majority: int | None
    all_candidates_listed: bool | None
    result_stage: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one candidate's result."""

    name: str
    status: str
    votes: int | None
    share: Decimal | None
    """With the decimals that the source gave."""
    elected: bool | None
    """As a source says; None where none does."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not agree: our name of the field, the candidate's index (None: the contest)."""

    field: str
    message: str
    line: int | None = None


def check_sum(totals: Totals, lines: Sequence[Line]) -> Problem | None:
    """The candidates' votes are the valid votes, unless the source says that it does not list all."""
    if totals.valid_votes is None or not _votes(lines):
        return None
    total = sum(_votes(lines))
    message = f"the candidates' votes add up to {total}, not to the valid votes {totals.valid_votes}"
    if total > totals.valid_votes:
        return Problem("votes", message)
    if total < totals.valid_votes and _claims_all(totals, lines):
        hint = "" if totals.all_candidates_listed else " (say all_candidates_listed = no if some are missing)"
        return Problem("votes", message + hint)
    return None


def _claims_all(totals: Totals, lines: Sequence[Line]) -> bool:
    if totals.all_candidates_listed is not None:
        return totals.all_candidates_listed
    return all(line.votes is not None for line in lines if line.status == CandidacyStatus.STANDING)


def check_shares(totals: Totals, lines: Sequence[Line]) -> Problem | None:
    """Each share is votes by valid votes, to one unit of the last decimal that the contest's shares have."""
    base = share_base(totals, lines)
    if not base:
        return None
    allowed = Decimal(1).scaleb(-min(FINEST, max(map(_decimals, lines), default=FINEST)))
    for index, line in enumerate(lines):
        if line.share is None or line.votes is None:
            continue
        share = Decimal(line.votes) / base
        if abs(share - line.share) > allowed:
            message = f"{line.share} for {line.name}, but {line.votes} of {base} votes is {share:.6f}"
            return Problem("share", message, index)
    return None


def _decimals(line: Line) -> int:
    return -int(line.share.as_tuple().exponent) if line.share is not None else 0


def check_majority(totals: Totals, lines: Sequence[Line]) -> Problem | None:
    """With one seat and no candidate missing, the majority is the first's votes less the second's."""
    votes = sorted(_votes(lines), reverse=True)
    if totals.majority is None or totals.seats != 1 or totals.all_candidates_listed is False:
        return None
    if len(votes) > 1 and votes[0] - votes[1] != totals.majority:
        return Problem(
            "majority", f"{totals.majority}, but the first two have {votes[0]} and {votes[1]} votes"
        )
    return None


def check_winners(totals: Totals, lines: Sequence[Line]) -> Problem | None:
    """No more are elected than there are seats."""
    winners = [index for index, line in enumerate(lines) if line.elected]
    if len(winners) <= totals.seats:
        return None
    names = ", ".join(lines[index].name for index in winners)
    seats = "1 seat" if totals.seats == 1 else f"{totals.seats} seats"
    return Problem("elected", f"{len(winners)} winners for {seats}: {names}", winners[-1])


CHECKS: tuple[Callable[[Totals, Sequence[Line]], Problem | None], ...] = (
    check_winners,
    check_sum,
    check_shares,
    check_majority,
)


def find_problem(totals: Totals, lines: Sequence[Line]) -> Problem | None:
    """The first thing that does not agree; None where everything does that can be checked."""
    return next((problem for check in CHECKS if (problem := check(totals, lines))), None)


def adds_up(totals: Totals, lines: Sequence[Line]) -> bool:
    """Whether the candidates' votes were compared with the valid votes and are equal."""
    return bool(_votes(lines)) and sum(_votes(lines)) == totals.valid_votes


def share_base(totals: Totals, lines: Sequence[Line]) -> int | None:
    """The votes of which shares are fractions: the valid votes, or the sum of all candidates' votes.

    None where neither is known: shares of the listed candidates' sum would be too high.
    """
    if totals.valid_votes is not None:
        return totals.valid_votes
    return sum(_votes(lines)) if totals.all_candidates_listed else None


def winner_by_votes(totals: Totals, lines: Sequence[Line]) -> int | None:
    """Who has most votes in a contest of one seat; None with a tie, an unfinished count, a partial list."""
    listed = [index for index, line in enumerate(lines) if line.votes is not None]
    if totals.seats != 1 or totals.result_stage in UNDECIDED or totals.all_candidates_listed is False:
        return None
    if len(listed) < 2 and not totals.all_candidates_listed:
        return None
    ranked = sorted(listed, key=lambda index: lines[index].votes or 0, reverse=True)
    if not ranked or (len(ranked) > 1 and lines[ranked[0]].votes == lines[ranked[1]].votes):
        return None
    return ranked[0]


def overtaken(lines: Sequence[Line]) -> str | None:
    """A note where a source names a winner who has fewer votes than somebody not elected."""
    winners = [line for line in lines if line.elected and line.votes is not None]
    others = [line for line in lines if not line.elected and line.votes is not None]
    if not winners or not others:
        return None
    last, best = min(winners, key=lambda line: line.votes or 0), max(others, key=lambda line: line.votes or 0)
    if (last.votes or 0) >= (best.votes or 0):
        return None
    return f"{last.name} is elected with {last.votes} votes, {best.name} is not with {best.votes}"


def _votes(lines: Sequence[Line]) -> list[int]:
    return [line.votes for line in lines if line.votes is not None]
