"""Why a text was read as it was: reasons that add up, the statement that is meant, what a terminal shows."""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import product
from pathlib import Path

import example_archive as example
import pytest
from hypothesis import example as hypothesis_example
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session
from typer.testing import CliRunner, Result

import hustings
from analysis.contract import (
    Explainer,
    Label,
    Question,
    Reason,
    Roster,
    Sentiment,
    Span,
    StatementText,
)
from analysis.dossiers import dossier_of_statement
from analysis.explained import UnknownTarget
from analysis.explained_text import render_dossier, safe
from analysis.explaining import GIVES_NONE, ReadingExplainer, changes_of
from analysis.findings import analyse
from analysis.reader import Reader
from analysis.references import UnclearStatement, UnknownStatement, find_statements, statement_for
from analysis.roster import load_roster
from analysis.sentiment import scorer_for
from analysis.sentiment.lexicon import VERSION, lexicon
from analysis.sentiment.plain import PlainVader
from analysis.sentiment.plain_reasons import explain_plain
from analysis.sentiment.rules import TargetRules
from analysis.sentiment.tables import rows_of, weights
from analysis.sentiment.tone import squash
from analysis.text import normalise
from db import open_database, writing
from db.models import Statement

PHRASES = [row["phrase"] for row in rows_of("overlay") if " " in row["phrase"]]
"""Phrases of the overlay: some begin inside others."""
_SMALL_WORDS = (
    "not never no without but although and or the he you we they said told by very least GREAT cut fight "
    "against stop vote could have won lost Labour @kelby war crime corrupt liar honest great failed slammed "
    'praised was been message sent #StopKelby 😀 :) ! ? , . " ; ( )'
)
SMALL_WORDS = _SMALL_WORDS.split()

texts = st.lists(st.sampled_from([*SMALL_WORDS, *PHRASES]) | st.text(max_size=8), max_size=25).map(" ".join)


def places_in(text: str) -> st.SearchStrategy[Span]:
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return bounds.map(lambda pair: Span(min(pair), max(pair)))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    text = draw(texts)
    names: list[Span] = []
    for name in sorted(draw(st.lists(places_in(text), max_size=2))):
        if not names or names[-1].end <= name.start:
            names.append(name)
    span = draw(st.none() | places_in(text))
    addressed = span is None and draw(st.booleans())
    return Question(normalise(text), span=span, addressed=addressed, names=tuple(names))


def question(text: str, target: str | None = None, *names: str, addressed: bool = False) -> Question:
    def place(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    masked = tuple(sorted(map(place, names)))
    span = place(target) if target is not None else None
    return Question(normalise(text), span=span, addressed=addressed, names=masked)


def reasons(text: str, target: str | None = None, *names: str) -> dict[str, Reason]:
    explanation = TargetRules().explain(question(text, target, *names))
    return {reason.words: reason for reason in explanation.reasons}


def bent(found: Sequence[Reason], alpha: float) -> float:
    return squash(sum(reason.weight for reason in found), alpha)


# ---- reasons that add up --------------------------------------------------------------------------


@given(questions())
def test_the_reasons_add_up_to_the_score_and_stand_in_the_text(asked: Question) -> None:
    explanation = TargetRules().explain(asked)

    assert explanation.sentiment == TargetRules().score([asked])[0]
    alpha = weights("toward" if asked.span else "whole")["alpha"]
    assert bent(explanation.reasons, alpha) == pytest.approx(explanation.sentiment.score, abs=1e-4)
    length = len(asked.text.original)
    places = [(reason.start, reason.end) for reason in explanation.reasons]
    assert all(0 <= start <= end <= length for start, end in [*places, *explanation.masked])
    assert places == sorted(places)
    assert list(explanation.masked) == sorted(explanation.masked)


@given(texts)
@settings(max_examples=300)
@hypothesis_example(":00 !!")
@hypothesis_example("(good) 😀😀good!")
def test_the_reasons_of_plain_vader_add_up_to_its_compound_score(text: str) -> None:
    asked = question(text)
    explanation = explain_plain(asked, PlainVader().score([asked])[0])

    assert bent(explanation.reasons, 15) == pytest.approx(explanation.sentiment.score, abs=1e-4)
    assert all(0 <= reason.start <= reason.end <= len(text) for reason in explanation.reasons)


SCORES = {"3": "4e1e7f8308dd160e"}
"""Version of the tables -> what they make of `sample`: a change without a new version shows here."""


def sample() -> list[Question]:
    subjects = ("Labour", "They", "You", "The vote", "My opponent")
    verbs = ("failed", "never praised", "slammed", "could have won with", "will not cut", "said that")
    objects = ("crime", "Labour", "a great plan", "corrupt liars", "the NHS, but he lied", "us. Shame")
    parts = product(subjects, verbs, objects)
    found = []
    for text in (f"{subject} {verb} {thing}." for subject, verb, thing in parts):
        names = ("Labour",) if "Labour" in text else ()
        found += [question(text, None, *names), question(text, None, *names, addressed=True)]
        found += [question(text, word, *names) for word in (text.split()[0], text.split()[-1])]
    return found


def test_scores_change_only_with_the_version_in_the_methods_name() -> None:
    answers = TargetRules().score(sample())

    told = "\n".join(f"{one.score:.4f} {one.label} {one.confidence:.4f}" for one in answers)
    assert sha256(told.encode()).hexdigest()[:16] == SCORES[VERSION]


@pytest.mark.parametrize(
    ("text", "target", "names", "words", "rule"),
    [
        ("Kelby was brave.", "Kelby", (), "brave", "+2.4 in VADER's lexicon"),
        ("Kelby was very brave.", "Kelby", (), "brave", 'with "very"'),
        ("Kelby was BRAVE to us all.", "Kelby", (), "BRAVE", "with capitals"),
        ("Kelby was never brave.", "Kelby", (), "brave", 'denied by "never" ×-1'),
        ("Kelby will fight corruption.", "Kelby", (), "corruption", 'turned by "fight" ×-0.5'),
        ("Kelby spoke of the war.", "Kelby", (), "war", "a topic ×0.45"),
        ("Kelby could have won.", "Kelby", (), "won", "did not come about"),
        ("We slammed Kelby.", "Kelby", (), "slammed", 'patient of "slammed" -2.2 in verbs.tsv'),
        ("Vote Kelby!", "Kelby", (), "Vote", "a call for the target +2.0"),
        ("Kelby says Marlow is corrupt.", "Kelby", ("Marlow",), "corrupt", "told by the target"),
        ("Kelby met Marlow, a disgrace.", "Kelby", ("Marlow",), "disgrace", "past 1 other name"),
        ("Kelby spoke but it was dull.", "Kelby", (), "dull", 'past a "but"'),
        ("Kelby spoke. It was dull.", "Kelby", (), "dull", "in a sentence beside ×0.25"),
        ("Kelby spoke. It was dull. So brave.", None, (), "dull", "its sentence ×"),
        ("Kelby 😀😀😀😀", "Kelby", (), "😀", "VADER's words for this emoji"),
        ("A war-torn land, Kelby.", "Kelby", (), "war-torn", 'for its part "war"'),
    ],
)
def test_a_reason_names_the_rules_behind_it(
    text: str, target: str | None, names: tuple[str, ...], words: str, rule: str
) -> None:
    assert rule in reasons(text, target, *names)[words].rule


def test_a_phrase_is_one_reason_with_the_source_of_its_line() -> None:
    phrase = next(row for row in rows_of("overlay") if row["phrase"] == "thank you")

    found = reasons("So thank you, Kelby.", "Kelby", "Kelby")

    assert phrase["source"] in found["thank you"].rule


def test_words_that_count_for_nothing_are_told_too() -> None:
    assert reasons("Kelby is not corrupt.", "Kelby")["corrupt"].weight == 0
    assert "×0" in reasons("Kelby is not corrupt.", "Kelby")["corrupt"].rule


def test_names_handles_and_the_target_itself_are_masked() -> None:
    text = "Grace Honest and @kindly beat the liars."
    explanation = TargetRules().explain(question(text, "liars", "Grace Honest"))

    assert [text[start:end] for start, end in explanation.masked] == ["Grace Honest", "@kindly", "liars"]
    assert {reason.words for reason in explanation.reasons}.isdisjoint({"Honest", "liars"})


@pytest.mark.parametrize(
    ("asked", "remark"),
    [
        (question("Yeah right, Kelby is a genius.", "Kelby"), "A cue of sarcasm, “Yeah right”"),
        (question("Kelby says they are liars.", "Kelby"), "The target is told to say something"),
        (question("We met on Tuesday."), "No word that is read here has a valence."),
        (question("Shame on you!", addressed=True), "Directed at the target"),
    ],
)
def test_what_no_word_shows_is_a_remark(asked: Question, remark: str) -> None:
    assert any(one.startswith(remark) for one in TargetRules().explain(asked).remarks)


def test_every_word_of_the_lexicon_has_an_origin() -> None:
    for word in [*list(lexicon().valences.lexicon)[::40], *list(lexicon().verbs)[::10]]:
        found = TargetRules().explain(question(f"So {word} now"))
        assert all(" in " in reason.rule for reason in found.reasons), word


# ---- the reader's own questions -------------------------------------------------------------------


MANY = (
    "Labour failed us. Thank you, @kelby_watch!",
    "Nous avons gagné, merci à toutes et à tous pour votre confiance.",
    "",
    "The Greens praised you. They said that the Tories lied.",
)


@pytest.mark.parametrize("method", ["vader", "vader-target"])
def test_every_answer_of_a_reading_is_explained_and_nothing_else(method: str) -> None:
    statements = [StatementText(id=str(number), text=text) for number, text in enumerate(MANY)]
    found = ReadingExplainer(Roster(), scorer_for(method)).explain(statements)

    assert [one.reading for one in found] == Reader(Roster(), scorer_for(method)).read(statements)
    for one in found:
        answers = [explanation and explanation.sentiment for explanation in (one.whole, *one.toward)]
        assert answers == [one.reading.sentiment, *one.reading.toward]


def test_only_the_targets_that_are_wanted_are_explained() -> None:
    statement = StatementText(id="", text=MANY[3])
    explainer = ReadingExplainer(Roster(), scorer_for("vader-target"))

    one = explainer.explain([statement], wanted=lambda reading: [1])[0]

    assert len(one.toward) == len(one.reading.targets) > 2
    assert [place for place, explanation in enumerate(one.toward) if explanation] == [1]


class Silent:
    """A scorer that cannot say why."""

    method = "silent-1"

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        return [Sentiment(0.0, Label.NEUTRAL, 0.5, self.method) for _ in questions]


def test_a_method_without_reasons_says_so() -> None:
    assert not isinstance(Silent(), Explainer)

    one = ReadingExplainer(Roster(), Silent()).explain([StatementText(id="", text=MANY[0])])[0]

    assert one.whole is not None
    assert (one.whole.reasons, one.whole.remarks) == ((), (GIVES_NONE,))


def test_words_that_are_read_as_others_are_told_and_straightened_quotes_are_not() -> None:
    text = "“It’s sooooooo bad” &amp; #SaveOurTown https://kelby.example/x"
    told = [(change.words, change.read_as) for change in changes_of(normalise(text))]

    assert told == [("sooooooo", "sooo"), ("&amp;", "&"), ("#SaveOurTown", "Save Our Town")]
    assert [text[change.start : change.end] for change in changes_of(normalise(text))] == [
        words for words, _ in told
    ]


# ---- which statement is meant ---------------------------------------------------------------------


def keep(engine: Engine, *statements: tuple[str, str, str]) -> None:
    with writing(engine) as session:
        for platform, post_id, text in statements:
            url = f"https://{platform}.example/@kelby/{post_id}"
            session.add(
                Statement(platform=platform, post_id=post_id, text=text, text_sha256=text[:64], url=url)
            )
            session.flush()


@pytest.mark.parametrize(
    "reference",
    [
        *("id:2", "at://did:plc:abc/post/9", "bluesky:at://did:plc:abc/post/9"),
        "https://bluesky.example/@kelby/at://did:plc:abc/post/9",
    ],
)
def test_a_statement_goes_by_its_number_its_post_id_its_key_and_its_address(
    engine: Engine, reference: str
) -> None:
    keep(engine, ("x", "7", "One."), ("bluesky", "at://did:plc:abc/post/9", "Two."))

    with Session(engine) as session:
        assert statement_for(session, reference).text == "Two."


def test_another_address_of_a_post_leads_to_it_by_its_last_part(engine: Engine) -> None:
    keep(engine, ("x", "700000000000000001", "One."))

    with Session(engine) as session:
        assert statement_for(session, "https://x.com/i/status/700000000000000001?s=20").text == "One."


def test_a_reference_that_fits_several_statements_is_refused_with_all_of_them(engine: Engine) -> None:
    keep(engine, ("x", "2", "One of them."), ("mastodon", "3", "The other."))

    with Session(engine) as session:
        with pytest.raises(UnclearStatement, match=r"id:1 \(x:2, 'One of them.'\); id:2 \(mastodon:3"):
            statement_for(session, "2")
        assert statement_for(session, "id:2").text == "The other."
        assert statement_for(session, "x:2").text == "One of them."


@pytest.mark.parametrize("reference", ["99", "id:x", "id:", "", "https://", "9" * 60, "'; drop table"])
def test_a_reference_to_nothing_is_refused(engine: Engine, reference: str) -> None:
    keep(engine, ("x", "7", "One."))

    with Session(engine) as session, pytest.raises(UnknownStatement, match="--text"):
        statement_for(session, reference)


@given(reference=st.text(max_size=30))
def test_any_text_is_looked_up_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, reference: str
) -> None:
    with Session(_empty(tmp_path_factory)) as session:
        assert find_statements(session, reference) == []


_ENGINES: list[Engine] = []


def _empty(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    if not _ENGINES:
        folder: Path = tmp_path_factory.mktemp("empty")
        _ENGINES.append(open_database(str(folder / "archive.db"), create=True))
    return _ENGINES[0]


# ---- the command ----------------------------------------------------------------------------------

TEXT = "The Tories failed us. We never trusted Labour!"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(hustings.app, ["explain", *arguments], input=text)


def test_a_text_is_explained_with_its_masks_targets_words_and_rules() -> None:
    said = run("--text", TEXT, "--method", "vader-target").stdout

    assert "The ⟦Tories⟧ failed us. We never trusted ⟦Labour⟧!" in said
    assert "Toward Conservatives" in said
    assert 'agent of "failed"' in said
    assert 'denied by "never"' in said
    assert "The whole text" in said
    assert "accusation.csv:" in said


def test_methods_stand_side_by_side() -> None:
    said = run("--text", TEXT, "--method", "vader-target", "--method", "vader").stdout

    assert "why, by vader-target-" in said
    assert "why, by vader-3" in said
    assert "as for the whole text" in said


def test_one_target_is_chosen_by_number_or_name_and_a_wrong_one_is_refused() -> None:
    assert "Toward Labour" not in run("--text", TEXT, "--target", "tor").stdout
    assert "Toward Conservatives" not in run("--text", TEXT, "--target", "3").stdout
    refused = run("--text", TEXT, "--target", "Greens")
    assert refused.exit_code == 2
    assert "Conservatives" in refused.stderr


def test_json_holds_every_reason_with_its_place() -> None:
    told = json.loads(run("-", "--json", "--method", "vader-target", text=TEXT).stdout)

    tories = next(target for target in told["targets"] if target["who"] == "Conservatives")
    [reason] = [one for one in tories["answers"][0]["reasons"] if one["words"] == "failed"]
    assert TEXT[reason["start"] : reason["end"]] == "failed"
    assert reason["weight"] < 0
    assert told["kinds"][0]["kind"] == "accusation"
    assert told["kind_rules"][0]["line"].endswith(tuple("0123456789"))


def test_json_gives_the_reasons_of_a_whole_text_once() -> None:
    told = json.loads(run("--text", TEXT, "--json", "--method", "vader").stdout)

    toward = [answer for target in told["targets"] for answer in target["answers"]]
    assert all(answer["as_whole"] and answer["reasons"] == [] for answer in toward)
    assert told["whole"][0]["reasons"]


HOSTILE = "Labour \x1b[31mfailed\x07 [red]us[/red] \u202eback\u202c ⟦Tories⟧ ]8;; \x9b2J\r\nlast\x00"


def test_a_posts_text_can_neither_steer_the_terminal_nor_pass_for_our_marks() -> None:
    said = run("--text", HOSTILE).stdout

    assert not set(said) & {"\x1b", "\x07", "\x9b", "\x00", "\r", "\u202e", "\u202c"}
    assert "[red]us[/red]" in said
    assert "⟦Tories⟧" not in said.replace("|⟦Tories⟧|", "")


@given(st.text(max_size=200))
def test_no_line_holds_what_steers_a_terminal(text: str) -> None:
    assert all(sign.isprintable() or sign in "\u200d\ufffd" for sign in safe(text))
    assert len(safe(text)) == len(text)


def test_nothing_is_coloured_where_nobody_looks() -> None:
    assert "\x1b" not in run("--text", TEXT).stdout


def test_a_text_without_a_score_says_why() -> None:
    said = run("--text", "Merci à toutes et à tous pour votre confiance, nous avons gagné.").stdout

    assert "no method here reads this language" in said


@pytest.mark.parametrize("arguments", [(), ("12", "--text", "x")])
def test_a_statement_or_a_text_is_named_but_not_both(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_an_unknown_method_is_refused() -> None:
    refused = run("--text", TEXT, "--method", "tea-leaves")

    assert refused.exit_code == 2
    assert "vader-target" in refused.stderr


@pytest.fixture
def filled(engine: Engine) -> Engine:
    example.fill(engine)
    return engine


def test_a_statement_of_the_archive_says_how_the_archive_holds_it(filled: Engine) -> None:
    scorers = [scorer_for("vader-target"), scorer_for("vader")]
    with Session(filled) as session:
        roster = load_roster(session)
    analyse(filled, Reader(roster, scorers[0]))
    with Session(filled) as session:
        dossier = dossier_of_statement(session, "x:1003", roster, scorers)

    assert [one.archived for one in dossier.answers] == [
        "as in the archive",
        "not in the archive: hustings analyse --method keeps it there, too",
    ]
    assert dossier.title.startswith("Statement 2 · x:1003 · Maren Hollis · 2023-05-05 ")


def test_an_answer_that_the_archive_holds_otherwise_is_called_so(filled: Engine) -> None:
    scorer = scorer_for("vader-target")
    analyse(filled, Reader(Roster(), scorer))

    with Session(filled) as session:
        dossier = dossier_of_statement(session, "x:1001", load_roster(session), [scorer])

    assert dossier.answers[0].archived is not None
    assert dossier.answers[0].archived.startswith("not as in the archive: the roster changed")


def test_the_authors_own_side_is_no_target_of_a_dossier(filled: Engine) -> None:
    with Session(filled) as session:
        roster, scorer = load_roster(session), scorer_for("vader-target")
        dossier = dossier_of_statement(session, "id:1", roster, [scorer])
        assert "own_side" in {target.basis for target in dossier.first.reading.targets}
        assert "own_side" not in {target.basis for _, target in dossier.targets}
        with pytest.raises(UnknownTarget, match="1 "):
            dossier_of_statement(session, "id:1", roster, [scorer], only="99")


def test_lines_keep_to_the_width_of_the_terminal(filled: Engine) -> None:
    with Session(filled) as session:
        scorers = [scorer_for("vader-target"), scorer_for("vader")]
        dossier = dossier_of_statement(session, "id:1", load_roster(session), scorers)
    lines = ["".join(piece.text for piece in line) for line in render_dossier(dossier, width=80)]

    assert max(map(len, lines[2:])) <= 80
