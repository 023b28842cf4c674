"""The concession tracker as a terminal shows it: a table a contest, remarks, claims of parties, a summary."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from analysis.contract import KindName
from analysis.outcomes.backing import UNREAD_WORDS, Unread
from analysis.outcomes.candidacies import ConcessionStatus
from analysis.outcomes.stages import UNTIMED_WORDS, Untimed
from analysis.outcomes.timing import Moment
from analysis.reports.concessions.asides import early_line, folded, folded_line, is_early, shared_lines
from analysis.reports.concessions.elections import ElectionConcessions
from analysis.reports.concessions.evidence import LEVEL_WORDS, MACHINE, VERBS
from analysis.reports.concessions.ranking import by_contest, worth_showing
from analysis.reports.concessions.rows import ClaimRow, ConcessionRow, ConcessionSummaryRow
from analysis.site.wording import MINUS, minutes, moment, plural
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

NOTHING = "-"
"""Nothing to say of a result that is none, or is the candidate's win."""

NOT_READ = "not read yet (hustings analyse)"
"""Instead of "none found" where no post was read."""

SHORT = {
    ConcessionStatus.STRONG: "conceded plainly",
    ConcessionStatus.WEAK: "conceded weakly",
    ConcessionStatus.REFUSED: "refused",
    ConcessionStatus.REFUSED_THEN_CONCEDED: "refused, then conceded",
    ConcessionStatus.CONCEDED_THEN_WITHDRAWN: "conceded, then withdrew",
    ConcessionStatus.ORDER_UNKNOWN: "conceded and refused",
    ConcessionStatus.NONE_FOUND: "none found",
    ConcessionStatus.NOT_COLLECTED: "not collected",
    ConcessionStatus.NOT_DUE: NOTHING,
    ConcessionStatus.RESULT_UNKNOWN: NOTHING,
}
"""Status -> its words in a narrow column."""

NO_MINUTES: dict[str, str] = {
    Untimed.NO_DECLARED_TIME: "no time",
    Untimed.UNDATED: "undated",
    Untimed.DAY_ONLY: "day only",
    Untimed.OTHER_SCOPE: "-",
}
"""Why there are no minutes, in a narrow column."""

MOST_REMARKS = 6
"""Remarks on one contest."""

NEW = "*"
"""Marks what was not there when the screen was last shown."""


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
        numbers=("votes", "margin", "after decl."),
    )


def _cells(row: ConcessionRow, is_new: bool) -> tuple[str, ...]:
    return (
        NEW if is_new else "",
        row.name,
        row.party_abbreviation or row.party,
        "-" if row.votes is None else f"{row.votes:,}",
        _margin(row.margin_votes),
        outcome_of(row),
        status_of(row),
        local_time(row.published_at, row.published_precision, row.declared_zone) if row.kind else "-",
        _minutes(row.minutes_from_declaration, row.untimed) if row.kind else "-",
    )


def _margin(votes: int | None) -> str:
    if votes is None:
        return "-"
    return f"{votes:+,}".replace("-", MINUS) if votes else "tie"


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
        if _is_unread(row):
            said = NOT_READ
    if row.kind == KindName.VICTORY or (row.kind and said == NOTHING):
        said = VERBS[
            KindName(row.kind)
        ]  # who claims victory has not conceded, who won has nothing to concede
    return f"{said} ({mark_of(row.review)})" if row.review else said


def _is_unread(row: ConcessionRow) -> bool:
    """Whether none of the posts was read, so that nothing could be found."""
    nothing_read = f"{plural(row.statements, 'post')} {UNREAD_WORDS[Unread.NOT_ANALYSED]}"
    return any(one.startswith(nothing_read) for one in row.unread)


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


def party_lines(claims: Sequence[ClaimRow], zones: Mapping[str, str]) -> Iterator[str]:
    """Claims about a party's result, a line each; those from before the polls closed are counted.

    `zones`: contest id -> the zone of its times.
    """
    for one in (one for one in claims if not is_early(one)):
        won = {True: "won", False: "did not win", None: "outcome not known"}[one.party_won]
        timed = one.minutes_from_declaration
        when = f", {local_time(one.published_at, one.published_precision, zones[one.contest_id])}"
        when += "" if timed is None else f", {minutes(timed)} from the party's result"
        marked = "! CONTRADICTION: " if one.contradiction else "! PREMATURE: " if one.remarks else "  "
        yield (
            f"{marked}{one.name} ({one.party}: {won}) {VERBS[one.kind]}{when} ({mark_of(one.review)}):"
            f" “{one.words}” [{one.statement}]"
        )
    yield from early_line(claims)


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
        f"{VERBS[one.kind]}{scope}{strength}",
        timed,
        mark_of(one.review),
        f"“{one.words}”",
        one.statement,
        *(["before the polls closed"] if is_early(one) else []),
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
        numbers=SUMMARY_HEADER[1:],
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
    contests, about = by_contest(found.rows), _by_contest(found)
    if new is not None:
        wanted = {contest for contest, _ in new}
        contests = {key: rows for key, rows in contests.items() if key in wanted}
    every = list(contests.values())
    shown = every if everything else worth_showing(every)
    yield printable(f"{found.election.name} ({found.election.id})")
    for rows in shown:
        persons = {person for contest, person in new or () if contest == rows[0].contest_id}
        listed, count = (rows, 0) if everything else folded(rows)
        yield from ("", printable(heading(rows[0])), text(contest_table(listed, persons)))
        if count:
            yield folded_line(count)
        claims = about.get(rows[0].contest_id, ())
        asides = (*shared_lines(rows, claims), *early_line(claims))
        yield from map(printable, (*word_lines(rows), *remark_lines(rows), *asides))
    if len(shown) < len(every):
        yield f"\n... and {len(every) - len(shown):,} more contests (--all)"
    if found.party_claims and new is None:
        yield "\nClaims about a party's result"
        zones = {row.contest_id: row.declared_zone for row in found.rows}
        yield from map(printable, party_lines(found.party_claims, zones))
    if any(one.review == MACHINE for one in found.claims):
        yield "\n(machine): found by the program, looked at by nobody yet (hustings review)"
    yield from _summary_lines(found.summary, text=text, everything=everything)


def _by_contest(found: ElectionConcessions) -> dict[str, list[ClaimRow]]:
    """Contest id -> its claims that do not speak of a party's result in the whole election."""
    of_parties = {id(one) for one in found.party_claims}
    claims: dict[str, list[ClaimRow]] = {}
    for one in found.claims:
        if id(one) not in of_parties:
            claims.setdefault(one.contest_id, []).append(one)
    return claims


def _summary_lines(
    rows: Sequence[ConcessionSummaryRow], *, text: Callable[[Table], str], everything: bool
) -> Iterator[str]:
    shown = summary_shown(rows, everything=everything)
    yield ""
    if not rows:
        yield "No losing candidacy is known: the archive holds no result."
        return
    if not shown:
        yield f"{rows[0].losing:,} losing candidacies; of none of them was an account collected:"
        yield "whether they conceded is not known."
        return
    yield text(summary_table(shown))
    yield "n: losing candidacies; collected: something of their accounts is in the archive;"
    yield "conceded: also those who refused first;"
    yield "proven: of none found, those whose posts are proven complete;"
    yield "shares from 10 collected on, of those collected, not of all who lost"
