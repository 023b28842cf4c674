"""Promises on quotations in articles of other outlets: verbs, titles, namesakes, roles, hostile lengths."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.quotes import Place, find_quotations
from archive.quotes.tables import cues, words

OPENING = (
    "Harbour seat changes hands\n\nMaria Okafor, the Seaside Party candidate, beat the Land Party's "
    "Dan Whitlow in Harbour North on Thursday.\n\n"
)
OKAFOR, WHITLOW = "Maria Okafor", "Dan Whitlow"


def speakers(text: str) -> list[str | None]:
    return [quotation.speaker for quotation in find_quotations(OPENING + text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will fix the roads first,” chimed in Whitlow.", [WHITLOW]),
        ("“We will fix the roads first,” Okafor deadpanned.", [OKAFOR]),
        ("“We will fix the roads first,” Whitlow zizzled on Friday.", [WHITLOW]),
        ("“We will fix the roads first,” zizzled Whitlow.", [WHITLOW]),
        ("“We will fix the roads first,” said Rep. Dan Whitlow, R-Ohio.", [WHITLOW]),
        ("“We will fix the roads first,” Whitlow, 52, said.", [WHITLOW]),
        ("“We will fix the roads first,” Sen. Whitlow, D-Vt., said in a statement.", [WHITLOW]),
        ("“We will fix the roads first,” Cllr Ade Obi (Land) said.", ["Ade Obi"]),
        ("“We will fix the roads first,” Okafor told the BBC’s Ann Lee.", [OKAFOR]),
        ("Said\xa0Okafor:\xa0“We will fix the roads first.”", [OKAFOR]),
        ("As Whitlow put it, “it was never going to be easy”.", [WHITLOW]),
        ("In the words of Whitlow, “it was never going to be easy”.", [WHITLOW]),
        ("Per Whitlow, “it was never going to be easy”.", [WHITLOW]),
        ("WHITLOW: “We will fix the roads first.”", [WHITLOW]),
        ("“We will fix the roads first” – Dan Whitlow, Land Party", [WHITLOW]),
        ("Whitlow was accused by Okafor of “lying to the people of this town”.", [OKAFOR]),
        ("Whitlow, whom Okafor called “a man without a plan”, left early.", [OKAFOR]),
        ("Whitlow’s claim that Okafor was “a danger to the town” was false.", [WHITLOW]),
        ("Okafor — who had led all night — said “it is time for a change”.", [OKAFOR]),
        ("“Is it time for a change?” Whitlow asked. “Yes, of course it is,” said Okafor.", [WHITLOW, OKAFOR]),
        ("“It was never easy,” said Okafor; “we will go on,” Whitlow answered.", [OKAFOR, WHITLOW]),
        ("Okafor’s campaign manager, Tess Brink, said: “The town deserves better.”", ["Tess Brink"]),
        ("The mayor of Harbour, Lin Park, said: “The town deserves better.”", ["Lin Park"]),
        ("Voter Pat Mill, 67, said: “I liked her better this time.”", ["Pat Mill"]),
        ("The Seaside candidate said: “We will fix the roads first.”", [OKAFOR]),
        ("“Nobody can say, ‘we did not know’, after that night,” Okafor said.", [OKAFOR]),
    ],
)
def test_other_ways_to_attribute_give_the_speaker(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("The campaign said: “We will fix the roads first.”", "The campaign"),
        ("A spokesperson for Okafor said: “We will fix the roads first.”", "A spokesperson"),
        ("“Roads first, schools next, taxes never,” the post read.", "the post"),
        ("Critics say Whitlow is “a danger to the whole town”.", "Critics"),
        ("“I liked her better this time,” the 52-year-old said.", "the 52-year-old"),
    ],
)
def test_who_has_no_name_is_given_by_the_place_of_the_mention(text: str, mention: str) -> None:
    (found,) = find_quotations(OPENING + text)

    assert found.speaker is None or found.speaker == mention
    assert found.speaker_start is not None
    assert (OPENING + text)[found.speaker_start : found.speaker_end] == mention


def test_a_speaker_named_behind_reopened_paragraphs_spoke_all_of_them() -> None:
    text = "“I am no quitter at all.\n\n“I am a fighter, and I fight.\n\n“I will be back,” Whitlow said."

    assert speakers(text) == [WHITLOW] * 3


def test_surnames_that_are_parties_or_titles_are_surnames_behind_a_name() -> None:
    text = (
        "Sue Green beat Tom King.\n\n“We will fix the roads first,” Green said.\n\n“No, you will not,” Mr "
        "King said.\n\nGreen Party leader Ann Lee said: “We all like her.”"
    )

    assert [q.speaker for q in find_quotations(text)] == ["Sue Green", "Tom King", "Ann Lee"]


def test_mr_and_mrs_tell_two_of_one_surname_apart() -> None:
    text = (
        "Bill Carver met Ann Carver, and she smiled.\n\nBill Carver left when he could.\n\nAnn "
        "Carver danced when she could.\n\n“We won this together,” Mrs Carver "
        "said.\n\n“I did not do much,” said Mr Carver."
    )

    assert [q.speaker for q in find_quotations(text)] == ["Ann Carver", "Bill Carver"]


@pytest.mark.parametrize("thing", ["The slogan", "A banner", "Her book, entitled", "Their anthem,"])
def test_the_name_of_a_thing_is_no_statement(thing: str) -> None:
    assert find_quotations(f"{OPENING}{thing} “roads first and schools later” was everywhere.") == []


@pytest.mark.parametrize("marks", ["''", '""', "‘’", "“”", "„“"])
def test_the_style_of_marks_changes_nothing(marks: str) -> None:
    opening, closing = marks[0], marks[1]
    text = (
        f"{opening}We worked for this for years,{closing} Okafor said. {opening}It was long.{closing} She "
        f"added: {opening}Tomorrow we will start on the roads.{closing}"
    )

    assert speakers(text) == [OKAFOR] * 2


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(form for form in cues() if form.endswith("ed"))))
def test_every_verb_of_the_table_attributes_in_the_past(verb: str) -> None:
    assert speakers(f"“We will fix the roads first,” {WHITLOW} {verb}.") == [WHITLOW]


def test_a_form_stands_for_one_verb_and_lists_are_in_lower_case() -> None:
    assert all(form == form.lower() for form in cues())
    assert all(word == word.lower() for word in words("speech_nouns") | words("naming_words"))


def test_a_caption_is_told_from_the_text_and_takes_no_speaker_from_it() -> None:
    caption = "“A night for all of us here” “This is our night,” said Dan Whitlow. (Photo: Ann Lee)"
    text = f"{OPENING}“We did it together, friends,” Okafor said.\n\n{caption}"
    found = find_quotations(text, captions=[(len(text) - len(caption), len(text))])

    assert [(q.speaker, q.place) for q in found][:1] == [(OKAFOR, Place.TEXT)]
    assert {(q.speaker, q.place) for q in found[1:]} == {(WHITLOW, Place.CAPTION)}


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "“ ",
        "'a ",
        "Abc Def, ",
        "(",
        "Mr. ",
        '"a b c d\n\n',
        'Abc "a b c d" ',
        "per Abc ",
        "said by Jo ",
        "Jo's claim ",
    ],
)
def test_long_hostile_texts_are_read_to_their_end(piece: str) -> None:
    """Quadratic work would take hours for these."""
    text = piece * (100_000 // len(piece)) + f"\n\n“We will fix the roads first,” {OKAFOR} said."

    assert find_quotations(text)[-1].speaker == OKAFOR
