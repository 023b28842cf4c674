"""What a reading promises: every part in it, nothing scored that was not understood."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from analysis.contract import (
    Basis,
    Candidate,
    Contest,
    KindName,
    Label,
    Question,
    Roster,
    Scope,
    Sentiment,
    Span,
    StatementText,
    TargetType,
    Unscored,
)
from analysis.kinds.default import LAYER_NAME
from analysis.reader import Reader
from analysis.sentiment import DEFAULT_SCORER, scorer_for

ATTACK = "Labour lied to this town. We thank our wonderful volunteers, @ann_hill!"
FRENCH = "Nous avons gagné grâce à vous, merci à toutes et à tous pour votre confiance @ann_hill"


@dataclass
class CountingScorer:
    """Answers every question with its number, and remembers the questions."""

    method: str = "counting-7"
    asked: list[Question] = field(default_factory=list)
    calls: int = 0

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        self.calls += 1
        self.asked += questions
        first = len(self.asked) - len(questions)
        return [Sentiment(float(first + i), Label.NEUTRAL, 0.5, self.method) for i in range(len(questions))]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Roster(), scorer_for(DEFAULT_SCORER))


def test_a_statement_is_read_with_language_sentiment_targets_and_kinds(reader: Reader) -> None:
    [reading] = reader.read([StatementText(id="7", text=ATTACK)])
    labour = next(i for i, target in enumerate(reading.targets) if target.who == "Labour")
    toward = reading.toward[labour]

    assert (reading.id, reading.lang, reading.unscored) == ("7", "en", None)
    assert reading.targets[labour].type is TargetType.PARTY
    assert toward is not None
    assert toward.label is Label.NEGATIVE
    assert KindName.ACCUSATION in {kind.kind for kind in reading.kinds}
    assert len(reading.toward) == len(reading.targets)


def test_readings_come_in_the_order_of_the_statements_and_do_not_depend_on_the_batch(reader: Reader) -> None:
    texts = [ATTACK, FRENCH, "", "We won!", "They lost. Thank you, Labour voters."]
    statements = [StatementText(id=str(i), text=text) for i, text in enumerate(texts)]

    together = reader.read(statements)

    assert together == [reading for statement in statements for reading in reader.read([statement])]
    assert reader.read([]) == []


def test_a_foreign_text_has_no_score_no_kinds_and_a_reason(reader: Reader) -> None:
    [reading] = reader.read([StatementText(id="1", text=FRENCH, reply_to="bob_lee")])

    assert reading.lang == "fr"
    assert reading.unscored is Unscored.UNSUPPORTED_LANGUAGE
    assert reading.sentiment is None
    assert reading.kinds == ()
    assert set(reading.toward) == {None}
    assert {target.basis for target in reading.targets} == {Basis.HANDLE, Basis.REPLY}


@pytest.mark.parametrize("text", ["", "https://a.example/b", "(1/2)", "@ann_hill"])
def test_a_text_without_words_has_no_score_and_a_reason(reader: Reader, text: str) -> None:
    [reading] = reader.read([StatementText(id="1", text=text)])

    assert (reading.lang, reading.unscored, reading.sentiment) == (None, Unscored.NO_TEXT, None)


def test_a_place_that_is_asked_for_is_scored_where_the_language_is_unsure(reader: Reader) -> None:
    [unsure] = reader.read([StatementText(id="1", text="Bravo!", spans=(Span(0, 5),))])

    assert unsure.unscored is Unscored.NO_TEXT
    assert unsure.spans[0] is not None


def test_a_place_in_a_surely_foreign_text_is_not_scored(reader: Reader) -> None:
    [foreign] = reader.read([StatementText(id="1", text=FRENCH, spans=(Span(0, 4), Span(5, 9)))])

    assert foreign.spans == (None, None)


def test_the_scorer_is_asked_once_a_batch_and_its_answers_reach_their_questions() -> None:
    scorer = CountingScorer()
    reader = Reader(Roster(), scorer)
    statements = [
        StatementText(id="1", text=ATTACK, reply_to="bob_lee", spans=(Span(0, 6),)),
        StatementText(id="2", text=FRENCH),
        StatementText(id="3", text="We thank Labour for the debate."),
    ]

    first, second, third = reader.read(statements)
    given = [first.sentiment, *first.toward, *first.spans, third.sentiment, *third.toward]

    assert scorer.calls == 1
    assert [one.score for one in given if one] == [float(i) for i in range(len(scorer.asked))]
    assert set(second.toward) == {None}
    reply = next(i for i, target in enumerate(first.targets) if target.basis is Basis.REPLY)
    assert scorer.asked[1 + reply].addressed
    assert scorer.asked[1 + len(first.targets)].span == Span(0, 6)


def test_the_method_names_every_part_with_its_version(reader: Reader) -> None:
    parts = reader.method.split("+")

    assert len(parts) == len(set(parts)) == 6
    assert all(part.partition("~")[0].rpartition("-")[2].isdigit() for part in parts)
    assert parts[-1].endswith(f"~{LAYER_NAME}")
    assert Reader(Roster(), CountingScorer()).method != reader.method


@pytest.mark.parametrize(
    "unit", ["😀", "(", "a", "e\u0301", "Labour ", "@a ", "#StopIt ", "\"'", "You lost. ", "no "]
)
def test_any_flood_is_read_in_bounded_time(reader: Reader, unit: str) -> None:
    [reading] = reader.read([StatementText(id="1", text=(unit * 100_000)[:100_000])])

    assert all(target.end is None or target.end <= 100_000 for target in reading.targets)


def leader(party: str) -> Roster:
    polls = date(2019, 12, 12)
    return Roster(
        contests=(Contest("c.1", "Islington North", "uk.2019", polls),),
        candidates=(
            Candidate("p:1", "1", "Jeremy Corbyn", "Corbyn", "c.1", "uk.2019", polls, party_name=party),
        ),
    )


@pytest.mark.parametrize(
    ("party", "day", "scope"),
    [("Labour Party", 13, Scope.PARTY), ("Green Party", 13, Scope.OWN_CONTEST), ("Labour Party", 1, None)],
)
def test_who_leads_a_party_then_concedes_for_the_party(party: str, day: int, scope: Scope | None) -> None:
    """The gazetteer knows the leader; a namesake in another party leads nothing."""
    reader = Reader(leader(party), scorer_for(DEFAULT_SCORER))
    posted = datetime(2019, 12, day, 4, 0, tzinfo=UTC)
    statement = StatementText(
        id="1", text="We have suffered a heavy defeat.", person_id="p:1", posted_at=posted
    )
    [reading] = reader.read([statement])
    found = [kind.scope for kind in reading.kinds if kind.kind is KindName.CONCESSION]
    assert found == ([scope] if scope else [])
