"""Where an export goes: whole or not at all, and never over what is not an earlier export."""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from analysis.exports.errors import ForeignTarget
from analysis.reports.folder import LEFT_BY_SYSTEMS, files_in

MANIFEST = "hustings-export.json"
"""The file that makes a folder an export: what it holds, and how it was made."""

BLOCK = 1 << 20


def manifest_of_file(out: Path) -> Path:
    """The manifest beside an export that is one file."""
    return out.with_name(f"{out.name}.{MANIFEST}")


def sha_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check_folder(out: Path) -> None:
    """Raises ForeignTarget unless `out` is absent, empty, or holds an earlier export and nothing else."""
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise ForeignTarget(f"{out} is not a folder: name a new one")
    if out.resolve() == Path.cwd():
        raise ForeignTarget(f"{out} is the folder you are in: name one beside or inside it")
    found = {name for name in files_in(out) if name.rpartition("/")[2] not in LEFT_BY_SYSTEMS}
    ours = set(_files_of(out / MANIFEST)) | {MANIFEST} if MANIFEST in found else set()
    foreign = sorted(found - ours)
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise ForeignTarget(
            f"{out} holds files that are no export's ({foreign[0]}{more}): name an empty folder or a new one"
        )


def check_file(out: Path) -> None:
    """Raises ForeignTarget unless `out` is absent, or the very file that its manifest speaks of."""
    manifest = manifest_of_file(out)
    if not out.exists() and not out.is_symlink():
        if manifest.exists():
            _files_of(manifest)
        return
    if not out.is_file():
        raise ForeignTarget(f"{out} is not a file: name a new one")
    if not manifest.exists() or _files_of(manifest).get(out.name) != sha_of(out):
        raise ForeignTarget(
            f"{out} is no earlier export, or was changed since: name a new file, or remove it first"
        )


def _files_of(manifest: Path) -> dict[str, str]:
    """File -> its hash, as a manifest says."""
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        if told["made_by"] != MADE_BY:
            raise ValueError(told["made_by"])
        return {str(one["path"]): str(one["sha256"]) for one in told["files"]}
    except (ValueError, KeyError, TypeError) as error:
        raise ForeignTarget(f"{manifest} is not the manifest of an export: name another place") from error


MADE_BY = "hustings export"


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place at the end; on any error `out` stays as it was."""
    check_folder(out)
    with _beside(out) as partial:
        partial.mkdir()
        yield partial
        check_folder(out)  # somebody may have put a file there meanwhile
        _take_place(partial, out)


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """A folder beside `out` for the file and its manifest, which take their places at the end."""
    check_file(out)
    with _beside(out) as partial:
        partial.mkdir()
        yield partial
        check_file(out)
        manifest = manifest_of_file(out)
        manifest.unlink(missing_ok=True)  # a file without its manifest is refused: never a wrong one
        os.replace(partial / out.name, out)
        os.replace(partial / manifest.name, manifest)


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A name for what is half-written, removed at the end; the place where it goes must be there."""
    parent = out.absolute().parent
    if not parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", str(parent))
    partial = parent / f".{out.name}.partial-{secrets.token_hex(4)}"
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _take_place(new: Path, out: Path) -> None:
    """Two renames, as no system replaces a filled folder in one; the first is undone if the second fails."""
    if not out.exists():
        new.rename(out)
        return
    old = out.with_name(f".{out.name}.old-{secrets.token_hex(4)}")
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old)
