"""The one door to PyTorch and Transformers: a model's tokens, and the probabilities that it gives."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from analysis.sentiment.errors import UnusableModel
from analysis.sentiment.transformer.source import Source, first_line, missing_packages

BATCH = 16
"""Inputs that a model reads at once."""
MOST_TOKENS = 512
"""Of any input, however much more a model could read."""
RESERVED = 2
"""Positions that RoBERTa and its kin count and never use."""
INPUT_KEY = "hustings_input"
"""Key of config.json by which a user says how a classifier is asked: `window` or `pair`."""


class Input(NamedTuple):
    """What a model reads: a text, or a text with a second one beside it."""

    text: str
    second: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A model that is loaded, in eval mode."""

    name: str
    labels: tuple[str, ...]
    """In the order of its outputs."""
    input_key: str | None
    """What its config.json says under `INPUT_KEY`."""
    most_tokens: int
    model: Any
    tokenizer: Any

    def tokens(self, text: str) -> list[tuple[int, int]]:
        """Where each token of a text stands in it."""
        encoded = self.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        places: list[tuple[int, int]] = [(start, end) for start, end in encoded["offset_mapping"]]
        return places

    def room(self, second: str | None) -> int:
        """How many tokens of a text can be read beside `second`."""
        beside = 0 if second is None else len(self.tokens(second))
        special: int = self.tokenizer.num_special_tokens_to_add(pair=second is not None)
        return max(self.most_tokens - special - beside, 1)

    def probabilities(self, inputs: Sequence[Input]) -> list[tuple[float, ...]]:
        """The softmax over the classes for each input, in order. Equal inputs are read once."""
        answers: dict[Input, tuple[float, ...]] = {}
        for batch in _batches(inputs):
            answers.update(zip(batch, self._read(batch), strict=True))
        return [answers[one] for one in inputs]

    def _read(self, batch: Sequence[Input]) -> list[tuple[float, ...]]:
        import torch

        seconds = None if batch[0].second is None else [one.second for one in batch]
        encoded = self.tokenizer(
            [one.text for one in batch],
            seconds,
            padding=True,
            truncation=True,
            max_length=self.most_tokens,
            return_tensors="pt",
            verbose=False,
        )
        with torch.inference_mode():
            logits = self.model(**encoded.to(self.model.device)).logits
        if not bool(torch.isfinite(logits).all()):
            raise UnusableModel(f"{self.name}: it answers with no numbers: its weights are damaged")
        return [tuple(row) for row in logits.double().softmax(-1).tolist()]


def _batches(inputs: Sequence[Input]) -> Iterator[list[Input]]:
    """Unlike inputs, texts apart from pairs, and of nearly one length: little is padded."""
    for _, unlike in groupby(sorted(set(inputs), key=_order), key=lambda one: one.second is None):
        group = list(unlike)
        for start in range(0, len(group), BATCH):
            yield group[start : start + BATCH]


def _order(one: Input) -> tuple[bool, int, str, str]:
    second = one.second or ""
    return one.second is None, len(one.text) + len(second), one.text, second


def load(source: Source, device: str = "cpu") -> Network:
    """The model of a folder: no network, no code of the model's own, no pickle."""
    try:
        import torch  # noqa: F401 - Transformers without it only says so when a model is made
        from safetensors import SafetensorError
        from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise missing_packages(error) from error
    options = {"local_files_only": True, "trust_remote_code": False, "token": False}
    weights = {"use_safetensors": True, "output_loading_info": True}
    folder = str(source.folder)
    try:
        with _quiet():
            config = AutoConfig.from_pretrained(folder, **options)
            tokenizer = AutoTokenizer.from_pretrained(folder, **options)
            model, loading = AutoModelForSequenceClassification.from_pretrained(
                folder, config=config, **options, **weights
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise UnusableModel(f"{source.name}: Transformers cannot load it: {first_line(error)}") from error
    _check(source.name, config, tokenizer, loading["missing_keys"])
    return Network(
        name=source.name,
        labels=tuple(str(config.id2label[i]) for i in sorted(config.id2label)),
        input_key=getattr(config, INPUT_KEY, None),
        most_tokens=_most_tokens(config, tokenizer),
        model=model.float().eval().to(device),
        tokenizer=tokenizer,
    )


def _check(name: str, config: Any, tokenizer: Any, untrained: Sequence[str]) -> None:
    """Refuse what would be loaded and answer nonsense."""
    if untrained:
        raise UnusableModel(
            f"{name}: it is no trained classifier: its files hold no weights for"
            f" {', '.join(sorted(untrained))}"
        )
    if getattr(config, "problem_type", None) == "multi_label_classification":
        raise UnusableModel(f"{name}: it gives several labels to one text; one that chooses is needed")
    if not tokenizer.is_fast:
        raise UnusableModel(f"{name}: it needs a tokenizer.json, to say where tokens stand")
    if len(tokenizer) > (getattr(config, "vocab_size", None) or len(tokenizer)):
        raise UnusableModel(f"{name}: its tokenizer knows more words than the model: it is another model's")
    if tokenizer.pad_token is None:
        raise UnusableModel(f"{name}: its tokenizer has no token for padding")


def _most_tokens(config: Any, tokenizer: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None) or MOST_TOKENS + RESERVED
    return int(min(tokenizer.model_max_length, positions - RESERVED, MOST_TOKENS))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the bars and reports that Transformers writes while it loads; what matters is checked."""
    from transformers.utils import logging

    level, has_bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if has_bar:
            logging.enable_progress_bar()
