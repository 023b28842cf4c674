"""`hustings prove`: a bundle that standard tools check, and that no change survives."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archives_on_server import copy_archive, injure, rows_in
from kept_archive import build
from typer.testing import CliRunner

import hustings

KEY = ("openssl", "genpkey", "-algorithm", "ed25519", "-out")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    build(folder / "whole.db", folder)
    return folder / "whole.db"


@pytest.fixture(scope="module")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a statement that was read from a page."""
    out = tmp_path_factory.mktemp("bundles") / "bundle"
    assert run("prove", number_of(archive, "mastodon"), "--out", out, "--db", archive) == 0
    return out


def run(*words: object) -> int:
    return CliRunner().invoke(hustings.app, [str(word) for word in words]).exit_code


def number_of(archive: Path, platform: str) -> int:
    [row] = rows_in(archive, f"SELECT min(id) FROM statement WHERE platform = '{platform}'")
    return int(row[0])


def checked(bundle: Path) -> subprocess.CompletedProcess[str]:
    """What its own script says: Python alone, without this project, packages or environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "check.py"],
        cwd=bundle,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def listed_again(bundle: Path) -> None:
    """A forger lists the files anew."""
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bundle).as_posix()}\n"
        for path in files
    )
    (bundle / "SHA256SUMS").write_text("".join(lines))


def test_a_bundle_is_checked_without_this_project(bundle: Path) -> None:
    done = checked(bundle)

    assert (done.returncode, done.stderr) == (0, "")
    assert "is in the log of" in done.stdout
    assert "The text stands in the captured bytes" in done.stdout


def test_the_bytes_are_those_that_were_served(bundle: Path, archive: Path) -> None:
    folder = min((bundle / "captures").iterdir())
    record = json.loads((folder / "record.json").read_text())
    body = (folder / "body.bin").read_bytes()

    assert hashlib.sha256(body).hexdigest() == record["sha256"]
    query = f"SELECT sha256, source FROM capture WHERE id = {record['id']}"
    assert rows_in(archive, query) == [(record["sha256"], record["source"])]


def test_a_statement_of_a_file_comes_with_its_part_and_its_file(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    assert run("prove", number_of(archive, "x"), "--out", out, "--db", archive) == 0

    places = {
        one["id"]: one.get("position") for one in json.loads((out / "statement.json").read_text())["captures"]
    }
    linked = f"statement_id = {number_of(archive, 'x')}"
    read = dict(rows_in(archive, f"SELECT capture_id, position FROM statement_capture WHERE {linked}"))
    assert {number: place for number, place in places.items() if place is not None} == read
    kinds = [json.loads(path.read_text())["kind"] for path in out.glob("captures/*/record.json")]
    assert sorted(set(kinds)) == ["file", "part"]
    assert checked(out).returncode == 0


def test_a_bundle_tells_whose_the_statement_is_and_what_it_said_before(archive: Path, tmp_path: Path) -> None:
    edited = "mastodon:https://social.example/users/ada/statuses/1010"
    assert run("prove", edited, "--out", tmp_path / "bundle", "--db", archive) == 0

    told = json.loads((tmp_path / "bundle" / "statement.json").read_text())
    assert told["account"] == {"platform": "mastodon", "platform_id": "https://social.example/users/ada"}
    assert told["text"] == "Ward 10 counts & recounts, again."
    assert [one["text"] for one in told["earlier_texts"]] == ["Ward 10 counts & recounts."]


def test_a_zip_holds_the_same(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    assert run("prove", number_of(archive, "mastodon"), "--out", out, "--db", archive) == 0
    with zipfile.ZipFile(out) as packed:
        packed.extractall(tmp_path)

    assert checked(tmp_path / "bundle").returncode == 0


def test_sha256sum_agrees(bundle: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=bundle, check=False)
    assert done.returncode == 0


FILES = ("text.txt", "statement.json", "checkpoint.txt", "body.bin", "record.json", "proof.json")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("again", [False, True], ids=["as it was listed", "listed anew"])
def test_a_file_that_was_changed_is_found(name: str, again: bool, bundle: Path, tmp_path: Path) -> None:
    forged = Path(shutil.copytree(bundle, tmp_path / "forged"))
    path = min(forged.rglob(name))
    path.write_bytes(CHANGES[name](path.read_bytes()))
    if again:
        listed_again(forged)

    done = checked(forged)
    assert done.returncode != 0
    assert "FAILED" in done.stderr


def in_root(checkpoint: bytes) -> bytes:
    lines = checkpoint.split(b"\n")
    lines[2] = (b"B" if lines[2][:1] == b"A" else b"A") + lines[2][1:]
    return b"\n".join(lines)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "text.txt": lambda body: body + b"Not.",
    "statement.json": lambda body: body.replace(b'"text": "', b'"text": "Not. '),
    "checkpoint.txt": in_root,
    "body.bin": lambda body: body.replace(b"counts", b"counted"),
    "record.json": lambda body: body.replace(b"2024-07-05", b"2024-07-04"),
    "proof.json": lambda body: body.replace(b'"index": ', b'"index": 1'),
}


def test_another_text_is_found_though_all_that_says_it_is_changed(bundle: Path, tmp_path: Path) -> None:
    forged = Path(shutil.copytree(bundle, tmp_path / "forged"))
    text = "I never said that."
    told = json.loads((forged / "statement.json").read_text())
    told |= {"text": text, "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
    (forged / "statement.json").write_text(json.dumps(told))
    (forged / "text.txt").write_text(text)
    listed_again(forged)

    assert "the text stands in none of the captured bytes" in checked(forged).stderr


def test_a_file_put_in_or_taken_out_is_found(bundle: Path, tmp_path: Path) -> None:
    more, fewer = (Path(shutil.copytree(bundle, tmp_path / name)) for name in ("more", "fewer"))
    (more / "another.txt").write_text("")
    (fewer / "text.txt").unlink()

    for forged in (more, fewer):
        assert "SHA256SUMS does not list" in checked(forged).stderr


def test_a_damaged_capture_is_not_proven(archive: Path, tmp_path: Path) -> None:
    copy = copy_archive(archive, tmp_path / "copy.db")
    number = number_of(copy, "mastodon")
    injure(copy, "UPDATE capture SET source = source || '#' WHERE kind = 'page'")

    assert run("prove", number, "--out", tmp_path / "bundle", "--db", copy) == 3
    assert not (tmp_path / "bundle").exists()


def test_what_came_here_without_its_bytes_is_not_proven(archive: Path, tmp_path: Path) -> None:
    copy = copy_archive(archive, tmp_path / "copy.db")
    injure(copy, "UPDATE capture SET body = NULL")

    assert run("prove", number_of(copy, "mastodon"), "--out", tmp_path / "bundle", "--db", copy) == 2
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize("named", ["999999", "mastodon:none", "nobody"])
def test_a_statement_that_is_not_there_is_refused(named: str, archive: Path, tmp_path: Path) -> None:
    assert run("prove", named, "--out", tmp_path / "bundle", "--db", archive) == 2


def test_nothing_that_is_there_is_written_over(archive: Path, bundle: Path) -> None:
    assert run("prove", number_of(archive, "x"), "--out", bundle, "--db", archive) == 2
    assert checked(bundle).returncode == 0


def test_a_signature_is_checked_by_openssl_and_by_us(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="signatures are an extra")
    key, public, note = tmp_path / "key.pem", tmp_path / "public.pem", tmp_path / "checkpoint.txt"
    other, other_public = tmp_path / "other.pem", tmp_path / "other-public.pem"
    for secret, shown in ((key, public), (other, other_public)):
        subprocess.run([*KEY, str(secret)], check=True)
        subprocess.run(["openssl", "pkey", "-in", str(secret), "-pubout", "-out", str(shown)], check=True)
    assert run("checkpoint", note, "--key", key, "--db", archive) == 0

    quick = ("verify", "--quick", "--checkpoint", note, "--db", archive, "--public-key")
    assert run(*quick, public) == 0
    assert run(*quick, other_public) == 2
    signed, signature = steps_of_the_readme(note, tmp_path)
    verifying = ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-in", str(signed)]
    verifying += ["-sigfile", str(signature), "-inkey"]
    for key_file, code in ((public, 0), (other_public, 1)):
        assert (
            subprocess.run([*verifying, str(key_file)], capture_output=True, check=False).returncode == code
        )

    note.write_text(note.read_text().replace("time 20", "time 21"))
    assert run(*quick, public) == 2


def steps_of_the_readme(note: Path, folder: Path) -> tuple[Path, Path]:
    """Its two `sed` lines."""
    readme = Path(hustings.__file__).parent / "archive" / "integrity" / "bundle" / "README.txt"
    lines = [line.strip() for line in readme.read_text().splitlines() if line.strip().startswith("sed ")]
    assert len(lines) == 2
    shutil.copy(note, folder / "note")
    for line in lines:
        subprocess.run(["sh", "-c", line.replace("checkpoint.txt", "note")], cwd=folder, check=True)
    return folder / "signed.txt", folder / "signature.bin"


def test_a_password_protected_or_foreign_key_is_refused(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="signatures are an extra")
    key = tmp_path / "key.pem"
    key.write_text("no key")
    assert run("checkpoint", "--key", key, "--db", archive) == 2
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key)],
        check=True,
    )
    assert run("checkpoint", "--key", key, "--db", archive) == 2
