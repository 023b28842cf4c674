"""The words of a text as a trained model may see them: whom they name is hidden."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analysis.sentiment.toward import Surroundings
from analysis.sentiment.words import Word

TARGET = "<target>"
"""Stands for the target's own words."""
NAME = "<name>"
"""Stands for a name, or for several in a row."""
NUMBER = "<number>"

IsCommon = Callable[[str], bool]
"""Whether a word in small letters is known as an ordinary one: such a word with a capital is no name."""


class Seen(NamedTuple):
    """One word that is seen, and where it stands in the normalised text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """The words round a target; `words[at]` is the target itself."""

    words: Sequence[Seen]
    at: int


def view_toward(around: Surroundings, is_common: IsCommon) -> View:
    """What is seen of the sentence round a target."""
    words, place = around.sentence.words, around.place
    before = seen(words[: place.first], is_common)
    own = words[place.first : place.last]
    if not own:
        return View([*before, Seen(TARGET, 0, 0), *seen(words[place.last :], is_common)], len(before))
    target = Seen(TARGET, own[0].start, own[-1].end)
    return View([*before, target, *seen(words[place.last :], is_common)], len(before))


def seen(words: Sequence[Word], is_common: IsCommon) -> list[Seen]:
    """Words in small letters; recognised names, and what looks like one, are hidden."""
    found: list[Seen] = []
    for word in words:
        text = NAME if word.is_name else shown(word.surface, word.key, is_common)
        if text == NAME and found and found[-1].text == NAME:
            found[-1] = found[-1]._replace(end=word.end)
        else:
            found.append(Seen(text, word.start, word.end))
    return found


def shown(surface: str, key: str, is_common: IsCommon) -> str:
    """A word in small letters, unless it looks like a name or a number; as it stands, and its key."""
    first = surface[0]
    if first.isdigit():
        return NUMBER
    return NAME if first.isupper() and len(surface) > 1 and not is_common(key) else key
