"""Candidacies as rows of a table, as HTML: as templates, thousands took most of the time of their pages.

Written by hand like statements (`records`): whatever comes from outside is escaped.
"""

from collections.abc import Iterable
from html import escape as escaped

from analysis.outcomes.candidacies import ConcessionStatus
from analysis.publishing.digests import CandidacyDigest
from analysis.publishing.party_answers import CandidateLine
from analysis.publishing.records import review_of
from analysis.reports.concessions.rows import ConcessionRow
from analysis.reports.rows import CandidateRow
from analysis.site import wording
from analysis.site.harmless import shown as harmless

SHORT = {
    "outside_window": "outside the window",
    "nothing_kept": "nothing kept",
    "not_collected": "not collected",
    "collected": "–",
}
"""What was collected of somebody without statements to count, in a narrow cell."""

SILENT = frozenset({ConcessionStatus.NOT_DUE.value, ConcessionStatus.RESULT_UNKNOWN.value})
"""Where a candidacy stands that has nothing to concede, as far as is known."""


def candidacy_rows(lines: Iterable[CandidateLine], up: str, *, show_party: bool = True) -> str:
    """The rows of `candidacies.html`'s table. `up`: the way from the page to its election's folder."""
    return "".join(_row(one, up, show_party) for one in lines)


def _row(line: CandidateLine, up: str, show_party: bool) -> str:
    row, digest = line.row, line.digest
    elected = ' class="elected"' if row.elected else ""
    party = f'<td class="label">{_link(up + line.party_address, row.party)}</td>' if show_party else ""
    return (
        f'<tr{elected}><th scope="row">{_link(up + line.address, row.name)}</th>{party}'
        f'<td class="label">{_link(f"{up}{line.contest_address}/index.html", row.contest)}</td>'
        f'<td class="n">{"–" if row.votes is None else wording.number(row.votes)}</td>'
        f'<td class="n">{"–" if row.share is None else wording.percent(row.share)}</td>'
        f"<td>{_result(digest)}</td>"
        f'<td class="n">{_statements(row)}</td>'
        f'<td class="status">{_concession(digest.concession)}</td></tr>\n'
    )


def _link(address: str, name: str) -> str:
    return f'<a href="{escaped(address)}"><bdi>{escaped(wording.truncated(name))}</bdi></a>'


def _muted(words: str) -> str:
    return f'<span class="muted">{escaped(harmless(words))}</span>'


def _result(digest: CandidacyDigest) -> str:
    row = digest.row
    if not digest.on_ballot:
        result = _muted(wording.STATUSES[row.status])
    elif row.elected:
        result = "<strong>elected</strong>"
    else:
        result = _muted("no result" if row.elected is None else "not elected")
    return f"{result} · incumbent" if row.incumbent else result


def _statements(row: CandidateRow) -> str:
    count = row.statements + row.statements_undated
    return wording.number(count) if count else _muted(SHORT[row.collection])


def _concession(row: ConcessionRow) -> str:
    if row.concession == ConcessionStatus.NOT_COLLECTED:
        return _muted("not collected")
    return f"{_says(row)}{_backing(row)}{f' {review_of(row.review, row.reviewed_by)}' if row.review else ''}"


def _says(row: ConcessionRow) -> str:
    """As the macro `says` of `parts.html` has it."""
    is_silent = row.concession in SILENT
    stands = wording.CONCESSIONS[row.concession]
    if row.kind and (is_silent or row.kind == "victory"):
        said = wording.CLAIM_VERBS[row.kind]
        return said if is_silent else f"{said}; {stands}"
    return _muted("–") if is_silent else stands


def _backing(row: ConcessionRow) -> str:
    if row.concession != ConcessionStatus.NONE_FOUND:
        return ""
    return f" {_muted(f'({wording.BACKINGS[row.backing]})')}"
