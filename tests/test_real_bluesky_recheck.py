"""Rechecking a real Bluesky network: every true deletion and edit is found, and nothing else is."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from real_archive import RealArchive, collect_all, new_archives
from real_bluesky import Draft, RealNetwork, Record, answer, bluesky_network

pytestmark = pytest.mark.real

ADMIN = "admin-pass"
"""The password of @atproto/dev-env's servers."""

HOURS_AGO = "-8 hours"


def recheck(archive: RealArchive, *words: str) -> dict[str, object]:
    """One run of the command."""
    servers = (archive.network.plc, archive.network.pds, archive.network.appview)
    allowed = [word for address in servers for word in ("--allow-host", urlsplit(address).netloc)]
    [said] = archive.said("recheck", *words, *allowed)
    return said


def hours_pass(archive: RealArchive) -> None:
    """What was seen so far was seen hours ago: no test waits for the real ones."""
    with closing(sqlite3.connect(archive.path)) as connection:
        for table, column in (("observation", "observed_at"), ("statement", "rechecked_at")):
            connection.execute(f"UPDATE {table} SET {column} = datetime({column}, ?)", (HOURS_AGO,))
        connection.commit()


def observed(archive: RealArchive, state: str) -> set[str]:
    rows = archive.rows(
        "SELECT post_id FROM observation JOIN statement ON statement_id = statement.id WHERE state = ?", state
    )
    return {post for (post,) in rows}


def test_all_true_deletions_and_edits_are_found_and_no_other(tmp_path: Path) -> None:
    with bluesky_network(tmp_path) as network:
        anna, ben, cora, dora = (
            network.create_account(f"{name}.test") for name in ("anna", "ben", "cora", "dora")
        )
        posts = {
            account.handle: account.post_all([Draft(f"{account.handle} {number}") for number in range(60)])
            for account in (anna, ben, cora, dora)
        }
        archive, _ = new_archives(tmp_path, network, (anna, ben, cora, dora))
        collect_all([archive], {})
        assert archive.count() == 240

        gone = [*posts["anna.test"][::7], *posts["ben.test"]]
        for account, records in ((anna, posts["anna.test"][::7]), (ben, posts["ben.test"])):
            for record in records:
                account.delete(record)
        changed = posts["anna.test"][3::10]
        edited = [record for record in changed if record not in gone]
        for record in edited:
            anna.edit(record, f"We never said {record.uri}")
        dora.deactivate()
        taken_down = posts["cora.test"][5]
        take_down(network, taken_down)

        first = recheck(archive)
        assert observed(archive, "missing") == uris(gone)
        assert observed(archive, "deleted") == set()
        hours_pass(archive)
        second = recheck(archive)

    assert observed(archive, "deleted") == uris(gone)
    assert (first["edited"], second["edited"]) == (len(edited), 0)
    texts = archive.posts()
    assert {post for post, versions in texts.items() if len(versions) > 1} == uris(edited)
    assert all(texts[post.uri][1] == f"We never said {post.uri}" for post in edited)
    assert observed(archive, "suspended") == {taken_down.uri}
    assert not observed(archive, "missing") & (uris(posts["cora.test"]) | uris(posts["dora.test"]))
    assert archive.rows("SELECT count(DISTINCT account_id) FROM observation WHERE state = 'deactivated'") == [
        (1,)
    ]


def take_down(network: RealNetwork, record: Record) -> None:
    """What the operator of a server does to a post that breaks its rules."""
    subject = {"$type": "com.atproto.repo.strongRef", "uri": record.uri, "cid": record.cid}
    request = {"subject": subject, "takedown": {"applied": True, "ref": "1"}}
    method = "/xrpc/com.atproto.admin.updateSubjectStatus"
    answer(network.server.post(method, json=request, auth=("admin", ADMIN)))


def uris(records: list[Record]) -> set[str]:
    return {record.uri for record in records}
