"""The command that links one text by one person on several platforms: crossposts."""

from dataclasses import asdict

import typer

from db.console import DatabaseOption, JsonOption, console_of, progress, refusals

app = typer.Typer()


@app.command()
def crossposts(context: typer.Context, db: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Link statements of one person that are one text on several platforms, within three days.

    The statements stay as they are; `hustings search --json` and exports show the links (docs/importing.md).
    """
    from analysis.cross_posts import METHOD, link_cross_posts

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json), progress("crossposts") as tell:
        tally = link_cross_posts(console.open(), progress=tell)
    console.say(f"{tally} by {METHOD}", {**asdict(tally), "method": METHOD})
