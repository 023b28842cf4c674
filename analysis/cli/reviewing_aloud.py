"""Findings shown to a reviewer in the terminal, one at a time, and the answers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import typer

from analysis.contract import RESULT_KINDS, AccusationType, KindName, Scope, Strength
from db.console import complain
from db.words import ReviewVerdict

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from analysis.reviews.deciding import KindChange
    from analysis.reviews.pending import Pending

ANSWERS = {"y": ReviewVerdict.CONFIRMED, "n": ReviewVerdict.REJECTED, "c": ReviewVerdict.CORRECTED}


def ask_all(engine: "Engine", findings: "Sequence[Pending]", name: str) -> int:
    """Ask for each finding; returns how many were decided."""
    decided: list[int] = []
    at = 0
    while at < len(findings):
        _show(findings[at], f"{at + 1:,} of {len(findings):,}")
        asked = "[y] right  [n] wrong  [c] correct  [s] skip  [u] undo  [q] quit"
        answer = typer.prompt(asked, default="s").strip().lower()
        if answer == "q":
            break
        if answer == "u" and decided:
            at = decided.pop()
            _decide(engine, findings[at], ReviewVerdict.WITHDRAWN, name)
        elif answer in ANSWERS and _decide(engine, findings[at], ANSWERS[answer], name):
            decided.append(at)
            at += 1
        elif answer == "s":
            at += 1
    return len(decided)


def _show(one: "Pending", place: str) -> None:
    from analysis.reviews.deciding import shown_kind
    from db.screens import minute, printable

    assert one.kind is not None  # only kinds are asked for here
    statement, found = one.statement, one.kind
    published = minute(statement.published.at) if statement.published else "no time"
    text = statement.text
    parts = (text[: found.start], text[found.start : found.end], text[found.end :])
    typer.echo(f"\n{place} · {statement.key} · {printable(statement.author or 'unknown')} · {published} UTC")
    before, words, after = ("\n".join(map(printable, part.split("\n"))) for part in parts)
    typer.echo(before + typer.style(words, bold=True, underline=True) + after)
    typer.echo(f"→ {shown_kind(found)} ({found.confidence:.2f}, {found.method})")


def _decide(engine: "Engine", one: "Pending", verdict: ReviewVerdict, name: str) -> bool:
    """Store one answer; what cannot be is told, and asked again."""
    from analysis.reviews.deciding import Reviewer, decide_kind
    from analysis.reviews.decisions import ReviewRefused
    from analysis.reviews.keeping import review_statement

    assert one.kind is not None
    signed, of_kind = Reviewer(name, datetime.now(UTC)), one.kind.kind
    change = _ask_change(of_kind) if verdict is ReviewVerdict.CORRECTED else None
    try:
        review_statement(
            engine,
            f"id:{one.statement.id}",
            lambda text, reading: decide_kind(text, reading, of_kind, verdict, signed, change),
        )
    except ReviewRefused as error:
        complain(str(error))
        return False
    return True


def _ask_change(name: KindName) -> "KindChange":
    """What is right of a kind: enter leaves a thing as it was found."""
    from analysis.reviews.deciding import KindChange

    if name is KindName.ACCUSATION:
        types = typer.prompt(f"types, of {', '.join(AccusationType)}", default="", show_default=False)
        named = tuple(word for word in AccusationType if word in types.replace(",", " ").split())
        return KindChange(types=named or None)
    return KindChange(
        strength=_choice("strength", Strength) if name is KindName.CONCESSION else None,
        scope=_choice("scope", Scope) if name in RESULT_KINDS else None,
    )


Word = TypeVar("Word", Strength, Scope)


def _choice(what: str, words: type[Word]) -> Word | None:
    answer = typer.prompt(f"{what}, of {', '.join(words)}", default="", show_default=False).strip().lower()
    return words(answer) if answer in list(words) else None
