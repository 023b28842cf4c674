"""Which importer reads which file, and which collector which platform."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from archive.collectable import COLLECTORS, plugins
from archive.contract import (
    CollectingError,
    Collector,
    Importer,
    Page,
    Post,
    Reject,
    Setup,
    Source,
    UnreadableSource,
    Unrecognised,
)
from archive.importers.bluesky_car import BlueskyCarImporter
from archive.importers.csv_rows import CsvImporter
from archive.importers.json_documents import JsonImporter
from archive.importers.ndjson import NdjsonImporter
from archive.importers.recognising import (
    Recognise,
    by_bytes,
    head_of,
    is_article,
    is_csv,
    is_json,
    is_ndjson,
)
from archive.importers.records.table import RECORD_FORMATS, ROW_FORMATS
from archive.importers.warc import WarcImporter
from archive.sniffing import find_magic
from db.errors import Refusal


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: what reads it, and how it is told from others."""

    make: Callable[[], Importer]
    recognise: Recognise
    """Whether a file with this beginning is one."""
    sure: bool = True
    """Whether that is beyond doubt, so that a user who says otherwise is told."""
    alone: bool = False
    """Whether of a ZIP or folder it is read only where the user names it."""


def _warc() -> Importer:
    return WarcImporter(parser_for)


def _article() -> Importer:
    from archive.importers.articles import ArticleImporter  # most imports read none, and it loads much

    return ArticleImporter()


IMPORTERS: dict[str, Format] = {
    "warc": Format(_warc, by_bytes(WarcImporter.recognises)),
    "bluesky-car": Format(BlueskyCarImporter, by_bytes(BlueskyCarImporter.recognises)),
    "ndjson": Format(NdjsonImporter, is_ndjson),
    "json": Format(JsonImporter, is_json),
    "csv": Format(CsvImporter, is_csv, sure=False),
    "article": Format(_article, is_article, sure=False, alone=True),
}
"""Format, as `--format` names it -> what reads it. The first that recognises a file's beginning."""

BY_SUFFIX: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".txt": "article",
    ".md": "article",
    ".html": "article",
    ".htm": "article",
}
"""Ending -> format of files whose content does not tell."""


def format_names() -> tuple[str, ...]:
    """All that `--format` takes: file formats, then formats of single records."""
    return tuple(dict.fromkeys((*IMPORTERS, *RECORD_FORMATS, *ROW_FORMATS)))


def importer_for(source: Source, name: str | None = None, *, one_of_many: bool = False) -> Importer:
    """The importer of that name; without one (or for a record format) by the file's content.

    Raises UnreadableSource where there is no such format, or the content is another's; its cousin
    Unrecognised where nothing tells what it is.
    """
    if name is not None and name not in format_names():
        raise UnreadableSource(f"no format {name!r}: known are {', '.join(format_names())}")
    asked = name if name in IMPORTERS else None
    head = head_of(source)
    found = next((key for key, one in IMPORTERS.items() if one.recognise(head)), None)
    if asked and found and found != asked and IMPORTERS[found].sure:
        raise Unrecognised(f"{source.name} is not {asked}: its content is {found}: leave --format out")
    if asked is None and found is None and (what := find_magic(head.body)):
        raise Unrecognised(f"{source.name} is {what}")
    if asked is None and found is None and b"\0" in head.body:
        raise Unrecognised(f"{source.name} is no text")
    chosen = asked or found or BY_SUFFIX.get(head.ending)
    if chosen is None:
        raise Unrecognised(f"{source.name}: what is it? Say so with --format {'|'.join(format_names())}")
    if one_of_many and asked is None and IMPORTERS[chosen].alone:
        raise Unrecognised(f"{source.name} is a text or web page: give it alone, or with --format {chosen}")
    return IMPORTERS[chosen].make()


def parser_for(name: str) -> Callable[[Page], Iterator[Post | Reject]]:
    """The `parse` of one of our collectors, without settings and secrets: parsing needs none."""
    built_in = COLLECTORS[name]
    collector: Collector = getattr(import_module(built_in.module), built_in.factory)(Setup())
    return collector.parse


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
        self._plugins = plugins()
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
