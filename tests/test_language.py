"""What the language gate promises: English posts pass, foreign ones and empty ones do not."""

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.language import LANGUAGES, common_words, english_words, language_of
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
SHORT_ENGLISH = (
    *(
        "Indeed",
        "Well said",
        "Cheers https://a.example/b",
        "@ann_hill So true",
        "Fair point",
        "Stay in line x",
    ),
    *(
        "Nonsense.",
        "Absolutely 👏👏",
        "#BrokenPromises",
        "#ShameOnYou",
        "@bob Heartbroken for them",
        "Resign!",
    ),
    *(
        "Lovely :)",
        "Hear, hear",
        "@a @b @c Good luck Ann",
        "Get well soon",
        "#Cymru for ever 🏴\U000e0067\U000e0062",
    ),
)
SHORT_FOREIGN = (
    *(
        ("pt", "Bom dia."),
        ("pt", "Muito obrigado!"),
        ("fr", "Merci."),
        ("fr", "Bonne nuit à tous"),
        ("es", "Gracias!"),
    ),
    *(
        ("es", "Buenos días"),
        ("de", "Danke schön"),
        ("it", "Grazie mille"),
        ("cy", "Diolch!"),
        ("sv", "Tack så mycket"),
    ),
    *(
        ("tr", "Günaydın"),
        ("pl", "Dziękujemy!"),
        ("cy", "Prynhawn da bawb"),
        ("nl", "Goedemorgen"),
        ("sw", "Asanteni sana"),
    ),
)
BETWEEN_NAMES = (
    "Plaid Cymru and Sinn Féin met the Llywydd in Dáil Éireann.",
    "A great evening in Île-de-France with José María Hernández Muñoz and the Junta de Castilla y León",
    "We met Oba Olúfẹ́mi Adébáyọ̀ and the Alaafin of Ọ̀yọ́",
    "Our team: Siôn ap Llywelyn, Gwenllïan Prydderch, Rhŷs Môn, all of Llanfair Pwllgwyngyll",
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
FOREIGN_WITH_ENGLISH_WORDS = (
    "Hoy en el meeting del team hablamos de startups, marketing y de fake news con los jóvenes",
    "Le week-end, on fait du shopping et du jogging avec des amis, c'est cool",
    "Das Meeting war ein voller Erfolg, danke an das ganze Team für den Support",
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


@pytest.mark.parametrize("text", SHORT_ENGLISH)
def test_a_post_of_few_words_is_english_where_its_words_are(text: str) -> None:
    assert language_of(normalise(text)).code == "en"


@pytest.mark.parametrize(("code", "text"), SHORT_FOREIGN)
def test_a_post_of_few_words_is_foreign_where_its_words_are(code: str, text: str) -> None:
    assert language_of(normalise(text)).code == code


@pytest.mark.parametrize("text", BETWEEN_NAMES)
def test_foreign_names_do_not_make_a_post_foreign(text: str) -> None:
    assert language_of(normalise(text)).code == "en"


@pytest.mark.parametrize("text", FOREIGN_WITH_ENGLISH_WORDS)
def test_borrowed_words_do_not_make_a_post_english(text: str) -> None:
    assert language_of(normalise(text)).code != "en"


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


def test_no_word_of_the_table_stands_for_english_and_for_another_language() -> None:
    assert english_words().isdisjoint(common_words())


def test_the_words_of_the_table_are_as_they_are_looked_up() -> None:
    for word in (*english_words(), *common_words()):
        assert normalise(word).text == word == word.lower()
        assert re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)?", word)
    for codes in common_words().values():
        assert codes <= {*LANGUAGES} - {"en"}


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
