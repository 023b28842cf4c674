"""What the language gate promises: English posts pass, foreign ones and empty ones do not."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.language import LANGUAGES, language_of
from analysis.text import normalise

ENGLISH = (
    "We fought for every vote, and the people of this town have decided.",
    "Thank you to everyone who knocked on doors for us today!",
    "Thank you!",
    "Yes!",
    "Congratulations Siân 👏👏",
    "Delighted to be in Llandudno with @GwenPryce #Cymru #Llafur",
    "Great to meet José and François at the café this morning, what a team",
    "God bless Nigeria and all who work to build it.",
    "Polling stations close at 10pm https://a.example/vote",
    "I AM PROUD OF WHAT WE HAVE DONE TOGETHER",
    "Olumide Adeyemi and Chidinma Okafor will not stop our campaign, they said",
)
FOREIGN = (
    ("fr", "Nous avons gagné grâce à vous, merci à toutes et à tous pour votre confiance."),
    ("es", "Hoy ganamos todos. Gracias por su confianza, seguimos trabajando por nuestro pueblo."),
    ("pt", "Muito obrigado a todos que foram às urnas neste domingo, a luta continua."),
    ("de", "Wir haben verloren, aber wir kämpfen weiter für unsere Stadt."),
    ("el", "Ευχαριστούμε όλους όσοι μας στήριξαν σε αυτή τη δύσκολη μάχη."),
    ("ar", "شكرا لكل من صوت لنا في هذه الانتخابات"),
    ("ru", "Спасибо всем, кто пришёл на выборы и поддержал нас."),
    ("cy", "Diolch i bawb a bleidleisiodd drosom ni heddiw yn yr etholiad."),
    ("tr", "Bugün sandığa giden herkese teşekkür ederim, birlikte kazandık."),
)
WORDLESS = (
    "",
    "   ",
    "https://a.example/b",
    "@one @two",
    "🎉🎉🎉",
    "12.5% 2019",
    "@one https://a.example/b 🎉",
    "...",
)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_posts_are_english(text: str) -> None:
    assert language_of(normalise(text)).code == "en"


@pytest.mark.parametrize(("code", "text"), FOREIGN)
def test_foreign_posts_are_named_by_their_language(code: str, text: str) -> None:
    found = language_of(normalise(text))

    assert found.code == code
    assert found.confidence > 0.5


@pytest.mark.parametrize("text", WORDLESS)
def test_a_text_without_words_has_no_language(text: str) -> None:
    found = language_of(normalise(text))

    assert found.code is None
    assert found.confidence == 0.0


def test_names_links_and_hashtags_do_not_make_a_foreign_post_english() -> None:
    text = "Hoy estuve con @TheStateNews en la plaza #ThankYouAllForThis https://the-people.example/of/this/and/that"

    assert language_of(normalise(text)).code == "es"


def test_a_post_of_nothing_but_hashtags_is_read_by_their_words() -> None:
    assert language_of(normalise("#ThankYouToAllOfOurVolunteers")).code == "en"


def test_one_word_that_could_be_anything_has_no_language() -> None:
    assert language_of(normalise("Bravo!")).code is None


def test_the_platforms_opinion_tips_the_scales_of_a_short_post() -> None:
    short = normalise("Fantastico!")

    english, italian = language_of(short, "en-GB"), language_of(short, "it")

    assert italian.code != "en"
    assert english != italian


def test_the_platforms_opinion_does_not_overrule_a_clear_text() -> None:
    assert language_of(normalise(FOREIGN[1][1]), "en").code == "es"
    assert language_of(normalise(ENGLISH[0]), "fr").code == "en"


def test_an_unknown_opinion_changes_nothing() -> None:
    short = normalise("Fantastico!")

    assert language_of(short, "und") == language_of(short, "qht") == language_of(short)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gets_a_known_code_and_a_probability(text: str) -> None:
    found = language_of(normalise(text))

    assert found.code is None or found.code in LANGUAGES
    assert 0.0 <= found.confidence <= 1.0


@pytest.mark.parametrize("unit", ["😀", "a", "the ", "é", "中", "#a", "@a", "e\u0301", "' "])
def test_a_flood_is_identified_without_reading_it_over_and_over(unit: str) -> None:
    """More than linear work would not end here; no clock is asked."""
    found = language_of(normalise((unit * 100_000)[:100_000]))

    assert 0.0 <= found.confidence <= 1.0


def test_the_model_is_not_loaded_before_it_is_needed() -> None:
    code = (
        "import sys; from analysis.language import language_of; from analysis.text import normalise; "
        "language_of(normalise('The people have decided and we thank them for it.')); "
        "sys.exit('py3langid' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
