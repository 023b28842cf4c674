"""What is known of a statement's author and occasion: person, contest, country, party, date."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache

from analysis.contract import Candidate, StatementText
from analysis.targets.facts import end_of
from analysis.targets.gazetteer import Gazetteer
from analysis.targets.parties import Parties
from analysis.targets.people import People, key, plain_handle

_WORD = re.compile(r"[^\W_]+")
_NAME_END = re.compile(r"[,;(\n]| - ")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who speaks, where and when, as far as it is known."""

    on: date | None
    at: datetime | None
    """In UTC; the end of the day where only the day is known."""
    platform: str | None
    author: int | None
    """Index of the author in the roster."""
    own_names: frozenset[str]
    """The author's names, surname and handle as they are compared."""
    contest_id: str | None
    election_id: str | None
    country: str
    """Empty where it is not known."""
    party: str
    """The author's party as written; empty where it is not known."""


class Occasions:
    """Reads the occasion of statements against one roster."""

    def __init__(self, people: People, parties: Parties, gazetteer: Gazetteer) -> None:
        self._people = people
        self._gazetteer = gazetteer
        self._parties = parties
        self._held = {c.election_id: c.polling_date for c in people.contests.values()}

    def read(self, statement: StatementText) -> Occasion:
        """Everything that the statement's fields and the roster tell of its occasion."""
        author = self._author(statement)
        candidacy = self._candidacy(author, statement)
        given = self._people.contest_for(statement.contest, self._elections(statement), statement.on)
        contest_id = given or (candidacy.contest_id if candidacy else None)
        return Occasion(
            on=statement.on,
            at=_moment(statement),
            platform=statement.platform,
            author=author,
            own_names=self._own_names(author, statement),
            contest_id=contest_id,
            election_id=self._election(candidacy, contest_id, statement),
            country=country_of(statement, self._gazetteer) or self._parties.country,
            party=statement.author_party
            or (candidacy.party_name if candidacy else self._party_in(statement.author_is or "")),
        )

    def complete(self, statement: StatementText) -> StatementText:
        """The statement with what the roster knows of its author: party, contest, election, polling day;
        and with the offices that the gazetteer says the author held then. Whom it does not know gets the
        polling day of the election that is named, or on which the author's country voted at that time."""
        candidacy = self._candidacy(self._author(statement), statement)
        if candidacy is None:
            return replace(statement, polls=statement.polls or self._polls(statement))
        offices = self._offices(candidacy, statement)
        described = [statement.author_is or candidacy.name, *offices] if offices else [statement.author_is]
        return replace(
            statement,
            person_id=candidacy.person_id,
            author_is="; ".join(filter(None, described)) or None,
            author_party=statement.author_party or candidacy.party_name or None,
            contest=statement.contest or candidacy.contest_id,
            election=statement.election or candidacy.election_id,
            polls=statement.polls or candidacy.polling_date,
        )

    def _polls(self, statement: StatementText) -> date | None:
        if statement.election in self._held:
            return self._held[statement.election]
        if statement.posted_at is None:
            return None
        country = country_of(statement, self._gazetteer) or self._parties.country
        return self._gazetteer.polling_day_near(country, statement.posted_at.date())

    def _offices(self, candidacy: Candidate, statement: StatementText) -> list[str]:
        """Offices held by somebody of the author's name and party when the statement was made."""
        names = (candidacy.name, *candidacy.other_names)
        moment, party = _moment(statement), self._parties.who(candidacy.party_name)
        return [
            tenure.office
            for name in dict.fromkeys(names)
            for tenure in self._gazetteer.tenures_of(name)
            if tenure.holds(moment) and tenure.party in ("", party)
        ]

    def _author(self, statement: StatementText) -> int | None:
        known = self._people.with_id(statement.person_id)
        if known is not None or not statement.author:
            return known
        owners = self._people.with_handle(statement.author, statement.platform, statement.on)
        named = owners or self._people.with_name(statement.author)
        return next(iter(named)) if len(named) == 1 else self._by_contest(named, statement)

    def _by_contest(self, named: frozenset[int], statement: StatementText) -> int | None:
        contest = self._people.contest_for(statement.contest, self._elections(statement), statement.on)
        fit = named & self._people.in_contest(contest)
        return next(iter(fit)) if len(fit) == 1 else None

    def _elections(self, statement: StatementText) -> frozenset[str]:
        """Elections of the roster that the statement may belong to: by id, else by polling day."""
        if statement.election in self._held:
            return frozenset({statement.election})
        return frozenset(e for e, day in self._held.items() if day == statement.polls)

    def _candidacy(self, author: int | None, statement: StatementText) -> Candidate | None:
        """The author's candidacy in the election at hand, else the one nearest in time."""
        if author is None:
            return None
        own = self._people.all[author].candidacies
        elections = self._elections(statement)
        fit = [c for c in own if c.election_id in elections] or list(own)
        on = statement.on
        return min(fit, key=lambda c: abs((c.polling_date - on).days)) if on else fit[-1]

    def _election(
        self, candidacy: Candidate | None, contest_id: str | None, statement: StatementText
    ) -> str | None:
        if contest_id in self._people.contests:
            return self._people.contests[contest_id].election_id
        if candidacy:
            return candidacy.election_id
        elections = self._elections(statement)
        return next(iter(elections)) if len(elections) == 1 else None

    def _party_in(self, described: str) -> str:
        """The first party that a description of the author names ('Jo Bloggs, Labour candidate for ...')."""
        words = _WORD.findall(described[:300])
        spellings = (words[i : i + size] for i in range(len(words)) for size in (4, 3, 2, 1))
        return next((" ".join(s) for s in spellings if self._parties.is_party(" ".join(s))), "")

    def _own_names(self, author: int | None, statement: StatementText) -> frozenset[str]:
        names = {plain_handle(statement.author or "")}
        described = _NAME_END.split(statement.author_is or "", maxsplit=1)[0]
        for name in (statement.author or "", described):
            names |= _with_surname(name)
        if author is not None:
            names |= self._people.called[author]
        return frozenset(names - {""})


def _with_surname(name: str) -> set[str]:
    parts = key(name).split()
    return {" ".join(parts), parts[-1]} if 1 < len(parts) <= 4 else set()


def _moment(statement: StatementText) -> datetime | None:
    """When it was said; a midnight sharp is how a day without a time is written."""
    posted = statement.posted_at
    if posted is None:
        return end_of(statement.polls) if statement.polls else None
    moment = posted.astimezone(UTC) if posted.tzinfo else posted.replace(tzinfo=UTC)
    return end_of(moment.date()) if moment.time() == time.min else moment


def country_of(statement: StatementText, gazetteer: Gazetteer) -> str:
    """The one country that election, contest and the author's description name; empty if none or several."""
    told = f"{statement.election or ''} {statement.author_is or ''} {statement.contest or ''}"
    return _country_in(told, gazetteer)


@lru_cache(maxsize=4096)  # authors repeat
def _country_in(told: str, gazetteer: Gazetteer) -> str:
    found = f" {' '.join(_WORD.findall(told.lower()))} "
    fit = set()
    for cue in gazetteer.countries:
        if f" {cue.cue} " in found:
            fit.add(cue.country)
            found = found.replace(cue.cue, "")
    return fit.pop() if len(fit) == 1 else ""
