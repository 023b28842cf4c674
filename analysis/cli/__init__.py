"""The commands that read statements and report on them."""

import typer

from analysis.cli import (
    analysing,
    coding,
    cross_posting,
    explaining,
    exporting,
    outcomes,
    reading,
    reporting,
    reviewing,
    searching,
)

app = typer.Typer()
app.add_typer(analysing.app)
app.add_typer(reading.app)
app.add_typer(cross_posting.app)
app.add_typer(explaining.app)
app.add_typer(outcomes.app)
app.add_typer(reporting.app)
app.add_typer(exporting.app)
app.add_typer(searching.app)
app.add_typer(reviewing.app, name="review")
app.add_typer(coding.app, name="code")
