"""Who is on the author's side, as far as a statement tells, and which targets are rivals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.contract import Basis, StatementText, Target, TargetType
from analysis.text import Normalised

_JUDGED = frozenset(
    {TargetType.PERSON, TargetType.PARTY, TargetType.GOVERNMENT, TargetType.INSTITUTION, TargetType.MEDIA}
)
_SAME = {
    "conservative": "tory tories",
    "republican": "gop",
    "democrat": "dems",
    "lib dem": "liberal democrat",
    " nz": "new zealand",
    "us senate": "united states",
    "us house": "united states",
    "(uk)": "united kingdom britain",
}
"""Other words for a party or country: whoever is called by the first is also of the second."""
_COLOURS = {
    "blue": ("conservative", "democrat", "tory", "liberal"),
    "red": ("labour", "labor", "republican", "liberal"),
    "yellow": ("snp", "plaid", "liberal democrat", "lib dem"),
    "orange": ("liberal democrat", "lib dem", "ndp"),
    "green": ("green", "plaid", "fianna fail", "sinn fein"),
    "teal": ("independent",),
}
"""Colours that stand for parties where their voters speak of a gain or a hold."""
_LEADS = re.compile(
    r"(?<!majority )(?<!minority )(?<!council )(?<!house )(?<!senate )(?<!group )\bleader\b"
    r"|\b(?:prime minister|pm|premier|chancellor|taoiseach|first minister|chief minister)\b"
)
_PRESIDES = re.compile(r"\bpresident\b")
_STANDS = re.compile(r"\b(?:candidate|re-?election|nominee)\b")
_PRIMARY = re.compile(
    r"\b(?:primary|primaries|nomination|caucus|caucuses|leadership (?:election|contest|race))\b"
)
_GOVERNS = re.compile(r"\b(?:president|prime minister|pm|minister|secretary|governor|mayor|chancellor)\b")
_SOUGHT = re.compile(r"\b(candidate for)\b.*?(?:[,;]|$)")
"""An office that somebody stands for is not one that is held."""
_WORD = re.compile(r"[^\W_]{3,}")
_SHORT = re.compile(r"[^\W_]{2,}")
_COMMON = frozenset(
    {"party", "the", "and", "for", "democratic", "national", "government", "leader", "office", "president"}
)
"""Words of names that tell no side from another."""
_SURELY_NAMED = 5
"""Letters from which a word inside a longer one (a handle) counts as that name."""
_NAME = re.compile(r"\b[A-Z]\w{3,}|\b[A-Z]{2,}\b")
_PARTY = re.compile(
    r"\b(?:Labou?r|Conservative|Tor(?:y|ies)|Lib Dem|Liberal|SNP|Plaid|Greens?|UKIP|Reform|DUP|Sinn Fein|SDLP"
    r"|Democrat|Republican|GOP|PDP|APC|APGA|NNPP|NPP|NDC|UDA|ODM|Azimio|Jubilee|NDP|Bloc|LNP|ALP|Coalition"
    r"|National|NZ First|Fianna Fail|Fine Gael|BJP|Congress|AAP|BSP|ANC|DA|EFF|PNP|JLP|UNC|PNM|UPND|ZANU|CCC)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target stands in the normalised text."""

    index: int
    start: int | None
    end: int | None
    """None where the target is only addressed."""
    rival: bool
    """An actor, and not named as the author's own side."""
    type: TargetType


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of the author, in lower case: name or handle, party, office. Empty: nothing is known."""

    known: str = ""

    @property
    def is_leader(self) -> bool:
        """Whether the author is said to lead a party, so that "we" is the party (not merely to stand for an
        office; a president who stands again stands for the own office)."""
        held = _SOUGHT.sub("", self.known)
        if _LEADS.search(held):
            return True
        return bool(_PRESIDES.search(held)) and not _STANDS.search(self.known)

    @property
    def is_in_primary(self) -> bool:
        """Whether the author's contest is said to be one inside a party."""
        return bool(_PRIMARY.search(self.known))

    @property
    def governs(self) -> bool:
        """Whether the author is said to hold an office of government."""
        return bool(_GOVERNS.search(_SOUGHT.sub("", self.known)))

    def has(self, name: str) -> bool:
        """Whether a word (lower case) names this side."""
        stem = name.rstrip("s")
        return stem in self.known if len(name) >= _SURELY_NAMED else name in _SHORT.findall(self.known)

    def is_named_in(self, words: str) -> bool:
        """Whether one of the capitalised words names this side."""
        return any(self.has(name.lower()) for name in _NAME.findall(words))

    def has_label_in(self, words: str) -> bool:
        """Whether the words name a party that is this side's."""
        return any(self.has(name.lower()) for name in _parties_in(words))

    def has_colour_in(self, words: str) -> bool:
        """Whether the words name a colour of this side's party."""
        return any(
            self.has(party) for word in _WORD.findall(words.lower()) for party in _COLOURS.get(word, ())
        )

    def has_rival_colour_in(self, words: str) -> bool:
        """Whether this side's colour is known and the words name a colour that is not it."""
        has_colour = any(self.has(party) for parties in _COLOURS.values() for party in parties)
        named = any(word in _COLOURS for word in _WORD.findall(words.lower()))
        return has_colour and named and not self.has_colour_in(words)

    def has_rival_in(self, words: str) -> bool:
        """Whether this side is known and the words name a party that is not it."""
        return bool(self.known) and any(not self.has(name.lower()) for name in _parties_in(words))

    def is_foreign(self, country: str) -> bool:
        """Whether nothing known of the author names a country or its people (`Kenyan` is of `Kenya`)."""
        name = country.lower()
        return name[: 8 if " " in name else 5] not in self.known

    def is_rival(self, target: Target) -> bool:
        """Whether a target is an actor that nothing known of the author names."""
        if target.type not in _JUDGED or target.basis is Basis.OWN_SIDE:
            return False
        if target.type is TargetType.GOVERNMENT and self.governs:
            return False
        return not any(self.has(name) for name in _WORD.findall(target.who.lower()) if name not in _COMMON)


def _parties_in(words: str) -> list[str]:
    """Names of parties; a headline in capitals names them, too."""
    return _PARTY.findall(words) + (_PARTY.findall(words.title()) if words.isupper() else [])


def side_of(statement: StatementText) -> Side:
    """The author's side, from what the statement says of its author."""
    return _side(statement.author, statement.author_party, statement.author_is)


@lru_cache(maxsize=4096)
def _side(*known: str | None) -> Side:
    text = ", ".join(filter(None, known)).lower()
    return Side(text + "".join(f", {more}" for name, more in _SAME.items() if name in text))


def places_of(side: Side, text: Normalised, targets: Sequence[Target]) -> tuple[Place, ...]:
    """The targets as they stand in the normalised text, in the order of `targets`."""
    return tuple(_place(index, target, side, text) for index, target in enumerate(targets))


def _place(index: int, target: Target, side: Side, text: Normalised) -> Place:
    if target.start is None or target.end is None:
        return Place(index, None, None, side.is_rival(target), target.type)
    start, end = text.from_original(target.start, target.end)
    return Place(index, start, end, side.is_rival(target), target.type)
