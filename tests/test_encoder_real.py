"""The encoder beside Hugging Face's: the same pieces of a text, and the same numbers of a network."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import KindName
from analysis.kinds.encoder.network import Network, read_network, written
from analysis.kinds.encoder.pieces import Pieces

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),  # among libraries
]

LETTERS = "abcdefghijklmnopqrstuvwxyzàéσςßðı0123456789.,'\"-!?&@#£€₦你好"
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["won", "we", "the", "count", "conced", "##e", "##ed", "##ing", "re", "##count", "vot", "##ers"]
VOCABULARY = [*MARKS, *LETTERS, *(f"##{one}" for one in LETTERS), *WORDS]
PIECES = Pieces(VOCABULARY)
KINDS = (KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL)
WIDTH, WIDE, LAYERS, LONGEST = 48, 96, 3, 20


SEEN = st.sampled_from([*LETTERS, *LETTERS.upper(), " ", "\n"])


def is_settled(character: str) -> bool:
    """Whether Unicode says the same of it as twenty years ago: Python and the tokenizer know other editions.
    Halves of a pair are no text to it."""
    old = unicodedata.ucd_3_2_0.category(character)
    return old == unicodedata.category(character) and old not in {"Cn", "Cs"}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import BertTokenizerFast

    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    (folder / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    return BertTokenizerFast.from_pretrained(folder, do_lower_case=True)


def test_texts_come_apart_as_by_the_tokenizer(tokenizer: Any) -> None:
    @settings(deadline=None, max_examples=2000)
    @given(st.text(st.characters().filter(is_settled), max_size=60) | st.text(SEEN, max_size=60))
    def same(text: str) -> None:
        if any(mark in text for mark in MARKS):  # a text that spells a mark: ours stays a text
            return
        assert PIECES.of(text, 1000) == tokenizer(text, add_special_tokens=False)["input_ids"]

    same()


def test_every_character_is_taken_as_by_the_tokenizer(tokenizer: Any) -> None:
    texts = [f"a{one}b" for one in map(chr, range(0x110000)) if is_settled(one)]
    theirs = tokenizer(texts, add_special_tokens=False)["input_ids"]
    assert [text for text, numbers in zip(texts, theirs, strict=True) if PIECES.of(text, 9) != numbers] == []


def test_a_network_says_what_the_one_that_was_trained_says() -> None:
    import torch
    from encoder_training import numbers_of
    from transformers import BertConfig, BertModel

    trainee = _trainee(torch, BertConfig, BertModel)
    network = read_network(written(numbers_of(trainee), VOCABULARY, {"kinds": KINDS}))
    chance = np.random.default_rng(1)
    for length in (2, 3, 11, LONGEST):
        numbers = chance.integers(0, len(VOCABULARY), length).tolist()
        with torch.inference_mode():
            [wanted] = trainee(torch.tensor([numbers]), torch.ones(1, length, dtype=torch.long)).numpy()
        assert np.abs(_odds(network, numbers) - wanted).max() < 0.05 * np.abs(wanted).max()


def _odds(network: Network, numbers: Sequence[int]) -> Any:
    return network.odds([numbers])[0]


def _trainee(torch: Any, config_of: Any, model_of: Any) -> Any:
    from encoder_training import Trainee

    torch.manual_seed(3)
    config = config_of(
        vocab_size=len(VOCABULARY),
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=12,
        intermediate_size=WIDE,
        max_position_embeddings=LONGEST,
        hidden_act="gelu_new",
        initializer_range=0.3,
    )
    trainee = Trainee.__new__(Trainee)
    torch.nn.Module.__init__(trainee)
    trainee.bert = model_of(config, add_pooling_layer=False)
    trainee.head = torch.nn.Linear(WIDTH, len(KINDS))
    trainee.dropout = torch.nn.Dropout(0.0)
    trainee.kinds = KINDS
    return trainee.eval()
