"""Texts as databases store them: JSON may escape what no database takes."""


def whole(text: str) -> str:
    """The text with halves of surrogate pairs as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shown(value: object, most: int = 500) -> str | None:
    """What a server calls something, fit to be shown and stored; None where that is no text, or empty."""
    if not isinstance(value, str):
        return None
    return whole(value[:most]).replace("\0", "\ufffd").strip() or None
