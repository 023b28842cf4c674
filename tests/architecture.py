"""The rules of who may import whom and who may do what, read off the sources."""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("archive", "analysis", "db")
FRONT_DOOR = "hustings"
OURS = (*PACKAGES, FRONT_DOOR)


class Wall(NamedTuple):
    """What a room may not import, with what it may all the same. Names stand for all below them."""

    room: str
    forbidden: tuple[str, ...]
    but: tuple[str, ...] = ()


WALLS = (
    Wall("db", ("archive", "analysis", FRONT_DOOR)),
    Wall("archive", ("analysis", FRONT_DOOR)),
    Wall("analysis", ("archive", FRONT_DOOR)),
    Wall(
        "archive.collectors",
        OURS,
        (
            "archive.atproto",
            "archive.collectors",
            "archive.contract",
            "archive.entities",
            "archive.fediverse",
            "archive.markup",
            "archive.times",
            "archive.x_posts",
            "db.words",
        ),
    ),
    Wall("archive.markup", OURS),
    Wall("archive.atproto", OURS, ("archive.atproto", "archive.contract", "archive.times")),
    Wall("archive.entities", OURS, ("archive.contract", "archive.times")),
    Wall("archive.fediverse", OURS, ("archive.markup",)),
    Wall("archive.web", OURS, ("archive.contract", "archive.web", "db.words", "db.errors")),
    Wall("archive.ledger", OURS, ("archive.contract", "archive.intervals", "db.words")),
    Wall("archive.intervals", OURS, ("archive.contract", "archive.falling", "db.words")),
    Wall(
        "archive.importers",
        OURS,
        (
            "archive.atproto",
            "archive.contract",
            "archive.entities",
            "archive.fediverse",
            "archive.importers",
            "archive.times",
            "archive.quotes",
            "archive.sniffing",
            "archive.storable",
            "archive.x_posts",
            "db.words",
        ),
    ),
    Wall("archive.x_posts", OURS, ("archive.contract", "archive.times", "archive.x_posts")),
    Wall("archive.quotes", OURS, ("archive.markup", "archive.quotes", "db.errors", "db.words")),
    Wall("archive.times", OURS, ("archive.contract", "db.words")),
)

PURE = (
    "analysis.contract",
    "analysis.words",
    "analysis.text",
    "analysis.language",
    "analysis.mixing",
    "analysis.targets",
    "analysis.sentiment",
    "analysis.kinds",
    "analysis.statistics",
)
"""Rooms that know no database, neither themselves nor by what they import."""

DATABASE = ("db", "sqlalchemy", "sqlmodel", "sqlite3", "alembic")

DOORS: dict[str, tuple[str, ...]] = {
    "ahocorasick_rs": ("analysis.targets",),
    "alembic": ("db",),
    "brotli": ("archive.importers.http_answers",),
    "cryptography": ("archive.integrity.signing", "archive.integrity.timestamps"),
    "datasette": ("db.browsing.serving",),
    "distributed": ("analysis.running.cluster",),
    "feedparser": ("archive.collectors.feed",),
    "httpcore": ("archive.web",),
    "httpx": ("archive.web",),
    "huggingface_hub": ("analysis.sentiment.transformer.source",),
    "jinja2": ("analysis.site",),
    "keyring": ("archive.secrets",),
    "libipld": ("archive.atproto",),
    "markupsafe": ("analysis.site",),
    "msgspec": ("analysis.publishing", "archive.importers.json_decoding"),
    "numpy": (
        "analysis.arrays",
        "analysis.evaluation.fitting",
        "analysis.kinds.encoder.network",
        "analysis.kinds.layer.model",
        "analysis.sentiment.linear",
        "analysis.statistics",
    ),
    "openpyxl": ("analysis.spreadsheets.workbooks",),
    "py3langid": ("analysis.language",),
    "pyarrow": ("analysis.exports.parquet", "analysis.running.parquet"),
    "rapidfuzz": ("archive.quotes.matching",),
    "rensa": ("analysis.cross_posts.near",),
    "rfc3161_client": ("archive.integrity.timestamps",),
    "rich": ("db.console", "db.screens"),
    "safetensors": ("analysis.sentiment.transformer.network",),
    "scipy": ("analysis.evaluation.fitting",),
    "sklearn": ("analysis.evaluation.fitting",),
    "sqlalchemy": ("archive", "analysis", "db", FRONT_DOOR),
    "sqlite3": ("db",),
    "sqlmodel": ("archive", "analysis", "db"),
    "torch": ("analysis.sentiment.transformer.network",),
    "trafilatura": ("archive.quotes.extraction",),
    "transformers": ("analysis.sentiment.transformer.network",),
    "typer": ("archive.cli", "analysis.cli", "db.cli", "db.console", FRONT_DOOR),
    "uvicorn": ("db.browsing.serving",),
    "vaderSentiment": ("analysis.sentiment",),
    "vl_convert": ("analysis.site.charts",),
    "yaml": ("archive.legislators",),
    "zstandard": (
        "analysis.publishing.digests",
        "archive.captures",
        "archive.importers.http_answers",
        "archive.importers.unpacking",
    ),
}
"""Each library from outside (and the driver), and where alone it is imported."""

STANDARD = sys.stdlib_module_names

COMMANDS = (FRONT_DOOR, "archive.cli", "analysis.cli", "db.cli", "db.console")
"""The only modules that print, read the environment, or end the process."""

COMMANDS_ONLY = frozenset(
    {
        *("print", "input", "exit", "quit", "SystemExit", "breakpoint"),
        *(
            "sys.exit",
            "sys.argv",
            "sys.stdout",
            "sys.stderr",
            "sys.stdin",
            "os.environ",
            "os.getenv",
            "os._exit",
        ),
        *("typer.echo", "typer.Exit", "typer.secho"),
    }
)

OWN_PROCESSES: dict[str, set[str]] = {"analysis.loading": {"os.environ"}}
"""What no program loads, only the process from which others are forked, may set up that process."""

SHAPELESS = frozenset({"utils", "util", "helpers", "helper", "base", "common", "manager", "misc", "core"})
"""Names that say nothing of a module's one duty."""

MOST_LINES = 400
LONGER = ("db.models",)
"""All tables stand in one file, to be read in one sitting."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a rule is broken."""

    rule: str
    module: str
    what: str


Sources = Mapping[str, str]
"""Dotted module name -> source text."""


def read_sources(root: Path) -> dict[str, str]:
    """Every module of the packages below `root`, and the front door."""
    files = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    files.append(root / f"{FRONT_DOOR}.py")
    return {_module_name(path.relative_to(root)): path.read_text(encoding="utf-8") for path in files}


def violations(sources: Sources) -> set[Violation]:
    """Everything that breaks a rule."""
    return {
        Violation(rule, module, what)
        for module in sources
        for rule, check in RULES.items()
        for what in check(module, sources)
    }


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _within(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def imports_of(source: str) -> tuple[str, ...]:
    """Everything that is imported anywhere in a source; `from a import b` gives `a.b`."""
    found: list[str] = []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{'.' * node.level}{node.module or ''}.{name.name}" for name in node.names]
    return tuple(found)


@cache
def _names_used(source: str) -> frozenset[str]:
    """Plain and dotted names, the latter also where they are imported (`from os import environ`)."""
    found = set(imports_of(source))
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
    return frozenset(found)


def _walls(module: str, sources: Sources) -> Iterator[str]:
    for wall in WALLS:
        if _within(module, (wall.room,)):
            for name in imports_of(sources[module]):
                if _within(name, wall.forbidden) and not _within(name, wall.but):
                    yield f"{wall.room} may not import {name}"


def _purity(module: str, sources: Sources) -> Iterator[str]:
    if not _within(module, PURE):
        return
    seen, ahead = {module}, [module]
    while ahead:
        here = ahead.pop()
        for name in imports_of(sources[here]):
            if _within(name, DATABASE):
                yield f"knows the database by {here}, which imports {name}"
            step = name if name in sources else name.rpartition(".")[0]
            if step in sources and step not in seen:
                seen.add(step)
                ahead.append(step)


def _doors(module: str, sources: Sources) -> Iterator[str]:
    for name in imports_of(sources[module]):
        library = name.partition(".")[0]
        if library in DOORS:
            if not _within(module, DOORS[library]):
                yield f"{library} is imported by {', '.join(DOORS[library])} alone"
        elif library not in OURS and library not in STANDARD:
            yield f"{library or 'a relative import'} has no door"


def _commands(module: str, sources: Sources) -> Iterator[str]:
    if not _within(module, COMMANDS):
        for name in _names_used(sources[module]) & COMMANDS_ONLY - OWN_PROCESSES.get(module, set()):
            yield f"only commands use {name}"


def _shape(module: str, sources: Sources) -> Iterator[str]:
    for part in SHAPELESS.intersection(module.split(".")):
        yield f"{part} is not a name for a duty"


def _length(module: str, sources: Sources) -> Iterator[str]:
    lines = sources[module].count("\n")
    if lines > MOST_LINES and module not in LONGER:
        yield f"{lines} lines"


def _docstring(module: str, sources: Sources) -> Iterator[str]:
    if not ast.get_docstring(_parsed(sources[module])):
        yield "does not say what its duty is"


RULES: dict[str, Callable[[str, Sources], Iterator[str]]] = {
    "walls": _walls,
    "purity": _purity,
    "doors": _doors,
    "commands": _commands,
    "names": _shape,
    "length": _length,
    "docstring": _docstring,
}
