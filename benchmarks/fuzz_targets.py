"""What is fuzzed: every parser, importer and `tag`, each with examples to be changed."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from authority import authority
from import_sources import Held
from platforms import FAKES, fake_of, keep_account, one_round
from sqlmodel import Session, select
from warc_files import answered
from world import filled

from analysis.contract import Roster
from analysis.lines import UnreadableLine
from analysis.reader import Reader
from analysis.sentiment import scorer_for
from analysis.spreadsheets.workbooks import read_rows, xlsx_bytes
from analysis.tagging import render_line, tag_lines
from archive.account_files import read_account_files
from archive.ballots.formats import read_ballot
from archive.ballots.rows import Request
from archive.captures import page_of
from archive.contract import Choices, Page, UnreadablePage
from archive.importers.opening import open_path
from archive.integrity.timestamps import check_signature, read_timestamp
from archive.registry import IMPORTERS, importer_for, parser_for
from db import open_database
from db.errors import Refusal
from db.models import Capture

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
LARGEST = 60_000
"""Bytes of an example; more teaches nothing, and takes longer."""

REFUSED = (Refusal, UnreadablePage, UnreadableLine)
"""What a parser may raise: it says what is wrong."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that reads bytes from outside."""

    run: Callable[[bytes], None]
    examples: Sequence[bytes]
    refused: tuple[type[Exception], ...] = REFUSED


def targets() -> dict[str, Target]:
    """By name; `parser-NAME` for collectors, `importer-NAME` for formats of files."""
    return {
        **{f"parser-{name}": _parser(name) for name in FAKES},
        **{f"importer-{name}": _importer(name) for name in IMPORTERS},
        "opening": Target(_open, [*_files("zip", "gz", "tar"), b"PK\x03\x04", b"\x1f\x8b\x08"]),
        "ballot": Target(_ballot, _csv("roster.csv", "results.csv")),
        "accounts-csv": Target(partial(_accounts, "a.csv"), [b"person_id,platform,handle\np:1,x,ada\n"]),
        "accounts-yaml": Target(partial(_accounts, "a.yaml"), [YAML]),
        "workbook": Target(
            _workbook, [xlsx_bytes(["id", "text"], [["1", "We won."]], {"id": ["1"]}, [("a", "b")])]
        ),
        "tag": Target(_tagging(), [TAGGED]),
        "timestamp": _timestamp(),
    }


YAML = b"""- id: {bioguide: A000001, govtrack: 1}
  name: {first: Ada, last: Sorrel, official_full: Ada Sorrel}
  social: {twitter: adasorrel, twitter_id: 12, youtube: ada}
  terms: [{type: rep, state: NY, party: Independent, url: "https://ada.example"}]
"""
TAGGED = "".join(
    json.dumps({"id": number, "text": text, "author": "Ada Sorrel", "posted_at": "2024-07-05T01:00:00Z"})
    + "\n"
    for number, text in enumerate(
        ("We won! Thank you.", "Bo Tamsin lied \U0001f621 to @bo's voters, not once.")
    )
).encode()


def _parser(collector: str) -> Target:
    """A collector's `parse`, on the pages that its platform's fake serves."""
    pages = _served(collector)
    parse = parser_for(collector)
    place = {page.body: page for page in pages}

    def run(body: bytes) -> None:
        # The first page of the kind: bytes that were changed are of no page any more.
        for page in (place.get(body, pages[0]), pages[-1]):
            list(parse(replace(page, body=body)))

    return Target(run, [page.body for page in pages if len(page.body) <= LARGEST])


def _served(collector: str) -> list[Page]:
    with TemporaryDirectory() as folder, fake_of(collector, filled(6)) as loopback:
        engine = open_database(f"{folder}/archive.db", create=True)
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        one_round(engine, loopback)
        with Session(engine) as session:
            captures = session.exec(select(Capture).where(Capture.kind == "page")).all()
            pages = [page_of(capture) for capture in captures]
        engine.dispose()
    parse, readable = parser_for(collector), []
    for page in pages:
        try:
            list(parse(page))
        except UnreadablePage:  # says who the account is, and holds no posts
            continue
        readable.append(page)
    return readable


def _importer(name: str) -> Target:
    examples = {
        "csv": _files("csv"),
        "ndjson": _files("ndjson", "jsonl"),
        "json": _files("json", "js"),
        "warc": [answered("https://api.x.com/2/users/12/tweets", {"data": [{"id": "1", "text": "We won."}]})],
        "bluesky-car": [path.read_bytes() for path in (FIXTURES / "bluesky").glob("*.car")],
        "article": [ARTICLE],
    }[name]

    def run(body: bytes) -> None:
        source = Held(body, f"held.{name}")
        importer = importer_for(source, name)
        layout = importer.plan(source, Choices(platform="x", published="2024-07-05", url="https://e.example"))
        for page in importer.read(source):
            list(importer.parse(page, layout))

    return Target(run, [one for one in examples if len(one) <= LARGEST])


ARTICLE = """<!DOCTYPE html><html><head><title>Sorrel wins</title></head><body><article><h1>Sorrel wins</h1>
<p>Ada Sorrel won on Thursday. \u201cWe kept every promise,\u201d she said.
Her opponent, Bo Tamsin, said: \u201cI congratulate Ada.\u201d</p>
<blockquote class="twitter-tweet"><p>Thank you!</p>&mdash; Ada (@ada)
<a href="https://twitter.com/ada/status/1">July 5, 2024</a></blockquote></article></body></html>""".encode()


def _files(*endings: str) -> list[bytes]:
    found = [path for ending in endings for path in sorted((FIXTURES / "imports").rglob(f"*.{ending}"))]
    return [path.read_bytes()[:LARGEST] for path in found] or [b"{}"]


def _csv(*names: str) -> list[bytes]:
    return [(ROOT / "archive" / "demo" / name).read_bytes() for name in names]


def _on_disk(name: str, body: bytes, read: Callable[[Path], object]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(body)
        read(path)


def _open(body: bytes) -> None:
    def read(path: Path) -> None:
        for source in open_path(path).sources:
            with source.open() as file:
                while file.read(1 << 16):
                    pass

    _on_disk("held.bin", body, read)


def _ballot(body: bytes) -> None:
    _on_disk("held.csv", body, lambda path: read_ballot(path, Request()))


def _workbook(body: bytes) -> None:
    _on_disk("held.xlsx", body, lambda path: list(read_rows(path)))


def _accounts(name: str, body: bytes) -> None:
    _on_disk(name, body, lambda path: read_account_files([path]))


def _timestamp() -> Target:
    with TemporaryDirectory() as folder:
        tsa = authority(Path(folder) / "tsa")
        example, root = tsa.stamp(b"data"), tsa.root.read_bytes()

    def run(body: bytes) -> None:
        check_signature(read_timestamp(body, b"data"), b"data", root)

    return Target(run, [example])


def _tagging() -> Callable[[bytes], None]:
    reader = Reader(Roster(), scorer_for("vader-target"))

    def run(body: bytes) -> None:
        for tagged in tag_lines(io.BytesIO(body), reader):
            render_line(tagged)

    return run
