"""Reviewing by file: a CSV of findings with an empty verdict, and the decisions read from it again."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO, TypeVar

from sqlmodel import Session

from analysis.contract import AccusationType, KindName, Reading, Scope, Strength, TargetType
from analysis.outcomes.readings import readings_of
from analysis.references import UnclearStatement, UnknownStatement, statement_for
from analysis.reviews.actors import completed
from analysis.reviews.deciding import KindChange, Reviewer, TargetChange, decide_kind, decide_target, place_in
from analysis.reviews.decisions import Decision, KindValue, ReviewRefused, TargetValue, place_of_target
from analysis.reviews.pending import Pending
from analysis.reviews.stored import Signed
from analysis.spreadsheets.cells import cell_text, plain, unguarded
from analysis.spreadsheets.errors import SheetRefused
from analysis.spreadsheets.sheets import Line, read_sheet, sheet_cell, write_csv
from db.batches import batches
from db.models import Statement
from db.words import ReviewSubject, ReviewVerdict

SHOWN = ("author", "published", "text", "confidence", "reviewed_by")
"""Columns that only help the reviewer: what stands in them is not read."""
NAMED = ("statement", "subject", "place")
KIND = ("words", "strength", "scope", "types", "incivility")
TARGET = ("who", "type", "person_id", "party_id")
ANSWERED = ("verdict", "note")
COLUMNS = (*NAMED, *SHOWN, *KIND, *TARGET, *ANSWERED)

Word = TypeVar("Word", bound=StrEnum)

Cells = Mapping[str, str]
"""A row of a sheet, by column."""


def write_sheet(sink: TextIO, findings: Iterable[Pending]) -> int:
    """Write a sheet; returns its rows."""
    return write_csv(sink, COLUMNS, map(_row, findings))


def _row(one: Pending) -> list[str]:
    cells = _cells(one)
    return [cell_text(plain(cells.get(column))) for column in COLUMNS]


def _cells(one: Pending) -> dict[str, Any]:
    statement = one.statement
    cells: dict[str, Any] = {
        "statement": statement.key,
        "author": statement.author,
        "published": statement.published.at if statement.published else None,
        "text": statement.text,
    }
    found = one.kind or one.target
    assert found is not None  # one of the two is there
    cells["confidence"] = found.confidence
    cells["reviewed_by"] = found.reviewed.by if found.reviewed else None
    if one.kind is not None:
        kind = KindValue.of(one.kind, statement.reading.targets if statement.reading else ())
        return cells | {"subject": "kind", "place": one.kind.kind.value} | _kind_cells(statement.text, kind)
    assert one.target is not None
    target = TargetValue.of(one.target)
    return cells | {"subject": "target", "place": place_of_target(target)} | _target_cells(target)


def _kind_cells(text: str, value: KindValue) -> dict[str, Any]:
    return {
        "words": text[value.start : value.end],
        "strength": value.strength,
        "scope": value.scope,
        "types": tuple(value.types),
        "incivility": value.incivility,
    }


def _target_cells(value: TargetValue) -> dict[str, Any]:
    return {
        "words": value.mention,
        "who": value.who,
        "type": value.type,
        "person_id": value.person_id,
        "party_id": value.party_id,
    }


def decisions_in(session: Session, path: Path, reviewer: Reviewer) -> list[Signed]:
    """The decisions of a sheet: rows without a verdict are left out, of each column only what differs
    from what is found counts.

    Raises SheetRefused or ReviewRefused, with file and row, for anything that cannot be read or cannot be:
    then nothing of the sheet is to be stored.
    """
    lines = list(_answered(path))
    keys = dict.fromkeys(line.cells["statement"] for line in lines)
    statements = {key: _statement(session, key, lines) for key in keys}
    readings: dict[int, Reading] = {}
    for some in batches(one.id or 0 for one in statements.values()):
        readings |= readings_of(session, some)
    signed = []
    for line in lines:
        statement = statements[line.cells["statement"]]
        reading = readings.get(statement.id or 0)
        if reading is None:
            raise _wrong(line, f"no method has read {line.cells['statement']}: run hustings analyse first")
        try:
            decision = _decision(session, statement.text, reading, line.cells, reviewer)
        except ReviewRefused as error:
            raise _wrong(line, str(error)) from error
        signed.append(Signed(statement.id or 0, statement.text_sha256, decision))
    return signed


def _wrong(line: Line, message: str) -> ReviewRefused:
    return ReviewRefused(f"{line.where}: {message}")


def _statement(session: Session, key: str, lines: Iterable[Line]) -> Statement:
    try:
        return statement_for(session, key)
    except (UnclearStatement, UnknownStatement) as error:
        raise _wrong(next(line for line in lines if line.cells["statement"] == key), str(error)) from error


def _answered(path: Path) -> Iterator[Line]:
    """The rows with a verdict; columns that the file has not are empty."""
    sheet = read_sheet(path)
    missing = [column for column in (*NAMED, *ANSWERED) if column not in sheet.columns]
    unknown = sorted(set(sheet.columns) - set(COLUMNS))
    if missing or unknown:
        what = f"lacks the column {missing[0]}" if missing else f"has an unknown column {unknown[0]}"
        raise SheetRefused([f"{path.name} row 1: {what} (hustings review sheet writes a good one)"])
    for line in sheet.lines:
        if line.cells["verdict"].strip():
            yield Line(line.where, dict.fromkeys(COLUMNS, "") | line.cells)


def _decision(session: Session, text: str, reading: Reading, line: Cells, reviewer: Reviewer) -> Decision:
    verdict = _word(ReviewVerdict, "verdict", line["verdict"])
    signed = Reviewer(reviewer.name, reviewer.at, line["note"] or reviewer.note)
    subject = _word(ReviewSubject, "subject", line["subject"])
    if subject is ReviewSubject.KIND:
        name = _word(KindName, "place", line["place"])
        return decide_kind(text, reading, name, verdict, signed, _kind_change(text, reading, name, line))
    if subject is ReviewSubject.TARGET:
        place = place_in(text, reading.targets, line["place"])
        change = completed(session, _target_change(reading, place, line))
        return decide_target(text, reading, place, verdict, signed, change)
    raise ReviewRefused("an owner is reviewed by hustings review owner")


def _kind_change(text: str, reading: Reading, name: KindName, line: Cells) -> KindChange:
    kind = next((one for one in reading.kinds if one.kind is name), None)
    cells = _kind_cells(text, KindValue.of(kind, reading.targets)) if kind else {}
    new = _new(line, KIND, cells)
    return KindChange(
        words=new.get("words"),
        strength=_word(Strength, "strength", new["strength"]) if new.get("strength") else None,
        scope=_word(Scope, "scope", new["scope"]) if new.get("scope") else None,
        types=_types(new["types"]) if "types" in new else None,
        incivility=_yes(new["incivility"]) if "incivility" in new else None,
    )


def _target_change(reading: Reading, place: str, line: Cells) -> TargetChange:
    target = next((one for one in reading.targets if place_of_target(one) == place), None)
    new = _new(line, TARGET, _target_cells(TargetValue.of(target)) if target else {})
    return TargetChange(
        who=new.get("who"),
        type=_word(TargetType, "type", new["type"]) if new.get("type") else None,
        person_id=new.get("person_id"),
        party_id=new.get("party_id"),
    )


def _new(line: Cells, columns: Iterable[str], found: Mapping[str, Any]) -> dict[str, str]:
    """The cells that say something else than what is found. An emptied cell says nothing, but for types."""
    new = {}
    for column in columns:
        was = unguarded(sheet_cell(cell_text(plain(found.get(column)))))
        if line[column] != was and (line[column] or column == "types"):
            new[column] = line[column]
    return new


def _types(cell: str) -> tuple[AccusationType, ...]:
    parts = (part.strip() for part in cell.replace(",", ";").split(";"))
    return tuple(_word(AccusationType, "types", part) for part in parts if part)


def _yes(cell: str) -> bool:
    try:
        return {"true": True, "yes": True, "false": False, "no": False}[cell.strip().lower()]
    except KeyError:
        raise ReviewRefused(f"incivility {cell!r} is neither true nor false") from None


def _word(words: type[Word], column: str, cell: str) -> Word:
    value = cell.strip().lower()
    try:
        return words(value)
    except ValueError:
        raise ReviewRefused(f"{column} {value!r} is none of {', '.join(words)}") from None
