import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contract import Choices, Importer, Post, Reject, UnreadableSource
from archive.importers import files
from archive.importers.csv_rows import CsvImporter, csv_rows
from archive.importers.layouts import FIELDS, PRESETS
from archive.importers.ndjson import NdjsonImporter
from archive.importers.opening import Held, open_file
from archive.imports import plan_files
from archive.registry import IMPORTERS, importer_for
from db.words import Channel, Precision

X = Choices(platform="x")


def read_all(importer: Importer, path: Path, choices: Choices = X) -> list[Post | Reject]:
    source = open_file(path)
    layout = importer.plan(source, choices)
    found = [record for page in importer.read(source) for record in importer.parse(page, layout)]
    return [record for record in found if isinstance(record, Post | Reject)]


def csv_file(tmp_path: Path, *lines: str, header: str = "id,created_at,text") -> Path:
    path = tmp_path / "posts.csv"
    path.write_bytes("\n".join([header, *lines, ""]).encode())
    return path


def ndjson_file(tmp_path: Path, *objects: object) -> Path:
    path = tmp_path / "posts.ndjson"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in objects))
    return path


# ---- CSV --------------------------------------------------------------------------------------------


def test_a_row_becomes_a_post_with_its_line(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '7,2024-07-05T03:12:44Z,"We won, and how."')

    [post] = read_all(CsvImporter(), path)

    assert isinstance(post, Post)
    assert (post.platform, post.post_id, post.text, post.position) == ("x", "7", "We won, and how.", "line 2")
    assert post.published
    assert post.published.precision is Precision.SECOND


def test_a_record_over_several_lines_keeps_the_line_where_it_begins(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '1,2024-07-05,"two\nlines"', "2,2024-07-05,one")

    assert [(r.position, r.text) for r in read_all(CsvImporter(), path) if isinstance(r, Post)] == [
        ("line 2", "two\nlines"),
        ("line 4", "one"),
    ]


def test_columns_are_named_by_map(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "hello there,abc", header="body,key")

    [post] = read_all(CsvImporter(), path, Choices(platform="x", columns={"text": "body", "id": "key"}))

    assert isinstance(post, Post)
    assert (post.text, post.post_id) == ("hello there", "abc")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_from_the_header(tmp_path: Path, delimiter: str) -> None:
    path = csv_file(
        tmp_path,
        delimiter.join(["1", "2024-07-05", "text"]),
        header=delimiter.join(["id", "created_at", "text"]),
    )

    [post] = read_all(CsvImporter(), path)

    assert isinstance(post, Post)


def test_a_byte_order_mark_is_no_part_of_a_column(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes("id,created_at,text\n1,2024-07-05,hello\n".encode("utf-8-sig"))

    [post] = read_all(CsvImporter(), path)

    assert isinstance(post, Post)
    assert post.post_id == "1"


def test_the_getoldtweets_layout_is_recognised_and_its_times_are_utc(tmp_path: Path) -> None:
    header = "date,username,to,replies,retweets,favorites,text,geo,mentions,hashtags,id,permalink"
    path = csv_file(
        tmp_path,
        "2024-07-05 03:12:44,A_Person,B_Person,1,2,3,Thanks,,,,99,https://example.org/99",
        header=header,
    )

    [post] = read_all(CsvImporter(), path, Choices())

    assert isinstance(post, Post)
    assert (post.platform, post.author_handle, post.reply_to) == ("x", "A_Person", "B_Person")
    assert post.published
    assert post.published.at.isoformat() == "2024-07-05T03:12:44+00:00"


def test_a_post_without_an_id_gets_the_same_one_every_time(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "hello,2024-07-05", "hello,2024-07-06", header="text,created_at")

    first, second = read_all(CsvImporter(), path), read_all(CsvImporter(), path)

    assert first == second
    assert len({post.post_id for post in first if isinstance(post, Post)}) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,2024-07-05,", "no text"),
        ("1,2024-07-05,   ", "no text"),
        ("1,,hello", "no time"),
        ("1,2024-13-45,hello", "not a time"),
        ("1,2024-07-05", "2 fields, but the header has 3"),
        ("1,2024-07-05,a,b", "4 fields, but the header has 3"),
        ("1,2024-07-05,a\0b", "NUL byte"),
        ('1,2024-07-05,"open', "not CSV"),
        ("1,2024-07-05 03:12,hello", "no time zone"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_the_others_are_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    good = [f"{number},2024-07-05,fine" for number in range(100, 100 + 120)]
    path = csv_file(tmp_path, *good, line, "300,2024-07-05,fine too")

    records = read_all(CsvImporter(), path)

    [reject] = [record for record in records if isinstance(record, Reject)]
    assert reject.position == "line 122"
    assert reason in reject.reason
    assert len(records) == 122


def test_a_line_of_fifty_megabytes_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    with path.open("wb") as file:
        file.write(b"id,created_at,text\n1,2024-07-05,before\n2,2024-07-05,")
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b"\n3,2024-07-05,after\n")

    records = read_all(CsvImporter(), path)

    assert [record.position for record in records] == ["line 2", "line 3", "line 4"]
    assert isinstance(records[1], Reject)
    assert "longer than" in records[1].reason


def test_a_quotation_mark_that_is_never_closed_is_not_sought_to_the_end_of_the_file(tmp_path: Path) -> None:
    """From within a quotation each of these lines ends within one, too: one record, to the last line."""
    path = csv_file(tmp_path, *[',a","b'] * 2000, "1,2024-07-05,after")

    records = read_all(CsvImporter(), path)

    assert [record.position for record in records] == [f"line {line}" for line in range(2, 2003)]
    assert isinstance(records[0], Reject)
    assert "not closed within" in records[0].reason
    assert isinstance(records[-1], Post)


@pytest.mark.parametrize("lines", [2, 400])
def test_a_text_of_many_lines_is_one_record(tmp_path: Path, lines: int) -> None:
    text = "\n".join(["A long speech."] * lines)

    [post] = read_all(CsvImporter(), csv_file(tmp_path, f'1,2024-07-05,"{text}"'))

    assert isinstance(post, Post)
    assert post.text == text


def test_the_pages_are_the_file(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *(f'{n},2024-07-05,"text\n{"y" * 500}"' for n in range(6000)))

    pages = list(CsvImporter().read(open_file(path)))

    assert b"".join(page.body for page in pages) == path.read_bytes()
    assert len(pages) > 2
    assert all(len(page.body) <= files.PAGE_BYTES for page in pages)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "is empty"),
        (b"\n\n", "blank"),
        (b"just a sentence\nand another\n", "not a CSV"),
        (b'{"text": "a"}\n', "not a CSV"),
        (b"<html><body>a,b</body></html>", "not a CSV"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"id,created_at,text\n1,2024-07-05,caf\xe9\n", "line 2 is not UTF-8"),
        ("id,text\n1,a\n".encode("utf-16"), "UTF-16"),
        (b"id,created_at,body\n1,2024-07-05,a\n", "--map text=COLUMN"),
        (b"id,text,text\n1,a,b\n", "two columns are named 'text'"),
        (b"id,created_at,text\n1,2024-07-05 03:12:44,a\n", "line 2, column 'created_at'"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_by_name(
    tmp_path: Path, body: bytes, complaint: str
) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(body)

    with pytest.raises(UnreadableSource) as refused:
        CsvImporter().plan(open_file(path), X)

    assert complaint in str(refused.value)
    assert path.name in str(refused.value)


@pytest.mark.parametrize(
    ("choices", "complaint"),
    [
        (Choices(platform="x", columns={"txet": "text"}), "no such field"),
        (Choices(platform="x", columns={"id": "key"}), "no column 'key'"),
        (Choices(platform="x", preset="nosuch"), "no preset 'nosuch'"),
        (Choices(preset="getoldtweets"), "no column 'date', 'username', 'permalink', 'to'; there are"),
        (Choices(platform="x", time_zone="Mars/Olympus"), "no time zone"),
        (Choices(), "--platform"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(tmp_path: Path, choices: Choices, complaint: str) -> None:
    path = csv_file(tmp_path, "1,2024-07-05,hello")

    with pytest.raises(UnreadableSource, match=complaint):
        CsvImporter().plan(open_file(path), choices)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
            min_size=2,
            max_size=4,
        ),
        max_size=8,
    )
)
def test_csv_that_python_writes_is_read_as_it_was(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    body = out.getvalue().encode()

    found = list(csv_rows(io.BytesIO(body), ","))

    assert b"".join(row.body for row in found) == body
    if not any("\r" in cell for row in rows for cell in row):
        assert [list(row.fields) for row in found] == rows


@given(st.binary(max_size=200).filter(lambda body: _is_utf8(body)))
def test_no_line_is_lost_or_doubled_whatever_the_bytes(body: bytes) -> None:
    assert b"".join(row.body for row in csv_rows(io.BytesIO(body), ",")) == body


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


# ---- NDJSON -----------------------------------------------------------------------------------------


def test_an_object_becomes_a_post_and_nested_keys_are_reached(tmp_path: Path) -> None:
    path = ndjson_file(tmp_path, {"id": 1911111111111111113, "full": {"text": "hi"}, "channel": "speech"})

    [post] = read_all(
        NdjsonImporter(),
        path,
        Choices(platform="x", columns={"text": "full.text", "id": "id", "channel": "channel"}),
    )

    assert isinstance(post, Post)
    assert (post.post_id, post.text, post.channel) == ("1911111111111111113", "hi", Channel.SPEECH)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "not JSON"),
        ("[1, 2]", "not a JSON object but list"),
        ('{"text": 5.5, "created_at": "2024-07-05"}', "text: a text or whole number is needed"),
        ('{"text": "", "created_at": "2024-07-05"}', "no text"),
        ('{"text": "a\\u0000b", "created_at": "2024-07-05"}', "NUL"),
        ('{"text": "a", "created_at": "2024-07-05", "author_name": "a\\u0000"}', "author_name: holds a NUL"),
        ('{"text": "a", "created_at": "2024-02-30"}', "not a time"),
        ('{"text": "a", "created_at": "2024-07-05", "channel": "pigeon"}', "channel 'pigeon'"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_rejected_with_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "posts.ndjson"
    fine = '{"text": "fine", "created_at": "2024-07-05", "channel": "speech", "author_name": "Ada"}'
    path.write_text(f"{fine}\n{line}\n")

    good, bad = read_all(NdjsonImporter(), path)

    assert isinstance(good, Post)
    assert isinstance(bad, Reject)
    assert bad.position == "line 2"
    assert reason in bad.reason


@pytest.mark.parametrize("choices", [Choices(platform=" X "), Choices()])
def test_a_platform_has_one_name_whatever_its_case(tmp_path: Path, choices: Choices) -> None:
    entry = {"text": "a", "created_at": "2024-07-05"}
    path = ndjson_file(tmp_path, entry if choices.platform else {**entry, "platform": "X"})

    [post] = read_all(NdjsonImporter(), path, choices)

    assert isinstance(post, Post)
    assert post.platform == "x"


def test_half_a_surrogate_pair_does_not_stop_the_import(tmp_path: Path) -> None:
    path = ndjson_file(tmp_path, {"text": "broken \ud83d emoji", "created_at": "2024-07-05"})

    [post] = read_all(NdjsonImporter(), path)

    assert isinstance(post, Post)
    assert post.text.encode()


def test_a_first_line_of_fifty_megabytes_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    path = ndjson_file(
        tmp_path, {"text": "x" * 50_000_000}, {"text": "fine", "created_at": "2024-07-05", "platform": "x"}
    )

    long, fine = read_all(NdjsonImporter(), path)

    assert isinstance(long, Reject)
    assert "longer than" in long.reason
    assert isinstance(fine, Post)
    assert (long.position, fine.position) == ("line 1", "line 2")


def test_a_file_without_any_object_is_not_ndjson(tmp_path: Path) -> None:
    path = tmp_path / "posts.ndjson"
    path.write_text("id,text\n1,a\n")

    with pytest.raises(UnreadableSource, match="is it NDJSON"):
        NdjsonImporter().plan(open_file(path), X)


def test_naive_times_need_a_zone_and_the_key_is_named(tmp_path: Path) -> None:
    path = ndjson_file(tmp_path, {"text": "a", "created_at": "2024-07-05 04:12:44"})

    with pytest.raises(UnreadableSource, match=r"line 1, key 'created_at'.*--timezone"):
        NdjsonImporter().plan(open_file(path), X)
    [post] = read_all(NdjsonImporter(), path, Choices(platform="x", time_zone="Europe/London"))

    assert isinstance(post, Post)
    assert post.published
    assert post.published.at.isoformat() == "2024-07-05T03:12:44+00:00"


# ---- promises that every importer keeps -------------------------------------------------------------


IMPORTS = Path(__file__).parent / "fixtures" / "imports"
BINARY = {"application/warc", "application/vnd.ipld.car"}
"""What is no text as a whole."""

SAMPLES = {
    "json": b'[{"id": "1", "created_at": "2024-07-05", "text": "hello", "platform": "x"}]\n',
    "csv": b"id,created_at,text,platform\n1,2024-07-05,hello,x\n",
    "ndjson": b'{"id": "1", "created_at": "2024-07-05", "text": "hello", "platform": "x"}\n',
    "warc": (IMPORTS / "warc" / "answers.warc").read_bytes(),
    "bluesky-car": (IMPORTS / "bluesky" / "repository.car").read_bytes(),
    "article": "Ada Example conceded.\n\n“I accept this result in full,” Example said on X.\n".encode(),
}


@pytest.fixture(params=IMPORTERS, name="sample")
def _sample(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Importer, Held]:
    path = tmp_path / f"sample.{request.param}"
    path.write_bytes(SAMPLES[request.param])
    return IMPORTERS[request.param].make(), open_file(path)


def whole(source: Held) -> bytes:
    with source.open() as file:
        return file.read()


def test_every_importer_gives_back_the_bytes_that_it_read(sample: tuple[Importer, Held]) -> None:
    importer, source = sample

    assert b"".join(page.body for page in importer.read(source)) == whole(source)


def test_every_importer_reads_a_page_the_same_way_twice(sample: tuple[Importer, Held]) -> None:
    importer, source = sample
    layout = importer.plan(source, Choices())
    pages = list(importer.read(source))

    first = [list(importer.parse(page, layout)) for page in pages]

    assert sum(map(len, first)) >= 1
    assert [list(importer.parse(page, layout)) for page in pages] == first


def test_every_importer_refuses_what_is_mostly_not_utf8(
    sample: tuple[Importer, Held], tmp_path: Path
) -> None:
    importer, source = sample
    if importer.media_type in BINARY:
        return
    path = tmp_path / source.name
    first, _, rest = path.read_bytes().partition(b"hello")
    path.write_bytes(first + b"\xff\n" * 3 + rest)

    with pytest.raises(UnreadableSource, match="not UTF-8"):
        importer.plan(open_file(path), Choices())


def test_presets_map_our_fields_only() -> None:
    assert all(set(preset.columns) <= set(FIELDS) for preset in PRESETS)


def test_an_unknown_kind_of_file_asks_for_its_format(tmp_path: Path) -> None:
    path = tmp_path / "posts.bin"
    path.write_bytes(b"?")

    with pytest.raises(UnreadableSource, match="--format"):
        importer_for(open_file(path))


@pytest.mark.parametrize("name", ["gone.csv", "folder.csv"])
def test_what_is_no_file_is_refused_as_what_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(UnreadableSource, match=r"no such file|holds no file of statements: it is empty"):
        plan_files([tmp_path / name])
