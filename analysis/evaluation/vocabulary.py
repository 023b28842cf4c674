"""What a coder can say of a statement: the codes, their columns in a sheet, and the values that they take."""

from dataclasses import dataclass

from analysis.contract import RESULT_KINDS, AccusationType, KindName, Scope, Strength

YES, NO = "yes", "no"
YES_NO = (YES, NO)


@dataclass(frozen=True, slots=True)
class Code:
    """One thing to say of a statement."""

    name: str
    """As it is stored, such as `kind:victory`."""
    column: str
    """Its column in a sheet."""
    values: tuple[str, ...]
    """What may be said; (): any words."""
    needs: str | None = None
    """The code that must be `yes` before this one means anything."""
    group: str | None = None
    """Codes of one group are answered together: once one is, an empty one means `no`."""


def kind_code(kind: KindName) -> str:
    """The code that says whether a statement is of a kind."""
    return f"kind:{kind}"


def scope_code(kind: KindName) -> str:
    """The code that says whose outcome a victory, concession or refusal speaks of."""
    return f"scope:{kind}"


def type_code(of: AccusationType) -> str:
    """The code that says whether an accusation is of a type."""
    return f"accusation:{of}"


CONCESSION_STRENGTH = "concession_strength"
INCIVILITY = "incivility"
UNSURE = "unsure"
NOTE = "note"

KINDS_GROUP, TYPES_GROUP = "kinds", "accusation types"

CODES: tuple[Code, ...] = (
    *(Code(kind_code(kind), str(kind), YES_NO, group=KINDS_GROUP) for kind in KindName),
    Code(CONCESSION_STRENGTH, CONCESSION_STRENGTH, tuple(Strength), needs=kind_code(KindName.CONCESSION)),
    *(Code(scope_code(kind), f"{kind}_scope", tuple(Scope), needs=kind_code(kind)) for kind in RESULT_KINDS),
    *(
        Code(
            type_code(of),
            f"accusation_{of}",
            YES_NO,
            needs=kind_code(KindName.ACCUSATION),
            group=TYPES_GROUP,
        )
        for of in AccusationType
    ),
    Code(INCIVILITY, INCIVILITY, YES_NO),
    Code(UNSURE, UNSURE, YES_NO),
    Code(NOTE, NOTE, ()),
)
"""Every code, in the order of a sheet's columns."""

CODE_BY_NAME = {code.name: code for code in CODES}
CODE_BY_COLUMN = {code.column: code for code in CODES}

COMPARED = tuple(code.name for code in CODES if code.name not in (UNSURE, NOTE))
"""Codes about which coders can agree: being unsure and notes are about the coder."""
