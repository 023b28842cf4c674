"""A Bluesky repository as its server exports it: one CAR file with all that an account published.

Formats: ipld.io/specs/transport/car/carv1 and atproto.com/specs/repository (read 2026-11). Every block is
checked against its hash; the commit's signature is not.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO

from archive.atproto.addresses import PLATFORM, POST, REPOST, RecordAddress, handle_of, is_did
from archive.atproto.reading import read_block
from archive.atproto.streaming import Block, Survey, read_blocks, read_header, survey
from archive.contract import (
    Choices,
    Layout,
    Page,
    Post,
    Reject,
    Source,
    UnreadablePage,
    UnreadableSource,
    platform_key,
)
from archive.contract.pages import LeftOut

PAGE_BYTES = 1 << 20
COLLECTIONS = frozenset({POST, REPOST})
MOST_NAMED = 50
"""Other collections that are counted by name."""

ABSENT = "its block is not in the file: it is a difference since an earlier export"
ABSENT_NODE = "a part of the tree is not in the file: it is a difference since an earlier export"


class BlueskyCarImporter:
    """Posts and reposts with the ids that the collector gives them.

    A page holds whole blocks of the file, in their order. Which of them are records, and under which keys,
    the tree alone says, and its nodes may stand anywhere: so the file is first looked through once, and each
    page takes the paths of its own records along as context. With them it is read without the others.
    """

    name = "bluesky-car-1"
    media_type = "application/vnd.ipld.car"

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Whether a file with these first bytes (some dozens) is a CAR file of version 1."""
        return b"eroots" in head[:16] or b"gversion" in head[:16]

    def plan(self, source: Source, choices: Choices) -> Layout:
        """Checks every block. Raises UnreadableSource where the file is damaged, or of another account."""
        if choices.platform and platform_key(choices.platform) != PLATFORM:
            raise UnreadableSource(f"{source.name}: a CAR file is of Bluesky, not of {choices.platform}")
        did = _survey(source).commit.did
        if choices.author_id not in (None, did):
            raise UnreadableSource(
                f"{source.name}: it is the repository of {did}, not of {choices.author_id}"
            )
        author = handle_of(choices.author) if choices.author else None
        if choices.author and author is None:
            raise UnreadableSource(f"--author: {choices.author[:80]!r} is no handle of Bluesky")
        return Layout(
            platform=PLATFORM,
            author=author,
            author_id=did,
            author_name=choices.author_name,
            person=choices.person,
        )

    def read(self, source: Source) -> Iterator[Page]:
        found = _survey(source)
        with source.open() as file, _refused(source):
            header, _ = read_header(file)
            yield from _cut(source, header, read_blocks(file, len(header)), found)

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        """Raises UnreadablePage where the page was kept without its context, or is not what it was."""
        if not {"did", "paths"} <= page.context.keys():
            raise UnreadablePage(f"{page.source}: kept without the paths of its records", page)
        did = page.context["did"]
        paths: dict[str, list[str]] = json.loads(page.context["paths"])
        file = BytesIO(page.body)
        if page.number == 0:
            read_header(file)
        for number, block in enumerate(read_blocks(file, file.tell())):
            for path in paths.get(str(number), ()):
                collection, _, key = path.partition("/")
                record = read_block(RecordAddress(did, collection, key), block.body)
                yield _authored(record, layout) if isinstance(record, Post) else record
        for reason, count in json.loads(page.context.get("left_out", "{}")).items():
            yield LeftOut("repository", reason, count)


def _authored(post: Post, layout: Layout) -> Post:
    """With what the user said of the author: the file has nothing but the DID."""
    return replace(
        post, author_handle=layout.author, author_name=layout.author_name, author_person=layout.person
    )


@dataclass(slots=True)
class _Held:
    """Blocks for one page."""

    number: int
    body: bytearray = field(default_factory=bytearray)
    blocks: int = 0
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, block: Block, paths: tuple[str, ...]) -> None:
        if paths:
            self.paths[str(self.blocks)] = paths
        self.body += block.written
        self.blocks += 1


def _cut(source: Source, header: bytes, blocks: Iterator[Block], found: Survey) -> Iterator[Page]:
    """Pages of about PAGE_BYTES; the last says what the file lacks or holds besides."""
    found_at, held = datetime.now(UTC), _Held(0, bytearray(header))
    left = dict(found.paths)

    def page(**more: str) -> Page:
        return Page(
            source=source.name,
            body=bytes(held.body),
            media_type=BlueskyCarImporter.media_type,
            retrieved_at=found_at,
            number=held.number,
            context={"did": found.commit.did, "paths": json.dumps(held.paths), **more},
        )

    for block in blocks:
        if held.blocks and len(held.body) + len(block.written) > PAGE_BYTES:
            yield page()
            held = _Held(held.number + 1)
        held.add(block, left.pop(block.link, ()))
    yield page(left_out=json.dumps(_left_out(found, sum(map(len, left.values())))))


def _left_out(found: Survey, absent: int) -> dict[str, int]:
    """Reason -> how many records are left out for it."""
    counted = {f"a record of {name}": count for name, count in list(found.others.items())[:MOST_NAMED]}
    more = sum(list(found.others.values())[MOST_NAMED:])
    said = {**counted, "a record of another collection": more, ABSENT: absent, ABSENT_NODE: found.absent}
    return {reason: count for reason, count in said.items() if count}


def _survey(source: Source) -> Survey:
    with source.open() as file, _refused(source):
        found = survey(file, COLLECTIONS)
        if not is_did(found.commit.did):
            raise UnreadablePage(f"the commit is of {found.commit.did[:80]!r}, which is no DID")
        return found


@contextmanager
def _refused(source: Source) -> Iterator[None]:
    try:
        yield
    except UnreadablePage as error:
        raise UnreadableSource(f"{source.name}: {error}: export the repository again") from error
