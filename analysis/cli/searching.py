"""The command that finds statements by their words: search."""

import json
import os
import shutil
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.coding_options import one_of
from analysis.cli.options import ContestOption, ElectionOption
from db.console import DatabaseOption, console_of, refusals
from db.files import whole_or_not

if TYPE_CHECKING:
    from analysis.search import Hit, Search
    from db.search import Query

app = typer.Typer()

DAY = ["%Y-%m-%d"]


@app.command()
def search(
    context: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(
            help='Words of the text: recount, "count again", recoun*, a AND b, a OR b, a NOT b, '
            "NEAR(a b, 5). Without: all that the options leave."
        ),
    ] = None,
    election: ElectionOption = None,
    contest: ContestOption = None,
    party: Annotated[
        str | None, typer.Option("--party", help="The author's on the ballot: id, name, abbreviation.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="The author: an id, or a part of the name.")
    ] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Such as bluesky, x, news.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="What it does, such as concession.")] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="Whom it speaks of: an id, or a part of the name.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option("--label", help="How it speaks of --target (else of anybody): negative, ..."),
    ] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="Of the author: elected, lost.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day, by the contest's clock.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day.")] = None,
    by: Annotated[
        str, typer.Option("--by", help="What comes first: newest, or rank (fits best).")
    ] = "newest",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Hits at most.")] = 20,
    method: Annotated[
        str | None, typer.Option("--method", help="Whose findings. Default: as for report.")
    ] = None,
    table: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="A row a hit.")] = None,
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The hits with whole texts, as JSON.")] = False,
) -> None:
    """Find statements by their words, authors, results and findings, newest first.

    Findings are shown and searched as reviewed. The syntax is that of SQLite's FTS5; accents and case make
    no difference (docs/searching.md).
    """
    from sqlmodel import Session

    from analysis.contract import KindName, Label
    from analysis.search import Order, Result, Search, find_hits

    asked = Search(
        query=query,
        election=election,
        contest=contest,
        party=party,
        person=person,
        platform=platform,
        kind=KindName(one_of("--kind", kind, tuple(KindName))) if kind else None,
        target=target,
        label=Label(one_of("--label", label, tuple(Label))) if label else None,
        outcome=Result(one_of("--outcome", outcome, tuple(Result))) if outcome else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        order=Order(one_of("--by", by, tuple(Order))),
        limit=limit,
    )
    with refusals(OSError, as_json=as_json):
        with Session(console_of(context, db).open()) as session:
            hits = find_hits(session, asked, method=method)
        if table is not None:
            _write(table, hits)
    if as_json:
        typer.echo(json.dumps([asdict(hit) for hit in hits], ensure_ascii=False, default=_json_time))
    elif table is None:
        _show(hits, asked)


def _json_time(value: object) -> str:
    assert isinstance(value, datetime)  # all else in a hit is plain
    return value.isoformat()


def _show(hits: "list[Hit]", asked: "Search") -> None:
    """The hits as lines, the words that were looked for in bold on a terminal."""
    from db.search import parse_query

    words = parse_query(asked.query) if asked.query else None
    for hit in hits:
        _show_hit(hit, words)
    if not hits:
        typer.echo("nothing found", err=True)
    elif len(hits) == asked.limit:
        typer.echo(f"{len(hits):,} shown; there may be more: --limit", err=True)


def _show_hit(hit: "Hit", words: "Query | None") -> None:
    from analysis.search import snippet_of
    from analysis.search.showing import about, findings
    from db.screens import printable

    color = False if "NO_COLOR" in os.environ else None
    width = shutil.get_terminal_size((100, 24)).columns
    text = "".join(
        typer.style(printable(piece.text), bold=True, fg="yellow") if piece.found else printable(piece.text)
        for piece in snippet_of(hit.text, words, length=max(60, 3 * width - 20))
    )
    typer.echo(typer.style(printable(about(hit)), dim=True), color=color)
    typer.echo(f"  {text}", color=color)
    for line in findings(hit):
        typer.echo(f"  {printable(line)}")
    typer.echo(f"  {printable(' '.join(filter(None, (hit.statement, hit.url))))}\n")


def _write(path: Path, hits: "list[Hit]") -> None:
    """Write the hits as CSV, whole or not at all; say how many."""
    from analysis.search.showing import as_csv

    with whole_or_not(path) as partial:
        partial.write_text(as_csv(hits), encoding="utf-8", errors="replace", newline="")
    typer.echo(f"{len(hits):,} statements: {path}", err=True)
