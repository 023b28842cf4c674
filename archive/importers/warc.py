"""Answers of platforms' APIs out of WARC files, read as the collectors read them."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO

from archive.contract import (
    Choices,
    Layout,
    Page,
    Post,
    Reject,
    Source,
    UnreadablePage,
    UnreadableSource,
)
from archive.contract.pages import LeftOut
from archive.importers.api_routes import (
    FEED_ROUTE,
    Exchange,
    Unplaced,
    bare,
    find_route,
    is_feed,
    split_address,
)
from archive.importers.files import excerpt
from archive.importers.http_answers import NeedsBrotli, WrongAnswer, read_answer
from archive.importers.warc_records import Piece, WarcRecord, WrongWarc, read_beginning, read_pieces
from archive.times import WrongTime, parse_moment

Parse = Callable[[Page], Iterator[Post | Reject]]
"""A collector's `parse`."""

PAGE_BYTES = 1 << 20
OK = 200

SILENT = frozenset({"warcinfo", "request", "metadata", "revisit"})
"""Types of records that hold no answer of their own: they are not counted."""
KINDS = frozenset({"response", "resource", "conversion", "continuation"})

_FEED_TYPE = re.compile(
    rb"^content-type:[ \t]*(?:application/(?:rss\+xml|atom\+xml|feed\+json|xml)|text/xml)\b",
    re.IGNORECASE | re.MULTILINE,
)
NOT_AN_API = "not the answer of an API, or a feed, that is read"
DIGESTS = frozenset({"sha1", "sha256"})
TOO_LONG = "too long for the answer of an API"


@dataclass(frozen=True, slots=True)
class WarcImporter:
    """Each answer of a known API becomes what its collector makes of it; the rest is left out and counted.

    `parser_for` gives the `parse` of a collector by its name in archive.collectable.COLLECTORS.
    """

    parser_for: Callable[[str], Parse]
    name: str = "warc-1"
    media_type: str = "application/warc"

    @staticmethod
    def recognises(head: bytes) -> bool:
        """Whether a file with these first bytes is a WARC file."""
        return head.startswith(b"WARC/")

    def plan(self, source: Source, choices: Choices) -> Layout:
        """Looks at every record's layout. Raises UnreadableSource where the file is damaged.

        Likewise where it has answers that cannot be unpacked without a library that is not installed.
        """
        if choices.author or choices.person:
            raise UnreadableSource(
                f"{source.name}: answers say who wrote them: leave --author and --person out"
            )
        for piece in _pieces(source):
            if piece.record is not None and piece.record.kind == "response":
                _check_readable(source, piece.record)
        return Layout()

    def read(self, source: Source) -> Iterator[Page]:
        found_at = datetime.now(UTC)
        for number, (body, oversized, continued) in enumerate(_joined(_pieces(source))):
            yield Page(
                source=source.name,
                body=body,
                media_type=self.media_type,
                retrieved_at=found_at,
                number=number,
                oversized=oversized,
                continued=continued,
            )

    def parse(self, page: Page, layout: Layout) -> Iterator[Post | Reject | LeftOut]:
        """Positions name the record within the page, and the place within the answer."""
        if page.continued:
            return
        try:
            if page.oversized:
                yield from _too_long(read_beginning(BytesIO(page.body)))
                return
            for number, piece in enumerate(read_pieces(BytesIO(page.body)), start=1):
                if piece.record is not None:
                    yield from self._read(piece.record, f"record {number}", page)
        except WrongWarc as error:
            raise UnreadablePage(f"{page.source}: {error}", page) from error

    def _read(self, record: WarcRecord, position: str, page: Page) -> Iterator[Post | Reject | LeftOut]:
        if record.kind in SILENT:
            return
        if record.kind != "response":
            yield LeftOut(position, f"a record of type {record.kind if record.kind in KINDS else 'unknown'}")
            return
        try:
            yield from self._answered(record, position, page)
        except (WrongAnswer, Unplaced, UnreadablePage) as error:
            yield Reject(position, str(error), _shown(record))

    def _answered(self, record: WarcRecord, position: str, page: Page) -> Iterator[Post | Reject | LeftOut]:
        url = split_address(record.target)
        route = find_route(url) if url is not None else None
        if url is None or (route is None and not _may_be_feed(record)):
            yield LeftOut(position, NOT_AN_API)
            return
        _check_whole(record)
        answer = read_answer(record.block)
        route = route or (FEED_ROUTE if is_feed(answer) else None)
        if route is None or answer.status != OK:
            yield LeftOut(
                position, NOT_AN_API if route is None else f"an API's answer of status {answer.status}"
            )
            return
        exchange = Exchange(url, answer, _retrieved(record, page.retrieved_at))
        matched = route.path.fullmatch(url.path)
        assert matched is not None, "a route is found by its path"
        parse = self.parser_for(route.collector)
        for number, one in enumerate(route.pages(exchange, matched), start=1):
            for found in parse(one):
                yield replace(found, position=f"{position}, answer {number}, {found.position}")


def _may_be_feed(record: WarcRecord) -> bool:
    """Whether an answer says that it is a feed, or XML: only then is its body unpacked."""
    return _FEED_TYPE.search(record.block[: 1 << 14].partition(b"\r\n\r\n")[0]) is not None


def _too_long(record: WarcRecord) -> Iterator[Reject | LeftOut]:
    url = split_address(record.target)
    if record.kind in SILENT:
        return
    if record.kind == "response" and url is not None and find_route(url) is not None:
        yield Reject("record 1", TOO_LONG, _shown(record))
    else:
        yield LeftOut("record 1", NOT_AN_API)


def _shown(record: WarcRecord) -> str:
    url = split_address(record.target)
    return excerpt(bare(url).encode("utf-8", "replace")) if url is not None else ""


def _retrieved(record: WarcRecord, otherwise: datetime) -> datetime:
    try:
        return parse_moment(record.fields.get("warc-date", "")).at
    except WrongTime:
        return otherwise


def _check_whole(record: WarcRecord) -> None:
    """Raises WrongAnswer for a part of an answer, and for what is not as its digest says.

    Digests of other kinds say nothing.
    """
    if "warc-truncated" in record.fields or "warc-segment-number" in record.fields:
        raise WrongAnswer("the record holds a part of the answer only")
    kind, _, stated = record.fields.get("warc-block-digest", "").partition(":")
    if kind.lower() not in DIGESTS:
        return
    digest = hashlib.new(kind.lower(), record.block, usedforsecurity=False)
    in_base32 = base64.b32encode(digest.digest()).decode().rstrip("=")
    if stated.lower() != digest.hexdigest() and stated.upper().rstrip("=") != in_base32:
        raise WrongAnswer("the record is not what its WARC-Block-Digest says")


def _check_readable(source: Source, record: WarcRecord) -> None:
    url = split_address(record.target)
    if url is None or find_route(url) is None:
        return
    try:
        read_answer(record.block)
    except NeedsBrotli as error:
        raise UnreadableSource(f"{source.name}: byte {record.place:,}: {error}") from error
    except WrongAnswer:
        return  # this record alone, when it is read


def _pieces(source: Source) -> Iterator[Piece]:
    with source.open() as file:
        try:
            empty = True
            for piece in read_pieces(file):
                empty = False
                yield piece
            if empty:
                raise UnreadableSource(f"{source.name} is empty")
        except WrongWarc as error:
            raise UnreadableSource(f"{source.name}: {error}: is the file whole?") from error


def _joined(pieces: Iterator[Piece]) -> Iterator[tuple[bytes, bool, bool]]:
    """Bytes of whole records to about PAGE_BYTES; those of oversized ones as they come.

    Each with whether it is oversized, and whether it goes on with the last.
    """
    held = bytearray()
    for piece in pieces:
        if held and (piece.oversized or len(held) + len(piece.written) > PAGE_BYTES):
            yield bytes(held), False, False
            held.clear()
        if piece.oversized:
            yield piece.written, True, piece.record is None
        else:
            held += piece.written
    if held:
        yield bytes(held), False, False
