"""Stored rows brought to what a source says, and whether that changed anything."""

from sqlmodel import SQLModel


def assign(row: SQLModel, **values: object) -> bool:
    """Set the given values that are not None and differ; True where one did.

    None means that the source does not say: it never erases what another source said.
    """
    differing = {
        name: value for name, value in values.items() if value is not None and getattr(row, name) != value
    }
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def fill(row: SQLModel, **values: object) -> bool:
    """Set the given values where nothing is stored yet; True where something was set."""
    return assign(row, **{name: value for name, value in values.items() if getattr(row, name) is None})
