"""Row by row: none of VADER's silent faults reaches a reading by `vader-target`."""

from datetime import date

import pytest

from analysis.contract import (
    Candidate,
    Contest,
    Label,
    Reading,
    Roster,
    Sentiment,
    Span,
    StatementText,
    Unscored,
)
from analysis.reader import Reader
from analysis.rule_tables import read_table
from analysis.sentiment import scorer_for, vader
from analysis.sentiment.sarcasm import find_sarcasm_cue

NEGATIVE, NEUTRAL, POSITIVE = Label.NEGATIVE, Label.NEUTRAL, Label.POSITIVE
READER = Reader(Roster(), scorer_for("vader-target"))


def read(text: str, *asked: str) -> Reading:
    """The reading of a text, with the sentiment toward the first place of each of `asked`."""
    spans = tuple(Span(text.index(words), text.index(words) + len(words)) for words in asked)
    [reading] = READER.read([StatementText(id="1", text=text, spans=spans)])
    return reading


def whole(text: str) -> Sentiment:
    """How a text speaks."""
    sentiment = read(text).sentiment
    assert sentiment is not None
    return sentiment


def toward(text: str, target: str) -> Sentiment:
    """How a text speaks of the place where `target` first stands in it."""
    sentiment = read(text, target).spans[0]
    assert sentiment is not None
    return sentiment


# ---- curly apostrophe kills negation (#66)


@pytest.mark.parametrize("apostrophe", ["’", "‘", "ʼ", "´", "`", "＇", "&#8217;", "&rsquo;"])
@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("We don't trust the council with our roads.", "the council"),
        ("Sorry, but Councillor Meadows isn't honest about the bins.", "Councillor Meadows"),
        ("You can't respect a cabinet that hides its accounts.", "a cabinet"),
    ],
)
def test_a_curly_apostrophe_negates_as_a_straight_one(text: str, target: str, apostrophe: str) -> None:
    curly = text.replace("'", apostrophe)

    assert toward(curly, target).label == NEGATIVE
    assert whole(curly) == whole(text)
    assert toward(curly, target) == toward(text, target)


# ---- party, united, justice, hope, freedom, trust, security score


@pytest.mark.parametrize(
    "text",
    [
        "The party holds its conference in Leeds.",
        "The Ministry of Justice has a new address.",
        "The hospital trust publishes its accounts in May.",
        "The Security Council meets at noon.",
        "A freedom of information request was sent on Friday.",
        "Social security rates are set each April.",
        "The United Kingdom has four nations.",
    ],
)
def test_false_friends_of_politics_carry_no_tone(text: str) -> None:
    assert vader.compound(text) > 0
    assert whole(text).label == NEUTRAL


PARTY_NAMES = sorted({row["alias"] for _, row in read_table("analysis.targets", "tables/parties.csv")})
NEUTRAL_SENTENCES = (
    "{} published a list of candidates on Monday.",
    "Members of {} met in the town hall.",
    "The count for {} begins at ten.",
)


@pytest.mark.parametrize("sentence", NEUTRAL_SENTENCES)
def test_no_party_name_gives_a_neutral_sentence_a_tone(sentence: str) -> None:
    texts = {name: sentence.format(name) for name in PARTY_NAMES}
    readings = {name: read(text, name) for name, text in texts.items()}
    biased = [
        name
        for name, reading in readings.items()
        for sentiment in (reading.sentiment, *reading.toward, *reading.spans)
        if sentiment is None or sentiment.label != NEUTRAL
    ]

    assert len(PARTY_NAMES) > 100
    assert biased == []


# ---- personal names score


NAMES = (
    *("Joy Savage", "Faith Loveday", "Grace Worth", "Jonny Fear", "Robert Wise", "Ann Strong", "Hope Battle"),
    *("Rob Grieve", "Grant Cleverly", "Dan Winner", "Ivy Loss", "Mercy Best", "Tom Crook", "Will Power"),
)
CANDIDATES = tuple(
    Candidate(f"p{i}", f"p{i}", name, name.split()[-1], "c", "e", date(2024, 7, 4))
    for i, name in enumerate(NAMES)
)
ROSTER = Roster(contests=(Contest("c", "Leeds", "e", date(2024, 7, 4)),), candidates=CANDIDATES)
WITH_ROSTER = Reader(ROSTER, scorer_for("vader-target"))
SENTENCES = ("{} met residents in Leeds.", "I spoke to {} about bus fares.", "Leeds: {}, 61, a farmer")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_candidate_is_no_judgement(name: str, sentence: str) -> None:
    text = sentence.format(name)
    start = text.index(name)
    statement = StatementText("1", text, contest="Leeds", spans=(Span(start, start + len(name)),))
    [reading] = WITH_ROSTER.read([statement])

    assert reading.sentiment is not None
    assert reading.sentiment.label == NEUTRAL
    assert {answer.label for answer in (*reading.toward, *reading.spans) if answer} == {NEUTRAL}


@pytest.mark.parametrize(
    "name", ["Rob Smith", "Grant Hope", "Dominic Grieve", "James Cleverly", "Angela Battle", "Robert Wise"]
)
@pytest.mark.parametrize("sentence", SENTENCES[:2])
def test_the_name_of_somebody_without_a_roster_is_no_judgement(name: str, sentence: str) -> None:
    text = sentence.format(name)

    assert whole(text).label == NEUTRAL
    assert toward(text, name).label == NEUTRAL


@pytest.mark.parametrize("handle", ["@RobLovesLeeds", "@hope_and_glory", "@angry_grace", "@GreatKillerBees"])
def test_a_handle_is_no_judgement(handle: str) -> None:
    assert whole(f"{handle} the surgery is at noon.").label == NEUTRAL


@pytest.mark.parametrize(
    "text",
    [
        "Mr Wise met residents.",
        "Sir Robert Wise met residents.",
        "Councillor Joy Savage met residents.",
        "Jonny Fear, MP for Leeds, met residents.",
        "Lord Justice Strong met residents.",
        "Grace Worth met residents in Leeds.",
    ],
)
def test_a_name_that_its_title_office_or_shape_shows_needs_no_roster(text: str) -> None:
    assert vader.compound(text) != 0.0
    assert whole(text).score == 0.0


# ---- election words missing


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Victory for our town tonight.", POSITIVE),
        ("A landslide victory in the North.", POSITIVE),
        ("They stole this count from us.", NEGATIVE),
        ("The clerk is corrupt.", NEGATIVE),
        ("Everything in that leaflet is a lie.", NEGATIVE),
        ("More sleaze from the same old crew.", NEGATIVE),
        ("The leader is a hypocrite.", NEGATIVE),
        ("Their budget is a shambles.", NEGATIVE),
        ("I am gutted about the count.", NEGATIVE),
        ("They misled the whole town.", NEGATIVE),
    ],
)
def test_words_of_elections_count(text: str, label: Label) -> None:
    assert vader.compound(text) == 0.0
    assert whole(text).label == label


def test_a_concession_is_no_praise_and_no_attack() -> None:
    assert toward("Councillor Meadows conceded at four o'clock.", "Councillor Meadows").label != POSITIVE


# ---- topic, not target


@pytest.mark.parametrize("verb", ["fight", "cut", "end", "tackle", "stop", "reduce", "eradicate", "combat"])
@pytest.mark.parametrize("noun", ["crime", "poverty", "fraud", "corruption", "homelessness"])
def test_whoever_would_rid_us_of_a_bad_thing_is_not_spoken_of_badly(verb: str, noun: str) -> None:
    text = f"Labour will {verb} {noun} in this city."

    assert whole(text).label != NEGATIVE
    assert toward(text, "Labour").label != NEGATIVE


@pytest.mark.parametrize(
    "text",
    [
        "Labour is fighting crime and ending poverty.",
        "Labour has tackled fraud and stopped corruption.",
        "Labour's plan to cut crime and end homelessness",
    ],
)
def test_so_in_every_form_of_the_verb(text: str) -> None:
    assert toward(text, "Labour").label != NEGATIVE


def test_a_bad_target_that_must_be_stopped_stays_bad() -> None:
    assert toward("Labour is a disgrace and must be stopped.", "Labour").label == NEGATIVE


# ---- who takes a good thing away is not praised


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Labour will cut help for carers.", "Labour"),
        ("The Tories will end support for families.", "The Tories"),
        ("The Tories will stop help for families.", "The Tories"),
        ("Labour wants to stop free school meals.", "Labour"),
        ("The Greens axed free help.", "The Greens"),
        ("The council slashed its wonderful clubs.", "The council"),
        ("Reform would scrap relief for farmers.", "Reform"),
    ],
)
def test_whoever_takes_a_good_thing_away_is_not_praised(text: str, target: str) -> None:
    assert toward(text, target).label != POSITIVE


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Labour slashed crime.", "Labour"),
        ("The Greens axed the unfair tax.", "The Greens"),
        ("The Tories scrapped the corrupt scheme.", "The Tories"),
        ("Labour's tax cuts help families.", "Labour"),
        ("The Greens stopped to help us.", "The Greens"),
    ],
)
def test_whoever_takes_a_bad_thing_away_or_helps_is_praised(text: str, target: str) -> None:
    assert toward(text, target).label == POSITIVE


def test_not_to_take_a_good_thing_away_is_no_blame() -> None:
    assert toward("The Greens won't cut help for carers.", "The Greens").label != NEGATIVE


# ---- negation reaches 3 words; nobody, no one missing


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("I don't think that after so many years anybody finds the Tories honest.", "the Tories"),
        ("I do not believe for one single moment that the Tories are honest.", "the Tories"),
        ("Nobody on this street thinks that the Tories are honest.", "the Tories"),
        ("No one I met at the market said that the Tories are honest.", "the Tories"),
        ("None of the people I spoke to believe that the Tories are honest.", "the Tories"),
        ("Never in my long life have I thought the Tories honest.", "the Tories"),
    ],
)
def test_negation_reaches_to_the_end_of_the_clause(text: str, target: str) -> None:
    assert toward(text, target).label == NEGATIVE
    assert whole(text).label == NEGATIVE


@pytest.mark.parametrize(
    "text",
    [
        "I could not come, but the Tories were brilliant tonight.",
        "Nobody came; the Tories were brilliant all the same.",
        "It was not raining. The Tories were brilliant.",
    ],
)
def test_negation_ends_with_its_clause(text: str) -> None:
    assert toward(text, "Tories").label == POSITIVE


# ---- the 'but' rule hits the first equal score


@pytest.mark.parametrize("contrast", [", but", " but", "; but", ", although", ", whereas", ", while"])
def test_each_side_of_a_contrast_speaks_of_its_own_target(contrast: str) -> None:
    text = f"The museum is wonderful{contrast} the station is terrible."

    assert toward(text, "The museum").label == POSITIVE
    assert toward(text, "the station").label == NEGATIVE


def test_equal_words_before_and_after_but_are_told_apart() -> None:
    text = "The good old mayor is good, but the clerk, no good at all, is bad."

    assert toward(text, "mayor").label == POSITIVE
    assert toward(text, "the clerk").label == NEGATIVE


# ---- the compound saturates with length (#151)


@pytest.mark.parametrize("sentence", ["The plan is good. ", "The plan is bad. ", "We met a nice clerk. "])
def test_saying_it_sixty_times_does_not_make_it_stronger(sentence: str) -> None:
    assert abs(vader.compound(sentence * 60)) > 0.98
    assert whole(sentence * 60).score == whole(sentence).score
    assert abs(whole(sentence).score) < 0.9


def test_one_harsh_word_in_a_long_neutral_text_does_not_vanish() -> None:
    assert whole("The road is long. " * 30 + "The contract is a disgrace.").label == NEGATIVE


# ---- hashtags and handles invisible (#120)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("#StopTheSteal", NEGATIVE),
        ("See you at noon #StopTheSteal", NEGATIVE),
        ("#BrokenPromises", NEGATIVE),
        ("#corrupt_council", NEGATIVE),
        ("#ToriesAreCorrupt and #LiesLiesLies", NEGATIVE),
        ("At the market today #BrilliantTeam", POSITIVE),
        ("#ProudOfOurTown", POSITIVE),
    ],
)
def test_the_words_of_a_hashtag_are_read(text: str, label: Label) -> None:
    assert vader.compound(text) == 0.0
    assert whole(text).label == label


# ---- sarcasm: cues lower the confidence; no detection is claimed


@pytest.mark.parametrize(
    "cue", ["Yeah right, {}", "{} 🙃", "{} #sarcasm", "{} What could possibly go wrong?"]
)
@pytest.mark.parametrize(
    "plain", ["Labour will fix the bridge, a wonderful plan.", "The Tories are a corrupt disgrace."]
)
def test_a_cue_of_sarcasm_lowers_the_confidence_and_turns_nothing_round(cue: str, plain: str) -> None:
    target = "Labour" if "Labour" in plain else "Tories"
    cued = cue.format(plain)

    assert toward(cued, target).label == toward(plain, target).label
    assert toward(cued, target).confidence < toward(plain, target).confidence
    assert whole(cued).label == whole(plain).label
    assert whole(cued).confidence < whole(plain).confidence


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Thank you so much for coming.", None),
        ("Thanks, so much for us to do!", None),
        ("So much for honesty.", "So much for"),
        ("They lied again. So much for honesty.", "So much for"),
        ("They lied again\nso much for honesty", "so much for"),
    ],
)
def test_so_much_for_is_a_cue_only_where_a_sentence_begins(text: str, cue: str | None) -> None:
    assert find_sarcasm_cue(text) == cue


# ---- emoji floods are slow (#110)


@pytest.mark.parametrize("emoji", ["😊", "😡", "👏🏽", "❤️", "🎉😊"])
def test_a_flood_of_emoji_says_what_a_few_of_them_say(emoji: str) -> None:
    few, flood = whole(f"The results are in {emoji * 4}"), whole(f"The results are in {emoji * 20_000}")

    assert flood.label == few.label
    assert abs(flood.score) < 1


# ---- other languages: exactly 0.0


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("el", "Είναι ντροπή αυτό που κάνει η κυβέρνηση σήμερα."),
        ("es", "Es una vergüenza lo que hace este gobierno con nuestro pueblo."),
        ("fr", "C'est une honte, ce que fait ce gouvernement avec nos hôpitaux."),
        ("pt", "É uma vergonha o que este governo faz com o nosso povo."),
        ("cy", "Mae'n warthus beth mae'r llywodraeth wedi ei wneud i'n hysgolion."),
        ("de", "Es ist eine Schande, was diese Regierung mit unseren Schulen macht."),
        ("uk", "Це ганьба, що цей уряд робить з нашими лікарнями."),
        ("hi", "यह सरकार हमारे स्कूलों के साथ जो कर रही है वह शर्मनाक है।"),
    ],
)
def test_a_text_in_another_language_has_a_reason_and_no_score(lang: str, text: str) -> None:
    reading = read(text, text[:4])

    assert reading.lang == lang
    assert reading.unscored is Unscored.UNSUPPORTED_LANGUAGE
    assert (reading.sentiment, reading.spans) == (None, (None,))
    assert set(reading.toward) <= {None}


# ---- quadratic inner loops: test_hostile_texts.py counts the work
