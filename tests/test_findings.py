from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from analysis import contract, findings
from analysis.contract import Question, Roster, Scorer, Sentiment
from analysis.findings import Tally, analyse
from analysis.reader import Reader
from analysis.roster import load_roster
from analysis.sentiment import scorer_for
from archive import add_account, import_results, import_roster
from db import writing
from db.models import Kind, KindTarget, Rating, Reading, Statement, Target

DEMO = Path(__file__).parent.parent / "archive" / "demo"


def statement(text: str, number: int = 1) -> Statement:
    return Statement(platform="x", post_id=str(number), text=text, text_sha256=text[:64])


def keep(engine: Engine, *statements: Statement) -> None:
    with writing(engine) as session:
        session.add_all(statements)


def reader(roster: Roster | None = None, scorer: str = "vader-target") -> Reader:
    return Reader(roster or Roster(), scorer_for(scorer))


def counts(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [
            len(session.exec(select(table)).all()) for table in (Reading, Target, Rating, Kind, KindTarget)
        ]


ATTACK = "Labour betrayed this town and the Tories lied to us."


def test_what_is_found_is_kept_with_its_method_and_its_place(engine: Engine) -> None:
    keep(engine, statement(ATTACK))

    tally = analyse(engine, reader())

    assert (tally.read, tally.unscored) == (1, 0)
    with Session(engine) as session:
        reading = session.exec(select(Reading)).one()
        targets = session.exec(select(Target).order_by(col(Target.start_at))).all()
        ratings = session.exec(select(Rating)).all()
    assert reading.method == reader().method
    assert [ATTACK[t.start_at or 0 : t.end_at or 0] for t in targets] == [t.mention for t in targets]
    assert [t.who for t in targets][:1] == ["Labour"]
    assert {rating.method for rating in ratings} == {scorer_for("vader-target").method}
    assert sum(rating.target_id is None for rating in ratings) == 1


def test_a_kind_names_the_targets_that_it_is_about(engine: Engine) -> None:
    keep(engine, statement(ATTACK))

    analyse(engine, reader())

    with Session(engine) as session:
        about = session.exec(
            select(Kind.kind, Target.who).select_from(KindTarget).join(Kind).join(Target)
        ).all()
    assert ("accusation", "Labour") in [tuple(pair) for pair in about]


def test_readings_by_several_methods_stand_side_by_side(engine: Engine) -> None:
    keep(engine, statement(ATTACK))

    for scorer in ("vader-target", "vader", "vader-target"):
        analyse(engine, reader(scorer=scorer))

    with Session(engine) as session:
        query = select(Reading.method, Rating.method).join(Rating).distinct()
        kept = {tuple(pair) for pair in session.exec(query)}
    assert kept == {
        (reader(scorer=scorer).method, scorer_for(scorer).method) for scorer in ("vader-target", "vader")
    }


def test_a_statement_is_given_to_the_analysis_with_what_is_known_of_it(engine: Engine) -> None:
    keep(engine, statement(ATTACK), statement("Later.", 2))

    with Session(engine) as session:
        found = findings.texts_of(session, [2, 99])

    assert [(text.id, text.text, text.platform) for text in found.values()] == [("2", "Later.", "x")]


MIXED = (
    ATTACK,
    "We met at noon in the town hall.",
    "@kelby_watch Thank you to every voter, we won!",
    "Merci à toutes et à tous pour votre confiance, nous avons gagné cette élection.",
    "I concede. Congratulations to the Greens.",
)


def test_many_statements_keep_their_own_targets_ratings_and_kinds(engine: Engine) -> None:
    texts = [f"{text} {number}" for number, text in enumerate(MIXED * 8)]
    keep(engine, *(statement(text, number) for number, text in enumerate(texts)))
    alone = {text: reader().read([contract.StatementText(id="", text=text)])[0] for text in texts}

    analyse(engine, reader())

    with Session(engine) as session:
        query = select(Statement.text, Target.mention, Rating.score).select_from(Statement)
        places = session.exec(query.join(Reading).join(Target).join(Rating).order_by(col(Target.id))).all()
        kinds = session.exec(
            select(Statement.text, Kind.kind, Target.mention)
            .select_from(Statement)
            .join(Reading)
            .join(Kind)
            .join(KindTarget)
            .join(Target)
        ).all()
    assert [tuple(place) for place in places] == [
        (text, target.mention, sentiment.score)
        for text, reading in alone.items()
        for target, sentiment in zip(reading.targets, reading.toward, strict=True)
        if sentiment is not None
    ]
    assert sorted(map(tuple, kinds)) == sorted(
        (text, kind.kind.value, reading.targets[place].mention)
        for text, reading in alone.items()
        for kind in reading.kinds
        for place in dict.fromkeys(kind.targets)
    )


def test_a_batch_is_stored_in_a_fixed_number_of_steps(engine: Engine) -> None:
    keep(engine, *(statement(f"{text} {n}", n) for n, text in enumerate(MIXED * 8)))
    steps: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: steps.append(given[2]))

    analyse(engine, reader())

    assert sum(step.startswith("INSERT") for step in steps) == 5


def test_a_text_in_another_language_has_a_reason_and_no_rating(engine: Engine) -> None:
    keep(engine, statement("Merci à toutes et à tous pour votre confiance, nous avons gagné cette élection."))

    tally = analyse(engine, reader())

    assert tally.unscored == 1
    with Session(engine) as session:
        assert session.exec(select(Reading.unscored)).one() == "unsupported_language"
        assert session.exec(select(Rating)).all() == []


def test_a_second_run_reads_nothing(engine: Engine) -> None:
    keep(engine, statement(ATTACK))
    analyse(engine, reader())
    before = counts(engine)

    assert analyse(engine, reader()).read == 0
    assert counts(engine) == before


def test_again_replaces_what_was_found(engine: Engine) -> None:
    keep(engine, statement(ATTACK))
    analyse(engine, reader())
    before = counts(engine)

    assert analyse(engine, reader(), again=True).read == 1
    assert counts(engine) == before


def test_two_methods_stand_side_by_side(engine: Engine) -> None:
    keep(engine, statement(ATTACK))
    analyse(engine, reader())
    analyse(engine, reader(scorer="vader"))

    with Session(engine) as session:
        methods = session.exec(select(Reading.method)).all()
    assert sorted(methods) == sorted([reader().method, reader(scorer="vader").method])


def test_an_edited_text_is_read_anew_and_its_old_findings_go(engine: Engine) -> None:
    keep(engine, statement(ATTACK))
    analyse(engine, reader())
    with writing(engine) as session:
        edited = session.exec(select(Statement)).one()
        edited.text, edited.text_sha256 = "Thank you all.", "another"
        session.add(edited)

    assert analyse(engine, reader()).read == 1

    with Session(engine) as session:
        assert session.exec(select(Reading.text_sha256)).all() == ["another"]
        assert "Labour" not in session.exec(select(Target.who)).all()


def test_a_statement_whose_author_became_known_is_read_anew(engine: Engine) -> None:
    import_roster(engine, DEMO / "roster.csv")
    keep(engine, statement(ATTACK))
    analyse(engine, reader())
    with writing(engine) as session:
        said = session.exec(select(Statement)).one()
        said.person_id = "dc:143"
        session.add(said)

    assert analyse(engine, reader()).read == 1
    assert analyse(engine, reader()).read == 0


def test_an_interrupted_run_goes_on_where_it_stopped(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "BATCH", 10)
    keep(engine, *(statement(f"{ATTACK} {n}", n) for n in range(35)))

    def stop(done: int, total: int) -> None:
        assert total == 35
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyse(engine, reader(), progress=stop)
    assert analyse(engine, reader()).read == 15
    assert counts(engine)[0] == 35


class FixedScorer:
    """A scorer from somebody else."""

    method = "fixed-1"

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        from analysis.contract import Label

        return [Sentiment(0.5, Label.POSITIVE, 0.9, self.method) for _ in questions]


def test_a_scorer_of_ones_own_is_kept_under_its_name(engine: Engine) -> None:
    keep(engine, statement(ATTACK))
    scorer: Scorer = FixedScorer()

    analyse(engine, Reader(Roster(), scorer))

    with Session(engine) as session:
        assert set(session.exec(select(Rating.method)).all()) == {"fixed-1"}


def test_an_empty_archive_is_read_in_no_time(engine: Engine) -> None:
    assert analyse(engine, reader()) == Tally()


# ---- the roster that the archive knows --------------------------------------------------------------


def test_the_archives_roster_has_everybody_with_the_id_that_the_file_gave(engine: Engine) -> None:
    import_roster(engine, DEMO / "roster.csv")
    import_results(engine, DEMO / "results.csv")
    with writing(engine) as session:
        add_account(session, "dc:143", "x", "rushanaraali")

    with Session(engine) as session:
        roster = load_roster(session)

    [ali] = [candidate for candidate in roster.candidates if candidate.family_name == "Ali"]
    assert (ali.public_id, ali.person_id, ali.party_name) == ("143", "dc:143", "Labour")
    assert [handle.handle for handle in ali.handles] == ["rushanaraali"]
    assert len(roster.candidates) == 12
    assert [contest.name for contest in roster.contests] == ["Bethnal Green and Stepney"]


def test_a_statement_is_linked_to_a_candidate_of_its_authors_contest(engine: Engine) -> None:
    import_roster(engine, DEMO / "roster.csv")
    said = statement("Masroor was a hard sell.")
    said.person_id, said.published_at = "dc:143", datetime(2024, 7, 5, tzinfo=UTC)
    keep(engine, said)
    with Session(engine) as session:
        roster = load_roster(session)

    analyse(engine, reader(roster))

    with Session(engine) as session:
        assert session.exec(select(Target.person_id)).all() == ["dc:142"]
