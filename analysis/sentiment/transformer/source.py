"""Where a model's files are, and what they are called in results."""

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from analysis.sentiment.errors import UnusableMethod, UnusableModel

WEIGHTS = "*.safetensors"
FILES = ("*.json", "*.txt", "*.model", WEIGHTS)
"""What is taken from the hub: never a pickle, never code."""
VOCABULARIES = ("tokenizer.json", "vocab.*", "*.model")
READ = ("config.json", "*token*.json", "merges.txt", *VOCABULARIES, f"{WEIGHTS}*")
"""The files that decide an answer: all of them go into the fingerprint of a local folder."""

SHOWN = 12
"""Digits of a commit or fingerprint in a method's name."""
_UNUSUAL = re.compile(r"[^\w./-]+")
"""What would be misread in a method's name."""


class Source(NamedTuple):
    """A folder with a model in it."""

    folder: Path
    name: str
    revision: str
    """The commit on the hub, or a fingerprint of the files."""

    @property
    def title(self) -> str:
        """Name and revision, as methods carry them."""
        return f"{_UNUSUAL.sub('-', self.name)}@{self.revision}"


def source_of(model: str) -> Source:
    """The folder of that name; else the model of that name in the hub's cache, else from the hub.

    Raises UnusableModel where there is none, or one without weights in safetensors.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _checked(Source(folder, folder.resolve().name, fingerprint(folder)))
    if folder.exists() or model.startswith((".", "/", "~")) or "\\" in model:
        there = "this is a file: name its folder" if folder.exists() else "there is no such folder"
        raise UnusableModel(f"{model}: {there}")
    name, _, revision = model.partition("@")
    return _from_hub(name, revision or None)


def fingerprint(folder: Path) -> str:
    """A hash over the names and contents of the files that decide an answer."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in READ for path in folder.glob(pattern)}):
        with path.open("rb") as file:
            total.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()[:SHOWN]


def _from_hub(name: str, revision: str | None) -> Source:
    """From the cache where it is there in full; so a model that was fetched once needs no network."""
    cached = _snapshot(name, revision, from_cache=True)
    if cached is not None and not _lacks(cached):
        return Source(cached, name, cached.name[:SHOWN])
    fetched = _snapshot(name, revision, from_cache=False)
    assert fetched is not None  # it raises where there is none
    return _checked(Source(fetched, name, fetched.name[:SHOWN]))


def _snapshot(name: str, revision: str | None, *, from_cache: bool) -> Path | None:
    """The folder of a model in the cache, named by its commit. No access token is ever read or sent."""
    from huggingface_hub import snapshot_download

    try:
        folder = snapshot_download(
            name,
            revision=revision,
            allow_patterns=list(FILES),
            ignore_patterns=["*/*"],
            token=False,
            local_files_only=from_cache,
        )
    except (OSError, ValueError) as error:  # every error of the hub and of its cache is one of these
        if from_cache:
            return None
        raise UnusableModel(
            f"{name}: there is no such folder, and it cannot be had from the Hugging Face hub:"
            f" {first_line(error)}"
        ) from error
    return Path(folder)


def require_packages() -> None:
    """Raises UnusableMethod where the extra is not installed; loads nothing."""
    for package in ("torch", "transformers", "huggingface_hub", "safetensors"):
        try:
            if find_spec(package) is None:
                raise ModuleNotFoundError(f"no package {package}")
        except ImportError as error:
            raise missing_packages(error) from error


def missing_packages(error: ImportError) -> UnusableMethod:
    """What to say where the extra is not installed, or cannot be imported."""
    return UnusableMethod(
        "the sentiment method 'transformers' needs more packages: pip install 'hustings[transformers]'"
        f" ({first_line(error)})"
    )


def first_line(error: Exception) -> str:
    """Of the message of a library, which may go on for a page."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _checked(source: Source) -> Source:
    lack = _lacks(source.folder)
    if lack:
        raise UnusableModel(f"{source.name}: {lack}")
    return source


def _lacks(folder: Path) -> str | None:
    """What a folder lacks to be a model that can be loaded."""
    if not (folder / "config.json").is_file():
        return "no Hugging Face model: it holds no config.json"
    if not any(folder.glob(WEIGHTS)):
        return "it holds no weights in safetensors, and others are not loaded: docs/scorers.md has the remedy"
    if not any(path for pattern in VOCABULARIES for path in folder.glob(pattern)):
        return "it holds no tokenizer: no tokenizer.json and no vocabulary"
    return None
