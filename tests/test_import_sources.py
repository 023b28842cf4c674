"""What a path holds: compressed files, ZIPs, folders; and what is refused before a byte is stored."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import random
import stat
import struct
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, func, select
from typer.testing import CliRunner

import hustings
from archive.contract import Choices, Source, UnreadableSource
from archive.importers.files import cut_pages, lines_of, read_through
from archive.importers.opening import Held, Neighbours, open_file, open_path
from archive.importers.unpacking import LIMITS, Limits
from archive.imports import import_statements, plan_files
from archive.ingest import Tally
from db.models import Capture, Statement

X = Choices(platform="x")

COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "zst-stream": lambda body: _streamed(body),
}


def _streamed(body: bytes) -> bytes:
    """As the command `zstd` writes what comes by a pipe: without the plain size."""
    writer = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return writer.compress(body) + writer.flush()


def lines(*numbers: int, text: str = "We won.") -> bytes:
    entries = ({"id": str(n), "text": text, "created_at": "2024-07-05"} for n in numbers)
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def noise(size: int) -> bytes:
    """Bytes of records that no packing makes much smaller."""
    lot = random.Random(7)
    return b"".join(lines(n, text=f"{lot.getrandbits(1600):x}") for n in range(size // 480))


def written(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in members:
            file.writestr(name, body)
    return path


def held(raw: io.RawIOBase | io.BytesIO) -> Held:
    """A source that reads these bytes, once it knows how they are compressed."""

    def opened() -> io.BufferedReader:
        raw.seek(0)
        return io.BufferedReader(_Kept(raw))

    return Held("a.ndjson", "a.ndjson", opened, Neighbours(Path()), LIMITS)


class _Kept(io.RawIOBase):
    """Bytes that are not closed with what reads them."""

    def __init__(self, inner: io.RawIOBase | io.BytesIO) -> None:
        super().__init__()
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._inner.readinto(buffer) or 0


def plain(source: Source) -> bytes:
    with source.open() as file:
        return file.read()


def count(engine: Engine, table: Any) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


# ---- compressed files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", COMPRESSED)
@pytest.mark.parametrize("name", ["posts.ndjson.{}", "posts.ndjson", "posts.csv"])
def test_a_compressed_file_is_read_whatever_its_ending(
    engine: Engine, tmp_path: Path, kind: str, name: str
) -> None:
    path = written(tmp_path / name.format(kind), COMPRESSED[kind](lines(1, 2)))

    [imported] = import_statements(engine, path, choices=X)

    assert imported.tally == Tally(read=2, stored=2)


@pytest.mark.parametrize("kind", COMPRESSED)
def test_joined_files_are_read_to_the_last(tmp_path: Path, kind: str) -> None:
    path = written(
        tmp_path / "a", COMPRESSED[kind](b"one") + COMPRESSED[kind](b"") + COMPRESSED[kind](b"two")
    )

    assert plain(open_file(path)) == b"onetwo"


def test_a_file_that_is_compressed_twice_is_read_and_one_without_end_refused(tmp_path: Path) -> None:
    twice = written(tmp_path / "a.bz2.gz", gzip.compress(bz2.compress(b"text")))
    often = b"text"
    for _ in range(5):
        often = gzip.compress(often)

    assert plain(open_file(twice)) == b"text"
    with pytest.raises(UnreadableSource, match=r"a\.gz is compressed more than 3 times"):
        open_file(written(tmp_path / "a.gz", often)).open()


@given(st.binary(max_size=3000).map(b"=".__add__), st.sampled_from(list(COMPRESSED)), st.integers(1, 200))
def test_bytes_come_out_as_they_went_in(body: bytes, kind: str, size: int) -> None:
    found = b""
    with held(io.BytesIO(COMPRESSED[kind](body))).open() as file:
        while some := file.read(size):
            found += some

    assert found == body


@pytest.mark.parametrize("kind", COMPRESSED)
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.9999])
def test_what_is_cut_off_is_refused_and_nothing_stored(
    engine: Engine, tmp_path: Path, kind: str, kept: float
) -> None:
    body = COMPRESSED[kind](noise(3 << 20))
    path = written(tmp_path / f"posts.ndjson.{kind}", body[: int(len(body) * kept)])

    with pytest.raises(UnreadableSource, match=r"posts\.ndjson\.\S+ is (cut off|damaged)"):
        import_statements(engine, path, choices=X)

    assert count(engine, Capture) == count(engine, Statement) == 0


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst-stream"])
def test_a_flipped_bit_is_refused_and_nothing_stored(engine: Engine, tmp_path: Path, kind: str) -> None:
    body = bytearray(COMPRESSED[kind](noise(1 << 20)))
    body[-6] ^= 1  # within the checksums at the end
    body[len(body) // 2] ^= 1

    with pytest.raises(UnreadableSource, match=r"damaged|cut off"):
        import_statements(engine, written(tmp_path / "posts.ndjson", bytes(body)), choices=X)

    assert count(engine, Capture) == 0


def test_what_follows_the_end_of_a_compressed_file_is_no_part_of_it(tmp_path: Path) -> None:
    whole = gzip.compress(b"text")

    assert plain(open_file(written(tmp_path / "filled", whole + bytes(512)))) == b"text"
    with pytest.raises(UnreadableSource, match="what follows its end is no gzip"):
        plain(open_file(written(tmp_path / "garbage", whole + b"garbage and more of it")))


@pytest.mark.parametrize("kind", COMPRESSED)
def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / "bomb.csv", COMPRESSED[kind](bytes(96 << 20)))
    given: list[int] = []

    tracemalloc.start()
    with pytest.raises(UnreadableSource, match=r"bomb\.csv unpacks to more than 250 times its size"):
        drain(open_file(path, replace(LIMITS, free=1 << 20)), given)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sum(given) < 40 << 20
    assert peak < 80 << 20


def drain(source: Source, given: list[int]) -> None:
    with source.open() as file:
        while some := file.read(1 << 16):
            given.append(len(some))


def test_no_file_unpacks_to_more_than_the_limit(tmp_path: Path) -> None:
    path = written(tmp_path / "posts.gz", gzip.compress(noise(1 << 20)))

    with pytest.raises(UnreadableSource, match="more than 100,000 bytes"):
        plan_files([path], choices=X, limits=replace(LIMITS, unpacked=100_000))


# ---- ZIPs and folders -----------------------------------------------------------------------------------


MEMBERS: list[tuple[str | zipfile.ZipInfo, bytes]] = [
    ("posts/a.ndjson", lines(1, 2)),
    ("posts/b.ndjson.xz", lzma.compress(lines(3))),
    ("posts/c.txt", b"id,text,created_at\n4,We lost.,2024-07-05\n"),
    ("media/photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100)),
    ("media/noise", bytes(range(256))),
    ("README.txt", b"A text, not a table.\n\nAnd more of it.\n"),
    ("empty", b""),
    ("inner.zip", b"PK\x03\x04" + bytes(40)),
    ("likes.js", b'window.YTD.like.part0 = [{"like": {"tweetId": "7"}}]'),
]


@pytest.mark.parametrize("as_zip", [True, False])
def test_of_several_files_those_of_statements_are_read_and_the_others_listed(
    engine: Engine, tmp_path: Path, as_zip: bool
) -> None:
    path = tmp_path / "all"
    if as_zip:
        zipped(path, *MEMBERS)
    else:
        for name, body in MEMBERS:
            if name != "inner.zip":
                written(path / str(name), body)

    found = {file.name: file for file in import_statements(engine, path, choices=X)}

    read = {name: file.tally.stored for name, file in found.items() if file.left_out is None}
    assert read == {"all/posts/a.ndjson": 2, "all/posts/b.ndjson.xz": 1, "all/posts/c.txt": 1}
    reasons = {name: file.left_out or "" for name, file in found.items() if file.left_out}
    assert "a picture" in reasons["all/media/photo.jpg"]
    assert "no text" in reasons["all/media/noise"]
    assert "--format article" in reasons["all/README.txt"]
    assert "empty" in reasons["all/empty"]
    assert "no column with the text" in reasons["all/likes.js"]
    assert ("ZIP" in reasons["all/inner.zip"]) if as_zip else True
    with Session(engine) as session:
        sources = set(session.exec(select(Capture.source)))
    assert sources == set(read)


def test_a_zip_within_a_folder_is_read_too(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    zipped(tmp_path / "all" / "inner.zip", ("a.ndjson", lines(1)))

    [file] = import_statements(engine, tmp_path / "all", choices=X)

    assert (file.name, file.tally.stored) == ("all/inner.zip/a.ndjson", 1)


def test_a_link_in_a_folder_is_left_out(engine: Engine, tmp_path: Path) -> None:
    written(tmp_path / "all" / "a.ndjson", lines(1))
    (tmp_path / "all" / "b.ndjson").symlink_to(written(tmp_path / "secret", lines(2)))

    [_, link] = import_statements(engine, tmp_path / "all", choices=X)

    assert link.left_out == "a symbolic link"


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_zip_or_folder_without_statements_is_refused(tmp_path: Path, as_zip: bool) -> None:
    path = tmp_path / "all"
    if as_zip:
        zipped(path, ("a.jpg", b"\xff\xd8\xff"))
    else:
        written(path / "a.jpg", b"\xff\xd8\xff")

    with pytest.raises(UnreadableSource, match=r"all holds no file of statements: all/a\.jpg is a picture"):
        plan_files([path])


def test_a_file_of_several_that_only_lacks_the_users_word_is_not_left_out(tmp_path: Path) -> None:
    """Its statements would be missing without notice."""
    path = zipped(
        tmp_path / "all.zip", ("a.csv", b"id,text,created_at,platform\n1,a,2024-07-05 10:00:00,x\n")
    )

    with pytest.raises(UnreadableSource, match=r"all\.zip/a\.csv: line 2, column 'created_at'.*--timezone"):
        plan_files([path])


def _named(name: str, **more: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    for key, value in more.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    ("member", "complaint"),
    [
        (_named("/etc/posts.ndjson"), "'/etc/posts.ndjson' has an absolute path"),
        (_named("C:/posts.ndjson"), "has an absolute path"),
        (_named("a/../../posts.ndjson"), "leads out of its folder"),
        (_named("..\\posts.ndjson"), "no usable path"),
        (_named("link", external_attr=(stat.S_IFLNK | 0o777) << 16), "'link' is a symbolic link"),
    ],
)
def test_a_zip_with_a_crooked_entry_is_refused_as_a_whole(
    engine: Engine, tmp_path: Path, member: zipfile.ZipInfo, complaint: str
) -> None:
    path = zipped(tmp_path / "all.zip", ("good.ndjson", lines(1)), (member, lines(2)))

    with pytest.raises(UnreadableSource, match=r"all\.zip: the entry ") as refused:
        import_statements(engine, path, choices=X)

    assert complaint in str(refused.value)
    assert count(engine, Capture) == 0


def _changed(path: Path, change: Callable[[bytearray], None]) -> Path:
    body = bytearray(path.read_bytes())
    change(body)
    path.write_bytes(bytes(body))
    return path


def _encrypted(body: bytearray) -> None:
    body[6] |= 1
    body[body.rindex(b"PK\x01\x02") + 8] |= 1


def _wrong_sum(body: bytearray) -> None:
    body[body.rindex(b"PK\x01\x02") + 16] ^= 1


def _lying_size(body: bytearray) -> None:
    struct.pack_into("<L", body, body.rindex(b"PK\x01\x02") + 24, 10)


def _other_method(body: bytearray) -> None:
    body[body.rindex(b"PK\x01\x02") + 10] = 12


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_encrypted, "is encrypted"),
        (_wrong_sum, r"all\.zip/a\.ndjson is damaged: the ZIP's checksum"),
        (_lying_size, r"all\.zip/a\.ndjson is damaged: the ZIP's checksum"),
        (_other_method, "method 12, which is not read"),
        (lambda body: body.__delitem__(slice(len(body) - 30, None)), "no whole ZIP"),
        (lambda body: body.__delitem__(slice(60, 90)), "no whole ZIP|damaged|cut off|overlaps"),
        (lambda body: body.__setitem__(slice(80, 90), bytes(10)), "damaged"),
    ],
)
def test_a_zip_that_is_damaged_or_lies_is_refused_and_nothing_stored(
    engine: Engine, tmp_path: Path, change: Callable[[bytearray], None], complaint: str
) -> None:
    path = _changed(zipped(tmp_path / "all.zip", ("a.ndjson", noise(100_000))), change)

    with pytest.raises(UnreadableSource, match=complaint):
        import_statements(engine, path, choices=X)

    assert count(engine, Capture) == count(engine, Statement) == 0


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """As in the bomb of David Fifield, whose entries are all of one kernel."""
    path = zipped(tmp_path / "all.zip", ("a.ndjson", lines(1)), ("b.ndjson", lines(2)))

    def overlap(body: bytearray) -> None:
        struct.pack_into("<L", body, body.rindex(b"PK\x01\x02") + 42, 0)

    with pytest.raises(UnreadableSource, match=r"all\.zip: the entry .* overlaps the next"):
        open_path(_changed(path, overlap))


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "all.zip", ("a.ndjson", lines(1)), ("a.ndjson", lines(2)))

    with pytest.raises(UnreadableSource, match=r"two entries 'a\.ndjson'"):
        open_path(path)


def test_a_zip_bomb_is_refused_by_what_it_unpacks_to(engine: Engine, tmp_path: Path) -> None:
    body = lines(1) + b"\n" * (80 << 20)
    path = zipped(tmp_path / "all.zip", ("small.ndjson", lines(2)), ("zbomb.ndjson", body))

    with pytest.raises(UnreadableSource, match=r"all\.zip/zbomb\.ndjson unpacks to more than 250 times"):
        import_statements(engine, path, choices=X)

    assert count(engine, Capture) == 0


def test_all_that_is_read_of_a_zip_counts_together(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", *((f"{n}.ndjson", noise(60_000)) for n in range(4)))

    with pytest.raises(UnreadableSource, match=r"all\.zip unpacks to more than 150,000 bytes"):
        plan_files([path], choices=X, limits=replace(LIMITS, unpacked=150_000))


def test_a_zip_or_folder_of_too_many_files_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", *((f"{n}.ndjson", lines(n)) for n in range(4)))
    for number in range(4):
        written(tmp_path / "folder" / str(number), lines(number))

    with pytest.raises(UnreadableSource, match=r"all\.zip has more than 3 entries"):
        open_path(path, Limits(members=3))
    with pytest.raises(UnreadableSource, match="folder has more than 3 files"):
        open_path(tmp_path / "folder", Limits(members=3))


def test_a_list_of_entries_too_large_for_memory_is_refused_unread(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", ("a.ndjson", lines(1)))

    with pytest.raises(UnreadableSource, match="entries"):
        open_path(path, Limits(directory=10))


def test_a_zip_without_an_entry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"empty\.zip is a ZIP that lists no entry"):
        open_path(zipped(tmp_path / "empty.zip"))


@given(st.integers(0, 400), st.integers(0, 255))
@example(312, 0)  # its list has no entry any more
def test_a_zip_with_any_byte_changed_gives_its_bytes_or_is_refused(place: int, byte: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = zipped(Path(folder) / "all.zip", ("a.ndjson", lines(1, 2, 3)), ("b.ndjson", lines(4)))
        body = bytearray(path.read_bytes())
        body[place % len(body)] = byte
        path.write_bytes(bytes(body))
        try:
            found = {plain(source) for source in open_path(path).sources}
        except UnreadableSource:
            return
    assert found <= {lines(1, 2, 3), lines(4), bytes(body)}


def test_a_spreadsheet_is_refused_as_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "posts.xlsx", ("[Content_Types].xml", b"<Types/>"), ("xl/a.xml", b"<a/>"))

    with pytest.raises(UnreadableSource, match="spreadsheet"):
        plan_files([path])


# ---- companions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["zip", "folder", "alone"])
def test_a_source_finds_what_lies_beside_it(tmp_path: Path, where: str) -> None:
    members = {
        "export/data/tweets.js": b"tweets",
        "export/data/account.js": b"mine",
        "export/data/old/account.js": b"old",
        "export/packed.js.gz": gzip.compress(b"packed"),
    }
    for name, body in members.items():
        written(tmp_path / name, body)
    if where == "zip":
        opened = open_path(zipped(tmp_path / "a.zip", *members.items()))
    elif where == "folder":
        opened = open_path(tmp_path / "export")
    else:
        opened = open_path(tmp_path / "export" / "data" / "tweets.js")
    [tweets] = [source for source in opened.sources if source.plain_name == "tweets.js"]

    for name in ("account.js", "data/account.js"):
        found = tweets.beside.find(name)
        assert found
        assert plain(found) == b"mine"
    assert tweets.beside.find("count.js") is None
    assert tweets.beside.find("other/account.js") is None
    if where != "alone":
        packed = tweets.beside.find("packed.js")
        assert packed
        assert plain(packed) == b"packed"


# ---- long lines, odd ends, other encodings ---------------------------------------------------------------


class Line(io.RawIOBase):
    """One line of so many bytes, which stand nowhere; how much is asked for at a time."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = self.left = size
        self.largest = 0

    def seek(self, place: int, whence: int = 0) -> int:
        self.left = self.size - place
        return place

    def readinto(self, buffer: Any) -> int:
        self.largest = max(self.largest, len(buffer))
        some = min(len(buffer), self.left)
        buffer[:some] = b"x" * some
        self.left -= some
        return some


def test_hundreds_of_megabytes_on_one_line_are_never_held() -> None:
    raw = Line(400 << 20)
    source = held(raw)
    tracemalloc.start()
    size, cuts = 0, set()
    for page in cut_pages(source, "text/csv", lines_of(source)):
        size += len(page.body)
        cuts.add((page.oversized, page.continued))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == 400 << 20
    assert cuts == {(True, False), (True, True)}
    assert peak < 40 << 20
    assert raw.largest < 1 << 20


@pytest.mark.parametrize("suffix", ["ndjson", "json"])
def test_of_large_records_few_are_held_to_tell_what_they_are(tmp_path: Path, suffix: str) -> None:
    """The page of an API's answer has megabytes: a hundred of them would be a gigabyte, decoded."""
    entry = {"text": "x", "created_at": "2024-07-05", "more": [{"a": "b" * 40}] * 40_000}
    path, record = tmp_path / f"posts.{suffix}", json.dumps(entry)
    parts = ("", "\n", "\n") if suffix == "ndjson" else ("[", ",\n", "]")
    path.write_text(parts[0] + parts[1].join([record] * 20) + parts[2])
    tracemalloc.start()
    plan_files([path], choices=X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert path.stat().st_size > 38 << 20
    assert peak < 160 << 20


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("suffix", ["ndjson", "csv", "json"])
def test_odd_ends_of_lines_within_texts_cut_no_record(
    engine: Engine, tmp_path: Path, end: str, suffix: str
) -> None:
    texts = ["one\rtwo", "one\u2028two\u2029three", "one\x0b\x0c\x1c\x1d\x85two", "one\r\ntwo"]
    entries = [{"id": str(n), "text": text, "created_at": "2024-07-05"} for n, text in enumerate(texts)]
    body = {
        "ndjson": end.join([*(json.dumps(entry, ensure_ascii=False) for entry in entries), ""]),
        "json": json.dumps(entries, ensure_ascii=False, indent=1).replace("\n", end),
        "csv": end.join(
            ["id,text,created_at", *(f'{e["id"]},"{e["text"]}",{e["created_at"]}' for e in entries), ""]
        ),
    }[suffix]
    path = written(tmp_path / f"posts.{suffix}", body.encode())

    [file] = import_statements(engine, path, choices=X)

    assert file.tally == Tally(read=4, stored=4)
    with Session(engine) as session:
        assert session.exec(select(Statement.text).order_by(Statement.post_id)).all() == texts


@pytest.mark.parametrize("suffix", ["ndjson", "csv"])
def test_a_line_of_another_encoding_is_quarantined_and_the_rest_read(
    engine: Engine, tmp_path: Path, suffix: str
) -> None:
    good = lines(1, 2, 3).splitlines(keepends=True)
    bad = json.dumps({"id": "9", "text": "café", "created_at": "2024-07-05"}, ensure_ascii=False)
    rows = [b"id,text,created_at\n", *(b"%d,We won.,2024-07-05\n" % n for n in (1, 2, 3))]
    body = {
        "ndjson": b"".join([*good, bad.encode("latin-1"), b"\n"]),
        "csv": b"".join([*rows, "9,café,2024-07-05\n".encode("latin-1")]),
    }[suffix]

    [file] = import_statements(engine, written(tmp_path / f"posts.{suffix}", body), choices=X)

    assert file.tally == Tally(read=4, stored=3, quarantined=1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_a_file_that_is_mostly_of_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    body = "id,text,created_at\n1,Café,2024-07-05\n2,Très,2024-07-05\n".encode(encoding)

    with pytest.raises(UnreadableSource, match=r"UTF-16|UTF-8|no text"):
        plan_files([written(tmp_path / "posts.csv", body)], choices=X)


def test_reading_through_gives_hash_and_size(tmp_path: Path) -> None:
    body = noise(3 << 20)
    found = read_through(open_file(written(tmp_path / "a.gz", gzip.compress(body))))

    assert (found.sha256, found.size) == (hashlib.sha256(body).hexdigest(), len(body))


# ---- on the terminal ------------------------------------------------------------------------------------


def test_the_terminal_says_what_was_left_out_and_why(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", *MEMBERS)
    arguments = ["--db", str(tmp_path / "a.db"), "import", str(path), "--platform", "x"]

    said = CliRunner().invoke(hustings.app, arguments)
    as_json = CliRunner().invoke(hustings.app, [*arguments, "--json"])

    assert said.exit_code == 0
    assert "all.zip/posts/a.ndjson: read 2 = stored 2 + known 0 + quarantined 0" in said.output
    assert "left out: all.zip/media/photo.jpg: is a picture" in said.output
    entries = [json.loads(line) for line in as_json.output.splitlines()]
    assert {Path(entry["file"]).name for entry in entries if "left_out" in entry} >= {"photo.jpg", "likes.js"}


def test_a_complaint_names_the_file_where_the_user_has_it(tmp_path: Path) -> None:
    path = written(tmp_path / "deep" / "posts.csv", b"")

    said = CliRunner().invoke(hustings.app, ["--db", str(tmp_path / "a.db"), "import", str(path)])

    assert said.exit_code == 2
    assert f"{path} is empty" in said.output.replace("\n", "")
    assert not (tmp_path / "a.db").exists()
