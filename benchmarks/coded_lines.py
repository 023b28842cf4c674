"""Coded statements in files: lines as `hustings tag` reads them, with what coders said of each.

`kinds`: what the statement does by docs/codebook.md (`other`: nothing of it); `judged`: which kinds were
coded, where not all were;
`split`: for what it may be used. What rules were written from or models fitted on (`fit`) flatters, and is
told apart from what nobody looked at (`test`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.contract import KindName
from analysis.evaluation.codes import CodedStatement
from analysis.evaluation.vocabulary import NO, YES, kind_code
from analysis.lines import UnreadableLine, read_fields

FIT, TEST = "fit", "test"
KNOWN = frozenset(str(kind) for kind in KindName)
KINDS = [kind for kind in KindName if kind is not KindName.OTHER]


@dataclass(frozen=True, slots=True)
class CodedLine:
    """One coded statement, the file it is from, and for what it may be used."""

    coded: CodedStatement
    source: str
    """The file's folder, and its name without its ending: one writer."""
    split: str = FIT
    """Without another word: for rules and models."""


def coded_lines(paths: Iterable[Path]) -> Iterator[CodedLine]:
    """Read files. Raises ValueError for a line that is no coded statement, with its place."""
    for path in paths:
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            try:
                yield _coded(json.loads(line), path, number)
            except (UnreadableLine, KeyError) as error:
                raise ValueError(f"{path}, line {number}: {error}") from error


def gold_lines(codes: Path, texts: Path) -> Iterator[CodedLine]:
    """Read codes and texts that are two files, joined by `id`; what coders disputed was not coded."""
    rows = {row["id"]: row for row in map(json.loads, texts.read_bytes().splitlines())}
    for number, line in enumerate(codes.read_bytes().splitlines(), start=1):
        code = json.loads(line)
        judged = sorted(KNOWN.difference(code["disputed_kinds"]))
        yield _coded({**rows[code["id"]], "kinds": code["kinds"], "judged": judged}, codes, number)


def undated(lines: Iterable[CodedLine]) -> Iterator[CodedLine]:
    """Those of which the polling day is known, as if no day were, by other ids: many who use the program do
    not say it, and what leans on it must be learned without it, too."""
    for line in lines:
        text = line.coded.text
        if text.polls is not None:
            text = replace(text, id=f"{text.id} undated", polls=None, posted_at=None)
            yield replace(line, coded=replace(line.coded, text=text))


def _coded(row: Mapping[str, Any], path: Path, number: int) -> CodedLine:
    kinds, judged = set(row["kinds"]), set(row.get("judged", KNOWN))
    if unknown := (kinds | judged) - KNOWN:
        raise ValueError(f"{path}, line {number}: there is no kind {', '.join(sorted(unknown))}")
    source = f"{path.absolute().parent.name}/{path.stem}"
    named = f"{source} {number}"  # by its folder, too: writers in two folders call their files alike
    read = read_fields({**row, "id": named})
    coded = CodedStatement(
        statement_id=number,
        text=replace(read.statement, id=named),
        author=str(row.get("author") or named),
        coders=(source,),
        answers={kind_code(kind): YES if kind in kinds else NO for kind in KINDS if kind in judged},
    )
    return CodedLine(coded, source, str(row.get("split", FIT)))
