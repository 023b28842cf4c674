"""Which importer reads which file, and which collector which platform."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from archive.contract import CollectingError, Collector, Importer, Setup, UnreadableSource
from archive.importers.articles import ArticleImporter
from archive.importers.csv_rows import CsvImporter
from archive.importers.ndjson import NdjsonImporter
from db.errors import Refusal

IMPORTERS: dict[str, Callable[[], Importer]] = {
    "csv": CsvImporter,
    "ndjson": NdjsonImporter,
    "article": ArticleImporter,
}
"""Format, as `--format` names it -> what reads it."""

BY_SUFFIX: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".txt": "article",
    ".md": "article",
    ".html": "article",
    ".htm": "article",
}


def importer_for(path: Path, name: str | None = None) -> Importer:
    """The importer of that name; without one, by the file's suffix.

    Raises UnreadableSource where there is no such file, no such format, or the suffix says nothing.
    """
    if not path.is_file():
        there = "this is no regular file" if path.exists() else "there is no such file"
        raise UnreadableSource(f"{path}: {there}")
    chosen = name or BY_SUFFIX.get(path.suffix.lower())
    if chosen is None:
        raise UnreadableSource(f"{path}: what is it? Say so with --format {'|'.join(IMPORTERS)}")
    if chosen not in IMPORTERS:
        raise UnreadableSource(f"no format {chosen!r}: known are {', '.join(IMPORTERS)}")
    return IMPORTERS[chosen]()


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A collector of ours: its platform, and the module and factory (which takes a Setup) that make it."""

    platform: str
    module: str
    factory: str = "collector"


COLLECTORS: dict[str, BuiltIn] = {
    "bluesky": BuiltIn("bluesky", "archive.collectors.bluesky"),
    "bluesky-appview": BuiltIn("bluesky", "archive.collectors.bluesky", "appview_collector"),
    "mastodon": BuiltIn("mastodon", "archive.collectors.mastodon"),
    "x": BuiltIn("x", "archive.collectors.x"),
    "feed": BuiltIn("feed", "archive.collectors.feed"),
    "telegram": BuiltIn("telegram", "archive.collectors.telegram"),
    "youtube": BuiltIn("youtube", "archive.collectors.youtube"),
}
"""Collector -> what makes it. Of several for one platform the first is used, unless another is chosen."""

PLUGINS = "hustings.collectors"
"""Group of entry points by which other distributions add collectors.

One is called by its platform's name; or by any other, and is then used where `--collector` chooses it."""


class UnknownCollector(Refusal):
    """There is no collector of that name, or it cannot be loaded."""


class Collectors(Mapping[str, Collector]):
    """Platform -> its collector, made when it is first asked for: a job loads what it needs, no more.

    So a plug-in that is broken, or that lacks a setting, costs the accounts of its own platform alone.
    """

    def __init__(self, setup: Setup, chosen: Iterable[str] = ()) -> None:
        """The chosen ones, else ours, else those of other distributions. Raises UnknownCollector."""
        self._setup = setup
        self._made: dict[str, Collector] = {}
        self._plugins = {
            entry.name: entry for entry in entry_points(group=PLUGINS) if entry.name not in COLLECTORS
        }
        self._named = {name: name for name in self._plugins}
        self._named |= {built_in.platform: name for name, built_in in reversed(COLLECTORS.items())}
        for name in chosen:
            self._choose(name)

    def _choose(self, name: str) -> None:
        if name in COLLECTORS:
            self._made.pop(COLLECTORS[name].platform, None)
            self._named[COLLECTORS[name].platform] = name
            return
        if name not in self._plugins:
            known = ", ".join((*COLLECTORS, *sorted(self._plugins)))
            raise UnknownCollector(f"there is no collector {name!r}: known are {known}")
        try:
            collector = self._make(name)
        except CollectingError as error:
            raise UnknownCollector(str(error)) from error
        self._made[collector.platform] = collector

    def _make(self, name: str) -> Collector:
        """Raises CollectingError where a plug-in cannot be loaded, and what its factory raises."""
        if name in COLLECTORS:
            built_in = COLLECTORS[name]
            made: Collector = getattr(import_module(built_in.module), built_in.factory)(self._setup)
            return made
        try:
            factory = self._plugins[name].load()
        except (ImportError, AttributeError) as error:
            where = self._plugins[name].value
            raise CollectingError(f"the collector {name!r} ({where}) cannot be loaded: {error}") from error
        collector: Collector = factory(self._setup)
        return collector

    def __getitem__(self, platform: str) -> Collector:
        if platform not in self._made:
            collector = self._make(self._named[platform])
            if collector.platform != platform:
                raise CollectingError(
                    f"the collector {platform!r} reads {collector.platform}: name its entry point so"
                )
            self._made[platform] = collector
        return self._made[platform]

    def __contains__(self, platform: object) -> bool:
        return platform in self._named or platform in self._made  # without making it

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._named, *self._made)))

    def __len__(self) -> int:
        return len({*self._named, *self._made})
