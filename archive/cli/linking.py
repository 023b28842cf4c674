"""The command that links what articles quote to the archived posts that they repeat: quotelinks."""

from dataclasses import asdict

import typer

from db.console import DatabaseOption, JsonOption, console_of, refusals

app = typer.Typer()


@app.command()
def quotelinks(context: typer.Context, db: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Link quotations in articles to archived posts of their speakers, each with its score.

    An article that repeats a post is evidence of it once it is gone. Importing an article does this, too;
    run it when posts have come since (docs/importing.md).
    """
    from archive.quote_links import keep_quote_links
    from archive.quotes.matching import METHOD

    console = console_of(context, db, as_json)
    with refusals(as_json=as_json):
        linked = keep_quote_links(console.open())
    console.say(f"{linked} by {METHOD}", {**asdict(linked), "method": METHOD})
