"""What people say of statements, and what that says of methods: references, accuracy, corrected counts."""

from collections.abc import Mapping, Sequence

import coded_archive as archive
import example_archive as example
import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, select

from analysis.contract import KindName
from analysis.evaluation.accuracy import NOT_FOUND, NOT_SAID, Measured, accuracy_of, best_sample
from analysis.evaluation.agreeing import Mark, agreement_of, disagreements, mark_of
from analysis.evaluation.codes import CodedStatement, coded_statements, decided, sample_for
from analysis.evaluation.correcting import By, Corrected, corrected
from analysis.evaluation.drawing import Plan, draw_sample
from analysis.evaluation.errors import CodingRefused, UnknownSample
from analysis.evaluation.sheets import rows_of
from db import models, writing
from db.words import SampleDesign

THERE = {"kind:thanks": "yes", "kind:victory": "no"}
NOT_THERE = {"kind:thanks": "no", "kind:victory": "no"}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """60 statements: every tenth and the one after thank, by the method."""
    archive.filled(engine)
    return engine


def statements(engine: Engine) -> list[int]:
    """The 60 in order; places 0 and 1 of each ten thank, by the method, 2 accuses, 3 concedes."""
    with Session(engine) as session:
        query = select(models.Reading.statement_id).where(models.Reading.method == archive.METHOD)
        return sorted(session.exec(query))


def draw(engine: Engine, name: str, design: SampleDesign, wanted: int = 20) -> list[int]:
    """The statements of a sample, in the order of coding."""
    draw_sample(engine, Plan(name, design, wanted, 1, archive.METHOD))
    with Session(engine) as session:
        return [row.statement_id for row in rows_of(session, sample_for(session, name))]


def thanks(engine: Engine, there: Sequence[int], coded: Sequence[int], coder: str = "ada") -> None:
    """Code statements: whether they thank."""
    archive.code(engine, coder, {one: THERE if one in there else NOT_THERE for one in coded})


# ---- the reference --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (["yes"], "yes"),
        (["yes", "no"], None),
        (["yes", "no", "yes"], "yes"),
        (["yes", "yes", "no", "no"], None),
        ([], None),
    ],
)
def test_the_majority_is_more_than_half_of_those_who_said_something(
    said: list[str], answer: str | None
) -> None:
    by_coder = {f"coder {number}": {"kind:victory": value} for number, value in enumerate(said)}
    assert decided({**by_coder, "silent": {"note": "no idea"}}).get("kind:victory") == answer


def test_the_strength_of_a_concession_that_most_do_not_see_is_not_decided() -> None:
    sees = {"kind:concession": "yes", "concession_strength": "weak"}
    sees_none = {"kind:concession": "no"}
    assert decided({"a": sees, "b": sees_none, "c": sees_none}) == {"kind:concession": "no"}
    assert decided({"a": sees, "b": sees_none}) == {}
    assert decided({"a": sees, "b": sees, "c": sees_none})["concession_strength"] == "weak"


def coded(engine: Engine, **asked: str) -> list[CodedStatement]:
    with Session(engine) as session:
        return list(coded_statements(session, **asked))


def test_coded_statements_come_with_text_author_and_what_is_decided(filled: Engine) -> None:
    first, second, third = statements(filled)[:3]
    archive.code(filled, "ada", {first: THERE, second: {"kind:thanks": "yes"}, third: {"note": "hm"}})
    archive.code(filled, "bo", {first: {"kind:thanks": "yes"}, second: {"kind:thanks": "no"}})
    found = coded(filled)
    assert [one.statement_id for one in found] == [first], "of the second nothing is decided"
    assert found[0].text.text == "Statement 0 of the campaign."
    assert found[0].author == "p:maren"
    assert found[0].coders == ("ada", "bo")
    assert found[0].kinds == {KindName.THANKS}
    assert found[0].judged == {KindName.THANKS, KindName.VICTORY}
    assert [one.statement_id for one in coded(filled, reference="ada")] == [first, second]


def test_statements_of_an_account_without_an_owner_are_one_authors(engine: Engine) -> None:
    example.fill(engine)
    with writing(engine) as session:
        session.add(models.Account(id=9, platform="x", platform_id="99"))
        session.flush()
        ids = [
            example.add_statement(session, f"70{one}", None, f"Text {one}.", None, account=9) for one in "ab"
        ]
    thanks(engine, [], ids)
    assert {one.author for one in coded(engine)} == {"account:9"}


def test_a_sample_gives_its_strata_and_probabilities(filled: Engine) -> None:
    drawn = draw(filled, "first", SampleDesign.BY_KIND)
    outside = next(one for one in statements(filled) if one not in drawn)
    thanks(filled, [], [*drawn[:3], outside])
    found = coded(filled, sample="first")
    assert {one.statement_id for one in found} == set(drawn[:3])
    assert all(one.stratum and one.probability and 0 < one.probability < 1 for one in found)
    assert {one.probability for one in coded(filled)} == {None}


def test_a_sample_and_a_coder_must_be_known(filled: Engine) -> None:
    with Session(filled) as session:
        with pytest.raises(UnknownSample, match="draw one"):
            list(coded_statements(session, sample="nope"))
        with pytest.raises(CodingRefused, match="nobody has coded"):
            list(coded_statements(session, reference="ada"))
    thanks(filled, [], statements(filled)[:1], "bo")
    with Session(filled) as session, pytest.raises(CodingRefused, match="there is: bo"):
        list(coded_statements(session, reference="ada"))


# ---- agreement ------------------------------------------------------------------------------------


def test_agreement_counts_what_two_coded_and_names_what_they_differ_about(filled: Engine) -> None:
    ids = statements(filled)[:40]
    thanks(filled, ids[:12], ids, "ada")
    thanks(filled, ids[:11], ids[:-1], "bo")
    archive.code(filled, "ada", {ids[0]: {"unsure": "yes"}})
    with Session(filled) as session:
        rows = {row.code: row for row in agreement_of(session)}
        differing = list(disagreements(session))
    row = rows["kind:thanks"]
    assert (row.units, row.coders, row.values) == (39, 2, "no 55, yes 23")
    assert row.agreement == pytest.approx(38 / 39)
    assert row.alpha is not None
    assert row.alpha > 0.9
    assert (row.mark, row.few) == (Mark.FIRM, False)
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.alpha <= row.high
    assert rows["kind:victory"].alpha is None, "nobody saw a victory"
    assert (rows["kind:victory"].mark, rows["kind:victory"].few) == (Mark.UNDEFINED, False)
    assert "unsure" not in rows
    assert [(one.statement, one.values) for one in differing] == [("x:5011", (("ada", "yes"), ("bo", "no")))]


def test_an_alpha_of_few_units_is_marked_as_such(filled: Engine) -> None:
    ids = statements(filled)[:8]
    thanks(filled, ids[:4], ids, "ada")
    thanks(filled, ids[:4], ids, "bo")
    with Session(filled) as session:
        row = agreement_of(session)[1]
    assert (row.code, row.alpha, row.mark, row.few) == ("kind:thanks", 1.0, Mark.FIRM, True)


def test_coders_of_different_texts_of_a_statement_do_not_meet(filled: Engine) -> None:
    first = statements(filled)[0]
    thanks(filled, [first], [first], "ada")
    archive.edit(filled, first, "Another text.")
    thanks(filled, [], [first], "bo")
    with Session(filled) as session:
        assert all(row.units == 0 for row in agreement_of(session))
        assert list(disagreements(session)) == []


@pytest.mark.parametrize(
    ("found", "mark"),
    [
        (1.0, Mark.FIRM),
        (0.8, Mark.FIRM),
        (0.799, Mark.TENTATIVE),
        (0.667, Mark.TENTATIVE),
        (0.666, Mark.NOT_RELIABLE),
        (-0.2, Mark.NOT_RELIABLE),
        (None, Mark.UNDEFINED),
    ],
)
def test_what_an_alpha_allows(found: float | None, mark: Mark) -> None:
    assert mark_of(found) is mark


# ---- accuracy -------------------------------------------------------------------------------------


def measured(engine: Engine, **asked: str) -> Measured:
    with Session(engine) as session:
        found = accuracy_of(session, asked.pop("method", archive.METHOD), **asked)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_method_is_counted_against_the_reference(filled: Engine) -> None:
    ids = draw(filled, "all", SampleDesign.RANDOM, 60)
    found = [one for place, one in enumerate(statements(filled)) if place % 10 < 2]
    missed = statements(filled)[5]
    thanks(filled, [*found[:9], missed], ids)
    row = measured(filled, sample="all").of(KindName.THANKS)
    assert row is not None
    assert (row.counts.both, row.counts.found_only, row.counts.missed, row.n) == (9, 3, 1, 60)
    assert not row.weighted
    assert row.precision is not None
    assert row.recall is not None
    assert row.f1 is not None
    assert (row.precision.value, row.recall.value) == (0.75, 0.9)
    assert row.f1.value == pytest.approx(18 / 22)
    assert row.f1.low < row.f1.value < row.f1.high


def test_a_stratified_sample_is_weighed_by_what_it_stands_for(filled: Engine) -> None:
    """All thanks that were found are right; of 36 statements in which nothing was found one in six thanks."""
    drawn = draw(filled, "kinds", SampleDesign.BY_KIND, 24)
    found = [one for place, one in enumerate(statements(filled)) if place % 10 < 2]
    silent = [one for one in drawn if statements(filled).index(one) % 10 > 3]
    thanks(filled, [*found, silent[0]], drawn)
    result = measured(filled, sample="kinds")
    row = result.of(KindName.THANKS)
    assert row is not None
    assert row.weighted
    assert any("weighted" in note for note in result.notes)
    assert row.recall is not None
    assert row.recall.value == pytest.approx(12 / (12 + 36 / len(silent))), "not 6 of 7"
    assert row.precision is not None
    assert row.precision.value == 1.0


def test_methods_stand_side_by_side_and_what_one_has_not_read_is_left_out(filled: Engine) -> None:
    ids = statements(filled)[:10]
    archive.read_again(filled, {one: {"thanks": 0.9} for one in ids[:4]}, "other-1")
    thanks(filled, ids[:2], ids)
    first, other = measured(filled), measured(filled, method="other-1")
    assert (first.unread, other.unread) == (0, 6)
    row = other.of(KindName.THANKS)
    assert row is not None
    assert (row.counts.both, row.counts.found_only, row.n) == (2, 2, 4)
    assert first.sample is None
    assert "hold for them alone" in first.notes[0]


def test_what_was_edited_after_coding_or_reading_counts_nowhere(filled: Engine) -> None:
    ids = statements(filled)[:3]
    thanks(filled, ids, ids)
    archive.edit(filled, ids[0], "Edited after it was coded.")
    result = measured(filled)
    row = result.of(KindName.THANKS)
    assert row is not None
    assert (row.n, result.unread) == (2, 0)


def test_the_confusion_tells_what_was_found_of_a_concession(filled: Engine) -> None:
    ids = statements(filled)
    strong = {"kind:concession": "yes", "concession_strength": "strong", "scope:concession": "party"}
    archive.code(filled, "ada", {ids[3]: strong, ids[13]: {**strong, "concession_strength": "weak"}})
    archive.code(filled, "ada", {ids[4]: strong})
    archive.read_again(filled, {ids[3]: {"refusal": 0.9}}, "other-1")
    tables = {one.code: dict(one.counts) for one in measured(filled).confusions}
    assert tables["concession_strength"] == {
        ("strong", "strong"): 1,
        ("weak", "strong"): 1,
        ("strong", NOT_FOUND): 1,
    }
    assert tables["scope:concession"] == {("party", "own_contest"): 2, ("party", NOT_FOUND): 1}
    assert "scope:victory" not in tables
    assert NOT_SAID not in {found for table in tables.values() for _, found in table}


def test_other_is_for_coders_and_no_fault_of_a_method(filled: Engine) -> None:
    archive.code(filled, "ada", {statements(filled)[9]: {"kind:other": "yes", "kind:thanks": "no"}})
    assert [row.kind for row in measured(filled).kinds] == [KindName.THANKS]


def test_the_sample_of_which_most_is_coded_is_taken_but_never_the_uncertain_ones(filled: Engine) -> None:
    uncertain = draw(filled, "unsure", SampleDesign.UNCERTAIN_FIRST, 15)
    thanks(filled, [], uncertain)
    drawn = [one for one in draw(filled, "kinds", SampleDesign.BY_KIND, 12) if one not in uncertain]
    thanks(filled, [], drawn)
    with Session(filled) as session:
        assert best_sample(session) == "kinds"
    assert measured(filled).sample == "kinds"
    assert "least sure" in measured(filled, sample="unsure").notes[0]


def test_without_codes_there_is_no_accuracy(filled: Engine) -> None:
    with Session(filled) as session:
        assert accuracy_of(session, archive.METHOD) is None
        assert best_sample(session) is None


# ---- corrected counts -----------------------------------------------------------------------------


def correct(engine: Engine, name: str, **asked: By) -> Corrected:
    with Session(engine) as session:
        return corrected(session, name, KindName.THANKS, **asked)


def test_a_frame_that_was_coded_as_a_whole_gives_what_people_counted(filled: Engine) -> None:
    ids = draw(filled, "all", SampleDesign.RANDOM, 60)
    there = statements(filled)[:21]
    thanks(filled, there, ids)
    row = correct(filled, "all").rows[0]
    assert (row.group, row.statements, row.coded, row.machine) == ("all", 60, 60, 12)
    assert row.hand is not None
    for share in (row.hand, row.corrected):
        assert (share.value, share.low, share.high) == pytest.approx((0.35, 0.35, 0.35))
    assert row.corrected_count.value == pytest.approx(21)


@pytest.mark.parametrize("design", [SampleDesign.RANDOM, SampleDesign.BY_KIND, SampleDesign.BY_OUTCOME])
def test_a_part_gives_an_interval_that_groups_divide_among_them(filled: Engine, design: SampleDesign) -> None:
    ids = draw(filled, "part", design, 30)
    thanks(filled, statements(filled)[::4], ids)
    whole = correct(filled, "part").rows[0]
    assert whole.corrected.low < whole.corrected.value < whole.corrected.high
    for by in By:
        groups = correct(filled, "part", by=by).rows[1:]
        assert sum(row.statements for row in groups) == 60
        assert sum(row.coded for row in groups) == 30
        assert sum(row.machine for row in groups) == whole.machine
        if all(0 < row.corrected.value < 1 for row in groups):
            total = sum(row.corrected_count.value for row in groups)
            assert total == pytest.approx(whole.corrected_count.value)
    parties = {row.group for row in correct(filled, "part", by=By.PARTY).rows[1:]}
    assert parties == {"Harbour Party", "Orchard Alliance", "Independent"}


def test_what_came_after_the_sample_was_drawn_is_not_counted(filled: Engine) -> None:
    thanks(filled, [], draw(filled, "part", SampleDesign.RANDOM, 30))
    archive.add_read(filled, [(f"Later thanks {one}.", {"thanks": 0.9}) for one in range(40)], first=9_000)
    found = correct(filled, "part")
    assert (found.rows[0].statements, found.rows[0].machine, found.notes) == (60, 12, ())


def test_what_coders_are_divided_about_is_left_out_and_counted(filled: Engine) -> None:
    ids = draw(filled, "part", SampleDesign.RANDOM, 30)
    thanks(filled, [], ids, "ada")
    thanks(filled, ids[:4], ids, "bo")
    found = correct(filled, "part")
    assert (found.rows[0].coded, found.undecided) == (26, 4)


@pytest.mark.parametrize(
    ("design", "coded_part", "message"),
    [
        (SampleDesign.UNCERTAIN_FIRST, 1.0, "chance did not draw them"),
        (SampleDesign.BY_KIND, 0.1, "nothing is coded yet for thanks in: "),
        (SampleDesign.RANDOM, 0.0, "nothing is coded yet for thanks in: all"),
    ],
)
def test_a_sample_that_cannot_tell_is_refused_with_the_reason(
    filled: Engine, design: SampleDesign, coded_part: float, message: str
) -> None:
    ids = draw(filled, "part", design, 24)
    thanks(filled, [], ids[: int(coded_part * len(ids))])
    with pytest.raises(CodingRefused, match=message):
        correct(filled, "part")


def test_another_methods_count_is_corrected_where_it_has_read_the_frame(filled: Engine) -> None:
    ids = statements(filled)
    drawn = draw(filled, "kinds", SampleDesign.BY_KIND, 30)
    thanks(filled, ids[:20], drawn)
    some: Mapping[int, archive.Kinds] = {one: {"thanks": 0.9} for one in ids}
    archive.read_again(filled, some, "other-1")
    with Session(filled) as session:
        found = corrected(session, "kinds", KindName.THANKS, method="other-1")
    assert (found.method, found.rows[0].machine, found.rows[0].machine_share) == ("other-1", 60, 1.0)
    assert found.rows[0].corrected.value < 0.7


def test_where_readings_are_gone_a_stratified_sample_cannot_tell(filled: Engine) -> None:
    thanks(filled, [], draw(filled, "kinds", SampleDesign.BY_KIND, 24))
    with writing(filled) as session:
        session.execute(update(models.Reading).values(method="newer-1"))
    with pytest.raises(CodingRefused, match="are gone"):
        correct(filled, "kinds")
    assert "are gone" in measured(filled, method="newer-1", sample="kinds").notes[0]
