"""The folder of a report: never another's files, never half a report, never a name that leads outside."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.reports.errors import ForeignFolder
from analysis.reports.exchanging import exchange

MARKER = "hustings-report.json"
"""The file that makes a folder an earlier report: its manifest, with the list of its files."""

FROM_ELECTION = "../../"
"""From an election's folder to the report's first."""

LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in any folder: nobody's work."""


def write_text(path: Path, text: str) -> None:
    """Write a page or another text of a report, in UTF-8 whatever it holds."""
    path.write_bytes(text.encode("utf-8", "replace"))


def check_folder(out: Path) -> None:
    """Raises ForeignFolder unless `out` is absent, empty, or holds an earlier report and nothing else."""
    if not out.exists():
        return
    if not out.is_dir():
        raise ForeignFolder(f"{out} is not a folder")
    if out.resolve() == Path.cwd():
        raise ForeignFolder(f"{out} is the folder you are in: name one beside or inside it")
    found = {path for path in files_in(out) if path.rpartition("/")[2] not in LEFT_BY_SYSTEMS}
    foreign = sorted(found - _files_of_report(out))
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise ForeignFolder(
            f"{out} holds files that are no report's ({foreign[0]}{more}): name an empty folder or a new one"
        )


def files_in(folder: Path) -> list[str]:
    """Every file below a folder (a link counts as a file), as paths from it with `/`, in order."""
    return sorted(_below(str(folder), ""))


def _below(folder: str, within: str) -> Iterator[str]:
    """`within`: the way from the first folder to this one, with `/` at its end."""
    try:
        entries = [*os.scandir(folder)]
    except OSError:
        return  # as `os.walk` has it; asked directly, since a large report has thousands of folders
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{within}{entry.name}/")
        else:
            yield within + entry.name


def _files_of_report(out: Path) -> set[str]:
    try:
        return {MARKER, *map(str, json.loads((out / MARKER).read_text(encoding="utf-8"))["files"])}
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError) as error:
        raise ForeignFolder(
            f"{out / MARKER} is not a report's manifest: name an empty folder or a new one"
        ) from error


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A new folder beside `out` that takes its place at the end; on any error `out` stays as it was.

    Raises ForeignFolder as `check_folder` does.
    """
    check_folder(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial-{secrets.token_hex(4)}")
    partial.mkdir()
    try:
        yield partial
        check_folder(out)  # somebody may have put a file there meanwhile
        _switch(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _switch(new: Path, out: Path) -> None:
    """In one step where the system can; else in two, of which the first is undone if the second fails."""
    if not out.exists():
        new.rename(out)
        return
    if exchange(new, out):
        return  # what was there stands at the new one's old place, and goes with it
    old = out.with_name(f".{out.name}.old-{secrets.token_hex(4)}")
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old)
