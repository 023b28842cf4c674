"""Atom feeds of new statements: what readers make of them, what stays in them, and what must leave."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written_candidacies import FIRST, KINDS, PLACE, SECOND, THIRD, candidacy, manifest, report, statement

from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.changes import FEEDS, BadBaseUrl, ChangeLog, checked_base, delta_of, write_changes
from analysis.publishing.changes.atom import ATOM, Feed, atom
from analysis.publishing.changes.deltas import MOST_ENTRIES
from analysis.publishing.changes.entries import entries_of, id_of
from analysis.publishing.changes.feeds import state_in

UNREAD = "\x00\x0b\ufffe\uffff\ud800"

Pair = tuple[WrittenCandidacy | None, WrittenCandidacy | None]


def run(new: Path, old: Path | None, at: datetime, *pairs: Pair, base: str | None = None) -> Path:
    """A report, an earlier one being known, with these candidacies before and after."""
    report(new, *(after for _, after in pairs if after))
    fed = ChangeLog(old, manifest(at)).fed
    deltas = [delta_of(before, after, place=PLACE, fed=fed) for before, after in pairs]
    write_changes(new, old, deltas, manifest(at), base=base)
    return new


def read(folder: Path, name: str = "all") -> feedparser.FeedParserDict:
    """What a feed reader makes of a feed."""
    found = feedparser.parse((folder / f"feeds/{name}.atom").read_bytes())
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def titles(folder: Path, name: str = "all") -> list[str]:
    return [entry.summary for entry in read(folder, name).entries]


def at(minutes: int) -> float:
    return (FIRST + timedelta(minutes=minutes)).timestamp()


# What readers see


def test_an_entry_says_who_where_what_and_when(tmp_path: Path) -> None:
    one = statement(
        "x:1", "concession", "thanks", text="I <b>concede</b> & thank you", url="https://x.example/1"
    )

    [entry] = read(run(tmp_path, None, SECOND, (None, candidacy(one)))).entries

    assert entry.title == "Maren Hollis (Orchard Alliance), Harbour ward: concession, thanks"
    assert entry.author == "Maren Hollis"
    assert entry.published == "2023-05-05T02:30:00+00:00"
    assert entry.updated == "2023-05-05T04:00:00+00:00"
    assert [tag.term for tag in entry.tags] == ["concession", "thanks"]
    assert {link.rel: link.href for link in entry.links} == {
        "alternate": f"../{PLACE}/candidates/maren.html#x-1",
        "via": "https://x.example/1",
    }
    assert entry.summary_detail.type == "text/plain"
    text = _all(tmp_path).findtext("{*}entry/{*}summary")
    assert text == "I <b>concede</b> & thank you"


def _all(folder: Path) -> ElementTree.Element:
    return ElementTree.parse(folder / "feeds/all.atom").getroot()


def test_what_is_known_to_the_day_alone_claims_no_hour(tmp_path: Path) -> None:
    day, undated = statement("x:1", is_exact=False), statement("x:2", at=None)

    found = read(run(tmp_path, None, SECOND, (None, candidacy(day, undated))))

    assert all("published" not in entry for entry in found.entries)


def test_a_statement_stands_in_the_feed_of_each_of_its_kinds(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", "victory"), statement("x:2", "victory", "thanks"), statement("x:3"))

    run(tmp_path, None, SECOND, (None, one))

    assert len(titles(tmp_path)) == 3
    assert sorted(titles(tmp_path, "victory")) == ["The words of x:1.", "The words of x:2."]
    assert titles(tmp_path, "thanks") == ["The words of x:2."]
    assert titles(tmp_path, "refusal") == []


def test_there_is_a_feed_of_every_kind_and_one_of_all(tmp_path: Path) -> None:
    run(tmp_path, None, SECOND)

    assert [*FEEDS] == ["all", *KINDS]
    assert sorted(path.stem for path in tmp_path.glob("feeds/*.atom")) == sorted(FEEDS)
    page = (tmp_path / "changes.html").read_text()
    for name in FEEDS:
        assert re.search(
            f'<link rel="alternate" type="application/atom.xml" .* href="feeds/{name}.atom">', page
        )
        assert read(tmp_path, name).feed.updated == "2023-05-05T04:00:00+00:00"


def test_links_lead_on_from_the_feed_or_begin_with_the_address_that_is_given(tmp_path: Path) -> None:
    one = (None, candidacy(statement("x:1")))
    run(tmp_path / "here", None, SECOND, one)
    run(tmp_path / "there", None, SECOND, one, base="https://count.example/report")
    address = "https://count.example/report/feeds/all.atom"

    def links(folder: Path) -> list[str]:
        return [urljoin(address, str(link.get("href"))) for link in _all(folder).iter(f"{{{ATOM}}}link")]

    assert links(tmp_path / "here") == links(tmp_path / "there")
    assert links(tmp_path / "there") == [
        address,
        "https://count.example/report/changes.html",
        f"https://count.example/report/{PLACE}/candidates/maren.html#x-1",
    ]
    assert (tmp_path / f"here/{PLACE}/candidates/maren.html").is_file()


def test_every_feed_has_what_the_standard_asks_for(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", *KINDS), name="")

    run(tmp_path, None, SECOND, (None, one))

    ids = set()
    for name in FEEDS:
        root = ElementTree.parse(tmp_path / f"feeds/{name}.atom").getroot()
        for element in (root, *root.iter(f"{{{ATOM}}}entry")):
            for tag in ("id", "title", "updated", "author"):
                [found] = element.findall(f"{{*}}{tag}")
                assert "".join(found.itertext()).strip()
            assert len(element.findall("{*}link[@rel='alternate']")) == 1
        ids.add(root.findtext("{*}id"))
        assert root.find("{*}link[@rel='self']") is not None
        assert all(str(one.text).startswith("urn:uuid:") for one in root.iter(f"{{{ATOM}}}id"))
    assert len(ids) == len(FEEDS)


# From report to report


def test_ids_stay_from_report_to_report_and_differ_between_contests(tmp_path: Path) -> None:
    here, there = candidacy(statement("x:1")), candidacy(statement("x:1"), contest="hill")

    first = read(run(tmp_path / "1", None, FIRST, (None, here), (None, there)))
    again = read(run(tmp_path / "2", None, THIRD, (None, here), (None, there)))

    assert {one.id for one in first.entries} == {one.id for one in again.entries}
    assert len({one.id for one in first.entries}) == 2


def test_the_id_of_a_statement_never_changes() -> None:
    assert id_of("statement", "harbour", "x:1") == "c30ea1b7-ba20-555a-b2b8-4ebf8f433f07"


def test_entries_stay_until_newer_ones_push_them_out(tmp_path: Path) -> None:
    def statements(first: int, last: int) -> list:  # type: ignore[type-arg]
        return [statement(f"x:{number}", "pledge", at=at(number)) for number in range(first, last)]

    one, two = candidacy(*statements(0, 30)), candidacy(*statements(0, 70))
    run(tmp_path / "1", None, FIRST, (None, one))
    run(tmp_path / "2", tmp_path / "1", SECOND, (one, two))
    shutil.copytree(tmp_path / "2/elections", tmp_path / "3/elections")
    run(tmp_path / "3", tmp_path / "2", THIRD)

    expected = [f"The words of x:{number}." for number in [*range(69, 29, -1), *range(29, 19, -1)]]
    assert titles(tmp_path / "2") == expected == titles(tmp_path / "2", "pledge")
    assert len(expected) == MOST_ENTRIES
    assert titles(tmp_path / "3") == expected
    updated = [entry.updated for entry in read(tmp_path / "3").entries]
    assert updated == [SECOND.isoformat()] * 40 + [FIRST.isoformat()] * 10


def test_a_rare_kind_keeps_its_entries_when_others_pass_by(tmp_path: Path) -> None:
    one = candidacy(statement("x:rare", "refusal", at=at(-1)))
    two = candidacy(*one.statements, *(statement(f"x:{number}", "pledge") for number in range(60)))
    run(tmp_path / "1", None, FIRST, (None, one))

    run(tmp_path / "2", tmp_path / "1", SECOND, (one, two))

    assert "The words of x:rare." not in titles(tmp_path / "2")
    assert titles(tmp_path / "2", "refusal") == ["The words of x:rare."]


def test_a_report_without_news_leaves_every_feed_as_it_was(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", "thanks"))
    run(tmp_path / "1", None, FIRST, (None, one))

    run(tmp_path / "2", tmp_path / "1", SECOND, (one, one))

    for name in FEEDS:
        before, after = (tmp_path / number / f"feeds/{name}.atom" for number in "12")
        assert before.read_bytes() == after.read_bytes()
        assert before.stat().st_mtime_ns == after.stat().st_mtime_ns


def test_a_statement_that_is_gone_leaves_the_feeds(tmp_path: Path) -> None:
    before = candidacy(statement("x:1", "thanks"), statement("x:2", "thanks"))
    run(tmp_path / "1", None, FIRST, (None, before))

    run(tmp_path / "2", tmp_path / "1", SECOND, (before, candidacy(before.statements[1])))

    assert titles(tmp_path / "2") == ["The words of x:2."] == titles(tmp_path / "2", "thanks")
    assert "x:1" not in (tmp_path / "2/feeds/entries.json").read_text()


def test_a_candidacy_without_a_page_leaves_the_feeds_even_if_nobody_says_so(tmp_path: Path) -> None:
    run(tmp_path / "1", None, FIRST, (None, candidacy(statement("x:1"))))

    run(tmp_path / "2", tmp_path / "1", SECOND)

    assert titles(tmp_path / "2") == []
    assert "x:1" not in (tmp_path / "2/feeds/entries.json").read_text()


def test_a_kind_that_is_found_later_brings_the_statement_into_its_feed(tmp_path: Path) -> None:
    before, after = candidacy(statement("x:1")), candidacy(statement("x:1", "concession"))
    first = read(run(tmp_path / "1", None, FIRST, (None, before)))

    run(tmp_path / "2", tmp_path / "1", SECOND, (before, after))

    [entry] = read(tmp_path / "2", "concession").entries
    assert (entry.id, entry.updated) == (first.entries[0].id, SECOND.isoformat())
    assert len(titles(tmp_path / "2")) == 1


def test_a_kind_that_no_longer_counts_takes_the_statement_out_of_its_feed(tmp_path: Path) -> None:
    before, after = candidacy(statement("x:1", "concession")), candidacy(statement("x:1"))
    run(tmp_path / "1", None, FIRST, (None, before))

    run(tmp_path / "2", tmp_path / "1", SECOND, (before, after))

    assert titles(tmp_path / "2", "concession") == []
    assert len(titles(tmp_path / "2")) == 1


def test_changed_words_are_told_and_a_changed_address_is_not_news(tmp_path: Path) -> None:
    before = candidacy(statement("x:1"), statement("x:2"))
    edited = candidacy(
        statement("x:1", text="Corrected."), statement("x:2", url="https://x.example/2"), name="M. Hollis"
    )
    run(tmp_path / "1", None, FIRST, (None, before))

    run(tmp_path / "2", tmp_path / "1", SECOND, (before, edited))

    found = {entry.summary: (entry.updated, entry.author) for entry in read(tmp_path / "2").entries}
    assert found == {
        "Corrected.": (SECOND.isoformat(), "M. Hollis"),
        "The words of x:2.": (FIRST.isoformat(), "M. Hollis"),
    }


def test_a_first_report_of_many_candidacies_shows_the_newest_fifty(tmp_path: Path) -> None:
    def one(number: int) -> Pair:
        own = [statement(f"x:{number}-{at_}", "pledge", at=at(number + 40 * at_)) for at_ in range(100)]
        return None, candidacy(*own, person=f"p{number}")

    run(tmp_path, None, SECOND, *map(one, range(40)))

    published = [entry.published for entry in read(tmp_path).entries]
    expected = [FIRST + timedelta(minutes=minutes) for minutes in range(3_999, 3_949, -1)]
    assert published == [moment.isoformat() for moment in expected]
    state = state_in(tmp_path)
    assert state is not None
    assert len(state.entries) == MOST_ENTRIES


# What others wrote into the folder


def _damaged(folder: Path, **values: object) -> None:
    path = folder / "feeds/entries.json"
    state = json.loads(path.read_text())
    state["entries"][0]["entry"] |= values
    path.write_text(json.dumps(state))


@pytest.mark.parametrize(
    "values",
    [
        {"address": "../../secret.html#x"},
        {"address": "https://evil.example/a.html#x"},
        {"address": "//evil.example/a.html#x"},
        {"address": "javascript:alert(1)"},
        {"address": "a/../../b.html#x"},
        {"url": "javascript:alert(1)"},
        {"id": "urn:isbn:1"},
        {"kinds": ["gossip"]},
        {"at": 1e300},
        {"at": "yesterday"},
        {"text": 5},
    ],
    ids=str,
)
def test_entries_that_are_none_of_ours_are_not_taken_over(values: dict[str, object], tmp_path: Path) -> None:
    one = candidacy(statement("x:1"))
    run(tmp_path / "1", None, FIRST, (None, one))
    _damaged(tmp_path / "1", **values)

    assert state_in(tmp_path / "1") is None
    run(tmp_path / "2", tmp_path / "1", SECOND, (one, one))
    assert titles(tmp_path / "2") == []


def test_an_entry_from_the_future_does_not_stand_above_all_that_comes(tmp_path: Path) -> None:
    before = candidacy(statement("x:1"))
    after = candidacy(*before.statements, statement("x:2", at=at(0)))
    run(tmp_path / "1", None, FIRST, (None, before))
    path = tmp_path / "1/feeds/entries.json"
    path.write_text(path.read_text().replace("2023-05-05T03:00:00Z", "9999-01-01T00:00:00Z"))

    run(tmp_path / "2", tmp_path / "1", SECOND, (before, after))

    assert titles(tmp_path / "2") == ["The words of x:2.", "The words of x:1."]
    assert read(tmp_path / "2").feed.updated == SECOND.isoformat()


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_in_place_of_the_entries_stop_a_report(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "feeds").mkdir(exist_ok=True)
    (tmp_path / "feeds/entries.json").write_bytes(content)

    assert state_in(tmp_path) is None


# Hostile texts

TEXTS = st.text(st.characters() | st.sampled_from(UNREAD + "<>&\"']\u202e\u2028\r\n"), max_size=60)


@given(name=TEXTS, text=TEXTS, url=TEXTS.map("https://x.example/".__add__), key=st.text(), base=st.booleans())
def test_whatever_people_write_every_feed_can_be_read(
    name: str, text: str, url: str, key: str, base: bool
) -> None:
    written = candidacy(statement(f"x:{key}", "thanks", text=text, url=url), name=name)
    [entry] = entries_of(written.digest, written.statements, PLACE)

    content = atom(
        Feed(id_of("feed"), "feeds/all.atom", name, FIRST, ((entry, FIRST),)),
        "https://count.example/" if base else None,
    )

    found = feedparser.parse(content)
    assert not found.bozo, found.get("bozo_exception")
    root = ElementTree.fromstring(content)
    assert {element.tag.removeprefix(f"{{{ATOM}}}") for element in root.iter()} <= {
        *("feed", "id", "title", "subtitle", "updated", "author", "name", "generator", "link"),
        *("entry", "published", "category", "summary"),
    }
    assert len(root.findall("{*}entry/{*}title")) == 1
    for link in root.iter(f"{{{ATOM}}}link"):
        assert not set(str(link.get("href"))) & set(' "<>\\^`{|}\n\r')


@pytest.mark.parametrize("text", ["", "   ", UNREAD])
def test_a_statement_without_words_has_no_summary(text: str, tmp_path: Path) -> None:
    one = replace(statement("x:1"), text=text.strip())

    run(tmp_path, None, SECOND, (None, candidacy(one)))

    assert _all(tmp_path).find("{*}entry/{*}summary") is None


# The address


@pytest.mark.parametrize(
    "base",
    [
        *("", "count.example", "/report/", "ftp://count.example/", "javascript:alert(1)", "file:///report"),
        *("https://", "https://count.example/?a=1", "https://count.example/#a", "https://me@count.example/"),
        *(
            "https://count.example:port/",
            "https://count.example/a b",
            "https://count.example/\n",
            "https://[::1",
        ),
        "https://cöunt.example/",
    ],
)
def test_what_is_no_address_of_a_folder_is_refused(base: str) -> None:
    with pytest.raises(BadBaseUrl):
        checked_base(base)


def test_an_address_ends_with_one_slash() -> None:
    assert checked_base("http://count.example:8080/a//") == "http://count.example:8080/a/"
    assert checked_base("https://count.example") == "https://count.example/"
    assert checked_base(None) is None


def test_years_that_no_calendar_of_feeds_has_are_left_out(tmp_path: Path) -> None:
    one = statement("x:1", at=1e12)

    run(tmp_path, None, datetime(2023, 1, 1, tzinfo=UTC), (None, candidacy(one)))

    assert "published" not in read(tmp_path).entries[0]
