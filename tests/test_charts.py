"""Charts as data: what they say, what they hold back, and that nothing in them can harm a page."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chart_examples as examples
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from analysis.site import charts
from analysis.site.charts import Chart, assets, colours, labels, matrix, outcomes, tones
from analysis.site.charts.contract import Column

ROOT = Path(__file__).parent.parent
CHARTS = {one.kind: one for one in examples.all_charts()}
SPECS = assets.specs()


def filled(chart: Chart, **more: object) -> dict[str, object]:
    """A chart's spec with its rows, as the script in the page makes it."""
    data = json.loads(chart.embedded)
    rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
    spec = SPECS[chart.kind]
    values = data["parameters"]
    listed = spec.get("params", [])
    assert isinstance(listed, list)
    params = [{**one, "value": values[one["name"]]} if one["name"] in values else one for one in listed]
    return {**spec, "params": params, "data": {"name": "rows", "values": rows}, "width": 600, **more}


def present(chart: Chart | None) -> Chart:
    """The chart, which is there."""
    assert chart is not None
    return chart


def cells(chart: Chart, key: str) -> list[object]:
    """The values of one column."""
    place = [column.key for column in chart.columns].index(key)
    return [row[place] for row in chart.rows]


# ---- specs ----------------------------------------------------------------------------------------


def test_every_spec_has_a_builder_and_every_builder_a_spec() -> None:
    assert set(CHARTS) == set(SPECS)


@pytest.mark.parametrize("kind", sorted(SPECS))
def test_a_spec_compiles_and_draws_its_rows(kind: str) -> None:
    vega = vl_convert.vegalite_to_vega(filled(CHARTS[kind]), vl_version=assets.VEGA_LITE)
    drawn = vl_convert.vega_to_svg(vega)
    assert vega["marks"]
    assert drawn.count("<path") > len(CHARTS[kind].rows) / 2
    assert "NaN" not in drawn
    assert "undefined" not in drawn


@pytest.mark.parametrize("kind", sorted(SPECS))
def test_a_spec_asks_for_no_column_that_its_rows_lack(kind: str) -> None:
    text = json.dumps(SPECS[kind])
    made = set(re.findall(r'"as": "(\w+)"', text)) | {"from", "to", "hour", "clock"}
    asked = set(re.findall(r'"field": "(\w+)"', text)) | set(re.findall(r"datum\.(\w+)", text))
    held = {column.key for column in CHARTS[kind].columns}
    assert asked - made - held - {"value", "label"} == set()


def test_fills_in_the_specs_are_those_of_the_keys() -> None:
    scales = re.findall(r'"domain": (\[[^\]]*\]),\s*"range": (\[[^\]]*\])', (_spec_text("timeline")))
    assert (json.loads(scales[0][0]), json.loads(scales[0][1])) == (
        list(tones.TONES),
        [bar for bar, _, _ in tones.TONES.values()],
    )
    found = [json.loads(values) for _, values in _scales("statements")]
    assert found == [
        [shape for _, _, shape in tones.TONES.values()],
        [point for _, point, _ in tones.TONES.values()],
    ]
    assert [(json.loads(a), json.loads(b)) for a, b in _scales("concessions")] == [
        (list(outcomes.STATUSES), [fill for fill, _ in outcomes.STATUSES.values()]),
        (list(outcomes.STATUSES), [ink for _, ink in outcomes.STATUSES.values()]),
    ]
    steps = [f"var(--chart-{step})" for _, step in matrix.STEPS]
    assert json.loads(_scales("who-whom")[0][1]) == steps


def _spec_text(kind: str) -> str:
    return (ROOT / f"analysis/site/charts/specs/{kind}.json").read_text(encoding="utf-8")


def _scales(kind: str) -> list[tuple[str, str]]:
    return re.findall(r'"domain": (\[[^\]]*\]),\s*"range": (\[[^\]]*\])', _spec_text(kind))


# ---- what is not enough ---------------------------------------------------------------------------


def test_no_rows_give_no_chart() -> None:
    assert charts.who_whom([charts.Speaks("A", "B", 0, 0, None)]) is None
    assert charts.timeline([]) is None
    assert charts.sentiment_by_hour([]) is None
    assert charts.tone_by_outcome([]) is None
    assert charts.concession_status([charts.StatusCount("A", "weak", 0)]) is None
    assert charts.votes([charts.Vote("Ann", "A", None, None, None)]) is None
    assert charts.statements([charts.Said("Ann", None, "neutral")], zone=examples.LONDON) is None
    assert charts.kind_rates([]) is None


@pytest.mark.parametrize(("rated", "candidates", "mean"), [(10, 5, -0.4), (9, 5, None), (10, 4, None)])
def test_a_mean_needs_ten_statements_and_five_candidates(
    rated: int, candidates: int, mean: float | None
) -> None:
    chart = present(charts.who_whom([charts.Speaks("A", "B", 12, rated, -0.4, candidates)]))
    assert cells(chart, "mean") == [mean]
    assert cells(chart, "printed") == ["12"]
    assert ("a count and no mean" in " ".join(chart.notes)) == (mean is None)


def test_a_candidate_alone_needs_ten_statements_only() -> None:
    chart = present(charts.who_whom([charts.Speaks("Ann", "Bob", 10, 10, 0.2)]))
    assert cells(chart, "mean") == [0.2]


def test_what_is_suppressed_is_nowhere_in_the_page() -> None:
    few = [
        present(charts.tone_by_outcome([charts.OutcomeTone("Won", "by 2", 0.777, 0.7, 0.8, 9, 9)])),
        present(charts.sentiment_by_hour([charts.HourMean(0, 0.777, 0.7, 0.8, 99, 4)])),
        present(charts.kind_rates([charts.KindRate("thanks", "Won", 0.777, 0.7, 0.8, 3, 2, 9)])),
    ]
    for chart in few:
        page = examples.page_of([chart])
        assert not chart.is_drawn
        assert "0.7" not in page.replace("0.7rem", "")
        assert "can be shown" in chart.finding
        assert "chart-drawing" not in page


def test_a_line_never_bridges_hours_without_a_mean() -> None:
    rows = [charts.HourMean(hour, 0.1, 0.0, 0.2, 5 if hour == 2 else 50, 20) for hour in range(5)]
    chart = present(charts.sentiment_by_hour(rows))
    assert cells(chart, "run") == [0, 0, None, 1, 1]
    assert cells(chart, "mean") == [0.1, 0.1, None, 0.1, 0.1]
    assert "1 of 5 hours" in chart.notes[0]


# ---- what is said ---------------------------------------------------------------------------------


def test_findings_state_what_was_found_with_its_n() -> None:
    assert CHARTS["tone-by-outcome"].finding == (
        "Highest mean: Won by under 5 points, +0.31 (95% interval +0.22 to +0.40; 1,412 statements by 88"
        " candidates); lowest: Lost by 5 to 15 points, −0.06 (95% interval −0.13 to +0.02; 1,530"
        " statements by 190 candidates). Their intervals do not overlap."
    )
    assert CHARTS["votes"].finding == (
        "Ada Thornbury (Labour Party) was elected with 18,204 votes (41.2%), 4,195 more than"
        " Bernard Quill (Conservative and Unionist Party). n\u00a0=\u00a06 candidates."
    )


def test_equal_means_are_not_called_highest_and_lowest() -> None:
    rows = [charts.Speaks(author, "B", 20, 20, -0.3) for author in "AC"]
    assert present(charts.who_whom(rows)).finding.endswith("All 2 means are −0.30.")
    one = present(charts.who_whom(rows[:1])).finding
    assert one.endswith("The one pair with a mean: A on B, mean −0.30 (n\u00a0=\u00a020).")
    groups = [charts.OutcomeTone("Won", band, 0.1, 0.0, 0.2, 20, 20) for band in ("by 1", "by 2")]
    assert present(charts.tone_by_outcome(groups)).finding == "All 2 means are +0.10."
    spans = [charts.HourMean(hour, 0.1, 0.0, 0.2, 20, 20) for hour in (0, 1)]
    assert present(charts.sentiment_by_hour(spans)).finding == "All 2 means are +0.10."


@pytest.mark.parametrize(
    ("elected", "votes", "said"),
    [
        (None, (5, 3), "Ann (A) has the most votes: 5, 2 more than Bob (B)."),
        (False, (5, 5), "Ann (A) has the most votes: 5, as many as Bob (B)."),
    ],
)
def test_nobody_is_said_to_be_elected_who_is_not(
    elected: bool | None, votes: tuple[int, int], said: str
) -> None:
    rows = [charts.Vote("Ann", "A", votes[0], None, elected), charts.Vote("Bob", "B", votes[1], None, None)]
    assert present(charts.votes(rows)).finding.startswith(said)


def test_several_winners_are_counted() -> None:
    rows = [charts.Vote(name, "A", number, None, number > 2) for number, name in enumerate("abcde")]
    assert present(charts.votes(rows)).finding.startswith("2 candidates were elected; e (A) has the most")


def test_what_is_left_out_is_named() -> None:
    names = tuple(f"Party {number}" for number in range(20))
    chart = present(examples.matrix(names))
    assert len(set(cells(chart, "author"))) == matrix.MOST
    assert "Drawn are the 12 authors and 12 targets" in " ".join(chart.notes)
    many = [charts.StatusCount(f"P{number:02}", "weak", 20 - number) for number in range(20)]
    assert "Left out: 6 parties with 21 candidates in all." in present(charts.concession_status(many)).notes


def test_a_busy_contest_keeps_the_points_nearest_to_the_declaration() -> None:
    rows = [
        charts.Said("Ann", examples.DECLARED + timedelta(hours=hour), "neutral") for hour in range(-50, 50)
    ]
    chart = present(charts.statements(rows, zone=examples.LONDON, declared_at=examples.DECLARED, most=21))
    clocks = [value for value in cells(chart, "clock") if isinstance(value, int)]
    assert (max(clocks) - min(clocks)) / 3_600_000 == 20
    assert "Drawn are the 21 statements nearest to the declaration of 100, by 1 candidate." in chart.notes
    assert chart.finding.startswith("100 statements by 1 candidate: 50 before the declaration, 50 after.")


def test_points_stand_on_the_clock_of_the_contest() -> None:
    at = datetime(2024, 11, 6, 3, 30, tzinfo=UTC)
    rows = [charts.Said("Ann", at, "neutral")]
    chart = present(charts.statements(rows, zone=ZoneInfo("America/New_York"), declared_at=at))
    assert cells(chart, "at") == ["2024-11-05 22:30"]
    assert cells(chart, "clock") == [int(datetime(2024, 11, 5, 22, 30, tzinfo=UTC).timestamp() * 1000)]
    assert dict(chart.parameters)["declared"] == cells(chart, "clock")[0]


@given(st.lists(st.tuples(st.integers(-3000, 3000), st.sampled_from(list(tones.TONES)), st.integers(0, 90))))
def test_no_statement_is_lost_between_hours_and_bars(found: list[tuple[int, str, int]]) -> None:
    chart = charts.timeline([charts.HourCount(*one) for one in found])
    total = sum(count for _, _, count in found)
    assert (chart is None) == (total == 0)
    if chart is not None:
        assert sum(int(str(count)) for count in cells(chart, "statements")) == total
        assert len(set(cells(chart, "start"))) <= 58


def test_shares_of_a_party_fill_its_bar() -> None:
    chart = CHARTS["concessions"]
    ends: dict[object, object] = dict(zip(cells(chart, "party"), cells(chart, "end"), strict=True))
    assert set(ends.values()) == {1.0}


# ---- what may not be ------------------------------------------------------------------------------


def test_unknown_words_and_unsafe_names_are_refused() -> None:
    with pytest.raises(charts.ChartError, match="'angry' is no tone"):
        charts.timeline([charts.HourCount(0, "angry", 1)])
    with pytest.raises(charts.ChartError, match="'sulked' is no concession status"):
        charts.concession_status([charts.StatusCount("A", "sulked", 1)])
    with pytest.raises(charts.ChartError, match="wants lower-case letters"):
        Chart('a" onload="x', "votes", "T", "F", (), (), "a.csv")
    with pytest.raises(charts.ChartError, match="no plain name of a CSV"):
        Chart("a", "votes", "T", "F", (), (), "javascript:a.csv")
    with pytest.raises(charts.ChartError, match="has 2 values, wants 1"):
        Chart("a", "votes", "T", "F", (Column("x"),), ((1, 2),), "a.csv")


@given(st.text())
def test_no_text_ends_the_element_that_holds_the_data(text: str) -> None:
    chart = Chart("a", "votes", "T", "F", (Column("x", "X"),), ((text + "</script><!--",),), "a.csv")
    assert not set("<>&\u2028\u2029") & set(chart.embedded)
    assert json.loads(chart.embedded)["rows"] == [[text + "</script><!--"]]


@given(st.text(), st.integers(2, 80))
def test_a_label_is_one_short_line_without_controls(text: str, limit: int) -> None:
    line = labels.label(text, limit=limit)
    assert 0 < len(line) <= max(limit, len("(no name)"))
    assert line.isprintable()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (" Ann\n\tLee ", "Ann Lee"),
        ("Ann\u202eeeL", "AnneeL"),
        ("", "(no name)"),
        ("\n" * 3_000 + "far below", "far below"),
        ("\u2067\u200f", "(no name)"),
        ("Z" + "\u0301" * 2_000, "Z\u0301\u0301"),
        ("W" * 10_000, "W" * 59 + "…"),
        ("<b>Ann</b>", "<b>Ann</b>"),
    ],
)
def test_names_become_labels(name: str, line: str) -> None:
    assert labels.label(name) == line


def test_a_name_from_right_to_left_is_isolated_in_a_sentence() -> None:
    assert labels.quoted("דנה") == "\u2068דנה\u2069"
    assert labels.quoted("Dana") == "Dana"


def test_equal_names_stay_apart() -> None:
    assert labels.distinct(["Ann", "Ann ", "Bob"]) == ["Ann", "Ann (2)", "Bob"]


# ---- pages and files ------------------------------------------------------------------------------


def test_the_page_holds_the_text_the_table_and_the_file_of_every_chart() -> None:
    page = examples.page_of(list(CHARTS.values()))
    assert page.count('role="img" aria-label="') == len(CHARTS)
    assert page.count("<figcaption>") == page.count("</figure>") == len(CHARTS)
    assert page.count('<details class="chart-data" open>') == len(CHARTS)
    assert page.count("<caption>") == len(CHARTS)
    assert 'style="' not in page
    for chart in CHARTS.values():
        assert f'<a href="{chart.csv}">' in page
        assert page.count('<th scope="row"') >= len(chart.rows)
    assert '<td class="n">18,204</td>' in page


def test_a_chart_as_csv_has_the_values_behind_the_table() -> None:
    lines = charts.csv_text(CHARTS["votes"]).splitlines()
    assert lines[0] == '"candidate","party","votes","share","elected"'
    assert lines[1] == '"Ada Thornbury","Labour Party",18204,0.412,"yes"'
    rows = [charts.Speaks("=1+1", "B", 3, 3, 0.5)]
    assert charts.csv_text(present(charts.who_whom(rows))).splitlines()[1] == '"\'=1+1","B",3,3,"",""'


def test_party_colours_are_found_by_name_abbreviation_and_id() -> None:
    assert colours.colour_of(None, "LABOUR party ", country="GB") == "#d50000"
    assert colours.colour_of("PP?", "Sinn Fein", country="GB") == "#02665f"
    assert colours.colour_of("party:90", country="GB") == "#faa61a"
    assert colours.colour_of("Republican", country="US") == "#c8262c"
    assert colours.colour_of("Labour", country="US") == colours.NO_COLOUR
    assert colours.colour_of("Labour", country=None) == colours.NO_COLOUR


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("assets")
    assets.write_assets(folder)
    return folder


def test_the_assets_are_scripts_and_a_sheet(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {*assets.SCRIPTS, *assets.STYLES}
    script = (written / "chart-specs.js").read_text(encoding="utf-8")
    assert json.loads(script.removeprefix("window.hustingsSpecs = ").rstrip(";\n")) == SPECS
    head = (written / "vega.js").read_text(encoding="utf-8")[:400]
    assert head.startswith("/*! Vega ")
    assert "Interactive Data Lab" in head


def test_a_bundle_of_an_earlier_report_is_taken_over_unless_it_is_damaged(
    written: Path, tmp_path: Path
) -> None:
    whole = (written / "vega.js").read_bytes()
    assets.write_assets(tmp_path / "next", before=written)
    assert (tmp_path / "next" / "vega.js").read_bytes() == whole
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "vega.js").write_bytes(whole.replace(b"vega", b"VEGA", 3))
    assets.write_assets(tmp_path / "again", before=tmp_path / "old")
    assert (tmp_path / "again" / "vega.js").read_bytes() == whole


# ---- colours --------------------------------------------------------------------------------------

INKS = [
    *((f"chart-{step}", f"chart-on-{step[1]}") for step in ("n3", "n2", "n1", "p1", "p2", "p3")),
    ("chart-zero", "chart-on-1"),
    ("chart-negative", "chart-on-negative"),
    ("chart-positive", "chart-on-positive"),
    ("chart-quiet", "ink"),
    ("paper", "ink"),
    ("paper", "muted"),
    ("panel", "muted"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ground", "ink"), INKS)
def test_numbers_can_be_read_on_what_they_stand_on(scheme: str, ground: str, ink: str) -> None:
    known = _colours(scheme)
    assert _contrast(known[ground], known[ink]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_stand_out_from_the_page(scheme: str) -> None:
    known = _colours(scheme)
    marks = ("accent", "chart-negative", "chart-positive", "chart-both", "chart-outline")
    assert min(_contrast(known["paper"], known[mark]) for mark in marks) >= 3


def _colours(scheme: str) -> dict[str, str]:
    """The custom properties of both sheets as a scheme has them."""
    found: dict[str, str] = {}
    for name in ("style.css", "assets/charts.css"):
        sheet = (ROOT / "analysis/site" / name).read_text(encoding="utf-8")
        light, _, dark = sheet.partition("prefers-color-scheme: dark")
        for block in (light, dark) if scheme == "dark" else (light,):
            root = block[block.index(":root") :].partition("}")[0]
            found.update(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", root))
    return found


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
