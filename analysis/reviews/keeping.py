"""One decision about one statement, made and stored."""

from collections.abc import Callable

from sqlalchemy import Engine

from analysis.contract import Reading, statement_key
from analysis.outcomes.readings import readings_of
from analysis.references import statement_for
from analysis.reviews.decisions import Decision, ReviewRefused
from analysis.reviews.stored import Signed, keep_decisions
from db.engine import writing


def review_statement(engine: Engine, reference: str, decide: Callable[[str, Reading], Decision]) -> str:
    """Make a decision about the newest reading of a statement and store it; returns the statement's key.

    `decide` takes the text and the reading, with earlier decisions laid over it. Raises what it raises,
    UnknownStatement, UnclearStatement, and ReviewRefused where nothing has read the statement.
    """
    with writing(engine) as session:
        statement = statement_for(session, reference)
        assert statement.id is not None  # stored
        reading = readings_of(session, [statement.id]).get(statement.id)
        key = statement_key(statement.platform, statement.post_id)
        if reading is None:
            raise ReviewRefused(f"no method has read {key}: run hustings analyse first")
        decision = decide(statement.text, reading)
        keep_decisions(session, [Signed(statement.id, statement.text_sha256, decision)])
        return key
