"""What was not published is in no byte of the archive, though servers and exports show it beside what was."""

import json
from pathlib import Path

import pytest
from erasure_archive import forbidden, left, places, remaining
from fake_mastodon import FakeMastodon, Flavour
from import_sources import IMPORTS
from loopback import Loopback, serving
from platforms import keep_account, means_for, one_round
from sqlalchemy import Engine
from sqlmodel import Session, select
from world import World

from archive.collecting import Means
from archive.contract import CollectingError
from archive.imports import import_statements
from archive.ingest import Tally
from archive.integrity.verifying import verify
from archive.rereading import readers_of_release
from archive.single import add_post
from db.models import Capture, CaptureChange

PUBLIC = [f"Lantern {number}: the harbour wall of ward {number} will stand." for number in range(5)]
PRIVATE = ["For my followers: the candle shop meets at nine.", "Edited, and for my followers only: at ten."]


@pytest.fixture
def fake() -> FakeMastodon:
    """A server that shows what its author's followers see, among them the bearer of our token."""
    world = World()
    world.account("ada")
    shown = [world.post("ada", text) for text in PUBLIC[:3]]
    private = [world.post("ada", text) for text in (PRIVATE[0], "For my followers only: at eleven sharp.")]
    world.edit(private[1], PRIVATE[1])
    world.post("ada", "", repost_of=private[0])
    shown += [world.post("ada", text) for text in PUBLIC[3:]]
    world.edit(shown[-1], f"{PUBLIC[-1]} Edited.")
    made = FakeMastodon(world, page_size=4)
    made.flavour = Flavour(token=True)
    made.private = {one.serial for one in private}
    return made


def traces() -> set[bytes]:
    return forbidden([*PRIVATE, "For my followers only: at eleven sharp."], PUBLIC)


def injuries(engine: Engine) -> list[str]:
    readers = readers_of_release(lambda name: Means({}, chosen=(name,)).collectors())
    return [str(one) for one in verify(engine, readers).injuries]


def imported(engine: Engine, path: Path) -> Tally:
    return sum((file.tally for file in import_statements(engine, path)), Tally())


def collected(engine: Engine, loopback: Loopback) -> None:
    keep_account(engine, loopback.fake.ref("ada", loopback.url))
    one_round(engine, loopback)


def test_posts_for_followers_that_a_token_is_shown_leave_no_byte(engine: Engine, fake: FakeMastodon) -> None:
    with serving(fake) as loopback:
        collected(engine, loopback)
        one_round(engine, loopback, full=True)

    assert sorted(remaining(engine)) == sorted([*PUBLIC[:4], f"{PUBLIC[4]} Edited."])
    assert left(engine, traces()) == {}
    assert injuries(engine) == []


def test_pages_on_which_nothing_is_private_are_kept_as_they_came(engine: Engine, fake: FakeMastodon) -> None:
    fake.private = set()
    with serving(fake) as loopback:
        collected(engine, loopback)

    assert len(remaining(engine)) == 8
    assert any(b'"visibility": "public"' in body for name, body in places(engine) if "capture " in name)


def test_a_single_post_for_followers_is_refused(engine: Engine, fake: FakeMastodon) -> None:
    with serving(fake) as loopback:
        post = next(one for one in fake.world.posts if one.serial in fake.private)
        address = f"{loopback.url}/@ada/{fake.status_id(post)}"
        with pytest.raises(CollectingError, match="not published"):
            add_post(lambda: engine, means_for(loopback), address)

    assert remaining(engine) == []
    assert left(engine, traces()) == {}


# ---- exports ---------------------------------------------------------------------------------------

WORDS = {
    "mastodon": (b"555 0100", b"the count is late"),
    "zeeschuimer/instagram.ndjson": (b"friends",),
    "zeeschuimer/threads.ndjson": (b"friends",),
    "zeeschuimer/tiktok.ndjson": (b"friends",),
}


@pytest.mark.parametrize("source", WORDS)
def test_what_an_export_says_to_followers_or_to_one_person_leaves_no_byte(
    source: str, engine: Engine
) -> None:
    told = imported(engine, IMPORTS / source)

    assert any(reason.startswith("private") for reason in told.left_out)
    assert {name for name, body in places(engine) if any(one in body for one in WORDS[source])} == set()
    assert injuries(engine) == []


def test_of_private_activities_not_even_the_ids_are_kept(engine: Engine, tmp_path: Path) -> None:
    activities = json.loads((IMPORTS / "mastodon" / "outbox.json").read_text())["orderedItems"]
    boost = {**activities[6], "type": "Announce", "id": "https://social.example/boosts/private"}
    boost["object"] = "https://other.example/users/bo/statuses/1"
    ids = [boost["id"], *(activities[number - 1]["id"] for number in (6, 7, 11))]

    (tmp_path / "outbox.json").write_text(json.dumps({"orderedItems": [*activities, boost]}))
    imported(engine, tmp_path / "outbox.json")

    assert {name for name, body in places(engine) if any(one.encode() in body for one in ids)} == set()


@pytest.mark.parametrize("source", WORDS)
def test_an_export_without_its_private_posts_is_known_again(source: str, engine: Engine) -> None:
    first = imported(engine, IMPORTS / source)
    with Session(engine) as session:
        before = session.exec(select(Capture.sha256)).all()
        [change] = session.exec(select(CaptureChange)).all()

    again = imported(engine, IMPORTS / source)

    with Session(engine) as session:
        assert session.exec(select(Capture.sha256)).all() == before
        assert session.exec(select(CaptureChange.id)).all() == [change.id]
    assert (again.stored, again.known) == (0, first.stored)
    assert again.left_out == first.left_out


def test_posts_that_stand_on_one_line_with_private_ones_are_found_where_they_are_then(
    engine: Engine, tmp_path: Path
) -> None:
    outbox = json.loads((IMPORTS / "mastodon" / "outbox.json").read_text())
    (tmp_path / "outbox.json").write_text(json.dumps(outbox))

    imported(engine, tmp_path / "outbox.json")

    assert {name for name, body in places(engine) if b"555 0100" in body} == set()
    assert injuries(engine) == []
