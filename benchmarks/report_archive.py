"""An archive of a whole election with generated statements, made in a folder and kept for the next run."""

import csv
import json
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

from generate import SENTENCES, generate
from post_authors import Candidate, read_roster
from post_texts import Writer
from report_ballot import write_ballot
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from analysis.contract import Roster
from analysis.findings import analyse
from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.sentiment import DEFAULT_SCORER, scorer_for
from archive.account_import import import_accounts
from archive.ballots.formats import read_ballot
from archive.ballots.rows import Request
from archive.imports import import_statements
from archive.results import store_results
from archive.roster import LOOKED_UP_ELECTION
from db import open_database, writing
from db.models import Election, Reading, Statement

ARCHIVE: Final = "archive.db"
NEW_POSTS: Final = "new.ndjson"
MADE: Final = "made.json"
"""What the kept archive was made of; also the mark of a folder that is a benchmark's."""

DAYS_BEFORE: Final = 43
DAYS_AFTER: Final = 8
"""Statements lie between so many days before and after the day of the poll."""

LOG: Final = ("-wal", "-shm", "-journal")
"""Ends of the files that SQLite keeps beside a database."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What an archive is made of; results of nobody mean an invented ballot."""

    statements: int
    new: int
    contests: int
    candidates: int
    seed: int
    results: tuple[Path, ...] = ()

    def as_made(self, method: str) -> dict[str, object]:
        """The same as it is written down, with the method that read the statements."""
        size = {"results": [sha256(file.read_bytes()).hexdigest() for file in self.results]}
        told = {name: value for name, value in asdict(self).items() if name != "results"}
        if self.results:
            del told["contests"], told["candidates"]
        return {**told, **size, "method": method}


def take_folder(work: Path) -> None:
    """Make a folder a benchmark's own. Raises ValueError for one that holds something else."""
    work.mkdir(parents=True, exist_ok=True)
    if not (work / MADE).exists():
        if any(work.iterdir()):
            raise ValueError(f"{work} holds files that are no benchmark's: name an empty folder or a new one")
        _note(work, {})


def kept_archive(work: Path, order: Order, tell: Tell) -> tuple[Path, Path]:
    """The archive of an order and a file of its new posts: made unless the last one fits.

    Analysis goes on where it was interrupted. Raises ValueError for results that cannot be used.
    """
    archive, made = work / ARCHIVE, order.as_made(reading_method())
    if json.loads((work / MADE).read_text(encoding="utf-8")) == made and archive.exists():
        tell(f"kept archive: {archive}")
    else:
        _note(work, {})
        _remove(archive)
        _make(work, order, tell)
        _note(work, made)
    if _has_unread(archive):
        add_readings(archive, tell)
    return archive, work / NEW_POSTS


def write_roster(work: Path, order: Order) -> tuple[Path, Path, Path]:
    """An archive with ballot and accounts alone, a file of the posts of an order, and one of its new ones."""
    base, posts, new = work / "base.db", work / "posts.ndjson", work / NEW_POSTS
    engine = open_database(str(base), create=True)
    try:
        lines = _posts(engine, _store_ballot(engine, work, order), order)
        _write(posts, islice(lines, order.statements))
        _write(new, lines)
    finally:
        engine.dispose()
    return base, posts, new


def reading_method() -> str:
    """The method that reads statements here."""
    return Reader(Roster(), scorer_for(DEFAULT_SCORER)).method


def add_posts(archive: Path, posts: Path, tell: Tell) -> None:
    """Import and analyse posts. Raises ValueError where one cannot be read."""
    engine = open_database(str(archive))
    _import(engine, posts)
    engine.dispose()
    add_readings(archive, tell)


def add_readings(archive: Path, tell: Tell) -> None:
    """Analyse what was not analysed yet."""
    engine = open_database(str(archive))
    with Session(engine) as session:
        reader = Reader(load_roster(session), scorer_for(DEFAULT_SCORER))
    tally = analyse(engine, reader, progress=lambda done, all_: tell(f"analysed {done:,} of {all_:,}"))
    engine.dispose()
    if tally.read:
        tell(str(tally))


def _has_unread(archive: Path) -> bool:
    """Whether an archive, read by one method alone, holds statements without a reading."""
    engine = open_database(str(archive))
    with Session(engine) as session:
        read = select(Reading.statement_id)
        first = session.exec(select(Statement.id).where(col(Statement.id).not_in(read)).limit(1)).first()
    engine.dispose()
    return first is not None


def copy_archive(source: Path, target: Path) -> None:
    """Copy a database that nobody writes to, with what SQLite has not moved into it yet; it is not opened."""
    _remove(target)
    shutil.copyfile(source, target)
    log = Path(f"{source}{LOG[0]}")
    if log.exists():
        shutil.copyfile(log, f"{target}{LOG[0]}")


def _remove(database: Path) -> None:
    for end in ("", *LOG):
        Path(f"{database}{end}").unlink(missing_ok=True)


def _note(work: Path, made: dict[str, object]) -> None:
    (work / MADE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def _make(work: Path, order: Order, tell: Tell) -> None:
    """Ballot, accounts and statements; the newest posts are kept aside."""
    engine = open_database(str(work / ARCHIVE), create=True)
    try:
        candidates = _store_ballot(engine, work, order)
        tell(f"ballot: {len(candidates):,} candidates")
        old, new = work / "old.ndjson", work / NEW_POSTS
        lines = _posts(engine, candidates, order)
        _write(old, islice(lines, order.statements))
        _write(new, lines)
        _import(engine, old)
        old.unlink()
        tell(f"imported {order.statements:,} statements")
    finally:
        engine.dispose()


def _store_ballot(engine: Engine, work: Path, order: Order) -> list[Candidate]:
    """Store who stood, with how many votes and which accounts; the candidates as authors of posts."""
    results = order.results
    if not results:
        results = (work / "ballot.csv",)
        write_ballot(results[0], contests=order.contests, candidates=order.candidates, seed=order.seed)
    request = Request(default_election=LOOKED_UP_ELECTION)
    ballots = [read_ballot(file, request) for file in results]
    with writing(engine) as session:
        for ballot in ballots:
            store_results(session, ballot)
    candidates, rows = _candidates(results)
    accounts = work / "accounts.csv"
    _write_accounts(accounts, candidates, rows)
    import_accounts(engine, accounts)
    return candidates


def _candidates(results: Sequence[Path]) -> tuple[list[Candidate], list[dict[str, str]]]:
    """Candidates of the first file that lists any, each with its row."""
    problems = []
    for file in results:
        try:
            candidates = read_roster(file)
        except ValueError as error:
            problems.append(str(error))
            continue
        with file.open(newline="", encoding="utf-8-sig") as opened:
            rows = [row for row in csv.DictReader(opened, restval="") if _is_candidate(row)]
        return candidates, rows
    raise ValueError("; ".join(problems))


def _is_candidate(row: dict[str, str]) -> bool:
    return bool(row.get("person_name") or row.get("Candidate surname"))


def _write_accounts(path: Path, candidates: Sequence[Candidate], rows: Sequence[dict[str, str]]) -> None:
    """The accounts that generated posts come from, by the ids that the file gives its candidates.

    Raises ValueError where no candidate has an id or an account: then nobody could be an author.
    """
    owned = [
        (owner, candidate.platform, candidate.handle)
        for candidate, row in zip(candidates, rows, strict=True)
        if (owner := _owner(row))
    ]
    if not owned and not any(row.get("account_handle") for row in rows):
        raise ValueError(
            "no candidate has an id (DC Person ID, person_id) or an account: nobody can be an author"
        )
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("person_id", "platform", "handle"), *owned])


def _owner(row: dict[str, str]) -> str:
    """The id of a candidate's person in the archive; empty where the file gives none."""
    if club := row.get("DC Person ID"):
        return f"dc:{club}"
    own = row.get("person_id", "")
    return own if ":" in own or not own else f"roster:{own}"


def _posts(engine: Engine, candidates: Sequence[Candidate], order: Order) -> Iterator[str]:
    """All posts, oldest first, round the day of the poll."""
    day = _polling_date(engine)
    return generate(
        order.statements + order.new,
        seed=order.seed,
        candidates=candidates,
        writer=Writer(tomllib.loads(SENTENCES.read_text(encoding="utf-8"))),
        first=day - timedelta(days=DAYS_BEFORE),
        last=day + timedelta(days=DAYS_AFTER),
    )


def _polling_date(engine: Engine) -> date:
    with Session(engine) as session:
        return max(election.polling_date for election in session.exec(select(Election)))


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("wb") as file:
        for line in lines:
            file.write(line.encode())


def _import(engine: Engine, posts: Path) -> None:
    for file in import_statements(engine, posts):
        if file.tally.quarantined:
            raise ValueError(
                f"{posts}: {file.tally.quarantined:,} posts could not be read (table quarantine)"
            )
