"""The encoder: how its file is read, how texts come apart, what it hears, and when it is asked at all."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damaged_zips import damaged_zip
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.arrays import DAMAGED
from analysis.contract import KindName, Roster, StatementText
from analysis.kinds import KindFinder
from analysis.kinds.encoder import ENCODER_NAME, Asked, Encoder, general_encoder
from analysis.kinds.encoder.network import MATRICES, NORMS, Network, read_network, written
from analysis.kinds.encoder.pieces import BEGIN, END, UNKNOWN, Pieces
from analysis.kinds.encoder.reading import ENCODER, MOST_WINDOWS
from analysis.kinds.layer import load_layer
from analysis.kinds.layer.gate import GATE, GATE_NAME, gate
from analysis.kinds.layer.gate import SURE as SURE_FROM
from analysis.kinds.layer.telling import tell
from analysis.kinds.layer.traits import KINDS, Traits, was_read
from analysis.kinds.tables import read_tables
from analysis.reader import Reader
from analysis.sentiment import scorer_for
from analysis.text import normalise

WORDS = ["count", "won", "we", "the", "re", "##count", "##ing", "a", "##b", "!", ":", "later"]
VOCABULARY = [UNKNOWN, BEGIN, END, *WORDS]
PIECES = Pieces(VOCABULARY)
SMALL = (KindName.VICTORY, KindName.REFUSAL)
WIDTH, WIDE, LAYERS, LONGEST = 24, 48, 2, 16
READ = st.lists(st.integers(0, len(VOCABULARY) - 1), min_size=2, max_size=LONGEST)
"""Pieces of a text: beginning and end are always there."""


def parts() -> dict[str, NDArray[np.float32]]:
    """The numbers of a small network, by lot."""
    chance = np.random.default_rng(5)
    shapes = {"wider": (WIDE, WIDTH), "narrower": (WIDTH, WIDE)}
    found = {
        "pieces": (len(VOCABULARY), WIDTH),
        "places": (LONGEST, WIDTH),
        "first_norm": (2, WIDTH),
        "head": (len(SMALL), WIDTH),
        "head_bias": (len(SMALL),),
        **{name: (LAYERS, *shapes.get(name, (WIDTH, WIDTH))) for name in MATRICES},
        **{f"{name}_bias": (LAYERS, shapes.get(name, (WIDTH, 0))[0]) for name in MATRICES},
        **{f"{name}_norm": (LAYERS, 2, WIDTH) for name in NORMS},
    }
    return {name: chance.normal(size=shape).astype(np.float32) for name, shape in found.items()}


ABOUT = {"kinds": SMALL}
CONTENT = written(parts(), VOCABULARY, ABOUT)
NETWORK = read_network(CONTENT)


class Counted:
    """A network that counts what it is asked."""

    def __init__(self, network: Network) -> None:
        self.network, self.asked = network, list[Sequence[int]]()
        self.pieces, self.longest, self.kinds = network.pieces, network.longest, network.kinds
        self.name = network.name

    def odds(self, texts: Sequence[Sequence[int]]) -> Any:
        self.asked += texts
        return self.network.odds(texts)


# ---- pieces -------------------------------------------------------------------------------------------


def pieces(text: str, most: int = 100) -> list[str]:
    return [VOCABULARY[number] for number in PIECES.of(text, most)]


def test_a_word_that_is_not_known_comes_apart_into_the_longest_pieces_that_are() -> None:
    assert pieces("We won the RECOUNTING!") == ["we", "won", "the", "re", "##count", "##ing", "!"]
    assert pieces("wé\u0301 won") == ["we", "won"]
    assert pieces("ab a b") == ["a", "##b", "a", UNKNOWN]


@pytest.mark.parametrize("text", ["", " \n", "\ufffd", "\x00\x07", "\u200b"])
def test_what_is_not_written_is_no_piece(text: str) -> None:
    assert pieces(text) == []


def test_a_word_without_end_is_unknown() -> None:
    assert pieces("a" + "b" * 99) == ["a"] + ["##b"] * 99
    assert pieces("a" + "b" * 100) == [UNKNOWN]


@given(st.text(max_size=80), st.integers(0, 20))
def test_never_more_pieces_than_asked_for_and_those_the_first(text: str, most: int) -> None:
    assert PIECES.of(text, most) == PIECES.of(text, 1000)[:most]


def test_a_text_that_spells_a_mark_is_a_text() -> None:
    """Otherwise whoever writes [SEP] could end what is read."""
    assert BEGIN not in pieces("[CLS] we won [SEP]")
    assert END not in pieces("[CLS] we won [SEP]")


# ---- the file -----------------------------------------------------------------------------------------


def test_the_same_numbers_give_the_same_bytes_and_name() -> None:
    assert written(parts(), VOCABULARY, ABOUT) == CONTENT
    assert NETWORK.name.startswith("encoder-")
    assert NETWORK.kinds == SMALL


def test_the_file_that_ships_is_the_one_that_methods_name() -> None:
    assert general_encoder().name == ENCODER_NAME
    [odds] = general_encoder().odds([Asked("unknown", "")])
    assert set(odds) == set(KINDS)


def test_the_gate_that_ships_was_trained_over_these_rules() -> None:
    gate = load_layer(GATE)
    assert (gate.name, gate.rules) == (GATE_NAME, KindFinder.method)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_a_damaged_file_is_refused_or_read(place: int, change: int) -> None:
    content = bytearray(CONTENT)
    content[place] ^= change
    with suppress(*DAMAGED):
        read_network(bytes(content))


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_whose_packing_is_damaged_is_refused(packing: int) -> None:
    with pytest.raises(DAMAGED):
        read_network(damaged_zip(CONTENT, packing))


@pytest.mark.parametrize(
    ("name", "shape"),
    [("head", (3, WIDTH)), ("places", (4, WIDTH)), ("query", (LAYERS, WIDTH, 7)), ("mixed_bias", (1, WIDTH))],
)
def test_numbers_that_do_not_fit_each_other_are_refused(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(DAMAGED):
        read_network(written(parts() | {name: np.zeros(shape, np.float32)}, VOCABULARY, ABOUT))


@pytest.mark.parametrize("about", [{"kinds": ["gossip"]}, {"what": "a song"}, {"format": 0}])
def test_what_the_file_says_of_itself_must_fit(about: dict[str, object]) -> None:
    with pytest.raises(DAMAGED):
        read_network(written(parts(), VOCABULARY, {**ABOUT, **about}))


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(DAMAGED):
        read_network(written(parts() | {"head_bias": np.full(2, np.nan)}, VOCABULARY, ABOUT))


# ---- reading ------------------------------------------------------------------------------------------


def test_each_place_hears_all_others() -> None:
    """A network whose attention were cut off would say the same of words in another company."""
    numbers = PIECES.of("we won the count", 10)
    ends = [numbers[0]], numbers, numbers[::-1]
    said = [tuple(NETWORK.odds([one])[0].tolist()) for one in ends]
    assert len(set(said)) == 3


@given(READ)
def test_whatever_is_read_the_odds_are_numbers(numbers: list[int]) -> None:
    assert np.isfinite(NETWORK.odds([numbers])).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(READ, min_size=1, max_size=9))
def test_a_text_is_read_the_same_to_the_last_bit_in_any_company(texts: list[list[int]]) -> None:
    """Or findings would depend on how statements are dealt out to processes."""
    alone = [NETWORK.odds([one])[0].tolist() for one in texts]
    assert NETWORK.odds(texts).tolist() == alone


def test_the_encoder_that_ships_reads_the_same_to_the_last_bit_in_any_company() -> None:
    texts = [Asked("later", one) for rule in read_tables().rules[::40] for one in rule.examples]
    encoder = general_encoder()
    assert encoder.odds(texts) == [encoder.odds([one])[0] for one in texts]


@pytest.mark.parametrize("kernels", ["Haswell", "Prescott"])
def test_the_same_holds_for_the_kernels_of_other_processors(kernels: str) -> None:
    """They add up a row otherwise by where it stands among 12, or 4."""
    cpu = Path("/proc/cpuinfo")
    if not cpu.exists() or " avx2 " not in cpu.read_text():
        pytest.skip("no processor that has these kernels")
    script = (
        "from analysis.kinds.encoder import Asked, general_encoder\n"
        "network = general_encoder()._network\n"
        "words = 'the count is over and we have seen that they won it fairly'.split()\n"
        "texts = [network.pieces.of(' '.join(words[:length]), 50) for length in range(2, 13)]\n"
        "alone = [network.odds([one])[0].tolist() for one in texts]\n"
        "print(network.odds(texts).tolist() == alone, network.odds(texts[::-1]).tolist() == alone[::-1])\n"
    )
    environment = {**os.environ, "OPENBLAS_CORETYPE": kernels, "OPENBLAS_NUM_THREADS": "1"}
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "True True\n", done.stderr


def test_a_long_text_is_read_part_by_part_and_the_loudest_part_counts() -> None:
    counted = Counted(NETWORK)
    text = "we won the count ! " * 6
    [odds] = Encoder(counted).odds([Asked("later", text)])  # type: ignore[arg-type]
    assert all(len(one) <= LONGEST for one in counted.asked)
    assert len(counted.asked) == 3
    first = PIECES.of("later:", 10)
    assert all(one[: len(first) + 1] == [PIECES.begin, *first] for one in counted.asked)
    each = NETWORK.odds(counted.asked)
    assert list(odds.values()) == pytest.approx(each.max(axis=0), abs=0.006)


def test_a_text_without_end_is_read_no_further_than_so_many_parts() -> None:
    counted = Counted(NETWORK)
    Encoder(counted).odds([Asked("later", "we won " * 50_000)])  # type: ignore[arg-type]
    assert len(counted.asked) == MOST_WINDOWS


def test_it_hears_what_no_rule_and_no_single_word_says() -> None:
    """Texts of our own, told apart by what they come to."""
    lost, outing = general_encoder().odds(
        [
            Asked(
                "weeks after polls", "The numbers are the numbers. She earned the seat, and I told her so."
            ),
            Asked(
                "before polls", "A lovely morning at the allotments in Eastfield. Thanks for the courgettes!"
            ),
        ]
    )
    assert lost[KindName.CONCESSION] > 0 > outing[KindName.CONCESSION]
    assert outing[KindName.ACCUSATION] < -2


# ---- when it is asked ---------------------------------------------------------------------------------


def told(*texts: str) -> list[Traits]:
    rules = KindFinder()
    heard = [rules.hear(StatementText(id="1", text=one), normalise(one), [], []) for one in texts]
    return [one.traits for one in tell(rules, heard, [[]] * len(texts))]


SURE = "I lost the election. I accept the result."
DOUBTFUL = "The numbers are the numbers. She earned the seat, and I told her so."
NOTICE = "The bakery on the corner opens at eight."


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the encoder is asked about from now on."""
    texts: list[str] = []
    reads = Encoder.odds

    def odds(self: Encoder, some: Sequence[Asked]) -> list[Mapping[KindName, float]]:
        texts.extend(one.text for one in some)
        return reads(self, some)

    monkeypatch.setattr(Encoder, "odds", odds)
    return texts


def test_it_is_asked_only_where_something_is_possible_and_not_sure(asked: list[str]) -> None:
    read = [was_read(one) for one in told(NOTICE, SURE, DOUBTFUL, NOTICE)]
    assert read == [False, False, True, False]
    assert asked == [DOUBTFUL]


def test_where_it_is_not_asked_what_asks_decides(asked: list[str]) -> None:
    sure, notice = map(kinds_of, told(SURE, NOTICE))
    assert KindName.CONCESSION in sure
    assert all(chance > SURE_FROM for chance in sure.values())
    assert notice == {}
    assert asked == []


def kinds_of(traits: Traits) -> dict[KindName, float]:
    known = gate()
    return {kind: one for kind, one in known.chances(traits).items() if one >= known.thresholds[kind]}


def test_a_sure_kind_is_found_by_the_general_layer_without_the_encoder(asked: list[str]) -> None:
    reader = Reader(Roster(), scorer_for("vader"))
    [reading] = reader.read([StatementText(id="1", text=SURE)])
    assert [one.kind for one in reading.kinds] == [KindName.CONCESSION]
    assert reading.kinds[0].confidence == pytest.approx(kinds_of(*told(SURE))[KindName.CONCESSION], abs=0.001)
    assert asked == []


def test_the_encoder_lies_in_the_package() -> None:
    assert ENCODER.parent == Path(general_encoder.__wrapped__.__code__.co_filename).parent
