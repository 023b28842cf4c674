"""The commands that bring things in and say what is there."""

import typer

from archive.cli import (
    accounts,
    collecting,
    covering,
    erasing,
    importing,
    integrity,
    linking,
    rechecking,
    rereading,
    timestamps,
)

app = typer.Typer()
app.add_typer(importing.app)
app.add_typer(collecting.app)
app.add_typer(rechecking.app)
app.add_typer(covering.app)
app.add_typer(rereading.app)
app.add_typer(linking.app)
app.add_typer(erasing.app)
app.add_typer(integrity.app)
app.add_typer(timestamps.app)
app.add_typer(accounts.app, name="account")
