"""Texts as databases store them: JSON may escape what no database takes."""

from archive.contract import whole_characters


def shown(value: object, most: int = 500) -> str | None:
    """What a server calls something, fit to be shown and stored; None where that is no text, or empty."""
    if not isinstance(value, str):
        return None
    return whole_characters(value[:most]).replace("\0", "\ufffd").strip() or None
