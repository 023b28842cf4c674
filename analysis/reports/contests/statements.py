"""Statements, their targets and their kinds as flat rows."""

from collections.abc import Iterator

from analysis.contract import Basis, Kind, Reading
from analysis.outcomes.found import FoundStatement, FoundTarget, Outcome
from analysis.reports.concessions.evidence import review_of
from analysis.reports.passages import words_at
from analysis.reports.rows import KindRow, StatementRow, TargetRow
from analysis.reports.tones import Tone, tone_of
from analysis.site.wording import machine_time


def statement_row(
    statement: FoundStatement, outcome: Outcome, threshold: float, *, is_first_after: bool
) -> StatementRow:
    """One row a statement and contest; its capture is the earliest, with the number of all."""
    reading = statement.reading
    sentiment = reading.sentiment if reading else None
    tone = tone_of(sentiment, threshold)
    capture = statement.captures[0] if statement.captures else None
    return StatementRow(
        election_id=outcome.contest.election.id,
        contest_id=outcome.contest.id,
        statement=statement.key,
        platform=statement.platform,
        post_id=statement.post_id,
        person_id=outcome.candidacy.person_id,
        name=outcome.candidacy.name,
        status=outcome.candidacy.status,
        elected=outcome.elected,
        margin_votes=outcome.margin_votes,
        published_at=statement.published.at if statement.published else None,
        published_precision=statement.published.precision if statement.published else None,
        published_local=machine_time(statement.published, outcome.contest.zone)
        if statement.published
        else None,
        minutes_from_declaration=outcome.minutes_from_declaration,
        phase=outcome.phase,
        first_after_declaration=is_first_after,
        channel=statement.channel,
        cue=statement.cue,
        reply_to=statement.reply_to,
        quoted=statement.quoted,
        addressee=statement.addressee,
        repost_of=statement.repost_of,
        lang=reading.lang if reading else statement.lang,
        text=statement.text,
        url=statement.url,
        kinds=tuple(kind.kind for kind in reading.kinds) if reading else (),
        targets=len(statement.targets),
        sentiment=sentiment.score if sentiment else None,
        label=sentiment.label if sentiment else None,
        confidence=sentiment.confidence if sentiment else None,
        counted_as=tone,
        is_unclear=tone is Tone.UNCLEAR,
        unscored=_unscored(reading),
        sentiment_method=sentiment.method if sentiment else None,
        reading_method=reading.method if reading else None,
        capture_id=capture.id if capture else None,
        capture_source=capture.source if capture else None,
        capture_sha256=capture.sha256 if capture else None,
        capture_retrieved_at=capture.retrieved_at if capture else None,
        capture_position=capture.position if capture else None,
        captures=len(statement.captures),
    )


def _unscored(reading: Reading | None) -> str | None:
    return "not_analysed" if reading is None else reading.unscored


def target_rows(statement: FoundStatement, outcome: Outcome, threshold: float) -> Iterator[TargetRow]:
    """One row a place that speaks of somebody; the author's own side is none."""
    for number, found in enumerate(statement.targets, start=1):
        assert statement.reading is not None
        yield _target_row(statement, outcome, found, number, statement.reading.method, threshold)


def _target_row(
    statement: FoundStatement,
    outcome: Outcome,
    found: FoundTarget,
    number: int,
    method: str,
    threshold: float,
) -> TargetRow:
    target, sentiment = found.target, found.sentiment
    tone = tone_of(sentiment, threshold)
    return TargetRow(
        election_id=outcome.contest.election.id,
        contest_id=outcome.contest.id,
        statement=statement.key,
        author_id=outcome.candidacy.person_id,
        author=outcome.candidacy.name,
        number=number,
        who=target.who,
        type=target.type,
        mention=target.mention,
        start=target.start,
        end=target.end,
        target_person_id=target.person_id,
        target_party_id=target.party_id,
        ambiguous=found.is_ambiguous,
        candidates=target.candidates,
        basis=target.basis,
        link_confidence=target.confidence,
        score=sentiment.score if sentiment else None,
        label=sentiment.label if sentiment else None,
        confidence=sentiment.confidence if sentiment else None,
        counted_as=tone,
        is_unclear=tone is Tone.UNCLEAR,
        sentiment_method=sentiment.method if sentiment else None,
        reading_method=method,
        review=review_of(target.reviewed),
        reviewed_by=target.reviewed.by if target.reviewed else None,
    )


def kind_rows(statement: FoundStatement, outcome: Outcome) -> Iterator[KindRow]:
    """One row a kind that a statement shows."""
    if statement.reading is None:
        return
    for kind in statement.reading.kinds:
        yield KindRow(
            election_id=outcome.contest.election.id,
            contest_id=outcome.contest.id,
            statement=statement.key,
            author_id=outcome.candidacy.person_id,
            author=outcome.candidacy.name,
            kind=kind.kind,
            strength=kind.strength,
            scope=kind.scope,
            types=kind.types,
            incivility=kind.incivility,
            targets=whom(kind, statement.reading),
            words=words_at(statement.text, kind.start, kind.end),
            start=kind.start,
            end=kind.end,
            confidence=kind.confidence,
            method=kind.method,
            review=review_of(kind.reviewed),
            reviewed_by=kind.reviewed.by if kind.reviewed else None,
        )


def whom(kind: Kind, reading: Reading) -> tuple[str, ...]:
    """Whom a kind is about, each once, in order; the author's own side is no target."""
    about = (reading.targets[place] for place in kind.targets)
    return tuple(dict.fromkeys(target.who for target in about if target.basis is not Basis.OWN_SIDE))
