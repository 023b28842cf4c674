"""A statement that a search found, as a frozen row."""

from dataclasses import dataclass
from datetime import datetime

from analysis.outcomes.found import FoundStatement


@dataclass(frozen=True, slots=True)
class HitTarget:
    """Whom a hit speaks of, and how."""

    who: str
    type: str
    person_id: str | None
    party_id: str | None
    label: str | None
    """None: not scored."""
    score: float | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One statement that fits, with what is known of it."""

    statement: str
    """`platform:post id`."""
    id: int
    person_id: str | None
    author: str | None
    party: str | None
    election_id: str | None
    contest_id: str | None
    contest: str | None
    elected: bool | None
    published_at: datetime | None
    precision: str | None
    local_time: str | None
    """By the clock of the author's contest, with its offset; a day alone where no more is known."""
    time_zone: str | None
    phase: str | None
    """Before or after polls and declaration; None where it belongs to no contest."""
    kinds: tuple[str, ...]
    targets: tuple[HitTarget, ...]
    method: str | None
    """Whose findings; None: the present text was not read."""
    url: str | None
    text: str
    also: tuple[str, ...] = ()
    """The same text of the same person on other platforms, as `platform:post id`."""


def hit_of(found: FoundStatement, also: tuple[str, ...] = ()) -> Hit:
    """A statement as a hit, with the outcome that it carries. `also`: its cross-posts."""
    outcome = found.outcome
    contest = outcome.contest if outcome else None
    return Hit(
        statement=found.key,
        id=found.id,
        person_id=found.person_id,
        author=found.author,
        party=outcome.candidacy.party_label if outcome else None,
        election_id=contest.election.id if contest else None,
        contest_id=contest.id if contest else None,
        contest=contest.name if contest else None,
        elected=outcome.elected if outcome else None,
        published_at=found.published.at if found.published else None,
        precision=found.published.precision if found.published else None,
        local_time=_local_time(found),
        time_zone=contest.zone.key if contest else None,
        phase=outcome.phase if outcome else None,
        kinds=tuple(kind.kind for kind in found.reading.kinds) if found.reading else (),
        targets=tuple(_targets(found)),
        method=found.reading.method if found.reading else None,
        url=found.url,
        text=found.text,
        also=also,
    )


def _local_time(found: FoundStatement) -> str | None:
    if found.published is None:
        return None
    if not found.published.is_exact:
        return found.published.at.date().isoformat()
    zone = found.outcome.contest.zone if found.outcome else None
    at = found.published.at.astimezone(zone) if zone else found.published.at
    return at.isoformat(timespec="minutes")


def _targets(found: FoundStatement) -> list[HitTarget]:
    return [
        HitTarget(
            who=one.target.who,
            type=one.target.type,
            person_id=one.target.person_id,
            party_id=one.target.party_id,
            label=one.sentiment.label if one.sentiment else None,
            score=one.sentiment.score if one.sentiment else None,
        )
        for one in found.targets
    ]
