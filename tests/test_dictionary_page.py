"""The page of the data dictionary."""

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.outcomes import Window
from analysis.publishing.dictionary_page import chapters, write_dictionary
from analysis.reports.columns import MEANINGS, TABLES, column_rows, names_of
from analysis.reports.manifest import manifest_of
from db.dictionary import said_of_tables, said_of_views

MANIFEST = manifest_of(
    generated_at=datetime(2023, 8, 1, 9, 30, tzinfo=UTC), window=Window(), threshold=0, methods=[]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("dictionary")
    write_dictionary(out, MANIFEST)
    return out


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "dictionary.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_data_file_has_a_place_and_a_meaning(page: str, table: str) -> None:
    for column in names_of(TABLES[table]):
        place = re.search(rf'<div id="csv-{table}\.{column}">(.*?)</div>', page)
        assert place, column
        words = re.sub(r"<[^>]+>", "", place[1]).replace("&#39;", "'")
        assert MEANINGS[column].replace("`", "")[:30].replace('"', "&#34;") in words


def test_every_table_and_view_of_the_database_has_a_place(page: str) -> None:
    for table in said_of_tables():
        assert f'id="db-{table.name}"' in page
        assert all(f'id="db-{table.name}.{column.name}"' in page for column in table.columns)
    for view in said_of_views():
        assert f'id="view-{view.name}"' in page


def test_every_place_is_named_once_and_every_link_finds_its_place(page: str) -> None:
    places = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert [place for place, count in places.items() if count > 1] == []
    assert {link for link in re.findall(r'href="#([^"]+)"', page) if link not in places} == set()


def test_the_list_at_the_top_leads_to_every_table(page: str) -> None:
    listed = re.findall(r'href="#([^"]+)"', page[page.index('<nav aria-label="Tables"') :].split("</nav>")[0])
    entries = [entry.anchor for chapter in chapters() for entry in chapter.entries]
    assert [one for one in listed if one in entries] == entries
    assert {chapter.anchor for chapter in chapters()} <= set(listed)


def test_nothing_is_explained_without_words() -> None:
    silent = [entry.name for chapter in chapters() for entry in chapter.entries if not entry.paragraphs]
    assert silent == []


def test_the_columns_are_a_data_file_too(folder: Path) -> None:
    with (folder / "columns.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["table"], row["column"]) for row in rows] == [
        (one.table, one.column) for one in column_rows()
    ]


def test_the_page_is_light_enough_for_a_telephone(folder: Path) -> None:
    assert (folder / "dictionary.html").stat().st_size < 300_000
