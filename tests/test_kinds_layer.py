"""A trained layer over the rules of kinds: what it is told, what it changes, and what it leaves alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_archive import reader_with

from analysis.contract import (
    AccusationType,
    Basis,
    Kind,
    KindName,
    Reading,
    Roster,
    Span,
    StatementText,
    Target,
    TargetType,
)
from analysis.kinds import KindFinder
from analysis.kinds.default import RulesAlone
from analysis.kinds.finder import Heard, Scored
from analysis.kinds.layer import LayeredKinds, UnusableLayer
from analysis.kinds.layer.model import Head, read_layer, written
from analysis.kinds.layer.telling import VOICES, Told, tell
from analysis.kinds.layer.traits import (
    BUCKETS,
    KINDS,
    NUMBERS,
    OCCASIONS,
    grams_of,
    occasion_of,
)
from analysis.kinds.layer.words import ADDRESS, NAME, NUMBER, seen_words
from analysis.kinds.tables import read_tables
from analysis.reader import Reader
from analysis.sentiment import scorer_for
from analysis.text import normalise

RULES = KindFinder()

ODD = "The lanterns are out for us tonight."
"""No rule says anything of it."""


def head(
    kind: KindName, *, bias: float = 0.0, threshold: float = 0.5, floor: float | None = None, **words: float
) -> Head:
    """A head that goes by a bias and some words alone."""
    table = np.zeros(BUCKETS)
    for word, weight in words.items():
        table[next(iter(grams_of(seen_words(word, []))))] = weight
    return Head(
        kind, bias, np.zeros(len(NUMBERS)), table, 0.0, 1.0, threshold, threshold if floor is None else floor
    )


def layered(*heads: Head, **voices: str) -> LayeredKinds:
    return LayeredKinds(read_layer(written(heads, {**VOICES, **voices}), "a.npz"))


def read(text: str, *heads: Head) -> Reading:
    [reading] = reader_with(layered(*heads)).read([StatementText(id="1", text=text)])
    return reading


def kinds_of(reading: Reading) -> dict[KindName, Kind]:
    return {kind.kind: kind for kind in reading.kinds}


def told_of(heard: Heard, names: Sequence[Span] = ()) -> Told:
    [told] = tell(RULES, [heard], [names])
    return told


def words_of(text: str, *names: str) -> list[str]:
    normalised = normalise(text)
    places = [Span(normalised.text.index(name), normalised.text.index(name) + len(name)) for name in names]
    return [word.text for sentence in seen_words(normalised.text, places) for word in sentence]


# ---- what it is told -----------------------------------------------------------------------------------


def test_a_recognised_name_is_one_word_however_it_is_written() -> None:
    assert words_of("we thank Ines Farrow of the board", "Ines Farrow") == [
        *("we", "thank", NAME, "of", "the", "board")
    ]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("I met Zorblatt today", ["i", "met", NAME, "today"]),
        ("Zorblatt lied", [NAME, "lied"]),
        ("We lost", ["we", "lost"]),
        ("WE LOST", ["we", "lost"]),
        ("Green leaves and Brown leaves", [NAME, "leaves", "and", NAME, "leaves"]),
        ("vote Labour", ["vote", NAME]),
        ("thanks walter", ["thanks", NAME]),
        ("ask @someone_here", ["ask", NAME]),
        ("we don't. I'm sure, Don't ask", ["we", "don't", "i'm", "sure", "don't", "ask"]),
        ("12 seats of 40", [NUMBER, "seats", "of", NUMBER]),
        ("see https://town.example/votes now", ["see", ADDRESS, "now"]),
        ("we won! 🌹🐘", ["we", "won", "!"]),
    ],
)
def test_whom_a_text_names_is_hidden_and_how_it_speaks_is_seen(text: str, seen: list[str]) -> None:
    assert words_of(text) == seen


PEOPLE = ("Ines Farrow", "Tobias Quill", "Councillor Pell Adair", "Dr Maren Hollis", "Bo Tamsin")
PARTIES = ("Labour", "the Conservatives", "the Liberal Democrats", "the Greens", "UKIP")
SAID = "Thank you to {person} for the tea, but {party} will never mend this road. {person} knows."


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("person", PEOPLE)
def test_the_layer_cannot_tell_one_person_or_party_from_another(person: str, party: str) -> None:
    """What is told of the words is the same whoever is named."""
    told = [
        _grams(SAID.format(person=someone, party=some))
        for someone, some in ((person, party), (PEOPLE[0], PARTIES[0]))
    ]
    assert without_article(told[0]) == without_article(told[1])


def _grams(text: str) -> set[int]:
    found: list[set[int]] = []

    class Asked:
        method = RULES.method

        def find(self, scored: Sequence[Scored]) -> list[tuple[Kind, ...]]:
            [one] = scored
            heard = RULES.hear(one.statement, one.text, one.targets, one.toward)
            found.append(set(told_of(heard, one.names).traits.grams))
            return [()]

    reader_with(Asked()).read([StatementText(id="1", text=text)])
    return found[0]


def without_article(grams: set[int]) -> set[int]:
    """Without what "the" before a party's name brings in."""
    return (
        grams
        - set(grams_of(seen_words("but the Zorblatt", [])))
        - set(grams_of(seen_words("but Zorblatt", [])))
    )


@given(st.text(max_size=300))
def test_every_word_is_seen_at_its_place_in_order(text: str) -> None:
    places = [(word.start, word.end) for sentence in seen_words(text, []) for word in sentence]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))


@given(st.text(max_size=200))
def test_whatever_is_marked_as_a_name_is_not_seen(text: str) -> None:
    seen = {word.text for sentence in seen_words(text, [Span(0, len(text))]) for word in sentence}
    assert seen <= {NAME}


def test_every_number_has_a_name_and_lies_within_one() -> None:
    text = normalise("We won! Thank you, and congratulations to all. The Tories have lied.")
    told = told_of(RULES.hear(StatementText(id="1", text=text.original), text, [], []))
    assert len(told.traits.numbers) == len(NUMBERS)
    assert all(-1 <= number <= 1 for number in told.traits.numbers)
    numbers = dict(zip(NUMBERS, told.traits.numbers, strict=True))
    assert numbers["found thanks"] == 1
    assert numbers["odds refusal"] == -1
    assert sum(number > 0 for name, number in numbers.items() if name in OCCASIONS) == 1


def test_without_a_date_the_occasion_is_unknown() -> None:
    assert occasion_of(StatementText(id="1", text="")) == "unknown"


# ---- what it changes -----------------------------------------------------------------------------------


def test_a_kind_without_words_of_its_own_stands_where_the_encoder_hears_it() -> None:
    text = "It rained all day. The numbers are the numbers, and she earned the seat. I will make tea now."
    numbers = np.array([float(name == "read concession") for name in NUMBERS])
    listening = replace(head(KindName.CONCESSION, bias=3.0), numbers=numbers)
    found = kinds_of(read(text, listening))[KindName.CONCESSION]
    assert text[found.start : found.end].strip() == "The numbers are the numbers, and she earned the seat."


EXAMPLES = sorted({sentence for rule in read_tables().rules for sentence in rule.examples})


def test_without_a_head_every_answer_is_that_of_the_rules() -> None:
    """Shown on every example of the rule tables."""
    statements = [StatementText(id=str(number), text=text) for number, text in enumerate(EXAMPLES)]
    by_rules = reader_with(RulesAlone()).read(statements)
    method = layered().method
    assert reader_with(layered()).read(statements) == [
        replace(
            reading,
            method=reading.method.replace(RULES.method, method),
            kinds=tuple(replace(kind, method=method) for kind in reading.kinds),
        )
        for reading in by_rules
    ]
    assert sum(bool(reading.kinds) for reading in by_rules) > len(EXAMPLES) / 2


@given(st.text(max_size=200))
def test_a_reader_of_the_rules_alone_reads_by_the_rules(text: str) -> None:
    statements = [StatementText(id="1", text=text), StatementText(id="2", text=f"We won! {text}")]
    plain = Reader(Roster(), SCORER, None, RulesAlone())
    assert plain.method.endswith(RULES.method)
    for reading in plain.read(statements):
        assert {kind.method for kind in reading.kinds} <= {RULES.method}


SCORER = scorer_for("vader")


def test_a_kind_that_no_rule_hears_stands_at_the_sentence_that_weighed_most() -> None:
    text = f"A long day of letters. {ODD} Good night."
    found = kinds_of(read(text, head(KindName.CONCESSION, bias=-3, lanterns=6)))[KindName.CONCESSION]
    assert text[found.start : found.end] == ODD
    assert found.confidence == pytest.approx(1 / (1 + np.exp(-3)), abs=0.01)
    assert (found.strength, found.scope, found.types, found.incivility) == (None, None, (), False)


def test_a_place_counts_code_points_of_the_original() -> None:
    text = f"#LongDay &amp; letters\u2026 \U0001f6b2\n{ODD}"
    found = kinds_of(read(text, head(KindName.CONCESSION, bias=-3, lanterns=6)))[KindName.CONCESSION]
    assert text[found.start : found.end] == ODD


def test_a_kind_of_the_rules_can_be_dropped_and_the_others_stay() -> None:
    text = "Thank you all! We won this seat."
    before = kinds_of(reader_with(RulesAlone()).read([StatementText(id="1", text=text)])[0])
    after = kinds_of(read(text, head(KindName.THANKS, bias=-5)))
    assert set(before) - set(after) == {KindName.THANKS}
    assert set(after) < set(before)
    for name, kind in after.items():
        assert replace(kind, method="") == replace(before[name], method="")


def test_what_the_rules_found_falls_only_below_the_floor() -> None:
    text = "Thank you all! We won this seat."
    unsure = {"bias": -1.0, "floor": 0.2}  # probability 0.27
    assert KindName.THANKS in kinds_of(read(text, head(KindName.THANKS, **unsure)))
    assert KindName.PLEDGE not in kinds_of(read(text, head(KindName.PLEDGE, **unsure)))
    assert KindName.THANKS not in kinds_of(read(text, head(KindName.THANKS, bias=-1.5, floor=0.2)))


def test_a_kind_of_the_rules_that_stands_keeps_all_but_its_confidence() -> None:
    text = "I concede. Congratulations to my opponent on winning this seat."
    before = kinds_of(reader_with(RulesAlone()).read([StatementText(id="1", text=text)])[0])[
        KindName.CONCESSION
    ]
    after = kinds_of(read(text, head(KindName.CONCESSION, bias=2)))[KindName.CONCESSION]
    assert before.strength is not None
    assert after.confidence == pytest.approx(0.881, abs=0.001)
    assert replace(after, confidence=before.confidence, method=before.method) == before


def test_an_accusation_that_stands_keeps_its_types_and_its_insult() -> None:
    text = "What a bunch of liars and jokers on her front bench."
    before = kinds_of(reader_with(RulesAlone()).read([StatementText(id="1", text=text)])[0])
    after = kinds_of(read(text, head(KindName.ACCUSATION, bias=2)))
    found, kept = before[KindName.ACCUSATION], after[KindName.ACCUSATION]
    assert found.types == (AccusationType.CHARACTER,)  # where no words are left to tell, it is policy
    assert found.incivility
    assert replace(kept, confidence=found.confidence, method=found.method) == found


def test_a_kind_that_the_rules_heard_too_weakly_keeps_what_they_heard() -> None:
    for text in EXAMPLES:
        statement = StatementText(id="1", text=text)
        told = told_of(RULES.hear(statement, normalise(text), [], []))
        weak = [kind for kind in told.weighed if kind not in told.by_rules]
        if weak:
            break
    else:
        pytest.skip("every example of the rules stands by itself")
    [added] = [kind for kind in read(text, head(weak[0], bias=3)).kinds if kind.kind is weak[0]]
    best = told.weighed[weak[0]].evidence[0]
    assert (added.start, added.end) == normalise(text).to_original(best.start, best.end)
    assert (added.strength, added.scope) == (told.weighed[weak[0]].strength, told.weighed[weak[0]].scope)


def test_an_added_accusation_is_about_a_rival_in_its_sentence() -> None:
    reading = read(
        "A good day. Labour will answer for the lanterns.",
        head(KindName.ACCUSATION, bias=-3, lanterns=6, threshold=0.9),
    )
    [found] = [kind for kind in reading.kinds if kind.kind is KindName.ACCUSATION]
    assert [reading.targets[index].who for index in found.targets] == ["Labour"]


def test_an_added_kind_of_an_addressed_rival_has_a_place_in_the_text() -> None:
    """What only a reply shows has no place of its own."""
    statement = StatementText(id="1", text=ODD, reply_to="@somebody")
    text = normalise(ODD)
    target = Target(None, None, "", "somebody", TargetType.PERSON, Basis.REPLY, 0.9)
    [found] = layered(head(KindName.ACCUSATION, bias=3)).find([Scored(statement, text, [target], [None], [])])
    [accusation] = [kind for kind in found if kind.kind is KindName.ACCUSATION]
    assert (accusation.start, accusation.end) == (0, len(ODD))


@given(st.text(max_size=200), st.sampled_from(KINDS))
def test_an_added_kind_lies_within_any_text(text: str, kind: KindName) -> None:
    statement = StatementText(id="1", text=text)
    [found] = layered(head(kind, bias=3)).find([Scored(statement, normalise(text), [], [], [])])
    [one] = [each for each in found if each.kind is kind]
    assert 0 <= one.start <= one.end <= len(text)


def test_kinds_stand_in_the_order_of_the_codebook() -> None:
    reading = read(f"Thank you. {ODD}", *(head(kind, bias=3) for kind in reversed(KINDS)))
    names = [kind.kind for kind in reading.kinds]
    assert names == sorted(names, key=KINDS.index)
    assert len(names) > 5


def test_what_a_layer_adds_does_not_claim_one_outcome_both_ways() -> None:
    claims = (KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL)
    reading = read(ODD, *(head(kind, bias=3) for kind in claims))
    assert [kind.kind for kind in reading.kinds] == [KindName.REFUSAL]


def test_every_finding_names_the_layer_and_so_does_the_reading() -> None:
    finder = layered(head(KindName.CONCESSION, bias=3))
    [reading] = reader_with(finder).read([StatementText(id="1", text=f"Thank you. {ODD}")])
    rules, _, layer = finder.method.partition("~layer-")
    assert rules == RULES.method
    assert len(layer) == 8
    assert {kind.method for kind in reading.kinds} == {finder.method}
    assert reading.method.split("+")[-1] == finder.method


def test_another_layer_has_another_name() -> None:
    one, other = (layered(head(KindName.CONCESSION, bias=bias)).method for bias in (1, 2))
    assert one != other


def test_a_text_in_another_language_has_no_kinds() -> None:
    reading = read(
        "Wir danken allen Wählerinnen und Wählern für ihr Vertrauen.", head(KindName.THANKS, bias=3)
    )
    assert reading.kinds == ()


def test_a_layer_over_other_rules_is_refused_and_the_message_says_what_to_do() -> None:
    with pytest.raises(UnusableLayer, match=r"a\.npz: .*kinds-rules-0.*train it again") as refused:
        layered(rules="kinds-rules-0")
    assert RULES.method in str(refused.value)


def test_a_layer_that_listened_to_another_encoder_is_refused() -> None:
    with pytest.raises(UnusableLayer, match="encoder-0") as refused:
        layered(encoder="encoder-0 behind layer-0")
    assert VOICES["encoder"] in str(refused.value)


def test_chances_are_the_curve_of_the_added_up_log_odds() -> None:
    numbers = np.linspace(-1, 1, len(NUMBERS))
    table = np.zeros(BUCKETS)
    table[7], table[9] = 1.27, -0.5
    one = Head(KindName.PLEDGE, 0.25, numbers, table, -0.5, 2.0, 0.5, 0.5)
    layer = read_layer(written([one, head(KindName.THANKS)], VOICES), "a.npz")
    text = normalise("Thank you. We will mend the road.")
    traits = told_of(RULES.hear(StatementText(id="1", text=""), text, [], [])).traits
    traits = replace(traits, grams={7: (0, 1), 9: (0, 1), 11: (0, 1)})
    odds = 0.25 + float(numbers @ np.array(traits.numbers)) + 1.27 - 0.5
    expected: Mapping[KindName, float] = {
        KindName.PLEDGE: 1 / (1 + np.exp(-(2 * odds - 0.5))),
        KindName.THANKS: 0.5,
    }
    assert layer.chances(traits) == pytest.approx(expected, abs=1e-5)
