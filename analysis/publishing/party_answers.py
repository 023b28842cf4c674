"""What a party's page says, put together from what is known of its candidacies. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest

from analysis.publishing.digests import CandidacyDigest, ContestDigest, Whom
from analysis.reports.addresses import slug
from analysis.reports.concessions.rows import ConcessionSummaryRow
from analysis.reports.concessions.summary import summary_rows
from analysis.reports.overview import Coverage, kinds_together, summed
from analysis.reports.rows import CandidateRow
from analysis.reports.tones import SMALLEST_MEAN, Tone
from analysis.site.charts.colours import NO_COLOUR, colour_of

FOLDER = "parties"
"""Beside an election's page: the pages of its parties."""

MOST_TARGETS = 60
"""Targets on a party's page."""

_Pair = tuple[str, Whom]
"""A person's id, and of whom their statements speak."""

TONES = tuple(tone.value for tone in Tone)
"""Columns of who-whom that are added up."""


def party_key(row: CandidateRow) -> str:
    """What makes two candidacies one party's: the party's id; without one, how the ballot describes them.

    Begins with NUL for a description, so that none can be mistaken for an id.
    """
    return row.party_id or f"\0{' '.join(row.party.split()).casefold()}"


def party_address(row: CandidateRow) -> str:
    """Of the page of a candidacy's party, seen from its election's."""
    return f"{FOLDER}/{slug(party_key(row))}.html"


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidacy in a table; addresses are seen from the election's page."""

    digest: CandidacyDigest
    contest_address: str
    party_address: str

    @property
    def row(self) -> CandidateRow:
        """The candidacy and its result."""
        return self.digest.row

    @property
    def address(self) -> str:
        """Of its page."""
        return f"{self.contest_address}/{self.digest.address}"


def candidate_lines(
    contests: Iterable[ContestDigest], addresses: Mapping[str, str]
) -> Iterator[CandidateLine]:
    """Every candidacy, contest by contest. `addresses`: contest id -> folder, seen from the election's."""
    for contest in contests:
        for one in contest.candidacies:
            yield CandidateLine(one, addresses[contest.row.contest_id], party_address(one.row))


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party, or all who are described alike and belong to none, in an election."""

    key: str
    party_id: str | None
    name: str
    abbreviation: str | None
    colour: str | None
    """None where the table of colours does not know the party."""
    address: str
    """Of its page, seen from the election's."""
    contests: int
    candidates: int
    """On the ballot."""
    not_on_ballot: int
    seats: int
    """Candidates who were elected."""
    undecided: int
    """Candidates on the ballot of whom the archive does not say whether they were elected."""
    votes: int | None
    """For its candidates, as far as they are known; None where none are."""
    without_votes: int
    """Candidates on the ballot whose votes are not known."""
    share: float | None
    """Of the votes for all candidates of the election; None unless all of these are known."""
    coverage: Coverage
    concessions: ConcessionSummaryRow | None
    """Of its losing candidacies; None without any."""

    @property
    def statements(self) -> int:
        """In the window or without a time."""
        return self.coverage.statements + self.coverage.undated


@dataclass(frozen=True, slots=True)
class TargetLine:
    """How often the candidates of a party speak of one target, and how."""

    target: str
    type: str
    party: str | None
    """Of a target who stands in the election, or of a party itself: its name."""
    is_own: bool
    """Whether it belongs to the authors' own party."""
    authors: int
    statements: int
    tones: Mapping[str, int]
    scored: int
    mean: float | None
    """None under `SMALLEST_MEAN` statements with a clear score."""
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """Everything that a party's page says."""

    line: PartyLine
    labels: tuple[tuple[str, int], ...]
    """How the ballot describes its candidates, most first."""
    candidacies: tuple[CandidateLine, ...]
    targets: tuple[TargetLine, ...]
    """Those that its page shows, most statements first."""
    all_targets: int
    """With those that it does not show."""
    ambiguous: int
    """Statements that speak of somebody whom several candidates could be: counted for nobody."""

    @property
    def kind_counts(self) -> tuple[tuple[str, int], ...]:
        """Kind -> statements that show it, most first."""
        return kinds_together(one.digest.kind_counts for one in self.candidacies)

    @property
    def reposts(self) -> int:
        """Statements that are somebody else's words."""
        return sum(one.digest.reposts for one in self.candidacies)

    @property
    def methods(self) -> list[str]:
        """Every method behind a number of the page."""
        return sorted({method for one in self.candidacies for method in one.digest.methods})


def party_answers(lines: Sequence[CandidateLine], country: str | None) -> list[PartyAnswer]:
    """One answer a party from all candidacies of an election: most seats first, then most votes."""
    parties: defaultdict[str, list[CandidateLine]] = defaultdict(list)
    for line in lines:
        parties[party_key(line.row)].append(line)
    total = _all_votes(lines)
    found = [_party_line(key, some, total, country) for key, some in parties.items()]
    whose = _owners(lines)
    names = {one.key: one.name for one in found}
    ranked = sorted(found, key=lambda one: (-one.seats, -(one.votes or 0), -one.candidates, one.name))
    return [_answer(one, parties[one.key], whose, names) for one in ranked]


def _all_votes(lines: Iterable[CandidateLine]) -> int | None:
    """Of all candidates on the ballot; None unless those of each are known."""
    votes = [one.row.votes for one in lines if one.digest.on_ballot]
    known = [one for one in votes if one is not None]
    return sum(known) if known and len(known) == len(votes) else None


def _owners(lines: Iterable[CandidateLine]) -> dict[str, str]:
    """Id of a person or of a party -> the party that it belongs to; none for who stands for two."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        found[line.row.person_id].add(party_key(line.row))
        if line.row.party_id:
            found[line.row.party_id].add(line.row.party_id)
    return {one: next(iter(keys)) for one, keys in found.items() if len(keys) == 1}


def _party_line(
    key: str, lines: Sequence[CandidateLine], total: int | None, country: str | None
) -> PartyLine:
    standing = [one.row for one in lines if one.digest.on_ballot]
    known = [row.votes for row in standing if row.votes is not None]
    row = lines[0].row
    name, abbreviation = _named(lines)
    colour = colour_of(name, abbreviation, row.party_id, country=country)
    summary = summary_rows(one.digest.concession for one in lines)
    return PartyLine(
        key=key,
        party_id=row.party_id,
        name=name,
        abbreviation=abbreviation,
        colour=None if colour == NO_COLOUR else colour,
        address=lines[0].party_address,
        contests=len({one.row.contest_id for one in lines}),
        candidates=len(standing),
        not_on_ballot=len(lines) - len(standing),
        seats=sum(one.row.elected is True for one in lines),
        undecided=sum(row.elected is None for row in standing),
        votes=sum(known) if known else None,
        without_votes=len(standing) - len(known),
        share=sum(known) / total if total and known else None,
        coverage=summed(one.digest.coverage for one in lines),
        concessions=summary[0] if summary else None,
    )


def _named(lines: Sequence[CandidateLine]) -> tuple[str, str | None]:
    """The party's name and short form: its own, else what most ballots have."""
    names = Counter(one.digest.concession.party_name or one.row.party for one in lines)
    short = Counter(one.row.party_abbreviation for one in lines if one.row.party_abbreviation)
    return names.most_common(1)[0][0], short.most_common(1)[0][0] if short else None


def _answer(
    line: PartyLine, lines: Sequence[CandidateLine], whose: Mapping[str, str], names: Mapping[str, str]
) -> PartyAnswer:
    by_target = _by_target(lines)
    shown = [_target(some, whose.get(key), line.key, names) for key, some in _most_frequent(by_target)]
    return PartyAnswer(
        line=line,
        labels=tuple(Counter(one.row.party for one in lines).most_common()),
        candidacies=tuple(lines),
        targets=tuple(shown),
        all_targets=len(by_target),
        ambiguous=sum([row.statements for one in lines for row in one.digest.whom if row.ambiguous]),
    )


def _by_target(lines: Iterable[CandidateLine]) -> dict[str, list[_Pair]]:
    found: dict[str, list[_Pair]] = {}
    for one in lines:
        author = one.row.person_id
        for whom in one.digest.whom:
            if not whom.ambiguous:
                found.setdefault(whom.target_id, []).append((author, whom))
    return found


def _most_frequent(by_target: Mapping[str, list[_Pair]]) -> list[tuple[str, list[_Pair]]]:
    """Targets with most statements, then most authors, then by name, and who speaks of them.

    Authors and names are looked up only where a target can be among them: a large party has thousands.
    """
    counts = {key: sum([whom.statements for _, whom in some]) for key, some in by_target.items()}
    least = min(nlargest(MOST_TARGETS, counts.values()), default=0)
    near = [(key, some) for key, some in by_target.items() if counts[key] >= least]
    return nsmallest(
        MOST_TARGETS, near, key=lambda one: (-counts[one[0]], -len(_authors(one[1])), _called(one[1]))
    )


def _authors(pairs: Iterable[_Pair]) -> set[str]:
    return {author for author, _ in pairs}


def _called(pairs: Iterable[_Pair]) -> str:
    return Counter(whom.target for _, whom in pairs).most_common(1)[0][0]


def _target(pairs: Sequence[_Pair], party: str | None, own: str, names: Mapping[str, str]) -> TargetLine:
    rows = [whom for _, whom in pairs]
    scored = sum(row.scored for row in rows)
    total = sum(row.sum_sentiment for row in rows if row.sum_sentiment is not None)
    return TargetLine(
        target=_called(pairs),
        type=rows[0].target_type,
        party=names.get(party) if party else None,
        is_own=party == own,
        authors=len(_authors(pairs)),
        statements=sum(row.statements for row in rows),
        tones={tone: sum(getattr(row, tone) for row in rows) for tone in TONES},
        scored=scored,
        mean=total / scored if scored >= SMALLEST_MEAN else None,
        methods=tuple(sorted({method for row in rows for method in row.methods})),
    )
