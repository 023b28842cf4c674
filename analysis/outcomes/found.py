"""A statement with everything that is known of it, as frozen values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from analysis.contract import Basis, Reading, Sentiment, Target, statement_key
from analysis.outcomes.ballot import Candidacy, Contest
from analysis.outcomes.fates import Fate
from analysis.outcomes.timing import Moment, Phase


@dataclass(frozen=True, slots=True)
class FoundCapture:
    """The bytes that a statement was read from."""

    id: int
    kind: str
    source: str
    """URL, or the file's name."""
    sha256: str
    """Of the plain bytes; of a part: of that part."""
    retrieved_at: datetime
    position: str
    """Where in it, such as `line 17`."""
    file_id: int | None = None
    """The capture of the whole file, where this is a part of one."""
    file_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the ballot said of a statement's author in one contest, and when, seen from there."""

    contest: Contest
    candidacy: Candidacy
    elected: bool | None
    margin_votes: int | None
    """Votes by which the author won (positive) or lost (negative)."""
    minutes_from_declaration: int | None
    phase: Phase


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """Whom a statement speaks of, and how."""

    target: Target
    sentiment: Sentiment | None
    """None where it was not scored."""

    @property
    def is_own_side(self) -> bool:
        """Whether it is the author's own "we": kept, never a target."""
        return self.target.basis is Basis.OWN_SIDE

    @property
    def is_ambiguous(self) -> bool:
        """Whether several candidates fit, so that it is linked to none."""
        return self.target.basis is Basis.AMBIGUOUS


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """One statement, what a method read in it, and the outcome for its author."""

    id: int
    platform: str
    post_id: str
    person_id: str | None
    author: str | None
    """The person's name, else the author as the source writes it."""
    text: str
    published: Moment | None
    channel: str
    url: str | None
    lang: str | None
    """The platform's own idea of the language."""
    reply_to: str | None
    quoted: str | None
    repost_of: str | None
    addressee: str | None
    cue: str | None
    captures: tuple[FoundCapture, ...]
    reading: Reading | None
    """None: no method has read the present text."""
    outcome: Outcome | None
    """None: it belongs to no contest of the archive."""
    account_id: int | None = None
    """The account that it was read from; None for what an article quotes."""
    fate: Fate | None = None
    """What became of it; None: it was neither edited nor missed, as far as the archive knows."""
    targets: tuple[FoundTarget, ...] = field(init=False, repr=False, compare=False)
    """Whom it speaks of, in order of the text; the author's own side left out."""

    def __post_init__(self) -> None:
        """Find its targets once: a report asks for them again and again."""
        object.__setattr__(self, "targets", tuple(one for one in self._all_targets() if not one.is_own_side))

    @property
    def key(self) -> str:
        """Platform and post id: what the statement is known by outside."""
        return statement_key(self.platform, self.post_id)

    def _all_targets(self) -> Iterator[FoundTarget]:
        if self.reading is None:
            return
        for target, sentiment in zip(self.reading.targets, self.reading.toward, strict=True):
            yield FoundTarget(target, sentiment)
