"""What is known of a candidacy's concession, in sentences that never claim more. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from analysis.contract import KindName, Reviewed, Scope
from analysis.outcomes.backing import UNREAD_WORDS, Backing, Level, UnreadPosts
from analysis.outcomes.candidacies import CandidacyOutcome, ConcessionStatus
from analysis.outcomes.claims import Claim, is_about_contest
from analysis.outcomes.timing import Moment, Phase
from analysis.reports.passages import quoted
from analysis.site.wording import duration, moment, plural
from db.words import Precision

MACHINE = "machine"
"""Review of a finding that nobody has looked at."""

VERBS: dict[str, str] = {
    KindName.VICTORY: "claims victory",
    KindName.CONCESSION: "concedes",
    KindName.REFUSAL: "refuses the result",
}
"""Kind of a claim -> what who makes it does."""

LEVEL_WORDS: dict[str, str] = {
    Level.COMPLETE: "complete",
    Level.PARTIAL: "partial",
    Level.IMPORTED: "files only",
    Level.NOT_COLLECTED: "not collected",
}
"""How well "none found" is backed, in a word or two."""

CONCEDED = frozenset({ConcessionStatus.STRONG, ConcessionStatus.WEAK, ConcessionStatus.REFUSED_THEN_CONCEDED})
"""Statuses of those who have conceded in the end."""

MOST_REASONS = 3
"""Reasons that a sentence names; the data files hold all."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a claim stands out."""

    claim: Claim
    sentence: str
    is_contradiction: bool
    """False: it came before the declaration."""


def claim_shown(outcome: CandidacyOutcome) -> Claim | None:
    """The claim about the own contest that a table shows: the one that stands, else the first of any."""
    standing = outcome.standing
    if outcome.candidacy.elected and standing.victory is not None:
        return standing.victory  # has nothing to concede, whatever was said before a recount
    return standing.decisive or standing.victory or standing.concession or standing.refusal


def words_of(claim: Claim) -> str:
    """The words that show a claim, as a page shows them."""
    return quoted(claim.statement.text, claim.found.start, claim.found.end)


def review_of(reviewed: Reviewed | None) -> str:
    """`machine`, or what became of a finding when a person looked at it."""
    return reviewed.verdict if reviewed else MACHINE


def remarks_of(claim: Claim) -> tuple[Remark, ...]:
    """Why a claim stands out: it disagrees with the result, or came before it.

    One made before the polls closed answers no result: it does not stand out.
    """
    return tuple(_remarks(claim))


def _remarks(claim: Claim) -> Iterator[Remark]:
    if claim.contradiction is not None:
        later = claim.contradiction.changed_later
        changed = f"; the result changed after it ({later.stage})" if later is not None else ""
        yield Remark(claim, f"{claim.contradiction.sentence}{changed}", is_contradiction=True)
    if claim.premature and claim.phase is not Phase.BEFORE_POLLS_CLOSE:
        yield Remark(claim, _premature(claim), is_contradiction=False)


def _premature(claim: Claim) -> str:
    of_party = claim.scope is Scope.PARTY and not is_about_contest(claim)
    event = "the party's result" if of_party else "the declaration"
    before = f"before {event}" if claim.minutes is None else f"{duration(claim.minutes)} before {event}"
    elsewhere = ", unless it speaks of another contest" if claim.shared_with else ""
    return f"{verb_of(claim)} {before}{_polling_day(claim)}{elsewhere}"


def _polling_day(claim: Claim) -> str:
    """That the polls may still have been open; nothing where it is known."""
    outcome, published = claim.statement.outcome, claim.published
    if outcome is None or published is None:
        return ""
    clock = outcome.contest.clock
    if clock.polls_close is not None or published.day_in(clock.zone) != clock.polls:
        return ""
    return " (on polling day; when the polls closed is not known)"


def verb_of(claim: Claim) -> str:
    """What a claim does, and of which result it speaks where that is not the author's own."""
    whose = {Scope.PARTY: " for the party", Scope.OTHER: " elsewhere"}.get(
        claim.scope or Scope.OWN_CONTEST, ""
    )
    return f"{VERBS[claim.kind]}{whose}"


def evidence_of(outcome: CandidacyOutcome) -> str:
    """One or two sentences: in how many posts nothing was found, and what is proven of the rest."""
    backing = outcome.backing
    if backing.level is Level.NOT_COLLECTED:
        return _not_collected(backing)
    posts = f"{plural(backing.statements, 'post')} {_from(backing)}"
    read = f"No concession found in {posts}" if outcome.status is ConcessionStatus.NONE_FOUND else posts
    return f"{read}{_proven(outcome)}{_unread(backing)}.{_recall(backing)}"


def _not_collected(backing: Backing) -> str:
    quoted = f"; {plural(backing.statements, 'statement')} from elsewhere" if backing.statements else ""
    known = len(backing.accounts)
    if known == 0:
        return f"No account is known{quoted}."
    them = "account is known, and nothing of it" if known == 1 else "accounts are known, and nothing of them"
    return f"{known:,} {them} is in the archive{quoted}."


def _from(backing: Backing) -> str:
    if backing.level is Level.IMPORTED:
        return "from files"
    return f"of {plural(len(backing.accounts), 'account')}"


def _proven(outcome: CandidacyOutcome) -> str:
    backing = outcome.backing
    if backing.level is Level.IMPORTED:
        return ", which prove nothing of what is missing"
    if backing.level is Level.COMPLETE:
        return f", complete {_between(outcome)}"
    named = "; ".join(backing.why[:MOST_REASONS])
    left_out = len(backing.why) - MOST_REASONS
    more = f"; {plural(left_out, 'more reason')}" if left_out > 0 else ""
    return f", not complete: {named}{more}"


def _between(outcome: CandidacyOutcome) -> str:
    since, until = covered(outcome.backing)
    start = "from the beginning" if since is None else f"from {_shown(since, outcome)}"
    return start if until is None else f"{start} to {_shown(until, outcome)}"


def covered(backing: Backing) -> tuple[datetime | None, datetime | None]:
    """From when to when all known accounts are covered; None: from their beginning, or not at all."""
    if not backing.accounts or not all(account.is_covered for account in backing.accounts):
        return None, None
    begins = [account.covered_from for account in backing.accounts if account.covered_from is not None]
    ends = [account.covered_until for account in backing.accounts if account.covered_until is not None]
    return max(begins, default=None), min(ends, default=None)


def _shown(at: datetime, outcome: CandidacyOutcome) -> str:
    return moment(Moment(at, Precision.MINUTE), outcome.contest.zone)


def _unread(backing: Backing) -> str:
    """What was not read, unless the reasons say so already: those name what is near the result."""
    named = backing.level is Level.PARTIAL
    said = [unread_words(one) for one in backing.unread if not (named and one.near_result == one.count)]
    return f"; {', '.join(said)}" if said else ""


def unread_words(unread: UnreadPosts) -> str:
    """`3 posts without text (pictures or video), 1 of them near the result`."""
    near = f", {unread.near_result:,} of them near the result" if unread.near_result else ""
    return f"{plural(unread.count, 'post')} {UNREAD_WORDS[unread.reason]}{near}"


def _recall(backing: Backing) -> str:
    one = backing.accuracy
    if one is None:
        return ""
    return (
        f" Of the concessions in hand-coded posts the method finds {one.recall:.2f}"
        f" ({one.low:.2f} to {one.high:.2f}, n {one.n:,}; {one.source})."
    )
