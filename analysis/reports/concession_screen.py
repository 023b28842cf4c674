"""The concession tracker as a terminal shows it: a table a contest, remarks, claims of parties, a summary."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from analysis.outcomes.backing import Level
from analysis.outcomes.candidacies import ConcessionStatus
from analysis.outcomes.stages import UNTIMED_WORDS, Untimed
from analysis.outcomes.timing import Moment
from analysis.reports.conceding import ElectionConcessions
from analysis.reports.evidence import LEVEL_WORDS, MACHINE
from analysis.reports.outcome_rows import ClaimRow, ConcessionRow, ConcessionSummaryRow
from analysis.site.wording import minutes, moment
from db.screens import Table, printable
from db.words import CandidacyStatus

HEADER = (
    "",
    "candidate",
    "party",
    "votes",
    "margin",
    "outcome",
    "concession",
    "local time",
    "after decl.",
)

SHORT = {
    ConcessionStatus.STRONG: "conceded plainly",
    ConcessionStatus.WEAK: "conceded weakly",
    ConcessionStatus.REFUSED: "refused",
    ConcessionStatus.REFUSED_THEN_CONCEDED: "refused, then conceded",
    ConcessionStatus.CONCEDED_THEN_WITHDRAWN: "conceded, then withdrew",
    ConcessionStatus.ORDER_UNKNOWN: "conceded and refused",
    ConcessionStatus.NONE_FOUND: "none found",
    ConcessionStatus.NOT_COLLECTED: "not collected",
    ConcessionStatus.NOT_DUE: "-",
    ConcessionStatus.RESULT_UNKNOWN: "-",
}
"""Status -> its words in a narrow column."""

NO_MINUTES: dict[str, str] = {
    Untimed.NO_DECLARED_TIME: "no time",
    Untimed.UNDATED: "undated",
    Untimed.DAY_ONLY: "day only",
    Untimed.OTHER_SCOPE: "-",
}
"""Why there are no minutes, in a narrow column."""

CLAIMED = {"victory": "claims victory", "concession": "concedes", "refusal": "refuses the result"}

MOST_CONTESTS = 20
"""Contests on a screen, unless all are asked for."""

FEW_CONTESTS = 5
"""So many contests are shown whether somebody claims something in them or not."""

NOTHING_CLAIMED, NOTHING_COLLECTED = 2, 3
"""Ranks of contests in which nobody claims anything, and of whose candidates nothing was collected."""

MOST_REMARKS = 6
"""Remarks on one contest."""

NEW = "*"
"""Marks what was not there when the screen was last shown."""

Contests = Mapping[str, Sequence[ConcessionRow]]


def by_contest(rows: Iterable[ConcessionRow]) -> dict[str, list[ConcessionRow]]:
    """Contest id -> its candidacies; contests with a contradiction or a premature claim first, then those
    with a claim, then those of which something was collected, each in the order in which they came.
    """
    found: dict[str, list[ConcessionRow]] = {}
    for row in rows:
        found.setdefault(row.contest_id, []).append(row)
    return dict(sorted(found.items(), key=lambda pair: _rank(pair[1])))


def _rank(rows: Sequence[ConcessionRow]) -> int:
    if any(row.contradictions or row.premature for row in rows):
        return 0
    if any(row.claims for row in rows):
        return 1
    return NOTHING_CLAIMED if any(row.backing != Level.NOT_COLLECTED for row in rows) else NOTHING_COLLECTED


def shown_on_page(rows: Iterable[ConcessionRow], *, few: int, most: int) -> list[list[ConcessionRow]]:
    """The contests that a page shows: all where they are few, else those of which something was collected."""
    every = list(by_contest(rows).values())
    if len(every) <= few:
        return every
    return [some for some in every if _rank(some) < NOTHING_COLLECTED][:most]


def heading(row: ConcessionRow) -> str:
    """The contest, and when it was declared in its own time, or that this is not known."""
    if row.declared_at is None:
        return f"{row.contest}: no time of declaration is known, so no minutes; times in {row.declared_zone}"
    declared = Moment(row.declared_at, row.declared_precision or "second")
    zone = ZoneInfo(row.declared_zone)
    return f"{row.contest}: declared {moment(declared, zone)}; times in {row.declared_zone}"


def contest_table(rows: Sequence[ConcessionRow], new: Collection[str] = ()) -> Table:
    """The candidacies of one contest. `new`: persons of whom something is new."""
    cells = [_cells(row, row.person_id in new) for row in rows]
    first = 0 if new else 1  # the column of marks
    return Table(
        HEADER[first:],
        [one[first:] for one in cells],
        least={"candidate": 13, "party": 4, "concession": 24},
        spared=("votes", "outcome", "party"),
    )


def _cells(row: ConcessionRow, is_new: bool) -> tuple[str, ...]:
    return (
        NEW if is_new else "",
        row.name,
        row.party_abbreviation or row.party,
        "-" if row.votes is None else f"{row.votes:,}",
        "-" if row.margin_votes is None else f"{row.margin_votes:+,}",
        outcome_of(row),
        status_of(row),
        local_time(row.published_at, row.published_precision, row.declared_zone) if row.kind else "-",
        _minutes(row.minutes_from_declaration, row.untimed) if row.kind else "-",
    )


def outcome_of(row: ConcessionRow) -> str:
    """What the ballot said."""
    if row.status != CandidacyStatus.STANDING:
        return row.status
    said = {True: "won", False: "lost", None: "no result"}[row.elected]
    return f"{said} (held it)" if row.incumbent else said


def status_of(row: ConcessionRow) -> str:
    """Where the candidate stands, how well "none found" is backed, and whether a person has looked."""
    said = SHORT[ConcessionStatus(row.concession)]
    if row.concession == ConcessionStatus.NONE_FOUND:
        said = f"{said} ({LEVEL_WORDS[row.backing]})"
    if row.kind == "victory":  # says enough: who claims it has not conceded
        said = CLAIMED["victory"]
    return f"{said} ({mark_of(row.review)})" if row.review else said


def mark_of(review: str | None) -> str:
    """`machine` for a finding that nobody has looked at, else `reviewed`."""
    return MACHINE if review in (None, MACHINE) else "reviewed"


def local_time(at: datetime | None, precision: str | None, zone: str) -> str:
    """A time in the contest's zone, with the zone's name then; a day stays a day."""
    if at is None:
        return "undated"
    known, place = Moment(at, precision or "second"), ZoneInfo(zone)
    if not known.is_exact:
        return f"{known.day_in(place):%d %b} (day)"
    local = at.astimezone(place)
    name = local.tzname() or ""
    return f"{local:%d %b %H:%M} {name if name.isalpha() else f'UTC{name}'}"


def _minutes(count: int | None, untimed: str | None) -> str:
    if count is not None:
        return minutes(count)
    return NO_MINUTES[untimed] if untimed else "-"


def word_lines(rows: Iterable[ConcessionRow]) -> Iterator[str]:
    """The words of the claims that the table shows, a line each."""
    for row in rows:
        if row.words:
            yield f"  {row.name}: “{row.words}” [{row.statement}]"


def remark_lines(rows: Iterable[ConcessionRow]) -> Iterator[str]:
    """What stands out in a contest, a line each: contradictions first."""
    lines = [
        *(f"! CONTRADICTION: {row.name} {said}" for row in rows for said in row.contradictions),
        *(f"! PREMATURE: {row.name} {said}" for row in rows for said in row.premature),
    ]
    yield from lines[:MOST_REMARKS]
    if len(lines) > MOST_REMARKS:
        yield f"! ... and {len(lines) - MOST_REMARKS:,} more (--json)"


def party_lines(claims: Iterable[ClaimRow]) -> Iterator[str]:
    """Claims about a party's result, a line each."""
    for one in claims:
        won = {True: "won", False: "lost", None: "outcome not known"}[one.party_won]
        timed = one.minutes_from_declaration
        when = "" if timed is None else f", {minutes(timed)} from its declaration"
        marked = "! CONTRADICTION: " if one.contradiction else "! PREMATURE: " if one.premature else "  "
        yield (
            f"{marked}{one.name} ({one.party}: {won}) {CLAIMED[one.kind]}{when} ({mark_of(one.review)}):"
            f" “{one.words}” [{one.statement}]"
        )


def claim_line(one: ClaimRow, zone: str) -> str:
    """One claim on a line of its own, its parts between tabs: for a file or a pipe."""
    timed = (
        f"{minutes(one.minutes_from_declaration)} from the declaration"
        if one.minutes_from_declaration is not None
        else UNTIMED_WORDS[Untimed(one.untimed)]
        if one.untimed
        else "no minutes"
    )
    scope = "" if one.scope != "party" else " for the party"
    strength = f" ({one.strength})" if one.strength else ""
    parts = (
        local_time(one.published_at, one.published_precision, zone),
        one.contest,
        f"{one.name} ({one.party})",
        f"{CLAIMED[one.kind]}{scope}{strength}",
        timed,
        mark_of(one.review),
        f"“{one.words}”",
        one.statement,
        *(f"! {remark}" for remark in one.remarks),
    )
    return "\t".join(map(printable, parts))


SUMMARY_HEADER = (
    "losing candidacies", "n", "collected", "conceded", "plainly", "weakly", "refused", "withdrew",
    "none found", "proven", "by machine", "share of collected (95 %)",
)  # fmt: skip


def summary_table(rows: Sequence[ConcessionSummaryRow]) -> Table:
    """Counts by party, margin and incumbency; a share from ten collected candidacies on."""
    return Table(
        SUMMARY_HEADER,
        [_summary_cells(row) for row in rows],
        least={"losing candidacies": 14},
        spared=("by machine", "withdrew", "plainly", "weakly", "proven", "share of collected (95 %)"),
    )


def _summary_cells(row: ConcessionSummaryRow) -> tuple[str, ...]:
    counts = (
        *(row.losing, row.collected, row.conceded, row.strong, row.weak),
        *(row.refused, row.conceded_then_withdrawn + row.order_unknown),
        *(row.none_found, row.none_found_complete, row.machine),
    )
    share = "-"
    if row.conceded_share is not None and row.share_low is not None and row.share_high is not None:
        share = f"{row.conceded_share:.2f} ({row.share_low:.2f} to {row.share_high:.2f})"
    return (row.group, *(f"{count:,}" for count in counts), share)


def worth_showing(contests: Sequence[list[ConcessionRow]]) -> list[list[ConcessionRow]]:
    """The contests that a screen shows where not all are asked for: those with a claim, else the first."""
    with_claims = [rows for rows in contests if _rank(rows) < NOTHING_CLAIMED]
    if len(contests) <= FEW_CONTESTS:
        return list(contests)
    return with_claims[:MOST_CONTESTS]


def summary_shown(rows: Sequence[ConcessionSummaryRow], *, everything: bool) -> list[ConcessionSummaryRow]:
    """The rows that a screen shows: those of which something was collected."""
    return [row for row in rows if everything or row.collected]


def screen_lines(
    found: ElectionConcessions,
    *,
    text: Callable[[Table], str],
    everything: bool,
    new: Collection[tuple[str, str]] | None = None,
) -> Iterator[str]:
    """The tracker for one election. `text` fits a table to the screen; `new`: contests and persons of whom
    something is new, and only these contests are shown.
    """
    contests = by_contest(found.rows)
    if new is not None:
        wanted = {contest for contest, _ in new}
        contests = {key: rows for key, rows in contests.items() if key in wanted}
    every = list(contests.values())
    shown = every if everything else worth_showing(every)
    yield printable(f"{found.election.name} ({found.election.id})")
    for rows in shown:
        persons = {person for contest, person in new or () if contest == rows[0].contest_id}
        yield from ("", printable(heading(rows[0])), text(contest_table(rows, persons)))
        yield from map(printable, (*word_lines(rows), *remark_lines(rows)))
    if len(shown) < len(every):
        yield f"\n... and {len(every) - len(shown):,} more contests (--all)"
    if found.party_claims and new is None:
        yield "\nClaims about a party's result"
        yield from map(printable, party_lines(found.party_claims))
    yield from _summary_lines(found.summary, text=text, everything=everything)


def _summary_lines(
    rows: Sequence[ConcessionSummaryRow], *, text: Callable[[Table], str], everything: bool
) -> Iterator[str]:
    shown = summary_shown(rows, everything=everything)
    yield ""
    if not rows:
        yield "No losing candidacy is known: the archive holds no result."
        return
    if not shown:
        yield f"{rows[0].losing:,} losing candidacies; of none of them was an account collected."
        return
    yield text(summary_table(shown))
    yield "n: losing candidacies; collected: something of their accounts is in the archive;"
    yield "proven: of none found, those whose posts are proven complete; shares from 10 collected on"
