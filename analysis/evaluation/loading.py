"""Takes filled-in sheets: every cell is checked first, then all codes are stored at once, or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from analysis.contract import statement_key
from analysis.evaluation.answers import WrongAnswer, answers_of
from analysis.evaluation.codes import coder_named
from analysis.evaluation.errors import CodingRefused
from analysis.evaluation.keeping import CodedText, Kept, keep_codes
from analysis.evaluation.sheets import (
    CHECK,
    CODER,
    CONTEXT,
    FINDINGS,
    SAMPLE,
    STATEMENT,
    TEXT,
    check_of,
    letters_of,
)
from analysis.evaluation.vocabulary import CODE_BY_COLUMN
from analysis.spreadsheets.errors import SheetRefused
from analysis.spreadsheets.sheets import Line, check_name, read_sheet
from db.batches import batches
from db.engine import writing
from db.models import CodeSample, CodeSampleItem, Statement, StatementVersion


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a statement: the present one, or one that was replaced."""

    statement_id: int
    text: str
    text_sha256: str
    is_present: bool


@dataclass(slots=True)
class Loaded:
    """What was loaded."""

    files: int = 0
    rows: int = 0
    """Rows with an answer."""
    empty: int = 0
    """Rows without one: what was loaded of them before stays."""
    stale: int = 0
    """Rows that code a text that was edited since: kept, but no figure uses them."""
    coders: tuple[str, ...] = ()
    kept: Kept = field(default_factory=Kept)


def load_sheets(engine: Engine, paths: Sequence[Path], *, coder: str | None = None) -> Loaded:
    """Store the codes of filled-in sheets; a coder's earlier codes of the same statements are replaced.

    `coder`: whose the sheets are; None: the column says it. Raises SheetRefused with every problem found
    (file, row, column); nothing is stored then.
    """
    coder = None if coder is None else coder_named(coder)
    lines = [line for path in paths for line in _lines(path)]
    loaded = Loaded(files=len(paths))
    with Session(engine) as session:
        texts = _texts(session, [line.cells[STATEMENT] for line in lines])
        samples = _samples(session)
    problems: list[str] = []
    coded: dict[tuple[str, int], tuple[str, CodedText]] = {}
    for line in lines:
        try:
            one = _coded(line, coder, texts, samples)
        except _Problem as problem:
            problems.append(f"{line.where}{problem}")
            continue
        if one is None:
            loaded.empty += 1
            continue
        place = (one.coder, one.statement_id)
        if place in coded:
            problems.append(f"{line.where}: {one.coder} coded this statement in {coded[place][0]} already")
        coded[place] = (line.where, one)
    if problems:
        raise SheetRefused(problems)
    found = [one for _, one in coded.values()]
    loaded.rows, loaded.coders = len(found), tuple(sorted({one.coder for one in found}))
    loaded.stale = sum(not one.is_present for one in found)
    with writing(engine) as session:
        loaded.kept = keep_codes(session, found)
    return loaded


class _Problem(Exception):
    """What is wrong in a row, behind the row's place: `, column x: ...` or `: ...`."""


def _lines(path: Path) -> Iterator[Line]:
    """The rows of one sheet, whose columns are all known. Raises SheetRefused."""
    check_name(path)
    sheet = read_sheet(path)
    _check_columns(path.name, set(sheet.columns))
    return sheet.lines


def _check_columns(file: str, columns: set[str]) -> None:
    known = {*CONTEXT, FINDINGS, CODER, *CODE_BY_COLUMN}
    problems = [f"{file} row 1: the column {name!r} is not known" for name in sorted(columns - known)]
    for name in (STATEMENT, CHECK):
        if name not in columns:
            problems.append(f"{file} row 1: the column {name!r} is missing")
    if not columns & set(CODE_BY_COLUMN):
        problems.append(f"{file} row 1: there is no column of codes, such as 'victory'")
    if problems:
        raise SheetRefused(problems)


def _coded(
    line: Line,
    coder: str | None,
    texts: Mapping[str, Sequence[_Text]],
    samples: Mapping[str, tuple[int, frozenset[int]]],
) -> CodedText | None:
    """What a row says; None for one that is not coded. Raises _Problem."""
    cells = line.cells
    try:
        answers = answers_of({name: cell for name, cell in cells.items() if name in CODE_BY_COLUMN})
    except WrongAnswer as wrong:
        raise _Problem(f", column {wrong.column}: {wrong}") from wrong
    if not answers:
        return None
    text = _text_coded(cells, texts)
    return CodedText(
        statement_id=text.statement_id,
        text_sha256=text.text_sha256,
        is_present=text.is_present,
        coder=_coder(cells.get(CODER, "").strip(), coder),
        sample_id=_sample(cells.get(SAMPLE, "").strip(), text.statement_id, samples),
        answers=answers,
        asked=frozenset(CODE_BY_COLUMN[name].name for name in cells if name in CODE_BY_COLUMN),
    )


def _text_coded(cells: Mapping[str, str], texts: Mapping[str, Sequence[_Text]]) -> _Text:
    key, check = cells[STATEMENT].strip(), cells[CHECK].strip()
    known = texts.get(key, ())
    if not known:
        raise _Problem(f", column {STATEMENT}: the archive holds no statement {key!r}")
    text = next((one for one in known if check_of(one.text_sha256) == check), None)
    if text is None:
        raise _Problem(f", column {CHECK}: {key} never had the text that {check!r} stands for")
    shown = letters_of(cells.get(TEXT, ""))
    if shown and not letters_of(text.text).startswith(shown):
        raise _Problem(f", column {TEXT}: this is not the text of {key}: was one column sorted by itself?")
    return text


def _coder(written: str, named: str | None) -> str:
    if written and named and written != named:
        raise _Problem(f", column {CODER}: {written!r}, but the sheets are loaded as {named!r}'s")
    if not (written or named):
        raise _Problem(f", column {CODER}: nobody is named; fill it in, or load with --coder NAME")
    try:
        return coder_named(written or named or "")
    except CodingRefused as refused:
        raise _Problem(f", column {CODER}: {refused}") from refused


def _sample(written: str, statement: int, samples: Mapping[str, tuple[int, frozenset[int]]]) -> int | None:
    if not written:
        return None
    if written not in samples:
        raise _Problem(f", column {SAMPLE}: there is no sample {written!r}")
    sample_id, statements = samples[written]
    if statement not in statements:
        raise _Problem(f", column {STATEMENT}: this statement is not in the sample {written!r}")
    return sample_id


def _texts(session: Session, keys: Sequence[str]) -> dict[str, list[_Text]]:
    """platform:post_id as written -> every text that this statement had, the present one first."""
    wanted = {key.strip() for key in keys}
    ids = sorted({key.partition(":")[2] for key in wanted})
    found: dict[str, list[_Text]] = {}
    names: dict[int, str] = {}
    for some in batches(ids):
        query = select(Statement).where(col(Statement.post_id).in_(some))
        for one in session.exec(query):
            key = statement_key(one.platform, one.post_id)
            if key in wanted:
                names[one.id or 0] = key
                found[key] = [_Text(one.id or 0, one.text, one.text_sha256, True)]
    for known in batches(sorted(names)):
        versions = select(StatementVersion).where(col(StatementVersion.statement_id).in_(known))
        for old in session.exec(versions.order_by(col(StatementVersion.number).desc())):
            text = _Text(old.statement_id, old.text, old.text_sha256, False)
            found[names[old.statement_id]].append(text)
    return found


def _samples(session: Session) -> dict[str, tuple[int, frozenset[int]]]:
    """Name -> id and statements of every sample."""
    statements: dict[int, set[int]] = {}
    for sample, statement in session.exec(select(CodeSampleItem.sample_id, CodeSampleItem.statement_id)):
        statements.setdefault(sample, set()).add(statement)
    return {
        name: (sample or 0, frozenset(statements.get(sample or 0, ())))
        for sample, name in session.exec(select(CodeSample.id, CodeSample.name))
    }
