"""Pages as text: words, numbers, escaping, structure."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import example_archive as example
import pytest
from jinja2 import UndefinedError
from report_reading import Outline
from sqlalchemy import Engine
from sqlmodel import Session

from analysis.contract import AccusationType, Basis, KindName, Scope, Unscored
from analysis.findings import analyse
from analysis.outcomes import Moment, Phase
from analysis.outcomes.ballot import MARGIN_BASES
from analysis.publishing import write_report
from analysis.reader import Reader
from analysis.reports.addresses import slug
from analysis.reports.contests.collection import Collection
from analysis.reports.tones import Tone
from analysis.roster import load_roster
from analysis.sentiment import scorer_for
from analysis.site import render_page, stylesheet, wording
from db import open_database, writing
from db.words import CandidacyStatus, Channel

PLAIN_PAGES = 33
"""Of the example: all but the search."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("site")
    engine: Engine = open_database(str(folder / "archive.db"), create=True)
    example.fill(engine)
    write_report(engine, folder / "out", generated_at=datetime(2023, 8, 1, 9, 30, tzinfo=UTC))
    engine.dispose()
    return folder / "out"


@pytest.fixture(scope="module")
def pages(report: Path) -> dict[str, str]:
    return {
        path.relative_to(report).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(report.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def records(pages: dict[str, str]) -> dict[str, str]:
    """The pages of the Harbour ward's candidacies, by person."""
    folder = f"elections/{slug(example.ELECTION)}/contests/{slug(example.HARBOUR)}/candidates"
    return {key: pages[f"{folder}/{slug(f'p:{key}')}.html"] for key in ("maren", "tobias", "ines", "pell")}


@pytest.fixture(scope="module")
def contest_page(pages: dict[str, str]) -> str:
    return pages[f"elections/{slug(example.ELECTION)}/contests/{slug(example.HARBOUR)}/index.html"]


def words_of(page: str) -> str:
    """A page's text on one line, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


# ---- words and numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (wording.number(15_896), "15,896"),
        (wording.number(-1_689), "−1,689"),
        (wording.percent(0.341), "34.1%"),
        (wording.points(-0.394), "−39.4"),
        (wording.points(0.052), "+5.2"),
        (wording.points(-0.0001), "0.0"),
        (wording.score(-0.618), "−0.62"),
        (wording.score(0.0), "0.00"),
        (wording.minutes(76), "+76 min"),
        (wording.minutes(-1_000), "−1,000 min"),
        (wording.duration(76), "1 h 16 min"),
        (wording.duration(-20_000), "13 d 21 h"),
        (wording.duration(5), "5 min"),
        (wording.plural(1, "statement"), "1 statement"),
        (wording.plural(2_000, "statement is", "statements are"), "2,000 statements are"),
        (wording.cell(None), ""),
        (wording.cell(False), "no"),
        (wording.cell(0.25), "0.250"),
    ],
)
def test_numbers_are_written_for_readers(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("precision", "zone", "said", "machine"),
    [
        ("second", "Europe/London", "5 July 2024, 04:21:07 BST", "2024-07-05T04:21:07+01:00"),
        ("minute", "Africa/Lagos", "5 July 2024, 04:21 WAT", "2024-07-05T04:21:07+01:00"),
        (
            "second",
            "America/Sao_Paulo",
            "5 July 2024, 00:21:07 America/Sao_Paulo (UTC-03)",
            "2024-07-05T00:21:07-03:00",
        ),
        ("day", "America/New_York", "5 July 2024 (day only)", "2024-07-05"),
    ],
)
def test_a_time_is_local_and_as_exact_as_it_is_known(
    precision: str, zone: str, said: str, machine: str
) -> None:
    moment = Moment(datetime(2024, 7, 5, 3, 21, 7, tzinfo=UTC), precision)
    assert wording.moment(moment, ZoneInfo(zone)) == said
    assert wording.machine_time(moment, ZoneInfo(zone)) == machine


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " https://x.example",
        "https://",
        "//x.example",
        "data:text/html,x",
        "https://[broken",
        "java\nscript:alert(1)",
        "file:///etc/passwd",
        None,
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert wording.web_address(address) is None


def test_a_web_address_stays_as_it_is() -> None:
    address = "https://social.example/a?b=1&c=2#d"
    assert wording.web_address(address) == address


def test_every_fixed_word_has_its_wording() -> None:
    assert set(wording.BASES) == set(Basis)
    assert set(wording.PHASES) == set(Phase)
    assert set(wording.CHANNELS) == set(Channel)
    assert set(wording.SCOPES) == set(Scope)
    assert set(wording.TONE_SIGNS) == set(Tone)
    assert set(wording.STATUSES) == set(CandidacyStatus)
    assert set(wording.COLLECTIONS) == set(Collection)
    assert set(wording.UNSCORED) == {*Unscored, "not_analysed"}
    assert not (set(wording.KINDS) - set(KindName)) | (set(AccusationType) & set(wording.KINDS))
    assert set(MARGIN_BASES) >= {"votes", "listed", "source", "threshold", "threshold-listed"}


def test_a_missing_value_is_an_error_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        render_page("index", root="")


# ---- structure ------------------------------------------------------------------------------------


def test_every_page_is_well_formed_and_has_no_id_twice(pages: dict[str, str]) -> None:
    assert len(pages) >= 31
    for name, page in pages.items():
        outline = Outline(page)
        assert (name, outline.wrong, outline.open) == (name, [], [])
        ids = outline.values("id")
        assert len(ids) == len(set(ids)), name


def test_every_page_can_be_read_without_seeing_it(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        outline = Outline(page)
        tags = [tag for tag, _ in outline.tags]
        assert outline.values("lang", "html") == ["en"], name
        assert tags.count("h1") == tags.count("main") == tags.count("title") == 1, name
        assert 'href="#content"' in page, name
        assert tags.count("table") == tags.count("caption"), name
        assert set(outline.values("scope", "th")) <= {"col", "row"}, name
        assert len(outline.values("scope", "th")) == tags.count("th"), name
        assert set(outline.values("aria-labelledby")) <= set(outline.values("id")), name


def test_every_link_inside_the_report_leads_to_a_file(report: Path, pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for address in Outline(page).values("href"):
            if address.startswith(("https://", "data:")):
                continue
            file, _, anchor = address.partition("#")
            goal = (report / name).parent / file if file else report / name
            assert goal.is_file(), f"{name}: {address}"
            if anchor:
                assert f'id="{anchor}"' in goal.read_text(encoding="utf-8"), f"{name}: {address}"


CHART_SCRIPTS = ["assets/vega.js", "assets/chart-specs.js", "assets/charts.js"]


def test_no_page_holds_style_or_anything_from_outside_and_script_only_for_charts(
    pages: dict[str, str],
) -> None:
    plain = {name: page for name, page in pages.items() if name != "search.html"}
    assert len(plain) == PLAIN_PAGES
    drawn = {name for name, page in plain.items() if 'class="chart"' in page}
    assert drawn
    for name, page in plain.items():
        outline = Outline(page)
        tags = {tag for tag, _ in outline.tags}
        assert not tags & {"style", "img", "iframe", "object", "embed", "form", "base"}, name
        assert not [
            key for _, attrs in outline.tags for key in attrs if key.startswith("on") or key == "style"
        ]
        scripts = [attrs for tag, attrs in outline.tags if tag == "script"]
        run = [str(attrs["src"]) for attrs in scripts if "src" in attrs]
        assert all(attrs.get("type") == "application/json" for attrs in scripts if "src" not in attrs), name
        may_run = "script-src 'self'; " if run else ""
        assert policy_of(outline).startswith(
            f"default-src 'none'; {may_run}style-src 'self'; img-src 'self' data:"
        )
        root = "../" * name.count("/")
        assert run in ([], [f"{root}{one}" for one in CHART_SCRIPTS]), name
        assert name not in drawn or run, name


def test_a_script_in_a_page_is_a_file_of_the_report_or_data_that_nothing_runs(pages: dict[str, str]) -> None:
    charts = 0
    for name, page in pages.items():
        for attrs, content in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            if "src=" in attrs:
                assert content == "", name
            else:
                assert attrs == ' type="application/json" class="chart-rows"', name
                assert not set(content) & set("<>&"), name
                assert json.loads(content), name
                charts += 1
    assert charts


def test_pages_of_candidates_parties_and_statements_need_no_script_at_all(pages: dict[str, str]) -> None:
    plain = [name for name in pages if "/candidates/" in name or "/parties/" in name]
    assert len(plain) > 10
    assert not [name for name in plain if "<script" in pages[name]]


def test_the_search_runs_its_own_three_files_and_nothing_else(report: Path, pages: dict[str, str]) -> None:
    outline = Outline(pages["search.html"])
    tags = {tag for tag, _ in outline.tags}
    assert not tags & {"style", "img", "iframe", "object", "embed", "base"}
    assert not [key for _, attrs in outline.tags for key in attrs if key.startswith("on") or key == "style"]
    scripts = [attrs for tag, attrs in outline.tags if tag == "script"]
    assert [sorted(attrs) for attrs in scripts] == [["defer", "src"]] * 3
    assert re.findall(r"<script[^>]*>(.*?)</script>", pages["search.html"], re.DOTALL) == [""] * 3
    assert outline.values("src") == [f"assets/search{name}.js" for name in ("-words", "-index", "")]
    assert all((report / address).is_file() for address in outline.values("src"))
    policy = policy_of(outline)
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'"
    )
    assert "unsafe" not in policy


def policy_of(outline: Outline) -> str:
    """The one Content-Security-Policy of a page."""
    (policy,) = [
        attrs["content"]
        for tag, attrs in outline.tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    return str(policy)


def test_the_stylesheet_loads_nothing_and_serves_dark_narrow_and_paper() -> None:
    sheet = stylesheet()
    assert "url(" not in sheet
    assert "@import" not in sheet
    for query in ("prefers-color-scheme: dark", "max-width", "@media print", "tabular-nums"):
        assert query in sheet


def _content_of(selector: str) -> str | None:
    """The sign that the style sheet puts beside a word; what is read aloud instead must be nothing."""
    [rule] = [line for line in stylesheet().splitlines() if line.startswith(f"{selector} {{")] or [""]
    found = re.search(r'content: "(.*?)" / ""; }', rule)
    return re.sub(r"\\([0-9a-f]+)", lambda one: chr(int(one[1], 16)), found[1]) if found else None


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_has_its_sign_beside_the_word_and_beside_the_marked_words(tone: Tone) -> None:
    sign = wording.TONE_SIGNS[tone]
    assert _content_of(f".tone.{tone.value}::before") == f"{sign}\xa0"
    assert (_content_of(f"mark.{tone.value}::after") or _content_of("mark::after")) == sign


PAIRS = (
    *(("ink", ground) for ground in ("paper", "panel", "elected")),
    *(("muted", ground) for ground in ("paper", "panel", "elected")),
    *(("accent", ground) for ground in ("paper", "panel", "elected")),
    *((tone, f"{tone}-ground") for tone in ("negative", "positive", "neutral", "unclear")),
)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_colour_stands_out_from_its_ground(scheme: int, ink: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    colours = dict(re.findall(r"--([\w-]+): (#\w+);", stylesheet().split(":root {")[1 + scheme]))
    first, second = _luminance(colours[ink]), _luminance(colours[ground])
    assert (max(first, second) + 0.05) / (min(first, second) + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """WCAG's relative luminance of `#rrggbb`."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# ---- the contest's page ---------------------------------------------------------------------------


def test_the_contests_page_says_who_won_by_how_much_and_when(contest_page: str) -> None:
    words = words_of(contest_page)
    assert "Maren Hollis (Harbour Party) elected. Majority 300." in words
    assert "Turnout 51.0% valid and invalid votes, divided by the electorate of 6,000" in words
    assert "checked: the votes add up to the valid votes" in words
    assert "5 May 2023, 04:37:30 BST Europe/London; source: returning officer" in words
    assert "50.0%" in words
    assert "−39.4" in words
    assert "elected · incumbent" in words
    assert "Ines Farrow Independent 300 10.0% – not elected not collected" in words


def test_what_the_source_does_not_say_is_said_to_be_missing(pages: dict[str, str]) -> None:
    hill = words_of(pages[f"elections/{slug(example.ELECTION)}/contests/{slug(example.HILL)}/index.html"])
    assert "no declaration time in the source" in hill
    assert "not checked: the source lists only some candidates" in hill
    assert "lowest winner minus highest loser, among those listed" in hill
    assert "Ada Sorrel (Harbour Party), Bo Tamsin (Orchard Alliance) elected." in hill
    assert "not collected" in hill
    assert "nothing from this contest’s window" in hill


def test_a_statement_stands_with_its_time_kinds_and_tone_where_its_record_is_linked(
    contest_page: str,
) -> None:
    place = f"candidates/{slug('p:maren')}.html#x-1911111111111111113"
    [article] = [one for one in contest_page.split("<article ") if f'href="{place}"' in one]
    words = words_of(f"<article {article}")
    assert words.startswith("Maren Hollis HP elected 5 May 2023, 05:53:50 BST · +76 min (1 h 16 min) · after")
    assert "first after the declaration" in words
    assert "victory thanks positive Record" in words


def test_a_record_stands_with_its_time_kinds_targets_and_capture(records: dict[str, str]) -> None:
    page = records["maren"]
    words = words_of(page)
    assert "5 May 2023, 05:53:50 BST · +76 min (1 h 16 min) · after the declaration" in words
    assert "first after the declaration" in words
    assert "victory (own contest) → Tobias Quill, Orchard Alliance : We won Harbo 0.80 kinds-1" in words
    assert "Orchard Alliance : negative −0.61, confidence 0.70 party, linked by a name of" in words
    assert "linked by a name of the party (0.90)" in words
    assert "Whole text: positive +0.10, confidence 0.55 scorer-1" in words
    assert 'href="https://social.example/1911111111111111113" rel="external noopener noreferrer"' in page
    assert f"Capture 2: line 2 of posts.csv , 6 May 2023, 12:00 UTC, SHA-256 {'a' * 64} , a part of" in words
    assert f"Capture 1: the whole of posts.csv , SHA-256 {'f' * 64}" in words
    assert 'href="#capture-1"' in page


def test_a_targets_place_is_marked_with_who_and_how(contest_page: str, records: dict[str, str]) -> None:
    told = "Orchard Alliance: negative −0.61, linked by a name of the party"
    assert (f'<mark class="negative" tabindex="0">Orchard Alliance<i> ({told})</i></mark>') in contest_page
    before, _, after = contest_page.partition("We won Harbour ward! Thank you.\n")
    assert after.startswith('<mark class="positive"')
    assert not before.endswith("</mark>")
    assert '<mark class="negative">Orchard Alliance</mark>' in records["maren"]


def test_words_that_speak_of_nobody_are_not_marked(contest_page: str) -> None:
    marked = [re.sub(r"<i>.*", "", one) for one in re.findall(r"<mark[^>]*>(.*?)</mark>", contest_page)]
    assert sorted(marked) == [
        *("Hollis", "Hollis must", "Maren Hollis", "Maren Hollis", "Orchard Alliance", "Tobias Quill")
    ]


def test_those_who_stood_down_are_shown_apart_and_their_statements_say_so(
    contest_page: str, records: dict[str, str]
) -> None:
    ballot, _, apart = contest_page.partition("Not on the ballot")
    assert "Pell Adair" not in ballot
    assert "Pell Adair (Orchard Alliance): stood down: not on the ballot; 2 statements" in words_of(
        apart
    ).replace("Pell Adair  (", "Pell Adair (")
    articles = [words_of(f"<article {one}") for one in contest_page.split("<article ")[1:]]
    for said in ("Ich trete zurück.", "No time is known of this one."):
        [article] = [one for one in articles if said in one]
        assert article.startswith("Pell Adair OA stood down: not on the ballot ")
    assert not [one for one in articles if "stood down" in one and not one.startswith("Pell Adair")]
    own = words_of(records["pell"])
    assert "Stood down: not on the ballot." in own
    assert "Not scored: no method here reads this language." in own


def test_what_has_no_time_stands_at_the_end_and_is_said_to_have_none(
    contest_page: str, records: dict[str, str]
) -> None:
    for page in (contest_page, records["pell"]):
        assert "the source gives no time for these; they may lie outside the window" in words_of(page)
        assert "No time is known of this one." in page.split("<article ")[-1]
    for page in (records["maren"], records["tobias"]):
        assert "gives no time" not in page


def test_candidates_are_on_the_ballot_only_where_the_source_lists_all(pages: dict[str, str]) -> None:
    folder = f"elections/{slug(example.ELECTION)}/contests"
    harbour = words_of(pages[f"{folder}/{slug(example.HARBOUR)}/index.html"])
    hill = words_of(pages[f"{folder}/{slug(example.HILL)}/index.html"])
    assert "3 candidates on the ballot; " in harbour
    assert "Candidates on the ballot, most votes first" in harbour
    assert "3 candidates listed for 2 seats; " in hill
    assert "Candidates listed, most votes first" in hill


def test_the_reasons_of_a_hostile_post_are_a_closed_list_of_nothing_but_text(tmp_path: Path) -> None:
    engine: Engine = open_database(str(tmp_path / "archive.db"), create=True)
    example.fill(engine)
    with Session(engine) as session:
        roster = load_roster(session)
    with writing(engine) as session:
        text = f"Tobias Quill <b onclick=x>failed</b> us, you corrupt <i>liar\u202e</i>! {example.HOSTILE}"
        example.add_statement(session, "hostile", "ines", text, example.after(3))
    analyse(engine, Reader(roster, scorer_for("vader-target")))
    write_report(engine, tmp_path / "out")
    contest = next((tmp_path / "out").rglob(f"{slug(example.HARBOUR)}/index.html"))
    page = (contest.parent / "candidates" / f"{slug('p:ines')}.html").read_text(encoding="utf-8")
    listed = Outline(contest.read_text(encoding="utf-8"))
    engine.dispose()
    assert listed.wrong == listed.open == []
    assert not [attrs for tag, attrs in listed.tags if tag == "b" or "onclick" in attrs]
    scripts = [attrs for tag, attrs in listed.tags if tag == "script"]
    assert {str(one.get("src", one.get("type"))).rpartition("/")[2] for one in scripts} == {
        *(one.rpartition("/")[2] for one in CHART_SCRIPTS),
        "json",
    }
    assert all(attrs == {} for tag, attrs in listed.tags if tag == "i")
    assert sum(tag == "i" for tag, _ in listed.tags) == sum(tag == "mark" for tag, _ in listed.tags) > 0

    outline = Outline(page)
    assert outline.wrong == outline.open == []
    disclosures = [attrs for tag, attrs in outline.tags if tag == "details"]
    assert disclosures
    assert all(attrs == {"class": "why"} for attrs in disclosures)
    assert sum(tag == "summary" for tag, _ in outline.tags) == len(disclosures)
    assert not [tag for tag, attrs in outline.tags if tag == "script" or "onclick" in attrs]
    ours = Counter(tag for tag, attrs in outline.tags if tag in ("b", "i") and attrs == {})
    assert ours == Counter(tag for tag, _ in outline.tags if tag in ("b", "i"))
    assert ours["i"] == 2 * page.count('<p class="capture">Capture ')  # where it stands, and in what
    assert ours["b"] == page.count("<li><b>")  # around a target
    assert not set(page) & {"\u202e", "\x00", "\x1b"}
    [reason] = set(re.findall(r"<td><bdi>(failed)</bdi></td>", page))
    assert reason == "failed"


def test_the_texts_of_posts_are_only_ever_text(
    pages: dict[str, str], contest_page: str, records: dict[str, str]
) -> None:
    for page in (contest_page, records["tobias"]):
        assert "&lt;script&gt;document.title=" in page
        assert "&amp;amp;reversed" in page
    for page in pages.values():
        assert "<script>document" not in page
        assert "onerror=alert(1)>" not in page
        assert 'href="javascript' not in page
        assert not set(page) & set("\x00\x1b\u202e\u202c")
    assert "Original: <bdi>javascript:alert(1)</bdi> (no web address)" in records["tobias"]


def test_every_page_says_how_it_was_made(pages: dict[str, str], contest_page: str) -> None:
    for page in pages.values():
        words = words_of(page)
        assert "Made by Hustings" in words
        assert "1 August 2023, 09:30 UTC" in words
        assert "from 42 days before polling day to 14 days after it" in words
    words = words_of(contest_page)
    assert "Methods kinds-1 , reader-1 , scorer-1" in words
    assert "4 candidates, 8 statements" in words
    assert "1 more by these candidates lie outside" in words


def test_the_first_page_states_coverage_before_findings(pages: dict[str, str]) -> None:
    words = words_of(pages["index.html"])
    assert "Statements of 4 of 8 candidates are in the archive; 2 were not collected." in words
    assert "says nothing of what they published" in words
