"""One statement under several methods: what `hustings explain` shows, as frozen values and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from analysis.contract import Explanation, Reading, Target
from analysis.explaining import ExplainedReading, changes_of, listed_targets, says_the_same
from analysis.kind_rules import KindRule
from db.errors import Refusal

if TYPE_CHECKING:
    from analysis.kinds.layer.why import LayerSays


class UnknownTarget(Refusal):
    """The statement has no target of this number or name."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What one sentiment method says of a statement."""

    method: str
    explained: ExplainedReading
    archived: str | None = None
    """How this stands to what the archive holds; None for a text from outside."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One statement with the answers of every method that was asked. They share its targets."""

    title: str
    """What identifies it: number, platform and post id, author, time; or where the text came from."""
    url: str | None
    answers: Sequence[Answers]
    rules: Sequence[KindRule]
    """Every rule that speaks for a kind."""
    layer: "Sequence[LayerSays]"
    """What the layer over the rules says of each of its kinds."""
    shown: Sequence[int]
    """Places in the list of targets of those that are shown."""

    @property
    def first(self) -> ExplainedReading:
        """Text, language, targets and kinds, as the first method saw them."""
        return self.answers[0].explained

    @property
    def text(self) -> str:
        """As it was published."""
        return self.first.statement.text

    @property
    def targets(self) -> list[tuple[int, Target]]:
        """The targets that are shown, each with its number from 1."""
        numbers = {place: number for number, place in enumerate(listed_targets(self.first.reading), start=1)}
        return [(numbers[place], self.first.reading.targets[place]) for place in self.shown]


def dossier_of(
    title: str,
    url: str | None,
    answers: Sequence[Answers],
    rules: Sequence[KindRule],
    layer: "Sequence[LayerSays]",
    only: str | None,
) -> Dossier:
    """The dossier of a statement; `only`: the number of one target, or (part of) a name.

    The author's own side is no target. Raises UnknownTarget.
    """
    reading = answers[0].explained.reading
    return Dossier(title, url, answers, rules, layer, chosen_targets(reading, only))


def chosen_targets(reading: Reading, only: str | None) -> list[int]:
    """The places of the targets that are shown. Raises UnknownTarget."""
    listed = listed_targets(reading)
    if only is None:
        return listed
    if only.isdecimal():
        chosen = [place for number, place in enumerate(listed, start=1) if number == int(only)]
    else:
        chosen = [place for place in listed if _is_called(reading.targets[place], only.casefold())]
    if not chosen:
        names = (f"{number} {reading.targets[place].who}" for number, place in enumerate(listed, start=1))
        raise UnknownTarget(
            f"no target {only!r} in this statement; its targets: {', '.join(names) or 'none'}"
        )
    return chosen


def _is_called(target: Target, name: str) -> bool:
    return name in target.who.casefold() or name in target.mention.casefold()


def archived_as(explained: ExplainedReading, method: str, stored: Mapping[str, Reading]) -> str:
    """How an answer stands to the readings that the archive holds of the statement, by whole method."""
    reading = explained.reading
    if reading.method in stored:
        if says_the_same(reading, stored[reading.method]):
            return "as in the archive"
        return "not as in the archive: the roster changed since; hustings analyse --again reads anew"
    if any(f"+{method}+" in f"+{name}+" for name in stored):
        return "the archive holds it under earlier rules: hustings analyse reads anew"
    return "not in the archive: hustings analyse --method keeps it there, too"


def as_json(dossier: Dossier) -> dict[str, Any]:
    """The dossier as JSON holds it; places count code points of the text."""
    first = dossier.first
    reading = first.reading
    return {
        "statement": dossier.title,
        "url": dossier.url,
        "text": dossier.text,
        "lang": reading.lang,
        "lang_confidence": reading.lang_confidence,
        "unscored": reading.unscored,
        "left_out": [asdict(part) for part in reading.left_out],
        "read_as": [asdict(change) for change in changes_of(first.text)],
        "methods": [
            {"method": one.method, "reading_method": one.explained.reading.method, "archive": one.archived}
            for one in dossier.answers
        ],
        "targets": [
            {"number": number, **_target(target), "answers": list(_toward(dossier, place))}
            for place, (number, target) in zip(dossier.shown, dossier.targets, strict=True)
        ],
        "whole": [_explanation(one.explained.whole) for one in dossier.answers if one.explained.whole],
        "kinds": [
            {**asdict(kind), "targets": [reading.targets[place].who for place in kind.targets]}
            for kind in reading.kinds
        ],
        "kind_rules": [asdict(rule) for rule in dossier.rules],
        "kind_layer": [
            {**asdict(one), "given": any(kind.kind is one.kind for kind in reading.kinds)}
            for one in dossier.layer
        ],
    }


def _target(target: Target) -> dict[str, Any]:
    # The key of the archive is nobody's business outside it.
    found = asdict(replace(target, candidates=tuple(target.candidates)))
    del found["person_id"]
    return {"id": found.pop("public_id"), **found, "candidates": list(target.candidates)}


def _toward(dossier: Dossier, place: int) -> Iterator[dict[str, Any]]:
    for one in dossier.answers:
        explanation = one.explained.toward[place]
        whole = one.explained.whole
        if explanation:
            as_whole = whole is not None and explanation.reasons == whole.reasons != ()
            yield _explanation(explanation, as_whole=as_whole)


def _explanation(explanation: Explanation, *, as_whole: bool = False) -> dict[str, Any]:
    return {
        **asdict(explanation.sentiment),
        "masked": [list(span) for span in explanation.masked],
        "as_whole": as_whole,  # its reasons are those of the whole text, and stand there
        "reasons": [] if as_whole else [asdict(reason) for reason in explanation.reasons],
        "remarks": list(explanation.remarks),
    }
