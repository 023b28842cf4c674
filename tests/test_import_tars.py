"""Tar archives, compressed or not: the same statements as from the folder; crooked ones are refused."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from import_sources import IMPORTS
from sqlalchemy import Engine
from sqlmodel import Session, select
from test_import_sources import X, count, lines, noise, plain, written, zipped

from archive.contract import UnreadableSource
from archive.importers import unpacking
from archive.importers.opening import open_path
from archive.importers.unpacking import LIMITS, Limits
from archive.imports import import_statements, plan_files
from db import open_database
from db.models import Capture, Statement

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tar.xz": lzma.compress,
    "tar.zst": zstandard.ZstdCompressor().compress,
}

JPEG = b"\xff\xd8\xff\xe0" + bytes(3000)

Member = tuple[str | tarfile.TarInfo, bytes]


def tarred(*members: Member, form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar's bytes."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as file:
        for named, body in members:
            info = tarfile.TarInfo(named) if isinstance(named, str) else named
            if info.isreg():
                info.size = len(body)
            file.addfile(info, io.BytesIO(body))
    return made.getvalue()


def kind(name: str, type: bytes, linkname: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type, linkname
    return info


def sealed(header: bytes) -> bytes:
    """A header with the checksum that it should have."""
    total = sum(header[:148]) + 8 * 32 + sum(header[156:512])
    return header[:148] + b"%06o\0 " % total + header[156:]


def found_in(path: Path) -> dict[str, bytes]:
    return {source.inner: plain(source) for source in open_path(path).sources}


# ---- what is read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", PACKED)
def test_a_mastodon_export_in_a_tar_gives_the_statements_of_its_folder(tmp_path: Path, ending: str) -> None:
    names = ("outbox.json", "actor.json")
    members: list[Member] = [(name, (IMPORTS / "mastodon" / name).read_bytes()) for name in names]
    media = [(f"media_attachments/files/{number}/original/a.jpg", JPEG) for number in range(3)]
    path = written(tmp_path / f"archive.{ending}", PACKED[ending](tarred(*media, *members)))

    from_tar, left_out = _statements(tmp_path / "tar.db", path)
    from_folder, _ = _statements(tmp_path / "folder.db", IMPORTS / "mastodon")

    assert from_tar == from_folder
    assert len(from_tar) == 9
    inner = f"archive.{ending}/media_attachments/files/0/original/a.jpg"
    assert left_out[inner] == "is a picture"
    assert left_out[f"archive.{ending}/actor.json"] == "no statements in it: no column with the text"


def _statements(database: Path, path: Path) -> tuple[list[tuple[object, ...]], dict[str, str]]:
    engine = open_database(str(database), create=True)
    imported = import_statements(engine, path)
    with Session(engine) as session:
        rows = session.exec(
            select(Statement.post_id, Statement.text, Statement.published_at, Statement.account_id).order_by(
                Statement.post_id
            )
        ).all()
    engine.dispose()
    return [tuple(row) for row in rows], {file.name: file.left_out for file in imported if file.left_out}


@pytest.mark.parametrize("ending", PACKED)
def test_an_entry_is_read_again_and_again_and_beside_others(tmp_path: Path, ending: str) -> None:
    bodies = {"a/one.ndjson": noise(1 << 19), "a/two.ndjson": lines(2), "three": b"", "four": b"4"}
    path = written(tmp_path / "all", PACKED[ending](tarred(*bodies.items())))
    sources = {source.inner: source for source in open_path(path).sources}

    assert {name: plain(source) for name, source in sources.items()} == bodies
    with sources["a/one.ndjson"].open() as one, sources["a/two.ndjson"].open() as two:
        assert one.read(1000) + two.read() + one.read() == (
            bodies["a/one.ndjson"][:1000] + bodies["a/two.ndjson"] + bodies["a/one.ndjson"][1000:]
        )
    beside = sources["a/one.ndjson"].beside.find("a/two.ndjson")
    assert beside
    assert plain(beside) == bodies["a/two.ndjson"]


def test_a_packed_entry_and_a_tar_in_a_folder_are_read_and_one_in_a_tar_or_zip_is_named(
    engine: Engine, tmp_path: Path
) -> None:
    inner = tarred(("b.ndjson", lines(2)))
    body = tarred(("a.ndjson.xz", lzma.compress(lines(1))), ("inner.tar", inner))
    written(tmp_path / "all" / "x.tar.gz", gzip.compress(body))
    zipped(tmp_path / "all" / "y.zip", ("inner.tar.gz", gzip.compress(inner)))

    found = {file.name: file for file in import_statements(engine, tmp_path / "all", choices=X)}

    assert found["all/x.tar.gz/a.ndjson.xz"].tally.stored == 1
    what = "is a tar archive: unpack it, and give its folder"
    assert found["all/x.tar.gz/inner.tar"].left_out == what
    assert found["all/y.zip/inner.tar.gz"].left_out == what


LONG = "fólder/" * 30 + "posts.ndjson"


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_and_those_of_other_alphabets_are_read(tmp_path: Path, form: int) -> None:
    path = written(tmp_path / "all.tar", tarred((LONG, b"a"), ("данные/b", b"b"), form=form))

    assert found_in(path) == {LONG: b"a", "данные/b": b"b"}


def test_a_name_in_two_fields_is_read(tmp_path: Path) -> None:
    name = "a" * 90 + "/" + "b" * 90
    path = written(tmp_path / "all.tar", tarred((name, b"a"), form=tarfile.USTAR_FORMAT))

    assert found_in(path) == {name: b"a"}


def test_a_tar_of_1979_is_read(tmp_path: Path) -> None:
    """Without `ustar`, with a zero as the kind of a file, and folders that are told by their names."""
    body = bytearray(tarred(("old/", b""), ("old/a", b"text")))
    for at in (0, 512):
        body[at : at + 512] = sealed(bytes(body[at : at + 156]) + bytes(512 - 156))
    path = written(tmp_path / "all.tar", bytes(body))

    assert found_in(path) == {"old/a": b"text"}


def test_a_folder_that_was_packed_from_within_gives_plain_names(tmp_path: Path) -> None:
    body = tarred((kind(".", tarfile.DIRTYPE), b""), ("./a/posts.ndjson", b"a"))
    [source] = open_path(written(tmp_path / "all.tar", body)).sources

    assert (source.name, source.inner) == ("all.tar/a/posts.ndjson", "a/posts.ndjson")


def test_words_for_all_entries_are_passed_over(tmp_path: Path) -> None:
    """As `git archive` writes the commit."""
    for_all = tarfile.TarInfo.create_pax_global_header({"comment": "0123abc"})

    assert found_in(written(tmp_path / "all.tar", for_all + tarred(("a", b"a")))) == {"a": b"a"}


NAMES = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0/\\:"), min_size=1, max_size=60
    ).filter(lambda part: part not in (".", "..")),
    min_size=1,
    max_size=5,
).map("/".join)


@given(st.dictionaries(NAMES, st.binary(max_size=1200), max_size=6), st.sampled_from([1, 2]))
def test_any_names_and_bytes_come_out_as_they_went_in(bodies: dict[str, bytes], form: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(
            Path(folder) / "all", gzip.compress(tarred(("first", b"1"), *bodies.items(), form=form))
        )
        wanted = {"first": b"1"} | bodies
        if len(wanted) <= len(bodies):
            return
        opened = open_path(path)
        found = {source._inner: source._raw().read() for source in opened.sources}
    foreign = {one.name for one in opened.left_out}
    assert found.keys() <= wanted.keys()
    assert len(found) + len(foreign) == len(wanted)
    assert all(wanted[name] == body for name, body in found.items())


# ---- what is refused ------------------------------------------------------------------------------------


def _pax(**words: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo("a.ndjson")
    info.pax_headers = {name.replace("_", "."): value for name, value in words.items()}
    return info


@pytest.mark.parametrize(
    ("member", "complaint"),
    [
        ("/etc/posts.ndjson", "'/etc/posts.ndjson' has an absolute path"),
        ("C:/posts.ndjson", "has an absolute path"),
        ("a/../../posts.ndjson", "leads out of its folder"),
        ("..\\posts.ndjson", "has no usable path"),
        (kind("..", tarfile.DIRTYPE), "leads out of its folder"),
        (_pax(path="/etc/posts.ndjson"), "has an absolute path"),
        (_pax(path="a\0b"), "has no usable path"),
        (kind("link", tarfile.SYMTYPE, "/etc/passwd"), "'link' is a symbolic link"),
        (kind("link", tarfile.LNKTYPE, "good.ndjson"), "is a hard link"),
        (kind("device", tarfile.CHRTYPE), "is a device"),
        (kind("device", tarfile.BLKTYPE), "is a device"),
        (kind("pipe", tarfile.FIFOTYPE), "is a pipe"),
        (kind("rest", b"M"), "is of a kind that is not read"),
        (_pax(GNU_sparse_major="1", GNU_sparse_minor="0"), "is sparse, which is not read"),
        (kind("holes", tarfile.GNUTYPE_SPARSE), "is sparse, which is not read"),
    ],
)
@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
def test_a_tar_with_a_crooked_entry_is_refused_as_a_whole(
    engine: Engine, tmp_path: Path, ending: str, member: str | tarfile.TarInfo, complaint: str
) -> None:
    body = tarred(("good.ndjson", lines(1)), (member, lines(2)))
    path = written(tmp_path / f"all.{ending}", PACKED[ending](body))

    with pytest.raises(UnreadableSource, match=rf"all\.{ending}: the entry ") as refused:
        import_statements(engine, path, choices=X)

    assert complaint in str(refused.value)
    assert str(refused.value).endswith(": refused")
    assert count(engine, Capture) == 0


@pytest.mark.parametrize("second", ["a", "./a", ".//a"])
def test_two_entries_of_one_name_are_refused(tmp_path: Path, second: str) -> None:
    path = written(tmp_path / "all.tar", tarred(("a", lines(1)), (second, lines(2))))

    with pytest.raises(UnreadableSource, match="two entries 'a'"):
        open_path(path)


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("kept", [600, 100_000, -700, None])
def test_a_tar_that_is_cut_off_is_refused_and_nothing_stored(
    engine: Engine, tmp_path: Path, ending: str, kept: int | None
) -> None:
    """Also where what is left is a whole compressed file; also where the end alone is missing."""
    body = tarred(("a.ndjson", noise(300_000)), ("b.ndjson", lines(1)))
    end = -(-len(body.rstrip(b"\0")) // 512) * 512
    path = written(tmp_path / "all", PACKED[ending](body[:end][:kept]))

    with pytest.raises(UnreadableSource, match=r"all is cut off at the entry '[ab]\.ndjson'"):
        import_statements(engine, path, choices=X)

    assert count(engine, Capture) == count(engine, Statement) == 0


@pytest.mark.parametrize("ending", ["tar.gz", "tar.bz2", "tar.xz"])
def test_a_compressed_tar_that_is_cut_off_is_refused(engine: Engine, tmp_path: Path, ending: str) -> None:
    body = PACKED[ending](
        tarred(("a.ndjson", lines(1)), ("b.jpg", JPEG + random.Random(1).randbytes(400_000)))
    )

    for size in (len(body) // 2, len(body) - 3):
        with pytest.raises(UnreadableSource, match="all is cut off: its"):
            import_statements(engine, written(tmp_path / "all", body[:size]), choices=X)

    assert count(engine, Capture) == 0


@pytest.mark.parametrize("at", [0, 1024])
def test_a_damaged_header_is_refused_and_not_taken_for_the_end(tmp_path: Path, at: int) -> None:
    body = bytearray(tarred(("a.ndjson", lines(1)), ("b.ndjson", lines(2)), ("c.ndjson", lines(3))))
    body[at + 110] ^= 1

    with pytest.raises(UnreadableSource, match=r"all\.tar is damaged .*\(bad checksum\): get it again"):
        open_path(written(tmp_path / "all.tar", bytes(body)))


def test_tars_that_were_joined_are_refused(tmp_path: Path) -> None:
    """The second would be missing without notice."""
    path = written(tmp_path / "all.tar", tarred(("a", lines(1))) + tarred(("b", lines(2))))

    with pytest.raises(UnreadableSource, match="more follows the tar's end"):
        open_path(path)


def test_a_tar_of_too_many_entries_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "all.tar", tarred(*((f"{n}.ndjson", lines(n)) for n in range(4))))

    with pytest.raises(UnreadableSource, match=r"all\.tar has more than 3 entries"):
        open_path(path, Limits(members=3))


def test_headers_too_large_for_memory_are_refused_unread(tmp_path: Path) -> None:
    long_name = bytearray(tarred((LONG, b"a"), form=tarfile.GNU_FORMAT))
    long_name[124:136] = b"%011o\0" % (4 << 30)
    many = tarred(*((f"{n}{LONG}", b"") for n in range(9)), form=tarfile.GNU_FORMAT)

    with pytest.raises(UnreadableSource, match="a header of 4,294,967,296 bytes"):
        open_path(written(tmp_path / "one.tar", sealed(bytes(long_name[:512])) + bytes(long_name[512:])))
    with pytest.raises(UnreadableSource, match="entries"):
        open_path(written(tmp_path / "many.tar", many), Limits(directory=1000))


def test_an_endless_chain_of_headers_needs_no_stack(tmp_path: Path) -> None:
    """`tarfile` calls itself for each of them."""
    for_all = tarfile.TarInfo.create_pax_global_header({"comment": "a"})

    assert found_in(written(tmp_path / "all.tar", for_all * 5000 + tarred(("a", b"a")))) == {"a": b"a"}


def test_a_bomb_is_refused_before_it_goes_off(engine: Engine, tmp_path: Path) -> None:
    body = tarred(("a.ndjson", lines(1)), ("b.jpg", JPEG + bytes(80 << 20)))

    with pytest.raises(UnreadableSource, match=r"all\.tar\.gz unpacks to more than 250 times its size"):
        import_statements(engine, written(tmp_path / "all.tar.gz", gzip.compress(body)), choices=X)

    assert count(engine, Capture) == 0


@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
def test_all_that_is_read_of_a_tar_counts_together(tmp_path: Path, ending: str) -> None:
    body = tarred(*((f"{n}.ndjson", noise(60_000)) for n in range(4)))
    path = written(tmp_path / f"all.{ending}", PACKED[ending](body))

    with pytest.raises(UnreadableSource, match=rf"all\.{ending} unpacks to more than 150,000 bytes"):
        plan_files([path], choices=X, limits=replace(LIMITS, unpacked=150_000))


@given(st.integers(0, 5000), st.integers(0, 255))
def test_a_tar_with_any_byte_changed_gives_files_or_is_refused(place: int, byte: int) -> None:
    body = bytearray(tarred(("é" * 80, lines(1)), ("b.ndjson", lines(4))))
    body[place % len(body)] = byte
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = found_in(written(Path(folder) / "all", bytes(body)))
        except UnreadableSource:
            return
    assert len(found) <= 2


@given(st.binary(max_size=2000), st.integers(0, 511))
def test_any_bytes_where_headers_stand_give_files_or_are_refused(junk: bytes, size: int) -> None:
    """Each with a checksum that is right, and behind a whole entry."""
    headers = b"".join(sealed(junk[at : at + 512].ljust(512, b"0")) for at in range(0, len(junk), 512))
    body = tarred(("a", b"a"))[:1024] + headers + bytes(size)
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = found_in(written(Path(folder) / "all", body + bytes(1024)))
        except UnreadableSource:
            return
    assert found["a"] == b"a"


# ---- cost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
def test_large_entries_are_never_held(tmp_path: Path, ending: str) -> None:
    large = random.Random(3).randbytes(1 << 20) * 40
    body = tarred(("a.jpg", JPEG + large), ("b.ndjson", lines(1)), ("c.bin", large))
    path = written(tmp_path / f"all.{ending}", gzip.compress(body, 1) if ending == "tar.gz" else body)
    del body, large
    tracemalloc.start()
    opened = open_path(path)
    for source in opened.sources:
        with source.open() as file:
            while file.read(1 << 16):
                pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 12 << 20


def test_a_compressed_tar_of_many_entries_is_unpacked_a_fixed_number_of_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_out = 0
    count_plain = unpacking.Unpacking._count

    def counted(self: unpacking.Unpacking, plain: int) -> None:
        nonlocal given_out
        given_out += plain
        count_plain(self, plain)

    monkeypatch.setattr(unpacking.Unpacking, "_count", counted)
    other = [(f"{n}.json", b'{"a": 1, "b": {"c": "d"}}') for n in range(300)]
    body = tarred(
        *other, *((f"{n}.jpg", JPEG) for n in range(300)), *((f"{n}.ndjson", lines(n)) for n in range(30))
    )
    path = written(tmp_path / "all.tar.gz", gzip.compress(body))

    plan = plan_files([path], choices=X)

    assert (len(plan.files), len(plan.left_out)) == (30, 600)
    assert given_out < 2 * len(body)


# ---- why a file is left out -----------------------------------------------------------------------------


def test_of_one_of_many_files_its_columns_are_not_listed(engine: Engine, tmp_path: Path) -> None:
    other = ("actor.json", b'{"@context": [], "inbox": "a", "outbox": "b"}')
    path = zipped(tmp_path / "all.zip", other, ("a.ndjson", lines(1)))

    [_, left] = import_statements(engine, path, choices=X)

    assert left.left_out == "no statements in it: no column with the text"
    with pytest.raises(UnreadableSource, match="--map text=COLUMN, of '@context', 'inbox', 'outbox'"):
        plan_files([zipped(tmp_path / "one.zip", other)], choices=X)
    with pytest.raises(UnreadableSource, match="--map text=COLUMN, of '@context', 'inbox', 'outbox'"):
        plan_files([written(tmp_path / "actor.json", other[1])], choices=X)
