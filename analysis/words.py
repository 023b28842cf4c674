"""The fixed words of analysis, quick to load: what a target, a kind, a label may be."""

from enum import StrEnum


class Label(StrEnum):
    """How a text speaks, in three steps."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Unscored(StrEnum):
    """Why a text has no score: never 0.0 for what was not understood."""

    UNSUPPORTED_LANGUAGE = "unsupported_language"
    NO_TEXT = "no_text"


class TargetType(StrEnum):
    """What kind of actor a target is (docs/codebook.md)."""

    PERSON = "person"
    PARTY = "party"
    GOVERNMENT = "government"
    INSTITUTION = "institution"
    MEDIA = "media"
    VOTERS = "voters"
    SUPPORTERS = "supporters"
    GROUP = "group"
    COUNTRY = "country"
    OTHER = "other"


class Basis(StrEnum):
    """Why a mention was taken for the target that it is linked to; those of the program in the order of
    resolution."""

    HANDLE = "handle"  # a platform mention
    REPLY = "reply"  # only addressed: the author replied to
    QUOTED = "quoted"  # the author of the quoted post
    ADDRESSEE = "addressee"  # the source says to whom it was directed
    FULL_NAME = "full_name"
    SURNAME = "surname"  # unique in the author's contest
    OFFICE = "office"  # "the Prime Minister", on that date
    OPPONENT = "opponent"  # "my opponent" in a two-way contest
    OWN_SIDE = "own_side"  # "we", "our": kept, never listed as a target
    ALIAS = "alias"  # a party's name or a dated alias of it
    LIST = "list"  # a built-in table of institutions, media, groups
    SHAPE = "shape"  # looks like a name: title, role, "MP for ..."
    AMBIGUOUS = "ambiguous"  # several candidates fit: all kept, none chosen
    REVIEW = "review"  # a person says so


class KindName(StrEnum):
    """What a statement does (docs/codebook.md)."""

    VICTORY = "victory"
    CONCESSION = "concession"
    REFUSAL = "refusal"
    ACCUSATION = "accusation"
    DEFENCE = "defence"
    ACCLAIM = "acclaim"
    PLEDGE = "pledge"
    THANKS = "thanks"
    CONGRATULATION = "congratulation"
    MOBILISATION = "mobilisation"
    RESULT_REPORT = "result_report"
    OTHER = "other"


RESULT_KINDS = (KindName.VICTORY, KindName.CONCESSION, KindName.REFUSAL)
"""Kinds that speak of a result, and so of somebody's: they have a scope."""


class Strength(StrEnum):
    """How plainly a concession accepts the loss."""

    STRONG = "strong"
    WEAK = "weak"


class Scope(StrEnum):
    """Whose outcome a victory, concession or refusal speaks of."""

    OWN_CONTEST = "own_contest"
    PARTY = "party"
    OTHER = "other"


class AccusationType(StrEnum):
    """What an accusation is about."""

    POLICY = "policy"
    CHARACTER = "character"
    MISCONDUCT = "misconduct"
    INTEGRITY = "integrity"
    BLAME = "blame"
