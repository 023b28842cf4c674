"""Whether a place that is spelled like a name may be read as that name."""

from collections.abc import Callable
from datetime import date

from analysis.targets import tables
from analysis.targets.entries import Alias, Entry, HolderName, OfficeTitle, RosterName, Rule
from analysis.targets.facts import Tenure
from analysis.targets.gazetteer import Gazetteer
from analysis.targets.occasion import Occasion
from analysis.targets.people import People, key
from analysis.targets.personal import PersonalNames
from analysis.targets.resolve import WELL_KNOWN
from analysis.targets.surface import Place, Word


class Acceptance:
    """The rules of reading, prepared for one roster."""

    def __init__(self, people: People, is_party_word: Callable[[str], bool], gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._names = PersonalNames(people, is_party_word)
        self._is_party_word = is_party_word

    def accepts(self, entry: Entry, place: Place, occasion: Occasion) -> bool:
        """Whether this entry may stand at this place on this occasion."""
        match entry:
            case Alias():
                return self._accepts_alias(entry, place, occasion)
            case OfficeTitle():
                return self._accepts_title(entry, place, occasion)
            case HolderName():
                return self._accepts_holder(entry, place, occasion)
            case RosterName():
                return self._accepts_person(place, occasion, surname_only=entry.surname_only)

    def _accepts_person(self, place: Place, occasion: Occasion, *, surname_only: bool) -> bool:
        if surname_only:
            return self._names.accepts_candidate(place, occasion.contest_id, occasion.country)
        return self._names.accepts_full_name(place, occasion.country)

    def _accepts_holder(self, entry: HolderName, place: Place, occasion: Occasion) -> bool:
        if not entry.surname_only:
            return self._names.accepts_full_name(place, country="")
        return self._names.accepts_surname(place, occasion.contest_id) and any(
            tenure.holds(occasion.at) and _may_be_meant(tenure, place, occasion.country)
            for tenure in self._gazetteer.tenures_of(entry.name)
        )

    def _accepts_alias(self, alias: Alias, place: Place, occasion: Occasion) -> bool:
        if not (_is_valid(alias, occasion.on) and _is_at_home(alias, occasion.country)):
            return False
        match alias.rule:
            case Rule.ANY:
                return True
            case Rule.EXACT:
                return place.mention == alias.spelling
            case Rule.CAPITAL:
                return place.has_capitals and not _is_compound(place)
            case Rule.CUE:
                return place.has_capitals and not _is_compound(place) and self._has_party_cue(place)

    def _has_party_cue(self, place: Place) -> bool:
        """Whether the words around an everyday word show it to be a party."""
        before, after = _sign("before", place.before), _sign("after", place.after)
        if after is None and place.after.is_adjacent and place.after.has_capital:
            return False
        if "+" in (before, after) or self._is_in_list(place):
            return True
        return "~" in (before, after) and not place.begins_sentence and not place.is_shouted

    def _is_in_list(self, place: Place) -> bool:
        """'Labour, Reform': a party's name right before or behind a comma, a slash or '&'."""
        return any(
            word.has_capital and word.gap.strip() in {",", "/", "&", "+"} and self._is_party_word(word.lower)
            for word in (place.before, place.after)
        )

    def _accepts_title(self, title: OfficeTitle, place: Place, occasion: Occasion) -> bool:
        if title.country and occasion.country not in {"", title.country}:
            return False
        if title.rule is Rule.CAPITAL and not place.has_capitals:
            return False
        return not self._is_other_office(place, occasion.country) and not _opens_name(place.after)

    def _is_other_office(self, place: Place, country: str) -> bool:
        """A former one, one abroad, one of a council; 'PM' behind a number is a time of day."""
        before, after = place.before, place.after
        if before.text[-1:].isdigit() or before.lower in tables.not_in_office("before"):
            return True
        if after.gap in {" ", "'s "} and after.lower in tables.not_in_office("after"):
            return True
        if before.gap == " " and before.has_capital and before.text.endswith("'s"):
            return True
        return self._gazetteer.nationalities.get(before.lower, country) != country


def _may_be_meant(tenure: Tenure, place: Place, country: str) -> bool:
    """By surname an office holder at home; where no country is known, one whom everybody knows by it."""
    is_known = tenure.office in WELL_KNOWN and key(place.mention) not in tables.words("given_names", "name")
    return tenure.country == country or (not country and is_known)


def _is_valid(alias: Alias, on: date | None) -> bool:
    if on is None:
        return True
    return (alias.valid_from is None or alias.valid_from <= on) and (
        alias.valid_to is None or on <= alias.valid_to
    )


def _is_at_home(alias: Alias, country: str) -> bool:
    """Abroad only names that nobody mistakes count."""
    return not alias.country or not country or alias.country == country or alias.rule is Rule.ANY


_SIGNS = {(cue.side, cue.word): cue.sign for cue in tables.cues()}


def _sign(side: str, word: Word) -> str | None:
    return None if word.gap.strip(" '\"") else _SIGNS.get((side, word.lower))


def _is_compound(place: Place) -> bool:
    """Whether the next word makes a party's name something else ('Labour market')."""
    return place.after.is_adjacent and not place.is_possessive and _sign("after", place.after) == "-"


def _opens_name(after: Word) -> bool:
    """'Prime Minister Modi': the name says more than the office."""
    is_everyday = after.lower in tables.words("everyday", "word")
    return after.is_adjacent and after.has_capital and not is_everyday
