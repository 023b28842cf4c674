"""On every platform that is collected, one forgotten post is cut out of its page, and the others stay."""

import pytest
from erasure_archive import forbidden, left, remaining
from platforms import FAKES, fake_of, keep_account, one_round
from sqlalchemy import Engine
from sqlmodel import Session, select
from world import World

from archive.erasure.forgetting import Asked, finish, forget
from archive.erasure.subjects import find_subjects
from db.models import Statement
from db.words import ErasureSubject


def filled() -> World:
    world = World()
    world.account("ada")
    for number in range(4):
        world.post("ada", f"Lantern {number}: the harbour wall number {number}{number}{number} will stand.")
    return world


@pytest.mark.parametrize("collector", sorted(FAKES))
def test_a_post_is_cut_out_of_its_page_and_the_others_stay(engine: Engine, collector: str) -> None:
    with fake_of(collector, filled()) as loopback:
        keep_account(engine, loopback.fake.ref("ada", loopback.url))
        one_round(engine, loopback)
        texts = remaining(engine)
        assert len(texts) == 4
        gone = next(one for one in texts if "222" in one)
        with Session(engine) as session:
            number = session.exec(select(Statement.id).where(Statement.text == gone)).one()
            subjects = find_subjects(session, statements=[str(number)])

        outcome = forget(engine, subjects, Asked(ErasureSubject.STATEMENT))
        finish(engine)
        others = [one for one in texts if one != gone]

        assert sorted(remaining(engine)) == sorted(others)
        assert left(engine, forbidden([gone], others)) == {}
        assert (outcome.emptied, outcome.lost) == (0, 0)

        one_round(engine, loopback, full=True)
        assert sorted(remaining(engine)) == sorted(others), "it is not collected again"
        assert left(engine, forbidden([gone], others)) == {}
