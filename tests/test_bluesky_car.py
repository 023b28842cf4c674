"""Repository exports: what is new is found, and what is no export is refused in bounded time."""

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import libipld
import pytest
from bluesky_repository import Repository, car, cid_of, tid, tree_of, varint
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.atproto.car import commit_of, new_records, read_export
from archive.collectors.bluesky import RepositoryCollector
from archive.contract import Page, Post, Reject, UnreadablePage
from db.models import now

RECORDED = Path(__file__).parent / "fixtures" / "bluesky"
ANNA = "did:plc:m6sgjkbkfjljvatx4kr3zpff"
POST = "app.bsky.feed.post"


def page(body: bytes) -> Page:
    said = {"did": ANNA, "holds": "export"}
    return Page("https://pds.example", body, "application/vnd.ipld.car", now(), context=said)


def parsed(body: bytes) -> list[Post | Reject]:
    return list(RepositoryCollector().parse(page(body)))


def texts(body: bytes) -> list[str]:
    return [record.text for record in parsed(body) if isinstance(record, Post)]


def block(text: str) -> bytes:
    return libipld.encode_dag_cbor({"$type": POST, "text": text, "createdAt": "2024-07-05T06:30:00Z"})


def exported(
    tree: bytes, blocks: dict[bytes, bytes], *, did: str = ANNA, rev: str = "3n2zauesw5s2x"
) -> bytes:
    """A CAR file with a commit of this tree."""
    commit = {"did": did, "rev": rev, "sig": b"", "data": tree, "prev": None, "version": 3}
    root = libipld.encode_dag_cbor(commit)
    return car(cid_of(root), {cid_of(root): root, **blocks})


def added(value: Any, blocks: dict[bytes, bytes]) -> bytes:
    body = libipld.encode_dag_cbor(value)
    blocks[cid_of(body)] = body
    return cid_of(body)


# ---- as recorded -----------------------------------------------------------------------------------


def test_a_recorded_export_is_read_whole() -> None:
    found = parsed((RECORDED / "pds_getRepo_full.car").read_bytes())

    assert len(found) == 10
    assert all(isinstance(one, Post) for one in found)
    assert "unvalidated key" in texts((RECORDED / "pds_getRepo_full.car").read_bytes())


def test_a_recorded_difference_holds_an_edit_and_a_new_post() -> None:
    found = texts((RECORDED / "pds_getRepo_since_changes.car").read_bytes())

    assert found == ["Post number 2, corrected", "One more after rev"]


def test_a_recorded_export_without_news_holds_nothing() -> None:
    body = (RECORDED / "pds_getRepo_since_same_rev.car").read_bytes()

    assert commit_of(read_export(body), ANNA) is None
    assert parsed(body) == []


def test_the_tests_build_trees_as_a_real_server_does() -> None:
    export = read_export((RECORDED / "pds_getRepo_full.car").read_bytes())
    commit = commit_of(export, ANNA)
    assert commit is not None
    wanted = frozenset({POST, "app.bsky.feed.repost"})
    entries = [
        (f"{where}/{key}", cid_of(body)) for where, key, body in new_records(export, commit.tree, wanted)
    ]

    assert tree_of(sorted(entries), {}) == commit.tree


# ---- differences -----------------------------------------------------------------------------------

KEYS = st.text("abcdefghijklmnopqrstuvwxyz234567-._~:", min_size=1, max_size=12).filter(
    lambda key: key not in (".", "..")
)
RECORDS = st.dictionaries(KEYS, st.text("ab ", max_size=2), max_size=25)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=4))
def test_each_difference_holds_what_changed_since_and_nothing_that_is_gone(
    states: list[dict[str, str]],
) -> None:
    repository = Repository(ANNA)
    seen: list[set[bytes]] = []
    revisions = [tid((1 << 60) + number) for number in range(len(states))]
    exports: list[bytes] = []
    for rev, state in zip(revisions, states, strict=True):
        blocks = {f"{POST}/{key}": block(key + text) for key, text in state.items()}
        repository.commit(rev, blocks)
        seen.append(set(blocks.values()))
        exports.append(repository.export(revisions[len(exports) - 1] if exports else None))

    assert sorted(texts(exports[0])) == sorted(key + text for key, text in states[0].items())
    for (before, after), body in zip(pairwise(seen), exports[1:], strict=True):
        new = {libipld.decode_dag_cbor(one)["text"] for one in after - before}
        assert set(texts(body)) == new


def test_records_of_other_collections_are_left_out() -> None:
    blocks = {cid_of(block("Hello")): block("Hello")}
    tree = tree_of([("app.bsky.feed.like/3l", next(iter(blocks)))], blocks)

    assert parsed(exported(tree, blocks)) == []


def test_one_malformed_record_is_rejected_and_the_others_are_kept() -> None:
    blocks = {cid_of(body): body for body in (block("Good"), b"\xff", block("Better"))}
    entries = [(f"{POST}/3l{place}", cid) for place, cid in enumerate(blocks)]
    good, rejected, better = parsed(exported(tree_of(entries, blocks), blocks))

    assert isinstance(good, Post)
    assert isinstance(better, Post)
    assert isinstance(rejected, Reject)
    assert rejected.position == f"{POST}/3l1"


# ---- what is no export -----------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_changed_bytes_are_noticed_or_change_nothing(data: st.DataObject) -> None:
    """Every block is hashed: a changed export never reads as other posts."""
    body = bytearray((RECORDED / "pds_getRepo_since_changes.car").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = texts(bytes(body))
    except UnreadablePage:
        return
    assert found == ["Post number 2, corrected", "One more after rev"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(UnreadablePage):
        parsed(body)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.integers(-5, 5)
        | st.binary(max_size=8)
        | st.text(max_size=8)
        | st.just(cid_of(block("Hello"))),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("elkpvtx"), inner, max_size=4)
        ),
    )
)
def test_any_node_is_read_or_refused(node: Any) -> None:
    blocks = {cid_of(block("Hello")): block("Hello")}
    tree = added(node, blocks)
    try:
        found = parsed(exported(tree, blocks))
    except UnreadablePage:
        return
    assert all(isinstance(record, Post | Reject) for record in found)


def test_every_cut_but_one_between_blocks_is_noticed() -> None:
    body = (RECORDED / "pds_getRepo_since_changes.car").read_bytes()
    unnoticed = []
    for length in range(len(body)):
        try:
            parsed(body[:length])
        except UnreadablePage:
            continue
        unnoticed.append(length)

    # After the header alone it is an export without news, and after the commit one whose tree is unchanged:
    # that bodies are whole is the client's to see.
    assert len(unnoticed) <= 3


def test_an_export_of_another_account_is_refused() -> None:
    with pytest.raises(UnreadablePage, match="did:plc:other"):
        parsed(exported(added({"l": None, "e": []}, {}), {}, did="did:plc:other"))


@pytest.mark.parametrize("rev", ["", "0", "3n2zauesw5s2", "3N2ZAUESW5S2X"])
def test_a_commit_without_a_revision_is_refused(rev: str) -> None:
    with pytest.raises(UnreadablePage, match="no revision"):
        parsed(exported(added({"l": None, "e": []}, {}), {}, rev=rev))


def test_a_root_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnreadablePage, match="lacks the block"):
        parsed(car(cid_of(b"root"), {cid_of(b"x"): b"x"}))


def test_nested_values_are_refused_not_followed() -> None:
    deep = b"\x81" * 1_000_000 + b"\x00"
    with pytest.raises(UnreadablePage, match="not DAG-CBOR"):
        parsed(car(cid_of(deep), {cid_of(deep): deep}))
    blocks = {cid_of(deep): deep}
    (rejected,) = parsed(exported(tree_of([(f"{POST}/3l", cid_of(deep))], blocks), blocks))
    assert isinstance(rejected, Reject)


def test_a_tree_of_shared_nodes_ends_in_bounded_time() -> None:
    """Each level links to the next one twice: walked naively, 2 to the power of 100 nodes."""
    blocks: dict[bytes, bytes] = {}
    node = added({"l": None, "e": []}, blocks)
    record = added({"$type": POST}, blocks)
    for _ in range(100):
        entry = {"p": 0, "k": f"{POST}/3l".encode(), "v": record, "t": node}
        node = added({"l": node, "e": [entry]}, blocks)
    with pytest.raises(UnreadablePage, match="too deep, or none"):
        parsed(exported(node, blocks))


def test_a_tree_that_is_too_deep_is_refused() -> None:
    blocks: dict[bytes, bytes] = {}
    node = added({"l": None, "e": []}, blocks)
    for _ in range(10_000):
        node = added({"l": node, "e": []}, blocks)
    with pytest.raises(UnreadablePage, match="too deep"):
        parsed(exported(node, blocks))


def test_one_large_record_under_many_keys_ends_in_bounded_time() -> None:
    large = block("x" * 1_000_000)
    cid = cid_of(large)
    blocks = {cid: large}
    keys = [f"{POST}/{number:08}".encode() for number in range(20_000)]
    entries = [{"p": 0, "k": key, "v": cid, "t": None} for key in keys]
    body = exported(added({"l": None, "e": entries}, blocks), blocks)
    began = time.monotonic()
    with pytest.raises(UnreadablePage, match="too often"):
        parsed(body)
    assert time.monotonic() - began < 5


def test_lengths_that_are_none_are_refused() -> None:
    for body in (b"\xff" * 20, b"\x80" * 9 + b"\x01", varint(1 << 60) + b"x", b"\x00"):
        with pytest.raises(UnreadablePage):
            parsed(body)
