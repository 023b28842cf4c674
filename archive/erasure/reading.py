"""What reads a kept page again, so that a cut can be checked: importers and collectors by their names."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.collectable import COLLECTORS
from archive.contract import Importer, Layout, LeftOut, Page, Post, Reject, UnreadablePage
from archive.precedence import stem_of
from archive.registry import IMPORTERS, parser_for


@dataclass(frozen=True, slots=True)
class Contents:
    """What a page holds, as its reader reads it."""

    posts: tuple[Post, ...] = ()
    rejects: int = 0
    """Records that cannot be read."""
    is_read: bool = True
    """Whether there is a reader, and the page is one of posts."""


UNREAD = Contents(is_read=False)


@dataclass(slots=True)
class PageReaders:
    """The readers of this release; each is made when it is first asked for."""

    _importers: dict[str, Importer] = field(default_factory=dict)

    def contents(self, page: Page, reader: str | None, layout: Layout | None) -> Contents:
        """What a page holds. `layout`: of a file's part; None for what a platform served."""
        try:
            found = self.records(page, reader, layout)
        except UnreadablePage:
            return UNREAD
        if found is None:
            return UNREAD
        posts = tuple(one for one in found if isinstance(one, Post))
        return Contents(posts, sum(isinstance(one, Reject) for one in found))

    def records(
        self, page: Page, reader: str | None, layout: Layout | None
    ) -> list[Post | Reject | LeftOut] | None:
        """The same, one by one; None where nothing of this release reads it. Raises UnreadablePage."""
        found = self._records(page, stem_of(reader or ""), layout)
        return None if found is None else list(found)

    def _records(
        self, page: Page, stem: str, layout: Layout | None
    ) -> Iterator[Post | Reject | LeftOut] | Iterator[Post | Reject] | None:
        if layout is None:
            return parser_for(stem)(page) if stem in COLLECTORS else None
        importer = self._importer(stem)
        return None if importer is None else importer.parse(page, layout)

    def _importer(self, stem: str) -> Importer | None:
        if not self._importers:
            made = (one.make() for one in IMPORTERS.values())
            self._importers.update({stem_of(one.name): one for one in made})
        return self._importers.get(stem)


def platform_of(reader: str | None) -> str | None:
    """The platform whose pages a collector reads; None for importers."""
    built_in = COLLECTORS.get(stem_of(reader or ""))
    return built_in.platform if built_in else None
