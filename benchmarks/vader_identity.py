"""Counts the texts on which the scorer `vader` and vaderSentiment differ.

`python benchmarks/vader_identity.py [--posts FILE ...]`: 100,000 texts are made from a seed; more are read
from the files, one a line or the cells of a CSV file's column `text`. A difference is any bit of the compound
score.
"""

import argparse
import csv
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from analysis.sentiment import vader

COUNT = 100_000
SEED = 20241128

REFERENCE = SentimentIntensityAnalyzer()

LEXICON = sorted(REFERENCE.lexicon)
EMOJI = sorted(REFERENCE.emojis)
EMOTICONS = [word for word in LEXICON if not any(map(str.isalnum, word))]
TURNS = [
    *("but", "But", "BUT", "no", "No", "or", "nor", "no but", "least", "at least", "very least", "never so"),
    *("never this", "without doubt", "without", "doubt", "so", "this", "kind of", "sort of", "kindof", "not"),
    *("no problem", "n't", "isn’t", "can’t", "ain't", "yeah right", "to die for", "the bomb"),
]
PLAIN = [
    "the",
    "council",
    "met",
    "on",
    "Monday",
    "about",
    "a",
    "road",
    "it",
    "was",
    "NHS",
    "x",
    "2019",
    "10%",
]
MARKS = ["!", "!!", "!!!!!", "?", "??", "????", ".", "...", ",", ";", ":", '"', "'", "(", ")", "-", "…", "’"]
ODD = list("\u200d\ufe0f\u200b\u00a0\u0301ßİǆé中😀\U0001f3fd\n\t\r")
POOLS = (LEXICON, PLAIN, TURNS, EMOJI, EMOTICONS, [*BOOSTER_DICT], [*NEGATE], [*SPECIAL_CASES], ODD)
WEIGHTS = (8, 8, 4, 2, 1, 3, 3, 2, 1)


def made_texts(count: int, seed: int = SEED) -> Iterator[str]:
    """So many texts, the same for the same seed: of VADER's words and rules, and of any characters at all."""
    rng = random.Random(seed)
    for i in range(count):
        yield _random_characters(rng) if i % 10 == 9 else _words(rng)


def _words(rng: random.Random) -> str:
    parts = [_word(rng) for _ in range(rng.choice((1, 3, 8, 8, 15, 25, 40)))]
    return rng.choice((" ", " ", " ", "  ", "")).join(parts)


def _word(rng: random.Random) -> str:
    word: str = rng.choice(rng.choices(POOLS, weights=WEIGHTS)[0])
    shape = rng.random()
    if shape < 0.2:
        word = word.upper() if shape < 0.12 else word.title()
    if rng.random() < 0.15:
        word += rng.choice(MARKS)
    return rng.choice(MARKS) + word if rng.random() < 0.05 else word


def _random_characters(rng: random.Random) -> str:
    top = rng.choice((0x7F, 0x250, 0x3000, 0x110000))
    signs = [chr(rng.randrange(top)) for _ in range(rng.randrange(60))]
    return "".join(sign if rng.random() < 0.8 else f" {_word(rng)} " for sign in signs)


def differences(texts: Iterable[str]) -> list[str]:
    """The texts of which the two do not say the same, to the last bit."""
    return [text for text in texts if vader.compound(text) != REFERENCE.polarity_scores(text)["compound"]]


def posts_of(path: Path) -> Iterator[str]:
    """The texts of a file: the column `text` of a CSV file, or else its lines."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        if path.suffix == ".csv":
            yield from (row["text"] for row in csv.DictReader(file))
        else:
            yield from (line.rstrip("\n") for line in file)


def main() -> None:
    """Compare, and say how often they differ and how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--posts", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    sources = {"made": list(made_texts(options.count)), **{str(p): list(posts_of(p)) for p in options.posts}}
    failed = 0
    for name, texts in sources.items():
        differ = differences(texts)
        failed += len(differ)
        ours, theirs = _seconds(vader.compound, texts), _seconds(REFERENCE.polarity_scores, texts)
        print(f"{name}: {len(texts):,} texts, {len(differ)} differ; {theirs / ours:.1f} times as fast")
        for text in differ[:5]:
            print(f"  {text!r}")
    sys.exit(bool(failed))


def _seconds(score: Callable[[str], object], texts: list[str]) -> float:
    began = time.perf_counter()
    for text in texts:
        score(text)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
