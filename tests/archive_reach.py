"""Which test files can open an archive, read off what they import: the others need no second database."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from architecture import PACKAGES, imports_of, read_sources

ROOT = Path(__file__).parent.parent
OPENS = "db.engine"
"""The one module that makes connections; who does not come to it by imports opens nothing."""


def opens_archives(module: str, sources: Mapping[str, str]) -> bool:
    """Whether anything that a module imports, at any depth and in any function, is the engine."""
    seen, ahead = {module}, [module]
    while ahead:
        for name in _modules_behind(sources[ahead.pop()], sources):
            if name not in seen:
                seen.add(name)
                ahead.append(name)
    return OPENS in seen


@cache
def all_sources() -> dict[str, str]:
    """Every module of the program, the tests, the benchmarks and the documentation."""
    folders = ("tests", "benchmarks", "docs")
    files = [path for folder in folders for path in sorted((ROOT / folder).glob("*.py"))]
    return {**read_sources(ROOT), **{path.stem: path.read_text(encoding="utf-8") for path in files}}


def _modules_behind(source: str, sources: Mapping[str, str]) -> Iterator[str]:
    """What is loaded by the imports of a source; a package that loads its names late may load them all."""
    for name in imports_of(source):
        if name in PACKAGES:
            yield from _rooms(name).values()
            continue
        package, _, first = name.partition(".")
        step = _rooms(package).get(first, name) if package in PACKAGES else name
        while step not in PACKAGES and step:
            if step in sources:
                yield step
            step = step.rpartition(".")[0]


@cache
def _rooms(package: str) -> dict[str, str]:
    """Public name of a package -> the module that it is loaded from when it is first used."""
    found: dict[str, str] = vars(import_module(package))["_ROOMS"]
    return found
