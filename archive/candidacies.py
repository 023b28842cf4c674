"""Contests and candidacies: those of a file matched to those known, and stored."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from archive.ballots.names import words
from archive.ballots.rows import Ballot, CandidateRow, ContestRow, ElectionRow
from archive.batches import batches
from archive.changes import assign
from archive.contract import UnreadableSource
from archive.matching import Entry, matched
from archive.parties import BY_NAME, Parties
from archive.persons import PersonRegister, all_names
from db.models import Candidacy, Contest, Election
from db.words import CandidacyStatus


@dataclass(slots=True)
class Kept:
    """A file's rows in the archive, while they are being stored."""

    contests: dict[str, Contest] = field(default_factory=dict)
    """By the id in the file."""
    old_contests: set[str] = field(default_factory=set)
    """Ids of the contests that were there before."""
    old_candidacies: set[int | None] = field(default_factory=set)
    """Keys of the candidacies that were there before."""
    complete: set[str] = field(default_factory=set)
    """Ids of contests of which an earlier source listed every candidate."""
    candidacies: defaultdict[str, list[Candidacy]] = field(default_factory=lambda: defaultdict(list))
    """Every candidacy of the file's contests, by the contest's id in the archive."""
    told: list[tuple[CandidateRow, Candidacy]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Id of a person -> name, for messages."""
    unmatched: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed: set[tuple[str, str]] = field(default_factory=set)
    """Table and key of what was there before and is different now."""
    accounts: int = 0
    new_contests: int = 0
    new_candidacies: int = 0
    new_persons: int = 0
    new_accounts: int = 0
    changed_accounts: int = 0


def keep_contests(session: Session, ballot: Ballot) -> Kept:
    """Store a file's elections and contests; load what is known of them.

    A contest is known by its id, or as the only one of its election in an area with the same code.
    """
    kept = Kept()
    for election in ballot.elections:
        _keep_election(session, ballot, election, kept)
    session.flush()
    known = _known_contests(session, ballot)
    for row in ballot.contests:
        contest = known.get(row.id)
        kept.contests[row.id] = (
            _new_contest(row, kept) if contest is None else _known_contest(ballot, row, contest, kept)
        )
    session.add_all(kept.contests.values())
    session.flush()
    for candidacy in _stored_candidacies(session, kept):
        kept.candidacies[candidacy.contest_id].append(candidacy)
        kept.old_candidacies.add(candidacy.id)
    return kept


def _known_contests(session: Session, ballot: Ballot) -> dict[str, Contest]:
    """Id in the file -> the stored contest of that id, else the only other one in that area."""
    told = {row.id for row in ballot.contests}
    found: dict[str, Contest] = {}
    for ids in batches(sorted(told)):
        found |= {one.id: one for one in session.exec(select(Contest).where(col(Contest.id).in_(ids)))}
    elections = [election.id for election in ballot.elections]
    by_area: defaultdict[tuple[str, str | None], list[Contest]] = defaultdict(list)
    for contest in session.exec(select(Contest).where(col(Contest.election_id).in_(elections))):
        if contest.id not in told:
            by_area[contest.election_id, contest.area_id].append(contest)
    for row in ballot.contests:
        there = by_area[row.election_id, row.area_id] if row.area_id else []
        if row.id not in found and len(there) == 1:
            found[row.id] = there[0]
    return found


def _keep_election(session: Session, ballot: Ballot, row: ElectionRow, kept: Kept) -> None:
    known = session.get(Election, row.id)
    if known is not None:
        told = {"name": row.name, "polling_date": row.polling_date, "time_zone": row.time_zone}
        if assign(known, **told, polls_close_at=row.polls_close_at, country=row.country):
            kept.changed.add(("election", row.id))
        return
    if row.time_zone is None:
        raise UnreadableSource(
            f"{ballot.file}: the election {row.id} has no time zone: "
            "add the column time_zone or give --timezone"
        )
    session.add(
        Election(
            id=row.id,
            name=row.name or row.fallback_name,
            polling_date=row.polling_date,
            time_zone=row.time_zone,
            polls_close_at=row.polls_close_at,
            country=row.country,
            source=ballot.file,
        )
    )


def _new_contest(row: ContestRow, kept: Kept) -> Contest:
    contest = Contest(id=row.id, election_id=row.election_id, name=row.name)
    _tell(contest, row)
    kept.new_contests += 1
    return contest


def _known_contest(ballot: Ballot, row: ContestRow, contest: Contest, kept: Kept) -> Contest:
    if contest.election_id != row.election_id:
        raise ballot.wrong(row.place, "contest_id", f"{row.id} belongs to the election {contest.election_id}")
    kept.old_contests.add(contest.id)
    if contest.all_candidates_listed:
        kept.complete.add(contest.id)
    if _tell(contest, row):
        kept.changed.add(("contest", contest.id))
    return contest


def _tell(contest: Contest, row: ContestRow) -> bool:
    return assign(
        contest,
        name=row.name if words(row.name) != words(contest.name) else None,  # capitals differ by source
        seats=row.seats,
        area_id=row.area_id,
        region=row.region,
        country=row.country,
        all_candidates_listed=row.all_candidates_listed,
    )


def _stored_candidacies(session: Session, kept: Kept) -> Iterator[Candidacy]:
    for ids in batches(sorted(contest.id for contest in kept.contests.values())):
        yield from session.exec(select(Candidacy).where(col(Candidacy.contest_id).in_(ids)))


def keep_candidates(session: Session, ballot: Ballot, kept: Kept, parties: Parties) -> None:
    """Store a file's candidates: each is a candidacy known already, or a new one.

    Raises UnreadableSource where ids and names contradict each other.
    """
    known = [candidacy for there in kept.candidacies.values() for candidacy in there]
    register = PersonRegister(session, ballot, (candidacy.person_id for candidacy in known))
    plan = [
        (row, candidacy, register.settle(row, same, kept.contests[row.contest_id].id))
        for row, candidacy, same in _recognised(ballot, kept, register, parties)
    ]
    register.store()
    for candidacy in known:  # the merge has moved them in the database
        set_committed_value(candidacy, "person_id", register.current(candidacy.person_id))
    for row, found, person_id in plan:
        party_id = parties.id_of(row.party)
        person = register.current(person_id)
        candidacy = found or _new_candidacy(ballot, row, person, kept)
        if _describe(ballot, candidacy, row, party_id) and found is not None:
            kept.changed.add(("candidacy", f"{found.contest_id} {person}"))
        kept.told.append((row, candidacy))
        kept.names[person] = row.name
    session.add_all(candidacy for _, candidacy in kept.told)
    session.flush()
    kept.new_persons = register.created
    kept.notes += register.notes
    kept.changed |= {("person", person) for person in register.changed}


Recognised = tuple[CandidateRow, Candidacy | None, frozenset[str]]


def _recognised(
    ballot: Ballot, kept: Kept, register: PersonRegister, parties: Parties
) -> Iterator[Recognised]:
    """Each row with its known candidacy, and the ids of persons who are its person."""
    by_contest: defaultdict[str, list[CandidateRow]] = defaultdict(list)
    for row in ballot.candidates:
        by_contest[row.contest_id].append(row)
    for contest_id, listed in by_contest.items():
        contest = kept.contests[contest_id]
        rows = [register.believed(row) for row in listed]
        known = kept.candidacies[contest.id]
        told = [_told_entry(row, register, parties) for row in rows]
        entries = [_known_entry(one, register, parties) for one in known]
        pairs = matched(told, entries, seats=contest.seats, winners=ballot.winners_only)
        for index, (row, entry) in enumerate(zip(rows, told, strict=True)):
            candidacy = known[pairs[index]] if index in pairs else None
            if candidacy is None and _is_shut_out(ballot, row, contest, kept):
                continue
            there = {register.current(candidacy.person_id)} if candidacy else set()
            yield row, candidacy, frozenset(map(register.current, entry.persons)) | there


def _told_entry(row: CandidateRow, register: PersonRegister, parties: Parties) -> Entry:
    return Entry(
        names=all_names(row.name, row.other_names, row.given_name, row.family_name),
        party_id=parties.id_of(row.party),
        abbreviation=row.party.abbreviation if row.party else row.party_hint,
        persons=register.known_by_identifier(row),
        identifiers=frozenset(row.identifiers),
    )


def _known_entry(candidacy: Candidacy, register: PersonRegister, parties: Parties) -> Entry:
    person_id = register.current(candidacy.person_id)
    return Entry(
        names=register.names_of(person_id),
        party_id=candidacy.party_id,
        abbreviation=parties.abbreviations.get(candidacy.party_id, candidacy.ballot_label),
        persons=frozenset((person_id,)),
        identifiers=register.identifiers_of(person_id),
    )


def _is_shut_out(ballot: Ballot, row: CandidateRow, contest: Contest, kept: Kept) -> bool:
    """Whether a complete list of the contest, stored before, leaves no place for this new candidate.

    Stored as standing, it would be there twice under two spellings, or beside the ballot.
    """
    if contest.id not in kept.complete or row.votes is not None:
        return False
    if row.status not in (None, CandidacyStatus.STANDING):
        return False
    if ballot.winners_only:
        raise ballot.wrong(row.place, "name", f"{row.name} is not among the candidates of {contest.id}")
    kept.unmatched.append(
        f"{row.place.file}, row {row.place.row}: {row.name} is not in the complete list of {contest.id}"
    )
    return True


def _new_candidacy(ballot: Ballot, row: CandidateRow, person_id: str, kept: Kept) -> Candidacy:
    contest_id = kept.contests[row.contest_id].id
    label = row.ballot_label or row.party_hint
    if any(one.person_id == person_id for one in kept.candidacies[contest_id]):
        raise ballot.wrong(
            row.place, "name", f"{row.name} ({person_id}) is a candidate of {contest_id} twice"
        )
    candidacy = Candidacy(
        contest_id=contest_id, person_id=person_id, ballot_label=label, source=row.source or ballot.file
    )
    kept.candidacies[contest_id].append(candidacy)
    kept.new_candidacies += 1
    return candidacy


def _describe(ballot: Ballot, candidacy: Candidacy, row: CandidateRow, party_id: str | None) -> bool:
    """Party, label and status as told.

    A party known by name only does not replace one with an id. Two sources word a party's label in two
    ways: it changes with the party, or when the source that brought the candidacy corrects itself.
    """
    known = candidacy.party_id
    if party_id is not None and party_id.startswith(BY_NAME) and known and not known.startswith(BY_NAME):
        party_id = known
    stands_without = party_id is None and row.ballot_label is not None
    moved = party_id != known if party_id is not None else stands_without and known is not None
    if moved:
        candidacy.party_id = party_id
    if not moved and candidacy.ballot_label and candidacy.source not in (row.source, ballot.file):
        return assign(candidacy, status=row.status)
    return assign(candidacy, ballot_label=row.ballot_label, status=row.status) or moved
