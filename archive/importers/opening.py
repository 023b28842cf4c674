"""Which files a path holds: itself, unpacked where it is compressed; or those of a ZIP, a tar or a folder."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from archive.contract import Companions, Source, UnreadableSource
from archive.importers import tars
from archive.importers.unpacking import LIMITS, MAGIC_BYTES, Limits, Packing, packing_of, unpacked
from archive.importers.zips import MAGIC as ZIP
from archive.importers.zips import entries_of, open_entry, shown

ENDINGS = (".gz", ".gzip", ".bz2", ".xz", ".zst", ".zstd")
"""Endings of compression, which a plain name is without."""


@dataclass(frozen=True, slots=True)
class LeftOutFile:
    """A file of a ZIP, tar or folder that is not imported, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a path holds."""

    sources: Sequence["Held"]
    left_out: Sequence[LeftOutFile] = ()
    several: bool = False
    """Whether it is a ZIP, tar or folder, of which what is no file of statements is left out."""


class Held:
    """One file, wherever it lies."""

    def __init__(
        self, name: str, inner: str, raw: Callable[[], io.BufferedReader], beside: Companions, limits: Limits
    ) -> None:
        """`inner`: its path in the ZIP or folder, or its own name. `raw` opens it as it lies there."""
        self._name, self._inner, self._raw = shown(name), inner, raw
        self._beside, self._limits = beside, limits
        self._layers: tuple[Packing, ...] | None = None

    @property
    def name(self) -> str:
        """As people read it."""
        return self._name

    @property
    def inner(self) -> str:
        """Its path within the ZIP or folder, without the endings of compression."""
        return _plain(self._inner)

    @property
    def plain_name(self) -> str:
        """The file's own name without the endings of compression."""
        return PurePosixPath(self.inner).name

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed. Raises UnreadableSource where it cannot be opened."""
        if self._layers is None:
            self.open().close()
        return bool(self._layers)

    @property
    def beside(self) -> Companions:
        """The files beside it."""
        return self._beside

    def open(self) -> io.BufferedReader:
        """Its plain bytes from the start, unpacked while they are read; to be closed.

        Raises UnreadableSource.
        """
        try:
            if self._layers is None:
                self._layers = self._find_layers()
            return self._through(self._layers)
        except OSError as error:
            raise UnreadableSource(f"{self._name}: {error.strerror or error}") from error

    def _find_layers(self) -> tuple[Packing, ...]:
        layers: tuple[Packing, ...] = ()
        while True:
            with self._through(layers) as stream:
                packing = packing_of(stream.read(MAGIC_BYTES))
            if packing is None:
                return layers
            layers = (*layers, packing)
            if len(layers) > self._limits.layers:
                raise UnreadableSource(
                    f"{self._name} is compressed more than {self._limits.layers} times: refused"
                )

    def _through(self, layers: Sequence[Packing]) -> io.BufferedReader:
        stream = self._raw()
        for packing in layers:
            stream = unpacked(stream, packing, self._name, self._limits)
        return stream


class Together:
    """The files of one ZIP, tar or folder."""

    def __init__(self) -> None:
        self._held: dict[str, list[Held]] = {}

    def add(self, one: Held) -> None:
        """Take one in, by its own name."""
        self._held.setdefault(one.plain_name, []).append(one)

    def find(self, name: str) -> Source | None:
        """The one whose path ends so; of several the least deep."""
        wanted = PurePosixPath(name)
        fits = [
            one
            for one in self._held.get(wanted.name, ())
            if PurePosixPath(one.inner).parts[-len(wanted.parts) :] == wanted.parts
        ]
        return min(fits, key=lambda one: (one.inner.count("/"), one.inner), default=None)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The files in the folder of a file that was given alone; looked for by name only."""

    folder: Path
    limits: Limits = LIMITS

    def find(self, name: str) -> Source | None:
        """The file of that name in the folder, also where `name` begins with the folder's own name."""
        parts = PurePosixPath(name).parts
        folders = [self.folder, *([self.folder.parent] if len(parts) > 1 else [])]
        for folder in folders:
            for ending in ("", *ENDINGS):
                path = folder.joinpath(*parts[:-1], parts[-1] + ending)
                if path.is_file() and not path.is_symlink():
                    return open_file(path, self.limits)
        return None


def open_file(path: Path, limits: Limits = LIMITS) -> Held:
    """One file that is no ZIP or tar; what lies beside it are its companions."""
    beside = Neighbours(path.absolute().parent, limits)
    return Held(path.name, path.name, partial(_bytes_of, path), beside, limits)


def open_path(path: Path, limits: Limits = LIMITS) -> Opened:
    """All that a path holds.

    Raises UnreadableSource where there is nothing, or a ZIP or tar that is damaged, or made to do harm.
    """
    try:
        if path.is_dir():
            return _open_folder(path, limits)
        if not path.is_file():
            there = "this is no regular file" if path.exists() else "there is no such file"
            raise UnreadableSource(f"{path.name}: {there}")
        if _is_zip(path):
            return _open_zip(path, path.name, limits)
        alone = open_file(path, limits)
        return _open_tar(path, alone, path.name, limits) if _is_tar(alone) else Opened([alone])
    except OSError as error:
        raise UnreadableSource(f"{path.name}: {error.strerror or error}") from error


def _open_zip(path: Path, name: str, limits: Limits) -> Opened:
    together = Together()
    sources: list[Held] = []
    for entry in entries_of(path, shown(name), limits):
        full = f"{name}/{entry.path}"
        held = Held(full, entry.path, partial(open_entry, path, entry, shown(full), limits), together, limits)
        together.add(held)
        sources.append(held)
    return Opened(sources, several=True)


def _open_tar(path: Path, tar: Held, name: str, limits: Limits) -> Opened:
    """Its entries. Those of a compressed one are unpacked once, into a temporary file: each is read several
    times, and to find the last of thousands all before it would be unpacked again."""
    kept = tars.Kept() if tar.is_packed else None
    with tar.open() as stream:
        listed = tars.entries_of(stream, shown(name), limits, kept)
    together = Together()
    sources: list[Held] = []
    for entry in listed.entries:
        full = f"{name}/{entry.path}"
        raw = partial(tars.open_entry, kept or path, entry, shown(full))
        held = Held(full, entry.path, raw, together, limits)
        together.add(held)
        sources.append(held)
    left_out = [LeftOutFile(shown(f"{name}/{inner}"), f"is {what}") for inner, what in listed.others]
    return Opened(sources, left_out, several=True)


def _open_folder(folder: Path, limits: Limits) -> Opened:
    together, name = Together(), folder.absolute().name
    sources: list[Held] = []
    left_out: list[LeftOutFile] = []
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= limits.members:
            raise UnreadableSource(f"{name} has more than {limits.members:,} files: give some of its folders")
        inner = path.relative_to(folder).as_posix()
        if path.is_symlink():
            left_out.append(LeftOutFile(shown(f"{name}/{inner}"), "a symbolic link"))
        elif path.is_file() and _is_zip(path):
            sources += _open_zip(path, f"{name}/{inner}", limits).sources
        elif path.is_file():
            held = Held(f"{name}/{inner}", inner, partial(_bytes_of, path), together, limits)
            if _is_tar(held):
                inside = _open_tar(path, held, f"{name}/{inner}", limits)
                sources += inside.sources
                left_out += inside.left_out
            else:
                together.add(held)
                sources.append(held)
    return Opened(sources, left_out, several=True)


def _bytes_of(path: Path) -> io.BufferedReader:
    return path.open("rb")


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in ZIP


def _is_tar(file: Held) -> bool:
    with file.open() as stream:
        return tars.is_tar(stream.read(tars.BLOCK))


def _plain(name: str) -> str:
    for ending in ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return _plain(name[: -len(ending)])
    return name
