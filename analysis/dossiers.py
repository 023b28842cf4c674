"""Making the dossier of a statement in the archive, or of a text from outside."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session, select

from analysis.contract import Reading, Roster, Scorer, StatementText
from analysis.explained import Answers, Dossier, archived_as, chosen_targets, dossier_of
from analysis.explaining import ExplainedReading, ReadingExplainer
from analysis.findings import texts_of
from analysis.kind_rules import KindRule, MayHaveLayer, kind_reasons
from analysis.kinds.default import GeneralKinds
from analysis.kinds.layer.why import LayerSays
from analysis.outcomes.readings import readings_of
from analysis.references import statement_for
from analysis.targets import Gazetteer
from db import models
from db.screens import minute
from db.words import Precision


def dossier_of_statement(
    session: Session,
    reference: str,
    roster: Roster,
    scorers: Sequence[Scorer],
    only: str | None = None,
    gazetteer: Gazetteer | None = None,
    kinds: MayHaveLayer | None = None,
) -> Dossier:
    """The dossier of a statement in the archive, beside what the archive holds of it.

    `kinds`: what finds them; None: as `Reader`.

    Raises UnknownStatement, UnclearStatement, and UnknownTarget where `only` names none of its targets.
    """
    statement = statement_for(session, reference)
    assert statement.id is not None
    text = texts_of(session, [statement.id])[statement.id]
    stored = _stored(session, statement.id)
    explainers = [ReadingExplainer(roster, scorer, gazetteer, kinds) for scorer in scorers]
    explained = [(one.sentiment_method, _explained(text, one, only)) for one in explainers]
    answers = [Answers(method, one, archived_as(one, method, stored)) for method, one in explained]
    title = _title(session, statement, text)
    reasons = _kinds(roster, answers, gazetteer, kinds or GeneralKinds())
    return dossier_of(title, statement.url, answers, *reasons, only)


def dossier_of_text(
    text: StatementText,
    roster: Roster,
    scorers: Sequence[Scorer],
    only: str | None = None,
    gazetteer: Gazetteer | None = None,
    kinds: MayHaveLayer | None = None,
) -> Dossier:
    """The dossier of a text that is in no archive. Raises UnknownTarget as `dossier_of_statement` does."""
    explainers = [ReadingExplainer(roster, scorer, gazetteer, kinds) for scorer in scorers]
    answers = [Answers(one.sentiment_method, _explained(text, one, only)) for one in explainers]
    reasons = _kinds(roster, answers, gazetteer, kinds or GeneralKinds())
    return dossier_of(text.id, None, answers, *reasons, only)


def _explained(text: StatementText, explainer: ReadingExplainer, only: str | None) -> ExplainedReading:
    return explainer.explain([text], wanted=partial(chosen_targets, only=only))[0]


def _kinds(
    roster: Roster, answers: Sequence[Answers], gazetteer: Gazetteer | None, kinds: MayHaveLayer
) -> tuple[Sequence[KindRule], Sequence[LayerSays]]:
    """Why the statement has its kinds: nothing, where none was looked for."""
    first = answers[0].explained
    if first.reading.unscored is not None:
        return (), ()
    return kind_reasons(roster, first.statement, first.text, first.reading, kinds, gazetteer)


def _stored(session: Session, statement: int) -> dict[str, Reading]:
    """What the archive holds of the statement's present text, by the method of the whole reading."""
    query = select(models.Reading.method).where(models.Reading.statement_id == statement)
    methods = session.exec(query).all()
    found = {method: readings_of(session, [statement], method=method) for method in methods}
    return {method: readings[statement] for method, readings in found.items() if statement in readings}


def _title(session: Session, statement: models.Statement, text: StatementText) -> str:
    person = session.get(models.Person, text.person_id) if text.person_id else None
    parts = [f"Statement {statement.id}", f"{statement.platform}:{statement.post_id}"]
    parts += [name for name in (person.name if person else text.author,) if name]
    if statement.published_at:
        is_day = statement.published_precision == Precision.DAY
        parts.append(
            f"{statement.published_at:%Y-%m-%d}" if is_day else minute(statement.published_at) + " UTC"
        )
    return " · ".join(parts)
