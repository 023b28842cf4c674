"""What a file is shows its content: names may lie, and `--format` is told where it contradicts."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from archive.contract import Choices, UnreadableSource
from archive.importers.opening import open_file
from archive.importers.recognising import Head
from archive.imports import import_statements, plan_files
from archive.registry import IMPORTERS, format_names, importer_for
from db.models import Capture, Statement

X = Choices(platform="x")
POSTS = [{"id": str(n), "text": f"We won, {n} times.", "created_at": "2024-07-05"} for n in range(3)]
WORDS = (
    "Ada Example concedes, and thanks, all of them\n\n“I accept this result in full,” Example said on X.\n"
)

CONTENTS: dict[str, tuple[str, str]] = {
    "NDJSON": ("ndjson", "".join(json.dumps(post) + "\n" for post in POSTS)),
    "NDJSON with CR LF": ("ndjson", "".join(json.dumps(post) + "\r\n" for post in POSTS)),
    "NDJSON with a BOM and blank lines": ("ndjson", "\ufeff\n" + "\n\n".join(map(json.dumps, POSTS))),
    "NDJSON of one line": ("ndjson", json.dumps(POSTS[0])),
    "NDJSON with a broken first line": ("ndjson", "{broken\n" + "".join(json.dumps(p) + "\n" for p in POSTS)),
    "NDJSON with a first line of megabytes": (
        "ndjson",
        "\n".join(json.dumps(post) for post in [{"text": "x" * 9_000_000}, *POSTS]),
    ),
    "an array on one line": ("json", json.dumps(POSTS)),
    "an array over many lines": ("json", json.dumps(POSTS, indent=2)),
    "an array with a record a line": ("json", "[\n" + ",\n".join(map(json.dumps, POSTS)) + "\n]\n"),
    "an object with an array on one line": ("json", json.dumps({"meta": 1, "posts": POSTS})),
    "an object with an array over many lines": ("json", json.dumps({"meta": 1, "posts": POSTS}, indent=1)),
    "a script": ("json", "window.YTD.tweets.part0 = " + json.dumps(POSTS, indent=2)),
    "objects over many lines": ("json", "\n".join(json.dumps(post, indent=2) for post in POSTS)),
    "CSV": ("csv", "id,text,created_at\n" + "".join(f'{n},"We, won",2024-07-05\n' for n in range(3))),
    "CSV with semicolons and a BOM": ("csv", "\ufeffid;text;created_at\n1;We won.;2024-07-05\n"),
    "CSV with texts over several lines": (
        "csv",
        "id,text,created_at\n" + "".join(f'{n},"We\n\nwon,\nall",2024-07-05\n' for n in range(3)),
    ),
    "tab-separated": ("csv", "id\ttext\tcreated_at\n1\tWe won, all.\t2024-07-05\n"),
    "a web page": ("article", f"<!DOCTYPE html><html><body><p>{WORDS}</p></body></html>"),
}


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("ending", ["csv", "json", "ndjson", "txt", "dat", "js"])
def test_a_file_is_what_it_holds_whatever_its_ending(tmp_path: Path, content: str, ending: str) -> None:
    expected, body = CONTENTS[content]
    path = tmp_path / f"posts.{ending}"
    path.write_text(body, newline="")

    assert isinstance(importer_for(open_file(path)), type(IMPORTERS[expected].make()))
    if expected != "article":
        [file] = plan_files([path], choices=X).files
        assert file.layout.columns["text"] == "text"


@pytest.mark.parametrize("ending", ["txt", "md"])
def test_words_with_commas_are_an_article_and_no_table(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"article.{ending}"
    path.write_text(WORDS)

    assert importer_for(open_file(path)).name == "article-2"


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("chosen", ["ndjson", "json", "csv", "article"])
def test_a_format_that_the_content_contradicts_is_refused_by_name(
    tmp_path: Path, content: str, chosen: str
) -> None:
    expected, body = CONTENTS[content]
    path = tmp_path / "posts.dat"
    path.write_text(body, newline="")
    if expected == chosen or expected in ("csv", "article"):
        return

    with pytest.raises(UnreadableSource, match=rf"posts\.dat is not {chosen}: its content is {expected}"):
        plan_files([path], format=chosen, choices=X)


def test_an_article_that_looks_like_a_table_is_read_as_the_user_says(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text("Won, lost\nAda Example said, “I accept it.”\nAnd so, it ended.\n")

    assert importer_for(open_file(path)).name == "csv-1"
    assert importer_for(open_file(path), "article").name == "article-2"


def test_an_unknown_format_is_refused_with_all_that_are_known(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("a,b\n")

    with pytest.raises(UnreadableSource) as refused:
        plan_files([path], format="pigeon")

    assert all(name in str(refused.value) for name in format_names())


def test_every_format_stands_in_the_docs() -> None:
    docs = (Path(__file__).parent.parent / "docs" / "importing.md").read_text()

    assert [name for name in format_names() if f"`{name}`" not in docs] == []


def test_a_record_format_that_the_records_are_not_of_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "posts.ndjson"
    path.write_text(CONTENTS["NDJSON"][1])

    with pytest.raises(UnreadableSource, match=r"posts\.ndjson is not hustings-statements"):
        plan_files([path], format="hustings-statements", choices=X)


@given(st.binary(max_size=400) | st.text('{}[]":,;\n\r\t= abx\ufeff', max_size=200).map(str.encode))
def test_whatever_a_file_begins_with_it_can_be_told(body: bytes) -> None:
    head = Head(body, "a.dat", whole=True)

    assert sum(IMPORTERS[name].recognise(head) for name in ("ndjson", "json")) <= 1
    assert {IMPORTERS[name].recognise(head) for name in IMPORTERS} <= {True, False}


@pytest.mark.parametrize(
    "more",
    [
        {"author_id": "7"},
        {"platform": "x", "author_handle": "ada", "conversation_id": "1", "public_metrics": {}},
        {"user": "ada", "favorite_count": 3},
    ],
)
def test_records_of_ones_own_that_bear_names_of_xs_are_read_by_their_columns(
    engine: Engine, tmp_path: Path, more: dict[str, Any]
) -> None:
    path = tmp_path / "posts.ndjson"
    record = {"id": "1", "text": "We won.", "created_at": "2024-07-05T04:00:00Z", **more}
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")

    import_statements(engine, path, choices=Choices(platform="x"))

    with Session(engine) as session:
        kept = session.exec(select(Capture).where(Capture.kind == "file")).one()
        assert "record" not in (kept.options or {})
        assert session.exec(select(Statement)).one().text == "We won."
