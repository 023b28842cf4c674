"""What Hustings is measured against, each doing less than it does: raw inserts, sqlite-utils, plain VADER."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

BATCH = 1000
BY_DAY = "SELECT person_id, substr(published_at, 1, 10) AS day, count(*) FROM statement GROUP BY 1, 2"
COLUMNS = ("id TEXT PRIMARY KEY", "platform TEXT", "author TEXT", "at TEXT", "text TEXT", "raw TEXT")


def seconds_of(work: Callable[[], object]) -> float:
    """How long something takes once."""
    begins = perf_counter()
    work()
    return perf_counter() - begins


def rows_of(posts: Path) -> list[tuple[str, ...]]:
    """Posts as rows whose bytes are those of their lines: what raw inserts are given ready-made."""
    rows: list[tuple[str, ...]] = []
    with posts.open(encoding="utf-8") as lines:
        for line in lines:
            post = json.loads(line)
            shown = (post["id"], post["platform"], post["author_handle"], post["created_at"], post["text"])
            rows.append((*shown, line[len("".join(shown)) :]))
    return rows


def insert_raw(rows: Sequence[tuple[str, ...]], file: Path) -> None:
    """Insert ready-made rows by the `sqlite3` module, a transaction a thousand: the limit of the machine."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"CREATE TABLE post ({', '.join(COLUMNS)})")
        for start in range(0, len(rows), BATCH):
            with database:
                database.executemany(
                    "INSERT INTO post VALUES (?, ?, ?, ?, ?, ?)", rows[start : start + BATCH]
                )


def sqlite_utils_commands(posts: Path, file: Path) -> list[list[str]]:
    """The commands by which sqlite-utils imports posts and indexes their texts; none where it is missing."""
    if find_spec("sqlite_utils") is None:
        return []
    command = [sys.executable, "-m", "sqlite_utils"]
    return [
        [*command, "insert", str(file), "post", str(posts), "--nl", "--pk", "id"],
        [*command, "enable-fts", str(file), "post", "text"],
    ]


def plain_vader() -> Callable[[Iterable[str]], None]:
    """What scores whole texts by vaderSentiment, one after the other; its lexicon is read now."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    score = SentimentIntensityAnalyzer().polarity_scores

    def loop(texts: Iterable[str]) -> None:
        for text in texts:
            score(text)

    return loop


def texts_of(posts: Path, most: int) -> list[str]:
    """The texts of the first posts of a file."""
    with posts.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for _, line in zip(range(most), lines, strict=False)]


def group_by_day(archive: Path) -> int:
    """Count the statements of each author on each day; how many such pairs there are."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as database:
        return len(database.execute(BY_DAY).fetchall())


def read_bare(archive: Path) -> int:
    """Read each statement's columns and do nothing with them; how many there are."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as database:
        return sum(1 for _ in database.execute("SELECT * FROM statement ORDER BY id"))
