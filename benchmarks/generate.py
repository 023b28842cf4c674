"""Realistic posts of election candidates, any number, for measurements: seeded, streamed as NDJSON.

    python benchmarks/generate.py --posts 100000 --seed 7 --roster roster.csv --out posts.ndjson

A line is one post: flat fields, and under `raw` what a platform would have served (in the manner of
X's API v2, 1.5-2.5 KB). The same arguments give the same bytes, on any machine and release of Python:
the only source of chance is `random.Random(seed).random()`.
"""

import argparse
import hashlib
import json
import signal
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, BinaryIO, Final

from post_authors import Author, Candidate, authors_of, invented_roster, read_roster
from post_texts import Chance, Draft, Writer, pick

SENTENCES: Final = Path(__file__).with_name("sentences.toml")

EPOCH: Final = datetime(2006, 3, 21, tzinfo=UTC)
ID_SHIFT: Final = 22
"""An id is milliseconds since EPOCH, shifted by so many bits: it grows with the time, as X's do."""

ADDRESSES: Final = {
    "x": "https://x.com/{handle}/status/",
    "bluesky": "https://bsky.app/profile/{handle}/post/",
}
ELSEWHERE: Final = "https://{platform}.example/@{handle}/"

TOPICS: Final = (
    (("35", "Politician", "1070032753834438656", "Political figures"),),
    (
        ("38", "Political Race", "1138098402364817408", "General election"),
        ("131", "Unified Taxonomy", "847878884917886977", "Politics"),
    ),
    (
        ("46", "Business Taxonomy", "1557697289971322880", "Government and public services"),
        ("131", "Unified Taxonomy", "1070032753834438656", "Elections"),
    ),
)
"""What the platform says that a post is about: (domain's id and name, topic's id and name)."""

PROMOTED: Final = (
    "Promoted by the agent on behalf of the candidate, both of the campaign office, 1 High Street."
)

_quote = json.encoder.encode_basestring
"""A string as JSON: what `_json` does with strings, without the detour."""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Account:
    """What stays the same in every post of an author, ready to be put into a line."""

    author: Author
    address: str
    """Of a post, but for its id."""
    user_id: str
    fields_json: str
    user_json: str


def accounts_of(candidates: Sequence[Candidate]) -> list[Account]:
    """The account of each candidate."""
    return [_account(author) for author in authors_of(candidates)]


def user_id_of(candidate: Candidate) -> str:
    """The platform's id of an account: the same in every run."""
    return str(int.from_bytes(_digest(candidate)[:8], "big") >> 2)


def _digest(candidate: Candidate) -> bytes:
    return hashlib.sha256(f"{candidate.platform}:{candidate.handle}".encode()).digest()


def _account(author: Author) -> Account:
    candidate = author.candidate
    user_id = user_id_of(candidate)
    address = ADDRESSES.get(candidate.platform, ELSEWHERE)
    fields = {
        "platform": candidate.platform,
        "author_handle": candidate.handle,
        "author_id": user_id,
        "author_name": candidate.name,
    }
    return Account(
        author=author,
        address=address.format(platform=candidate.platform, handle=candidate.handle),
        user_id=user_id,
        fields_json=_json(fields)[1:-1],
        user_json=_json(_user(candidate, user_id)),
    )


def _user(candidate: Candidate, user_id: str) -> dict[str, Any]:
    lot = _digest(candidate)
    return {
        "id": user_id,
        "name": candidate.name,
        "username": candidate.handle,
        "created_at": f"20{7 + lot[8] % 13:02}-{1 + lot[9] % 12:02}-{1 + lot[10] % 28:02}T09:30:00.000Z",
        "description": f"{candidate.party} candidate for {candidate.contest}. Own views. {PROMOTED}"[:160],
        "location": candidate.contest[:60],
        "profile_image_url": f"https://images.example.org/profile/{user_id}/{lot.hex()[:8]}_normal.jpg",
        "url": f"https://candidates.example.org/{candidate.handle}",
        "entities": {"url": {"urls": [{"start": 0, "end": 23, "url": "https://t.co/candidate"}]}},
        "protected": False,
        "verified_type": "none",
        "verified": lot[11] % 3 == 0,
        "public_metrics": {
            "followers_count": int.from_bytes(lot[12:14], "big"),
            "following_count": lot[14] * 7,
            "tweet_count": int.from_bytes(lot[15:17], "big"),
            "listed_count": lot[17],
        },
    }


def _topic_json(topics: Sequence[tuple[str, str, str, str]]) -> str:
    return _json(
        [
            {
                "domain": {
                    "id": domain,
                    "name": name,
                    "description": f"{name} as named in posts and articles",
                },
                "entity": {"id": entity, "name": topic},
            }
            for domain, name, entity, topic in topics
        ]
    )


TOPICS_JSON: Final = tuple(map(_topic_json, TOPICS))


def _entities(draft: Draft) -> dict[str, list[dict[str, Any]]]:
    text = draft.text
    found: dict[str, list[dict[str, Any]]] = {}
    if draft.mention:
        handle = draft.mention.handle
        found["mentions"] = [
            _place(text, f"@{handle}") | {"username": handle, "id": user_id_of(draft.mention)}
        ]
    if draft.tags:
        found["hashtags"] = [_place(text, tag) | {"tag": tag[1:]} for tag in draft.tags]
    if draft.link:
        page = f"news.example.org/politics/{draft.link[-9:]}"
        more = {"url": draft.link, "expanded_url": f"https://{page}", "display_url": page[:26] + "…"}
        found["urls"] = [_place(text, draft.link) | more]
    return found


def _place(text: str, part: str) -> dict[str, Any]:
    start = text.find(part)
    return {"start": start, "end": start + len(part)}


def _references(draft: Draft, chance: Chance, post_id: int) -> list[dict[str, str]]:
    """The earlier post that this one answers, quotes or repeats."""
    relations = (
        ("replied_to", draft.reply_to),
        ("quoted", draft.quoted),
        ("retweeted", draft.repost_of),
    )
    earlier = str(post_id - 1 - int(chance() * (3_600_000 << ID_SHIFT)))
    return [{"type": name, "id": earlier} for name, candidate in relations if candidate]


def render_line(account: Account, draft: Draft, chance: Chance, post_id: int) -> str:
    """One post as a line of JSON."""
    moment = EPOCH + timedelta(milliseconds=post_id >> ID_SHIFT)
    at = moment.isoformat()[:19]
    text, lang = _quote(draft.text), draft.lang
    references = _references(draft, chance, post_id)
    earlier = references[0]["id"] if references else None
    entities = _json(_entities(draft)) if draft.mention or draft.tags or draft.link else "{}"
    likes = int(chance() ** 4 * 9_000)
    return (
        f'{{"id":"{post_id}",{account.fields_json},"text":{text},"created_at":"{at}Z",'
        f'"url":{_quote(f"{account.address}{post_id}")},"lang":"{lang}",'
        f'"reply_to":{_handle(draft.reply_to)},"quoted":{_handle(draft.quoted)},'
        f'"repost_of":{_quote(earlier) if earlier and draft.repost_of else "null"},'
        f'"raw":{{"data":{{"id":"{post_id}","text":{text},"author_id":"{account.user_id}",'
        f'"created_at":"{at}.{moment.microsecond // 1000:03}Z","lang":"{lang}",'
        f'"conversation_id":"{earlier or post_id}",'
        f'"edit_history_tweet_ids":["{post_id}"],"edit_controls":{{"edits_remaining":5,'
        f'"is_edit_eligible":{"false" if references else "true"},"editable_until":"{at}.000Z"}},'
        f'"possibly_sensitive":false,"reply_settings":"everyone","source":"Web App",'
        f'"public_metrics":{{"retweet_count":{likes // 5},"reply_count":{likes // 9},"like_count":{likes},'
        f'"quote_count":{likes // 40},"bookmark_count":{likes // 70},"impression_count":{likes * 37}}},'
        f'"entities":{entities},"context_annotations":{pick(chance, TOPICS_JSON)},'
        f'"referenced_tweets":{_json(references) if references else "[]"}}},'
        f'"includes":{{"users":[{account.user_json}]}}}}}}\n'
    )


def _handle(candidate: Candidate | None) -> str:
    return _quote(candidate.handle) if candidate else "null"


def generate(
    posts: int, *, seed: int, candidates: Sequence[Candidate], writer: Writer, first: date, last: date
) -> Iterator[str]:
    """Lines of so many posts, oldest first, spread over the days from `first` to `last`, both included."""
    chance = Random(seed).random
    accounts = accounts_of(candidates)
    start, end = _first_id(first), _first_id(last + timedelta(days=1))
    step = (end - start) // max(posts, 1)
    for number in range(posts):
        account = pick(chance, accounts)
        post_id = start + number * step + int(chance() * step)
        yield render_line(account, writer.draft(chance, account.author), chance, post_id)


def _first_id(day: date) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (midnight - EPOCH) // timedelta(milliseconds=1) << ID_SHIFT


def _write(lines: Iterator[str], out: BinaryIO) -> None:
    for line in lines:
        out.write(line.encode())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--roster", type=Path, help="plain roster, or House of Commons results by candidate")
    parser.add_argument(
        "--from", dest="first", type=date.fromisoformat, default=date(2024, 5, 22), metavar="DATE"
    )
    parser.add_argument(
        "--to", dest="last", type=date.fromisoformat, default=date(2024, 7, 6), metavar="DATE"
    )
    parser.add_argument("--out", default="-", metavar="FILE", help="`-`: standard output")
    chosen = parser.parse_args(arguments)
    if chosen.posts < 0 or not EPOCH.date() <= chosen.first <= chosen.last:
        parser.error("--posts cannot be negative, --from not before 2006-03-21, --to not before --from")
    table = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    try:
        candidates = read_roster(chosen.roster) if chosen.roster else invented_roster(table["roster"])
    except (OSError, ValueError) as error:
        parser.error(str(error))
    lines = generate(
        chosen.posts,
        seed=chosen.seed,
        candidates=candidates,
        writer=Writer(table),
        first=chosen.first,
        last=chosen.last,
    )
    if chosen.out == "-":
        _write(lines, sys.stdout.buffer)
        return
    with Path(chosen.out).open("wb") as file:
        _write(lines, file)


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no error
    main()
