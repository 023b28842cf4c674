"""Hugging Face models as they are loaded and asked: tiny ones with random weights, made here."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_hub import CODE, COMMIT, PICKLE, serving_hub

import hustings
from analysis.contract import Label, Question, Sentiment, Span
from analysis.sentiment import UnusableModel, scorer_for
from analysis.sentiment.transformer import TransformerScorer, transformer_for
from analysis.text import normalise

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),  # among libraries
]

ROOT = Path(__file__).parent.parent
NOTHING: Mapping[str, str] = {}
TEXTS = [
    "The mayor lied to us about the school.",
    "A wonderful day in the town, and thanks to the mayor.",
    "We met the mayor. It was a long day in the school of the town, and we read a book about it.",
]
LABELS = {
    "three": ["negative", "neutral", "positive"],
    "two": ["NEGATIVE", "POSITIVE"],
    "nli": ["contradiction", "neutral", "entailment"],
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny BERT of each sort of labels."""
    folder = tmp_path_factory.mktemp("models")
    for name, labels in LABELS.items():
        make_bert(folder / name, labels)
    return folder


def make_bert(folder: Path, labels: list[str], **settings: Any) -> None:
    """A model with word pieces of `TEXTS` and weights far enough from 0 for answers that differ."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    known = save_word_pieces(folder)
    torch.manual_seed(len(labels))
    numbered = dict(enumerate(labels))
    config = BertConfig(
        vocab_size=known,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=66,
        initializer_range=0.5,
        id2label=numbered,
        label2id={label: i for i, label in numbered.items()},
        **settings,
    )
    BertForSequenceClassification(config).save_pretrained(folder)


def save_word_pieces(folder: Path) -> int:
    """A tokenizer as BERT has one; returns how many pieces it knows."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=[*special.values()])
    made.train_from_iterator([*TEXTS, "the author speaks well badly of the text sounds"], trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    PreTrainedTokenizerFast(tokenizer_object=made, **special).save_pretrained(folder)
    return int(made.get_vocab_size())


def make_roberta(folder: Path) -> None:
    """Byte pieces, unnamed classes, weights in half precision; no length in its tokenizer."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification

    special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    made = ByteLevelBPETokenizer()
    made.train_from_iterator(TEXTS, vocab_size=300, special_tokens=[*special.values()])
    ends = [("<s>", 0), ("</s>", 2)]
    made.post_processor = TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=made._tokenizer, cls_token="<s>", sep_token="</s>", **special
    )
    torch.manual_seed(4)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=42,
        type_vocab_size=1,
        initializer_range=0.5,
        num_labels=3,
    )
    RobertaForSequenceClassification(config).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def changed(model: Path, folder: Path, **settings: object) -> Path:
    """A copy of a model whose config.json says something else."""
    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **settings}))
    return folder


def toward(text: str, target: str) -> Question:
    """The question about the last `target` in a text."""
    start = text.rindex(target)
    return Question(normalise(text), Span(start, start + len(target)))


def run(
    *words: str | Path, stdin: str, ends_with: int = 0, environment: Mapping[str, str] = NOTHING
) -> subprocess.CompletedProcess[str]:
    """`hustings` in a process of its own, which may not ask the hub."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUSTINGS_", "HF_"))}
    done = subprocess.run(
        [sys.executable, hustings.__file__, *map(str, words)],
        input=stdin,
        env={**kept, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends_with, done.stdout + done.stderr
    return done


def assert_equal(one: Sentiment, other: Sentiment) -> None:
    """Equal but for what padding does to the last digits."""
    assert (one.label, one.method) == (other.label, other.method)
    assert one.score == pytest.approx(other.score, abs=1e-3)
    assert one.confidence == pytest.approx(other.confidence, abs=1e-3)


def plainly(model: Path, text: str, second: str | None = None) -> list[float]:
    """The softmax that Transformers itself gives, with nothing of ours between."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    encoded = AutoTokenizer.from_pretrained(model)(text, second, return_tensors="pt")
    with torch.no_grad():
        logits = AutoModelForSequenceClassification.from_pretrained(model).eval()(**encoded).logits
    return [float(share) for share in logits.softmax(-1)[0]]


@pytest.mark.parametrize("name", LABELS)
def test_answers_are_the_same_in_a_batch_and_alone_and_the_second_time(name: str, models: Path) -> None:
    scorer = scorer_for("transformers", str(models / name))
    longer = [f"{text} {'We read a book. ' * count}" for text in TEXTS for count in range(0, 15, 2)]
    questions = [toward(text, "mayor") for text in longer] + [Question(normalise(text)) for text in longer]

    together = scorer.score(questions)

    assert together == scorer.score(questions)
    for question, answer in zip(questions, together, strict=True):
        assert_equal(answer, scorer.score([question])[0])
    assert len({answer.score for answer in together}) > 3


@pytest.mark.parametrize("name", ["three", "two"])
def test_a_classifiers_answer_is_the_softmax_of_its_class(name: str, models: Path) -> None:
    shares = plainly(models / name, TEXTS[0])
    [answer] = transformer_for(str(models / name)).score([Question(normalise(TEXTS[0]))])

    assert answer.label == LABELS[name][shares.index(max(shares))].lower()
    assert answer.confidence == pytest.approx(max(shares), abs=1e-3)
    assert answer.score == pytest.approx(shares[-1] - shares[0], abs=1e-3)


def test_an_nli_models_answer_comes_from_what_it_holds_entailed(models: Path) -> None:
    well, badly = (
        plainly(models / "nli", TEXTS[0], f"The author speaks {how} of mayor.")[2]
        for how in ("well", "badly")
    )
    [answer] = transformer_for(str(models / "nli")).score([toward(TEXTS[0], "mayor")])

    assert answer.score == pytest.approx(well - badly, abs=1e-3)
    shares = {Label.POSITIVE: well * (1 - badly), Label.NEGATIVE: badly * (1 - well)}
    shares[Label.NEUTRAL] = 1 - sum(shares.values())
    assert answer.confidence == pytest.approx(shares[answer.label], abs=1e-3)


def test_the_method_names_the_model_its_files_and_how_it_is_asked(models: Path) -> None:
    scorer = transformer_for(str(models / "three"))

    assert scorer.method.startswith("transformers-three@")
    assert scorer.method.endswith(":window-1")
    assert {one.method for one in scorer.score([Question(normalise("A day."))])} == {scorer.method}
    assert transformer_for(str(models / "nli")).method.endswith(":nli-1")


@pytest.mark.parametrize("name", ["three", "nli"])
@pytest.mark.parametrize(
    "filler", ["a day in the town, and ", "xyzzyx", "🎉", "👩‍👩‍👧‍👦 ", "(", "e\u0301\u0302"]
)
def test_a_target_at_the_end_of_a_long_text_is_read(name: str, filler: str, models: Path) -> None:
    scorer = transformer_for(str(models / name))
    text = filler * (18_000 // len(filler)) + " the mayor lied"

    told = scorer.explain(toward(text, "mayor"))

    assert told.remarks[0].endswith("the mayor lied")


def test_any_text_is_answered(models: Path) -> None:
    scorer = transformer_for(str(models / "three"))
    texts = ["", " \n", "\x00", "half \ud83d", "🎉" * 100_000, "x" * 100_000, "e" + "\u0301" * 100_000]

    assert len(scorer.score([Question(normalise(text)) for text in texts])) == len(texts)


def test_a_roberta_with_bytes_half_precision_and_unnamed_classes_is_read_to_its_last_place(
    tmp_path: Path,
) -> None:
    make_roberta(tmp_path / "roberta")
    scorer = transformer_for(str(tmp_path / "roberta"))
    text = "🎉" * 3000 + " the mayor " + "👩‍👩‍👧‍👦" * 3000

    told = scorer.explain(toward(text, "mayor"))

    assert "mayor" in told.remarks[0]
    assert "LABEL_0" in told.remarks[1]
    short = transformer_for(str(tmp_path / "roberta")).score([Question(normalise("A day."))])
    assert short[0].confidence > 1 / 3


def test_a_user_maps_labels_and_the_way_of_asking_in_config_json(models: Path, tmp_path: Path) -> None:
    odd = changed(models / "three", tmp_path / "odd", id2label={"0": "hostile", "1": "plain", "2": "warm"})
    with pytest.raises(UnusableModel, match=r"odd: its labels hostile, plain, warm .*id2label"):
        transformer_for(str(odd))

    named = {"0": "positive", "1": "neutral", "2": "negative"}
    mapped = transformer_for(
        str(changed(models / "three", tmp_path / "mapped", id2label=named, hustings_input="pair"))
    )
    assert mapped.method.endswith(":pair-1")
    question = Question(normalise(TEXTS[0]))
    [answer] = mapped.score([question])
    [other] = transformer_for(str(models / "three")).score([question])
    assert answer.score == pytest.approx(-other.score, abs=1e-3)


def test_a_pair_model_answers_differently_about_two_targets_of_one_sentence(
    models: Path, tmp_path: Path
) -> None:
    scorer = transformer_for(str(changed(models / "three", tmp_path / "absa")))
    mayor, school = scorer.score([toward(TEXTS[0], "mayor"), toward(TEXTS[0], "school")])

    assert scorer.method.startswith("transformers-absa@")
    assert mayor.score != school.score


# ---- what is refused


def test_a_model_without_a_trained_head_is_refused(models: Path, tmp_path: Path) -> None:
    from transformers import BertModel

    folder = tmp_path / "headless"
    shutil.copytree(models / "three", folder)
    BertModel.from_pretrained(models / "three").save_pretrained(folder)

    with pytest.raises(UnusableModel, match=r"headless: it is no trained classifier: .*classifier\.weight"):
        transformer_for(str(folder))


def test_code_that_comes_with_a_model_is_not_run(models: Path, tmp_path: Path) -> None:
    auto = {"AutoConfig": "own.Config", "AutoModelForSequenceClassification": "own.Model"}
    folder = changed(models / "three", tmp_path / "own", model_type="own", auto_map=auto)
    mark = tmp_path / "was run"
    (folder / "own.py").write_text(f"open({str(mark)!r}, 'w')\nclass Config: pass\nclass Model: pass\n")

    with pytest.raises(UnusableModel, match="own: Transformers cannot load it"):
        transformer_for(str(folder))
    assert not mark.exists()


def test_a_pickle_is_not_loaded(models: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = tmp_path / "pickled"
    shutil.copytree(models / "three", folder)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()

    with pytest.raises(UnusableModel, match="pickled: it holds no weights in safetensors"):
        transformer_for(str(folder))


def test_damaged_files_are_refused_in_one_line(models: Path, tmp_path: Path) -> None:
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        folder = tmp_path / name
        shutil.copytree(models / "three", folder)
        (folder / name).write_bytes((folder / name).read_bytes()[:700])
        with pytest.raises(UnusableModel) as caught:
            transformer_for(str(folder))
        assert str(caught.value).startswith(name)
        assert "\n" not in str(caught.value)


def test_weights_that_are_no_numbers_give_no_answer(models: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "nan"
    shutil.copytree(models / "three", folder)
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"][0] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(UnusableModel, match="nan: it answers with no numbers"):
        transformer_for(str(folder)).score([Question(normalise("A day."))])


def test_the_tokenizer_of_another_model_is_refused(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(models / "three", folder)
    content = json.loads((folder / "tokenizer.json").read_text())
    vocabulary: dict[str, int] = content["model"]["vocab"]
    vocabulary |= {f"more{number}": len(vocabulary) + number for number in range(9)}
    (folder / "tokenizer.json").write_text(json.dumps(content))

    with pytest.raises(UnusableModel, match="mixed: its tokenizer knows more words than the model"):
        transformer_for(str(folder))


def test_a_model_of_several_labels_at_once_is_refused(models: Path, tmp_path: Path) -> None:
    several = {"problem_type": "multi_label_classification"}
    with pytest.raises(UnusableModel, match="several labels to one text"):
        transformer_for(str(changed(models / "three", tmp_path / "several", **several)))


# ---- commands


def test_tag_reads_with_a_model_of_a_folder_without_a_network_and_says_nothing_else(models: Path) -> None:
    lines = [{"id": str(number), "text": text, "spans": [[0, 3]]} for number, text in enumerate(TEXTS)]
    stdin = "".join(json.dumps(line) + "\n" for line in lines)

    done = run("tag", "-", "--method", "transformers", "--model", models / "three", stdin=stdin)

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    scorer: TransformerScorer = transformer_for(str(models / "three"))
    assert [answer["sentiment"]["method"] for answer in answers] == [scorer.method] * 3
    expected = scorer.score([Question(normalise(text)) for text in TEXTS])
    assert [answer["sentiment"]["label"] for answer in answers] == [one.label for one in expected]
    assert all(answer["spans"][0]["label"] for answer in answers)
    assert done.stderr == ""


def test_a_model_of_the_hub_is_fetched_once_without_token_or_pickle_and_named_by_its_commit(
    models: Path, tmp_path: Path
) -> None:
    words = ("tag", "-", "--method", "transformers", "--model")
    stdin = '{"id": "1", "text": "We met the mayor."}\n'
    with serving_hub("some/model", models / "three") as hub:
        online = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.address, "HF_TOKEN": "hf_secret"}
        online["HF_HOME"] = str(tmp_path)
        first = run(*words, "some/model", stdin=stdin, environment=online)
        asked = list(hub.asked)
        again = run(*words, "some/model", stdin=stdin, environment=online)

    assert hub.asked == asked, "what is in the cache was asked for once more"
    assert any(path.endswith("model.safetensors") for path in asked)
    assert not any(path.endswith((PICKLE, CODE)) for path in asked)
    assert hub.authorized == []
    method = json.loads(first.stdout)["sentiment"]["method"]
    assert method == f"transformers-some/model@{COMMIT[:12]}:window-1"
    assert (again.stdout, again.stderr) == (first.stdout, "")


def test_a_model_that_is_neither_a_folder_nor_cached_is_refused_where_the_hub_may_not_be_asked(
    tmp_path: Path,
) -> None:
    words = ("tag", "-", "--method", "transformers", "--model", "some/model@v2")

    done = run(*words, stdin="", ends_with=2, environment={"HF_HOME": str(tmp_path)})
    [line] = done.stderr.splitlines()
    assert "some/model: there is no such folder, and it cannot be had from the Hugging Face hub" in line
