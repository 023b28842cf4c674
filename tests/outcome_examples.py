"""Invented contests, claims and coverage from which tests of outcomes are put together."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from analysis.contract import (
    AccusationType,
    Basis,
    Kind,
    KindName,
    Reading,
    Scope,
    Strength,
    Target,
    TargetType,
    Unscored,
)
from analysis.outcomes import (
    Candidacy,
    Contest,
    Election,
    FoundStatement,
    Moment,
    Outcome,
    StageEvent,
    minutes_from_declaration,
    phase_of,
)
from analysis.outcomes.ballot import margin_to_threshold
from db.words import ResultStage

POLLS = date(2023, 5, 4)
METHOD = "text-1+kinds-test-1"


def at(text: str, precision: str = "second") -> Moment:
    """A time; UTC where it states no offset."""
    moment = datetime.fromisoformat(text)
    return Moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC), precision)


def local(text: str, zone: str = "Europe/London", precision: str = "minute") -> Moment:
    """A local time of a zone."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return Moment(moment.astimezone(UTC), precision)


DECLARED = local("2023-05-05 04:37")
"""03:37 UTC: summer time stands between them."""


def election(id_: str = "council.2023-05-04", polls: date = POLLS, zone: str = "Europe/London") -> Election:
    closes = datetime(polls.year, polls.month, polls.day, 22, 0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Election(id_, f"The election {id_}", polls, zone, closes, None, None)


def candidacy(
    number: int = 1,
    *,
    contest: str = "hill",
    person: str | None = None,
    party: str | None = "x:hp",
    elected: bool | None = None,
    basis: str = "source",
    votes: int | None = None,
    status: str = "standing",
) -> Candidacy:
    return Candidacy(
        id=number,
        contest_id=contest,
        person_id=person or f"p:{number}",
        name=f"Candidate {number}",
        family_name=None,
        party_id=party,
        party=None if party is None else f"Party {party}",
        party_abbreviation=None,
        ballot_label=None,
        status=status,
        votes=votes,
        share=None,
        change=None,
        elected=elected,
        elected_basis=None if elected is None else basis,
        incumbent=None,
        source=None,
    )


def contest(
    *candidacies: Candidacy,
    id_: str = "hill",
    of: Election | None = None,
    seats: int = 1,
    declared: Moment | None = DECLARED,
    events: tuple[StageEvent, ...] = (),
) -> Contest:
    return Contest(
        id=id_,
        name=f"Ward {id_}",
        election=of or election(),
        seats=seats,
        area_id=None,
        region=None,
        electorate=None,
        valid_votes=None,
        invalid_votes=None,
        stated_majority=None,
        declared=declared,
        declared_zone=None,
        declared_source="returning officer",
        result_stage=None,
        result_source=None,
        result_summary=None,
        all_candidates_listed=True,
        totals_checked=False,
        candidacies=candidacies,
        events=events,
    )


def event(stage: str, moment: Moment) -> StageEvent:
    return StageEvent(ResultStage(stage), moment, "returning officer")


def kind(
    name: str,
    scope: str | None = "own_contest",
    *,
    strength: str | None = None,
    start: int = 0,
    end: int = 7,
    types: tuple[str, ...] = (),
    targets: tuple[int, ...] = (),
) -> Kind:
    return Kind(
        kind=KindName(name),
        start=start,
        end=end,
        confidence=0.9,
        method="kinds-test-1",
        strength=Strength(strength) if strength else None,
        scope=Scope(scope) if scope else None,
        types=tuple(AccusationType(word) for word in types),
        targets=targets,
    )


def target(
    who: str,
    type_: str = "person",
    *,
    person: str | None = None,
    party: str | None = None,
    basis: str = "full_name",
) -> Target:
    return Target(0, 5, who, who, TargetType(type_), Basis(basis), 0.9, person_id=person, party_id=party)


def statement(
    where: Contest,
    who: Candidacy,
    published: Moment | None,
    *kinds: Kind,
    id_: int = 1,
    text: str = "We have spoken with the voters of this ward tonight.",
    targets: tuple[Target, ...] = (),
    repost_of: str | None = None,
    platform: str = "x",
    account: int | None = None,
    unscored: str | None = None,
    is_read: bool = True,
) -> FoundStatement:
    reading = Reading(
        id=str(id_),
        method=METHOD,
        lang="en",
        lang_confidence=1.0,
        unscored=Unscored(unscored) if unscored else None,
        sentiment=None,
        kinds=kinds,
        targets=targets,
        toward=(None,) * len(targets),
    )
    return FoundStatement(
        id=id_,
        platform=platform,
        post_id=str(id_),
        person_id=who.person_id,
        author=who.name,
        text=text,
        published=published,
        channel="social",
        url=None,
        lang=None,
        reply_to=None,
        quoted=None,
        repost_of=repost_of,
        addressee=None,
        cue=None,
        captures=(),
        reading=reading if is_read else None,
        outcome=Outcome(
            contest=where,
            candidacy=who,
            elected=who.elected,
            margin_votes=margin_to_threshold(who, where),
            minutes_from_declaration=minutes_from_declaration(published, where.declared),
            phase=phase_of(published, where.clock),
        ),
        account_id=account,
    )
