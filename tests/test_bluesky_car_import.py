"""Bluesky's CAR files: every block checked, every post with the id that the collector gives it."""

from dataclasses import replace
from pathlib import Path

import libipld
import pytest
from bluesky_exports import ADA, BOB, LIKE, POST, collected, post, records, repository
from bluesky_repository import Repository, car, cid_of, tid, tree_of, varint, written
from hypothesis import given
from hypothesis import strategies as st
from import_sources import Held, posts, rejects

from archive.atproto import streaming
from archive.contract import Choices, Layout, Post, Reject, UnreadablePage, UnreadableSource
from archive.contract.pages import LeftOut
from archive.importers import bluesky_car
from archive.importers.bluesky_car import BlueskyCarImporter

RECORDED = Path(__file__).parent / "fixtures" / "bluesky"


def read(body: bytes, choices: Choices | None = None) -> list[Post | Reject | LeftOut]:
    importer, source = BlueskyCarImporter(), Held(body, "ada.car")
    layout = importer.plan(source, choices or Choices())
    return [one for page in importer.read(source) for one in importer.parse(page, layout)]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_car, "PAGE_BYTES", 1500)


# ---- whole files ------------------------------------------------------------------------------------


def test_posts_are_those_that_the_collector_reads(small_pages: None) -> None:
    body = repository(records())

    found = read(body)

    ordered = sorted([one for one in found if not isinstance(one, LeftOut)], key=lambda one: one.position)
    assert ordered == sorted(collected(body), key=lambda one: one.position)
    assert len(posts(found)) == 43
    assert rejects(found) == {f"{POST}/none": "text: a text is needed, not int"}


def test_a_recorded_export_gives_what_the_collector_reads() -> None:
    body = (RECORDED / "pds_getRepo_full.car").read_bytes()
    did = BlueskyCarImporter().plan(Held(body), Choices()).author_id

    assert did
    found = [one for one in read(body) if not isinstance(one, LeftOut)]
    assert sorted(found, key=repr) == sorted(collected(body, did), key=repr)


def test_records_of_other_collections_are_left_out_and_counted() -> None:
    left = [one for one in read(repository(records())) if isinstance(one, LeftOut)]

    assert left == [LeftOut("repository", f"a record of {LIKE}", 9)]


def test_pages_are_the_whole_file_and_each_is_read_without_the_others(small_pages: None) -> None:
    body = repository(records())
    importer, source = BlueskyCarImporter(), Held(body, "ada.car")
    layout = importer.plan(source, Choices())
    pages = list(importer.read(source))

    assert b"".join(page.body for page in pages) == body
    assert [page.number for page in pages] == list(range(len(pages)))
    assert len(pages) > 5
    alone = [one for page in reversed(pages) for one in BlueskyCarImporter().parse(page, layout)]
    assert sorted(alone, key=repr) == sorted(read(body), key=repr)


def test_a_page_that_was_kept_without_its_paths_is_not_read_as_empty() -> None:
    importer, source = BlueskyCarImporter(), Held(repository(records(2)))
    [page] = importer.read(source)

    with pytest.raises(UnreadablePage, match="without the paths"):
        list(importer.parse(replace(page, context={}), Layout()))


def test_the_user_says_the_handle_that_no_car_file_has() -> None:
    [*found] = posts(read(repository(records(1)), Choices(author="Ada.example", person="gb-ada")))

    assert {(one.author_handle, one.author_platform_id) for one in found} == {("ada.example", ADA)}
    assert {one.author_person for one in found} == {"gb-ada"}


def test_two_keys_may_hold_the_very_same_record() -> None:
    same = post("again")

    found = posts(read(repository({f"{POST}/a": same, f"{POST}/b": same})))

    assert sorted(one.post_id for one in found) == [f"at://{ADA}/{POST}/a", f"at://{ADA}/{POST}/b"]


def test_what_a_difference_lacks_is_left_out_and_counted() -> None:
    body = (RECORDED / "pds_getRepo_since_changes.car").read_bytes()

    found = read(body)

    assert posts(found)
    assert {one.reason for one in found if isinstance(one, LeftOut)} <= {
        bluesky_car.ABSENT,
        bluesky_car.ABSENT_NODE,
        *(f"a record of {name}" for name in ("app.bsky.actor.profile", LIKE, "app.bsky.graph.follow")),
    }
    assert any(one.reason == bluesky_car.ABSENT for one in found if isinstance(one, LeftOut))


# ---- damaged files ----------------------------------------------------------------------------------


def test_a_block_that_is_not_what_its_hash_says_is_named_and_nothing_is_read() -> None:
    blocks = records(3)
    wrong = blocks[f"{POST}/{tid((1 << 60) + 1)}"]
    body = repository(blocks).replace(wrong, wrong.replace(b"number", b"NUMBER"))

    with pytest.raises(UnreadableSource, match=written(cid_of(wrong))) as refused:
        BlueskyCarImporter().plan(Held(body, "ada.car"), Choices())
    assert str(refused.value).startswith("ada.car: ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no CAR file"),
        (b"\x00", "no CAR file"),
        (b"PK\x03\x04" * 40, "no CAR file|not DAG-CBOR"),
        (b"\xff" * 40, "no length"),
        (repository({})[:-1], "cut short"),
        (repository({}) + b"\x05abc", "cut short"),
        (repository({}) + varint(40) + b"\0" * 40, "no CID"),
        (repository({}) + varint(1 << 40), "no server takes it"),
        (
            Repository(ADA).export(None) if False else car(cid_of(b"x"), {}),
            "lacks the block that is its root",
        ),
        (car(cid_of(b"\xa0"), {cid_of(b"\xa0"): b"\xa0"}), "no commit"),
    ],
)
def test_what_is_no_whole_repository_is_refused_with_its_name(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableSource, match=said) as refused:
        BlueskyCarImporter().plan(Held(body, "ada.car"), Choices())
    assert str(refused.value).startswith("ada.car: ")


@pytest.mark.parametrize(
    "choices",
    [Choices(platform="x"), Choices(author_id=BOB), Choices(author="not a handle")],
)
def test_what_the_user_says_must_fit_the_file(choices: Choices) -> None:
    with pytest.raises(UnreadableSource):
        BlueskyCarImporter().plan(Held(repository({})), choices)


def test_one_record_under_keys_without_end_is_refused() -> None:
    same = post("spam")
    many = {f"{POST}/{n:03}": same for n in range(streaming.MOST_PATHS + 1)}

    with pytest.raises(UnreadableSource, match="too often"):
        BlueskyCarImporter().plan(Held(repository(many)), Choices())


def test_a_tree_that_is_larger_than_any_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "TREE_BYTES", 100)

    with pytest.raises(UnreadableSource, match="tree is larger"):
        BlueskyCarImporter().plan(Held(repository(records())), Choices())


def test_a_tree_that_leads_back_to_itself_ends() -> None:
    blocks: dict[bytes, bytes] = {}
    tree = tree_of([(f"{POST}/a", cid_of(b"a"))], blocks)
    node = libipld.decode_dag_cbor(blocks[tree])
    looped = libipld.encode_dag_cbor({"l": tree, "e": [{**node["e"][0], "t": tree}]})
    commit = {"did": ADA, "rev": tid(1 << 60), "sig": b"", "data": cid_of(looped), "prev": None, "version": 3}
    root = libipld.encode_dag_cbor(commit)
    body = car(cid_of(root), {cid_of(root): root, cid_of(looped): looped, **blocks})

    with pytest.raises(UnreadableSource, match=r"too deep, or none|has the key"):
        BlueskyCarImporter().plan(Held(body), Choices())


@given(body=st.binary(max_size=200))
def test_any_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(UnreadableSource):
        BlueskyCarImporter().plan(Held(body), Choices())


WHOLE = repository(records(4))


@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_changed_byte_or_a_lost_end_is_refused(place: int, byte: int, cut: bool) -> None:
    body = WHOLE[:place] if cut else WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]
    header = WHOLE.index(b"version") + 8

    try:
        found = read(body)
    except UnreadableSource:
        return
    # Nothing but the header (its version) and an end between two blocks leave a file that can be read.
    assert cut or body == WHOLE or place <= header
    assert all(isinstance(one, Post | Reject | LeftOut) for one in found)


def test_a_car_file_is_known_by_its_first_bytes() -> None:
    assert BlueskyCarImporter.recognises(WHOLE[:64])
    assert not BlueskyCarImporter.recognises(b'{"roots": 1}')
