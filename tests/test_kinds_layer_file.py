"""The file of a layer over the rules of kinds: what it holds, and how any other bytes are refused."""

import json
import pickle
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from damaged_zips import damaged_zip
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from typer.testing import CliRunner

import hustings
from analysis.contract import KindName
from analysis.kinds import KindFinder
from analysis.kinds.layer import Layer, UnusableLayer, load_layer
from analysis.kinds.layer.model import FORMAT, MAX_BYTES, WHAT, Head, read_layer, written
from analysis.kinds.layer.telling import VOICES
from analysis.kinds.layer.traits import BUCKETS, NUMBERS

Arrays = dict[str, NDArray[Any]]

RANDOM = np.random.default_rng(1)
HEADS = [
    Head(kind, 0.5, RANDOM.normal(size=len(NUMBERS)), RANDOM.normal(size=BUCKETS), 0.1, 1.2, 0.4, 0.2)
    for kind in (KindName.CONCESSION, KindName.PLEDGE)
]
CONTENT = written(HEADS, {**VOICES, "seed": 1})
LINE = '{"id": "1", "text": "Thank you all."}\n'


def arrays_of(content: bytes = CONTENT) -> Arrays:
    with np.load(BytesIO(content)) as arrays:
        return {name: arrays[name] for name in arrays.files}


def packed(arrays: Arrays) -> bytes:
    target = BytesIO()
    cast(Any, np.savez_compressed)(target, **arrays)
    return target.getvalue()


def saying(**changes: object) -> bytes:
    """The file, with other things said of itself."""
    arrays = arrays_of()
    about = json.loads(arrays["about"].tobytes()) | changes
    return packed(arrays | {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)})


def refusal(content: bytes) -> str:
    """What is said of bytes that are no layer: one line, which names the file and what to do."""
    with pytest.raises(UnusableLayer) as refused:
        read_layer(content, "mine.npz")
    message = str(refused.value)
    assert message.startswith("mine.npz: ")
    assert message.endswith("train it again with `hustings code train`")
    assert len(message.splitlines()) == 1
    return message


def assert_same(one: Layer, other: Layer) -> None:
    assert (one.table == other.table).all()
    assert (one.numbers == other.numbers).all()
    assert (one.kinds, one.thresholds, one.floors) == (other.kinds, other.thresholds, other.floors)
    assert one.about == other.about


def test_what_is_written_is_read() -> None:
    layer = read_layer(CONTENT, "mine.npz")
    assert layer.kinds == (KindName.CONCESSION, KindName.PLEDGE)
    assert layer.thresholds == {KindName.CONCESSION: 0.4, KindName.PLEDGE: 0.4}
    assert layer.floors == {KindName.CONCESSION: 0.2, KindName.PLEDGE: 0.2}
    assert layer.rules == KindFinder.method
    assert layer.encoder == VOICES["encoder"]
    assert (layer.about["what"], layer.about["format"], layer.about["seed"]) == (WHAT, FORMAT, 1)
    for number, one in enumerate(HEADS):
        assert layer.numbers[number] == pytest.approx(one.numbers, abs=1e-6)
        step = np.abs(one.table).max() / 127
        assert np.abs(layer.table[:, number] * layer.scale[number] - one.table).max() <= step / 2 + 1e-6


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert written(HEADS, {**VOICES, "seed": 1}) == CONTENT


def test_a_layer_for_no_kind_and_one_without_words_can_be_written() -> None:
    assert read_layer(written([], VOICES), "mine.npz").kinds == ()
    silent = Head(KindName.THANKS, 0, np.zeros(len(NUMBERS)), np.zeros(BUCKETS), 0, 1, 0.5, 0.5)
    assert not read_layer(written([silent], VOICES), "mine.npz").table.any()


def test_the_file_is_small() -> None:
    """Every place of the table is filled here, as it never is."""
    assert len(CONTENT) < 100_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"\x00" * 1000,
        b"PK\x03\x04" + b"\xff" * 100,
        b"what: a layer",
        CONTENT[:-30],
        CONTENT[30:],
    ],
)
def test_bytes_that_are_no_layer_are_refused(content: bytes) -> None:
    refusal(content)


def test_a_bare_array_is_refused() -> None:
    target = BytesIO()
    np.save(target, np.zeros(3))
    refusal(target.getvalue())


@given(st.integers(0, len(CONTENT) - 1))
@settings(max_examples=40)
def test_a_truncated_file_is_refused(length: int) -> None:
    refusal(CONTENT[:length])


@given(st.lists(st.tuples(st.integers(0, len(CONTENT) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=100)
def test_a_damaged_file_is_refused_or_reads_the_same(changes: list[tuple[int, int]]) -> None:
    content = bytearray(CONTENT)
    for place, byte in changes:
        content[place] = byte
    with suppress(UnusableLayer):
        assert_same(read_layer(bytes(content), "mine.npz"), read_layer(CONTENT, "mine.npz"))


def with_part(name: str, content: bytes) -> bytes:
    """The file with other bytes for one of its arrays."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(CONTENT)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return target.getvalue()


@given(st.binary(max_size=60))
@settings(max_examples=60)
def test_an_array_of_any_bytes_is_refused(part: bytes) -> None:
    refusal(with_part("scale.npy", part))
    refusal(with_part("scale.npy", b"\x93NUMPY\x01\x00" + part))


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part("table.npy", b"\x00" * (MAX_BYTES + 1))
    assert len(bomb) < 200_000
    assert f"larger than {MAX_BYTES:,} bytes" in refusal(bomb)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnusableLayer, match="larger than"):
        load_layer(path)


def _with(name: str, change: Callable[[NDArray[Any]], Any]) -> Callable[[Arrays], Arrays]:
    return lambda arrays: arrays | {name: change(arrays[name])}


def _filled(value: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def change(array: NDArray[Any]) -> NDArray[Any]:
        found = array.copy()
        found.flat[0] = value
        return found

    return change


FLAWS: dict[str, Callable[[Arrays], Arrays]] = {
    "a part is missing": lambda arrays: {key: array for key, array in arrays.items() if key != "scale"},
    "a part too many": lambda arrays: arrays | {"more": np.zeros(1)},
    "another type": _with("table", lambda array: array.astype(np.int16)),
    "text for numbers": _with("bias", lambda array: array.astype("U8")),
    "another byte order": _with("bias", lambda array: array.astype(">f4")),
    "a row too few": _with("table", lambda array: array[:-1]),
    "a kind too many": _with("numbers", lambda array: np.repeat(array, 2, axis=0)),
    "a dimension too few": _with("curves", np.ravel),
    "a number that is none": _with("numbers", _filled(np.nan)),
    "a scale that is none": _with("scale", _filled(np.nan)),
    "infinite": _with("curves", _filled(np.inf)),
    "so large that sums overflow": _with("bias", _filled(3e38)),
    "a threshold above one": _with("thresholds", _filled(1.5)),
    "a threshold below nothing": _with("floors", _filled(-0.1)),
    "a floor above its threshold": _with("floors", _filled(0.7)),
}


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_whose_packing_is_damaged_is_refused(packing: int) -> None:
    refusal(damaged_zip(CONTENT, packing))


@pytest.mark.parametrize("flaw", FLAWS)
def test_arrays_of_other_types_shapes_or_numbers_are_refused(flaw: str) -> None:
    refusal(packed(FLAWS[flaw](arrays_of())))


ABOUTS = {
    "no JSON": b"{",
    "no text": b"\xff\xfe\xfd",
    "not an object": b"[1]",
    "a number": b"1",
    "empty": b"",
    "nested without end": b"[" * 200_000,
    "nothing": b"{}",
}


@pytest.mark.parametrize("about", ABOUTS)
def test_a_file_that_says_nothing_sound_of_itself_is_refused(about: str) -> None:
    refusal(packed(arrays_of() | {"about": np.frombuffer(ABOUTS[about], np.uint8)}))


@pytest.mark.parametrize(
    "changes",
    [
        {"what": "a model of something else"},
        {"format": FORMAT + 1},
        {"format": float("nan")},
        {"told": list(reversed(NUMBERS))},
        {"told": 3},
        {"kinds": ["concession", "concession"]},
        {"kinds": ["concession", "other"]},
        {"kinds": ["concession", "gossip"]},
        {"kinds": ["concession"]},
        {"kinds": 2},
        {"rules": None},
        {"rules": ["kinds-rules-2"]},
        {"rules": "two\nlines"},
        {"rules": "x" * 101},
        {"encoder": None},
        {"encoder": "two\nlines"},
    ],
)
def test_what_a_file_says_of_itself_must_fit(changes: dict[str, object]) -> None:
    refusal(saying(**changes))


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
    for name in ("about", "scale", "extra"):
        refusal(packed(arrays_of() | {name: objects}))
    refusal(pickle.dumps(Trap(sprung)))
    refusal(with_part("about.npy", pickle.dumps(Trap(sprung))))
    assert not sprung.exists()


def tagged(path: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(hustings.app, ["tag", "-", "--kinds-model", str(path)], input=LINE)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("content", [None, b"no layer", saying(rules="kinds-rules-0")])
def test_the_command_refuses_a_file_in_one_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "layer.npz"
    if content is not None:
        path.write_bytes(content)
    code, out, err = tagged(path)
    assert (code, out) == (2, "")
    assert err.startswith(f"hustings: {path}: ")
    assert len(err.splitlines()) == 1


def test_the_command_reads_with_the_file_and_names_it(tmp_path: Path) -> None:
    path = tmp_path / "layer.npz"
    path.write_bytes(CONTENT)
    code, out, _ = tagged(path)
    assert code == 0
    methods = {kind["method"] for kind in json.loads(out)["kinds"]}
    assert methods == {f"{KindFinder.method}~{load_layer(path).name}"}
