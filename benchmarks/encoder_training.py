"""Training of the encoder: a network of BERT's form learns from coded statements what each kind reads like.

What is trained starts from a sentence encoder that knows general English. Its table of word pieces stays as
it is. Needs PyTorch and Transformers, which reading a statement does not.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import BertConfig, BertModel

from analysis.contract import KindName
from analysis.kinds.encoder.network import MATRICES
from analysis.kinds.encoder.pieces import Pieces

LONGEST = 128
"""Pieces of a statement that are learned from, with the marks of beginning and end."""
BATCH = 32
EPOCHS = 4
RATE, HEAD_RATE = 1e-4, 1e-3
WARM = 0.06
"""Share of the steps in which the rate rises; afterwards it falls to nothing."""
DROPPED = 0.1
UNDATED = 0.4
"""How often a statement is learned from as if its day were unknown."""
ALIKE = 40
"""Batches whose statements are sorted by length together, so that little is padded."""

_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "wider": "intermediate.dense",
    "narrower": "output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "whole_norm": "output.LayerNorm",
}
"""Our name of a part of a layer -> Transformers' name."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A statement, what it is coded as, and which kinds were coded."""

    numbers: list[int]
    """Of its pieces, with the occasion and the marks."""
    undated: list[int]
    """The same as if its day were unknown."""
    kinds: frozenset[KindName]
    judged: frozenset[KindName]


class Trainee(nn.Module):  # type: ignore[misc]  # PyTorch is not there where types are checked
    """The encoder while it learns."""

    def __init__(self, base: Path, kinds: Sequence[KindName]) -> None:
        super().__init__()
        config = BertConfig.from_pretrained(base, hidden_act="gelu_new")  # what NumPy can do without SciPy
        self.bert = BertModel.from_pretrained(base, config=config, add_pooling_layer=False)
        self.head = nn.Linear(config.hidden_size, len(kinds))
        self.dropout = nn.Dropout(DROPPED)
        self.kinds = tuple(kinds)
        for one in self.bert.embeddings.parameters():
            one.requires_grad = False

    def forward(self, numbers: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Log odds, a row a statement."""
        last = self.bert(input_ids=numbers, attention_mask=mask).last_hidden_state
        seen = mask.unsqueeze(-1).float()
        mean = (last * seen).sum(1) / seen.sum(1)
        said: torch.Tensor = self.head(self.dropout(mean))
        return said


def pieces_of(base: Path) -> tuple[list[str], Pieces]:
    """The vocabulary of a model in a folder, and what takes texts apart by it."""
    from transformers import AutoTokenizer

    known: dict[str, int] = AutoTokenizer.from_pretrained(base).get_vocab()
    vocabulary = sorted(known, key=known.__getitem__)
    return vocabulary, Pieces(vocabulary)


def train(base: Path, kinds: Sequence[KindName], lessons: Sequence[Lesson], seed: int) -> Trainee:
    """An encoder that has learned from the lessons."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    trainee = Trainee(base, kinds)
    steps = EPOCHS * math.ceil(len(lessons) / BATCH)
    optimizer = torch.optim.AdamW(
        [
            {"params": [one for one in trainee.bert.parameters() if one.requires_grad], "lr": RATE},
            {"params": trainee.head.parameters(), "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM * steps)) * max(0.0, 1 - step / steps)
    )
    trainee.train()
    for epoch in range(EPOCHS):
        lost = [_step(trainee, optimizer, rates, batch) for batch in _batches(_told(lessons, chance), chance)]
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {sum(lost) / len(lost):.4f}", flush=True)
    trainee.eval()
    return trainee


def read(trainee: Trainee, lessons: Sequence[Lesson]) -> NDArray[np.float32]:
    """Log odds of each kind of statements that nothing is learned from, a row each."""
    said = np.zeros((len(lessons), len(trainee.kinds)), np.float32)
    order = sorted(range(len(lessons)), key=lambda place: len(lessons[place].numbers))
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            said[part] = trainee(*_padded([lessons[place] for place in part])).numpy()
    return said


def numbers_of(trainee: Trainee) -> dict[str, NDArray[np.float32]]:
    """The numbers as `analysis.kinds.encoder.network.written` wants them."""
    state = {name: value.detach().numpy() for name, value in trainee.state_dict().items()}
    layers = trainee.bert.config.num_hidden_layers
    before = "bert.embeddings"
    parts = {
        "pieces": state[f"{before}.word_embeddings.weight"],
        "places": state[f"{before}.position_embeddings.weight"][:LONGEST]
        + state[f"{before}.token_type_embeddings.weight"][0],
        "first_norm": _norm(state, f"{before}.LayerNorm"),
        "head": state["head.weight"],
        "head_bias": state["head.bias"],
    }
    for ours, theirs in _LAYER.items():
        names = [f"bert.encoder.layer.{layer}.{theirs}" for layer in range(layers)]
        if ours in MATRICES:
            parts[ours] = np.stack([state[f"{name}.weight"] for name in names])
            parts[f"{ours}_bias"] = np.stack([state[f"{name}.bias"] for name in names])
        else:
            parts[ours] = np.stack([_norm(state, name) for name in names])
    return parts


def _norm(state: dict[str, Any], name: str) -> NDArray[np.float32]:
    return np.stack([state[f"{name}.weight"], state[f"{name}.bias"]])


def _told(lessons: Sequence[Lesson], chance: random.Random) -> list[Lesson]:
    """The lessons of an epoch: of some nobody says when they were said."""
    return [replace(one, numbers=one.undated) if chance.random() < UNDATED else one for one in lessons]


def _step(trainee: Trainee, optimizer: Any, rates: Any, batch: Sequence[Lesson]) -> float:
    """Learn from a batch; how wrong it was. What was not coded counts for nothing."""
    wanted, judged = (
        torch.tensor([[float(kind in getattr(one, what)) for kind in trainee.kinds] for one in batch])
        for what in ("kinds", "judged")
    )
    with torch.autocast("cpu", dtype=torch.bfloat16):  # in two thirds of the time
        said = trainee(*_padded(batch)).float()
    each = nn.functional.binary_cross_entropy_with_logits(said, wanted, reduction="none")
    lost = (each * judged).sum() / judged.sum()
    optimizer.zero_grad()
    lost.backward()
    nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)
    optimizer.step()
    rates.step()
    return float(lost.detach())


def _batches(lessons: Sequence[Lesson], chance: random.Random) -> Iterator[list[Lesson]]:
    """All lessons in a new order, statements of like length together."""
    order = list(range(len(lessons)))
    chance.shuffle(order)
    for start in range(0, len(order), BATCH * ALIKE):
        near = sorted(order[start : start + BATCH * ALIKE], key=lambda place: len(lessons[place].numbers))
        batches = [near[first : first + BATCH] for first in range(0, len(near), BATCH)]
        chance.shuffle(batches)
        for batch in batches:
            yield [lessons[place] for place in batch]


def _padded(batch: Sequence[Lesson]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(one.numbers) for one in batch)
    numbers = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest, dtype=torch.long)
    for row, one in enumerate(batch):
        numbers[row, : len(one.numbers)] = torch.tensor(one.numbers)
        mask[row, : len(one.numbers)] = 1
    return numbers, mask
