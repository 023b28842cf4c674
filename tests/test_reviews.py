"""What a person decided wins over the program, and survives whatever is read again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contract import (
    AccusationType,
    Basis,
    Kind,
    KindName,
    Label,
    Reading,
    Scope,
    Sentiment,
    Strength,
    Target,
    TargetType,
)
from analysis.reviews import ReviewRefused, reviewed
from analysis.reviews.deciding import KindChange, Reviewer, TargetChange, decide_kind, decide_target
from analysis.reviews.decisions import Decision, KindValue, TargetValue, in_force, place_of_target
from db.words import ReviewSubject, ReviewVerdict

TEXT = "We lost Kelby tonight. Pat Doe and the Orchard Alliance lied to you all."
NOON = datetime(2031, 5, 5, 12, 0, tzinfo=UTC)
ANN = Reviewer("Ann", NOON, "read twice")
V = ReviewVerdict


def target(words: str, who: str, person: str | None = None, party: str | None = None) -> Target:
    start, type_ = TEXT.index(words), TargetType.PERSON if person else TargetType.PARTY
    return Target(start, start + len(words), words, who, type_, Basis.FULL_NAME, 0.9, person, None, party)


PAT = target("Pat Doe", "Pat Doe", person="p:pat")
ALLIANCE = target("Orchard Alliance", "Orchard Alliance", party="x:oa")
HOSTILE = Sentiment(-0.6, Label.NEGATIVE, 0.8, "scorer-1")
CONCESSION = Kind(
    KindName.CONCESSION, 0, 21, 0.7, "kinds-1", strength=Strength.STRONG, scope=Scope.OWN_CONTEST
)
ACCUSATION = Kind(
    KindName.ACCUSATION, 23, 71, 0.8, "kinds-1", types=(AccusationType.CHARACTER,), targets=(0, 1)
)
READING = Reading(
    id="1",
    method="reader-1",
    lang="en",
    lang_confidence=1.0,
    unscored=None,
    sentiment=None,
    kinds=(CONCESSION, ACCUSATION),
    targets=(PAT, ALLIANCE),
    toward=(HOSTILE, None),
)
NOTHING = replace(READING, method="reader-2", kinds=(), targets=(), toward=())
"""What a later method may come to."""


def kinds(reading: Reading) -> dict[KindName, Kind]:
    return {kind.kind: kind for kind in reading.kinds}


def test_without_a_review_a_reading_stays_as_it_is() -> None:
    assert reviewed(READING, []) is READING


def test_a_confirmed_kind_is_signed_and_otherwise_as_it_was_found() -> None:
    made = decide_kind(TEXT, READING, KindName.CONCESSION, V.CONFIRMED, ANN)
    found = kinds(reviewed(READING, [made]))[KindName.CONCESSION]
    assert found.reviewed is not None
    assert (found.reviewed.by, found.reviewed.at, found.reviewed.note) == ("Ann", NOON, "read twice")
    assert replace(found, reviewed=None) == CONCESSION


def test_a_confirmed_kind_stays_when_a_later_method_does_not_find_it() -> None:
    made = decide_kind(TEXT, READING, KindName.ACCUSATION, V.CONFIRMED, ANN)
    found = kinds(reviewed(replace(READING, kinds=()), [made]))[KindName.ACCUSATION]
    assert (found.start, found.end, found.types) == (23, 71, (AccusationType.CHARACTER,))
    assert found.targets == (0, 1)
    assert found.method == "review"


def test_targets_that_a_later_method_does_not_find_are_not_invented_for_a_kept_kind() -> None:
    made = decide_kind(TEXT, READING, KindName.ACCUSATION, V.CONFIRMED, ANN)
    later = replace(NOTHING, targets=(ALLIANCE,), toward=(None,))
    assert kinds(reviewed(later, [made]))[KindName.ACCUSATION].targets == (0,)


def test_a_rejected_kind_is_gone_whatever_a_later_method_finds() -> None:
    made = decide_kind(TEXT, READING, KindName.CONCESSION, V.REJECTED, ANN)
    again = replace(READING, kinds=(replace(CONCESSION, start=3, confidence=0.99), ACCUSATION))
    assert KindName.CONCESSION not in kinds(reviewed(again, [made]))


def test_a_kind_can_be_rejected_before_any_method_finds_it() -> None:
    made = decide_kind(TEXT, NOTHING, KindName.VICTORY, V.REJECTED, ANN)
    victory = Kind(KindName.VICTORY, 0, 7, 0.6, "kinds-9")
    assert reviewed(replace(NOTHING, kinds=(victory,)), [made]).kinds == ()


def test_a_correction_changes_what_it_names_and_keeps_the_rest() -> None:
    change = KindChange(scope=Scope.PARTY, words="We lost Kelby")
    made = decide_kind(TEXT, READING, KindName.CONCESSION, V.CORRECTED, ANN, change)
    found = kinds(reviewed(READING, [made]))[KindName.CONCESSION]
    assert (found.scope, found.strength, found.start, found.end) == (Scope.PARTY, Strength.STRONG, 0, 13)
    assert found.confidence == 1.0


def test_an_added_kind_stands_where_the_codebook_has_it() -> None:
    made = decide_kind(TEXT, READING, KindName.REFUSAL, V.ADDED, ANN, KindChange(scope=Scope.PARTY))
    order = [kind.kind for kind in reviewed(READING, [made]).kinds]
    assert order == [KindName.CONCESSION, KindName.REFUSAL, KindName.ACCUSATION]


def test_the_last_review_counts_and_a_withdrawn_one_leaves_the_programs_finding() -> None:
    no = decide_kind(TEXT, READING, KindName.CONCESSION, V.REJECTED, ANN)
    later = Reviewer("Bo", NOON + timedelta(hours=1))
    yes = decide_kind(TEXT, READING, KindName.CONCESSION, V.CONFIRMED, later)
    back = decide_kind(TEXT, READING, KindName.CONCESSION, V.WITHDRAWN, later)
    mark = kinds(reviewed(READING, [no, yes]))[KindName.CONCESSION].reviewed
    assert mark is not None
    assert mark.by == "Bo"
    assert kinds(reviewed(READING, [no, back]))[KindName.CONCESSION] == CONCESSION


def test_a_corrected_target_is_another_actor_at_the_same_place_and_keeps_its_sentiment() -> None:
    change = TargetChange(who="Patricia Doe", person_id="p:patricia")
    made = decide_target(TEXT, READING, "Pat Doe", V.CORRECTED, ANN, change)
    found = reviewed(READING, [made])
    first = found.targets[0]
    assert (first.who, first.person_id, first.basis) == ("Patricia Doe", "p:patricia", Basis.REVIEW)
    assert found.toward == (HOSTILE, None)
    assert kinds(found)[KindName.ACCUSATION].targets == (0, 1)


def test_a_corrected_target_takes_the_place_of_those_that_overlap_it() -> None:
    made = decide_target(
        TEXT, READING, "Pat Doe", V.CORRECTED, ANN, TargetChange(person_id="p:patricia", who="Patricia Doe")
    )
    longer = target("Pat Doe and", "Pat Doe", person="p:pat")
    later = replace(READING, targets=(longer, ALLIANCE), kinds=())
    assert [one.person_id for one in reviewed(later, [made]).targets] == ["p:patricia", None]


def test_another_name_without_an_id_does_not_keep_the_old_ones_id() -> None:
    made = decide_target(TEXT, READING, "Pat Doe", V.CORRECTED, ANN, TargetChange(who="a dog called Pat Doe"))
    assert reviewed(READING, [made]).targets[0].person_id is None


def test_a_rejected_target_is_gone_and_kinds_are_about_the_others() -> None:
    made = decide_target(TEXT, READING, "Pat Doe", V.REJECTED, ANN)
    found = reviewed(READING, [made])
    assert [one.who for one in found.targets] == ["Orchard Alliance"]
    assert found.toward == (None,)
    assert kinds(found)[KindName.ACCUSATION].targets == (0,)


def test_a_rejected_link_says_nothing_against_another_one_at_its_place() -> None:
    made = decide_target(TEXT, READING, "Pat Doe", V.REJECTED, ANN)
    relinked = replace(PAT, person_id="p:patricia")
    later = replace(READING, targets=(relinked, ALLIANCE))
    assert reviewed(later, [made]).targets[0] is relinked


def test_an_added_target_stands_in_the_order_of_the_text() -> None:
    change = TargetChange(who="voters", type=TargetType.VOTERS)
    made = decide_target(TEXT, READING, "you all", V.ADDED, ANN, change)
    found = reviewed(READING, [made])
    assert [one.who for one in found.targets] == ["Pat Doe", "Orchard Alliance", "voters"]
    assert found.toward[2] is None


REFUSED = [
    ("not found in this statement", KindName.VICTORY, V.CONFIRMED, KindChange()),
    ("there already", KindName.CONCESSION, V.ADDED, KindChange()),
    ("not in what", KindName.CONCESSION, V.CORRECTED, KindChange()),
    ("only what is corrected", KindName.CONCESSION, V.CONFIRMED, KindChange(scope=Scope.PARTY)),
    ("has no strength", KindName.ACCUSATION, V.CORRECTED, KindChange(strength=Strength.WEAK)),
    ("has no scope", KindName.ACCUSATION, V.CORRECTED, KindChange(scope=Scope.PARTY)),
    ("neither types", KindName.CONCESSION, V.CORRECTED, KindChange(types=(AccusationType.BLAME,))),
    ("stand nowhere", KindName.CONCESSION, V.CORRECTED, KindChange(words="We won Kelby")),
    ("stand 2 times", KindName.CONCESSION, V.CORRECTED, KindChange(words="li")),
    ("add it first", KindName.ACCUSATION, V.CORRECTED, KindChange(targets=("Kelby",))),
]


@pytest.mark.parametrize(("why", "name", "verdict", "change"), REFUSED)
def test_a_review_of_a_kind_that_cannot_be_is_refused(
    why: str, name: KindName, verdict: ReviewVerdict, change: KindChange
) -> None:
    with pytest.raises(ReviewRefused, match=why):
        decide_kind(TEXT, READING, name, verdict, ANN, change)


@pytest.mark.parametrize("place", ["70-90", "9-9", "Kelby Doe", ""])
def test_a_place_outside_the_text_is_refused(place: str) -> None:
    with pytest.raises(ReviewRefused):
        decide_target(TEXT, READING, place, V.ADDED, ANN, TargetChange(who="x", type=TargetType.OTHER))


def test_a_target_without_name_or_type_cannot_be_added() -> None:
    with pytest.raises(ReviewRefused, match="needs a name and a type"):
        decide_target(TEXT, READING, "you all", V.ADDED, ANN, TargetChange(who="voters"))


places = st.integers(0, 30).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, 40)))
found_targets = st.lists(
    st.builds(
        lambda span, who: Target(span[0], span[1], "w", who, TargetType.PERSON, Basis.SHAPE, 0.5, who),
        places,
        st.sampled_from("abc"),
    ),
    max_size=4,
    unique_by=lambda one: (one.start, one.end),
)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    targets = tuple(sorted(draw(found_targets), key=lambda one: (one.start or 0, one.end or 0)))
    indexes = st.lists(st.integers(0, len(targets) - 1), unique=True) if targets else st.just([])
    names = draw(st.lists(st.sampled_from(list(KindName)), unique=True, max_size=4))
    found = [
        Kind(name, 0, 5, 0.5, "k", targets=tuple(sorted(draw(indexes))))
        for name in sorted(names, key=list(KindName).index)
    ]
    return replace(READING, kinds=tuple(found), targets=targets, toward=tuple(HOSTILE for _ in targets))


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    verdict = draw(st.sampled_from(list(ReviewVerdict)))
    at = NOON + timedelta(minutes=draw(st.integers(0, 5)))
    value: KindValue | TargetValue
    if draw(st.booleans()):
        span = draw(places)
        value = TargetValue(
            *span, "w", draw(st.sampled_from("abc")), TargetType.PERSON, draw(st.sampled_from("abc"))
        )
        return Decision(ReviewSubject.TARGET, f"{span[0]}-{span[1]}", verdict, value, "Ann", at, found=value)
    name = draw(st.sampled_from(list(KindName)))
    value = KindValue(1, 2, targets=("0-5",))
    return Decision(ReviewSubject.KIND, name.value, verdict, value, "Ann", at)


@given(readings(), st.lists(decisions(), max_size=6))
def test_a_reviewed_reading_is_whole_and_says_what_was_decided(
    reading: Reading, made: list[Decision]
) -> None:
    found = reviewed(reading, made)
    assert len(found.toward) == len(found.targets)
    assert all(index < len(found.targets) for kind in found.kinds for index in kind.targets)
    names = [kind.kind for kind in found.kinds]
    assert names == sorted(set(names), key=list(KindName).index)
    for (subject, place), one in in_force(made).items():
        if subject is ReviewSubject.KIND:
            assert (place in names) == (one.verdict in (V.CONFIRMED, V.CORRECTED, V.ADDED))


@given(readings(), st.lists(decisions(), max_size=6))
def test_reviewing_twice_changes_nothing_more(reading: Reading, made: list[Decision]) -> None:
    once = reviewed(reading, made)
    assert reviewed(once, made) == once


@given(readings(), decisions())
def test_a_withdrawn_review_is_as_if_it_had_never_been_made(reading: Reading, made: Decision) -> None:
    assert reviewed(reading, [made, replace(made, verdict=V.WITHDRAWN)]) == reading


@given(st.lists(decisions(), max_size=6))
def test_values_survive_the_database(made: list[Decision]) -> None:
    for one in made:
        assert one.value is not None
        assert type(one.value).parse(one.value.as_json()) == one.value


def test_places_tell_targets_apart() -> None:
    addressed = replace(PAT, start=None, end=None)
    assert [place_of_target(PAT), place_of_target(addressed)] == ["23-30", "addressed:Pat Doe"]
