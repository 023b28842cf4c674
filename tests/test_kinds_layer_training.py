"""`hustings code train`: a layer is fitted on a user's own codes, and kept where unseen ones show a gain."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_archive import ADMITTED, AUTHORS, coded, fill_coded, reader_with, texts_of
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

import hustings
from analysis.contract import KindName, StatementText
from analysis.evaluation.codes import CodedStatement
from analysis.evaluation.examples import groups_of, read_examples
from analysis.evaluation.fitting import Bench, TrainingRefused, best_threshold, folds_of
from analysis.evaluation.training import Plan, Trained, train
from analysis.evaluation.vocabulary import kind_code
from analysis.kinds import KindFinder
from analysis.kinds.default import RulesAlone
from analysis.kinds.layer import LayeredKinds
from analysis.kinds.layer.model import read_layer
from analysis.statistics.paired import f1_difference
from db import models

PLAN = Plan(folds=3)
CONCESSION, THANKS = KindName.CONCESSION, KindName.THANKS
LATER = "And so the lanterns are out, for another keeper has the tower now."
"""Said by nobody who was coded."""


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(coded(), reader_with, PLAN, about={"codes_until": "2024-08-01"})


@pytest.fixture(scope="module")
def content(trained: Trained) -> bytes:
    assert trained.content is not None
    return trained.content


def recoded(change: Mapping[KindName, str]) -> list[CodedStatement]:
    """The coded statements, with the same answer everywhere for some kinds."""
    answers = {kind_code(kind): value for kind, value in change.items()}
    return [replace(one, answers={**one.answers, **answers}) for one in coded()]


# ---- what is learned, and what is kept -----------------------------------------------------------------


def test_a_wording_that_the_rules_miss_is_learned(trained: Trained) -> None:
    [verdict] = [one for one in trained.verdicts if one.kind is CONCESSION]
    assert verdict.rules.both == 0, "the rules know nothing of lanterns"
    assert verdict.layer.recall() is not None
    assert (verdict.layer.f1 or 0) > 0.9
    assert verdict.is_better
    assert (verdict.n, verdict.positive, verdict.authors) == (96, 36, AUTHORS)


def test_a_kind_that_is_no_better_is_not_written(trained: Trained, content: bytes) -> None:
    [verdict] = [one for one in trained.verdicts if one.kind is THANKS]
    assert verdict.rules.f1 == 1, "nothing is left to learn"
    assert not verdict.is_better
    assert read_layer(content, "a.npz").kinds == (CONCESSION,)


def test_the_layer_finds_the_wording_in_an_unseen_text_and_says_where(content: bytes) -> None:
    text = f"A long day of letters. {LATER}"
    statement = StatementText(id="1", text=text)
    layered = reader_with(LayeredKinds(read_layer(content, "a.npz")))
    assert CONCESSION not in {kind.kind for kind in reader_with().read([statement])[0].kinds}
    [found] = [kind for kind in layered.read([statement])[0].kinds if kind.kind is CONCESSION]
    assert text[found.start : found.end] == LATER
    assert 0.5 < found.confidence < 1


def test_the_kinds_that_were_not_written_are_those_of_the_rules(content: bytes) -> None:
    texts = [text for author in range(AUTHORS) for text, _ in texts_of(author)]
    texts += [sentence for rule in RULES_OF_OTHERS for sentence in rule]
    statements = [StatementText(id=str(number), text=text) for number, text in enumerate(texts)]
    layered = reader_with(LayeredKinds(read_layer(content, "a.npz"))).read(statements)
    for before, after in zip(reader_with(RulesAlone()).read(statements), layered, strict=True):
        others = [replace(kind, method="") for kind in after.kinds if kind.kind is not CONCESSION]
        assert others == [replace(kind, method="") for kind in before.kinds if kind.kind is not CONCESSION]


RULES_OF_OTHERS = (
    ("We won this seat! Thank you.", "Labour lied to this town."),
    ("We will mend every road.", "Please vote on Thursday.", "Congratulations to all who stood."),
)


@pytest.mark.parametrize(
    "names",
    [
        ("Tobias Quill", "Walter Finch", "Dorothy Alder"),
        ("Labour", "UKIP", "Plaid Cymru"),
        ("Zorblatt", "Quennerby"),
        ("@tobias_quill", "@someone_else"),
    ],
)
def test_who_is_named_does_not_change_what_the_layer_finds(names: tuple[str, ...], content: bytes) -> None:
    """Persons, parties, unknown words with a capital letter, handles: each for another of its like.

    The layer's words are the same; the encoder sees the name, and may be a little more or less sure.
    """
    said = "{} and I say it together: the lanterns are out, and another keeper has the tower."
    statements = [StatementText(id=name, text=said.format(name)) for name in names]
    layered = reader_with(LayeredKinds(read_layer(content, "a.npz")))
    found = [{kind.kind: kind.confidence for kind in reading.kinds} for reading in layered.read(statements)]
    assert CONCESSION in found[0]
    for one in found:
        assert one.keys() == found[0].keys()
        assert one[CONCESSION] == pytest.approx(found[0][CONCESSION], abs=0.02)


def test_the_same_codes_give_the_same_bytes_in_any_process(trained: Trained) -> None:
    again = train(coded(), reader_with, PLAN, about={"codes_until": "2024-08-01"})
    assert again == trained


def test_a_file_says_on_what_it_was_trained_and_what_it_reached(content: bytes) -> None:
    about = read_layer(content, "a.npz").about
    assert about["rules"] == KindFinder.method
    assert (about["seed"], about["folds"], about["statements"], about["authors"]) == (1, 3, 96, AUTHORS)
    assert about["codes_until"] == "2024-08-01"
    assert about["coded"] == {"concession": 36, "thanks": 24}
    assert about["figures"]["thanks"]["written"] is False
    reached = about["figures"]["concession"]
    assert reached["rules"]["f1"] == 0
    assert reached["layer"]["f1"] > 0.9
    low, high = reached["layer"]["f1_interval"]
    assert low <= reached["layer"]["f1"] <= high
    assert reached["gain"][1] > 0


def test_where_no_kind_is_better_there_is_no_file() -> None:
    """Every code agrees with the rules: a layer can only be as good."""
    alone = train([one for one in coded() if CONCESSION not in one.kinds], reader_with, PLAN, about={})
    assert [one.kind for one in alone.verdicts] == [THANKS]
    assert alone.content is None


def test_a_kind_that_nobody_could_learn_is_not_written() -> None:
    """Which words are coded as a pledge is chance, and half of those that the rules find are among them."""
    shuffled = [
        replace(one, answers={**one.answers, kind_code(KindName.PLEDGE): "yes" if number % 3 == 1 else "no"})
        for number, one in enumerate(with_pledges())
    ]
    found = train(shuffled, reader_with, PLAN, about={})
    [verdict] = [one for one in found.verdicts if one.kind is KindName.PLEDGE]
    assert verdict.gain is not None
    assert verdict.gain.low <= 0
    assert not verdict.is_better
    assert found.content is None or KindName.PLEDGE not in read_layer(found.content, "a.npz").kinds


def with_pledges() -> list[CodedStatement]:
    return [
        replace(one, text=replace(one.text, text=f"{one.text.text} We will mend every road."))
        for one in coded()
    ]


# ---- too few codes -------------------------------------------------------------------------------------


def test_a_kind_with_too_few_codes_is_named_with_how_many_are_missing(trained: Trained) -> None:
    said = {one.kind: str(one) for one in trained.short}
    assert "20 more of it" in said[KindName.VICTORY]
    assert set(said) == set(KindName) - {KindName.OTHER, CONCESSION, THANKS}


def test_where_no_kind_has_enough_codes_nothing_is_trained() -> None:
    with pytest.raises(
        TrainingRefused, match=r"concession: too few codes \(36 of it, 60 .*: needs 64 more of it, 40"
    ):
        train(coded(), reader_with, Plan(min_positive=100), about={})


def test_too_few_authors_are_refused_as_well() -> None:
    with pytest.raises(TrainingRefused, match="needs 1 more by other authors"):
        train(coded(4), reader_with, Plan(folds=5, min_positive=2), about={})


def test_what_was_never_judged_is_no_code() -> None:
    """A coder who left a kind open has not said that it is absent."""
    silent = [
        replace(
            one, answers={code: value for code, value in one.answers.items() if code != kind_code(THANKS)}
        )
        for one in coded()
    ]
    found = train(silent, reader_with, PLAN, about={})
    assert [one.kind for one in found.verdicts] == [CONCESSION]
    assert {one.kind: one.positive + one.negative for one in found.short}[THANKS] == 0


def test_a_statement_that_no_method_reads_is_left_out_and_counted() -> None:
    foreign = StatementText(id="x", text="Wir danken allen Wählerinnen und Wählern für ihr Vertrauen.")
    listed = [*coded(), replace(coded()[0], statement_id=999, text=foreign)]
    examples, unread = read_examples(listed, reader_with)
    assert (len(examples), unread) == (len(listed) - 1, 1)


def test_two_statements_with_one_id_are_refused_before_the_codes_of_one_go_with_the_words_of_the_other() -> (
    None
):
    listed = [*coded(), replace(coded()[0], text=replace(coded()[0].text, text="Another text."))]
    with pytest.raises(ValueError, match="1 ids of coded statements are there twice"):
        read_examples(listed, reader_with)


def test_without_scikit_learn_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(TrainingRefused, match=r"scikit-learn .*pip install 'hustings\[train\]'"):
        Bench([], [])


# ---- folds ---------------------------------------------------------------------------------------------

ROWS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60)


@given(ROWS, st.integers(2, 5), st.integers(0, 5))
def test_no_group_is_parted_and_no_fold_is_left_empty(
    rows: list[tuple[int, bool]], count: int, seed: int
) -> None:
    groups, wanted = [group for group, _ in rows], [one for _, one in rows]
    folds = folds_of(groups, wanted, count, seed)
    assert folds == folds_of(groups, wanted, count, seed)
    assert len(set(zip(groups, folds, strict=True))) == len(set(groups))
    assert len(set(folds)) == min(count, len(set(groups)))


def test_folds_hold_about_as_many_statements_of_the_kind_and_as_many_at_all() -> None:
    """Five hundred and fifty-one authors with one statement each; fifty-one of these are of the kind."""
    folds = folds_of(list(range(551)), [True] * 51 + [False] * 500, 5, 1)
    for part in (folds[:51], folds):
        counts = [part.count(fold) for fold in range(5)]
        assert max(counts) - min(counts) <= 1


def test_what_two_authors_both_post_stays_together() -> None:
    examples, _ = read_examples(
        [
            CodedStatement(number, StatementText(id=str(number), text=text), author, ("ann",), {})
            for number, (author, text) in enumerate(
                [
                    ("a", "Thank you all."),
                    ("b", "Good morning to you."),
                    ("c", "thank  you all."),
                    ("b", "See you there."),
                    ("c", "A fine day."),
                ]
            )
        ],
        reader_with,
    )
    a, b, c, also_b, also_c = groups_of(examples)
    assert a == c == also_c
    assert b == also_b != a


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_a_threshold_is_one_of_those_tried(pairs: list[tuple[float, bool]]) -> None:
    chances, wanted = zip(*pairs, strict=True)
    assert 0.1 <= best_threshold(np.array(chances), np.array(wanted)) <= 0.8


# ---- the paired difference -----------------------------------------------------------------------------

CASES = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 6)), min_size=4, max_size=60
)


@given(CASES)
def test_the_difference_turns_round_with_the_methods(cases: list[tuple[bool, bool, bool, int]]) -> None:
    wanted, one, other, authors = (list(column) for column in zip(*cases, strict=True))
    there = f1_difference(wanted, one, other, authors, seed=3)
    back = f1_difference(wanted, other, one, authors, seed=3)
    same = f1_difference(wanted, one, one, authors, seed=3)
    assert (there is None) == (back is None)
    if there and back:
        assert there.value == pytest.approx(-back.value)
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    if same:
        assert (same.value, same.low, same.high) == (0, 0, 0)


def test_a_gain_that_one_author_makes_alone_proves_nothing() -> None:
    """Ten authors, forty statements each: the second method is better with one of them only."""
    wanted = [True] * 400
    authors = [number // 40 for number in range(400)]
    first = [number % 2 == 0 for number in range(400)]
    second = [one or author == 0 for one, author in zip(first, authors, strict=True)]
    apart = f1_difference(wanted, first, second, None, seed=1)
    clustered = f1_difference(wanted, first, second, authors, seed=1)
    assert apart is not None
    assert clustered is not None
    assert apart.low > 0
    assert clustered.low == 0


# ---- the commands --------------------------------------------------------------------------------------


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> str:
    fill_coded(engine)
    return str(tmp_path / "archive.db")


def run(*command: str) -> Result:
    return CliRunner().invoke(hustings.app, command)


def train_into(path: Path, archive: str, *more: str) -> Result:
    return run("code", "train", str(path), "--folds", "3", "--method", "vader", "--db", archive, *more)


def test_the_command_trains_and_the_others_read_with_the_file(
    archive: str, engine: Engine, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "layer.npz"
    done = train_into(path, archive)
    assert done.exit_code == 0, done.output
    assert "96 coded statements" in done.stdout
    assert "concession (36 of 96, 12 authors)" in done.stdout
    assert "written" in done.stdout
    assert "stays with the rules" in done.stdout
    assert f"{path}: " in done.stdout
    assert "no statement is coded to be of: victory" in done.stderr
    name = f"{KindFinder.method}~{read_layer(path.read_bytes(), 'a.npz').name}"

    plain = run("analyse", "--method", "vader", "--db", archive)
    assert plain.stdout.startswith("read 96 statements")
    again = run("analyse", "--method", "vader", "--db", archive, "--kinds-model", str(path), "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["read"] == 96, "another method: every statement is read again"
    assert json.loads(again.stdout)["method"].endswith(name)
    third = run("analyse", "--method", "vader", "--db", archive, "--kinds-model", str(path), "--json")
    assert json.loads(third.stdout)["read"] == 0, "nothing is new to it"
    with Session(engine) as session:
        found = session.exec(select(models.Kind).where(models.Kind.kind == CONCESSION)).all()
    assert {kind.method for kind in found} == {name}
    assert len(found) == AUTHORS * len(ADMITTED)


def test_the_command_writes_the_same_bytes_again_and_says_so_to_a_program(
    archive: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    train_into(first, archive)
    done = train_into(second, archive, "--json", "--reference", "ann")
    summary: dict[str, Any] = json.loads(done.stdout)
    assert summary["file"] == str(second)
    assert summary["kinds"]["concession"]["written"] is True
    assert summary["kinds"]["thanks"]["gain"] == [0, 0, 0]
    assert summary["too_few"]["victory"]["positive"] == 0
    one, two = (read_layer(path.read_bytes(), "a.npz") for path in (first, second))
    assert (one.table == two.table).all()
    assert {**one.about, "reference": "ann"} == two.about
    assert two.about["codes_until"] == "2024-08-01"
    before = first.read_bytes()
    train_into(first, archive)
    assert first.read_bytes() == before


def test_the_command_writes_nothing_where_no_kind_is_better(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "layer.npz"
    fill_coded(engine, lambda codes: {**codes, kind_code(CONCESSION): "no"})
    done = train_into(path, str(tmp_path / "archive.db"))
    assert done.exit_code == 1
    assert "no kind is better with a layer" in done.stderr
    assert not path.exists()


def test_the_command_refuses_too_few_codes(archive: str, tmp_path: Path) -> None:
    done = train_into(tmp_path / "layer.npz", archive, "--min-positive", "50")
    assert done.exit_code == 2
    assert (
        "concession: too few codes (36 of it, 60 that are not, 12 authors): needs 14 more of it"
        in done.stderr
    )


def test_the_command_refuses_an_archive_without_codes(engine: Engine, tmp_path: Path) -> None:
    done = train_into(tmp_path / "layer.npz", str(tmp_path / "archive.db"))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
