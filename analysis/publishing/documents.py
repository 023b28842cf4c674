"""What the search of a report is told of a candidacy's statements."""

from analysis.publishing.digests import CandidacyDigest
from analysis.publishing.search_index import SearchDoc
from analysis.reports.contests.parts import CandidatePart, ShownStatement
from analysis.reports.tones import Tone
from analysis.site.wording import moment


def documents_of(part: CandidatePart, folder: str, digest: CandidacyDigest) -> tuple[SearchDoc, ...]:
    """A document a statement; `folder` is the contest's, seen from the report's first."""
    page = f"{folder}/{digest.address}"
    return tuple(_document(shown, part, f"{page}#{shown.anchor}") for shown in part.statements)


def _document(shown: ShownStatement, part: CandidatePart, address: str) -> SearchDoc:
    row, contest, published = shown.row, part.outcome.contest, shown.statement.published
    return SearchDoc(
        key=row.statement,
        address=address,
        at=published.at.timestamp() if published else None,
        local_time=moment(published, contest.zone) if published else "undated",
        election_id=row.election_id,
        election=contest.election.name,
        contest_id=row.contest_id,
        contest=contest.name,
        person_id=row.person_id,
        author=row.name,
        party=part.row.party,
        elected=row.elected,
        status=row.status,
        phase=row.phase,
        minutes=row.minutes_from_declaration,
        kinds=tuple(dict.fromkeys(row.kinds)),
        tone=row.counted_as or Tone.UNSCORED.value,
        targets=tuple(dict.fromkeys((one.who, one.counted_as) for one in shown.targets)),
        text=row.text,
    )
