"""What the cells of a row, or the keys that a coder typed, say: codes and values, checked. Pure."""

from collections.abc import Mapping

from analysis.contract import KindName
from analysis.evaluation.vocabulary import (
    CODE_BY_COLUMN,
    CODE_BY_NAME,
    CODES,
    INCIVILITY,
    KINDS_GROUP,
    NO,
    TYPES_GROUP,
    UNSURE,
    YES,
    YES_NO,
    Code,
    kind_code,
)

SPELLINGS = {
    **dict.fromkeys(("yes", "y", "1", "x", "true"), YES),
    **dict.fromkeys(("no", "n", "0", "false"), NO),
}
"""How yes and no may be written, in any case."""


class WrongAnswer(ValueError):
    """A cell holds what cannot be said there; `column` says which."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


def answers_of(cells: Mapping[str, str]) -> dict[str, str]:
    """Code -> value of a row whose cells stand under these columns of codes; {} where it is not coded.

    Once a kind is answered, the empty kinds that have a column mean `no`, and so do incivility and
    unsure; once a type of accusation is, so do the empty types. What depends on a kind that is not there
    is refused. Raises WrongAnswer.
    """
    given: dict[str, str] = {}
    for column, cell in cells.items():
        code = CODE_BY_COLUMN[column]
        if cell.strip():
            given[code.name] = _value(code, cell.strip())
    _check_together(given)
    asked = [CODE_BY_COLUMN[column] for column in cells]
    for group in (KINDS_GROUP, TYPES_GROUP):
        together = [code.name for code in asked if code.group == group]
        if any(name in given for name in together):
            given = {**dict.fromkeys(together, NO), **given}
    if _is_coded(given):
        for name in (INCIVILITY, UNSURE):
            if CODE_BY_NAME[name] in asked:
                given.setdefault(name, NO)
    if given.get(kind_code(KindName.ACCUSATION)) != YES:
        given = {name: value for name, value in given.items() if not _is_type(name)}
    return {code.name: given[code.name] for code in CODES if code.name in given}


def _is_coded(given: Mapping[str, str]) -> bool:
    return any(CODE_BY_NAME[name].group == KINDS_GROUP for name in given)


def _is_type(name: str) -> bool:
    return CODE_BY_NAME[name].group == TYPES_GROUP


def _value(code: Code, cell: str) -> str:
    if not code.values:
        return cell
    value = SPELLINGS.get(cell.lower(), cell.lower()) if code.values == YES_NO else cell.lower()
    if value not in code.values:
        raise WrongAnswer(code.column, f"{cell!r} is none of: {', '.join(code.values)}")
    return value


def _check_together(given: Mapping[str, str]) -> None:
    """Refuse what contradicts itself."""
    for name, value in given.items():
        code = CODE_BY_NAME[name]
        if code.needs and value != NO and given.get(code.needs) != YES:
            raise WrongAnswer(code.column, f"is {value}, but {CODE_BY_NAME[code.needs].column} is not yes")
    kinds = [
        name for name, value in given.items() if CODE_BY_NAME[name].group == KINDS_GROUP and value == YES
    ]
    other = kind_code(KindName.OTHER)
    if other in kinds and len(kinds) > 1:
        beside = ", ".join(CODE_BY_NAME[name].column for name in kinds if name != other)
        raise WrongAnswer(str(KindName.OTHER), f"stands alone, but the row has {beside}, too")
    if given.get(INCIVILITY) == YES and not _is_coded(given):
        raise WrongAnswer(INCIVILITY, "is yes, but no kind is answered (other where none applies)")
