"""Invented candidacies with statements, ledgers and digests, for tests of tone and of charts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from outcome_examples import candidacy, contest, election, statement, target
from outcome_examples import kind as kind_of

from analysis.contract import Label, Sentiment
from analysis.outcomes import Candidacy, Contest, ElectionFacts, FoundStatement, Moment, Terms, Window
from analysis.outcomes.coverage import AccountGap, AccountLedger, StreamLedger
from analysis.outcomes.linking import outcomes_in
from analysis.publishing.candidacies import WrittenCandidacy, write_candidacy
from analysis.publishing.digests import CandidacyDigest
from analysis.reports.accusations.ingroups import PARTY, in_group_of
from analysis.reports.contests.parts import Archived, Beside, CandidatePart, candidate_part
from analysis.reports.manifest import Manifest, manifest_of

NOW = datetime(2023, 8, 1, tzinfo=UTC)
WINDOW = Window()
OPENS = datetime(2023, 3, 23, 0, 0, tzinfo=UTC)
"""Midnight in London 42 days before polling day: before summer time."""
CLOSES = datetime(2023, 5, 18, 23, 0, tzinfo=UTC)
POLLS_CLOSE = datetime(2023, 5, 4, 21, 0, tzinfo=UTC)
DECLARED = datetime(2023, 5, 5, 3, 37, tzinfo=UTC)
"""As `outcome_examples` have it."""


def feeling(score: float, confidence: float = 0.9) -> Sentiment:
    """How a text, or a place in it, speaks."""
    label = Label.POSITIVE if score > 0 else Label.NEGATIVE if score < 0 else Label.NEUTRAL
    return Sentiment(score, label, confidence, "invented-1")


def said(
    where: Contest,
    who: Candidacy,
    minutes: int | None,
    score: float | None = 0.5,
    *,
    toward: Sequence[tuple[object, float | None]] = (),
    kinds: Sequence[str] = (),
    id_: int = 1,
    account: int | None = 1,
    confidence: float = 0.9,
    **more: object,
) -> FoundStatement:
    """A statement so many minutes after the declaration; `toward`: targets with the scores toward them."""
    published = None if minutes is None else Moment(DECLARED + timedelta(minutes=minutes), "second")
    one = statement(
        where,
        who,
        published,
        *(kind_of(name) for name in kinds),
        id_=id_,
        targets=tuple(target for target, _ in toward),  # type: ignore[misc]
        account=account,
        **more,  # type: ignore[arg-type]
    )
    if one.reading is None:
        return one
    reading = replace(
        one.reading,
        sentiment=None if score is None else feeling(score, confidence),
        toward=tuple(None if found is None else feeling(found) for _, found in toward),
    )
    return replace(one, reading=reading)


def ledger(
    account: int = 1,
    *,
    person: str = "p:1",
    since: datetime | None = None,
    until: datetime | None = CLOSES,
    gaps: Sequence[tuple[datetime | None, datetime | None]] = (),
    complete: bool = True,
    **more: object,
) -> AccountLedger:
    """An account with one stream, read from `since` (None: its beginning) to `until`."""
    told = tuple(AccountGap(start, end, "posts may be missing") for start, end in gaps)
    stream = StreamLedger("posts", complete, since, until, told)
    return AccountLedger(account, person, "bluesky", "handle", (stream,), **more)  # type: ignore[arg-type]


def facts(where: Sequence[Contest], *ledgers: AccountLedger) -> ElectionFacts:
    """What the statements of an election are read beside."""
    parties = {
        one.person_id: frozenset({one.party_id})
        for there in where
        for one in there.candidacies
        if one.party_id is not None
    }
    found: dict[str, tuple[AccountLedger, ...]] = {}
    for one in ledgers:
        found[one.person_id] = (*found.get(one.person_id, ()), one)
    return ElectionFacts(where[0].election, tuple(where), WINDOW, {}, parties, found, {})


def parts(
    where: Contest, statements: Sequence[FoundStatement], known: ElectionFacts, threshold: float = 0.0
) -> list[CandidatePart]:
    """What a report makes of each candidacy of a contest."""
    beside = Beside(Archived({}, {}, frozenset()), threshold, {})
    found = []
    for outcome in outcomes_in(where, statements, known, Terms(NOW)):
        own = [one for one in statements if one.outcome and one.outcome.candidacy == outcome.candidacy]
        found.append(candidate_part(outcome, own, beside))
    return found


def manifest(threshold: float = 0.0) -> Manifest:
    """Of an invented run."""
    return manifest_of(generated_at=NOW, window=WINDOW, threshold=threshold)


def written(
    folder: Path, where: Contest, statements: Sequence[FoundStatement], known: ElectionFacts
) -> list[WrittenCandidacy]:
    """What a report keeps of each candidacy; their pages are in the folder."""
    return [
        write_candidacy(
            *(part, folder, manifest(), known),
            in_group=in_group_of(PARTY, known.contests),
            fingerprint="f",
            agreement=(),
            why_none=None,
        )
        for part in parts(where, statements, known)
    ]


def digests(
    folder: Path, where: Contest, statements: Sequence[FoundStatement], known: ElectionFacts
) -> list[CandidacyDigest]:
    """The digest of each candidacy."""
    return [one.digest for one in written(folder, where, statements, known)]


__all__ = ["candidacy", "contest", "election", "target"]
