"""The file of `linear`: what ships, what it says of itself, and how any other bytes are refused."""

import json
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.contract import Question
from analysis.sentiment import UnusableModel, scorer_for
from analysis.sentiment.linear import LinearScorer, load_model, shipped_model
from analysis.sentiment.linear.model import FORMAT, MAX_BYTES, Model, read_model
from analysis.sentiment.linear.scorer import READS
from analysis.text import normalise

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "analysis" / "sentiment" / "linear" / "model.npz"
CONTENT = SHIPPED.read_bytes()
LINE = '{"id": "1", "text": "Labour has betrayed the people of our town."}\n'

Arrays = dict[str, NDArray[Any]]


def shipped_arrays() -> Arrays:
    with np.load(BytesIO(CONTENT)) as arrays:
        return {name: arrays[name] for name in arrays.files}


def packed(arrays: Arrays) -> bytes:
    target = BytesIO()
    cast(Any, np.savez_compressed)(target, **arrays)
    return target.getvalue()


def about_with(arrays: Arrays, **changes: object) -> NDArray[np.uint8]:
    about = json.loads(arrays["about"].tobytes()) | changes
    return np.frombuffer(json.dumps(about).encode(), np.uint8)


def refusal(content: bytes) -> str:
    """What is said of such a file: one line that says what to do."""
    with pytest.raises(UnusableModel) as caught:
        LinearScorer(read_model(content, "mine.npz", name="linear@test"))
    said = str(caught.value)
    assert said.startswith("mine.npz: ")
    assert said.isprintable()
    assert said.endswith("with benchmarks/fit_linear.py")
    return said


def tag(*words: str | Path, ends_with: int = 0, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`hustings tag` of one line in a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(path), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, path / "hustings.py", "tag", "-", *words],
        input=LINE,
        cwd=path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends_with, done.stdout + done.stderr
    return done


# ---- what ships -----------------------------------------------------------------------------------


def test_the_shipped_file_is_at_most_a_megabyte() -> None:
    assert len(CONTENT) <= 1_000_000


def test_the_shipped_file_names_its_data_and_their_licences() -> None:
    about = shipped_model().about
    data = [*cast(list[str], about["trained_on"]), *cast(list[str], about["words_from"])]
    assert [name for name in data if "(MIT)" not in name] == ["the same"]
    assert {"NewsMTSC", "Cardiff", "VADER's"} <= {word.strip(",") for name in data for word in name.split()}


def test_the_shipped_file_was_trained_on_the_readings_of_this_release() -> None:
    assert shipped_model().reads == READS


def test_the_shipped_file_holds_numbers_only() -> None:
    assert {array.dtype.kind for array in shipped_arrays().values()} <= set("iufb")
    with zipfile.ZipFile(BytesIO(CONTENT)) as parts:
        assert all(name.endswith(".npy") for name in parts.namelist())


def test_a_model_of_the_user_goes_by_the_hash_of_its_file(tmp_path: Path) -> None:
    arrays = shipped_arrays()
    content = packed(arrays | {"about": about_with(arrays, trained_on=["mine"])})
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    scorer = scorer_for("linear", str(path))
    assert scorer.method == f"linear@{sha256(content).hexdigest()[:8]}"
    [answer] = scorer.score([Question(normalise("A great day."))])
    [shipped] = scorer_for("linear").score([Question(normalise("A great day."))])
    assert answer.method == scorer.method != shipped.method
    assert (answer.score, answer.label) == (shipped.score, shipped.label)


# ---- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x05\x06", b"\x80\x04N.", b"\x93NUMPY\x01\x00", b"word\t1\n"]
)
def test_bytes_that_are_no_model_are_refused(content: bytes) -> None:
    refusal(content)


@given(st.integers(0, len(CONTENT) - 1))
@settings(max_examples=60)
def test_a_truncated_file_is_refused(length: int) -> None:
    refusal(CONTENT[:length])


@given(st.lists(st.tuples(st.integers(0, len(CONTENT) - 1), st.integers(1, 255)), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_is_refused_or_reads_the_same(changes: list[tuple[int, int]]) -> None:
    """A few bytes of a ZIP say nothing (dates, attributes): with them changed the numbers are the same."""
    content = bytearray(CONTENT)
    for at, change in changes:
        content[at] ^= change
    with suppress(UnusableModel):
        assert_same(read_model(bytes(content), "mine.npz", name="linear@test"), shipped_model())


def assert_same(one: Model, other: Model) -> None:
    assert (one.grams.weights == other.grams.weights).all()
    assert (one.words.vectors == other.words.vectors).all()
    assert (one.toward.weights == other.toward.weights).all()
    assert (one.about, one.reads) == (other.about, other.reads)


HEADERS = [
    b"",
    b"\x93NUMPY",
    b"\x93NUMPY\x09\x00",
    b"\x93NUMPY\x01\x00\x10\x00{'descr': [[[[[[\n",
    b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999,)}\n",
    b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3), }       \n",
    b"\x93NUMPY\x01\x00\x46\x00{'descr': '|V9', 'fortran_order': False, 'shape': (1,), }         \n",
    b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{",
]


@pytest.mark.parametrize("part", HEADERS)
def test_an_array_that_is_not_what_it_says_is_refused(part: bytes) -> None:
    refusal(with_part("gram_scale.npy", part))


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_an_array_of_any_bytes_is_refused(part: bytes) -> None:
    refusal(with_part("gram_scale.npy", b"\x93NUMPY\x01\x00" + part))


def with_part(name: str, content: bytes, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The shipped file with other bytes for one of its arrays."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(CONTENT)) as old, zipfile.ZipFile(target, "w", kind) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return target.getvalue()


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part("gram_keys.npy", b"\x00" * (MAX_BYTES + 1))
    assert len(bomb) < 2_000_000
    assert f"larger than {MAX_BYTES:,} bytes" in refusal(bomb)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnusableModel, match="larger than"):
        load_model(path)


def _without(name: str) -> Callable[[Arrays], Arrays]:
    return lambda arrays: {key: array for key, array in arrays.items() if key != name}


def _with(name: str, change: Callable[[NDArray[Any]], Any]) -> Callable[[Arrays], Arrays]:
    return lambda arrays: arrays | {name: change(arrays[name])}


def _filled(value: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def change(array: NDArray[Any]) -> NDArray[Any]:
        found = array.copy()
        found.flat[0] = value
        return found

    return change


FLAWS = {
    "an array is missing": _without("gram_weights"),
    "no about": _without("about"),
    "another type": _with("gram_weights", lambda array: array.astype(np.int16)),
    "text for numbers": _with("toward_bias", lambda array: array.astype("U8")),
    "complex numbers": _with("toward_bias", lambda array: array.astype(np.complex64)),
    "another byte order": _with("gram_keys", lambda array: array.astype(">u4")),
    "a row too few": _with("word_vectors", lambda array: array[:-1]),
    "a column too many": _with("gram_weights", lambda array: np.repeat(array, 2, axis=1)),
    "a dimension too few": _with("toward_weights", np.ravel),
    "a number that is none": _with("toward_weights", _filled(np.nan)),
    "infinite": _with("word_scale", _filled(np.inf)),
    "so large that sums overflow": _with("gram_scale", _filled(3e38)),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_arrays_of_other_types_shapes_or_numbers_are_refused(flaw: str) -> None:
    refusal(packed(FLAWS[flaw](shipped_arrays())))


ABOUTS = {
    "no JSON": b"{",
    "no text": b"\xff\xfe\xfd",
    "not an object": b"[1]",
    "a number": b"1",
    "empty": b"",
    "nested without end": b"[" * 200_000,
    "no format": b"{}",
    "no readings": b'{"format": 1}',
}


@pytest.mark.parametrize("about", ABOUTS)
def test_a_file_that_says_nothing_sound_of_itself_is_refused(about: str) -> None:
    refusal(packed(shipped_arrays() | {"about": np.frombuffer(ABOUTS[about], np.uint8)}))


@pytest.mark.parametrize(
    "changes",
    [
        {"toward_names": 3},
        {"toward_names": []},
        {"toward_curve": {"base": [0.0, 0.0, 0.0]}},
        {"toward_curve": {"base": [0.0, 0.0], "slope": [1.0, 1.0, 1.0]}},
        {"toward_curve": {"base": [float("nan"), 0.0, 0.0], "slope": [1.0, 1.0, 1.0]}},
        {"whole_curve": {"base": [0.0, 0.0, 0.0], "slope": [float("inf"), 1.0, 1.0]}},
        {"whole_curve": {"base": ["a", 0.0, 0.0], "slope": [1.0, 1.0, 1.0]}},
        {"whole_curve": None},
    ],
)
def test_names_and_curves_that_do_not_fit_are_refused(changes: dict[str, object]) -> None:
    arrays = shipped_arrays()
    refusal(packed(arrays | {"about": about_with(arrays, **changes)}))


def test_a_newer_format_and_other_readings_are_refused_by_name() -> None:
    arrays = shipped_arrays()
    newer = refusal(packed(arrays | {"about": about_with(arrays, format=FORMAT + 1)}))
    assert f"format {FORMAT + 1}, this release reads {FORMAT}" in newer
    others = refusal(packed(arrays | {"about": about_with(arrays, reads="text-0+vader-target-0")}))
    assert "trained on readings by text-0+vader-target-0" in others
    assert READS in others


class Trap:
    """Would write a file while it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_pickled_objects_are_never_run(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    objects = np.empty(1, object)
    objects[0] = Trap(sprung)
    pickle.loads(pickle.dumps(Trap(sprung)))
    assert sprung.exists(), "the trap works"
    sprung.unlink()
    for name in ("about", "gram_scale", "extra"):
        refusal(packed(shipped_arrays() | {name: objects}))
    refusal(pickle.dumps(Trap(sprung)))
    refusal(with_part("about.npy", pickle.dumps(Trap(sprung))))
    assert not sprung.exists()


def test_the_largest_sound_numbers_give_sound_answers() -> None:
    arrays = shipped_arrays()
    large = (name for name, array in arrays.items() if array.dtype.kind == "f")
    arrays |= {name: arrays[name] / np.abs(arrays[name]).max() * np.float32(1e6) for name in large}
    curve = {"base": [1e6] * 3, "slope": [-1e6] * 3}
    arrays["about"] = about_with(arrays, whole_curve=curve, toward_curve=curve)
    scorer = LinearScorer(read_model(packed(arrays), "mine.npz", name="linear@test"))
    for text in ("", "Good, bad and ugly: the cuts failed us all!", "a"):
        for span in (None, (0, 1)):
            asked = Question(normalise(text), cast(Any, span))
            [answer] = scorer.score([asked])
            assert -1 <= answer.score <= 1
            assert 0 <= answer.confidence <= 1


# ---- on the command line --------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, b"no model", CONTENT[:5000]])
def test_the_command_refuses_a_model_in_one_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    if content is not None:
        path.write_bytes(content)
    done = tag("--method", "linear", "--model", path, ends_with=2)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert str(path) in done.stderr


def test_the_command_takes_a_model_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    path.write_bytes(CONTENT)
    assert "linear@" + sha256(CONTENT).hexdigest()[:8] in tag("--method", "linear", "--model", path).stdout


def test_help_loads_no_numpy_and_no_model() -> None:
    code = (
        "import sys, hustings\n"
        "sys.argv = ['hustings', 'tag', '--help']\n"
        "try:\n    hustings.main()\nexcept SystemExit:\n    pass\n"
        "heavy = ('numpy', 'analysis.sentiment.linear')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--method" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_wheel_holds_the_model_and_tags_with_it(tmp_path: Path) -> None:
    code = "import sys, hatchling.build; hatchling.build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    [built] = tmp_path.glob("*.whl")
    alone = tmp_path / "alone"
    with zipfile.ZipFile(built) as wheel:
        wheel.extractall(alone)
    assert (alone / SHIPPED.relative_to(ROOT)).read_bytes() == CONTENT
    assert shipped_model().name in tag("--method", "linear", path=alone).stdout
