"""Files of statements into the archive: all are looked at first, then stored, as one round."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from archive.contract import Choices, Importer, Layout, UnreadableSource
from archive.ingest import Tally, begin_round, end_round, import_file
from archive.registry import importer_for
from db.models import Person
from db.release import release

Tell = Callable[[int, int], None]
"""Is told (bytes done, bytes in all)."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file, and how it is to be read."""

    path: Path
    importer: Importer
    layout: Layout


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file, and what became of its records."""

    path: Path
    tally: Tally


def plan_files(
    paths: Sequence[Path], *, format: str | None = None, choices: Choices | None = None
) -> list[PlannedFile]:
    """How each file is to be read. Raises UnreadableSource for one that is wrong as a whole."""
    plans = []
    for path in paths:
        importer = importer_for(path, format)
        plans.append(PlannedFile(path, importer, importer.plan(path, choices or Choices())))
    return plans


def import_planned(
    engine: Engine,
    planned: Sequence[PlannedFile],
    *,
    progress: Callable[[str], AbstractContextManager[Tell | None]] = lambda label: nullcontext(),
) -> list[ImportedFile]:
    """Store the files' statements. Safe to interrupt and to repeat: what is stored is known the next time.

    The round of an import that was interrupted has no end.
    """
    _need_authors(engine, planned)
    round_id = begin_round(engine, "import", release())
    imported: list[ImportedFile] = []
    outcome: str | None = "failed"
    try:
        for file in planned:
            with progress(file.path.name) as tell:
                tally = import_file(
                    engine, file.path, file.importer, file.layout, round_id=round_id, progress=tell
                )
            imported.append(ImportedFile(file.path, tally))
        outcome = "partly" if any(file.tally.quarantined for file in imported) else "done"
    except KeyboardInterrupt:
        outcome = None  # the transaction that was cut short may still hold the lock: nothing can be written
        raise
    finally:
        if outcome:
            end_round(engine, round_id, outcome, asdict(sum((file.tally for file in imported), Tally())))
    return imported


def _need_authors(engine: Engine, planned: Sequence[PlannedFile]) -> None:
    """Refuse a person whom the user names as author and the archive does not know."""
    with Session(engine) as session:
        for person in dict.fromkeys(file.layout.person for file in planned):
            if person and session.get(Person, person) is None:
                raise UnreadableSource(
                    f"--person: there is no person {person} in the archive: import a roster"
                )


def import_statements(
    engine: Engine, *paths: Path | str, format: str | None = None, choices: Choices | None = None
) -> list[ImportedFile]:
    """Import statements from CSV or NDJSON files, or the quotations in news articles.

    `format` is `csv`, `ndjson` or `article`; None goes by the file's name. Every file's bytes are kept;
    rows that cannot be read are quarantined and counted.

    Raises UnreadableSource, with nothing stored, where a file is wrong as a whole.
    """
    return import_planned(engine, plan_files([Path(path) for path in paths], format=format, choices=choices))
