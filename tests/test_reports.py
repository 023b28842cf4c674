"""Reports: questions answered as rows, written as pages and data files."""

import gzip
import html
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import example_archive as example
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_reading import cells, rows, text_of
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

import hustings
from analysis.contract import Basis, Label, Roster, Sentiment, Target, TargetType
from analysis.findings import analyse
from analysis.outcomes import UnknownContest, UnknownElection, Window, statements_with_findings
from analysis.publishing import ForeignFolder, ReportTally, UnreadMethod, write_report
from analysis.reader import Reader
from analysis.reports.addresses import slug
from analysis.reports.columns import MEANINGS, TABLES, names_of
from analysis.reports.contests import reasons
from analysis.reports.contests.collection import Collected, Collection
from analysis.reports.contests.why import CHANGED, MOST_TARGETS, REVIEWED
from analysis.reports.folder import MARKER, files_in, replacing
from analysis.reports.passages import passages_of
from analysis.reports.tones import Tone, toward
from analysis.reviews import place_of_target
from analysis.reviews.deciding import Reviewer, decide_target
from analysis.reviews.keeping import review_statement
from analysis.roster import load_roster
from analysis.sentiment import DEFAULT_SCORER, scorer_for
from analysis.site.harmless import shown
from analysis.spreadsheets.cells import csv_cell, plain, unguarded
from db import models, open_database, writing
from db.words import ReviewVerdict

NOW = datetime(2023, 8, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path: Path = tmp_path_factory.mktemp("reports") / "archive.db"
    engine = open_database(str(path), create=True)
    example.fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def report(archive: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "out"
    write_report(archive, out, generated_at=NOW)
    return out


def election(report: Path) -> Path:
    return report / "elections" / slug(example.ELECTION)


def harbour(report: Path) -> Path:
    return election(report) / "contests" / slug(example.HARBOUR)


def sentiment(score: float, confidence: float = 0.9) -> Sentiment:
    label = Label.NEGATIVE if score < 0 else Label.POSITIVE if score > 0 else Label.NEUTRAL
    return Sentiment(score, label, confidence, "scorer-1")


def target(start: int | None, end: int | None) -> Target:
    return Target(start, end, "", "Somebody", TargetType.PERSON, Basis.SHAPE, 0.5)


# ---- what is counted ------------------------------------------------------------------------------


def test_the_tally_counts_what_the_archive_holds(archive: Engine, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    tally = write_report(archive, tmp_path / "out", progress=lambda done, total: told.append((done, total)))
    assert tally == ReportTally(
        index=tmp_path / "out" / "index.html",
        changes="The first report: there is none before it to compare with.",
        elections=2,
        contests=3,
        contests_written=3,
        candidates=8,
        with_statements=4,
        not_collected=2,
        statements=9,
        outside=4,
        not_analysed=3,
        unscored=1,
        files=len(files_in(tmp_path / "out")),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert tally.index.is_file()


def test_candidates_without_statements_are_never_said_to_have_none(report: Path) -> None:
    states = {row["name"]: row["collection"] for row in rows(election(report), "candidates")}
    assert states == {
        "Maren Hollis": "collected",
        "Tobias Quill": "collected",
        "Ines Farrow": "not_collected",
        "Pell Adair": "collected",
        "Ada Sorrel": "outside_window",
        "Bo Tamsin": "not_collected",
        "Cy Wend": "nothing_kept",
    }


@pytest.mark.parametrize(
    ("collected", "state"),
    [
        (Collected(1, 0, 5), Collection.COLLECTED),
        (Collected(0, 1, 0), Collection.COLLECTED),
        (Collected(0, 0, 5), Collection.OUTSIDE),
        (Collected(0, 0, 0, was_tried=True), Collection.EMPTY),
        (Collected(0, 0, 0), Collection.NOT_COLLECTED),
    ],
)
def test_what_was_collected_is_told_from_what_was_not(collected: Collected, state: Collection) -> None:
    assert collected.state is state


def test_the_first_own_words_after_the_declaration_are_marked_for_each_candidate(report: Path) -> None:
    first = {row["name"]: row for row in rows(harbour(report), "candidates")}
    assert first["Maren Hollis"]["first_after_declaration"] == "x:1911111111111111113"
    assert first["Maren Hollis"]["minutes_from_declaration"] == 76
    assert first["Tobias Quill"]["first_after_declaration"] == "x:1004"  # the repost of minute 5 is none
    assert first["Pell Adair"]["first_after_declaration"] is None
    marked = [row["post_id"] for row in rows(harbour(report), "statements") if row["first_after_declaration"]]
    assert sorted(marked) == ["1004", "1911111111111111113"]


def test_times_are_given_in_the_contests_zone_and_a_day_stays_a_day(report: Path) -> None:
    found = {row["post_id"]: row for row in rows(harbour(report), "statements")}
    assert found["1911111111111111113"]["published_local"] == "2023-05-05T05:53:50+01:00"
    assert found["1911111111111111113"]["published_at"] == "2023-05-05T04:53:50Z"
    assert found["1002"]["published_local"] == "2023-05-05"
    assert found["1002"]["minutes_from_declaration"] is None
    assert found["1002"]["phase"] == "unknown"
    assert found["1007"]["published_at"] is None


def test_a_contests_row_says_how_its_figures_were_reckoned(report: Path) -> None:
    ward, hill = rows(election(report), "contests")
    assert (ward["majority"], ward["majority_basis"], ward["votes_check"]) == (300, "votes", "checked")
    assert (ward["turnout"], ward["turnout_basis"]) == (0.51, "all")
    assert (hill["majority"], hill["majority_basis"]) == (150, "threshold-listed")
    assert (hill["votes_check"], hill["declared_at"]) == ("some-listed", None)
    assert ward["winners"] == ["Maren Hollis"]


# ---- who speaks of whom ---------------------------------------------------------------------------


def test_who_speaks_of_whom_counts_statements_not_mentions(report: Path) -> None:
    found = {
        (row["author"], row["target"], row["ambiguous"]): row for row in rows(harbour(report), "who-whom")
    }
    hollis = found["Tobias Quill", "Maren Hollis", False]
    assert (hollis["statements"], hollis["negative"], hollis["positive"]) == (2, 1, 1)
    assert hollis["mean_sentiment"] is None
    assert hollis["methods"] == [example.SCORER]


def test_an_ambiguous_mention_is_added_to_nobody(report: Path) -> None:
    found = [row for row in rows(harbour(report), "who-whom") if row["ambiguous"]]
    assert [(row["target"], row["statements"]) for row in found] == [("Hollis", 1)]
    named = [row for row in rows(harbour(report), "targets") if row["ambiguous"]]
    assert [(row["target_person_id"], row["candidates"]) for row in named] == [
        (None, ["p:maren", "p:tobias"])
    ]


def test_the_authors_own_side_is_no_target(report: Path) -> None:
    assert "own_side" not in {row["basis"] for row in rows(harbour(report), "targets")}
    victory = next(row for row in rows(harbour(report), "kinds") if row["kind"] == "victory")
    assert victory["targets"] == ["Tobias Quill", "Orchard Alliance"]


def test_ten_scored_statements_have_a_mean_and_nine_have_none(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    with writing(engine) as session:
        for number in range(19):
            author = "maren" if number < 10 else "ines"
            added = example.add_statement(
                session, f"many-{number}", author, "The press!", example.after(number)
            )
            example.add_reading(session, added, [("press", "the press", "list", 0.2 + 0.01 * (number % 10))])
    write_report(engine, tmp_path / "out", contest=example.HARBOUR)
    pairs = [row for row in rows(harbour(tmp_path / "out"), "who-whom") if row["target"] == "the press"]
    found = {row["author"]: row for row in pairs}
    assert found["Maren Hollis"]["statements"] == 10
    assert found["Maren Hollis"]["mean_sentiment"] == pytest.approx(0.245)
    assert (found["Ines Farrow"]["statements"], found["Ines Farrow"]["mean_sentiment"]) == (9, None)
    assert found["Ines Farrow"]["positive"] == 9


@pytest.mark.parametrize(
    ("places", "tone"),
    [
        ([sentiment(-0.5), sentiment(0.0)], Tone.NEGATIVE),
        ([sentiment(-0.5), sentiment(0.4)], Tone.MIXED),
        ([sentiment(0.0), None], Tone.NEUTRAL),
        ([None], Tone.UNSCORED),
        ([sentiment(0.4, 0.2)], Tone.UNCLEAR),
        ([sentiment(0.4, 0.2), sentiment(-0.4, 0.6)], Tone.NEGATIVE),
    ],
)
def test_clear_places_decide_what_a_statement_counts_as(places: list[Sentiment | None], tone: Tone) -> None:
    assert toward(places, 0.5).tone is tone


def test_a_threshold_makes_unsure_labels_unclear_but_keeps_them(archive: Engine, tmp_path: Path) -> None:
    write_report(archive, tmp_path / "out", threshold=0.75, generated_at=NOW)
    found = rows(harbour(tmp_path / "out"), "targets")
    assert {row["counted_as"] for row in found} == {"unclear"}
    assert {row["label"] for row in found} == {"negative", "positive"}
    assert json.loads((tmp_path / "out" / MARKER).read_text())["threshold"] == 0.75


def test_a_mean_holds_only_what_is_clear() -> None:
    assert toward([sentiment(0.4, 0.9), sentiment(-0.8, 0.2)], 0.5).score == 0.4
    assert toward([sentiment(-0.8, 0.2)], 0.5).score is None
    assert toward([sentiment(0.4, 0.9), sentiment(-0.8, 0.2)]).score == pytest.approx(-0.2)


def test_what_is_unclear_is_in_no_count_mean_or_matrix_and_keeps_its_label(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    with writing(engine) as session:
        for number in range(12):
            added = example.add_statement(
                session, f"many-{number}", "ines", "The press!", example.after(number)
            )
            example.add_reading(session, added, [("press", "the press", "list", 0.2)])
    written = {below: tmp_path / f"out-{below}" for below in (0.7, 0.71)}  # every label is 0.7 sure
    for below, out in written.items():
        write_report(engine, out, threshold=below, generated_at=NOW)

    counts = {}
    for below, out in written.items():
        [pair] = [row for row in rows(harbour(out), "who-whom") if row["target"] == "the press"]
        counts[below] = (pair["positive"], pair["unclear"], pair["mean_sentiment"])
        page = (harbour(out) / "index.html").read_text(encoding="utf-8")
        labelled = [row for row in rows(harbour(out), "targets") if row["label"] is not None]
        texts = [row for row in rows(harbour(out), "statements") if row["label"] is not None]
        unclear = len(labelled) if below > 0.7 else 0
        assert sum(row["is_unclear"] for row in labelled) == unclear
        assert {row["counted_as"] for row in labelled} == (
            {"unclear"} if unclear else {"negative", "positive"}
        )
        assert all(row["score"] is not None and row["confidence"] == 0.7 for row in labelled)
        assert [row["counted_as"] for row in texts] == ["unclear"]  # it is 0.55 sure
        assert f"{unclear} of them unclear; 1 of 1 label of whole texts" in " ".join(page.split())
    assert counts == {0.7: (12, 0, pytest.approx(0.2)), 0.71: (0, 12, None)}


# ---- whose ratings are shown ----------------------------------------------------------------------


def read_by(engine: Engine, *methods: str, roster: Roster | None = None) -> None:
    """Read the archive's statements by some sentiment methods, one after the other."""
    with Session(engine) as session:
        known = roster or load_roster(session)
    for method in methods:
        analyse(engine, Reader(known, scorer_for(method)))


@pytest.fixture(scope="module")
def twice_read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The example, read by the invented method, then by ours, then by plain VADER."""
    path: Path = tmp_path_factory.mktemp("twice") / "archive.db"
    engine = open_database(str(path), create=True)
    example.fill(engine)
    read_by(engine, DEFAULT_SCORER, "vader")
    yield engine
    engine.dispose()


def methods_shown(out: Path) -> set[str]:
    found = {row["sentiment_method"] for row in rows(harbour(out), "targets")}
    return {method for method in found if method is not None}


PLAIN, OURS = (scorer_for(name).method for name in ("vader", DEFAULT_SCORER))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, OURS),  # not the newest, which is plain VADER
        ("vader", PLAIN),
        (DEFAULT_SCORER, OURS),
        (PLAIN, PLAIN),
        (example.SCORER, example.SCORER),
        (example.METHOD, example.SCORER),
    ],
)
def test_the_ratings_of_one_method_are_shown_and_the_report_names_it(
    twice_read: Engine, tmp_path: Path, asked: str | None, shown: str
) -> None:
    write_report(twice_read, tmp_path / "out", method=asked, generated_at=NOW)

    manifest = json.loads((tmp_path / "out" / MARKER).read_text(encoding="utf-8"))
    assert methods_shown(tmp_path / "out") == {shown}
    assert manifest["sentiment_method"] == shown
    assert set(manifest["other_sentiment_methods"]) == {PLAIN, OURS, example.SCORER} - {shown}
    page = (harbour(tmp_path / "out") / "index.html").read_text(encoding="utf-8")
    assert f"by <code>{shown}</code>; not shown" in page


def test_where_the_default_method_has_read_nothing_the_newest_is_shown(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    read_by(engine, "vader")

    write_report(engine, tmp_path / "out", generated_at=NOW)

    assert methods_shown(tmp_path / "out") == {PLAIN}


@pytest.mark.parametrize("asked", ["tea-leaves", "vad", "vader-target-1", ""])
def test_a_method_that_has_read_nothing_is_refused_with_those_that_have(
    twice_read: Engine, tmp_path: Path, asked: str
) -> None:
    with pytest.raises(UnreadMethod) as refused:
        write_report(twice_read, tmp_path / "out", method=asked)

    assert all(method in str(refused.value) for method in (PLAIN, OURS, example.SCORER))
    assert not (tmp_path / "out").exists()


def test_methods_side_by_side_are_compared_place_by_place(twice_read: Engine, tmp_path: Path) -> None:
    write_report(twice_read, tmp_path / "out", generated_at=NOW)
    found = {(row["unit"], row["other_method"]): row for row in rows(election(tmp_path / "out"), "agreement")}
    labels: dict[str, dict[tuple[str, int], str]] = {}
    for method in (DEFAULT_SCORER, "vader"):
        write_report(twice_read, tmp_path / method, method=method, generated_at=NOW)
        targets = rows(election(tmp_path / method), "targets")
        labels[method] = {(row["statement"], row["number"]): row["label"] for row in targets}

    row = found["target", PLAIN]
    scored = [place for place, label in labels["vader"].items() if label is not None]
    same = [place for place in scored if labels["vader"][place] == labels[DEFAULT_SCORER][place]]
    assert row["method"] == OURS
    assert (row["places"], row["same"], row["unclear"]) == (len(scored), len(same), 0)
    assert 0 < len(same) < len(scored)
    assert row["same_share"] == pytest.approx(len(same) / len(scored), abs=1e-6)


def test_what_is_unclear_to_either_method_is_not_compared(twice_read: Engine, tmp_path: Path) -> None:
    write_report(twice_read, tmp_path / "out", threshold=1, generated_at=NOW)

    for row in rows(election(tmp_path / "out"), "agreement"):
        assert (row["unclear"], row["same"], row["same_share"]) == (row["places"], 0, None)


def test_the_command_chooses_method_and_confidence_under_a_new_and_an_old_name(
    twice_read: Engine, tmp_path: Path
) -> None:
    def run(*options: str) -> Result:
        address = str(twice_read.url.database)
        return CliRunner().invoke(hustings.app, ["report", str(tmp_path / "out"), "--db", address, *options])

    for option in ("--unclear-below", "--threshold"):
        assert run(option, "0.75", "--method", "vader").exit_code == 0
        manifest = json.loads((tmp_path / "out" / MARKER).read_text(encoding="utf-8"))
        assert (manifest["threshold"], manifest["sentiment_method"]) == (0.75, PLAIN)
    refused = run("--method", "tea-leaves")
    assert refused.exit_code == 2
    assert OURS in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def records(contest: Path) -> str:
    """The pages of a contest's candidacies, one behind the other."""
    return "".join(
        path.read_text(encoding="utf-8") for path in sorted((contest / "candidates").rglob("*.html"))
    )


def candidate_page(contest: Path, person: str) -> str:
    return (contest / "candidates" / f"{slug(person)}.html").read_text(encoding="utf-8")


# ---- why --------------------------------------------------------------------------------------------


def whys(page: str) -> list[str]:
    """The words of each disclosure of a page."""
    return [
        " ".join(html.unescape(re.sub("<[^>]*>", " ", part)).split())
        for part in re.findall('<details class="why">(.*?)</details>', page, re.DOTALL)
    ]


def test_a_statement_says_why_by_the_method_whose_ratings_are_shown(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    read_by(engine, "vader-target", "vader")
    for method in ("vader-target", "vader"):
        write_report(engine, tmp_path / method, method=method, generated_at=NOW)
    ours, plain = (whys(records(harbour(tmp_path / method))) for method in ("vader-target", "vader"))

    assert any("Toward Orchard Alliance : negative −" in one and 'agent of "failed"' in one for one in ours)
    assert any("own words count for nothing: “ Tobias Quill ”" in one for one in ours)
    assert all("reads the whole text" in one for one in plain)


def test_a_rating_that_is_not_what_would_be_read_now_is_not_explained(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    read_by(engine, "vader-target", roster=Roster())  # as if the roster had come later

    write_report(engine, tmp_path / "out", generated_at=NOW)

    told = whys(records(harbour(tmp_path / "out")))
    assert "Why these labels " + CHANGED in told


def test_a_target_that_a_person_rejected_is_not_said_to_come_of_a_changed_roster(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    read_by(engine, "vader-target")
    ann = Reviewer("Ann", NOW)
    with Session(engine) as session:
        blamed = next(
            one for one in statements_with_findings(session) if "Orchard Alliance" in one.text and one.targets
        )
    place = place_of_target(blamed.targets[0].target)
    review_statement(
        engine,
        f"id:{blamed.id}",
        lambda text, reading: decide_target(text, reading, place, ReviewVerdict.REJECTED, ann),
    )

    write_report(engine, tmp_path / "out", generated_at=NOW)

    told = whys(records(harbour(tmp_path / "out")))
    assert any(one.endswith(REVIEWED) for one in told)
    assert not any(one.endswith(CHANGED) for one in told)


def test_ratings_of_a_method_that_is_not_here_are_not_explained_by_another(
    report: Path, engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    read_by(engine, "vader-target")
    with writing(engine) as session:
        for reading in session.exec(select(models.Reading)):
            reading.method = reading.method.replace("text-", "text-0")
    write_report(engine, tmp_path / "out", method="vader-target", generated_at=NOW)

    for out, said in ((report, "unknown sentiment method"), (tmp_path / "out", "this installation computes")):
        pages = sorted((harbour(out) / "candidates").glob("*.html"))
        assert len(pages) == 4
        for page in (path.read_text(encoding="utf-8") for path in pages):
            assert whys(page) == []
            assert "No reasons are shown: " in page
            assert said in page


def test_a_disclosure_is_bounded_however_much_a_text_says(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    long_text = "Maren Hollis is a corrupt liar and a disgrace, she failed and betrayed us all! " * 200
    with writing(engine) as session:
        example.add_statement(session, "long", "ines", long_text, example.after(3))
    read_by(engine, "vader-target")

    write_report(engine, tmp_path / "out", generated_at=NOW)

    told = whys(records(harbour(tmp_path / "out")))
    longest = max(told, key=len)
    assert "more targets" in longest
    assert longest.count("By which rules") <= MOST_TARGETS + 1
    assert len(longest) < 25_000


def test_the_statements_nearest_to_polling_day_are_explained_where_there_are_many(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    with writing(engine) as session:
        for number, days in enumerate((9, 1, 5)):
            example.add_statement(
                session, f"failed-{number}", "ines", "Tobias Quill failed us!", example.after(days * 1_440)
            )
    read_by(engine, "vader-target")

    write_report(engine, tmp_path / "out", reasons=2, generated_at=NOW)

    page = candidate_page(harbour(tmp_path / "out"), "p:ines")
    explained = [
        article.partition('"')[0]
        for article in page.split('<article class="statement record" id="')
        if '<details class="why">' in article
    ]
    assert explained == ["x-failed-1", "x-failed-2"]
    assert "stand beside the 2 statements nearest to polling day" in page


def test_reasons_that_were_asked_for_none_are_said_to_be_left_out(engine: Engine, tmp_path: Path) -> None:
    example.fill(engine)
    read_by(engine, "vader-target")

    write_report(engine, tmp_path / "out", reasons=0, generated_at=NOW)

    assert whys(records(harbour(tmp_path / "out"))) == []
    assert reasons.LEFT_OUT in candidate_page(harbour(tmp_path / "out"), "p:maren")


def test_what_weighs_most_in_a_rating_stands_beside_the_words_it_is_about(
    engine: Engine, tmp_path: Path
) -> None:
    example.fill(engine)
    read_by(engine, "vader-target")

    write_report(engine, tmp_path / "out", generated_at=NOW)

    page = (harbour(tmp_path / "out") / "index.html").read_text(encoding="utf-8")
    [tip] = re.findall(r"Orchard Alliance<i> \((.*?)\)</i></mark>", page)
    assert re.fullmatch(
        r"Orchard Alliance: negative −0\.\d\d, linked by a name of the party;"
        r" “failed” −\d\.\d\d; “Thank you” \+\d\.\d\d",
        html.unescape(tip),
    )


# ---- data files -----------------------------------------------------------------------------------


def test_every_column_has_its_meaning_and_every_meaning_its_column() -> None:
    columns = {column for row in TABLES.values() for column in names_of(row)}
    assert columns == set(MEANINGS)


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"columns", "agreement", "accuracy"}))
def test_every_table_has_its_columns_and_every_cell_is_what_its_column_holds(
    report: Path, table: str
) -> None:
    found = rows(election(report), table)
    assert found
    assert all(tuple(one) == names_of(TABLES[table]) for one in found)


def test_a_table_without_rows_still_names_its_columns(report: Path) -> None:
    for table in ("agreement", "accuracy"):
        assert cells(election(report), table) == []


def test_the_elections_rows_are_those_of_its_contests(report: Path) -> None:
    folders = sorted((election(report) / "contests").iterdir())
    for table in ("candidates", "statements", "targets", "kinds", "who-whom"):
        parts = [row for folder in folders for row in rows(folder, table)]
        assert parts == rows(election(report), table)


def test_ids_stay_text(report: Path) -> None:
    assert "1911111111111111113" in {row["post_id"] for row in cells(harbour(report), "statements")}
    assert '"1911111111111111113"' in text_of(harbour(report), "statements")


def test_every_derived_value_names_its_method(report: Path) -> None:
    for row in rows(election(report), "statements"):
        assert (row["label"] is None) == (row["sentiment_method"] is None)
        assert row["reading_method"] is not None or row["unscored"] == "not_analysed"
    assert all(row["reading_method"] == example.METHOD for row in rows(election(report), "targets"))
    assert all(row["method"] == "kinds-1" for row in rows(election(report), "kinds"))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@somebody hello", "'@somebody hello"),
        ("-- well", "'-- well"),
        ("plain = text", "plain = text"),
        (-0.25, -0.25),
        (-3, -3),
        (None, ""),
        (True, "true"),
        (("a", "b"), "a; b"),
        ("nul\x00byte", "nulbyte"),
    ],
)
def test_a_csv_cell_is_never_a_formula(value: object, cell: object) -> None:
    assert csv_cell(plain(value)) == cell


def test_a_data_file_keeps_a_text_as_it_was_published_but_guarded_and_without_nul(report: Path) -> None:
    texts = [row["text"] for row in rows(harbour(report), "statements")]
    assert f"'{example.HOSTILE}".replace("\x00", "") in texts
    assert example.HOSTILE.replace("\x00", "") in map(unguarded, texts)


def test_a_compressed_data_file_is_one_that_any_program_unpacks(report: Path) -> None:
    for path in sorted(report.rglob("*.csv.gz")):
        packed = path.read_bytes()
        assert gzip.decompress(packed).decode().startswith('"election_id",'), path
        assert packed[4:8] == bytes(4), path  # no time within: the same rows are the same bytes


def test_plain_values_are_iso_times_lists_and_short_fractions() -> None:
    assert plain(NOW) == "2023-08-01T09:30:00Z"
    assert plain(NOW.date()) == "2023-08-01"
    assert plain((1, 2)) == ["1", "2"]
    assert plain(1 / 3) == 0.333333


# ---- texts cut at their targets -------------------------------------------------------------------


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=6),
)
def test_passages_hold_the_whole_text_once_in_order(text: str, places: list[tuple[int, int]]) -> None:
    found = passages_of(text, [target(start, end) for start, end in places])
    assert "".join(one.text for one in found.passages) == "".join(
        shown(text[start:end]) for start, end in _stretches(text, places)
    )
    assert found.left_out == 0


def _stretches(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    edges = sorted({0, len(text)} | {edge for place in places if place[0] < place[1] for edge in place})
    inside = [edge for edge in edges if edge <= len(text)]
    return list(pairwise(inside))


def test_nested_and_overlapping_targets_are_all_marked() -> None:
    found = passages_of("Mayor Ada Sorrel lied", [target(0, 16), target(6, 9), target(10, 21)])
    assert [(one.text, one.targets) for one in found.passages] == [
        ("Mayor ", (0,)),
        ("Ada", (0, 1)),
        (" ", (0,)),
        ("Sorrel", (0, 2)),
        (" lied", (2,)),
    ]


def test_a_target_that_is_only_addressed_marks_nothing() -> None:
    assert passages_of("Shame!", [target(None, None)]).passages[0].targets == ()


def test_a_long_text_is_shown_in_part_and_says_how_much_is_left_out() -> None:
    found = passages_of("a" * 120, [target(90, 110)], limit=100)
    assert found.left_out == 20
    assert "".join(one.text for one in found.passages) == "a" * 100


def test_a_shown_text_has_no_controls_overrides_or_towers_of_accents() -> None:
    assert shown("a\x00b\u202ec\x1b[1m\r\nd\n\n\n\n\ne") == "abc[1m\nd\n\ne"
    assert shown("Z" + "\u0301" * 500) == "Z" + "\u0301" * 4
    assert shown("שלום\u200f tab\t") == "שלום\u200f tab\t"


# ---- the folder -----------------------------------------------------------------------------------


def test_a_report_replaces_an_earlier_one_and_leaves_nothing_beside_it(
    archive: Engine, tmp_path: Path
) -> None:
    write_report(archive, tmp_path / "out")
    write_report(archive, tmp_path / "out", election=example.EARLIER)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in (tmp_path / "out" / "elections").iterdir()] == [slug(example.EARLIER)]


def test_the_same_archive_gives_the_same_report(archive: Engine, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_report(archive, tmp_path / name, generated_at=NOW)
    files = files_in(tmp_path / "one")
    assert files == files_in(tmp_path / "two")
    assert [(tmp_path / "one" / name).read_bytes() for name in files] == [
        (tmp_path / "two" / name).read_bytes() for name in files
    ]


def test_the_marker_lists_every_file_and_how_the_report_was_made(report: Path) -> None:
    manifest = json.loads((report / MARKER).read_text(encoding="utf-8"))
    assert sorted([*manifest["files"], MARKER]) == files_in(report)
    assert manifest["methods"] == ["kinds-1", example.METHOD, example.SCORER]
    assert manifest["window_days"] == {"before": 42, "after": 14}
    assert manifest["generated_at"] == NOW.isoformat()


def test_a_folder_with_anybodys_files_is_refused_and_stays_as_it_was(archive: Engine, tmp_path: Path) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter-1.txt").write_text("Years of work.")
    with pytest.raises(ForeignFolder, match=r"chapter-1\.txt"):
        write_report(archive, out)
    assert files_in(out) == ["chapter-1.txt"]
    assert list(tmp_path.iterdir()) == [out]


def test_a_file_that_was_put_into_an_earlier_report_is_not_lost(archive: Engine, tmp_path: Path) -> None:
    write_report(archive, tmp_path / "out")
    (tmp_path / "out" / "elections" / "notes.txt").write_text("Mine.")
    with pytest.raises(ForeignFolder, match=r"elections/notes\.txt"):
        write_report(archive, tmp_path / "out")
    assert (tmp_path / "out" / "elections" / "notes.txt").exists()


def test_an_empty_folder_and_a_systems_litter_are_no_hindrance(archive: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".DS_Store").write_bytes(b"")
    assert write_report(archive, out).index.is_file()


@pytest.mark.parametrize("content", ["not json", "[]", '{"files": 3}', '{"other": []}'])
def test_a_marker_that_is_no_manifest_is_refused(tmp_path: Path, archive: Engine, content: str) -> None:
    (tmp_path / MARKER).write_text(content)
    with pytest.raises(ForeignFolder, match="not a report's manifest"):
        write_report(archive, tmp_path)


def test_a_file_is_no_folder_and_the_current_folder_is_not_replaced(
    archive: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ForeignFolder, match="is not a folder"):
        write_report(archive, tmp_path / "file")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(ForeignFolder, match="the folder you are in"):
        write_report(archive, Path())


def test_an_error_on_the_way_leaves_the_earlier_report(tmp_path: Path) -> None:
    with replacing(tmp_path / "out") as folder:
        (folder / "page.html").write_text("old")
        (folder / MARKER).write_text('{"files": ["page.html"]}')
    with suppress(KeyboardInterrupt), replacing(tmp_path / "out") as folder:
        (folder / "page.html").write_text("new")
        raise KeyboardInterrupt
    assert (tmp_path / "out" / "page.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_folder_stays_a_link(archive: Engine, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_report(archive, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "index.html").is_file()


@pytest.mark.parametrize(
    "identifier",
    ["../../etc/passwd", "..", ".", "", "a/b", "a\\b", "C:\\x", "A", "x" * 300, "naïve", "a_b"],
)
def test_a_file_name_made_of_an_id_stays_in_its_folder(identifier: str) -> None:
    name = slug(identifier)
    assert name not in ("", ".", "..")
    assert not set(name) & set("/\\:\x00 ")
    assert len(name) <= 100
    assert name == name.lower()


@given(st.text(max_size=30), st.text(max_size=30))
def test_different_ids_have_different_file_names(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)


def test_a_readable_id_is_its_own_file_name() -> None:
    assert slug("parl.bethnal-green.2024-07-04") == "parl.bethnal-green.2024-07-04"


# ---- what is asked for ----------------------------------------------------------------------------


def test_a_filter_leaves_out_the_rest_and_the_pages_say_so(archive: Engine, tmp_path: Path) -> None:
    tally = write_report(archive, tmp_path / "out", contest=example.HILL)
    assert (tally.elections, tally.contests, tally.candidates) == (1, 1, 3)
    page = (election(tmp_path / "out") / "index.html").read_text(encoding="utf-8")
    assert f"<code>{example.HILL}</code>" in page
    assert "Harbour ward" not in page


def test_an_unknown_id_is_refused_before_anything_is_written(archive: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnknownElection):
        write_report(archive, tmp_path / "out", election="nowhere")
    with pytest.raises(UnknownContest, match=r"council\.westhaven\.hill"):
        write_report(archive, tmp_path / "out", contest="council.westhaven.hills.2023-05-04")
    assert list(tmp_path.iterdir()) == []


def test_another_window_moves_statements_in_and_out(archive: Engine, tmp_path: Path) -> None:
    window = Window(before=timedelta(days=1), after=timedelta(days=0))
    with Session(archive) as session:
        write_report(session, tmp_path / "out", contest=example.HARBOUR, window=window)
    found = [row["post_id"] for row in rows(harbour(tmp_path / "out"), "statements")]
    assert found == ["1001", "1007"]
    (row,) = rows(election(tmp_path / "out"), "contests")
    assert row["statements_outside"] == 7


def test_an_archive_without_elections_gives_a_report_that_says_so(engine: Engine, tmp_path: Path) -> None:
    tally = write_report(engine, tmp_path / "out")
    assert tally.contests == 0
    assert "The archive holds no election yet" in tally.index.read_text(encoding="utf-8")
    shutil.rmtree(tmp_path / "out")
