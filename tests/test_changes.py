"""The change log: what a report holds that the last one did not, and what it must not take for news."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_candidacies import (
    FIRST,
    KINDS,
    PLACE,
    SECOND,
    THIRD,
    candidacy,
    filled,
    manifest,
    report,
    statement,
)

from analysis.contract import KindName
from analysis.outcomes.candidacies import ConcessionStatus
from analysis.outcomes.timing import Window
from analysis.publishing.candidacies import WrittenCandidacy
from analysis.publishing.changes import CandidacyDelta, ChangeLog, Changes, delta_of, held_in, write_changes
from analysis.publishing.changes.counting import MOST_ROWS
from analysis.publishing.changes.deltas import MOST_ENTRIES
from analysis.publishing.changes.history import MOST_RUNS, runs_in
from analysis.publishing.digests import DIGEST, FRAGMENTS, ContestDigest, Fragments, keep
from analysis.reports.manifest import Manifest
from analysis.reports.rows import ContestRow

SINCE = "Since the report of 5 May 2023, 03:00 UTC: "

STATEMENTS = st.lists(
    st.builds(
        lambda key, kinds, at: statement(f"x:{key}", *kinds, at=at),
        st.integers(0, 30),
        st.lists(st.sampled_from(KINDS), max_size=3, unique=True),
        st.none() | st.floats(0, 1e9),
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)


def step(
    before: WrittenCandidacy | None, after: WrittenCandidacy | None, fed: frozenset[str] = frozenset()
) -> CandidacyDelta:
    return delta_of(before, after, place=PLACE, fed=fed)


def second(tmp_path: Path, *pairs: tuple[WrittenCandidacy | None, WrittenCandidacy | None]) -> Changes:
    """A second report, an hour after the first, with these candidacies before and after."""
    before = [one for one, _ in pairs if one]
    after = [one for _, one in pairs if one]
    old = report(tmp_path / "old", *before)
    write_changes(old, None, [step(None, one) for one in before], manifest())
    new = report(tmp_path / "new", *after)
    return write_changes(new, old, [step(*pair) for pair in pairs], manifest(SECOND))


def page_of(folder: Path) -> str:
    return (folder / "changes.html").read_text(encoding="utf-8")


# One candidacy


@given(STATEMENTS, STATEMENTS)
def test_what_is_new_and_what_is_gone_adds_up(before: list, after: list) -> None:  # type: ignore[type-arg]
    delta = step(candidacy(*before), candidacy(*after))

    assert len(before) + delta.new - delta.gone == len(after)
    assert delta.found <= len(after) - delta.new
    assert all(count <= delta.new for _, count in delta.new_kinds)


@given(STATEMENTS)
def test_a_candidacy_that_did_not_change_says_nothing(statements: list) -> None:  # type: ignore[type-arg]
    same = candidacy(*statements)

    assert not step(same, same).says_something
    assert step(same, same).entries == ()


def test_a_kind_that_is_found_in_a_known_statement_is_told_from_a_new_statement() -> None:
    before = candidacy(statement("x:1", "thanks"))
    after = candidacy(statement("x:1", "thanks", "concession"), statement("x:2", "thanks"))

    delta = step(before, after)

    assert (delta.new, delta.found) == (1, 1)
    assert delta.new_kinds == ((KindName.THANKS, 1),)
    assert delta.found_kinds == ((KindName.CONCESSION, 1),)
    assert {one.text for one in delta.entries} == {"The words of x:1.", "The words of x:2."}


def test_what_is_sent_of_a_candidacy_is_bounded_by_what_feeds_have_room_for() -> None:
    many = [statement(f"x:{at}", "pledge", at=float(at)) for at in range(2_000)]
    rare = statement("x:rare", "refusal", at=-5.0)

    delta = step(None, candidacy(*many, rare))

    assert delta.new == 2_001
    assert {one.at for one in delta.entries} == {*map(float, range(1_950, 2_000)), -5.0}
    assert len(pickle.dumps(delta)) < 500 * MOST_ENTRIES
    assert pickle.loads(pickle.dumps(delta)) == delta


def test_neither_before_nor_after_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        step(None, None)


def test_what_a_report_kept_of_a_contest_is_read_back(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", "thanks"))
    row = filled(ContestRow, contest_id="harbour", polling_date=FIRST.date())
    keep(Fragments((one.statements,), ()), tmp_path / FRAGMENTS)
    keep(ContestDigest("made of this", row, (one.digest,), {}), tmp_path / DIGEST)

    assert held_in(tmp_path) == {"maren": one}


@pytest.mark.parametrize("damage", [b"", b"not packed", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_of_a_contest_that_cannot_be_read_nothing_is_known(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / DIGEST).write_bytes(damage)
    (tmp_path / FRAGMENTS).write_bytes(damage)

    assert held_in(tmp_path) == {} == held_in(tmp_path / "absent") == held_in(None)


# The sentence


def test_the_first_report_has_no_news(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", "concession"), concession="strong")

    changes = write_changes(report(tmp_path, one), None, [step(None, one)], manifest())

    assert changes.sentence == "The first report: there is none before it to compare with."
    assert changes.run.changed is None
    assert "By candidacy" not in page_of(tmp_path)


def test_a_report_that_found_nothing_new_says_so(tmp_path: Path) -> None:
    one = candidacy(statement())

    changes = second(tmp_path, (one, one))

    assert changes.sentence == f"{SINCE}nothing new, no statement, concession or result changed."


def test_everything_that_changed_stands_in_the_sentence(tmp_path: Path) -> None:
    def at(person: str, concession: str, *keys: str, elected: bool | None = False) -> WrittenCandidacy:
        return candidacy(
            *map(statement, keys), person=person, contest=person, concession=concession, elected=elected
        )

    changes = second(
        tmp_path,
        (at("a", "none_found", "x:1"), at("a", "strong", "x:1", "x:2")),
        (at("b", "refused", "x:3"), at("b", "refused_then_conceded", "x:4", "x:5")),
        (at("c", "none_found"), at("c", "refused")),
        (at("d", "weak"), at("d", "conceded_then_withdrawn")),
        (at("e", "result_unknown", elected=None), at("e", "not_due", elected=True)),
        (at("f", "strong"), at("f", "not_due", elected=True)),
        (at("g", "none_found", "x:6"), None),
        (None, at("h", "order_unknown")),
        (at("i", "not_collected"), at("i", "none_found", "x:7")),
        (at("j", "none_found", "x:8"), candidacy(statement("x:8", "defence"), person="j", contest="j")),
    )

    assert changes.sentence == (
        f"{SINCE}4 new statements, 2 statements gone, 2 new concessions, 1 refusal, 1 concession withdrawn, "
        "1 concession and refusal in an unknown order, 1 concession or refusal no longer counts; "
        "1 result came in, 1 result changed; kinds newly found in 1 known statement, "
        "1 candidate collected for the first time, 1 new candidacy, 1 candidacy gone."
    )


def test_a_result_comes_in_once_a_contest(tmp_path: Path) -> None:
    def pair(person: str, elected: bool) -> tuple[WrittenCandidacy, WrittenCandidacy]:
        before, after = (candidacy(person=person, elected=one) for one in (None, elected))
        return before, after

    changes = second(tmp_path, pair("a", True), pair("b", False), pair("c", False))

    assert changes.sentence == f"{SINCE}1 result came in."


@pytest.mark.parametrize("status", ConcessionStatus)
@pytest.mark.parametrize("then", ConcessionStatus)
def test_a_candidacy_counts_in_at_most_one_way(
    then: ConcessionStatus, status: ConcessionStatus, tmp_path: Path
) -> None:
    changed = second(tmp_path, (candidacy(concession=then), candidacy(concession=status))).run.changed

    assert changed is not None
    moved = (changed.conceded, changed.refused, changed.withdrawn, changed.order_unknown, changed.silent)
    assert sum(moved) == (0 if then == status else sum(moved))
    assert sum(moved) <= 1
    assert changed.conceded == (
        status in ("strong", "weak", "refused_then_conceded")
        and then not in ("strong", "weak", "refused_then_conceded")
    )


# What is no news


def test_what_this_release_cannot_read_of_the_last_report_is_not_taken_for_new(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", "concession"), concession="strong")
    old = report(tmp_path / "old", one)
    write_changes(old, None, [step(None, one)], manifest())

    new = report(tmp_path / "new", one)
    fed = ChangeLog(old, manifest(SECOND)).fed
    changes = write_changes(new, old, [step(None, one, fed)], manifest(SECOND))

    assert changes.sentence == (
        f"{SINCE}1 candidacy not compared, as this release cannot read what the last report kept of them."
    )
    assert (new / "feeds/all.atom").read_bytes() == (old / "feeds/all.atom").read_bytes()


@pytest.mark.parametrize(
    "other", [{"filters": (("election", "westhaven"),)}, {"window": Window(Window().after, Window().after)}]
)
def test_reports_about_different_parts_of_the_archive_are_not_compared(
    other: dict[str, object], tmp_path: Path
) -> None:
    old, new = report(tmp_path / "old"), report(tmp_path / "new", candidacy(statement()))
    write_changes(old, None, [], manifest())

    changes = write_changes(new, old, [step(None, candidacy(statement()))], manifest(SECOND, **other))

    assert changes.sentence == (
        "The report of 5 May 2023, 03:00 UTC was about another part of the archive: "
        "what changed is not counted."
    )
    assert "By candidacy" not in page_of(new)


def test_what_another_method_finds_is_not_told_as_what_candidates_did(tmp_path: Path) -> None:
    old, new = report(tmp_path / "old"), report(tmp_path / "new")
    write_changes(old, None, [], manifest())

    changes = write_changes(new, old, [], manifest(SECOND, methods=("reader-2",)))

    assert changes.sentence.endswith(
        " Read by other methods than then (then reader-1): some of it comes from that."
    )


def test_a_report_as_of_a_day_is_called_by_that_day(tmp_path: Path) -> None:
    old, new = report(tmp_path / "old"), report(tmp_path / "new")
    write_changes(old, None, [], manifest(THIRD, as_of=FIRST))

    assert write_changes(new, old, [], manifest(THIRD, as_of=SECOND)).sentence.startswith(SINCE)


# The history


def test_the_last_hundred_runs_are_kept_newest_first(tmp_path: Path) -> None:
    old: Path | None = None
    for number in range(MOST_RUNS + 3):
        new = report(tmp_path / str(number))
        write_changes(new, old, [], manifest(FIRST.replace(minute=number % 60, hour=number // 60)))
        old = new

    assert old is not None
    runs = runs_in(old)
    assert len(runs) == MOST_RUNS
    assert [run.at for run in runs] == sorted((run.at for run in runs), reverse=True)
    assert page_of(old).count("<time datetime=") == MOST_RUNS
    assert json.loads((old / "changes.json").read_text())["runs"][0]["since"] == runs[
        1
    ].at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"runs": 3}',
        b'{"runs": [' + b"[" * 100_000,
        b'{"runs": [{"at": "2023-05-05T03:00:00", "version": "1", "filters": [], "window_days": [1, 1], '
        b'"methods": [], "counts": []}]}',
        b" " * (5 * 1024 * 1024),
        b"\xff\xfe",
    ],
    ids=["empty", "no runs", "a number", "deep", "no zone", "huge", "not UTF-8"],
)
def test_a_change_log_that_is_none_counts_as_absent(content: bytes, tmp_path: Path) -> None:
    old, new = report(tmp_path / "old"), report(tmp_path / "new")
    (old / "changes.json").write_bytes(content)

    changes = write_changes(new, old, [], manifest(SECOND))

    assert changes.sentence == "The first report: there is none before it to compare with."


@given(st.binary(max_size=300))
def test_no_bytes_in_place_of_a_change_log_stop_a_report(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    old = tmp_path_factory.mktemp("old")
    (old / "changes.json").write_bytes(content)

    assert runs_in(old) == ()


def test_negative_counts_are_none_of_ours(tmp_path: Path) -> None:
    one = candidacy(statement())
    second(tmp_path, (None, one))
    kept = (tmp_path / "new/changes.json").read_text()
    assert len(runs_in(tmp_path / "new")) == 2

    (tmp_path / "new/changes.json").write_text(kept.replace('"statements": 1', '"statements": -1'))

    assert runs_in(tmp_path / "new") == ()


# The page


def test_the_page_links_what_is_there_and_names_what_is_gone(tmp_path: Path) -> None:
    there, gone = (
        candidacy(statement("x:1")),
        candidacy(statement("x:2"), person="tobias", name="Tobias Brandt"),
    )

    second(tmp_path, (None, there), (gone, None))

    page = page_of(tmp_path / "new")
    assert f'<a href="{PLACE}/candidates/maren.html"><bdi>Maren Hollis</bdi></a>' in page
    assert f"{PLACE}/candidates/tobias.html" not in page
    assert '<bdi>Tobias Brandt</bdi> <span class="muted"><bdi>Orchard Alliance</bdi></span> <small' in page


def test_a_long_table_is_cut_and_says_what_is_left_out(tmp_path: Path) -> None:
    def both(number: int) -> tuple[WrittenCandidacy, WrittenCandidacy]:
        before = candidacy(person=f"p{number}")
        return before, candidacy(statement(f"x:{number}"), person=f"p{number}")

    loud = (candidacy(person="loud"), candidacy(person="loud", concession="refused"))
    second(tmp_path, *map(both, range(3 * MOST_ROWS)), loud)

    page = page_of(tmp_path / "new")
    assert page.count('<th scope="row" class="who">') == MOST_ROWS
    assert "401 more candidacies are left out here" in page
    assert "candidates/loud.html" in page


HOSTILE = "</title><script>alert(1)</script>\u202e\x00\ud800\"'>&amp;"


def test_hostile_names_stay_text_on_the_page(tmp_path: Path) -> None:
    one = candidacy(statement("x:1"), name=HOSTILE)

    second(tmp_path, (None, one))

    page = page_of(tmp_path / "new")
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_same_reports_give_the_same_bytes(tmp_path: Path) -> None:
    def pairs() -> list[tuple[WrittenCandidacy, WrittenCandidacy]]:
        return [(candidacy(person=one), candidacy(statement(one), person=one)) for one in "dbca"]

    second(tmp_path / "one", *pairs())
    second(tmp_path / "two", *reversed(pairs()))

    for path in ("changes.json", "changes.html", "feeds/all.atom", "feeds/entries.json"):
        assert (tmp_path / "one/new" / path).read_bytes() == (tmp_path / "two/new" / path).read_bytes()


def test_a_change_log_can_be_filled_before_the_report_is_counted(tmp_path: Path) -> None:
    one = candidacy(statement("x:1", "concession"))
    before: Manifest = replace(manifest(THIRD), methods=())
    log = ChangeLog(None, before)
    log.add(step(None, one))

    changes = log.write(report(tmp_path, one), manifest(THIRD, counts=(("statements", 1),)))

    assert changes.run.counts == (("statements", 1),)
    assert all((tmp_path / path).is_file() for path in changes.files)
