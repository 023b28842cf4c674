"""The training of `linear`, from start to end, on small files that the test makes."""

import csv
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

import labelled
import linear_file
import numpy as np
import pytest
import word_vectors

import hustings
from analysis.contract import Question, Sentiment, Span
from analysis.sentiment import scorer_for
from analysis.sentiment.linear import load_model
from analysis.text import normalise

ROOT = Path(__file__).parent.parent
MADE_UP = ("snarvish", "plonate", "glorbulent")
"""Words of no lexicon, one a label: what is said of them can only be learned."""
NAMES = ("Kelby", "Zorvak", "Brelloth", "Kindlewick", "Ospry")
PLACES = ("harbour", "market", "station", "library")
PATTERNS = (
    "{name} gave a {word} talk at the {place} on day {i}.",
    "On day {i} the {place} heard {name}, who was {word}.",
    "Many at the {place} call {name} {word}, said paper {i}.",
)


class Files(NamedTuple):
    """What the script is given."""

    targets: Path
    posts: Path
    ratings: Path


def sentence(i: int, pattern: str, name: str) -> str:
    return pattern.format(i=i, name=name, word=MADE_UP[i % 3], place=PLACES[i % 4])


def target_line(i: int) -> str:
    """A sentence of a target, or of two of whom the same is said, as NewsMTSC has it."""
    pattern, name = PATTERNS[i % 7 % 3], NAMES[i % 5]
    text = sentence(i, pattern, name)
    start = text.index(name)
    target = {"from": start, "to": start + len(name), "polarity": 2.0 * (i % 3 + 1)}
    unlike = {"from": 0, "to": 1, "polarity": -1.0}
    targets = [target, target] if i % 10 == 0 else [target, unlike]
    gid = f"news_{i}_x_{start}"
    return json.dumps({"primary_gid": gid, "sentence_normalized": text, "targets": targets}) + "\n"


def made(folder: Path, sentences: int = 120, posts: int = 60, ratings: int = 30) -> Files:
    files = Files(folder / "targets.jsonl", folder / "posts.csv", folder / "ratings.tar.gz")
    files.targets.write_text("".join(map(target_line, range(sentences))), encoding="utf-8")
    with files.posts.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["full_text", "label"])
        rows.writerows([f"A {MADE_UP[i % 3]} day in town {i}, all in all.", i % 3 - 1] for i in range(posts))
        rows.writerow(["The coders did not agree.", "x"])
    with tarfile.open(files.ratings, "w:gz") as archive:
        lines = "".join(
            f"{i}\t{2.5 * (i % 3 - 1)}\tIt''s {MADE_UP[i % 3]} \x85 stuff\n" for i in range(ratings)
        )
        put(archive, "hutto/tweets_GroundTruth.txt", lines)
        put(archive, "hutto/tweets_anonDataRatings.txt", "no\tsuch\n")
    return files


def put(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode("latin-1")
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def fit(files: Files, *more: str | Path, ends_with: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "benchmarks" / "fit_linear.py", *files, *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == ends_with, done.stdout + done.stderr
    return done


class Run(NamedTuple):
    """A model that was trained, and what the script printed meanwhile."""

    files: Files
    model: Path
    printed: str


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("training")
    files = made(folder)
    model = folder / "model.npz"
    return Run(files, model, fit(files, "--out", model).stdout)


def asked(model: Path, text: str, name: str | None = None) -> Sentiment:
    span = Span(text.index(name), text.index(name) + len(name)) if name else None
    [answer] = scorer_for("linear", str(model)).score([Question(normalise(text), span)])
    return answer


def test_figures_are_printed_over_all_targets_and_posts(trained: Run) -> None:
    lines = trained.printed.splitlines()
    for begins in ("targets: n 132, macro-F1 ", "one target a sentence: n 108,", "several targets: n 24,"):
        assert any(line.startswith(begins) for line in lines), trained.printed
    assert any(line.startswith("posts: n 60, macro-F1 ") for line in lines)
    assert lines[-1] == f"{trained.model}: {trained.model.stat().st_size:,} bytes"


def test_an_obvious_pattern_is_found_again_in_folds_that_were_not_trained_on(trained: Run) -> None:
    for begins in ("targets: ", "posts: "):
        [line] = [line for line in trained.printed.splitlines() if line.startswith(begins + "n ")]
        assert float(line.partition("macro-F1 ")[2][:5]) > 0.9, line


@pytest.mark.parametrize(("word", "label"), list(zip(MADE_UP, labelled.LABELS, strict=True)))
def test_a_model_says_of_a_new_name_what_it_learned(trained: Run, word: str, label: str) -> None:
    assert asked(trained.model, f"Wendle gave a {word} talk at the market on day 3.", "Wendle").label == label
    assert asked(trained.model, f"A {word} day in town 5, all in all.").label == label


def test_the_command_takes_the_model_that_was_written(
    trained: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = tmp_path / "posts.ndjson"
    posts.write_text(json.dumps({"id": "1", "text": "It was a snarvish day in our town and we lost."}) + "\n")
    command = ["hustings", "tag", str(posts), "--method", "linear", "--model", str(trained.model)]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        hustings.main()
    assert not ended.value.code
    assert load_model(trained.model).name in capsys.readouterr().out


def test_the_same_files_give_the_same_bytes(trained: Run, tmp_path: Path) -> None:
    again = tmp_path / "again.npz"
    fit(trained.files, "--out", again)
    assert again.read_bytes() == trained.model.read_bytes()


def test_a_model_names_the_files_it_was_trained_on_and_claims_no_others(trained: Run) -> None:
    about = load_model(trained.model).about
    assert about["trained_on"] == ["targets.jsonl", "posts.csv"]
    assert about["words_from"] == ["the same", "ratings.tar.gz"]


def test_vectors_have_fewer_numbers_where_there_are_fewer_words() -> None:
    documents = [["the", word, "talk"] for word in MADE_UP for _ in range(5)]
    found = word_vectors.vectors_of(documents)
    assert set(found) == {"the", "talk", *MADE_UP}
    assert {vector.shape for vector in found.values()} == {(4,)}
    many = [[f"w{i}", f"w{i + 1}"] for i in range(150) for _ in range(4)]
    assert {vector.shape for vector in word_vectors.vectors_of(many).values()} == {(word_vectors.DIMENSIONS,)}


def test_valences_follow_the_ratings() -> None:
    rated = [(["a", word], rating) for word, rating in (("bad", -2.0), ("good", 2.0)) for _ in range(9)]
    found = word_vectors.valences_of(rated)
    assert found["bad"] < -0.5 < 0.5 < found["good"]


def test_small_whole_numbers_keep_weights_to_half_a_step() -> None:
    values = np.array([[0.5, -2.0], [0.25, 1.0], [-0.5, 0.0]])
    small, scale = linear_file._small(values)
    assert small.dtype == np.int8
    assert np.abs(small * scale - values).max() <= 0.51 * scale.max()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((3, 60, 30), "too few targets"),
        ((120, 2, 30), "too few posts"),
        ((2, 0, 0), "too little text"),
        ((120, 60, 2), "too little rated text"),
    ],
)
def test_too_little_data_is_refused_in_one_line(
    sizes: tuple[int, int, int], message: str, tmp_path: Path
) -> None:
    done = fit(made(tmp_path, *sizes), ends_with=2)
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    files = made(tmp_path)
    files.posts.unlink()
    assert str(files.posts) in fit(files, ends_with=2).stderr.splitlines()[-1]
