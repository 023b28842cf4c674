"""The sheet that a coder fills in: a row a statement, a column a code, the program's findings hidden."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from analysis.contract import Reading, statement_key
from analysis.evaluation.codes import codes_of, sample_for
from analysis.evaluation.vocabulary import CODES, NOTE
from analysis.outcomes.ballot import Candidacy, Contest, standings_of
from analysis.outcomes.ballots import find_contests, find_elections
from analysis.outcomes.ledgers import handles_of
from analysis.outcomes.readings import readings_of
from analysis.outcomes.timing import Moment, moment_of
from analysis.spreadsheets.sheets import XLSX, check_name, csv_bytes
from db.models import Account, CodeSample, CodeSampleItem, Person, Statement

SAMPLE, STATEMENT, CHECK, TEXT, CODER = "sample", "statement", "text_check", "text", "coder"

CONTEXT = (
    *(SAMPLE, "position", STATEMENT, "id", CHECK),
    *("author", "author_is", "date", "polling_day", "reply_to", "quoted", TEXT),
)
"""What a coder sees of a statement; filled in by the program."""

FINDINGS = "found"
"""What the program found: only where a sheet is not blind."""

CODER_COLUMNS = (CODER, *(code.column for code in CODES))
"""What a coder fills in."""

EXPLAINED = (
    ("coder", "Your name, the same in every row, or name it when the sheet is loaded."),
    ("kinds", "The columns victory to other: yes for every kind that applies. Once a row has an answer, an"),
    (
        "",
        "empty kind means no. Where none of the kinds applies, other is yes. An empty row is not coded yet.",
    ),
    ("concession_strength", "strong or weak, where concession is yes."),
    ("..._scope", "own_contest, party or other, where that kind is yes."),
    ("accusation_...", "yes for every type that applies, where accusation is yes."),
    ("incivility, unsure", "yes or empty. note: your own words."),
    ("", "docs/codebook.md says what each kind means. Do not change the columns left of coder."),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One statement as a coder sees it."""

    statement_id: int
    text_sha256: str
    cells: Mapping[str, str]
    """By the columns of CONTEXT."""


def check_of(text_sha256: str) -> str:
    """What in a sheet says which text was coded; begins with a letter, so that no spreadsheet makes a
    number of it."""
    return f"t{text_sha256[:12]}"


def write_sheet(
    session: Session, name: str, path: Path, *, coder: str | None = None, with_findings: bool = False
) -> int:
    """Write a sample as a sheet, by the file's name CSV or XLSX; returns its rows.

    `coder`: with this coder's name and codes filled in. `with_findings`: not blind. Raises UnknownSample,
    and SpreadsheetRefused for another kind of file.
    """
    check_name(path)
    sample = sample_for(session, name)
    rows = rows_of(session, sample)
    columns = [*CONTEXT, *([FINDINGS] if with_findings else []), *CODER_COLUMNS]
    given = codes_of(session, [row.statement_id for row in rows]) if coder else {}
    found = _findings(session, rows, sample.method) if with_findings else {}
    cells = []
    for row in rows:
        answers = given.get(row.statement_id, {}).get(coder or "", {})
        filled = {code.column: answers.get(code.name, "") for code in CODES}
        by_column = {**row.cells, CODER: coder or "", FINDINGS: found.get(row.statement_id, ""), **filled}
        cells.append([by_column[column] for column in columns])
    if path.suffix.lower() == XLSX:
        from analysis.spreadsheets.workbooks import xlsx_bytes

        choices = {code.column: code.values for code in CODES if code.name != NOTE}
        path.write_bytes(xlsx_bytes(columns, cells, choices, EXPLAINED))
    else:
        path.write_bytes(csv_bytes(columns, cells))
    return len(rows)


def rows_of(session: Session, sample: CodeSample) -> list[SheetRow]:
    """The statements of a sample in the order of coding, each with its context."""
    query = (
        select(CodeSampleItem.position, Statement, Account.person_id)
        .join(Statement, col(Statement.id) == col(CodeSampleItem.statement_id))
        .outerjoin(Account, col(Account.id) == col(Statement.account_id))
        .where(CodeSampleItem.sample_id == sample.id)
        .order_by(col(CodeSampleItem.position))
    )
    items = session.exec(query).all()
    elections = find_elections(session)
    standings = standings_of(one for it in elections for one in find_contests(session, it))
    names: dict[str, str] = dict(session.exec(select(Person.id, Person.name)).all())
    handles = handles_of(session, {one.account_id for _, one, _ in items if one.account_id})
    return [
        SheetRow(
            statement_id=statement.id or 0,
            text_sha256=statement.text_sha256,
            cells={
                **_about(statement, standings.get(statement.person_id or owner or "", ())),
                SAMPLE: sample.name,
                "position": str(position),
                "author": names.get(statement.person_id or owner or "")
                or _at(handles.get(statement.account_id or 0))
                or statement.attribution_text
                or "",
            },
        )
        for position, statement, owner in items
    ]


def _at(handle: str | None) -> str | None:
    return handle and f"@{handle.lstrip('@')}"


def _about(statement: Statement, standings: Sequence[tuple[Contest, Candidacy]]) -> dict[str, str]:
    published = moment_of(statement.published_at, statement.published_precision)
    zone, polls, author_is = ZoneInfo("UTC"), "", ""
    if standings:
        contest, candidacy = min(standings, key=lambda one: _days_between(published, one[0]))
        zone, polls = contest.zone, contest.election.polling_date.isoformat()
        author_is = f"{candidacy.party_label}; {contest.name}; {contest.election.name}"
    return {
        STATEMENT: statement_key(statement.platform, statement.post_id),
        "id": str(statement.id),
        CHECK: check_of(statement.text_sha256),
        "author_is": author_is,
        "date": _date(published, zone),
        "polling_day": polls,
        "reply_to": statement.reply_to or "",
        "quoted": statement.quoted or "",
        TEXT: statement.text,
    }


def _days_between(published: Moment | None, contest: Contest) -> int:
    day = published.day_in(contest.zone) if published else date.max
    return abs((day - contest.election.polling_date).days)


def _date(published: Moment | None, zone: ZoneInfo) -> str:
    if published is None:
        return ""
    if not published.is_exact:
        return published.day_in(zone).isoformat()
    return f"{published.at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"


def _findings(session: Session, rows: Sequence[SheetRow], method: str | None) -> dict[int, str]:
    ids = [row.statement_id for row in rows]
    readings = readings_of(session, ids, method=method, as_found=True)
    return {statement: _in_words(reading) for statement, reading in readings.items()}


def _in_words(reading: Reading) -> str:
    return "; ".join(
        f"{kind.kind} {kind.confidence:.2f}" + (f" ({kind.strength})" if kind.strength else "")
        for kind in reading.kinds
    )


def letters_of(text: str) -> str:
    """A text without what spreadsheets change: spaces, line breaks, signs."""
    return re.sub(r"[\W_]+", "", text)
