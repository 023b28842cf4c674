"""What the generated posts say: sentences of `sentences.toml`, filled with names, issues and numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from post_authors import Author, Candidate

Item = TypeVar("Item")
Chance = Callable[[], float]
"""Gives a number from 0 to below 1."""

SHORTEST, LONGEST = 30, 280
"""Characters of a text."""

REPLIES, REPOSTS, QUOTES = 0.15, 0.05, 0.08
"""Shares of posts, which exclude each other."""

EMOJI, TAGS, LINKS, SHOUTS = 0.35, 0.4, 0.3, 0.02
"""Shares of posts, which do not."""

ASIDES = 0.25
"""Share of the further sentences of a post that are about something else."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to speak: sentences with the tags and emoji that go with them."""

    lang: str
    sentences: tuple[str, ...]
    tags: tuple[str, ...]
    emoji: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text and what is in it."""

    text: str
    lang: str
    reply_to: Candidate | None
    quoted: Candidate | None
    repost_of: Candidate | None
    mention: Candidate | None
    """Whose handle the text holds."""
    tags: tuple[str, ...]
    link: str | None


def pick(chance: Chance, items: Sequence[Item]) -> Item:
    """One of the items."""
    return items[int(chance() * len(items))]


class Writer:
    """Composes texts from the table of sentences."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._words = table["words"]
        self._ballot: list[Kind] = []
        for entry in table["kinds"].values():
            kind = Kind("en", tuple(entry["sentences"]), tuple(entry["tags"]), tuple(entry["emoji"]))
            self._ballot += [kind] * entry["weight"]
        self._asides = table["kinds"]["other"]["sentences"]
        for lang, entry in table["languages"].items():
            self._ballot += [Kind(lang, tuple(entry["sentences"]), (), ("🗳️",))] * entry["weight"]

    def draft(self, chance: Chance, author: Author) -> Draft:
        """One post's text, SHORTEST to LONGEST characters."""
        kind, rival = pick(chance, self._ballot), pick(chance, author.rivals)
        lot = chance()
        is_reply = lot < REPLIES
        is_repost = REPLIES <= lot < REPLIES + REPOSTS
        is_quote = REPLIES + REPOSTS <= lot < REPLIES + REPOSTS + QUOTES
        start = f"@{rival.handle} " if is_reply else f"RT @{rival.handle}: " if is_repost else ""
        body = self._body(chance, kind, self._filling(chance, author.candidate, rival), LONGEST - len(start))
        text, tags, link = self._tail(chance, kind, start + body)
        return Draft(
            text=text,
            lang=kind.lang,
            reply_to=rival if is_reply else None,
            quoted=rival if is_quote else None,
            repost_of=rival if is_repost else None,
            mention=rival if f"@{rival.handle}" in text else None,
            tags=tags,
            link=link,
        )

    def _filling(self, chance: Chance, author: Candidate, rival: Candidate) -> dict[str, str]:
        words = self._words
        return {
            "rival": rival.name,
            "rival_handle": rival.handle,
            "rival_party": rival.party,
            "party": author.party,
            "place": author.contest,
            "issue": pick(chance, words["issues"]),
            "matter": pick(chance, words["matters"]),
            "group": pick(chance, words["groups"]),
            "day": pick(chance, words["days"]),
            "number": pick(chance, words["numbers"]),
        }

    def _body(self, chance: Chance, kind: Kind, filling: dict[str, str], room: int) -> str:
        """Sentences until a drawn length is reached: most of the kind, some asides."""
        wanted = SHORTEST + int((chance() + chance()) * 111)
        used: set[str] = set()
        body = ""
        while len(body) < wanted:
            aside = body and kind.lang == "en" and chance() < ASIDES
            sentence = pick(chance, self._asides if aside else kind.sentences)
            if sentence in used:
                wanted = max(SHORTEST, wanted - 20)
                continue
            used.add(sentence)
            filled = sentence % filling
            if not body:
                body = filled[:room]
            elif len(body) + len(filled) < room:
                body = f"{body} {filled}"
            else:
                break
        body = body[:1].upper() + body[1:]
        return body.upper() if chance() < SHOUTS else body

    def _tail(self, chance: Chance, kind: Kind, text: str) -> tuple[str, tuple[str, ...], str | None]:
        """The text with emoji, tags and a link, as far as they fit; the tags; the link."""
        tags: list[str] = []
        if chance() < EMOJI:
            emoji = " " + pick(chance, kind.emoji) * (1 + int(chance() ** 3 * 4))
            text += emoji if len(text) + len(emoji) <= LONGEST else ""
        while kind.tags and len(tags) < 3 and chance() < TAGS:
            tag = pick(chance, kind.tags)
            if tag not in tags and len(text) + len(tag) < LONGEST:
                text += f" {tag}"
                tags.append(tag)
        link = f"https://t.co/{int(chance() * 36**9):09x}" if chance() < LINKS else None
        if link and len(text) + len(link) < LONGEST:
            return f"{text} {link}", tuple(tags), link
        return text, tuple(tags), None
