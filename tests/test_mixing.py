"""A post that mixes languages says so: its English parts are read, the others left out."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from analysis.contract import LeftOut, Roster, Span, StatementText, Unscored
from analysis.findings import analyse
from analysis.language import LANGUAGES, language_of
from analysis.mixing import MOST_GUESSES, parts_of
from analysis.outcomes.readings import readings_of
from analysis.reader import Reader
from analysis.sentiment import scorer_for
from analysis.tagging import tag, tag_stream
from analysis.text import normalise
from db import writing
from db.models import Reading, Statement

ENGLISH = "We thank all of you for your support today."
FOREIGN = {
    "cy": "Diolch o galon i bawb a bleidleisiodd drosom ni heddiw.",
    "ga": "Go raibh míle maith agaibh go léir as an tacaíocht inniu.",
    "es": "Gracias a todos los que nos apoyaron hoy en las urnas.",
    "pt": "Obrigado a todos vocês, hoje vencemos juntos nas urnas.",
    "fr": "Merci à toutes et à tous pour votre confiance aujourd'hui.",
    "de": "Wir haben verloren, aber wir kämpfen weiter für unsere Stadt.",
    "ha": "Nagode sosai ga duk wanda ya zabe mu a yau.",
    "el": "Ευχαριστούμε όλους όσοι μας στήριξαν σήμερα.",
    "uk": "Дякуємо всім, хто підтримав нас сьогодні на виборах.",
    "ar": "شكرا لكل من صوت لنا في هذه الانتخابات",
    "zh": "谢谢大家今天的支持,我们一起努力。",
}
JOINS = {"sentences": " ", "lines": "\n", "paragraphs": "\n\n", "a slash": " / ", "a bar": " | "}
ONLY_ENGLISH = (
    "A great evening with José María Hernández and the Junta de Castilla y León, and thank you to all.",
    "Plaid Cymru and Sinn Féin met the Llywydd. They spoke of Dáil Éireann and of the Senedd.",
    "He said 'je ne regrette rien' and left the room. The minister is a disgrace to us all.",
    "Guten Morgen! Today we march for our schools and for our nurses.",
    "We stood with Alhaji Musa da Sarkin Kano, Oba Adebayo and Eze Nwosu at the rally today.",
    "The candidates are Siân Pryce-Jones, Rhŷs ap Gwilym, Gwen Llwyd. Vote for them.",
    "Our menu: crème brûlée, pain au chocolat, jamón serrano. All of it is for the volunteers.",
    "Carpe diem, they say. Et tu, Brute? We will see who has the last word.",
    "lol omg wtf smh. This is not what we were told by the council.",
)


def parts(text: str) -> list[tuple[str, str]]:
    """Language and words of each part."""
    read = normalise(text)
    return [(part.lang, text[part.start : part.end]) for part in parts_of(read, language_of(read).code)]


@pytest.mark.parametrize("join", JOINS.values(), ids=JOINS)
@pytest.mark.parametrize("code", FOREIGN)
def test_each_part_is_found_in_its_language(code: str, join: str) -> None:
    assert parts(FOREIGN[code] + join + ENGLISH) == [(code, FOREIGN[code]), ("en", ENGLISH)]
    assert parts(ENGLISH + join + FOREIGN[code]) == [("en", ENGLISH), (code, FOREIGN[code])]


@pytest.mark.parametrize("text", ONLY_ENGLISH)
def test_foreign_names_and_phrases_in_english_are_no_mixture(text: str) -> None:
    assert parts(text) == []


@pytest.mark.parametrize("code", FOREIGN)
def test_a_foreign_text_is_no_mixture(code: str) -> None:
    assert parts(f"{FOREIGN[code]} {FOREIGN[code]}") == []


def test_english_words_and_names_in_a_foreign_text_are_no_mixture() -> None:
    assert (
        parts("Hoy hablamos con The Guardian y con Fox News de fake news. Gracias a todos por venir.") == []
    )


@pytest.mark.parametrize("code", ["cy", "es", "el"])
def test_the_english_part_is_scored_as_if_it_stood_alone(code: str) -> None:
    english = "Labour lied to this town and it is a disgrace."
    alone, mixed = tag(english), tag(f"{FOREIGN[code]}\n{english}")

    assert mixed.sentiment == alone.sentiment
    assert mixed.toward == alone.toward
    assert [kind.kind for kind in mixed.kinds] == [kind.kind for kind in alone.kinds]
    assert mixed.unscored is None


@pytest.mark.parametrize("method", ["vader", "vader-target"])
def test_what_is_left_out_moves_no_score(method: str) -> None:
    """'fatal' and 'horror' stand in VADER's lexicon, and are Spanish here."""
    reader = Reader(Roster(), scorer_for(method))
    texts = [ENGLISH, f"Gracias a todos, qué horror, fue una noche fatal para nosotros.\n{ENGLISH}"]
    alone, mixed = reader.read([StatementText(id="", text=text) for text in texts])

    assert mixed.left_out
    assert mixed.sentiment == alone.sentiment


def test_the_reading_says_what_was_left_out() -> None:
    text = f"{FOREIGN['cy']}\n\n{ENGLISH}"
    reading = tag(text)

    assert reading.languages == ("cy", "en")
    assert reading.left_out == (LeftOut(0, len(FOREIGN["cy"]), "cy"),)


def test_a_text_in_one_language_names_it_and_leaves_nothing_out() -> None:
    assert (tag(ENGLISH).languages, tag(ENGLISH).left_out) == (("en",), ())
    foreign = tag(FOREIGN["es"])
    assert (foreign.languages, foreign.left_out) == (("es",), ())
    assert foreign.unscored is Unscored.UNSUPPORTED_LANGUAGE
    assert tag("...").languages == ()


def test_a_place_in_the_part_that_is_left_out_is_not_scored() -> None:
    text = f"{FOREIGN['es']} {ENGLISH}"
    inside, outside = Span(0, 7), Span(len(text) - 6, len(text) - 1)
    reading = tag(text, spans=(inside, outside))

    assert reading.spans[0] is None
    assert reading.spans[1] is not None


def test_whoever_is_only_mentioned_by_handle_there_is_kept_without_a_score() -> None:
    text = f"Gracias a todos los que nos apoyaron hoy, y a @ann_hill también.\n{ENGLISH} We won, @bob_lee!"
    toward = {target.mention: tone for target, tone in zip(tag(text).targets, tag(text).toward, strict=True)}

    assert toward["@ann_hill"] is None
    assert toward["@bob_lee"] is not None


def test_the_answer_of_tag_holds_languages_and_places() -> None:
    text = f"🎉 {FOREIGN['fr']}\n{ENGLISH}"
    sink = io.StringIO()
    line = json.dumps({"id": "1", "text": text}).encode()
    tag_stream(io.BytesIO(line), sink, Reader(Roster(), scorer_for("vader-target")))
    answer = json.loads(sink.getvalue())
    [left_out] = answer["left_out"]

    assert answer["languages"] == ["fr", "en"]
    assert answer["lang"] in answer["languages"]
    assert left_out["lang"] == "fr"
    assert FOREIGN["fr"] in text[left_out["start"] : left_out["end"]]
    assert answer["unscored"] is None


def test_the_archive_keeps_the_languages_and_what_was_left_out(engine: Engine) -> None:
    text = f"{FOREIGN['cy']}\n{ENGLISH}"
    with writing(engine) as session:
        session.add(Statement(platform="x", post_id="1", text=text, text_sha256="0"))
        session.add(Statement(platform="x", post_id="2", text=ENGLISH, text_sha256="1"))

    analyse(engine, Reader(Roster(), scorer_for("vader-target")))

    with Session(engine) as session:
        mixed, plain = session.exec(select(Reading).order_by(col(Reading.statement_id))).all()
        stored = readings_of(session, [mixed.statement_id, plain.statement_id])
    assert (mixed.languages, mixed.left_out) == (["cy", "en"], [[0, len(FOREIGN["cy"]), "cy"]])
    assert (plain.languages, plain.left_out) == (["en"], [])
    assert stored[mixed.statement_id].languages == ("cy", "en")
    assert stored[mixed.statement_id].left_out == tag(text).left_out


@pytest.mark.parametrize("text", ["👏👏", "@ann_hill 😡", ":)", "🤝 https://a.example/b", "🎉 2019"])
def test_emoji_without_words_are_scored_in_no_language(text: str) -> None:
    reading = tag(text)

    assert (reading.lang, reading.languages, reading.unscored) == (None, (), None)
    assert reading.sentiment is not None


def test_a_text_that_changes_language_all_the_time_asks_the_model_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from analysis import mixing

    asked = []

    def counted(readable: str) -> object:
        asked.append(readable)
        return language_of(normalise(readable))

    monkeypatch.setattr(mixing, "model_guess", counted)
    found = parts(f"{FOREIGN['es']} {ENGLISH} " * 150)

    assert len(found) == 300
    assert len(asked) <= MOST_GUESSES


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*FOREIGN.values(), *ONLY_ENGLISH, ENGLISH, "#a ", "@b "]) | st.text(max_size=20)
    )
)
def test_parts_lie_in_the_text_in_order(pieces: list[str]) -> None:
    text = " ".join(pieces)
    edge = 0
    for part in parts_of(normalise(text), language_of(normalise(text)).code):
        assert edge <= part.start < part.end <= len(text)
        assert part.lang in LANGUAGES
        edge = part.end
