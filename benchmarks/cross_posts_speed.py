"""Seconds and memory of linking cross-posts among invented statements."""

import argparse
import random
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from analysis.cross_posts import link_cross_posts
from db import open_database, writing
from db.models import Person, Statement

WORDS = [
    f"{head}{tail}"
    for head in ("bri", "cam", "dor", "fen", "gal", "mor", "tas")
    for tail in ("ke", "lo", "nd")
]


def main() -> None:
    """Fill an archive, link it twice, and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--statements", type=int, default=100_000)
    parser.add_argument("--persons", type=int, default=4_500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(str(Path(folder) / "archive.db"), create=True)
        with writing(engine) as session:
            session.execute(
                insert(Person), [{"id": f"p:{n}", "name": f"P {n}"} for n in range(asked.persons)]
            )
            session.execute(insert(Statement), list(_rows(asked.statements, asked.persons)))
        for run in ("first", "again"):
            began = time.perf_counter()
            print(f"{run}: {link_cross_posts(engine)} in {time.perf_counter() - began:.1f} s")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _rows(statements: int, persons: int) -> list[dict[str, Any]]:
    """Of each person's statements, one in ten stands on a second platform, a word changed."""
    chance = random.Random(7)
    rows: list[dict[str, Any]] = []
    for number in range(statements):
        at = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(40 * 24 * 60))
        words = [chance.choice(WORDS) for _ in range(chance.randrange(8, 45))]
        copied = number % 10 == 9 and rows
        if copied:
            words = str(rows[-1]["text"]).split()
            words[len(words) // 2] = "indeed"
            at = rows[-1]["published_at"] + timedelta(minutes=30)
        person = (number - 1 if copied else number) % persons
        rows.append(
            {
                "platform": "bluesky" if copied else "x",
                "post_id": str(number),
                "person_id": f"p:{person}",
                "text": " ".join(words),
                "text_sha256": str(number),
                "published_at": at,
                "published_precision": "second",
            }
        )
    return rows


if __name__ == "__main__":
    main()
