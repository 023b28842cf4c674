"""Sends every row of an export to its table, in one pass over the statements, and counts them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from analysis.exports import ballot, rows
from analysis.exports.accounts import Known, account_rows, capture_rows, coverage_rows, known_accounts
from analysis.exports.choosing import Choice
from analysis.exports.counting import OTHER_BALLOT, OTHER_STATEMENT, STORED, Ledger, count_left_out, rows_in
from analysis.exports.findings import Findings
from analysis.exports.marks import Marks
from analysis.exports.pairs import Pairs
from analysis.exports.statements import Met, Statements
from analysis.reports.progress import Steps
from db.batches import batches

Write = Callable[[str, Iterable[rows.Row]], int]
"""Writes rows of a table; returns how many. What the export does not hold it passes over."""

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """What is read, and what is counted of it."""

    session: Session
    choice: Choice
    ledger: Ledger
    steps: Steps


def count_pairs(source: Source) -> tuple[Pairs, dict[str, str]]:
    """Who speaks of whom in the chosen statements; and the names of persons, by id."""
    met, pairs = Met(), Pairs()
    chosen = source.choice.chosen.method if source.choice.chosen else None
    methods = (chosen,) if chosen else ()
    findings = Findings(source.session, methods, met, Ledger())
    source.steps.total = len(source.choice.statements)
    for part in Statements(source.session, source.choice, known_accounts(source.session), met).parts():
        _, shown = findings.of(part.briefs, chosen)
        for brief in part.briefs:
            if brief.id in shown:
                pairs.add(brief, shown[brief.id])
        source.steps.step(len(part.briefs))
    names = {one.person_id: one.name for one in ballot.person_rows(source.session, met.persons) if one}
    return pairs, names


def fill(source: Source, write: Write, *, with_codes: bool) -> None:
    """Write all tables but the network's; `with_codes`: hand codes, too."""
    accounts = known_accounts(source.session)
    filling = _Filling(source, write, accounts, Met(), Pairs())
    filling.send("elections", ballot.election_rows(source.choice.elections))
    filling.send("contests", ballot.contest_rows(source.choice.contests))
    filling.send("candidacies", ballot.candidacy_rows(source.choice.contests))
    filling.statements()
    filling.send("who-whom", filling.pairs.who_whom())
    filling.what_is_referred_to(with_codes=with_codes)
    _count_ballot(source)
    count_left_out(source.session, source.choice, source.ledger)


def _count_ballot(source: Source) -> None:
    """Elections, contests and candidacies are chosen by id: what is left out is what remains."""
    contests, ledger = source.choice.contests, source.ledger
    chosen = {
        "elections": len(source.choice.elections),
        "contests": len(contests),
        "candidacies": sum(len(one.candidacies) for one in contests),
    }
    for table, rows_chosen in chosen.items():
        rest = rows_in(source.session, STORED[table]) - rows_chosen
        if source.choice.filters.is_of_ballot and rest > 0:
            ledger.leave_out(table, OTHER_BALLOT, rest)


@dataclass(frozen=True, slots=True)
class _Filling:
    source: Source
    write: Write
    accounts: Mapping[int, Known]
    met: Met
    pairs: Pairs

    def send(self, table: str, some: Iterable[rows.Row]) -> None:
        """Write rows of a table, and count them."""
        for few in batches(some, AT_ONCE):
            self.source.ledger.write(table, self.write(table, few))

    def statements(self) -> None:
        """Statements, what hangs on them, and what was found in them."""
        choice, session = self.source.choice, self.source.session
        chosen = choice.chosen.method if choice.chosen else None
        findings = Findings(session, choice.methods, self.met, self.source.ledger)
        self.source.steps.total = len(choice.statements)
        for part in Statements(session, choice, self.accounts, self.met).parts():
            found, shown = findings.of(part.briefs, chosen)
            for table, some in [*part.tables.items(), *found.tables.items()]:
                self.send(table, some)
            for brief in part.briefs:
                if brief.id in shown:
                    self.pairs.add(brief, shown[brief.id])
            self.source.steps.step(len(part.briefs))

    def what_is_referred_to(self, *, with_codes: bool) -> None:
        """Accounts, observations, captures, persons and parties: those that other rows name."""
        session, choice, ledger = self.source.session, self.source.choice, self.source.ledger
        everything = choice.filters.is_everything
        accounts = None if everything else self._accounts()
        ledger_kept = ledger.kept
        self.send("accounts", ledger_kept("accounts", account_rows(session, accounts)))
        covered = coverage_rows(session, self.accounts, accounts)
        self.send("coverage", ledger_kept("coverage", covered))
        statements = Statements(session, choice, self.accounts, self.met)
        seen = statements.observations(accounts)
        self.send("observations", ledger_kept("observations", seen))
        self.send("cross-posts", ledger_kept("cross-posts", statements.cross_posts(), OTHER_STATEMENT))
        quoted = statements.quotation_links()
        self.send("quotation-links", ledger_kept("quotation-links", quoted, OTHER_STATEMENT))
        if with_codes:
            codes = statements.hand_codes()
            self.send("hand-codes", ledger_kept("hand-codes", codes, OTHER_STATEMENT))
        captures = capture_rows(session, None if everything else self.met.captures)
        self.send("captures", ledger_kept("captures", captures))
        persons = None if everything else self.met.persons | choice.persons
        self.send("persons", ledger_kept("persons", ballot.person_rows(session, persons)))
        parties = None if everything else self._parties()
        self.send("parties", ledger_kept("parties", ballot.party_rows(session, parties)))

    def _accounts(self) -> Marks:
        """Those from which chosen statements come, and those of whoever is asked for."""
        asked = self.source.choice.filters.person
        owners = {asked} if asked is not None else self.source.choice.persons
        marks = self.met.accounts
        for number, account in self.accounts.items():
            if account.person_id in owners:
                marks.add(number)
        self.met.persons.update(
            account.person_id
            for number, account in self.accounts.items()
            if account.person_id is not None and number in marks
        )
        return marks

    def _parties(self) -> frozenset[str]:
        contests = self.source.choice.contests
        return frozenset(
            one.party_id for contest in contests for one in contest.candidacies if one.party_id is not None
        )
