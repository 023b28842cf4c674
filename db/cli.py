"""The commands about the database itself."""

import typer

from db.console import DatabaseOption, JsonOption, console_of, refusals

app = typer.Typer()


@app.command()
def init(context: typer.Context, db: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Create an empty archive, or bring one of an older release up to date."""
    console = console_of(context, db, as_json)
    with refusals():
        console.open(create=True)
    console.say(f"{console.address} is ready", {"database": console.address, "outcome": "done"})
