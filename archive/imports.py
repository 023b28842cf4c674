"""Files of statements into the archive: all are looked at first, then stored, as one round."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from archive.contract import Choices, Importer, Layout, Source, UnreadableSource, Unrecognised
from archive.importers.files import Digest, read_through
from archive.importers.opening import LeftOutFile, Opened, open_path
from archive.importers.unpacking import LIMITS, Limits
from archive.ingest import Tally, begin_round, end_round, import_file
from archive.registry import IMPORTERS, importer_for
from db.models import Person
from db.release import release

Tell = Callable[[int, int], None]
"""Is told (bytes done, bytes in all)."""

AFTER_OTHERS = ("hustings-versions",)
"""Record formats whose records belong to statements that other files of the same import hold."""

SHOWN_REASONS = 5


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file, and how it is to be read."""

    path: Path
    """What the user gave: the file itself, or the ZIP, tar or folder that holds it."""
    source: Source
    importer: Importer
    layout: Layout
    digest: Digest


@dataclass(frozen=True, slots=True)
class Plan:
    """The files of one import, in the order in which they are stored."""

    files: tuple[PlannedFile, ...]
    left_out: tuple[tuple[Path, LeftOutFile], ...] = ()
    """Files of ZIPs, tars and folders (each with what holds it) that are none of statements."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file, and what became of its records."""

    path: Path
    """What the user gave: the file itself, or the ZIP, tar or folder that holds it."""
    name: str
    """The file as people read it, such as `twitter.zip/data/tweets.js`."""
    tally: Tally
    left_out: str | None = None
    """Why a file of a ZIP, tar or folder was not read; None: it was."""


def plan_files(
    paths: Sequence[Path],
    *,
    format: str | None = None,
    choices: Choices | None = None,
    limits: Limits = LIMITS,
) -> Plan:
    """How each file is to be read; each is read through once, so that none is stored that is cut off.

    Raises UnreadableSource for one that is wrong as a whole, and for a ZIP, tar or folder that holds
    none of statements.
    """
    files: list[PlannedFile] = []
    left_out: list[tuple[Path, LeftOutFile]] = []
    for path in paths:
        with _placed(path):
            planned, others = _plan_path(path, format, choices or Choices(), limits)
        files += planned
        left_out += ((path, one) for one in others)
    in_order = sorted(files, key=lambda one: (one.layout.record or "").startswith(AFTER_OTHERS))
    return Plan(tuple(in_order), tuple(left_out))


def _plan_path(
    path: Path, format: str | None, choices: Choices, limits: Limits
) -> tuple[list[PlannedFile], list[LeftOutFile]]:
    opened = open_path(path, limits)
    left_out = list(opened.left_out)
    files: list[PlannedFile] = []
    size = 0
    for source in opened.sources:
        try:
            files.append(_plan_source(path, source, format, choices, opened))
        except Unrecognised as error:
            if not opened.several:
                raise
            left_out.append(LeftOutFile(source.name, _reason(source, error, alone=len(opened.sources) == 1)))
            continue
        size += files[-1].digest.size
        if size > limits.unpacked:
            raise UnreadableSource(f"{path.name} unpacks to more than {limits.unpacked:,} bytes: refused")
    if opened.several and not files:
        raise UnreadableSource(f"{path.absolute().name} holds no file of statements: {_listed(left_out)}")
    return files, left_out


def _reason(source: Source, error: Unrecognised, *, alone: bool) -> str:
    """Why a file is left out, without its name; of an only one with all that may help to read it."""
    if error.of_many and not alone:
        return error.of_many
    return str(error).removeprefix(source.name).removeprefix(":").strip()


def _plan_source(
    path: Path, source: Source, format: str | None, choices: Choices, opened: Opened
) -> PlannedFile:
    importer = importer_for(source, format, one_of_many=opened.several)
    said = replace(choices, record=format) if format not in (None, *IMPORTERS) else choices
    layout = importer.plan(source, said)
    return PlannedFile(path, source, importer, layout, read_through(source))


def _listed(left_out: Sequence[LeftOutFile]) -> str:
    if not left_out:
        return "it is empty"
    shown = "; ".join(f"{one.name} {one.reason}" for one in left_out[:SHOWN_REASONS])
    return f"{shown}; ..." if len(left_out) > SHOWN_REASONS else shown


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Say in complaints where a file lies, as the user wrote it: archives keep its name alone."""
    name = path.absolute().name
    try:
        yield
    except UnreadableSource as error:
        said = str(error)
        if not said.startswith(name) or str(path) == path.name:
            raise
        raise type(error)(f"{path}{said.removeprefix(name)}") from error


def import_planned(
    engine: Engine,
    plan: Plan,
    *,
    progress: Callable[[str], AbstractContextManager[Tell | None]] = lambda label: nullcontext(),
) -> list[ImportedFile]:
    """Store the files' statements. Safe to interrupt and to repeat: what is stored is known the next time.

    The round of an import that was interrupted has no end. Files that are left out come last, each with
    its reason.
    """
    _need_authors(engine, plan.files)
    round_id = begin_round(engine, "import", release())
    imported: list[ImportedFile] = []
    outcome: str | None = "failed"
    try:
        for file in plan.files:
            with progress(file.source.name) as tell, _placed(file.path):
                tally = import_file(
                    engine,
                    file.source,
                    file.importer,
                    file.layout,
                    digest=file.digest,
                    round_id=round_id,
                    progress=tell,
                )
            imported.append(ImportedFile(file.path, file.source.name, tally))
        outcome = "partly" if any(file.tally.quarantined for file in imported) else "done"
    except KeyboardInterrupt:
        outcome = None  # the transaction that was cut short may still hold the lock: nothing can be written
        raise
    finally:
        if outcome:
            end_round(engine, round_id, outcome, asdict(sum((file.tally for file in imported), Tally())))
    left_out = (ImportedFile(path, one.name, Tally(), one.reason) for path, one in plan.left_out)
    return [*imported, *left_out]


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
    """Import statements from files, compressed or not, and from ZIPs, tars and folders of them.

    `format` is a name that `archive.registry.format_names` lists; None goes by the files' content. Every
    file's bytes are kept; records that cannot be read are quarantined and counted. Of a ZIP, tar or folder,
    files that are none of statements are in the result, too, with the reason why they were left out.

    Raises UnreadableSource, with nothing stored, where a file is wrong as a whole.
    """
    return import_planned(engine, plan_files([Path(path) for path in paths], format=format, choices=choices))
