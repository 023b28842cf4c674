"""The promises of analysis.sentiment: every fault of VADER that METHODS names has its remedy."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from analysis.contract import Label, Question, Sentiment, Span
from analysis.sentiment import DEFAULT_SCORER, SCORERS, UnknownMethod, scorer_for
from analysis.text import normalise

NEED_A_MODEL = {"transformers"}
RULES = "vader-target"
"""The method whose promises these are; what they build on goes for `linear`, too."""

NEGATIVE, NEUTRAL, POSITIVE = Label.NEGATIVE, Label.NEUTRAL, Label.POSITIVE


def place(text: str, words: str) -> Span:
    """Where the first `words` stand."""
    start = text.index(words)
    return Span(start, start + len(words))


def toward(text: str, target: str, *names: str, method: str = RULES) -> Sentiment:
    """How `text` speaks of `target`, where `names` are recognised."""
    spans = tuple(place(text, name) for name in names)
    return scorer_for(method).score([Question(normalise(text), place(text, target), names=spans)])[0]


def whole(text: str, *names: str, method: str = RULES) -> Sentiment:
    """How `text` speaks."""
    spans = tuple(place(text, name) for name in names)
    return scorer_for(method).score([Question(normalise(text), names=spans)])[0]


def addressed(text: str) -> Sentiment:
    """How `text` speaks to the one at whom it is directed."""
    return scorer_for(RULES).score([Question(normalise(text), addressed=True)])[0]


def labels(text: str, names: Sequence[str]) -> list[Label]:
    """The labels of all `names` of a text, each asked for as a target."""
    return [toward(text, name, *names).label for name in names]


# ---- the table of scorers


def test_every_scorer_of_the_table_answers_every_question_in_order() -> None:
    text = normalise("Greens praised Tories.")
    questions = [Question(text), Question(text, Span(0, 6)), Question(text, addressed=True)]
    for name in SCORERS.keys() - NEED_A_MODEL:
        scorer = scorer_for(name)
        answers = scorer.score(questions)
        assert [answer.method for answer in answers] == [scorer.method] * 3
        assert all(-1 <= answer.score <= 1 and 0 <= answer.confidence <= 1 for answer in answers)


def test_an_unknown_method_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UnknownMethod, match="'oracle'; known: vader, vader-target"):
        scorer_for("oracle")


def test_methods_carry_their_versions() -> None:
    assert scorer_for("vader").method == "vader-3.3.2"
    assert scorer_for("vader-target").method == "vader-target-3"
    assert scorer_for("linear").method == "linear-1"
    assert DEFAULT_SCORER == "linear"


def test_importing_the_package_does_not_load_vadersentiment() -> None:
    code = "import sys, analysis.sentiment; sys.exit('vaderSentiment' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_equal_questions_get_equal_answers_in_any_company() -> None:
    one = Question(normalise("The mayor lied to us."), Span(0, 9))
    other = Question(normalise("A wonderful day."))
    scorer = scorer_for(RULES)
    assert scorer.score([one, other, one]) == [*scorer.score([one]), *scorer.score([other, one])]


# ---- METHODS section 2, row by row: what plain VADER gets wrong stands beside what the rules say


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ"])
def test_every_apostrophe_keeps_its_negation(apostrophe: str) -> None:
    text = f"I don{apostrophe}t trust the mayor."
    assert toward(text, "the mayor").label == NEGATIVE
    assert toward(text, "the mayor") == toward("I don't trust the mayor.", "the mayor")


@pytest.mark.parametrize(
    "text",
    [
        "The party met on Monday.",
        "Officials of the United States spoke about security.",
        "The justice department has a new office.",
        "The minister of defence answered.",
    ],
)
def test_political_false_friends_carry_no_valence(text: str) -> None:
    assert whole(text, method="vader").label == POSITIVE
    assert whole(text).score == 0.0


@pytest.mark.parametrize("name", ["Rob Savage", "Grant Love", "Hope Grieve", "Freedom and Justice Alliance"])
def test_recognised_names_are_masked(name: str) -> None:
    text = f"{name} visited the market."
    assert whole(text, method="vader").score != 0.0
    assert toward(text, name).score == 0.0
    assert whole(text, name).score == 0.0
    assert toward(text, "the market", name).score == 0.0


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Victory in Northfield tonight.", POSITIVE),
        ("They stole the count.", NEGATIVE),
        ("A corrupt council.", NEGATIVE),
        ("Another lie about our school.", NEGATIVE),
        ("More sleaze from the town hall.", NEGATIVE),
        ("What a hypocrite.", NEGATIVE),
        ("The bin contract is a shambles.", NEGATIVE),
        ("We are gutted.", NEGATIVE),
        ("She conceded at noon.", NEGATIVE),
    ],
)
def test_election_words_that_vader_lacks_count(text: str, label: Label) -> None:
    assert whole(text, method="vader").score == 0.0
    assert whole(text).label == label


@pytest.mark.parametrize(
    "text",
    [
        "The Greens will tackle poverty and cut crime.",
        "The Greens are fighting corruption.",
        "The Greens stand against sleaze.",
        "The Greens will end the scandal.",
        "The Greens stopped the fraud.",
    ],
)
def test_whoever_fights_a_bad_thing_is_not_spoken_of_badly(text: str) -> None:
    assert whole(text, method="vader").label != POSITIVE
    assert toward(text, "The Greens").label == POSITIVE


def test_a_bad_word_that_describes_the_target_of_a_fight_stays_bad() -> None:
    assert toward("We stand against the corrupt Tories.", "Tories").label == NEGATIVE


@pytest.mark.parametrize(
    "text",
    [
        "I don't think that on this or any other question the council is honest.",
        "Nobody in this town still believes that the council is honest.",
        "No one on our street thinks for a moment that the council is honest.",
        "Never before in all these years was the council less than evasive or honest.",
    ],
)
def test_negation_reaches_to_the_end_of_its_clause(text: str) -> None:
    assert toward(text, "the council").label == NEGATIVE


def test_negation_ends_with_its_clause() -> None:
    text = "I never met the clerk, but the mayor is brilliant."
    assert toward(text, "the mayor").label == POSITIVE


@pytest.mark.parametrize("text", ["The mayor is not only honest.", "The mayor is without doubt honest."])
def test_a_negator_that_denies_nothing_leaves_praise_alone(text: str) -> None:
    assert toward(text, "The mayor").label == POSITIVE


def test_but_is_read_by_clauses() -> None:
    text = "The mayor is good, but the council is bad."
    assert toward(text, "The mayor").label == POSITIVE
    assert toward(text, "the council").label == NEGATIVE


def test_scores_do_not_saturate_with_length() -> None:
    assert whole("A good plan. " * 60, method="vader").score > 0.99
    assert whole("A good plan. " * 60).score == whole("A good plan.").score < 0.9


@pytest.mark.parametrize("text", ["#StopTheSteal", "#CorruptCouncil", "#BrokenPromises"])
def test_hashtags_are_read_as_words(text: str) -> None:
    assert whole(text, method="vader").score == 0.0
    assert whole(text).label == NEGATIVE


@pytest.mark.parametrize("text", ["@honest_and_great", "@winning_smile: see you at seven"])
def test_a_handle_is_a_name_whatever_words_it_holds(text: str) -> None:
    assert whole(text).score == 0.0


@pytest.mark.parametrize(
    "cue", ["Yeah right, {}", "{} 🙄", "{} #sarcasm", "Thanks for nothing. {}", "{} What could go wrong"]
)
def test_a_cue_of_sarcasm_lowers_the_confidence_and_no_more(cue: str) -> None:
    plain = "The mayor will repair the bridge, a wonderful plan."
    text = cue.format(plain)
    assert toward(text, "The mayor").confidence < toward(plain, "The mayor").confidence - 0.1


def test_a_flood_of_emoji_says_no_more_than_its_first_few() -> None:
    assert whole("Thank you 😊😊😊😊").score == whole("Thank you " + "😊" * 500).score < 1


def test_a_row_of_different_emoji_is_capped_too() -> None:
    assert whole("See you soon 😊 😀 😍 😁 😃 😄").score == whole("See you soon 😊 😀 😍").score > 0


# ---- who does what to whom


def test_the_targets_of_praise_and_attack_are_told_apart() -> None:
    names = ["Ana Bell", "Ben Crow", "Cora Dale", "Dan Eck"]
    text = "Ana Bell praised Ben Crow, and Cora Dale slammed Dan Eck."
    assert labels(text, names) == [NEUTRAL, POSITIVE, NEUTRAL, NEGATIVE]


def test_the_passive_turns_the_parts_round() -> None:
    names = ["Bell", "Crow", "Dale", "Eck"]
    text = "Bell was praised by Crow, while Dale was slammed by Eck."
    assert labels(text, names) == [POSITIVE, NEUTRAL, NEGATIVE, NEUTRAL]


@pytest.mark.parametrize(
    ("text", "target", "label"),
    [
        ("The mayor lied to the inquiry.", "The mayor", NEGATIVE),
        ("The inquiry was misled by the mayor.", "the mayor", NEGATIVE),
        ("Keira Stone was convicted and jailed.", "Keira Stone", NEGATIVE),
        ("The mayor is facing criticism over the bridge.", "The mayor", NEGATIVE),
        ("Residents thanked the mayor.", "the mayor", POSITIVE),
        ("The mayor won by a mile.", "The mayor", POSITIVE),
        ("The mayor did not lie to us.", "The mayor", NEUTRAL),
        ("Labour's failure on housing", "Labour", NEGATIVE),
        ("The failure of Labour on housing", "Labour", NEGATIVE),
        ("Labour failed on housing", "Labour", NEGATIVE),
        ("His brilliant speech", "His", POSITIVE),
    ],
)
def test_verbs_and_possessives_speak_of_their_target(text: str, target: str, label: Label) -> None:
    if label == NEUTRAL:
        assert toward(text, target).label != NEGATIVE
    else:
        assert toward(text, target).label == label


@pytest.mark.parametrize(
    "text",
    [
        '"The budget is a disgrace," said the clerk.',
        "The clerk said on Tuesday that the budget is a disgrace.",
        "The budget is a disgrace, according to the clerk.",
        "The clerk has sent the council a clear message: the budget is a disgrace.",
    ],
)
def test_what_a_target_says_is_no_judgement_of_the_target(text: str) -> None:
    target = "The clerk" if text.startswith("The clerk") else "the clerk"
    assert abs(toward(text, target).score) < 0.25
    assert toward(text, "budget").label == NEGATIVE


def test_sending_is_speech_only_with_a_message_as_its_object() -> None:
    assert toward("The clerk has sent the council a disgrace of a budget.", "The clerk").label == NEGATIVE


def test_words_near_the_target_count_more_than_words_far_away() -> None:
    text = "The brilliant clerk of our old town by the sea wrote a letter about the terrible harbour."
    assert toward(text, "clerk").score > toward(text, "harbour").score


def test_the_next_sentence_speaks_of_the_target_less_than_its_own() -> None:
    own = toward("The mayor arrived, a horrible day.", "The mayor").score
    beside = toward("The mayor arrived. A horrible day.", "The mayor").score
    assert own < beside < 0


def test_a_sentence_that_names_somebody_else_does_not_speak_of_the_target() -> None:
    text = "The mayor arrived. Eck is a corrupt disgrace."
    assert toward(text, "The mayor", "The mayor", "Eck").score == 0.0


@pytest.mark.parametrize(
    ("text", "target", "label"),
    [
        ("Polls close at ten. Vote Greens!", "Greens", POSITIVE),
        ("We need you to vote for the Greens", "Greens", POSITIVE),
        ("Please vote Ana Bell on Thursday", "Ana Bell", POSITIVE),
        ("On the doorstep again #VoteGreens", "#VoteGreens", POSITIVE),
        ("On the doorstep again #StopGreens", "#StopGreens", NEGATIVE),
        ("Don't vote Greens", "Greens", NEGATIVE),
    ],
)
def test_a_call_to_vote_speaks_of_whom_it_names(text: str, target: str, label: Label) -> None:
    assert toward(text, target).label == label


# ---- texts directed at somebody


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("You lost when a turnip could have won.", NEGATIVE),
        ("You lied to this town. I believed you.", NEGATIVE),
        ("Shame on you.", NEGATIVE),
        ("You failed us, resign.", NEGATIVE),
        ("You were brilliant tonight, thank you.", POSITIVE),
        ("Congratulations on a great campaign!", POSITIVE),
        ("See you on Friday.", NEUTRAL),
    ],
)
def test_a_text_without_a_place_for_its_target_is_read_as_said_to_it(text: str, label: Label) -> None:
    assert addressed(text).label == label


def test_what_could_have_been_is_no_praise() -> None:
    assert addressed("You could have won.").label != POSITIVE


# ---- confidence


def test_confidence_is_no_constant_and_grows_with_the_evidence() -> None:
    weak = toward("The mayor has a rather unclear but reliable plan", "The mayor")
    strong = toward("The mayor is a corrupt, lying disgrace.", "The mayor")
    assert strong.label == NEGATIVE
    assert strong.confidence > 0.6 > weak.confidence
