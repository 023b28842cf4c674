"""The values that pass between the rooms of analysis, and the seam of a scorer.

Every `start` and `end` counts code points of the statement's original text, end exclusive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol, runtime_checkable

from analysis.text import Normalised
from analysis.words import (
    RESULT_KINDS as RESULT_KINDS,
)
from analysis.words import (
    AccusationType as AccusationType,
)
from analysis.words import (
    Basis as Basis,
)
from analysis.words import (
    KindName as KindName,
)
from analysis.words import (
    Label as Label,
)
from analysis.words import (
    Scope as Scope,
)
from analysis.words import (
    Strength as Strength,
)
from analysis.words import (
    TargetType as TargetType,
)
from analysis.words import (
    Unscored as Unscored,
)


class Span(NamedTuple):
    """A place in the original text."""

    start: int
    end: int


def statement_key(platform: str, post_id: str) -> str:
    """What a statement is known by outside the archive: `platform:post id`."""
    return f"{platform}:{post_id}"


@dataclass(frozen=True, slots=True)
class Handle:
    """A name that a person used on a platform; None dates are open ends."""

    platform: str
    handle: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidacy as the matcher sees it."""

    person_id: str
    """Primary key in the archive."""
    public_id: str
    """The person's id as the roster states it: what `hustings tag` prints."""
    name: str
    family_name: str
    contest_id: str
    election_id: str
    polling_date: date
    party_id: str | None = None
    party_name: str = ""
    status: str = "standing"
    incumbent: bool | None = None
    other_names: tuple[str, ...] = ()
    handles: tuple[Handle, ...] = ()


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest as the matcher sees it."""

    contest_id: str
    name: str
    election_id: str
    polling_date: date
    seats: int = 1


@dataclass(frozen=True, slots=True)
class PartyAlias:
    """A name by which a party goes between two dates (None: open)."""

    alias: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party and all its names."""

    party_id: str
    name: str
    aliases: tuple[PartyAlias, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody whom a statement can be linked to. Empty: built-in tables and name shapes only."""

    contests: tuple[Contest, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementText:
    """A text to read, with what is known of its author and occasion."""

    id: str
    text: str
    platform: str | None = None
    author: str | None = None
    """Name or handle, as given."""
    author_is: str | None = None
    """Free text: party, office, contest."""
    author_party: str | None = None
    person_id: str | None = None
    """The author in the roster, where it is known (archive), else found from `author`."""
    contest: str | None = None
    """Id or name of the author's contest."""
    election: str | None = None
    polls: date | None = None
    posted_at: datetime | None = None
    reply_to: str | None = None
    """Handle of the author replied to."""
    quoted: str | None = None
    """Handle of the author, or text, of the post quoted."""
    addressee: str | None = None
    """To whom the source says that it was directed."""
    lang: str | None = None
    """The platform's own idea of the language: a hint."""
    spans: tuple[Span, ...] = ()
    """Places toward which sentiment is asked, beside those that are found."""

    @property
    def on(self) -> date | None:
        """The date against which handles, aliases and offices are read."""
        return self.posted_at.date() if self.posted_at else self.polls


@dataclass(frozen=True, slots=True)
class Reviewed:
    """That a person has looked at a finding, and what became of it."""

    verdict: str
    """`confirmed`, `corrected` or `added`: what was rejected is no finding any more."""
    by: str
    at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a place in a text speaks of. `start` and `end` are None where the target is only addressed."""

    start: int | None
    end: int | None
    mention: str
    who: str
    """Short canonical name."""
    type: TargetType
    basis: Basis
    confidence: float
    """0..1: that this place speaks of this target."""
    person_id: str | None = None
    public_id: str | None = None
    party_id: str | None = None
    candidates: tuple[str, ...] = ()
    """Public ids of all who fit, where `basis` is ambiguous."""
    reviewed: Reviewed | None = None
    """None: the program's finding alone."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How a text speaks of a target (or as a whole)."""

    score: float
    """-1 hostile .. +1 warm."""
    label: Label
    confidence: float
    """0..1: that `label` is right."""
    method: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to score: a text, and the place that it is scored toward (None: the whole text)."""

    text: Normalised
    span: Span | None = None
    addressed: bool = False
    """The whole text is directed at the target (a reply, an addressee), which has no place in it."""
    names: tuple[Span, ...] = ()
    """Recognised names, whose words must not count."""


class Scorer(Protocol):
    """A way to score sentiment. Pure: the same questions get the same answers."""

    @property
    def method(self) -> str:
        """Name and version, such as `vader-target-3`: stored beside every score."""
        ...

    def score(self, questions: Sequence[Question]) -> list[Sentiment]:
        """Answer every question, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing in a text that moved its score."""

    start: int
    end: int
    """Place in the original text of the words that count."""
    words: str
    """These words, as the method read them."""
    rule: str
    """What made them count, in a few words: `word`, `negated`, `agent of "slammed"`, `n-gram`."""
    weight: float
    """What it added to the score, in the method's own unit: below 0 speaks ill, above 0 well."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a question got its answer."""

    sentiment: Sentiment
    masked: tuple[Span, ...]
    """Places in the original text whose own words the method did not read, in order."""
    reasons: tuple[Reason, ...]
    """In the order of the text."""
    remarks: tuple[str, ...] = ()
    """What no single place shows, a sentence each: a cue of sarcasm, that the target only speaks."""


@runtime_checkable
class Explainer(Protocol):
    """A scorer that can say why."""

    def explain(self, question: Question) -> Explanation:
        """The answer that `score` gives to this question, and what led to it."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that a statement does, with the words that show it."""

    kind: KindName
    start: int
    end: int
    confidence: float
    method: str
    strength: Strength | None = None
    scope: Scope | None = None
    types: tuple[AccusationType, ...] = ()
    incivility: bool = False
    targets: tuple[int, ...] = ()
    """Indexes into the reading's targets: whom this kind is about."""
    reviewed: Reviewed | None = None
    """None: the program's finding alone."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a text that was not read: it is in another language than the parts that were."""

    start: int
    end: int
    lang: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one run of the analysis says of one statement."""

    id: str
    method: str
    """Name and version of the whole reading: the parts' methods joined."""
    lang: str | None
    lang_confidence: float
    unscored: Unscored | None
    sentiment: Sentiment | None
    kinds: tuple[Kind, ...] = ()
    targets: tuple[Target, ...] = ()
    toward: tuple[Sentiment | None, ...] = ()
    """Sentiment toward each of `targets`, same order; None where unscored."""
    spans: tuple[Sentiment | None, ...] = field(default=())
    """Sentiment toward each span asked for, same order."""
    languages: tuple[str, ...] = ()
    """Every language of the text in order of appearance: several where it mixes them, () where none shows."""
    left_out: tuple[LeftOut, ...] = ()
    """The parts that were not read, where only some could be, in order."""
