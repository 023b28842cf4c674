"""CSV files of 4CAT and CrowdTangle, by their columns."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_sources import FORMATS as RECORD_FORMATS
from import_sources import IMPORTS, posts, read, records_of

from archive.contract import Choices, Layout, Post, Reject
from archive.importers.csv_rows import CsvImporter
from archive.importers.layouts import PRESETS
from archive.importers.opening import open_file
from archive.importers.presets import TOOLS
from archive.importers.readings import AMBIGUOUS, READINGS, ZONES, WrongValue
from archive.times import WrongTime

CSV = IMPORTS / "csv"
FILES = sorted(path.name for path in CSV.iterdir() if path.stem in {preset.name for preset in TOOLS})


def read_csv(name: str, choices: Choices | None = None) -> tuple[Layout, list[Post | Reject]]:
    importer, path = CsvImporter(), CSV / name
    layout = importer.plan(open_file(path), choices or Choices())
    found = [one for page in importer.read(open_file(path)) for one in importer.parse(page, layout)]
    return layout, [one for one in found if isinstance(one, Post | Reject)]


def header_of(name: str) -> set[str]:
    return set((CSV / name).read_text("utf-8-sig").splitlines()[0].split(","))


def test_there_is_a_file_for_every_preset() -> None:
    assert {Path(name).stem for name in FILES} == {preset.name for preset in TOOLS}


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_recognised_by_one_preset_alone(name: str) -> None:
    fit = [preset.name for preset in PRESETS if preset.recognised_by <= header_of(name)]

    assert fit == [Path(name).stem]


@pytest.mark.parametrize("name", FILES)
def test_every_column_of_a_preset_is_one_that_the_tool_writes(name: str) -> None:
    preset = next(one for one in TOOLS if one.name == Path(name).stem)

    assert set(preset.columns.values()) <= header_of(name)
    assert set(preset.readings) <= set(preset.columns)
    assert set(preset.readings.values()) <= set(READINGS)


@pytest.mark.parametrize(
    ("csv", "ndjson"),
    [
        ("4cat-instagram.csv", "zeeschuimer/instagram.ndjson"),
        ("4cat-tiktok.csv", "zeeschuimer/tiktok.ndjson"),
        ("4cat-threads.csv", "zeeschuimer/threads.ndjson"),
    ],
)
def test_a_row_of_4cat_is_the_post_that_zeeschuimer_captured(csv: str, ndjson: str) -> None:
    row = read_csv(csv)[1][0]
    form = next(one for one in RECORD_FORMATS if one.recognises(records_of(ndjson)[0]))
    captured = posts(read(form, records_of(ndjson)))[0]

    assert isinstance(row, Post)
    same = ("platform", "post_id", "author_handle", "published", "author_name")
    assert [getattr(row, name) or "" for name in same[:4]] == [getattr(captured, name) for name in same[:4]]
    assert row.author_name in (None, captured.author_name)


def test_a_4cat_time_is_read_from_its_seconds_and_a_wrong_one_is_that_rows_alone() -> None:
    _, (row, wrong) = read_csv("4cat-instagram.csv")

    assert isinstance(row, Post)
    assert row.published
    assert row.published.at == datetime(2024, 7, 5, 3, 12, 45, tzinfo=UTC)
    assert isinstance(wrong, Reject)
    assert wrong.reason == "'soon' is no number of seconds since 1970"


def test_crowdtangle_rows_keep_their_page_and_their_post() -> None:
    _, found = read_csv("crowdtangle-facebook.csv", Choices(time_zone="Europe/London"))
    first, film, london, *wrong = found

    assert isinstance(first, Post)
    assert isinstance(film, Post)
    assert isinstance(london, Post)
    assert (first.platform, first.post_id) == ("facebook", "3456789012345678")
    assert (first.author_handle, first.author_platform_id) == ("adaquill", "100044000000000001")
    assert first.author_name == "Ada Quill for Quillshire"
    assert first.text == "We won! 🎉\nThank you."
    assert (film.post_id, london.post_id) == ("345678901234567", "pfbid0abcDEF123456")
    assert all(isinstance(one, Reject) for one in wrong)


def test_crowdtangle_times_go_by_their_short_zones() -> None:
    _, found = read_csv("crowdtangle-facebook.csv", Choices(time_zone="Europe/London"))

    times = [one.published.at.isoformat() for one in found if isinstance(one, Post) and one.published]
    assert times == ["2020-11-04T03:10:05+00:00", "2020-11-01T05:30:00+00:00", "2021-05-06T22:00:00+00:00"]


def test_a_short_zone_that_several_zones_bear_is_asked_for() -> None:
    with pytest.raises(Exception, match="give --timezone"):
        read_csv("crowdtangle-facebook.csv")


def test_what_is_wrong_with_a_row_of_crowdtangle_is_said() -> None:
    _, found = read_csv("crowdtangle-facebook.csv", Choices(time_zone="Europe/London"))

    reasons = [one.reason for one in found if isinstance(one, Reject)]
    assert "the zone XYZ is not known" in reasons[0]
    assert "no address of a post on Facebook" in reasons[1]
    assert reasons[2] == "no text"


@pytest.mark.parametrize("name", ["crowdtangle-facebook-2019.csv", "crowdtangle-facebook-groups.csv"])
def test_older_exports_and_groups_give_the_same_post(name: str) -> None:
    [found] = read_csv(name)[1]

    assert isinstance(found, Post)
    assert (found.post_id, found.published is not None) == ("3456789012345678", True)


@pytest.mark.parametrize("name", ["crowdtangle-instagram.csv", "crowdtangle-instagram-2019.csv"])
def test_an_instagram_row_of_crowdtangle_is_the_post_of_that_shortcode(name: str) -> None:
    [found] = read_csv(name)[1]

    assert isinstance(found, Post)
    assert found.post_id == "C9AbcDEfgh1"
    assert found.published
    assert found.published.at == datetime(2024, 7, 5, 3, 12, 45, tzinfo=UTC)


def test_a_layout_says_how_its_values_are_read() -> None:
    layout, _ = read_csv("4cat-tiktok.csv")

    assert layout.options()["readings"] == {"created_at": "seconds-since-1970"}


def test_a_column_that_the_user_names_is_read_as_it_stands() -> None:
    layout, _ = read_csv("4cat-tiktok.csv", Choices(columns={"created_at": "timestamp"}, time_zone="UTC"))

    assert layout.readings == {}


def test_no_zone_is_both_known_and_ambiguous() -> None:
    assert not AMBIGUOUS & ZONES.keys()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://www.facebook.com/100044/posts/3456789012345678", "3456789012345678"),
        ("https://www.facebook.com/adaquill/posts/we-won-3456789012345678", "3456789012345678"),
        ("https://www.facebook.com/adaquill/photos/a.12/3456789012345678/?type=3", "3456789012345678"),
        ("https://www.facebook.com/watch/?v=3456789012345678", "3456789012345678"),
        ("https://www.facebook.com/reel/3456789012345678", "3456789012345678"),
        ("https://www.facebook.com/photo.php?fbid=3456789012345678", "3456789012345678"),
        ("https://www.facebook.com/groups/77/permalink/3456789012345678/", "3456789012345678"),
    ],
)
def test_addresses_of_facebook_lead_to_posts(address: str, found: str) -> None:
    assert READINGS["facebook-post"](address) == found


@given(value=st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]{1,4}"))
def test_any_value_is_read_or_refused(value: str) -> None:
    for reading in READINGS.values():
        with suppress(WrongValue):
            assert isinstance(reading(value), str)


def test_a_value_that_cannot_be_read_is_a_wrong_time_to_importers() -> None:
    assert issubclass(WrongValue, WrongTime)
