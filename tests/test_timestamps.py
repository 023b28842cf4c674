"""Time stamps: an authority's answer is checked and kept, and never in the way of a checkpoint."""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from authority import Authority, Serving, authority, serving
from kept_archive import build
from loopback import Answer, Asked, bomb, hang_up, html, huge
from self_signed import certificate, untrusted
from typer.testing import CliRunner, Result

import hustings
from archive.collecting import Means
from archive.integrity.checkpoints import parse_checkpoint
from archive.integrity.stamping import Unstamped, asking, stamp
from archive.integrity.timestamps import MOST, WrongTimestamp, beside, query_for, read_timestamp
from archive.web import Limits

pytest.importorskip("rfc3161_client", reason="time stamps are an extra")

OWN = "127.0.0.1"
"""Where the authorities of these tests are: it is read only where it is allowed."""

REJECTION = b"\x30\x17\x30\x15\x02\x01\x02\x30\x10\x0c\x0eno policy thus"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    build(folder / "whole.db", folder)
    return folder / "whole.db"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "own")


@pytest.fixture(scope="module")
def server(tsa: Authority) -> Iterator[Serving]:
    """An honest authority."""
    with serving(lambda query: Answer(200, tsa.reply(query))) as told:
        yield told


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Where a checkpoint is to be written."""
    return tmp_path / "checkpoint.txt"


@pytest.fixture
def stamped(archive: Path, note: Path, server: Serving) -> Path:
    """A checkpoint with a time stamp beside it."""
    assert written(archive, note, server.url).exit_code == 0
    return note


def run(*words: object) -> Result:
    return CliRunner().invoke(hustings.app, [str(word) for word in words])


def written(archive: Path, note: Path, url: str) -> Result:
    return run("checkpoint", note, "--timestamp", url, "--allow-host", OWN, "--db", archive)


def verified(archive: Path, note: Path, *words: object) -> Result:
    return run("verify", "--quick", "--checkpoint", note, "--db", archive, *words)


def test_a_checkpoint_is_stamped_and_openssl_and_verify_agree_with_it(
    archive: Path, stamped: Path, tsa: Authority
) -> None:
    done = openssl_verify(stamped, tsa)
    assert done.returncode == 0, done.stderr

    said = verified(archive, stamped, "--tsa-ca", tsa.root)
    at = read_timestamp(beside(stamped).read_bytes(), stamped.read_bytes()).at
    assert said.exit_code == 0
    assert f"{stamped} existed at {at:%Y-%m-%d %H:%M:%S} UTC" in said.stdout
    assert abs(at.timestamp() - time.time()) < 60
    told = json.loads(verified(archive, stamped, "--tsa-ca", tsa.root, "--json").stdout)["timestamp"]
    assert told == {"file": str(beside(stamped)), "at": at.isoformat(), "signature": "valid"}


def openssl_verify(note: Path, tsa: Authority) -> "subprocess.CompletedProcess[str]":
    words = ["ts", "-verify", "-data", note, "-in", beside(note), "-CAfile", tsa.root]
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)


def test_the_authority_gets_the_hash_of_the_exact_bytes_a_nonce_and_nothing_else(
    stamped: Path, server: Serving, tsa: Authority
) -> None:
    query, asked = server.queries[-1], server.asked[-1]

    (tsa.folder / "asked.tsq").write_bytes(query)
    told = tsa.openssl("ts", "-query", "-in", "asked.tsq", "-text")
    (tsa.folder / "data").write_bytes(stamped.read_bytes())
    assert query.count(bytes.fromhex(tsa.openssl("dgst", "-sha256", "-r", "data").split()[0])) == 1
    assert "Hash Algorithm: sha256" in told
    assert "Nonce: 0x" in told
    assert "Certificate required: yes" in told
    assert query_for(b"same").nonce != query_for(b"same").nonce
    assert asked.headers["content-type"] == "application/timestamp-query"
    agent, sent = asked.headers["user-agent"], set(asked.headers)
    assert agent.startswith("hustings/")
    assert sent == {"host", "user-agent", "content-type", "accept", "accept-encoding", "content-length"}


def test_a_checkpoint_is_stamped_later(archive: Path, note: Path, server: Serving, tsa: Authority) -> None:
    assert run("checkpoint", note, "--db", archive).exit_code == 0
    before = note.read_bytes()

    done = run("timestamp", note, server.url, "--allow-host", OWN)

    assert done.exit_code == 0
    assert str(beside(note)) in done.stdout
    assert note.read_bytes() == before
    assert openssl_verify(note, tsa).returncode == 0


# ---- answers that are none -------------------------------------------------------------------------

ASKED = Asked("/stamp", {}, {})
"""What faults of other servers do not look at."""

Fault = Callable[[Authority, bytes], Answer]


def another_file(tsa: Authority, _query: bytes) -> Answer:
    return Answer(200, tsa.stamp(b"another file"))


def replayed(tsa: Authority, query: bytes) -> Answer:
    """A stamp of the right bytes, which answers an earlier question of somebody else."""
    asked = tsa.folder / "asked.tsq"
    asked.write_bytes(query)
    lines = tsa.openssl("ts", "-query", "-in", "asked.tsq", "-text").splitlines()
    digest = "".join(line[11:58].replace("-", " ") for line in lines if line.startswith("    00"))
    words = ("ts", "-query", "-digest", "".join(digest.split()), "-sha256", "-cert", "-out", "again.tsq")
    tsa.openssl(*words)
    return Answer(200, tsa.reply((tsa.folder / "again.tsq").read_bytes()))


def without_certificate(tsa: Authority, query: bytes) -> Answer:
    assert query.endswith(b"\x01\x01\xff")  # certReq, the last field
    bare = bytearray(query[:-3])
    bare[1] -= 3
    return Answer(200, tsa.reply(bytes(bare)))


FAULTS: dict[str, tuple[Fault, str]] = {
    "another file": (another_file, "a time stamp of other bytes"),
    "replayed": (replayed, "another question"),
    "no certificate": (without_certificate, "without the certificate"),
    "rejected": (lambda tsa, query: Answer(200, REJECTION), "a rejection: no policy thus"),
    "no bytes": (lambda tsa, query: Answer(200, b""), "no time stamp"),
    "cut off": (lambda tsa, query: Answer(200, tsa.reply(query)[:-1]), "no time stamp"),
    "more behind it": (lambda tsa, query: Answer(200, tsa.reply(query) + b"\0"), "no time stamp"),
    "a bare token": (lambda tsa, query: Answer(200, tsa.reply(query, "-token_out")), "no time stamp"),
    "the query": (lambda tsa, query: Answer(200, query), "no time stamp"),
    "nested": (lambda tsa, query: Answer(200, b"\x30\x80" * 100_000), "no time stamp"),
    "a web page": (lambda tsa, query: html(ASKED, Answer()), "text/html"),
    "fewer bytes than announced": (lambda tsa, query: Answer(200, b"\x30", claims=100), "broke"),
    "no end": (lambda tsa, query: huge(ASKED, Answer()), "larger than 1 MiB"),
    "announced too large": (lambda tsa, query: Answer(200, b"", claims=MOST + 1), "larger than 1 MiB"),
    "a bomb": (lambda tsa, query: bomb(ASKED, Answer()), "larger than 1 MiB"),
    "hangs up": (lambda tsa, query: hang_up(ASKED, Answer()), "broke"),
    "an error": (lambda tsa, query: Answer(500, tsa.reply(query)), "answers 500"),
    "not found": (lambda tsa, query: Answer(404, tsa.reply(query)), "answers 404"),
    "no content": (lambda tsa, query: Answer(204, b""), "answers 204"),
    "a redirect to nowhere": (lambda tsa, query: Answer(302, b"", {"Location": "http://["}), "answers 302"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_checkpoint_is_written_whatever_the_authority_answers(
    name: str, archive: Path, note: Path, tsa: Authority
) -> None:
    fault, said = FAULTS[name]
    with serving(lambda query: fault(tsa, query)) as told:
        done = written(archive, note, told.url)

    assert done.exit_code == 1
    assert parse_checkpoint(note.read_text()).size > 0
    assert sorted(path.name for path in note.parent.iterdir()) == [note.name]
    [line] = [one for one in done.stderr.splitlines() if "no time stamp (" in one]
    assert said in line
    assert line.endswith(f"later: hustings timestamp {note} URL")
    assert len(told.queries) == 1
    assert verified(archive, note).exit_code == 0


def test_a_packed_answer_is_read(archive: Path, note: Path, tsa: Authority) -> None:
    packed = {"Content-Encoding": "gzip"}
    with serving(lambda query: Answer(200, gzip.compress(tsa.reply(query)), packed)) as told:
        assert written(archive, note, told.url).exit_code == 0
    assert openssl_verify(note, tsa).returncode == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_where_it_leads_is_said(
    status: int, archive: Path, note: Path, server: Serving
) -> None:
    before = len(server.queries)
    with serving(lambda query: Answer(status, b"", {"Location": server.url})) as told:
        done = written(archive, note, told.url)

    assert done.exit_code == 1
    assert f"leads to {server.url}, which is not followed" in done.stderr
    assert len(server.queries) == before


def test_an_authority_that_does_not_answer_in_time_keeps_nobody(note: Path) -> None:
    note.write_text("a checkpoint")
    ask = asking(Means({}, allow=[OWN]), Limits(read=0.2, overall=0.5))

    def late(query: bytes) -> Answer:
        time.sleep(1)
        return Answer(hangs_up=True)

    with serving(late) as told:
        began = time.monotonic()
        with pytest.raises(Unstamped, match="in time"):
            stamp(note, told.url, ask)
        assert time.monotonic() - began < 0.9
    assert not beside(note).exists()


def test_an_authority_whose_server_nobody_vouches_for_is_asked_nothing(
    archive: Path, note: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with untrusted(certificate(tmp_path_factory.mktemp("tls"))) as url:
        done = run("checkpoint", note, "--timestamp", url, "--allow-host", "localhost", "--db", archive)

    assert (done.exit_code, "is not trusted" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9/", "not public"),
        ("ftp://tsa.example/", "only http and https"),
        ("tsa.example", "only http and https"),
        ("http://ada:secret-word@tsa.example/", "must not hold a name or password"),
    ],
)
def test_an_address_that_is_not_read_costs_no_checkpoint(
    url: str, said: str, archive: Path, note: Path
) -> None:
    done = run("checkpoint", note, "--timestamp", url, "--db", archive)

    assert done.exit_code == 1
    assert said in done.stderr
    assert "secret-word" not in done.stderr
    assert note.exists()


def test_without_the_extra_a_checkpoint_is_written_and_a_stamp_is_said_to_be_unread(
    archive: Path, stamped: Path, server: Serving, tsa: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    before, other = len(server.queries), stamped.with_name("other.txt")

    done = written(archive, other, server.url)
    assert done.exit_code == 1
    assert "pip install 'hustings[timestamp]'" in done.stderr
    assert other.exists()
    assert len(server.queries) == before

    said = verified(archive, stamped)
    assert said.exit_code == 0
    assert f"not proven: {beside(stamped)}: time stamps need" in said.stdout
    assert verified(archive, stamped, "--tsa-ca", tsa.root).exit_code == 2


# ---- what stands beside a checkpoint ---------------------------------------------------------------


def test_a_stamp_whose_signer_was_not_checked_is_said_to_be_unproven(archive: Path, stamped: Path) -> None:
    said = verified(archive, stamped)

    assert said.exit_code == 0
    [line] = [one for one in said.stdout.splitlines() if one.startswith("not proven")]
    assert "who signed it was not checked" in line
    assert f"openssl ts -verify -data {stamped} -in {beside(stamped)} -CAfile PEM" in line
    assert json.loads(verified(archive, stamped, "--json").stdout)["timestamp"]["signature"] == "not checked"


def test_a_checkpoint_without_a_stamp_says_nothing_of_one(archive: Path, note: Path, tsa: Authority) -> None:
    assert run("checkpoint", note, "--db", archive).exit_code == 0

    assert ".tsr" not in verified(archive, note).stdout
    assert json.loads(verified(archive, note, "--json").stdout)["timestamp"] is None
    refused = verified(archive, note, "--tsa-ca", tsa.root)
    assert (refused.exit_code, "has no time stamp" in refused.stderr) == (2, True)
    assert run("verify", "--tsa-ca", tsa.root, "--db", archive).exit_code == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tsa, stamp: tsa.stamp(b"another file"), "a time stamp of other bytes"),
        (lambda tsa, stamp: b"no stamp", "no time stamp of RFC 3161"),
        (lambda tsa, stamp: stamp[:-1], "no time stamp of RFC 3161"),
        (lambda tsa, stamp: REJECTION, "a rejection"),
        (lambda tsa, stamp: b"\x30\x83\x10\0\0" + b"\0" * MOST, "larger than"),
    ],
)
@pytest.mark.parametrize("with_ca", [False, True])
def test_a_stamp_that_does_not_belong_to_the_checkpoint_is_refused(
    spoil: Callable[[Authority, bytes], bytes],
    said: str,
    with_ca: bool,
    archive: Path,
    stamped: Path,
    tsa: Authority,
) -> None:
    beside(stamped).write_bytes(spoil(tsa, beside(stamped).read_bytes()))
    done = verified(archive, stamped, *(("--tsa-ca", tsa.root) if with_ca else ()))

    assert done.exit_code == 2
    assert f"{beside(stamped)}: " in done.stderr
    assert said in done.stderr


def test_a_checkpoint_that_was_dated_back_does_not_fit_its_stamp(archive: Path, stamped: Path) -> None:
    stamped.write_text(stamped.read_text().replace("time 20", "time 19"))
    done = verified(archive, stamped)

    assert (done.exit_code, "other bytes" in done.stderr) == (2, True)


@pytest.mark.parametrize("order", [("middle", "root"), ("root", "middle")])
def test_certificates_in_any_order_are_read(
    order: tuple[str, ...], archive: Path, stamped: Path, tmp_path: Path
) -> None:
    """DER has one order for them, and most authorities have another."""
    mixed = authority(tmp_path / "mixed")
    chain = b"".join((mixed.folder / f"{name}.pem").read_bytes() for name in order)
    (mixed.folder / "middle.pem").write_bytes(chain)
    beside(stamped).write_bytes(mixed.stamp(stamped.read_bytes()))

    assert verified(archive, stamped, "--tsa-ca", mixed.root).exit_code == 0


@pytest.mark.parametrize("digest", ["-sha384", "-sha512"])
def test_a_stamp_that_openssl_asked_for_is_read(
    digest: str, archive: Path, note: Path, tsa: Authority
) -> None:
    assert run("checkpoint", note, "--db", archive).exit_code == 0
    beside(note).write_bytes(tsa.stamp(note.read_bytes(), digest))

    assert verified(archive, note, "--tsa-ca", tsa.root).exit_code == 0


def test_a_stamp_with_fractions_of_a_second_is_read(tmp_path: Path) -> None:
    exact = authority(tmp_path / "exact")
    settings = exact.folder / "tsa.cnf"
    settings.write_text(f"{settings.read_text()}clock_precision_digits = 6\n")
    stamp = exact.stamp(b"data")

    assert b"\x18\x0f20" not in stamp  # a GeneralizedTime of whole seconds
    assert abs(read_timestamp(stamp, b"data").at.timestamp() - time.time()) < 60


def test_a_hash_that_can_be_forged_is_not_read(tsa: Authority) -> None:
    settings = tsa.folder / "tsa.cnf"
    settings.write_text(settings.read_text().replace("digests = sha256", "digests = sha1, sha256"))
    with pytest.raises(WrongTimestamp, match="a hash that is not read"):
        read_timestamp(tsa.stamp(b"data", "-sha1"), b"data")


# ---- who signed it ---------------------------------------------------------------------------------


def test_a_stamp_of_another_authority_is_refused(archive: Path, stamped: Path, tmp_path: Path) -> None:
    other = authority(tmp_path / "other")

    done = verified(archive, stamped, "--tsa-ca", other.root)
    assert (done.exit_code, "not one of these authorities" in done.stderr) == (2, True)
    beside(stamped).write_bytes(other.stamp(stamped.read_bytes()))
    assert verified(archive, stamped).exit_code == 0
    assert verified(archive, stamped, "--tsa-ca", other.root).exit_code == 0


def test_a_root_that_a_stamp_brings_itself_is_not_trusted(
    archive: Path, stamped: Path, tsa: Authority, tmp_path: Path
) -> None:
    other = authority(tmp_path / "other")
    with (other.folder / "middle.pem").open("ab") as chain:
        chain.write(other.root.read_bytes())
    beside(stamped).write_bytes(other.stamp(stamped.read_bytes()))

    assert verified(archive, stamped, "--tsa-ca", other.root).exit_code == 0
    assert verified(archive, stamped, "--tsa-ca", tsa.root).exit_code == 2


def test_a_stamp_whose_time_was_changed_is_refused(archive: Path, stamped: Path, tsa: Authority) -> None:
    beside(stamped).write_bytes(in_the_last_century(beside(stamped).read_bytes()))

    done = verified(archive, stamped, "--tsa-ca", tsa.root)
    assert (done.exit_code, "signature" in done.stderr) == (2, True)
    assert openssl_verify(stamped, tsa).returncode != 0


def in_the_last_century(stamp: bytes) -> bytes:
    """The same with its GeneralizedTime a hundred years earlier."""
    assert stamp.count(b"\x18\x0f20") == 1
    return stamp.replace(b"\x18\x0f20", b"\x18\x0f19")


@pytest.mark.parametrize(
    ("use", "change", "said"),
    [
        ("stamps", bytes, "existed at"),
        ("stamps", in_the_last_century, "not one of these authorities"),
        ("mail", bytes, "not one of these authorities"),
    ],
    ids=["honest", "before the certificate", "by a key for mail"],
)
def test_a_certificate_for_other_things_or_of_another_time_signs_no_stamp(
    use: str, change: Callable[[bytes], bytes], said: str, archive: Path, stamped: Path, tsa: Authority
) -> None:
    token = beside(stamped).read_bytes()
    beside(stamped).write_bytes(tsa.signed_again(token, use, change))

    assert verified(archive, stamped).exit_code == 0
    done = verified(archive, stamped, "--tsa-ca", tsa.root)
    assert said in done.output
    assert done.exit_code == (0 if said == "existed at" else 2)


def test_a_certificate_that_the_stamp_does_not_bring_may_stand_beside_the_root(
    archive: Path, stamped: Path, tmp_path: Path
) -> None:
    short = authority(tmp_path / "short")
    settings = short.folder / "tsa.cnf"
    settings.write_text(settings.read_text().replace("certs = middle.pem\n", ""))
    beside(stamped).write_bytes(short.stamp(stamped.read_bytes()))
    both = tmp_path / "both.pem"
    both.write_bytes(short.root.read_bytes() + (short.folder / "middle.pem").read_bytes())

    assert verified(archive, stamped, "--tsa-ca", short.root).exit_code == 2
    assert verified(archive, stamped, "--tsa-ca", both).exit_code == 0


@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n"])
def test_a_file_of_certificates_that_holds_none_is_refused(
    content: bytes, archive: Path, stamped: Path, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(content)
    done = verified(archive, stamped, "--tsa-ca", tmp_path / "ca.pem")

    assert (done.exit_code, "cannot be read" in done.stderr) == (2, True)


# ---- nothing is written over -----------------------------------------------------------------------


def test_a_stamped_checkpoint_is_not_written_over(archive: Path, stamped: Path, server: Serving) -> None:
    before = stamped.read_bytes(), beside(stamped).read_bytes()
    asked = len(server.queries)

    for done in (
        run("checkpoint", stamped, "--db", archive),
        written(archive, stamped, server.url),
        run("timestamp", stamped, server.url, "--allow-host", OWN),
    ):
        assert (done.exit_code, "has a time stamp already" in done.stderr) == (2, True)
    assert (stamped.read_bytes(), beside(stamped).read_bytes()) == before
    assert len(server.queries) == asked


def test_what_is_no_checkpoint_is_not_stamped(tmp_path: Path, server: Serving) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada,")
    before = len(server.queries)

    assert run("timestamp", tmp_path / "letter.txt", server.url, "--allow-host", OWN).exit_code == 2
    assert run("timestamp", tmp_path / "none.txt", server.url, "--allow-host", OWN).exit_code == 2
    assert len(server.queries) == before


def test_an_authority_that_fails_later_ends_with_75_and_leaves_all_as_it_was(
    archive: Path, note: Path
) -> None:
    assert run("checkpoint", note, "--db", archive).exit_code == 0
    with serving(lambda query: Answer(200, b"no stamp")) as told:
        done = run("timestamp", note, told.url, "--allow-host", OWN, "--json")

    assert done.exit_code == 75
    assert json.loads(done.stdout)["exit_code"] == 75
    assert [path.name for path in note.parent.iterdir()] == [note.name]


def test_a_stamp_needs_a_file_beside_which_it_is_kept(archive: Path, server: Serving) -> None:
    done = run("checkpoint", "--timestamp", server.url, "--db", archive)
    assert (done.exit_code, "needs a FILE" in done.stderr) == (2, True)
